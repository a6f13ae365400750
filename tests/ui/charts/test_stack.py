"""Charts that share their time: what they say, how they are moved, and that nothing is drawn twice."""

from __future__ import annotations

import csv
import gc
import io
import weakref
from collections import Counter
from datetime import UTC, datetime
from math import nan

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea

from k6desk.ui import theme
from k6desk.ui.charts import ground
from k6desk.ui.charts.export import png_of
from k6desk.ui.charts.lines import Band, Limit, Line
from k6desk.ui.charts.stack import TWO_COLUMNS_FROM, ChartStack
from k6desk.ui.charts.time_chart import TimeChart

ORIGIN = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)


def _line(name: str, count: int = 101, factor: float = 1.0, **looks: object) -> Line:
    times = np.arange(count) * 3.0
    return Line(name, times, times * factor, **looks)


@pytest.fixture
def stack(dressed, qtbot):
    """Two charts, shown and drawn: 0 to 300 s, values that grow with time."""
    stack = ChartStack()
    qtbot.addWidget(stack)
    for chart, factor in ((TimeChart("Response time", "ms"), 1.0), (TimeChart("Data", "bytes", True), 1000.0)):
        stack.add(chart)
        chart.set_lines([_line("p95", factor=factor)])
    stack.resize(600, 400)
    stack.show()
    _settle(stack)
    return stack


def _settle(stack: ChartStack) -> None:
    """Let everything happen that is due."""
    for _ in range(5):
        QApplication.processEvents()


@pytest.fixture(autouse=True)
def drawings(monkeypatch) -> Counter:
    """How often the lines of each plot were drawn."""
    counted, draw = Counter(), ground.draw

    def count(painter, drawing) -> None:
        counted[id(drawing)] += 1
        draw(painter, drawing)

    monkeypatch.setattr(ground, "draw", count)
    return counted


@pytest.fixture
def drawn(stack, drawings):
    """How often the lines of each chart were drawn until now."""
    return lambda: [drawings[id(chart.plot)] for chart in stack.charts]


