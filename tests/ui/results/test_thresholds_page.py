from __future__ import annotations

import json

import pytest
from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtTest import QTest

from k6desk.api.metrics import Metric, ThresholdVerdict
from k6desk.api.wire.runs import run_detail
from k6desk.core.thresholds.thresholds import Threshold, Verdict, asks, thresholds_of
from k6desk.ui import theme
from k6desk.ui.results.limit_bar import HEIGHT, paint_bar, span_of
from k6desk.ui.results.thresholds_delegate import HEIGHT as ROW
from k6desk.ui.results.thresholds_delegate import HEIGHT_WIDE
from k6desk.ui.results.thresholds_page import COMPUTED, ThresholdsPage
from k6desk.ui.roles import DISPLAY, TOOL_TIP
from tests.conftest import assert_plain_text
from tests.measured import FakeNumbers, total

METRICS = (Metric("http_req_duration", "trend"), Metric("http_req_failed", "rate"), Metric("checks", "rate"))
OPTIONS = {
    "thresholds": {
        "checks": ["rate>0.95"],
        "never_used": ["count<1"],
        "http_req_failed": [{"threshold": "rate<0.05", "abortOnFail": True, "delayAbortEval": "30s"}],
        "http_req_duration": ["p(95)<300", "<b>p</b>"],
    }
}
VALUES = {"p(95)<300": 310.27, "rate<0.05": 0.0279, "rate>0.95": 0.9814}


class Served(QObject):
    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.looked_at: list[int | None] = []
        self.says: tuple[ThresholdVerdict, ...] = ()

    def look_at(self, run_id):
        self.looked_at.append(run_id)

    def of(self, _run_id):
        return self.says


def detail_of(run_id=5, status="completed", options=OPTIONS):
    answer = {"id": run_id, "test_id": 2, "project_id": 3, "status": status, "created": "2026-01-01T09:00:00Z"}
    return run_detail(json.dumps(answer | {"result": None, "options": options}).encode())


@pytest.fixture
def numbers():
    return FakeNumbers(METRICS)


@pytest.fixture
def served():
    return Served()


@pytest.fixture
def page(numbers, served, shown, dressed):
    return shown(ThresholdsPage(numbers, served), 440)


def put(numbers, values):
    for threshold in thresholds_of(OPTIONS):
        for asked in asks([threshold], METRICS):
            numbers.answers[asked] = total(values.get(threshold.source))


def show(page, **changes):
    detail = detail_of(**changes)
    page.show_run(detail.run, detail)


def rows(page):
    return [page.model.index(at).data(DISPLAY) for at in range(page.model.rowCount())]


def test_what_failed_stands_first_and_what_is_not_known_last(page, numbers, words):
    put(numbers, VALUES)
    show(page)
    assert rows(page) == [
        "http_req_duration p(95)<300: failed, 310 ms, 10.3 ms (3.42 %) too much, computed by k6desk",
        "checks rate>0.95: passed, 98.1 %, 3.14 points (62.8 %) to spare, computed by k6desk",
        rows(page)[2],
        "never_used count<1: no samples, so it passes",
        rows(page)[-1],
    ]
    assert rows(page)[2].startswith("http_req_failed rate<0.05: passed, 2.79 %, 2.21 points (44.2 %) to spare, aborts")
    assert rows(page)[-1].startswith("http_req_duration <b>p</b>: not known, k6desk does not understand")
    assert words(page).startswith("1 failed, 2 passed, 1 without samples, 1 not known")
    assert COMPUTED in words(page)
    assert_plain_text(page)


def test_a_live_run_shows_what_is_about_to_fail(page, numbers, words):
    put(numbers, VALUES | {"p(95)<300": 295})
    show(page, status="running")
    assert rows(page)[0].startswith("http_req_duration p(95)<300: near the limit, 295 ms")
    assert words(page).startswith("1 near the limit, 2 passing")
    assert "so far" in words(page)
    put(numbers, VALUES | {"p(95)<300": 400})
    page.take_in(frozenset(numbers.answers))
    assert rows(page)[0].startswith("http_req_duration p(95)<300: failing, 400 ms")


