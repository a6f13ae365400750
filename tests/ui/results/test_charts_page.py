"""The curves of a run on their page: which there are, what is drawn of them, and what is said where there are none."""

from __future__ import annotations

from array import array
from datetime import UTC, datetime, timedelta
from math import nan

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QPushButton, QToolButton

from k6desk.api.metrics import Answer, Matcher, Metric, Query, Series, ThresholdVerdict
from k6desk.api.models import Run, RunDetail, Since, StatusEntry
from k6desk.core.metrics.standard_charts import ChartSpec, LineSpec
from k6desk.core.notices import Notices
from k6desk.core.tasks import Tasks
from k6desk.core.thresholds.thresholds import thresholds_of
from k6desk.ui.charts.time_chart import TimeChart
from k6desk.ui.results import chart_words
from k6desk.ui.results.charts_page import ChartsPage
from k6desk.ui.results.series_choice import SeriesChoice
from tests.conftest import assert_plain_text
from tests.ui.results.made_numbers import METRICS, MadeNumbers, series_of
from tests.ui.results.recorded_numbers import SaidNothing

NOW = datetime.now(UTC)
BEGAN = NOW - timedelta(seconds=200)
RUN = Run(
    id=5_000_000_001, test_id=2, project_id=3, status="completed",
    created_at=BEGAN - timedelta(seconds=20), ended_at=BEGAN + timedelta(seconds=170),
)  # fmt: skip
OPTIONS = {
    "stages": [{"duration": "30s", "target": 15}, {"duration": "130s", "target": 15}],
    "thresholds": {"http_req_duration": ["p(95)<150"], "http_req_failed": ["rate<0.5"]},
}
STEPS = (
    StatusEntry("created", RUN.created_at),
    StatusEntry("running", BEGAN),
    StatusEntry("processing_metrics", BEGAN + timedelta(seconds=160)),
)
DETAIL = RunDetail(RUN, STEPS, options=OPTIONS)
LIVE = replace(RUN, status="running", ended_at=None, estimated_duration_s=600, status_details=Since(BEGAN))
USUAL = ["Virtual users", "Request rate", "Response time", "Failure rate", "Data", "Iterations", "Checks"]
MARKUP = "POST /<b>x</b>"
RTL = "\u202eמבחן"
NAMES = ["GET /", MARKUP, RTL, "x" * 10_000, *(f"GET /{at}" for at in range(45))]


@pytest.fixture
def numbers():
    made = MadeNumbers(BEGAN.timestamp())
    made.names = {"name": NAMES}
    return made


@pytest.fixture
def notices():
    return Notices()


@pytest.fixture
def served():
    return SaidNothing()


@pytest.fixture
def why_not():
    """Why the server is not asked, if something is put in."""
    return []


@pytest.fixture
def page(numbers, served, notices, why_not, dressed, shown):
    tasks = Tasks(lambda error, name: pytest.fail(f"{name}: {error}"))
    return shown(ChartsPage(numbers, served, tasks, notices, lambda: next(iter(why_not), "")))


def charts(page) -> dict[str, TimeChart]:
    return {chart.title: chart for chart in page._charts.stack.charts}


def names(page, title: str) -> list[str]:
    return [line.name for line in charts(page)[title].lines]


def said(page, title: str) -> str:
    """What stands in a chart that has no lines."""
    page._charts.stack.settle()
    return charts(page)[title].plot.empty_words


def combo(page, name: str) -> QComboBox:
    return next(box for box in page.findChildren(QComboBox) if box.accessibleName() == name)


def split(page, label: str) -> None:
    box = combo(page, "Split by")
    box.setCurrentIndex(box.findData(label))
    box.activated.emit(box.currentIndex())


def chips(page) -> list[QToolButton]:
    return [button for button in page.findChildren(QToolButton, "chip") if button.isVisible()]


