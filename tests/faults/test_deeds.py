"""Paid and destructive actions, answers that are lost, and refusals: one effect, one clear sentence, no doubt left."""

from __future__ import annotations

import asyncio
import time

import pytest

from k6desk.api import errors
from k6desk.api.secret import Secret
from k6desk.api.v6 import CloudV6
from k6desk.core import settling
from k6desk.core.deeds import Unknown
from k6desk.core.notices import Notices
from k6desk.core.session import Session
from k6desk.data.library import Library
from tests.api.faultserver import Reply
from tests.faults.acting import DEEDS, LOST, NEW, NO, ActingStack
from tests.faults.conftest import CANARY, said


@pytest.fixture
def stack():
    return ActingStack()


@pytest.fixture
def quick(monkeypatch):
    """The journal is settled at once, and requests are given up soon."""
    monkeypatch.setattr(settling, "FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr(settling, "LONGEST_PAUSE_S", 0.01)
    monkeypatch.setattr(settling, "SHOWS_WITHIN", settling.timedelta())
    monkeypatch.setattr("k6desk.core.load_test_commands.PAUSES_S", (0, 0))
    monkeypatch.setattr("k6desk.api.exchange.JSON_DEADLINE_S", 0.15)
    monkeypatch.setattr("k6desk.api.exchange.SCRIPT_DEADLINE_S", 0.15)


async def outcome(session, deed) -> tuple[type[errors.CloudError] | None, str]:
    """Do it; the kind of its error and what the user is told."""
    before = said(session)
    try:
        await deed.do(session.commands)
    except errors.CloudError as error:
        return type(error), str(error)
    new = [text for text in said(session) if text not in before]
    return None, " ".join(new)


def assert_one_sentence(text: str) -> None:
    assert text == text.strip()
    assert text
    assert "\n" not in text
    assert len(text) < 400
    for word in ("None", "Errno", "httpx", "0x", "Traceback", "try again later", "tries again"):
        assert word not in text


@pytest.mark.parametrize("how", LOST)
async def test_an_action_whose_answer_is_lost_is_done_once_and_the_server_tells(live, stack, server, until, quick, how):
    for name, deed in DEEDS.items():
        stack.how, stack.falls_silent, stack.effects = LOST[how], True, []
        kind, text = await outcome(live, deed)
        assert kind is Unknown or name == "abort", name
        assert "k6desk asks the server whether the request arrived." in text, name
        assert_one_sentence(text)
        assert len(stack.effects) == 1, (name, stack.effects)
        ((entry, about),) = [(action.id, action.target) for action in live.store.pending()]
        assert (about.kind, about.id) == (deed.kind, deed.id)
        assert live.store.intent(deed.id, deed.kind) == f"{deed.intent}?"
        stack.how, stack.falls_silent = None, False
        await until(lambda key=f"journal:{entry}": [one for one in live.notices.current() if one.key == key])
        assert live.store.pending() == []
        assert live.store.intent(deed.id, deed.kind) is None, name
        assert len(stack.effects) == 1, (name, stack.effects)
        (notice,) = [one for one in live.notices.current() if one.key == f"journal:{entry}"]
        assert_one_sentence(notice.text)
        assert "The server says: " in notice.text
        live.notices.clear(notice.key)
    assert live.store.script("test", 5).value.content == NEW.content
    assert live.store.test(6) is None
    assert live.store.run(8) is None


@pytest.mark.parametrize("status", NO)
async def test_an_action_that_is_refused_leaves_nothing_open(live, stack, quick, status):
    stack.does, stack.how = False, NO[status]
    kept = live.store.test(6), live.store.project(3), live.store.run(8)
    for name, deed in DEEDS.items():
        kind, text = await outcome(live, deed)
        assert kind is not Unknown, name
        if kind is None:
            assert name in {"abort", "unschedule"}
        else:
            assert_one_sentence(text)
        assert live.store.pending() == []
        assert live.store.intent(deed.id, deed.kind) is None
    assert stack.effects == []
    # what the server would not delete is still there
    assert (live.store.test(6), live.store.project(3), live.store.run(8)) == kept


async def test_without_a_connection_nothing_was_sent_and_nothing_is_open(live, server, quick):
    server._server.close()
    for name, deed in DEEDS.items():
        kind, text = await outcome(live, deed)
        assert kind is errors.NotSent or name == "abort", name
        assert "Nothing was sent." in text, name
        assert_one_sentence(text)
        assert live.store.pending() == []
        assert live.store.intent(deed.id, deed.kind) is None


async def test_what_was_done_is_not_called_a_failure_because_it_cannot_be_read_afterwards(live, stack, quick):
    for name, deed in DEEDS.items():
        stack.effects, stack.falls_silent = [], True
        kind, text = await outcome(live, deed)
        assert kind is None, (name, text)
        assert len(stack.effects) == 1
    assert live.store.pending() == []


@pytest.mark.parametrize("garbage", [b"garbage", b"{}", b"[]", b"null", b""])
async def test_a_start_that_is_answered_with_nonsense_is_one_run(live, stack, until, quick, garbage):
    stack.how = Reply(garbage)
    kind, _ = await outcome(live, DEEDS["start"])
    assert kind is Unknown
    await until(lambda: any("The server says" in text for text in said(live)))
    assert live.store.pending() == []
    ((run, _),) = [(run["id"], stack.effects) for run in stack.runs if run["id"] > 100]
    assert live.store.run(run)
    assert any(text.endswith(f"The server says: run {run} was started.") for text in said(live))


@pytest.mark.parametrize("no", ["401", "429", "404", "409", "refused"])
async def test_a_no_to_the_second_try_does_not_deny_the_first(live, stack, server, until, quick, no):
    """The run was started and the answer lost; what is said to the next try says nothing of that."""
    tries = []

    def answer(request):
        if request.path.endswith("/start"):
            tries.append(request)
            stack.how = Reply(reset=True) if len(tries) == 1 else NO[int(no) if no.isdecimal() else 429]
            if no == "refused":
                server._server.close()
            stack.does = len(tries) == 1
        return stack(request)

    server.script = answer
    kind, text = await outcome(live, DEEDS["start"])
    assert kind is Unknown, text
    assert live.store.intent(5, "test") == "Starting?"
    assert stack.effects == ["POST /cloud/v6/load_tests/5/start"]


async def test_a_refused_repetition_leaves_the_first_open(live, stack, until, quick):
    stack.how, stack.falls_silent = Reply(reset=True), True
    with pytest.raises(Unknown):
        await live.commands.tests.start(5, "one decision")
    stack.does, stack.how = False, NO[429]
    with pytest.raises(Unknown, match="an earlier try"):
        await live.commands.tests.start(5, "one decision")
    assert len(live.store.pending()) == 1
    assert live.store.intent(5, "test") == "Starting?"
    stack.how, stack.falls_silent = None, False
    await until(lambda: live.store.pending() == [])
    assert live.store.intent(5, "test") is None
    assert len(stack.effects) == 1


async def test_two_clicks_and_two_dialogs_are_one_request(live, stack, server):
    for name, deed in DEEDS.items():
        before = len(stack.effects)
        done = await asyncio.gather(*(deed.do(live.commands) for _ in range(3)), return_exceptions=True)
        assert len(stack.effects) == before + 1, (name, done)
        assert all(error is None or isinstance(error, errors.CloudError) for error in done[1:]), (name, done)


async def test_after_signing_out_nothing_more_is_sent_for_the_old_account(live, stack, server, tasks, until, folder):
    """A start is under way when the account is closed: the answer is lost, and it stays in that account's journal."""
    stack.how = Reply(silent=True)
    task = tasks.spawn(outcome(live, DEEDS["start"]), name="start")
    await until(lambda: stack.effects)
    commands = live.commands
    await live.aclose()
    before = len(server.requests)
    await asyncio.wait([task], timeout=1)
    assert task.done()
    with pytest.raises(errors.CloudError):
        await commands.runs.fetch(7)
    over = time.monotonic() + 0.1
    await until(lambda: time.monotonic() > over)
    assert len(server.requests) == before
    assert stack.effects == ["POST /cloud/v6/load_tests/5/start"]
    library = Library(folder / "library.db")
    assert [action.action for action in library.pending()] == ["start"]
    library.close()


async def test_another_window_on_the_same_files_waits_and_claims_nothing(
    live, stack, server, tasks, until, folder, monkeypatch
):
    """A start is under way here; a second k6desk opens on the same profile and finds it in the journal."""
    monkeypatch.setattr(settling, "FIRST_PAUSE_S", 0.02)
    monkeypatch.setattr(settling, "LONGEST_PAUSE_S", 0.02)
    answers = asyncio.Event()
    start = live._cloud.start

    async def slow(test_id, key):
        await answers.wait()
        return await start(test_id, key)

    monkeypatch.setattr(live._cloud, "start", slow)
    ours = tasks.spawn(live.commands.tests.start(5, "one decision"), name="start")
    await until(live.store.pending)
    other = Session(live.account, folder, Notices())
    try:
        await other.store.load_index()
        other.go_live(CloudV6(other.account.origin, Secret(CANARY), 42), tasks)
        await until(lambda: other.store.intent(5, "test"))
        assert other.commands.refusal_of_test("start", other.store.test(5)) is not None
        answers.set()
        await ours
        await until(lambda: other.store.intent(5, "test") is None)
        assert other.store.pending() == []
        assert said(other) == []
        assert len(stack.effects) == 1
    finally:
        await other.aclose()
