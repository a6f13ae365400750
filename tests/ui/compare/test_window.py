"""The window "Compare runs" on the demo cloud, and without any."""

from __future__ import annotations

import asyncio
from array import array
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.msgpack import encode
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QSettings, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from k6desk.api.metrics import Answer, Metric, Series
from k6desk.api.models import Run
from k6desk.core.compare.compared_runs import ScriptChange
from k6desk.core.compare.run_comparison import FIGURE_ASKS
from k6desk.core.compare.trend import STANDARD
from k6desk.core.metrics import numbers
from k6desk.core.metrics.asked import Asked
from k6desk.data.run_numbers import Told
from k6desk.ui import text
from k6desk.ui.compare.cells import CellsTable
from k6desk.ui.compare.compare_bar import CURVES, DIFFERENCES, FIGURES, REQUESTS
from k6desk.ui.compare.trend_choice import TrendChoice
from k6desk.ui.compare.window import COMPARE, TREND, CompareWindow
from k6desk.ui.roles import ACCESSIBLE, DISPLAY
from tests.conftest import assert_plain_text


def rows(table: CellsTable) -> dict[str, list[str]]:
    model = table.cells
    return {
        model.index(row, 0).data(DISPLAY): [
            model.index(row, column).data(ACCESSIBLE) for column in range(1, model.columnCount())
        ]
        for row in range(model.rowCount())
    }


def all_tests(live):
    return [test for project in live.store.projects() for test in live.store.tests(project.id)]


async def test_figures_of_two_runs_stand_beside_each_other(comparison, runs, until):
    comparison.compare([runs[-1].id, runs[0].id])
    await until(comparison.is_settled, 20)
    assert comparison.tabs.currentIndex() == COMPARE
    page = comparison.compare_page
    page.show_view(FIGURES)
    figures = rows(page.figures)
    assert len(figures["p95 response time"]) == 2
    reference, other = figures["p95 response time"]
    assert reference.endswith(" ms")
    assert other.split(", ")[1].split()[0] in {"better", "worse", "≈", "the"}
    assert page.figures.cells.headerData(1, Qt.Orientation.Horizontal) == str(runs[-1].id)
    assert_plain_text(comparison)


async def test_what_a_run_has_not_got_is_not_awaited_for_ever(comparison, runs, live, until):
    browser = next(test for test in all_tests(live) if test.name == "Browser: order a pizza")
    ended = next(run for run in live.store.latest_of_test(browser.id, 20) if run.result == "passed")
    comparison.compare([runs[0].id, ended.id])
    await until(comparison.is_settled, 20)
    figures = rows(comparison.compare_page.figures)
    assert figures["p95 response time"][1] == "–"
    assert figures["Iterations"][1] != "–"


async def test_the_cost_of_a_run_that_goes_on_is_an_estimate(comparison, runs, live, until):
    newest = [run for test in all_tests(live) for run in live.store.latest_of_test(test.id, 1)]
    going = next(run for run in newest if run.status == "running" and run.vuh)
    comparison.compare([runs[0].id, going.id])
    await until(comparison.is_settled, 20)
    ended, estimated = rows(comparison.compare_page.figures)["Cost"]
    assert not ended.startswith("~")
    assert estimated.startswith("~")


async def test_the_newest_run_is_looked_at_first_and_the_scripts_say_why_not(comparison, runs, until):
    ids = [run.id for run in reversed(runs[:3])]
    comparison.compare(ids)
    bar = comparison.compare_page.bar
    assert bar.other.currentData() == ids[-1] == runs[0].id
    comparison.compare_page.show_view(DIFFERENCES)
    assert "not known yet" in bar.scripts.toolTip()
    await until(comparison.is_settled, 20)
    bar.allow_scripts(ScriptChange(is_same=True))
    assert not bar.scripts.isEnabled()
    assert "the same script" in bar.scripts.toolTip()
    bar.allow_scripts(ScriptChange(files=1, added=2))
    assert bar.scripts.isEnabled()


async def test_the_keys_are_with_the_trend_once_it_is_there(comparison, runs, until):
    comparison.show_trend(runs[0].test_id)
    await until(lambda: comparison.isActiveWindow() and comparison.is_settled(), 20)
    assert comparison.trend_page.chart.hasFocus()


