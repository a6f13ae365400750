"""Notes that were saved without a server: they arrive in their order and over nobody's text, whatever comes between."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from k6desk.api.secret import Secret
from k6desk.api.v6 import CloudV6
from k6desk.core.connection import State
from k6desk.core.notices import Notices
from k6desk.core.session import Session
from tests.api.faultserver import Reply, Request
from tests.faults.acting import LOST, NO
from tests.faults.conftest import CANARY, Stack, run_json, said
from tests.faults.test_kill import kill, start

RUN = "/cloud/v6/test_runs/"


class NoteStack(Stack):
    """A stack whose notes can be written. `refusals[run id]` answers in place of that, `lost[run id]` once after it."""

    def __init__(self) -> None:
        super().__init__()
        self.runs = [run_json(number, note="base") for number in (7, 8, 9)]
        self.written: list[tuple[int, str]] = []
        self.lost: dict[int, Reply] = {}
        self.refusals: dict[int, Reply] = {}
        self.on_write: Callable[[], object] = lambda: None

    def __call__(self, request: Request) -> Reply:
        if request.method != "PATCH":
            return super().__call__(request)
        number = int(request.path.removeprefix(RUN))
        if number in self.refusals:
            return self.refusals[number]
        self.written.append((number, json.loads(request.body)["note"]))
        self.set_note(*self.written[-1])
        self.on_write()
        return self.lost.pop(number, Reply(b"", status=204))

    def set_note(self, number: int, note: str) -> None:
        next(run for run in self.runs if run["id"] == number)["note"] = note

    def note(self, number: int) -> str:
        return next(run["note"] for run in self.runs if run["id"] == number)


@pytest.fixture
def stack():
    return NoteStack()


@pytest.fixture
async def away(live, stack, until):
    """All has been read, and then the server is gone."""
    stack.every = Reply(reset=True)
    live.monitor.poke()
    await until(lambda: live.connection.state is State.OFFLINE)
    return live


async def come_back(session, stack, until):
    stack.every = None
    session.monitor.poke()
    await until(lambda: not session.outbox.waiting, 10)


async def test_two_notes_arrive_in_the_order_in_which_they_were_saved(away, stack, until):
    for number in (8, 7):
        assert await away.outbox.save(number, "base", f"mine of {number}") is None
    assert [note.run_id for note in away.outbox.waiting] == [8, 7]
    await come_back(away, stack, until)
    assert stack.written == [(8, "mine of 8"), (7, "mine of 7")]
    assert away.store.run(7).note == "mine of 7"
    assert away.store.draft(7) is None


async def test_a_later_edit_takes_the_place_and_the_base_of_the_earlier_one(away, stack, until):
    await away.outbox.save(8, "base", "first")
    await away.outbox.save(7, "base", "other")
    await away.outbox.save(8, "first", "second")
    await come_back(away, stack, until)
    assert stack.written == [(8, "second"), (7, "other")]


async def test_notes_saved_before_a_kill_arrive_at_the_next_start(session, tasks, stack, until, tmp_path):
    child = start("saves.py", tmp_path / "killed", "9=of 9", "7=of 7", "8=of 8", "9=of 9 again")
    for _ in range(4):
        assert child.stdout.readline().startswith("saved"), child.stderr.read()
    kill(child)
    await session.aclose()
    again = Session(session.account, tmp_path / "killed", Notices())
    assert [note.run_id for note in again.outbox.waiting] == [9, 7, 8]
    await again.store.load_index()
    again.go_live(CloudV6(session.account.origin, Secret(CANARY), 42), tasks)
    await until(lambda: not again.outbox.waiting, 10)
    assert stack.written == [(9, "of 9 again"), (7, "of 7"), (8, "of 8")]
    await again.aclose()


async def test_a_colleagues_text_is_not_overwritten_and_the_next_note_goes_on(away, stack, until):
    await away.outbox.save(7, "base", "mine")
    await away.outbox.save(8, "base", "mine, too")
    stack.set_note(7, "theirs")
    wanted = []
    away.outbox.comparison_wanted.connect(wanted.append)
    await come_back(away, stack, until)
    assert stack.written == [(8, "mine, too")]
    draft = away.store.draft(7)
    assert (draft.base, draft.text) == ("base", "mine")
    (notice,) = [one for one in away.notices.current() if one.key == "note:7"]
    assert notice.text.startswith("The note of “Checkout” was changed by somebody else meanwhile.")
    notice.on_action()
    assert wanted == [7]
    assert [one.run_id for one in away.outbox.refused] == [7]
    assert await away.outbox.save(7, "theirs", "both") is None
    assert stack.note(7) == "both"
    assert away.outbox.refused == []
    assert "note:7" not in [one.key for one in away.notices.current()]


@pytest.mark.parametrize("how", [name for name in LOST if name != "silent"])
async def test_a_note_whose_answer_was_lost_is_not_written_again(away, stack, until, how):
    stack.lost[7] = LOST[how]
    await away.outbox.save(7, "base", "mine")
    stack.every = None

    def is_sent() -> bool:
        away.connection.forget_failures()
        away.monitor.poke()
        return not away.outbox.waiting

    await until(is_sent, 10)
    assert stack.written == [(7, "mine")]
    assert away.store.draft(7) is None
    assert said(away) == []


async def test_a_lost_write_after_which_a_colleague_wrote_is_not_repeated_over_that(away, stack, until):
    stack.lost[7] = Reply(reset=True)
    await away.outbox.save(7, "base", "mine")
    stack.every = None
    away.monitor.poke()
    await until(lambda: stack.written)
    stack.set_note(7, "mine, and theirs")
    await come_back(away, stack, until)
    assert stack.written == [(7, "mine")]
    assert away.store.draft(7).text == "mine"


async def test_the_text_for_a_run_that_is_gone_is_kept_and_can_be_copied(away, stack, until):
    await away.outbox.save(7, "base", "mine")
    stack.runs = stack.runs[1:]
    copied = []
    away.outbox.copy_wanted.connect(copied.append)
    await come_back(away, stack, until)
    assert away.store.run(7) is None
    (notice,) = [one for one in away.notices.current() if one.key == "note:7"]
    assert notice.text == (
        "Run 7 of “Checkout” is no longer there. The note cannot be sent, but your text is kept here."
    )
    notice.on_action()
    assert copied == ["mine"]
    assert away.store.draft(7).text == "mine"
    away.notices.clear("note:7")
    away.outbox.show(7)
    assert "note:7" in [one.key for one in away.notices.current()]
    notice.on_second()
    await until(lambda: away.store.draft(7) is None and away.outbox.refused == [])


@pytest.mark.parametrize("status", [400, 403, 409, 422])
async def test_a_note_that_is_refused_is_kept_and_sent_once(away, stack, server, until, status):
    stack.refusals[7] = NO[status]
    await away.outbox.save(7, "base", "mine")
    await away.outbox.save(8, "base", "mine, too")
    await come_back(away, stack, until)
    assert away.store.draft(7).text == "mine"
    assert away.store.draft(7).problem
    assert len(said(away)) == 1
    assert [request.path for request in server.requests if request.method == "PATCH"] == [f"{RUN}7", f"{RUN}8"]
    assert stack.written == [(8, "mine, too")]
    assert away.connection.state is State.LIVE


async def test_a_server_that_fails_over_one_note_is_not_asked_for_ever(away, stack, until, server):
    stack.refusals[7] = Reply("no", status=500)
    await away.outbox.save(7, "base", "mine")
    stack.every = None

    def is_given_up() -> bool:
        away.connection.forget_failures()
        away.monitor.poke()
        return not away.outbox.waiting

    await until(is_given_up, 20)
    writes = [request for request in server.requests if request.method == "PATCH"]
    assert len(writes) == 3
    assert away.store.draft(7).text == "mine"


async def test_nothing_is_sent_before_a_new_sign_in(live, stack, until, go_live):
    stack.every = Reply({"error": {"message": "No.", "code": "401"}}, status=401)
    live.monitor.poke()
    await until(lambda: live.connection.state is State.SIGNED_OUT)
    assert await live.outbox.save(7, "base", "mine") is None
    assert live.outbox.waiting
    stack.every = None
    await go_live("another0123456789token")
    await until(lambda: not live.outbox.waiting, 10)
    assert stack.written == [(7, "mine")]


@pytest.mark.parametrize("how", [name for name in LOST if name != "silent"])
async def test_a_note_whose_answer_was_lost_while_the_user_waited_is_settled_by_itself(live, stack, until, how):
    stack.lost[7] = LOST[how]
    assert await live.outbox.save(7, "base", "mine") is None

    def is_sent() -> bool:
        live.connection.forget_failures()
        live.monitor.poke()
        return not live.outbox.waiting

    await until(is_sent, 10)
    assert stack.written == [(7, "mine")]
    assert live.store.draft(7) is None
    assert live.store.run(7).note == "mine"


async def test_a_server_that_wants_to_be_left_alone_is(live, stack, until, server):
    stack.every = Reply({}, status=429, headers={"Retry-After": "60"})
    live.monitor.poke()
    await until(lambda: live.connection.state is State.STALE)
    before = len(server.requests)
    assert await live.outbox.save(7, "base", "mine") is None
    assert live.outbox.waiting
    assert len(server.requests) == before


async def test_a_note_that_is_not_to_be_sent_is_not(away, stack, until):
    await away.outbox.save(7, "base", "mine")
    await away.outbox.cancel(7)
    assert away.outbox.waiting == []
    await away.outbox.save(8, "base", "sent")
    await come_back(away, stack, until)
    assert stack.written == [(8, "sent")]
    assert away.store.draft(7).text == "mine"
    assert away.outbox.refused == []


async def test_what_is_saved_anew_while_it_is_sent_is_sent_after_that(away, stack, tasks, until):
    await away.outbox.save(7, "base", "first")
    saving = []

    def save_anew() -> None:
        if not saving:
            saving.append(tasks.spawn(away.outbox.save(7, "base", "second"), name="save"))

    stack.on_write = save_anew
    await come_back(away, stack, until)
    assert stack.written == [(7, "first"), (7, "second")]