def test_a_row_that_moves_takes_the_selection_with_it(page, numbers):
    put(numbers, VALUES | {"p(95)<300": 100})
    show(page, status="running")
    at = next(at for at, row in enumerate(rows(page)) if row.startswith("http_req_duration p(95)"))
    assert at > 0
    page.view.setCurrentIndex(page.model.index(at))
    put(numbers, VALUES)
    page.take_in(frozenset(numbers.answers))
    assert page.view.currentIndex().row() == 0
    QTest.keyClick(page.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == rows(page)[0]


def test_the_server_is_asked_while_somebody_looks_and_has_the_last_word(page, numbers, served, words):
    put(numbers, VALUES)
    show(page)
    assert served.looked_at[-1] == 5
    served.says = (ThresholdVerdict("http_req_duration", "p(95)<300", 300, 299.0, tainted=False),)
    served.changed.emit(5)
    assert not any("p(95)<300: failed" in row for row in rows(page))
    at = next(at for at, row in enumerate(rows(page)) if "p(95)<300" in row)
    assert "k6desk finds “failed” with 310 ms" in page.model.index(at).data(TOOL_TIP)
    assert "computed" not in rows(page)[at]
    assert COMPUTED not in words(page)
    page.hide()
    assert served.looked_at[-1] is None


def test_it_asks_for_what_the_thresholds_need_and_has_nothing_without_any(page, numbers):
    show(page)
    assert {asked.query.expression for asked in page.wanted()} == {"ratio", "histogram_quantile(0.95)"}
    assert page.has_content()
    show(page, run_id=6, options={})
    assert not page.has_content()
    assert not page.wanted()


def test_rows_are_lower_where_there_is_room_beside_each_other(page, numbers, qtbot):
    put(numbers, VALUES)
    show(page)
    qtbot.waitUntil(lambda: page.view.visualRect(page.model.index(0)).height() == ROW)
    page.resize(1200, 600)
    qtbot.waitUntil(lambda: page.view.visualRect(page.model.index(0)).height() == HEIGHT_WIDE)
    assert not page.grab().isNull()


@pytest.mark.parametrize(
    ("operator", "value", "limit", "unit"),
    [
        ("<", 310, 300, "ms"),
        (">", 0.3, 0.95, "share"),
        (">", 0.99, 0.95, "share"),
        ("<", -5, -3, ""),
        ("==", 0, 0, ""),
        (">=", 1.0, 1.0, "share"),
    ],
)
def test_value_and_limit_are_both_on_the_bar(operator, value, limit, unit):
    verdict = Verdict(Threshold("m", operator=operator, limit=limit), value, unit=unit)
    low, high = span_of(verdict)
    assert low < high
    assert low <= min(value, limit)
    assert max(value, limit) <= high


def test_the_mark_of_the_limit_is_where_the_limit_is(dressed, qapp):
    verdict = Verdict(Threshold("m", operator="<", limit=75.0), 100.0, "failed")
    image = QImage(125, HEIGHT, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    paint_bar(painter, QRectF(0, 0, 125, HEIGHT), verdict, "failed", qapp.palette())
    painter.end()
    colours = [image.pixelColor(x, HEIGHT // 2).name() for x in (40, 75, 90)]
    assert colours == [theme.colour(role, qapp.palette()).name() for role in ("failed", "text", "failed")]
    assert image.pixelColor(115, HEIGHT // 2).name() != theme.colour("failed", qapp.palette()).name()


@pytest.mark.parametrize("limit", [1.7976931348623157e308, -1e308])
def test_a_limit_with_which_nothing_can_be_reckoned_is_painted(dressed, qapp, limit):
    image = QImage(125, HEIGHT, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    verdict = Verdict(Threshold("m", operator="<", limit=limit), 100.0, "passed")
    paint_bar(painter, QRectF(0, 0, 125, HEIGHT), verdict, "passed", qapp.palette())
    painter.end()