async def test_a_wider_tolerance_calls_less_worse(comparison, runs, until):
    comparison.compare([runs[-1].id, runs[0].id])
    await until(comparison.is_settled, 20)
    page = comparison.compare_page
    page.bar.percent.setValue(0)
    exact = str(rows(page.figures))
    page.bar.percent.setValue(50)
    tolerant = str(rows(page.figures))
    assert exact.count("better") + exact.count("worse") > tolerant.count("better") + tolerant.count("worse")


async def test_all_views_have_something_to_show(comparison, runs, until):
    ids = [run.id for run in runs[:3]]
    comparison.compare(ids)
    await until(comparison.is_settled, 20)
    page = comparison.compare_page
    page.show_view(REQUESTS)
    assert page.requests.cells.rowCount() > 0
    page.show_view(CURVES)
    for chart in page._curves.stack.charts:
        assert [line.name for line in chart.lines] == [f"Run {run_id}" for run_id in ids]
        assert min(line.times[0] for line in chart.lines) >= 0
    page.show_view(DIFFERENCES)
    assert rows(page.differences)["Script"][0] == "Reference"


async def test_runs_are_removed_added_and_made_the_reference(comparison, runs, until):
    ids = [run.id for run in runs[:3]]
    comparison.compare(ids)
    page = comparison.compare_page
    colours = {run_id: page.chips.role(run_id) for run_id in ids}
    page.chips._chips[2].refer.trigger()
    assert page.runs.run_ids == (ids[2], ids[0], ids[1])
    page.chips._chips[1].remove.click()
    assert page.runs.run_ids == (ids[2], ids[1])
    assert not page.chips._chips[0].remove.isEnabled(), "one run alone cannot be compared"
    assert {run_id: page.chips.role(run_id) for run_id in page.runs.run_ids} == {ids[2]: colours[ids[2]], ids[1]: 1}
    page.chips._add(ids[0])
    assert page.runs.run_ids == (ids[2], ids[1], ids[0])
    await until(comparison.is_settled, 20)
    assert len(rows(page.figures)["Requests"]) == 3


async def test_there_is_room_for_five(comparison, runs):
    ids = [run.id for run in runs[:6]]
    comparison.compare(ids)
    page = comparison.compare_page
    assert page.runs.run_ids == tuple(ids[:5])
    assert not page.chips.add.isEnabled()
    assert "At most 5 runs" in page.chips.add.toolTip()
    assert sorted(map(page.chips.role, ids[:5])) == [0, 1, 2, 3, 4]


async def test_nothing_is_read_after_it_was_closed(comparison, runs, live, until, monkeypatch):
    asked, stopped = [], []

    async def get(run_id, what, *_):
        asked.append(what)
        try:
            await asyncio.Event().wait()
        finally:
            stopped.append(what)

    monkeypatch.setattr(live.numbers, "get", get)
    monkeypatch.setattr(live.numbers, "over_runs", get)
    comparison.compare([run.id for run in runs[:5]])
    comparison.show_trend(runs[0].test_id)
    await until(lambda: len(asked) == 5)
    comparison.close()
    await until(lambda: len(stopped) == 5)
    assert len(asked) == 5
    assert comparison.is_settled()


async def test_a_run_is_compared_with_its_baseline(comparison, runs, live, until):
    store = live.store
    comparison.compare_with_baseline(runs[0].id)
    assert comparison.compare_page.runs.run_ids == (), "there is none"
    await store.set_local_baseline(runs[3].test_id, runs[3].id)
    comparison.compare_with_baseline(runs[0].id)
    assert comparison.compare_page.runs.run_ids == (runs[3].id, runs[0].id)


async def test_a_run_is_opened_in_the_main_window(comparison, runs):
    wanted = []
    comparison.run_wanted.connect(wanted.append)
    comparison.compare([runs[0].id, runs[1].id])
    comparison.compare_page.chips._chips[1].open.trigger()
    assert wanted == [runs[1].id]