def test_the_usual_charts_with_their_lines_phases_and_limits(page, numbers):
    page.show_run(RUN, DETAIL)
    assert list(charts(page)) == USUAL
    assert page.has_content()
    assert names(page, "Response time") == ["p50", "p95", "p99", "max"]
    line = charts(page)["Request rate"].lines[0]
    assert (line.times[0], len(line.times)) == (0, 50)
    assert [band.words for band in charts(page)["Data"].plot.bands] == ["Ramp up to 15", "Steady at 15"]
    limits = {
        title: [(each.words, each.is_crossed) for each in chart.plot.limits] for title, chart in charts(page).items()
    }
    assert limits["Response time"] == [("p(95)<150", True)]
    assert limits["Failure rate"] == [("rate<0.5", False)]
    assert limits["Checks"] == []
    assert_plain_text(page)


def test_charts_that_are_not_in_sight_are_told_apart(page, qtbot):
    def metrics_of(found) -> set[str]:
        return {asked.query.metric for asked in found}

    page.resize(600, 400)
    page.show_run(LIVE, DETAIL)
    qtbot.waitUntil(lambda: "checks" in metrics_of(page.unseen()))
    assert "vus" in metrics_of(page.wanted()) - metrics_of(page.unseen())
    bar = page._charts.verticalScrollBar()
    with qtbot.waitSignal(page.wanted_changed):
        bar.setValue(bar.maximum())
    assert "vus" in metrics_of(page.unseen())
    assert "checks" in metrics_of(page.wanted()) - metrics_of(page.unseen())
    page.hide()
    page._charts.look()
    assert page.unseen() == set()


def test_a_limit_is_crossed_where_the_server_says_so(page, served):
    page.show_run(RUN, DETAIL)
    assert served.looked_at == RUN.id
    served.said = (ThresholdVerdict("http_req_duration", "p(95)<150", 150, 140.0, tainted=False),)
    served.changed.emit(RUN.id)
    assert [each.is_crossed for each in charts(page)["Response time"].plot.limits] == [False]
    page.hide()
    assert served.looked_at is None


def test_a_filter_leads_back_to_where_it_came_from(page, qtbot):
    page.show_run(RUN, DETAIL)
    page.filter((Matcher("name", "GET /"),), "Requests")
    back, _ = chips(page)
    assert back.text() == "Requests"
    with qtbot.waitSignal(page.left):
        back.click()
    assert not page._choice.matchers
    page.filter((Matcher("name", "GET /"),), "Requests")
    page.setFocus()
    with qtbot.waitSignal(page.left):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    page.filter((Matcher("name", "GET /"),))
    qtbot.waitUntil(lambda: [chip.text() for chip in chips(page)] == ["Only GET /"])


def test_the_first_seconds_of_a_run_do_not_fill_the_axis(page, numbers):
    numbers.samples = 2
    page.show_run(LIVE, DETAIL)
    page._charts.stack.settle()
    assert page._charts.stack.time.shown[1] >= 30


def test_what_is_wanted_are_the_curves_and_the_values_of_thresholds(page):
    page.show_run(RUN, DETAIL)
    values = [asked.query.expression for asked in page.wanted() if not asked.over_time]
    assert values == ["histogram_quantile(0.95)", "ratio"]
    assert len([asked for asked in page.wanted() if asked.over_time]) == 12


def test_split_by_name_draws_the_largest_in_the_same_colours_everywhere(page, words, qtbot):
    page.show_run(RUN, DETAIL)
    with qtbot.waitSignal(page.wanted_changed):
        split(page, "name")
    titles = list(charts(page))
    assert titles == ["Virtual users", "Request rate", "Response time · p95", *USUAL[3:]]
    drawn = charts(page)["Request rate"].lines
    assert len(drawn) == 12
    assert drawn[0].name == "GET /"
    assert {line.name: (line.role, line.style) for line in drawn} == {
        line.name: (line.role, line.style) for line in charts(page)["Response time · p95"].lines
    }
    assert len({(line.role, line.style) for line in drawn}) == 12
    assert MARKUP in [line.name for line in drawn]
    assert "מבחן" in [line.name for line in drawn]  # nothing that turns the rest around
    assert max(len(line.name) for line in drawn) <= 120
    assert "The 12 largest of 49 request names by request rate; 37 more with less." in words(page)
    assert_plain_text(page)


