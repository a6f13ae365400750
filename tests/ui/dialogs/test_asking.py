"""What was sent is seen through: done, refused, not known or a fault, here or, once nobody looks, as a notice."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtWidgets import QProgressBar, QWidget
from shiboken6 import isValid

from k6desk.api.errors import Forbidden
from k6desk.core.deeds import Unknown
from k6desk.core.tasks import Tasks
from k6desk.ui.dialogs.asking import Asking, Words

WORDS = Words("Rename", "Renaming…", "It was renamed.", "It was not renamed", "Whether it was renamed is not known")
OUTCOMES = [
    (Forbidden("No.", status=403), "It was not renamed: No.", "error"),
    (Unknown("No answer."), "Whether it was renamed is not known: No answer.", "warning"),
    (
        ZeroDivisionError(),
        "Whether it was renamed is not known: k6desk met a fault of its own.",
        "warning",
    ),
]


@pytest.fixture
def reported():
    return []


@pytest.fixture
async def tasks(reported):
    tasks = Tasks(lambda error, _name: reported.append(error))
    yield tasks
    await tasks.aclose()


@pytest.fixture
def told():
    return []


@pytest.fixture
def window(dressed, qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    return window


@pytest.fixture
def asking(window, tasks, told):
    return Asking(tasks, lambda *said: told.append(said), window)


@pytest.fixture
async def answer():
    return asyncio.get_running_loop().create_future()


async def wait_for(answer):
    return await answer


async def test_while_it_waits_a_bar_says_so_and_then_it_takes_no_room(asking, answer, until):
    assert not asking.isVisible()
    got = []
    asking.see_through(wait_for(answer), WORDS, got.append)
    bar = asking.findChild(QProgressBar)
    assert bar.isVisible()
    assert bar.accessibleName()
    answer.set_result(5)
    await until(lambda: got == [5])
    assert not asking.isVisible()
    assert not asking.is_waiting


@pytest.mark.parametrize(("error", "sentence", "_level"), OUTCOMES)
async def test_what_failed_is_said_here_and_it_can_be_tried_again(
    asking, answer, told, reported, until, error, sentence, _level
):
    failed = []
    asking.see_through(wait_for(answer), WORDS, told.append, otherwise=failed.append)
    answer.set_exception(error)
    await until(lambda: failed == [error])
    assert asking.problem.text() == sentence
    assert not asking.is_waiting
    assert told == []
    await until(lambda: reported == ([error] if isinstance(error, ZeroDivisionError) else []))


@pytest.mark.parametrize("is_destroyed", [False, True])
@pytest.mark.parametrize(("error", "sentence", "level"), [(None, "It was renamed.", "success"), *OUTCOMES])
async def test_what_comes_of_it_when_nobody_looks_any_more_is_told(
    asking, answer, told, until, error, sentence, level, is_destroyed
):
    got = []
    asking.see_through(wait_for(answer), WORDS, got.append, otherwise=got.append)
    if is_destroyed:
        asking.deleteLater()
        destroyed = []
        asking.destroyed.connect(lambda: destroyed.append(True))
        await until(lambda: destroyed)
    else:
        asking.close_for_good()
    if error:
        answer.set_exception(error)
    else:
        answer.set_result(None)
    await until(lambda: told)
    assert told == [(sentence, level)]
    assert got == []


async def test_an_account_that_is_closed_leaves_nothing_waiting(asking, answer, told, reported, until):
    failed = []
    asking.see_through(wait_for(answer), WORDS, told.append, otherwise=failed.append)
    answer.cancel()
    await until(lambda: failed)
    assert "is not known: the account was closed" in asking.problem.text()
    assert not asking.is_waiting
    assert reported == []


async def test_a_reading_is_of_interest_only_while_somebody_looks(asking, answer, told, until):
    asking.ask(wait_for(answer), "Reading…", "It was not read", told.append)
    await asyncio.sleep(0)
    asking.deleteLater()
    await until(answer.cancelled)
    assert told == []


async def test_a_dialog_that_closes_at_once_leaves_no_work_behind(asking, until):
    async def never() -> None:
        raise AssertionError("nobody wants to know any more")

    asking.ask(never(), "Reading…", "It was not read", lambda _: None)
    asking.deleteLater()
    await until(lambda: not isValid(asking))