async def test_the_trend_is_followed_with_the_keys_and_opened(comparison, runs, live, until):
    wanted = []
    comparison.run_wanted.connect(wanted.append)
    comparison.show_trend(runs[0].test_id)
    page = comparison.trend_page

    def are_all_there():
        return page.table.cells.rowCount() == len(live.store.latest_of_test(runs[0].test_id, 30))

    await until(lambda: comparison.is_settled() and are_all_there(), 20)
    assert comparison.tabs.currentIndex() == TREND
    known = live.store.latest_of_test(runs[0].test_id, 30)
    page.chart.choose(len(known) - 1)
    QTest.keyClick(page.chart, Qt.Key.Key_Left)
    assert page.table.currentIndex().row() == 1
    assert f"Run {known[1].id}" in page._current.text()
    assert f"Run {known[1].id}" in page.chart.accessibleDescription()
    QTest.keyClick(page.chart, Qt.Key.Key_Return)
    assert wanted == [known[1].id]
    page.table.selectRow(3)
    assert page.chart.current == len(known) - 4


async def test_the_trend_of_another_figure_and_of_fewer_runs(comparison, runs, live, until):
    comparison.show_trend(runs[0].test_id)
    page = comparison.trend_page
    await until(comparison.is_settled, 20)
    page.choice.last.setCurrentIndex(0)
    await until(lambda: page.is_settled and page.table.cells.rowCount() == 10, 20)
    page.choice.which.setCurrentIndex(page.choice.which.findText("Failed requests"))
    assert not page.choice.way.isVisible(), "a share is one figure"
    await until(lambda: page.is_settled and "%" in page._current.text(), 20)


async def test_other_metrics_are_offered_once_they_are_known(comparison, runs, live, until):
    comparison.show_trend(runs[0].test_id)
    choice = comparison.trend_page.choice
    await until(lambda: choice.which.findText("Iterations") > 0, 20)
    assert [choice.which.itemText(at) for at in range(4)] == ["Response time", "Failed requests", "Checks", "Requests"]


async def test_the_trend_of_a_test_without_requests_is_of_what_it_measured(comparison, runs, live, until):
    browser = next(test for test in all_tests(live) if test.name == "Browser: order a pizza")
    choice = comparison.trend_page.choice
    comparison.show_trend(browser.id)
    await until(lambda: choice.aggregate.metric.name == "browser_web_vital_lcp", 20)
    await until(lambda: comparison.is_settled() and comparison.trend_page.table.cells.rowCount(), 20)
    comparison.show_trend(runs[0].test_id)
    await until(lambda: choice.aggregate.metric.name == "http_req_duration", 20)
    choice.which.setCurrentIndex(choice.which.findText("Checks"))
    comparison.show_trend(browser.id)
    await until(comparison.is_settled, 20)
    assert choice.aggregate.metric.name == "checks", "what somebody chose stays"


async def test_without_a_server_it_says_why(session, tasks, dressed, until, words):
    now = datetime.now(UTC)
    rows_ = [Run(at, 10, 1, "completed", now - timedelta(hours=at), "passed", max_vus=at) for at in (1, 2)]
    await session.store.put_runs(rows_, now)
    window = CompareWindow(session, tasks, session.notices)
    window.compare([1, 2])
    await until(window.is_settled)
    assert "Runs 1 and 2: not all of it was loaded on this computer." in words(window)
    assert rows(window.compare_page.figures)["Virtual users, most"] == ["1", "2, +100 %, +1"]
    window.compare_page.show_view(REQUESTS)
    assert "These requests were never loaded on this computer" in words(window)
    window.show_trend(10)
    await until(window.is_settled)
    assert "never loaded on this computer" in words(window)
    window.close()
    window.deleteLater()


async def test_without_a_server_the_trend_shows_what_is_known_and_says_how_much_is_not(
    session, tasks, dressed, until, words
):
    now = datetime.now(UTC)
    ended = [Run(at, 10, 1, "completed", now - timedelta(hours=at), "passed") for at in (1, 2)]
    await session.store.put_runs(ended, now)
    window = CompareWindow(session, tasks, session.notices)
    at, value = (array("d", [number]).tobytes() for number in (now.timestamp(), 310))
    known = Told(Answer((Series({}, at, value),)), now, is_final=True)
    await session.store.put_numbers(1, {Asked(window.trend_page.choice.aggregate.query).key: encode(known)})
    window.show_trend(10)
    await until(window.is_settled)
    assert "The values of 1 run were never loaded on this computer." in words(window)
    assert rows(window.trend_page.table) == {"Run 1": ["310 ms", "–", "–"], "Run 2": ["not loaded", "–", "–"]}
    window.close()
    window.deleteLater()