def test_of_many_checks_those_that_fail_most_are_drawn(page, numbers, words):
    numbers.names["check"] = [f"check {at}" for at in range(20)]
    page.show_run(RUN, DETAIL)
    split(page, "check")
    assert set(names(page, "Checks")) == {f"check {at}" for at in range(8, 20)}
    assert "The 12 of 20 checks that fail most; 8 more fail less." in words(page)


def test_nothing_is_picked_before_the_first_chart_is_known(page, numbers):
    whole = numbers.made
    numbers.made = lambda asked: None if asked.query.metric == "http_reqs" and asked.query.by else whole(asked)
    numbers.waits = True
    page.show_run(RUN, DETAIL)
    split(page, "name")
    assert not names(page, "Response time · p95")
    assert said(page, "Response time · p95") == "Loading…"
    numbers.made, numbers.waits = whole, False
    page.take_in(numbers.grow(50))
    assert len(names(page, "Response time · p95")) == 12


def test_the_statistic_of_split_charts_can_be_chosen(page):
    page.show_run(RUN, DETAIL)
    assert not combo(page, "Statistic of response times").isVisible()
    split(page, "name")
    box = combo(page, "Statistic of response times")
    assert box.isVisible()
    box.textActivated.emit("max")
    assert "Response time · max" in charts(page)
    split(page, "")
    assert list(charts(page)) == USUAL


def test_other_series_can_be_chosen_and_stay_while_the_run_goes_on(page, numbers, words):
    page.show_run(RUN, DETAIL)
    split(page, "name")
    before = {line.name: line.role for line in charts(page)["Request rate"].lines}
    choice = open_choice(page)
    tree = choice._list
    rows = {tree.topLevelItem(at).data(0, int(Qt.ItemDataRole.UserRole)): tree.topLevelItem(at) for at in range(49)}
    rows["GET /44"].setCheckState(0, Qt.CheckState.Checked)
    assert rows["GET /44"].checkState(0) == Qt.CheckState.Unchecked  # there are twelve already
    rows["GET /"].setCheckState(0, Qt.CheckState.Unchecked)
    rows["GET /44"].setCheckState(0, Qt.CheckState.Checked)
    choice.close()
    after = {line.name: line.role for line in charts(page)["Request rate"].lines}
    assert "GET /44" in after
    assert "GET /" not in after
    assert {name: role for name, role in before.items() if name in after}.items() <= after.items()
    assert "12 of 49 request names, as you chose." in words(page)
    page.take_in(numbers.grow(60))
    assert {line.name: line.role for line in charts(page)["Request rate"].lines} == after
    choice = open_choice(page)
    next(button for button in choice.findChildren(QPushButton) if button.text() == "The 12 largest").click()
    assert "GET /" in names(page, "Request rate")
    assert "The 12 largest" in words(page)


def open_choice(page) -> SeriesChoice:
    next(button for button in page.findChildren(QPushButton) if button.text() == "Choose…").click()
    return page.findChildren(SeriesChoice)[-1]


def test_new_samples_redraw_only_what_is_new_and_the_zoom_stays(page, numbers, qtbot):
    numbers.is_final = False
    page.show_run(LIVE, DETAIL)
    split(page, "name")
    stack = page._charts.stack
    qtbot.waitUntil(lambda: stack.time.all[1] > 100)
    stack.time.show(20, 60)
    users, before = charts(page)["Virtual users"], [line.role for line in charts(page)["Request rate"].lines]
    same = {asked: answer for asked, answer in numbers.answers.items() if asked.query.metric.startswith("vus")}
    kept = users.lines
    news = numbers.grow(60)
    numbers.answers.update(same)
    page.take_in(news)
    assert charts(page)["Virtual users"] is users
    assert users.lines[0] is kept[0]
    assert len(charts(page)["Request rate"].lines[0].times) == 60
    assert [line.role for line in charts(page)["Request rate"].lines] == before
    stack.settle()
    assert stack.time.shown == (20, 60)


