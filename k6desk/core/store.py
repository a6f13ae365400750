"""The one place the window reads from.

Data flows one way: `monitor` and `commands` hand in what the server said, a writer commits it, and then
`changed` tells the ids that are different.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from msgspec.msgpack import encode

from k6desk.api.models import Run
from k6desk.core.delta import Delta
from k6desk.core.known import Known
from k6desk.data.kept import Why
from k6desk.data.library import Draft, Library, Target
from k6desk.data.note_queue import QueuedNote
from k6desk.data.stored import Stored

T = TypeVar("T")


class Store(Known):
    """What this account's window shows: the cache, what the user typed, and actions that are under way."""

    async def put_draft(self, draft: Draft) -> None:
        """Keep a note that is not on the server yet; on return it is on disk."""
        await self._write(self._library, lambda: self._library.put_draft(draft))
        self._details_changed(draft.run_id)

    async def remove_draft(self, run_id: int) -> None:
        """The note has arrived, or the user threw it away."""
        await self._write(self._library, lambda: self._library.remove_draft(run_id))
        self._details_changed(run_id)

    async def queue_note(self, note: QueuedNote) -> None:
        """Keep a note to be sent, and no draft of it; on return it is on disk."""
        await self._write(self._library, lambda: self._library.note_queue.put(note))
        self._details_changed(note.run_id)

    async def note_arrived(self, run_id: int, text: str) -> None:
        """The server has this note: it is neither queued nor a draft any more."""
        await self._write(self._library, lambda: self._library.note_queue.note_arrival(run_id, text))
        self._details_changed(run_id)

    async def take_out_note(self, run_id: int, problem: str = "") -> None:
        """Send a note no more; it is a draft from now on, with the reason if the server did not take it."""
        await self._write(self._library, lambda: self._library.note_queue.take_out(run_id, problem))
        self._details_changed(run_id)

    async def set_local_baseline(self, test_id: int, run_id: int | None) -> None:
        """Choose the run that the others of its test are compared with, or none; on return it is on disk."""
        former = self.local_baseline(test_id)
        await self._write(self._library, lambda: self._library.baselines.put(test_id, run_id))
        for one in filter(None, (former, run_id)):
            self._details_changed(one)

    async def keep_run(self, run_id: int, why: Why) -> None:
        """Keep a run with all that is known of it here, for good; on return it is on disk."""
        await self._know_kept()
        now = datetime.now(UTC)
        run = self._run(run_id)
        put: Run | None = None
        documents: dict[str, Stored[bytes]] = {}
        while run and (run, self._known_documents(run_id)) != (put, documents):  # the server may say more meanwhile
            put, documents = run, self._known_documents(run_id)
            keep = partial(self._library.kept.put, run, *self.names_of(run), why, documents, now)
            await self._change_kept([run_id], keep)
            run = self._run(run_id)
        if put is None:
            return
        self._unwanted.discard(run_id)
        await self._keep_measured(run_id)
        one = frozenset([run_id])
        if self._has_gone(put):
            await self._drop({run_id})
        is_new = run_id not in self._index
        if is_new and (kept := self.kept(run_id)):  # the server has forgotten it meanwhile
            self._index.upsert([kept.run])
        self._index.mark_kept(self.kept_ids())
        self.changed.emit(Delta(added=one if is_new else frozenset(), changed=one, details=one))

    async def stop_keeping(self, run_id: int) -> None:
        """The user does not want a run kept any more, by no rule; if the server has it no more, it is known no more."""
        await self._know_kept()
        kept = self._kept.get(run_id)
        self._unwanted.add(run_id)
        await self._change_kept([run_id], lambda: self._library.kept.remove(run_id))
        self._index.mark_kept(self.kept_ids())
        one = frozenset([run_id])
        if kept and kept.why == "file":
            await self.remove_run(run_id)
        elif run_id not in self._kept and run_id not in self._cache.runs([run_id]):
            self._index.remove(one)
            self.changed.emit(Delta(removed=one))
        else:
            self.changed.emit(Delta(changed=one, details=one))

    async def fill(self, work: Callable[[Library], T]) -> T:
        """Have runs from a file written into the library, and read anew all that is kept."""
        done = await self._write(self._library, lambda: work(self._library))
        await self.load_index()
        return done

    async def begin(self, action: str, target: Target, words: str, after: datetime | None = None) -> int:
        """Journal what is about to be done to something and lay it over the record; gives the journal entry's id."""
        self._intents.begin(target.kind, target.id, words)
        self._tell_intent(target)
        try:
            entry = await self._write(self._library, lambda: self._library.begin(action, target, after))
        except BaseException:
            self._intents.forget(target.kind, target.id)
            raise
        self._touch((target.kind, target.id), datetime.now(UTC))
        return entry

    async def finish(self, entry: int, target: Target, outcome: str, *, keep_intent: bool = False) -> None:
        """Journal how an action came out. A kept intent stays until a record shows the effect."""
        self._touch((target.kind, target.id), datetime.now(UTC))
        if keep_intent:
            self._intents.accept(target.kind, target.id, datetime.now(UTC))
        else:
            self._intents.forget(target.kind, target.id)
        await self._write(self._library, lambda: self._library.finish(entry, outcome))
        self._tell_intent(target)

    async def supersede(self, entry: int) -> None:
        """Journal that an action whose outcome is not known was tried again; the new try speaks for both."""
        await self._write(self._library, lambda: self._library.finish(entry, "tried again"))

    def leave_open(self, target: Target, words: str) -> None:
        """It is not known how an action came out: `words` stand over the record until the journal says so."""
        self._touch((target.kind, target.id), datetime.now(UTC))
        self._intents.begin(target.kind, target.id, words)
        self._tell_intent(target)

    def release(self, target: Target) -> None:
        """What was open is settled elsewhere."""
        self._intents.forget(target.kind, target.id)
        self._tell_intent(target)

    def acted_on(self, run_id: int) -> None:
        """The server was told to change this run: what it was asked for before is old news."""
        self._touch(("run", run_id), datetime.now(UTC))

    def _has_gone(self, run: Run) -> bool:
        """Whether the server said, since the start, that it has a run no more."""
        keys = {("run", run.id), ("test", run.test_id), ("project", run.project_id)}
        return not keys.isdisjoint(self._gone) and run.id not in self._cache.runs([run.id])

    def _known_documents(self, run_id: int) -> dict[str, Stored[bytes]]:
        """The documents of a run as `KeptRuns` has them."""
        documents = {}
        if stored := self.document(run_id):
            documents["run"] = stored
        if nodes := self.distribution(run_id):
            documents["distribution"] = Stored(encode(nodes.value), nodes.fetched_at)
        return documents

    def _tell_intent(self, target: Target) -> None:
        if target.kind == "run":
            self._details_changed(target.id)
        else:
            self.changed.emit(Delta(catalogue=True))
