"""An answer belongs to the dialog and the account that asked: a later dialog of the same test is not told of it."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QProgressBar, QPushButton

from k6desk.core.place import Place
from k6desk.core.settings import Settings
from k6desk.ui.dialogs.start import StartDialog
from k6desk.ui.main_window import MainWindow
from tests.faults.acting import ActingStack
from tests.faults.conftest import said


@pytest.fixture
def stack():
    stack = ActingStack()
    stack.runs.pop()  # nothing is running
    return stack


@pytest.fixture
async def window(live, tasks, tmp_path, until):
    window = MainWindow(Settings(tmp_path), live.notices, offline=False)
    window.show_session(live)
    window.complete(tasks)
    window.show()
    window.go(Place("test", 5))
    await until(window.is_settled)
    yield window
    window.close()
    window.deleteLater()


def dialogs(window) -> list[StartDialog]:
    return [one for one in window.findChildren(StartDialog) if one.isVisible()]


async def ask_to_start(window, until) -> StartDialog:
    window._allow()
    window.actions_["start"].trigger()
    (dialog,) = dialogs(window)
    await until(lambda: not any(bar.isVisible() for bar in dialog.findChildren(QProgressBar)))
    return dialog


def click_start(dialog: StartDialog) -> None:
    (button,) = [one for one in dialog.findChildren(QPushButton) if one.text() == "Start test"]
    button.click()


@pytest.fixture
def held(live, monkeypatch):
    """Starts reach the server when the test says so."""
    import asyncio

    go, start = asyncio.Event(), live._cloud.start

    async def wait(test_id, key):
        await go.wait()
        return await start(test_id, key)

    monkeypatch.setattr(live._cloud, "start", wait)
    return go


async def test_a_dialog_opened_meanwhile_is_not_told_what_another_asked_for(window, live, stack, held, until):
    first = await ask_to_start(window, until)
    click_start(first)
    await until(lambda: live.store.intent(5, "test"))
    first.reject()
    await until(lambda: not dialogs(window))
    assert not window.actions_["start"].isEnabled() or live.commands.refusal_of_test("start", live.store.test(5))
    # the same test is asked about once more before the first start is through
    from k6desk.ui.start_actions import StartActions

    (effects,) = [one for one in window._effects if isinstance(one, StartActions)]
    effects._open_start()
    (second,) = dialogs(window)
    held.set()
    await until(lambda: any("was started" in text for text in said(live)))
    assert second.isVisible()
    assert len(stack.effects) == 1
    second.reject()
    await until(lambda: not dialogs(window))


async def test_a_start_that_ends_after_its_account_was_left_is_not_shown_in_another(window, live, stack, held, until):
    dialog = await ask_to_start(window, until)
    click_start(dialog)
    await until(lambda: live.store.intent(5, "test"))
    dialog.reject()
    window.show_session(None)
    held.set()
    await until(lambda: stack.effects and live.store.pending() == [])
    assert window.workspace is None
    assert len(stack.effects) == 1
