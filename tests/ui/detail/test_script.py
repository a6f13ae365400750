"""The script pane."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QPushButton, QToolButton

from k6desk.api.errors import TryLater
from k6desk.api.models import Script
from k6desk.ui.detail.script import ScriptPane


@pytest.fixture
def pane(desk, samples, shown):
    desk.cloud.scripts["run", samples.ID] = Script(samples.SCRIPT, is_archive=False)
    desk.cloud.scripts["test", 123] = Script(b"// today", is_archive=False)
    return shown(ScriptPane(desk.store, desk.commands, desk.tasks))


async def show(desk, pane, raw: dict) -> None:
    run_id = await desk.put(raw)
    pane.present(desk.store.run(run_id), None)


def code(pane) -> QPlainTextEdit:
    return pane.findChild(QPlainTextEdit)


async def test_the_script_of_the_run_is_loaded_once_and_kept(desk, pane, samples, until):
    await show(desk, pane, samples.raw_run())
    assert not pane.is_settled()
    await until(pane.is_settled)
    assert code(pane).toPlainText() == samples.SCRIPT.decode()
    await show(desk, pane, samples.raw_run(note="x"))
    assert desk.cloud.asked.count("run_script") == 1
    assert desk.store.script("run", samples.ID) is not None


async def test_a_poll_keeps_selection_and_scrolling(desk, pane, samples, until):
    desk.cloud.scripts["run", samples.ID] = Script(b"one line\n" * 500, is_archive=False)
    await show(desk, pane, samples.raw_run())
    await until(pane.is_settled)
    code(pane).find("line")
    code(pane).verticalScrollBar().setValue(200)
    await show(desk, pane, samples.raw_run(note="x"))
    assert code(pane).textCursor().selectedText() == "line"
    assert code(pane).verticalScrollBar().value() == 200


async def test_offline_and_never_loaded(desk, pane, samples, words):
    await desk.put(samples.raw_run())
    await desk.go_offline()
    pane.present(desk.store.run(samples.ID), None)
    assert "The script was never loaded on this computer" in words(pane)
    assert pane.is_settled()


async def test_a_stored_script_can_be_read_offline(desk, pane, samples, until):
    await desk.put(samples.raw_run())
    await desk.commands.load_script("run", samples.ID)
    await desk.go_offline()
    pane.present(desk.store.run(samples.ID), None)
    await until(pane.is_settled)
    assert code(pane).toPlainText() == samples.SCRIPT.decode()


async def test_a_failure_can_be_tried_again(desk, pane, samples, words, until):
    desk.cloud.error = TryLater("The server has a problem.", status=503)
    await show(desk, pane, samples.raw_run())
    await until(pane.is_settled)
    assert "The script cannot be shown\nThe server has a problem." in words(pane)
    desk.cloud.error = None
    next(button for button in pane.findChildren(QPushButton) if button.text() == "Try again").click()
    await until(lambda: code(pane).toPlainText() == samples.SCRIPT.decode())


async def test_damage_is_one_sentence(desk, pane, samples, words, until):
    desk.cloud.scripts["run", samples.ID] = Script(b"not a tar", is_archive=True)
    await show(desk, pane, samples.raw_run())
    await until(pane.is_settled)
    assert "The script cannot be shown" in words(pane)


async def test_todays_script_of_the_test_is_one_choice_away(desk, pane, samples, until):
    await show(desk, pane, samples.raw_run())
    await until(pane.is_settled)
    pane.findChild(QComboBox).setCurrentIndex(1)
    await until(pane.is_settled)
    assert code(pane).toPlainText() == "// today"


async def test_todays_script_as_it_was_serves_where_the_server_does_not(desk, pane, samples, until, words):
    run_id = await desk.put(samples.raw_run())
    test_id = desk.store.run(run_id).test_id
    for kind, id_ in (("run", run_id), ("test", test_id)):
        await desk.store.put_script(kind, id_, Script(f"// of the {kind}".encode(), is_archive=False))
    desk.cloud.error = TryLater("The server has a problem.", status=503)
    pane.present(desk.store.run(run_id), None)
    await until(pane.is_settled)
    assert "it may be another by now" not in words(pane), "a run has one script"
    pane.findChild(QComboBox).setCurrentIndex(1)
    await until(pane.is_settled)
    assert code(pane).toPlainText() == "// of the test"
    assert "it may be another by now. The server has a problem." in words(pane)
    pane.findChild(QComboBox).setCurrentIndex(0)
    await until(pane.is_settled)
    assert "it may be another by now" not in words(pane)
    await desk.go_offline()
    pane.findChild(QComboBox).setCurrentIndex(1)
    await until(pane.is_settled)
    assert code(pane).toPlainText() == "// of the test"
    assert "cannot be reached" in words(pane)


async def test_another_run_begins_with_its_own_script(desk, pane, samples, until):
    await show(desk, pane, samples.raw_run())
    await until(pane.is_settled)
    pane.findChild(QComboBox).setCurrentIndex(1)
    await until(pane.is_settled)
    desk.cloud.scripts["run", samples.ID + 1] = Script(b"// other", is_archive=False)
    await show(desk, pane, samples.raw_run(samples.ID + 1))
    await until(pane.is_settled)
    assert code(pane).toPlainText() == "// other"
    assert pane.findChild(QComboBox).currentIndex() == 0


async def test_find_goes_from_place_to_place_and_round(desk, pane, samples, until):
    desk.cloud.scripts["run", samples.ID] = Script(b"a b\na\n", is_archive=False)
    await show(desk, pane, samples.raw_run())
    await until(pane.is_settled)
    next(button for button in pane.findChildren(QToolButton) if button.text() == "Find").click()
    line = pane.findChild(QLineEdit)
    assert line.isVisible()
    QTest.keyClicks(line, "A")
    assert code(pane).textCursor().blockNumber() == 0
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert code(pane).textCursor().blockNumber() == 1
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert code(pane).textCursor().blockNumber() == 0
    QTest.keyClick(line, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert code(pane).textCursor().blockNumber() == 1
    QTest.keyClicks(line, "zzz")
    assert line.accessibleDescription() == "Not found"
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert not line.isVisible()


async def test_copy_takes_the_script_itself(desk, pane, samples, until, words):
    desk.cloud.scripts["run", samples.ID] = Script("a\u202eb".encode(), is_archive=False)
    await show(desk, pane, samples.raw_run())
    await until(pane.is_settled)
    assert "Invisible or reordering characters in line 1" in words(pane)
    next(button for button in pane.findChildren(QToolButton) if "Copy" in button.accessibleName()).click()
    assert QGuiApplication.clipboard().text() == "a\u202eb"


async def test_what_looks_like_a_secret_is_neither_shown_nor_copied(desk, pane, samples, until, words):
    token = "glc_eyJvIjoiMTIzNDU2IiwibiI6InRlc3QiLCJrIjoiYWJjZGVmMTIzNDU2Nzg5MCJ9"
    desk.cloud.scripts["run", samples.ID] = Script(f'const t = "{token}";'.encode(), is_archive=False)
    await show(desk, pane, samples.raw_run())
    await until(pane.is_settled)
    assert token not in code(pane).toPlainText()
    assert "1 value hidden" in words(pane)
    next(button for button in pane.findChildren(QToolButton) if "Copy" in button.accessibleName()).click()
    assert token not in QGuiApplication.clipboard().text()
