"""Notes that were saved while the server could not be asked: kept on the disk, and sent in their order when it answers.

Nothing is sent while the connection is not live, so the outbox asks no server that is away. A note that the server does
not take, or that a colleague was faster with, leaves the queue and stays as the run's draft; the user is told once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from k6desk.api.errors import CloudError, NotFound
from k6desk.core.bell import Bell
from k6desk.core.connection import Connection, State, is_away_or_busy, is_final
from k6desk.core.delta import Delta
from k6desk.core.notes import Notes
from k6desk.core.notices import Notice, Notices
from k6desk.core.store import Store
from k6desk.data.library import Draft
from k6desk.data.note_queue import QueuedNote

if TYPE_CHECKING:
    from asyncio import Task

    from k6desk.core.tasks import Tasks

LONGEST_PAUSE_S = 60.0
MOST_TRIES = 3
"""So often the server may fail over one note while it answers others."""


class Outbox(QObject):
    """The notes of one account on their way. It takes notes without a server, too; `go_live` has them sent."""

    changed = Signal()  # which notes wait, or were not taken
    comparison_wanted = Signal(object)  # run id: the user wants to see both notes of it
    copy_wanted = Signal(str)  # the user wants to take the text elsewhere

    def __init__(
        self, store: Store, connection: Connection, notes: Notes, notices: Notices, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._connection = connection
        self._notes = notes
        self._notices = notices
        self._tasks: Tasks | None = None
        self._bell = Bell()
        self._tries: Counter[int] = Counter()
        self.waiting: Sequence[QueuedNote] = store.queued_notes()
        """The notes that are sent when the server answers, in that order."""
        self.refused: Sequence[Draft] = store.refused_drafts()
        """The notes that were sent from here and not taken; the user has to decide."""
        store.changed.connect(self._take_in)
        connection.changed.connect(self._bell.ring)

    def go_live(self, tasks: Tasks) -> None:
        """There is a server: send what waits for it."""
        self._tasks = tasks
        tasks.spawn(self._send_on(), name="send notes", key=f"outbox:{id(self)}", owner=self)

    def stop(self) -> list[Task[Any]]:
        """Send nothing any more; the tasks that are ending."""
        return self._tasks.cancel(self) if self._tasks else []

    async def save(self, run_id: int, base: str, text: str) -> str | None:
        """Save a note over `base`: send it, or queue it when the server cannot be asked now or another one waits.

        On return the server has it, or it is on disk (`Store.queued_note`); a text is what a colleague has written
        meanwhile, over which nothing was written. Raises `CloudError` if the server does not take it, which then is a
        draft.
        """
        if self._store.queued_note(run_id) or self._is_away:
            await self._queue(run_id, base, text)
            return None
        await self._notes.keep_draft(run_id, base, text)
        try:
            theirs = await self._notes.write(run_id, base, text)
        except CloudError as error:
            if is_final(error) or self._connection.state is State.FILES:
                raise
            await self._queue(run_id, base, text)
            return None
        if theirs is None:
            self._notices.clear(_key(run_id))
        return theirs

    async def cancel(self, run_id: int) -> None:
        """Do not send a note; it stays as the run's draft."""
        await self._store.take_out_note(run_id)

    def show(self, run_id: int) -> None:
        """Show the first thing that can be done about a note that waits or was not taken."""
        draft = self._store.draft(run_id)
        if self._store.run(run_id) or draft is None:
            self.comparison_wanted.emit(run_id)
        else:
            self._tell_of_gone(run_id, draft)

    # -- sending -------------------------------------------------------------------------------------------------------

    @property
    def _is_away(self) -> bool:
        if self._connection.state is State.FILES:
            return False  # it will never come
        return self._tasks is None or self._connection.state is State.OFFLINE or self._connection.wait_s > 0

    async def _queue(self, run_id: int, base: str, text: str) -> None:
        run = self._store.run(run_id)
        name = self._store.name_of(run) if run else f"run {run_id}"
        await self._store.queue_note(QueuedNote(run_id, name, base, text, datetime.now(UTC)))
        self._tries.pop(run_id, None)
        self._notices.clear(_key(run_id))
        self._bell.ring()

    async def _send_on(self) -> None:
        """For ever: the first note that waits, whenever the connection is live."""
        while True:
            self._look()
            wait_s = self._connection.wait_s
            if self.waiting and self._connection.state is State.LIVE and not wait_s:
                await self._send(self.waiting[0])
            else:
                await self._bell.wait(min(wait_s, LONGEST_PAUSE_S) if self.waiting and wait_s else None)

    async def _send(self, note: QueuedNote) -> None:
        try:
            write = partial(self._notes.write, note.run_id, note.base, note.text)
            outcome = await self._connection.ask_for_one(write)
        except CloudError as error:
            if is_away_or_busy(error):
                return
            self._tries[note.run_id] += 1
            if self._tries[note.run_id] >= MOST_TRIES:
                await self._give_up(note, error)
            return
        self._tries.pop(note.run_id, None)
        if isinstance(outcome, CloudError):
            await self._give_up(note, outcome)
        elif outcome is not None:
            words = f"The note of “{note.called}” was changed by somebody else meanwhile."
            if await self._take_out(note, words):
                compare = partial(self.comparison_wanted.emit, note.run_id)
                sentence = f"{words} Yours was not sent; it is kept here."
                self._notices.show(Notice(_key(note.run_id), sentence, "warning", "Compare", compare))

    async def _give_up(self, note: QueuedNote, error: CloudError) -> None:
        is_gone = isinstance(error, NotFound)
        words = f"Run {note.run_id} of “{note.called}” is no longer there." if is_gone else str(error)
        if not await self._take_out(note, words):
            return
        if is_gone and (draft := self._store.draft(note.run_id)):
            self._tell_of_gone(note.run_id, draft)
        else:
            sentence = f"Your note of “{note.called}” was not sent and is kept here: {error}"
            show = partial(self.comparison_wanted.emit, note.run_id)
            self._notices.show(Notice(_key(note.run_id), sentence, "warning", "Show note", show))

    async def _take_out(self, note: QueuedNote, problem: str) -> bool:
        """Take a note out unless the user has written it anew meanwhile; whether it is out."""
        if self._store.queued_note(note.run_id) != note:
            return False
        await self._store.take_out_note(note.run_id, problem)
        return True

    def _tell_of_gone(self, run_id: int, draft: Draft) -> None:
        key = _key(run_id)
        sentence = f"{draft.problem} The note cannot be sent, but your text is kept here."

        def forget() -> None:
            self._notices.clear(key)
            if self._tasks:
                self._tasks.spawn(self._notes.drop_draft(run_id), name="forget a draft")

        copy = partial(self.copy_wanted.emit, draft.text)
        self._notices.show(Notice(key, sentence, "warning", "Copy note", copy, second="Forget note", on_second=forget))

    # -- when ----------------------------------------------------------------------------------------------------------

    def _take_in(self, delta: Delta) -> None:
        if delta.details:
            self._look()

    def _look(self) -> None:
        before = self.waiting, self.refused
        self.waiting, self.refused = self._store.queued_notes(), self._store.refused_drafts()
        if (self.waiting, self.refused) != before:
            self._bell.ring()
            self.changed.emit()


def _key(run_id: int) -> str:
    return f"note:{run_id}"
