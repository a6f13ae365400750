"""Something with all that belongs to it is deleted only by somebody who has typed its name."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from k6desk.ui.dialogs.delete import DeleteDialog
from tests.conftest import assert_plain_text


@pytest.fixture
def ask(dressed, tasks, qtbot):
    opened = []

    def ask(name: str) -> DeleteDialog:
        async def delete() -> None:
            dialog.deleted.append(name)

        goes = ["12 runs go with it.", "This cannot be undone."]
        dialog = DeleteDialog(
            "test", name, goes, delete, tasks, lambda *said: dialog.told.append(said), obstacles=["A run is running."]
        )
        dialog.deleted, dialog.told = [], []
        dialog.open()
        opened.append(dialog)
        return dialog

    yield ask
    for dialog in opened:
        if not dialog.told:
            dialog.close()


async def test_the_button_works_once_the_name_is_typed(ask, until):
    dialog = ask("Checkout <b>ramp</b>")
    QTest.keyClicks(dialog.field.line, "Checkout <b>ramp</b")
    assert not dialog.first.isEnabled()
    QTest.keyClick(dialog.field.line, Qt.Key.Key_Return)
    QTest.keyClicks(dialog.field.line, ">")
    assert dialog.deleted == []
    dialog.first.click()
    await until(lambda: dialog.told)
    assert dialog.deleted == ["Checkout <b>ramp</b>"]
    assert dialog.told == [("“Checkout <b>ramp</b>” was deleted.", "success")]


@pytest.mark.parametrize(
    ("name", "typed"),
    [(" spaces  within ", "spaces within"), ("a\u202eb", "ab"), ("two\nlines", "two lines"), ("決済 ", "決済")],
)
async def test_what_cannot_be_seen_need_not_be_typed(ask, name, typed):
    dialog = ask(name)
    dialog.field.line.setText(typed)
    assert dialog.first.isEnabled()
    dialog.field.line.setText(typed.upper() + "x")
    assert not dialog.first.isEnabled()


async def test_it_says_what_goes_and_what_stands_in_the_way(ask):
    dialog = ask("smoke")
    said = {label.text() for label in dialog.findChildren(QLabel)}
    assert {"Delete “smoke”?", "12 runs go with it.", "A run is running."} <= said
    assert_plain_text(dialog)
