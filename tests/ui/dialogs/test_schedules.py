"""All schedules: what starts when, and what can be done about it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from k6desk.api.errors import Unreachable
from k6desk.data.library import Target
from k6desk.ui.dialogs.schedule import ScheduleDialog
from k6desk.ui.dialogs.schedules import SchedulesDialog
from k6desk.ui.dialogs.schedules_model import NEXT, STATE, TEST
from tests.conftest import assert_plain_text


@pytest.fixture
async def dialog(desk, until):
    desk._allow()
    desk.actions_["schedules"].trigger()
    dialog = desk.findChild(SchedulesDialog)
    await until(lambda: not dialog.asking.is_waiting)
    return dialog


def cell(dialog, row: int, column: int) -> str:
    return dialog.model.index(row, column).data()


def row_of(dialog, name: str) -> int:
    return next(row for row in range(dialog.model.rowCount()) if cell(dialog, row, TEST) == name)


async def test_the_next_to_start_comes_first_and_its_exact_time_is_known(desk, dialog):
    states = [cell(dialog, row, STATE) for row in range(dialog.model.rowCount())]
    assert dialog.model.rowCount() == len(desk.session.store.schedules())
    assert states[0] == "Active"
    assert states == sorted(states, key=["Active", "Over", "Paused"].index)
    tip = dialog.model.index(0, NEXT).data(Qt.ItemDataRole.ToolTipRole)
    assert "Z" in tip
    assert dialog.table.currentIndex().row() == 0
    assert_plain_text(dialog)


async def test_enter_goes_to_the_test(desk, dialog, until):
    dialog.table.selectRow(row_of(dialog, "Autocomplete p99"))
    QTest.keyClick(dialog.table, Qt.Key.Key_Return)
    await until(lambda: desk.findChild(SchedulesDialog) is None)
    assert desk.workspace.test.name == "Autocomplete p99"


async def test_pause_and_activate_stay_with_their_schedule(dialog, until):
    row = row_of(dialog, "Home page smoke")
    dialog.table.selectRow(row)
    dialog._switch.click()
    await until(lambda: cell(dialog, row_of(dialog, "Home page smoke"), STATE) == "Paused")
    assert cell(dialog, dialog.table.currentIndex().row(), TEST) == "Home page smoke"
    await until(lambda: dialog._switch.isEnabled() and dialog._switch.text() == "Activate")
    dialog._switch.setFocus()
    QTest.keyClick(dialog._switch, Qt.Key.Key_Return)
    await until(lambda: cell(dialog, row_of(dialog, "Home page smoke"), STATE) == "Active")
    await until(lambda: not dialog.asking.is_waiting)
    assert dialog.focusWidget() is dialog._switch, "the next Enter takes it back"


async def test_one_that_is_gone_leaves_no_other_chosen_in_its_place(desk, dialog, until):
    store = desk.session.store
    dialog.table.selectRow(row_of(dialog, "Home page smoke"))
    kept = dialog.chosen
    resets = []
    dialog.model.modelReset.connect(lambda: resets.append(True))
    other = next(one for one in store.schedules() if one.id != kept.id)
    await store.put_schedules([replace(other, is_active=not other.is_active)], datetime.now(UTC), complete=False)
    assert dialog.chosen == kept
    await store.remove_schedule(other.test_id)
    assert dialog.chosen == kept
    await store.remove_schedule(kept.test_id)
    assert dialog.chosen is None
    assert not dialog._switch.isEnabled()
    count = len(resets)
    store.leave_open(Target("test", other.test_id, "Any"), "Renaming?")
    assert len(resets) == count, "nothing that it shows is new"
    store.release(Target("test", other.test_id, "Any"))


async def test_one_that_is_over_can_be_edited_but_not_paused(desk, dialog, until):
    dialog.table.selectRow(row_of(dialog, "Password reset mail"))
    assert not dialog._switch.isEnabled()
    assert "no more runs" in dialog._switch.toolTip()
    dialog._edit.click()
    editor = desk.findChild(ScheduleDialog)
    assert editor._test.name == "Password reset mail"
    await until(lambda: not editor.asking.is_waiting)
    editor.reject()
    await until(lambda: desk.findChild(ScheduleDialog) is None)


async def test_without_any_it_says_what_to_do(desk, dialog):
    await desk.session.store.put_schedules([], datetime.now(UTC), complete=True)
    assert dialog._empty.isVisible()
    assert not dialog._edit.isEnabled()


async def test_a_failure_to_read_is_said_inside(desk, dialog, monkeypatch, until):
    def broken():
        raise Unreachable("No network.")

    monkeypatch.setattr(desk.session._cloud, "schedules", broken)
    dialog._refresh.click()
    await until(lambda: "No network." in dialog.asking.problem.text())
    assert dialog.model.rowCount()
