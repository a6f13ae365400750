"""Two people edit the note of one run at once, and answers get lost: nobody's text is."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from k6desk.api.errors import CloudError, Unreachable
from k6desk.core.commands import Commands
from k6desk.core.connection import Connection
from k6desk.core.notices import Notices
from k6desk.core.store import Store
from k6desk.core.tasks import Tasks
from k6desk.data.cache import Cache
from k6desk.data.library import Library
from tests.faults.conftest import run_json


class OneNote:
    """A server with one run, whose requests wait until the schedule lets one of them through."""

    def __init__(self) -> None:
        self.note = "base"
        self.waiting: list[tuple[str, str, asyncio.Future[bool]]] = []
        self.served: list[tuple[str, str]] = []

    async def request(self, who: str, what: str) -> None:
        arrives = asyncio.get_running_loop().create_future()
        self.waiting.append((who, what, arrives))
        lost = await arrives
        if lost and what == "read":
            raise Unreachable("The answer was lost.")

    def let_through(self, number: int, *, lost: bool) -> None:
        who, what, arrives = self.waiting.pop(number % len(self.waiting))
        self.served.append((who, what))
        arrives.set_result(lost)


class Client:
    """The cloud as one of the two sees it."""

    def __init__(self, server: OneNote, who: str) -> None:
        self.server, self.who = server, who
        self.loses_next_answer = False

    async def run(self, run_id: int) -> bytes:
        await self.server.request(self.who, "read")
        return json.dumps(run_json(run_id, note=self.server.note)).encode()

    async def set_note(self, _run_id: int, note: str) -> None:
        await self.server.request(self.who, "write")
        self.server.note = note
        if self.loses_next_answer:
            self.loses_next_answer = False
            raise Unreachable("The answer was lost.")


async def edit(commands: Commands, text: str) -> None:
    """What the note's pane does: save, and on a conflict save both."""
    base, wanted = "base", text
    for _ in range(3):
        try:
            await commands.notes.keep_draft(7, base, wanted)
            theirs = await commands.notes.write(7, base, wanted)
        except CloudError:
            continue  # "Try again"
        if theirs is None:
            return
        base, wanted = theirs, theirs if text in theirs else f"{theirs}\n{text}"


def overtaken(served: list[tuple[str, str]], loser: str) -> bool:
    """Whether all that the loser did, its last look too, fell between a read of the other and the write that followed.

    The API has no version check, so then nobody can know.
    """
    other = "b" if loser == "a" else "a"
    theirs = [n for n, step in enumerate(served) if step == (other, "write")]
    mine = [n for n, step in enumerate(served) if step == (loser, "write")]
    if not theirs or not mine:
        return False
    its_read = max((n for n, step in enumerate(served[: theirs[-1]]) if step == (other, "read")), default=-1)
    return its_read < mine[-1] and (loser, "read") in served[mine[-1] : theirs[-1]]


@settings(max_examples=80, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.integers(0, 3), max_size=24), st.sets(st.integers(0, 24), max_size=4), st.booleans())
def test_no_text_is_lost_however_two_editors_interleave(order, lost, loses_answer):
    async def story() -> None:
        server = OneNote()
        stores = {who: Store(Cache(None), Library(None)) for who in "ab"}
        clients = {who: Client(server, who) for who in "ab"}
        clients["a"].loses_next_answer = loses_answer
        background, tasks = Tasks(lambda *_: None), []
        for who in "ab":
            commands = Commands(stores[who], Connection(), Notices())
            commands.use(clients[who], lambda: None, background)
            tasks.append(asyncio.get_running_loop().create_task(edit(commands, f"text of {who}")))
        turn = 0
        while not all(task.done() for task in tasks):
            if server.waiting:
                server.let_through(order[turn] if turn < len(order) else 0, lost=turn in lost)
                turn += 1
            await asyncio.sleep(0.0005)
        for task in tasks:
            with suppress(CloudError):
                await task
        await background.aclose()
        for who in "ab":
            draft = stores[who].draft(7)
            kept = server.note + (draft.text if draft else "")
            assert f"text of {who}" in kept or overtaken(server.served, who), (server.note, draft, server.served)
            stores[who].close()

    loop = asyncio.SelectorEventLoop()
    try:
        loop.run_until_complete(story())
    finally:
        loop.close()