async def test_escape_closes_it_and_the_size_stays(comparison, runs, tmp_path, tasks, live):
    comparison.compare([runs[0].id, runs[1].id])
    comparison.resize(780, 500)
    comparison.compare_page.bar.percent.setValue(12)
    settings = QSettings(str(tmp_path / "state.ini"), QSettings.Format.IniFormat)
    comparison.save_state(settings)
    closed = []
    comparison.closed.connect(lambda: closed.append(True))
    QTest.keyClick(comparison, Qt.Key.Key_Escape)
    assert closed
    other = CompareWindow(live, tasks, live.notices)
    other.restore_state(settings)
    assert other.size() == QSize(780, 500)
    assert other.compare_page.bar.percent.value() == 12
    other.deleteLater()


async def test_the_table_can_be_copied(comparison, runs, until):
    comparison.compare([runs[-1].id, runs[0].id])
    await until(comparison.is_settled, 20)
    QTest.keyClick(comparison.compare_page.figures, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QApplication.clipboard().text().splitlines()
    assert lines[0] == f"Figure\t{runs[-1].id}\t{runs[0].id}"
    assert any(line.startswith("p95 response time\t") for line in lines)


@pytest.mark.parametrize("size", [QSize(760, 480), QSize(1400, 900)])
async def test_long_and_strange_names_stay_in_their_place(comparison, runs, live, until, size):
    long = "<img src=x> " + "name " * 60 + "\u202emirrored"
    test = live.store.test(runs[0].test_id)
    await live.store.put_tests([replace(test, name=long)], datetime.now(UTC))
    comparison.resize(size)
    comparison.compare([run.id for run in runs[:5]])
    await until(comparison.is_settled, 20)
    assert comparison.size() == size, "the window is not made wider by what it shows"
    shown = [label.text() for label in comparison.compare_page.chips.findChildren(QLabel)]
    assert any(text.startswith("<img src=x> name") for text in shown)
    assert not any("\u202e" in text for text in shown)


async def test_f5_asks_again_and_so_does_a_server_that_is_back(session, tasks, dressed, until, words, go_live):
    now = datetime.now(UTC)
    await session.store.put_runs([Run(at, 10, 1, "completed", now, "passed", ended_at=now) for at in (1, 2)], now)
    window = CompareWindow(session, tasks, session.notices)
    window.compare([1, 2])
    await until(window.is_settled)
    reads = []
    window.compare_page.runs.read = reads.append
    QTest.keyClick(window, Qt.Key.Key_F5)
    assert reads == [(1, 2)]
    assert "not all of it was loaded" in words(window)
    go_live()
    await until(lambda: len(reads) == 2)
    window.close()
    window.deleteLater()


@pytest.fixture
def going(live):
    """A run of which the load goes on."""
    newest = [run for test in all_tests(live) for run in live.store.latest_of_test(test.id, 1)]
    return next(run for run in newest if run.status == "running")


@pytest.fixture
def asked(live, monkeypatch):
    """How often the server is asked, by run, or runs, if they are asked about together.

    About one run it answers with that number.
    """
    counts = Counter()
    together = live._cloud.totals_of_runs

    async def totals_of_runs(test_id, query, run_ids):
        counts[frozenset(run_ids)] += 1
        return await together(test_id, query, run_ids)

    async def total(run_id, _query):
        counts[run_id] += 1
        return Answer((Series({}, array("d", [0.0]).tobytes(), array("d", [counts[run_id]]).tobytes()),))

    monkeypatch.setattr(live._cloud, "totals_of_runs", totals_of_runs)
    monkeypatch.setattr(live._cloud, "total", total)
    return counts


async def test_a_trend_with_a_live_run_asks_about_its_runs_once(comparison, live, going, asked, until, monkeypatch):
    monkeypatch.setattr(numbers, "VALUES_S", 0.05)
    page = comparison.trend_page
    page._soon.setInterval(0)
    comparison.show_trend(going.test_id)

    def values():
        return rows(page.table).get(f"Run {going.id}", [""])

    await until(lambda: page.is_settled and values()[0].endswith(" ms"), 20)
    seen = set()
    await until(lambda: seen.add(values()[0]) or len(seen) > 3, 20)
    together = [times for ids, times in asked.items() if ids != going.id]
    assert set(together) == {1}, "again only when there are other runs"


async def test_what_is_shown_of_a_live_run_is_kept_up_to_date(
    comparison, runs, going, asked, until, monkeypatch, words
):
    monkeypatch.setattr(numbers, "VALUES_S", 0.05)
    comparison.compare([runs[0].id, going.id])
    await until(comparison.compare_page.runs.can_ask)
    seen = set()
    await until(lambda: seen.add(str(rows(comparison.compare_page.figures).get("Iterations"))) or len(seen) > 3, 20)
    assert f"Run {going.id}: not finished yet" in words(comparison)
    of_ended = asked[runs[0].id]
    comparison.compare_page.show_view(DIFFERENCES)
    comparison.compare_page.show_view(FIGURES)
    before = asked[going.id]
    await until(lambda: asked[going.id] > before)
    assert asked[runs[0].id] == of_ended, "what is final is not asked for again"


async def test_a_bug_in_one_part_leaves_nothing_loading(comparison, runs, live, until, monkeypatch, tasks, words):
    async def get(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(live.numbers, "get", get)
    monkeypatch.setattr(live.numbers, "over_runs", get)
    reported = []
    monkeypatch.setattr(tasks, "report", lambda error, _name: reported.append(type(error)))
    comparison.compare([run.id for run in runs[:2]])
    comparison.show_trend(runs[0].test_id)
    await until(comparison.is_settled)
    assert "a fault of k6desk" in words(comparison.compare_page)
    assert "a fault of k6desk" in words(comparison.trend_page)
    await until(lambda: set(reported) == {ZeroDivisionError})


async def test_other_runs_are_shown_from_beginning_to_end(comparison, runs, until):
    comparison.compare([run.id for run in runs[:2]])
    comparison.compare_page.show_view(CURVES)
    await until(comparison.is_settled, 20)
    time = comparison.compare_page._curves.stack.time
    await until(lambda: time.all[1] > 20)  # drawn
    time.zoom(0.5)
    comparison.compare_page.read_again()
    assert not time.shows_all
    comparison.compare([run.id for run in runs[2:4]])
    assert time.shows_all


async def test_the_baseline_is_marked(comparison, runs, live):
    comparison.compare([run.id for run in runs[:2]])
    first, second = comparison.compare_page.chips._chips
    assert not first._mark.isVisible()
    await live.store.set_local_baseline(runs[0].test_id, runs[0].id)
    assert first._mark.isVisible()
    assert not second._mark.isVisible()
    assert "The local baseline of its test" in first.accessibleName()
    assert first.baseline.text() == "Clear local baseline"


async def test_a_key_that_qt_does_not_know_changes_nothing(comparison, runs, until):
    comparison.show_trend(runs[0].test_id)
    await until(comparison.is_settled, 20)
    chart = comparison.trend_page.chart
    at = chart.current
    QApplication.sendEvent(chart, QKeyEvent(QEvent.Type.KeyPress, 0x1234567, Qt.KeyboardModifier.NoModifier))
    assert chart.current == at


def test_a_metric_of_the_same_name_may_be_another_in_another_test(dressed):
    choice = TrendChoice()
    choice.offer([Metric("orders", "counter"), *STANDARD])
    choice.which.setCurrentIndex(choice.which.findText("orders"))
    assert choice.aggregate.query.method == "rate"
    choice.offer([Metric("orders", "trend"), *STANDARD])
    assert choice.which.currentText() == "orders"
    assert choice.aggregate.query.method == "histogram_quantile(0.95)"
    choice.deleteLater()


async def test_without_a_server_it_says_as_of_when_a_live_run_is_shown(session, tasks, dressed, until, words):
    now = datetime.now(UTC)
    await session.store.put_runs([Run(at, 10, 1, "running", now, None) for at in (1, 2)], now)
    asked_at = now - timedelta(days=400)
    known = Told(Answer(), asked_at, is_final=False)
    await session.store.put_numbers(1, {one.key: encode(known) for one in FIGURE_ASKS})
    window = CompareWindow(session, tasks, session.notices)
    window.compare([1, 2])
    await until(window.is_settled)
    assert f"as of {text.when(asked_at, now)}" in words(window)
    window.close()
    window.deleteLater()
