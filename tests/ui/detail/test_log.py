"""The pane of the log."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QFileDialog, QPlainTextEdit, QPushButton, QToolButton

from k6desk.api.errors import Forbidden, Unreachable
from k6desk.api.logs import LogBatch, LogLine
from k6desk.core.logs import kept_log
from k6desk.core.logs.log_tail import LogTail, Phase
from k6desk.data import run_log
from k6desk.data.run_log import RunLog
from k6desk.ui.detail.log import LogPane
from k6desk.ui.detail.log_list import LogList
from k6desk.ui.filter_line import FilterLine
from tests.conftest import assert_plain_text, live_timers


class Logs:
    """A cloud whose log is what a test puts into it."""

    def __init__(self) -> None:
        self.batches: asyncio.Queue = asyncio.Queue()
        self.opened = self.closed = 0

    def say(self, *lines: str | tuple[str, str], start: int = 0, **more) -> None:
        pairs = [("info", said) if isinstance(said, str) else said for said in lines]
        self.batches.put_nowait(
            LogBatch(
                tuple(LogLine(start + at, level, said, {"lz": "x"}) for at, (level, said) in enumerate(pairs)), **more
            )
        )

    async def log(self, run_id, start_ns):
        self.opened += 1
        try:
            while True:
                try:
                    said = await asyncio.wait_for(self.batches.get(), 0.02)
                except TimeoutError:
                    said = LogBatch()
                if isinstance(said, Exception):
                    raise said
                yield said
        finally:
            self.closed += 1


@pytest.fixture
def logs() -> Logs:
    return Logs()


@pytest.fixture
def tail(desk, logs):
    tail = LogTail(desk.store, desk.connection)
    tail.go_live(logs, desk.tasks)
    return tail


@pytest.fixture
def pane(desk, tail, shown):
    pane = shown(LogPane(desk.store, desk.commands, desk.tasks, tail, desk.notices))
    pane.resize(700, 300)
    return pane


@pytest.fixture
def show(desk, pane, samples):
    async def show(raw=None) -> None:
        run_id = await desk.put(raw or samples.running())
        pane.present(desk.store.run(run_id), None)

    return show


def rows(pane) -> list[str]:
    return [row.text for row in pane._model.rows()]


def listed(pane) -> LogList:
    return pane.findChild(LogList)


def top(pane) -> str:
    """The uppermost line in sight."""
    return pane._model.row(listed(pane).rowAt(0)).text


def is_at_end(pane) -> bool:
    bar = listed(pane).verticalScrollBar()
    return bar.value() == bar.maximum() > 0


def click(pane, row: int) -> None:
    view = listed(pane)
    where = view.visualRect(pane._model.index(row, 0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=where)


async def test_lines_arrive_and_the_newest_are_in_sight(pane, logs, show, until):
    await show()
    logs.say(*(f"line {number}" for number in range(200)))
    await until(lambda: len(rows(pane)) == 200)
    await until(lambda: is_at_end(pane))
    logs.say("the newest", start=200)
    await until(lambda: rows(pane)[-1] == "the newest")
    await until(lambda: is_at_end(pane))


async def test_who_scrolls_up_stays_there_while_lines_come_and_old_ones_go(pane, logs, show, until, monkeypatch):
    monkeypatch.setattr(run_log, "MOST_LINES", 220)
    monkeypatch.setattr(run_log, "AT_ONCE", 50)
    await show()
    logs.say(*(f"line {number}" for number in range(200)))
    await until(lambda: is_at_end(pane))
    bar, follow = listed(pane).verticalScrollBar(), button(pane, "Follow")
    bar.setValue(120)
    assert not follow.isChecked()
    before = top(pane)
    logs.say(*(f"more {number}" for number in range(60)), start=200)
    await until(lambda: rows(pane)[-1] == "more 59")
    assert rows(pane)[0] != "line 0"
    assert top(pane) == before
    QTest.keyClick(listed(pane), Qt.Key.Key_End)
    assert follow.isChecked()
    assert is_at_end(pane)


async def test_a_chosen_line_stays_chosen_and_is_shown_whole(pane, logs, show, until):
    await show()
    trace = "TypeError: x\n\tat a\n\tat <b>b</b> " + "y" * 3000
    logs.say(*(f"line {number}" for number in range(30)), ("error", trace), start=0)
    await until(lambda: len(rows(pane)) == 31)
    click(pane, 30)
    whole = pane.findChild(QPlainTextEdit)
    assert whole.isVisible()
    assert whole.toPlainText() == trace
    assert not listed(pane).is_following
    for start in range(3):
        logs.say(*(f"more {number}" for number in range(30)), start=100 + start * 30)
    await until(lambda: len(rows(pane)) == 121)
    assert listed(pane).selected_places() == [30]
    assert whole.toPlainText() == trace
    QTest.keyClick(listed(pane), Qt.Key.Key_Escape)
    assert not whole.isVisible()


async def test_words_and_levels_narrow_it_and_what_was_chosen_stays(pane, logs, show, until, words):
    await show()
    logs.say(
        *((("error" if n % 10 == 0 else "warning" if n % 10 == 1 else "info"), f"order {n} pizza") for n in range(100))
    )
    await until(lambda: len(rows(pane)) == 100)
    click(pane, listed(pane).rowAt(listed(pane).viewport().height() - 30))
    chosen = pane._model.row(listed(pane).selected_places()[0]).text
    levels = pane.findChild(QComboBox)
    levels.setCurrentIndex(2)
    assert len(rows(pane)) == 20
    assert "20 of 100 lines: 10 errors, 10 warnings, 80 info" in words(pane)
    levels.setCurrentIndex(3)
    assert rows(pane) == [f"order {n} pizza" for n in range(0, 100, 10)]
    levels.setCurrentIndex(0)
    QTest.keyClicks(pane.findChild(FilterLine), "PIZZA " + chosen.split()[1])
    await until(lambda: len(rows(pane)) < 100)
    assert f"{len(rows(pane))} of 100 lines: 10 errors, 10 warnings, 80 info" in words(pane)
    assert chosen in rows(pane)
    pane.findChild(FilterLine).clear()
    await until(lambda: len(rows(pane)) == 100)
    logs.say("order 100 pizza", start=100)
    await until(lambda: len(rows(pane)) == 101)


async def test_a_filter_that_finds_nothing_says_so_and_can_be_dropped(pane, logs, show, until, words):
    await show()
    logs.say("a", "b")
    await until(lambda: len(rows(pane)) == 2)
    pane.findChild(FilterLine).setText("zzz")
    await until(lambda: "No line is like this" in words(pane))
    next(one for one in pane.findChildren(QPushButton) if one.text() == "Show all lines").click()
    assert rows(pane) == ["a", "b"]
    assert "No line is like this" not in words(pane)


async def test_lines_are_counted_by_level_and_gaps_are_marked(pane, logs, show, until, words):
    await show()
    logs.say(("error", "a"), ("warning", "b"), ("warn", "c"), ("debug", "d"), "e", dropped=12)
    await until(lambda: "5 lines: 1 error, 2 warnings, 1 info, 1 debug" in words(pane))
    assert rows(pane)[-1] == "12 lines were left out by the server."
    assert "Live" in words(pane)


async def test_a_run_that_has_ended_is_not_live_while_its_last_lines_come(
    pane, logs, show, until, words, samples, tail
):
    await show(samples.failed())
    logs.say("a")
    await until(lambda: rows(pane) == ["a"])
    tail.phase = Phase.LIVE
    pane._show()
    assert "Live" not in words(pane)
    assert "Loading…" in words(pane)


async def test_what_is_shown_is_copied_with_exact_times(pane, logs, show, until):
    await show()
    logs.say("first", ("error", "a\n\tb"), start=1_700_000_000_000_000_007)
    await until(lambda: len(rows(pane)) == 2)
    listed(pane).selectAll()
    QTest.keyClick(listed(pane), Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    both = "2023-11-14T22:13:20.000000007Z info first\n2023-11-14T22:13:20.000000008Z error a\n\tb\n"
    assert QGuiApplication.clipboard().text() == both
    pane.findChild(QComboBox).setCurrentIndex(3)
    button(pane, "Copy the lines that are shown").click()
    assert QGuiApplication.clipboard().text() == both.splitlines(keepends=True)[1] + "\tb\n"


async def test_it_is_saved_as_a_text_file(pane, logs, show, until, tmp_path, desk):
    await show()
    logs.say("pizza für dich", start=0)
    await until(lambda: rows(pane) == ["pizza für dich"])
    button(pane, "Save").click()
    dialog = pane.window().findChild(QFileDialog)
    file = tmp_path / "a.log"
    dialog.fileSelected.emit(str(file))
    dialog.reject()
    await until(file.exists)
    await until(lambda: desk.notices.current())
    assert desk.notices.current()[0].text == "The log was saved as a.log."
    assert file.read_bytes().decode() == "1970-01-01T00:00:00.000000000Z info pizza für dich\n"
    await until(lambda: not pane.findChildren(QFileDialog))


async def test_text_is_found_by_keys(pane, logs, show, until):
    await show()
    logs.say(*(f"line {number}" for number in range(100)))
    await until(lambda: len(rows(pane)) == 100)
    QTest.keyClick(listed(pane), Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    bar = pane._find_bar
    QTest.keyClicks(bar._line, "line 5")
    assert listed(pane).selected_places() != []
    first = listed(pane).selected_places()
    QTest.keyClick(bar._line, Qt.Key.Key_Return)
    assert listed(pane).selected_places() != first
    QTest.keyClick(bar._line, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert listed(pane).selected_places() == first


async def test_how_many_lines_came_below_is_said_and_a_click_goes_there(pane, logs, show, until):
    await show()
    logs.say(*(f"line {number}" for number in range(200)))
    await until(lambda: is_at_end(pane))
    newer = pane._newer
    assert not newer.isVisible()
    listed(pane).verticalScrollBar().setValue(50)
    assert not newer.isVisible()
    logs.say(*(("error" if number < 5 else "info", f"more {number}") for number in range(12)), start=200)
    await until(newer.isVisible)
    assert newer.text() == "12 new ↓"
    assert newer.accessibleName() == "12 new lines: go to the newest"
    pane.findChild(QComboBox).setCurrentIndex(3)
    assert newer.text() == "5 new ↓"
    pane.findChild(QComboBox).setCurrentIndex(0)
    assert newer.text() == "12 new ↓"
    newer.click()
    assert is_at_end(pane)
    assert not newer.isVisible()
    assert button(pane, "Follow").isChecked()


async def test_what_is_found_is_counted_while_lines_come_and_within_the_filter(pane, logs, show, until):
    await show()
    logs.say(*(("error" if number % 2 else "info", f"line {number}") for number in range(20)))
    await until(lambda: len(rows(pane)) == 20)
    bar = pane._find_bar
    bar.open_bar()
    assert not bar._found.isVisible()
    QTest.keyClicks(bar._line, "Line 1")
    assert bar._found.text() == "1 of 11"
    QTest.keyClick(bar._line, Qt.Key.Key_Return)
    assert bar._found.text() == "2 of 11"
    assert bar._line.accessibleDescription() == "2 of 11"
    logs.say("line 1 again", start=20)
    await until(lambda: bar._found.text() == "2 of 12")
    pane.findChild(QComboBox).setCurrentIndex(3)
    assert bar._found.text() == "6 found"
    QTest.keyClick(bar._line, Qt.Key.Key_Return)
    assert bar._found.text() == "1 of 6"
    QTest.keyClicks(bar._line, "zzz")
    assert bar._found.text() == "Not found"
    bar._line.clear()
    bar.count()
    assert not bar._found.isVisible()


async def test_it_is_followed_only_while_it_is_in_sight(pane, logs, show, until, tail):
    await show()
    logs.say("a")
    await until(lambda: rows(pane) == ["a"])
    pane.hide()
    await until(lambda: logs.closed == 1)
    assert not live_timers(pane)
    pane.show()
    logs.say("b", start=5)
    await until(lambda: rows(pane) == ["a", "b"])
    assert logs.opened == 2


async def test_another_run_has_another_log(pane, logs, show, until, samples):
    await show()
    logs.say("of the one")
    await until(lambda: rows(pane) == ["of the one"])
    click(pane, 0)
    await show(samples.running(samples.ID + 1))
    assert "of the one" not in rows(pane)
    await until(lambda: logs.closed == 1)
    logs.say("of the other")
    await until(lambda: rows(pane) == ["of the other"])
    assert not pane.findChild(QPlainTextEdit).isVisible()
    assert listed(pane).is_following


async def test_waiting_empty_refused_and_gone_are_sentences(pane, logs, show, until, words, samples, tail):
    await show()
    await until(lambda: "No lines yet" in words(pane))
    logs.batches.put_nowait(Forbidden("The token has no right to this.", status=403))
    await until(lambda: "The log cannot be shown\nThe token has no right to this." in words(pane))
    next(one for one in pane.findChildren(QPushButton) if one.text() == "Try again").click()
    await until(lambda: "No lines yet" in words(pane))
    logs.batches.put_nowait(Unreachable("The connection was lost."))
    await until(lambda: "The log cannot be loaded now\nThe connection was lost. k6desk keeps trying." in words(pane))
    await show(samples.raw_run(samples.ID + 1))
    await until(lambda: "The log is empty" in words(pane))
    old = samples.raw_run(samples.ID + 2, ended=samples.before(9 * 86400), created=samples.before(9 * 86400 + 600))
    await show(old)
    await until(lambda: "The log is not there any more" in words(pane))
    assert pane.is_settled()
    assert_plain_text(pane)


async def test_offline_what_was_seen_is_shown_and_what_was_not_is_said(pane, desk, show, until, words, samples):
    await desk.go_offline()
    await show()
    await until(lambda: "The log was never loaded on this computer" in words(pane))
    log = RunLog()
    log.take([LogLine(1, "info", "seen before", {})])
    await kept_log.write(log, samples.ID + 1, desk.store)
    await show(samples.running(samples.ID + 1))
    await until(lambda: rows(pane) == ["seen before"] and pane.is_settled())
    assert "Offline" in words(pane)


async def test_a_connection_that_breaks_leaves_the_lines_in_place(pane, logs, show, until, words, tail):
    await show()
    logs.say("a")
    await until(lambda: rows(pane) == ["a"])
    logs.batches.put_nowait(Unreachable("The connection was lost."))
    await until(lambda: tail.phase is Phase.AWAY and "Trying again" in words(pane))
    assert rows(pane) == ["a"]
    tail.try_again()
    await until(lambda: "Live" in words(pane))


def button(pane, name: str) -> QToolButton:
    return next(one for one in pane.findChildren(QToolButton) if one.accessibleName() == name)