def test_a_limit_says_of_which_metric_it_is_where_there_are_several(page):
    vitals = ChartSpec(
        "Web vitals",
        "ms",
        False,
        tuple(LineSpec(name.upper(), Query(f"browser_web_vital_{name}", "avg")) for name in ("lcp", "fcp")),
    )
    (threshold,) = thresholds_of({"thresholds": {"browser_web_vital_lcp": ["p(75)<2500"]}})
    assert chart_words.of_threshold(threshold, vitals) == "LCP p(75)<2500"
    assert chart_words.of_threshold(threshold, replace(vitals, lines=vitals.lines[:1])) == "p(75)<2500"


def test_a_filter_narrows_the_charts_until_its_chip_is_clicked(page, qtbot):
    page.show_run(RUN, DETAIL)
    page.filter((Matcher("name", MARKUP), Matcher("status", "200")))
    assert list(charts(page)) == ["Virtual users", *USUAL[1:4]]
    (chip,) = chips(page)
    assert MARKUP in chip.accessibleName()
    assert all(asked.query.matchers for asked in page.wanted() if asked.over_time and "http" in asked.query.metric)
    qtbot.keyClick(chip, Qt.Key.Key_Space)
    assert list(charts(page)) == USUAL
    assert not chips(page)


def test_a_filter_that_nothing_matches_is_still_there_to_be_removed(page, numbers):
    page.show_run(RUN, DETAIL)
    numbers.made = lambda _asked: Answer()
    numbers.answers.clear()
    page.filter((Matcher("check", "no such check"),))
    assert page.has_content()
    assert said(page, "Checks") == "No samples match the filter"


def test_a_metric_is_found_added_remembered_and_removed(page, numbers, qtbot):
    numbers.listed = (*METRICS, Metric("orders placed", "counter", is_builtin=False))
    page.show_run(RUN, DETAIL)
    line = page._tools.search
    with qtbot.waitSignal(line.metric_chosen):
        QTest.keyClicks(line, "ORDERS")
        QTest.keyClick(line, Qt.Key.Key_Return)
    assert line.text() == ""
    assert list(charts(page))[-1] == "orders placed"
    qtbot.waitUntil(lambda: not charts(page)["orders placed"].visibleRegion().isEmpty())
    numbers.listed = METRICS  # another run, that has no orders
    page.show_run(replace(RUN, id=6), None)
    assert "orders placed" not in charts(page)
    assert not chips(page)
    numbers.listed = (*METRICS, Metric("orders placed", "counter", is_builtin=False))
    page.show_run(RUN, DETAIL)
    assert "orders placed" in charts(page)
    chips(page)[0].click()
    assert list(charts(page)) == USUAL


def test_another_run_begins_without_filter_zoom_and_old_lines(page, numbers):
    page.show_run(RUN, DETAIL)
    page.filter((Matcher("name", "GET /"),))
    page._charts.stack.settle()
    page._charts.stack.time.show(10, 20)
    numbers.made = lambda _asked: None
    numbers.answers.clear()
    page.show_run(replace(RUN, id=6), None)
    assert list(charts(page)) == USUAL
    assert not any(chart.lines for chart in charts(page).values())
    assert page._charts.stack.time.shows_all


@pytest.mark.parametrize(
    ("prepare", "run", "expected"),
    [
        (lambda n: setattr(n, "waits", True), RUN, "Loading…"),
        (lambda n: None, RUN, "Never loaded on this computer"),
        (lambda n: setattr(n, "refuses", "The server is busy."), RUN, "The server is busy."),
    ],
)
def test_why_a_chart_that_was_not_answered_is_empty(page, numbers, prepare, run, expected):
    whole = numbers.made
    numbers.made = lambda asked: None if asked.query.metric == "checks" else whole(asked)
    prepare(numbers)
    page.show_run(run, DETAIL)
    assert said(page, "Checks") == expected


