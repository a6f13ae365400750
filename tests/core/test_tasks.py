import asyncio
import gc

import pytest
from PySide6.QtCore import QObject

from k6desk.core.tasks import Tasks


@pytest.fixture
def reported():
    return []


@pytest.fixture
async def tasks(reported):
    tasks = Tasks(lambda error, name: reported.append((name, error)))
    yield tasks
    await tasks.aclose()


async def test_a_task_nobody_refers_to_survives_a_collection(tasks, until):
    done = []

    async def work():
        await asyncio.sleep(0)
        gc.collect()
        await asyncio.sleep(0)
        done.append(True)

    tasks.spawn(work(), name="work")
    await until(lambda: done)


async def test_an_error_is_reported_with_the_name_of_its_task(tasks, reported, until):
    async def fail():
        raise LookupError("gone")

    tasks.spawn(fail(), name="look")
    await until(lambda: reported)
    assert reported[0][0] == "look"
    assert isinstance(reported[0][1], LookupError)


async def test_a_task_that_has_just_ended_is_in_nobodys_way(tasks):
    """What it would have seen to is wanted again in the moment between its last step and the news of its end."""
    begun = []

    async def work():
        begun.append(True)

    async def want_again():
        await asyncio.sleep(0)
        assert first.done()
        tasks.spawn(work(), name="work", key="work")

    again = tasks.spawn(want_again(), name="want again")  # its turn comes between the two
    first = tasks.spawn(work(), name="work", key="work")
    await asyncio.wait([again])
    await asyncio.sleep(0)
    assert len(begun) == 2


async def test_the_same_key_runs_once_at_a_time(tasks):
    started = []
    release = asyncio.Event()

    async def abort():
        started.append(True)
        await release.wait()

    first = tasks.spawn(abort(), name="abort", key="abort:1")
    second = tasks.spawn(abort(), name="abort", key="abort:1")
    assert first is second
    release.set()
    await first
    third = tasks.spawn(abort(), name="abort", key="abort:1")
    await third
    assert len(started) == 2


async def test_a_task_ends_with_its_owner(tasks, until):
    owner = QObject()
    task = tasks.spawn(asyncio.Event().wait(), name="wait", owner=owner)
    await asyncio.sleep(0)
    owner.deleteLater()
    await until(task.cancelled)


async def test_finished_tasks_leave_nothing_connected_to_their_owner(tasks):
    owner = QObject()
    connected = []
    for _ in range(3):
        await tasks.spawn(asyncio.sleep(0), name="nap", owner=owner)
        await asyncio.sleep(0)
        connected.append(owner.receivers("2destroyed(QObject*)"))
    assert connected[0] == connected[2]


async def test_closing_cancels_what_runs_and_starts_nothing_new(reported):
    tasks = Tasks(lambda error, name: reported.append(error))
    waiting = tasks.spawn(asyncio.Event().wait(), name="wait")
    await tasks.aclose()
    assert waiting.cancelled()
    assert tasks.spawn(asyncio.sleep(0), name="late") is None
    assert not reported


async def test_the_tasks_of_one_owner_can_be_ended_alone(tasks, reported):
    mine, theirs = QObject(), QObject()
    ending = tasks.spawn(asyncio.sleep(60), name="mine", owner=mine)
    staying = tasks.spawn(asyncio.sleep(60), name="theirs", owner=theirs)
    await asyncio.wait(tasks.cancel(mine))
    assert ending.cancelled()
    assert not staying.done()
    assert tasks.cancel(mine) == []
    assert reported == []
