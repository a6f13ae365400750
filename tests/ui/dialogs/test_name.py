"""A name is asked for; what was typed stays until the server has taken it, and a closed dialog loses no outcome."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from k6desk.api.errors import Conflict, Unreachable
from k6desk.core.deeds import Unknown
from k6desk.ui.dialogs.asking import Words
from k6desk.ui.dialogs.name import TAKEN, THERE_NOW, NameDialog
from tests.conftest import assert_plain_text


class Server:
    """Takes names when it is told to, in the way it is told to."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def rename(self, name: str) -> str:
        self.names.append(name)
        await self.answer
        return name

    def refuse(self, error: Exception) -> None:
        refused, self.answer = self.answer, asyncio.get_running_loop().create_future()
        refused.set_exception(error)


def words(name: str) -> Words:
    return Words("Rename", "Renaming…", f"It is “{name}” now.", "It was not renamed", "It may be renamed")


@pytest.fixture
async def server():
    return Server()


@pytest.fixture
def told():
    return []


@pytest.fixture
def dialog(dressed, tasks, qtbot, server, told):
    dialog = NameDialog("Rename <b>", "Rename", "before", tasks, lambda *said: told.append(said))
    dialog.kept = []
    dialog.ask(server.rename, words, dialog.kept.append)
    dialog.open()
    dialog.gone = []
    dialog.finished.connect(dialog.gone.append)
    yield dialog
    if not dialog.gone:
        dialog.close()


async def send(dialog, server, name: str, until) -> None:
    dialog.field.line.setText(name)
    QTest.keyClick(dialog.field.line, Qt.Key.Key_Return)
    await until(lambda: server.names)


async def test_only_another_name_that_is_one_can_be_sent(dialog, server):
    for name, is_possible in (("before", False), (" before ", False), ("  ", False), ("after", True)):
        dialog.field.line.setText(name)
        assert dialog.first.isEnabled() is is_possible
    assert dialog.field.line.maxLength() == 255
    assert_plain_text(dialog)


async def test_return_sends_it_once_and_the_outcome_is_told(dialog, server, told, until):
    await send(dialog, server, " after ", until)
    assert not dialog.first.isEnabled()
    QTest.keyClick(dialog.field.line, Qt.Key.Key_Return)
    server.answer.set_result(None)
    await until(lambda: told)
    assert server.names == ["after"]
    assert told == [("It is “after” now.", "success")]
    assert dialog.kept == ["after"]
    assert dialog.gone == [1]


async def test_a_name_that_is_taken_is_said_beside_it_and_stays(dialog, server, told, until):
    await send(dialog, server, "after", until)
    server.refuse(Conflict("There is one.", status=409))
    await until(lambda: dialog.field.problem)
    assert (dialog.field.problem, dialog.field.line.text()) == (TAKEN, "after")
    assert dialog.field.line.hasFocus() or not dialog.isActiveWindow()
    assert dialog.first.isEnabled()
    assert not told


async def test_another_refusal_is_said_inside_and_can_be_tried_again(dialog, server, told, until):
    await send(dialog, server, "after", until)
    server.refuse(Unreachable("The server did not answer."))
    await until(lambda: dialog.asking.problem.text())
    assert dialog.asking.problem.text() == "It was not renamed: The server did not answer."
    dialog.first.click()
    await until(lambda: len(server.names) == 2)
    assert dialog.asking.problem.text() == ""
    server.answer.set_result(None)
    await until(lambda: told)


async def test_a_lost_answer_is_not_called_a_failure(dialog, server, until):
    await send(dialog, server, "after", until)
    server.refuse(Unknown("No answer."))
    await until(lambda: dialog.asking.problem.text())
    assert dialog.asking.problem.text() == "It may be renamed: No answer."


async def test_what_a_lost_try_has_made_is_not_called_taken_by_another(dialog, server, until):
    await send(dialog, server, "after", until)
    server.refuse(Unknown("No answer."))
    await until(lambda: dialog.first.isEnabled())
    assert dialog.cancel.text() == "Close"
    for name, problem in (("after", THERE_NOW), ("another", TAKEN)):
        server.names.clear()
        dialog.field.line.setText(name)
        dialog.first.click()
        await until(lambda: server.names)
        server.refuse(Conflict("There is one.", status=409))
        await until(lambda: not dialog.asking.is_waiting)
        assert (dialog.field.problem, dialog.asking.problem.text()) == (problem, "")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (None, ("It is “after” now.", "success")),
        (Conflict("There is one.", status=409), ("It was not renamed: There is one.", "error")),
        (Unknown("No answer."), ("It may be renamed: No answer.", "warning")),
    ],
)
async def test_what_becomes_of_it_is_told_when_the_dialog_is_closed(dialog, server, told, until, error, said):
    await send(dialog, server, "after", until)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    await asyncio.sleep(0)
    if error:
        server.refuse(error)
    else:
        server.answer.set_result(None)
    await until(lambda: told)
    assert told == [said]
    assert dialog.kept == []