@pytest.mark.parametrize(
    ("values", "run", "expected"),
    [
        ([], RUN, "No samples"),
        ([], LIVE, "No samples yet"),
        ([nan, nan], RUN, "There are samples, but none of them is a number"),
    ],
)
def test_why_a_chart_without_values_is_empty(page, numbers, values, run, expected):
    whole, start_s = numbers.made, BEGAN.timestamp()
    answer = Answer((series_of(values, start_s),) if values else ())
    numbers.made = lambda asked: answer if asked.query.metric == "checks" else whole(asked)
    page.show_run(run, DETAIL)
    assert said(page, "Checks") == expected


def test_a_run_without_metrics_has_nothing_to_show_or_to_ask(page, numbers):
    numbers.listed = ()
    page.show_run(RUN, DETAIL)
    assert not page.has_content()
    assert not page.wanted()
    page.show_run(LIVE, DETAIL)  # it may have some in a moment
    assert page.wanted()


def test_a_clock_that_is_wrong_is_said_in_a_sentence(numbers, page, words):
    numbers.start_s = BEGAN.timestamp() + 7200
    page.show_run(RUN, DETAIL)
    assert charts(page)["Data"].lines[0].times[0] == 0
    assert "dated 2.0 h after the run" in words(page)
    numbers.start_s = BEGAN.timestamp() - 5
    numbers.answers.clear()
    page.show_run(replace(RUN, id=6), DETAIL)
    assert charts(page)["Data"].lines[0].times[0] == 0
    assert "clock" not in words(page)


def test_without_a_server_it_is_said_since_when_and_why_nothing_is_new(page, numbers, why_not, words):
    numbers.is_final = False
    numbers.asked_at = NOW - timedelta(days=1)
    why_not.append("k6desk was started offline.")
    page.show_run(LIVE, DETAIL)
    assert "As of yesterday" in words(page)
    assert "· not updated: k6desk was started offline." in words(page)
    assert "every" not in words(page)


def test_how_fresh_the_charts_are_is_said_while_the_run_goes_on(page, numbers, words):
    page.show_run(RUN, DETAIL)
    assert "As of" not in words(page)
    numbers.is_final = False
    page.show_run(LIVE, DETAIL)
    assert "· every 5 s" in words(page)
    numbers.refuses = "The server cannot be reached."
    page.refresh(is_other=False)
    assert "· not updated: The server cannot be reached." in words(page)


async def test_labels_are_asked_for_when_somebody_is_about_to_split(page, numbers, tasks, until):
    page._tasks = tasks
    numbers.named_labels["http_reqs"] = ("name", "tenant")
    page.show_run(RUN, DETAIL)
    box = combo(page, "Split by")
    assert box.findData("tenant") < 0
    box.opened.emit()
    await until(lambda: box.findData("tenant") >= 0)
    split(page, "tenant")
    assert [line.name for line in charts(page)["Response time · p95"].lines] == ["a", "b"]


def test_samples_are_copied_for_a_spreadsheet(page, notices):
    page.show_run(RUN, DETAIL)
    plot = charts(page)["Data"].plot
    plot.setFocus()
    QTest.keyClick(plot, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    header, *rows = QGuiApplication.clipboard().text().splitlines()
    assert "Response time p95 (ms)" in header
    assert len(rows) == 50
    assert "copied" in notices.current()[0].text


async def test_a_picture_can_be_saved(page):
    page.show_run(RUN, DETAIL)
    png, _ = await page._files._png()
    svg, _ = await page._files._svg()
    assert (png[:4], svg[:5]) == (b"\x89PNG", b"<?xml")


def test_of_as_many_series_as_can_be_read_a_few_are_drawn(page, numbers, words):
    """The client reads no more than 500 series of an answer and counts the others."""
    page.show_run(RUN, DETAIL)
    values = array("d", [1.0] * 1200).tobytes()
    times = array("d", (BEGAN.timestamp() + 3 * at for at in range(1200))).tobytes()
    many = Answer(tuple(Series({"name": f"GET /{at}"}, times, values) for at in range(500)), 49_500)
    whole = numbers.made
    numbers.made = lambda asked: many if asked.query.by == ("name",) else whole(asked)
    split(page, "name")
    page._charts.stack.settle()
    assert len(charts(page)["Request rate"].lines) == 12
    assert "49,500 more, too many to be read" in words(page)