def _turn(plot, x: float, turned: int, modifiers=Qt.KeyboardModifier.NoModifier) -> bool:
    here = QPointF(x, 50)
    event = QWheelEvent(
        here,
        QPointF(plot.mapToGlobal(here)),
        QPoint(),
        QPoint(0, turned),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    plot.wheelEvent(event)
    return event.isAccepted()


def test_a_chart_without_lines_has_room_anywhere(dressed, qtbot):
    """What goes wrong while a widget is resized ends the program."""
    chart = TimeChart("Response time in browsers", "ms")
    qtbot.addWidget(chart)
    chart.readout.keep_room_for("59:58 · 16:35:53")
    for width in (0, 40, 100, 600):
        assert chart.readout._cells(width) == []


def test_without_the_mouse_the_latest_values_are_told(stack):
    plots = [chart.plot for chart in stack.charts]
    assert [plot.accessibleName() for plot in plots] == ["Response time", "Data"]
    assert [plot.accessibleDescription() for plot in plots] == ["Latest: p95 300 ms", "Latest: p95 300 kB/s"]


def test_the_mouse_puts_one_crosshair_through_all_charts(stack):
    stack.set_origin(ORIGIN)
    first, second = (chart.plot for chart in stack.charts)
    QTest.mouseMove(first, QPoint(round(first.x_of(151)), 40))
    local = ORIGIN.astimezone().replace(minute=2, second=30)
    assert first.accessibleDescription() == f"2:30 · {local:%H:%M:%S}: p95 150 ms"
    assert second.accessibleDescription().endswith("p95 150 kB/s")
    QApplication.sendEvent(first, QEvent(QEvent.Type.Leave))
    assert second.accessibleDescription() == "Latest: p95 300 kB/s"


def test_moving_the_crosshair_draws_no_line_and_moves_no_word(stack, drawn):
    before = drawn()
    cells = stack.charts[0].readout._cells(500)
    for time in range(0, 300, 3):
        stack.time.set_cursor(float(time))
        _settle(stack)
    assert drawn() == before
    assert stack.charts[0].readout._cells(500) == cells


def test_keys_move_the_crosshair_the_view_and_the_zoom(stack):
    plot, time = stack.charts[0].plot, stack.time
    for key, cursor in (
        (Qt.Key.Key_Right, 0),
        (Qt.Key.Key_Right, 3),
        (Qt.Key.Key_Left, 0),
        (Qt.Key.Key_Left, 0),
        (Qt.Key.Key_End, 300),
        (Qt.Key.Key_Home, 0),
        (Qt.Key.Key_Escape, None),
        (Qt.Key.Key_Left, 300),
    ):
        QTest.keyClick(plot, key)
        assert time.cursor == cursor
    QTest.keyClick(plot, Qt.Key.Key_Plus)
    assert time.shown == (150, 300)
    QTest.keyClick(plot, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert time.shown == (120, 270)
    QTest.keyClick(plot, Qt.Key.Key_Minus)
    QTest.keyClick(plot, Qt.Key.Key_Plus)
    QTest.keyClick(plot, Qt.Key.Key_0)
    assert time.shows_all


def test_the_crosshair_walks_out_of_the_view_and_takes_it_along(stack):
    stack.time.show(0, 30)
    stack.time.set_cursor(30)
    QTest.keyClick(stack.charts[0].plot, Qt.Key.Key_Right)
    assert stack.time.cursor == 33
    assert stack.time.shown == (3, 33)


def test_dragging_looks_closer_and_a_double_click_shows_all(stack):
    plot = stack.charts[1].plot
    ends = [QPoint(round(plot.x_of(time)), 50) for time in (100, 200)]
    QTest.mousePress(plot, Qt.MouseButton.LeftButton, pos=ends[0])
    QTest.mouseMove(plot, ends[1])
    assert stack.time.selection == pytest.approx((100, 200), abs=1)
    assert stack.time.shows_all
    QTest.mouseRelease(plot, Qt.MouseButton.LeftButton, pos=ends[1])
    assert stack.time.shown == pytest.approx((100, 200), abs=1)
    assert stack.time.selection is None
    QTest.mousePress(plot, Qt.MouseButton.MiddleButton, pos=ends[0])
    QTest.mouseMove(plot, ends[1])
    QTest.mouseRelease(plot, Qt.MouseButton.MiddleButton, pos=ends[1])
    assert stack.time.shown == pytest.approx((67, 167), abs=2)
    QTest.mouseDClick(plot, Qt.MouseButton.LeftButton, pos=ends[0])
    assert stack.time.shows_all


def test_after_the_view_has_moved_the_crosshair_is_where_the_mouse_is(stack):
    plot = stack.charts[0].plot
    ends = [QPoint(round(plot.x_of(time)), 50) for time in (100, 200)]
    QTest.mouseMove(plot, ends[0])
    QTest.mousePress(plot, Qt.MouseButton.LeftButton, pos=ends[0])
    QTest.mouseMove(plot, ends[1])
    QTest.mouseRelease(plot, Qt.MouseButton.LeftButton, pos=ends[1])
    assert plot.x_of(stack.time.cursor) == pytest.approx(ends[1].x(), abs=12)
    _turn(plot, ends[1].x(), 120, Qt.KeyboardModifier.ShiftModifier)
    assert plot.x_of(stack.time.cursor) == pytest.approx(ends[1].x(), abs=12)


def test_the_wheel_zooms_around_the_mouse(stack):
    plot = stack.charts[0].plot
    x = plot.x_of(240)
    assert _turn(plot, x, 120)
    start, end = stack.time.shown
    assert end - start == pytest.approx(240)
    assert plot.x_of(240) == pytest.approx(x, abs=1)


def test_in_a_page_that_scrolls_the_wheel_is_the_pages_but_with_ctrl(stack, qtbot):
    area = QScrollArea()
    qtbot.addWidget(area)
    area.setWidget(stack)
    plot = stack.charts[0].plot
    assert not _turn(plot, 100, 120)
    assert stack.time.shows_all
    assert _turn(plot, 100, 120, Qt.KeyboardModifier.ControlModifier)
    assert not stack.time.shows_all
    shown = stack.time.shown
    assert _turn(plot, 100, -120, Qt.KeyboardModifier.ShiftModifier)
    assert stack.time.shown[0] > shown[0]
    area.takeWidget()


def test_samples_that_are_known_draw_nothing(stack, drawn):
    before = drawn()
    for chart in stack.charts:
        chart.set_lines([Line(line.name, line.times.copy(), line.values.copy()) for line in chart.lines])
        chart.set_limits([])
    stack.set_bands([])
    stack.set_origin(None)
    _settle(stack)
    assert drawn() == before


def test_a_new_sample_draws_its_chart_alone_and_what_is_out_of_view_draws_nothing(stack, drawn):
    stack.time.show(0, 100)
    _settle(stack)
    before = drawn()
    stack.charts[0].set_lines([_line("p95", 102)])
    _settle(stack)
    assert drawn() == before
    stack.charts[0].set_lines([_line("p95", 102, 2.0)])
    _settle(stack)
    assert drawn() == [before[0] + 1, before[1]]


def test_what_nobody_sees_is_not_drawn(stack, drawn):
    stack.hide()
    before = drawn()
    stack.charts[0].set_lines([_line("p95", 200)])
    assert not stack._settles.isActive()
    _settle(stack)
    assert drawn() == before
    stack.show()
    _settle(stack)
    assert stack.time.shown == (0, 597)
    assert stack.charts[0].plot.accessibleDescription() == "Latest: p95 597 ms"


def test_the_scale_fits_what_is_seen(stack):
    plot = stack.charts[0].plot
    assert plot.scale_shown.high >= 300
    stack.time.show(0, 20)
    _settle(stack)
    assert 20 <= plot.scale_shown.high <= 30


def test_time_lines_up_in_all_charts(stack):
    stack.charts[1].set_lines([_line("p95", factor=123_456_789.0)])
    _settle(stack)
    first, second = (chart.plot.area for chart in stack.charts)
    assert (first.left(), first.right()) == (second.left(), second.right())


def test_a_limit_nearby_is_in_view_and_one_far_off_flattens_nothing(stack):
    plot = stack.charts[0].plot
    stack.charts[0].set_limits([Limit(500, "p(95) < 500 ms"), Limit(60_000, "max < 1 min", True)])
    _settle(stack)
    assert 500 <= plot.scale_shown.high <= 1000


def test_a_chart_without_samples_says_so(stack):
    chart = stack.charts[0]
    chart.set_empty("This run has no browser metrics.")
    chart.set_lines([Line("p75", np.array([0.0, 3.0]), np.array([nan, nan]))])
    _settle(stack)
    assert chart.plot.empty_words == "This run has no browser metrics."
    chart.set_lines([])
    _settle(stack)
    assert chart.plot.accessibleDescription() == "This run has no browser metrics."


def test_one_sample_can_be_seen(stack):
    chart = stack.charts[0]
    chart.set_lines([])
    _settle(stack)
    empty = chart.plot.grab().toImage()
    chart.set_empty("")
    chart.set_lines([Line("p75", np.array([150.0]), np.array([10.0]), role=3)])
    _settle(stack)
    shown = chart.plot.grab().toImage()
    at = QPoint(round(chart.plot.x_of(150)), round(chart.plot.y_of(10)))
    assert shown.pixelColor(at) != empty.pixelColor(at)


def test_bands_are_named_once(stack):
    stack.set_bands([Band(0, 60, "Ramp up", "ramp up"), Band(60, 300, "10 VUs", "steady")])
    assert [chart.plot.names_bands for chart in stack.charts] == [True, False]
    stack.add(chart := TimeChart("Virtual users", "count"), 0)
    assert [each.plot.names_bands for each in stack.charts] == [True, False, False]
    assert chart.plot.bands == stack.charts[1].plot.bands


def test_two_columns_where_there_is_room(stack):
    stack.resize(TWO_COLUMNS_FROM, 400)
    _settle(stack)
    first, second = stack.charts
    assert first.y() == second.y()
    assert second.x() >= first.x() + first.width()
    stack.resize(380, 400)
    _settle(stack)
    assert second.y() >= first.y() + first.height()
    assert stack.width() == 380


def test_another_theme_is_drawn_in_its_colours(stack, qapp, drawn):
    plot = stack.charts[0].plot
    before = drawn()
    theme.apply(qapp, "dark")
    _settle(stack)
    assert all(now > was for now, was in zip(drawn(), before, strict=True))
    assert theme.is_dark(plot.palette())


def test_csv_has_a_row_for_each_time_and_no_formula(stack):
    stack.set_origin(ORIGIN)
    stack.charts[0].set_lines(
        [
            Line("p95", np.array([0.0, 3.0]), np.array([1.5, nan])),
            Line('=HYPERLINK("x")', np.array([3.0, 6.0]), np.array([7.0, 8.0])),
        ]
    )
    stack.remove(stack.charts[1])
    rows = list(csv.reader(io.StringIO(stack.as_csv())))
    assert rows == [
        ["Elapsed (s)", "Time", "Response time p95 (ms)", 'Response time =HYPERLINK("x") (ms)'],
        ["0.0", "2026-03-04T14:00:00Z", "1.5", ""],
        ["3.0", "2026-03-04T14:00:03Z", "", "7.0"],
        ["6.0", "2026-03-04T14:00:06Z", "", "8.0"],
    ]


def test_a_title_that_begins_like_a_formula_is_text_in_csv(dressed, qtbot):
    stack = ChartStack()
    qtbot.addWidget(stack)
    assert stack.as_csv() == '"Elapsed (s)"\r\n'
    chart = TimeChart("=1+1", "")
    stack.add(chart)
    chart.set_lines([_line("=1+1", 1)])
    assert stack.as_csv().startswith('"Elapsed (s)","\'=1+1"\r\n')


def test_pictures_have_all_charts(stack):
    picture = QImage.fromData(png_of(stack.as_image()))
    assert picture.width() >= 2 * stack.width()
    assert picture.pixelColor(0, 0) == theme.colour("window", stack.palette())
    drawing = QSvgRenderer(stack.as_svg())
    assert drawing.isValid()
    assert drawing.viewBox().width() == stack.width() + 32
    words = stack.as_svg().decode()
    assert all(each in words for each in ("Response time", "Data", "300 kB/s", "p95"))


def test_a_stack_that_was_never_shown_gives_a_picture(dressed, qtbot):
    stack = ChartStack()
    qtbot.addWidget(stack)
    stack.add(chart := TimeChart("Response time", "ms"))
    chart.set_lines([_line("p95")])
    assert "300 ms" in stack.as_svg().decode()


def test_the_first_samples_do_not_fill_the_charts(stack):
    end = stack.time.all[1]
    stack.set_least_span(end + 50)
    stack.settle()
    assert stack.time.shown == (stack.time.all[0], stack.time.all[0] + end + 50)
    stack.set_least_span(0)
    stack.settle()
    assert stack.time.all[1] == end


def test_nothing_stays_of_a_stack_that_is_gone(dressed, qtbot):
    stack = ChartStack()
    stack.add(chart := TimeChart("Response time", "ms"))
    chart.set_lines([_line("p95")])
    stack.show()
    _settle(stack)
    left = [weakref.ref(each) for each in (stack, chart, chart.plot, chart.plot.curves[0], chart.lines[0])]
    stack.close()
    stack.deleteLater()
    del stack, chart
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert [each() for each in left] == [None] * len(left)


def test_a_chart_that_was_removed_is_gone_and_the_others_stay(stack):
    removed = weakref.ref(stack.charts[0])
    stack.remove(stack.charts[0])
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert removed() is None
    _settle(stack)
    assert stack.charts[0].plot.accessibleDescription() == "Latest: p95 300 kB/s"
