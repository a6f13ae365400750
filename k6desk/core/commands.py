"""What the user can do to a run, and what happens when they do it: the one place from which actions flow back.

An action is bound to a run's id when the user asks for it, never to a row. Its intent is journaled and laid over the
record before anything is sent; k6desk never writes a status that the server has not given.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

from PySide6.QtCore import QObject

from k6desk.api.cloud import Cloud
from k6desk.api.errors import CloudError, Conflict, NotFound, Refused, TryLater
from k6desk.api.models import Run, RunDetail, Script
from k6desk.core.connection import Connection, State
from k6desk.core.notices import Notice, Notices
from k6desk.core.store import Store
from k6desk.data.cache import ScriptKind
from k6desk.data.library import Draft

ActionName = Literal["abort", "note", "script"]


class Commands(QObject):
    """The actions on the runs of one account."""

    def __init__(self, store: Store, connection: Connection, notices: Notices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cloud: Cloud | None = None
        self._store = store
        self._connection = connection
        self._notices = notices
        self._poke: Callable[[], None] = lambda: None
        self._began_at = datetime.now(UTC)

    def use(self, cloud: Cloud, poke: Callable[[], None]) -> None:
        """From now on there is a server to act on; `poke` asks it at once what has come of an action."""
        self._cloud = cloud
        self._poke = poke

    def refusal(self, action: ActionName, run: Run | None) -> str | None:
        """Why an action is not possible now, for a tooltip; None when it is."""
        if run is None:
            return "Choose a run first."
        if action == "abort":
            if run.is_finished:
                return "This run has already ended."
            if self._store.intent(run.id):
                return "This run is being aborted."
            return self.why_not_connected()
        if action == "script" and not self._store.script("run", run.id):
            return self.why_not_connected()
        return None

    def why_not_connected(self) -> str | None:
        """Why the server cannot be asked now; None when it can."""
        if self._cloud is None:
            return "Not possible offline."  # the session has not gone live, or never will
        if self._connection.state is State.SIGNED_OUT:
            return "Sign in first."
        if self._connection.state is State.OFFLINE:
            return "Not possible while the server cannot be reached."
        return None

    async def abort(self, run_id: int) -> None:
        """Ask the server to stop a run; the record changes when the server shows it."""
        run = self._store.run(run_id)
        cloud = self._cloud
        if run is None or cloud is None or self._store.intent(run_id):
            return
        name = self._store.name_of(run)
        key = f"abort:{run_id}"
        entry = await self._store.begin("abort", run, name, "Aborting…")
        try:
            await cloud.abort(run_id)
        except Conflict:
            await self._store.finish(entry, run_id, "already ended", keep_intent=False)
            ended = await self._read(run_id)
            self._say(
                key, f"“{name}” had already ended: {ended.outcome if ended else 'before the abort arrived'}.", "info"
            )
        except NotFound:
            await self._store.finish(entry, run_id, "not found", keep_intent=False)
            await self._store.remove_run(run_id)
            self._say(key, f"“{name}” is no longer on the server, so there is nothing to abort.", "info")
        except CloudError as error:
            if isinstance(error, Refused) and not isinstance(error, TryLater):
                await self._store.finish(entry, run_id, "refused", keep_intent=False)
                self._say(key, f"“{name}” was not aborted: {error}", "error")
                return
            # The request may have arrived: the outcome is unknown until the server tells.
            await self._store.finish(entry, run_id, "unknown", keep_intent=False)
            self._say(
                key, f"It is not known whether the abort of “{name}” arrived: {error} k6desk asks again.", "warning"
            )
            self._poke()
        else:
            await self._store.finish(entry, run_id, "accepted", keep_intent=True)
            self._say(key, f"Abort of “{name}” was accepted.", "success")
            self._poke()

    async def save_note(self, run_id: int, base: str, text: str) -> str | None:
        """Write a note over `base`, the text the user began with.

        The API has no version check, so the run is read first: when a colleague has changed the note meanwhile, nothing
        is written and their text is returned. Afterwards it is read again, for a note that came in between. None means
        saved. Raises `CloudError`; the draft is kept until the note is saved.
        """
        cloud = self._need_cloud()
        await self.keep_draft(run_id, base, text)
        theirs = (await self._fetch(run_id)).note
        if theirs not in {base, text}:
            return theirs
        if theirs != text:
            try:
                await cloud.set_note(run_id, text)
            finally:
                self._store.acted_on(run_id)
        written = (await self._fetch(run_id)).note
        if written != text:
            return written
        await self._store.remove_draft(run_id)
        return None

    async def keep_draft(self, run_id: int, base: str, text: str) -> None:
        """Keep a note on this computer; on return it would survive a crash."""
        await self._store.put_draft(Draft(run_id, base, text, datetime.now(UTC)))

    async def drop_draft(self, run_id: int) -> None:
        """Forget a note that the user does not want any more."""
        await self._store.remove_draft(run_id)

    async def read_detail(self, run_id: int) -> RunDetail | None:
        """Everything of a run as it is now; what was seen before when the server does not answer."""
        await self._read(run_id)
        stored = self._store.detail(run_id)
        return stored.value if stored else None

    async def load_script(self, kind: ScriptKind, id_: int) -> Script:
        """Get a script from the server into the store. Raises `CloudError`."""
        cloud = self._need_cloud()
        script = await (cloud.run_script(id_) if kind == "run" else cloud.test_script(id_))
        await self._store.put_script(kind, id_, script)
        return script

    async def load_distribution(self, run_id: int) -> None:
        """Get the nodes of a run from the server into the store. Raises `CloudError`."""
        await self._store.put_distribution(run_id, await self._need_cloud().distribution(run_id))

    async def script_to_save(self, kind: ScriptKind, id_: int) -> tuple[Script, bool]:
        """A script as the server has it, and True; the kept copy, whose secrets are masked, and False without a server.

        Raises `CloudError`.
        """
        stored = self._store.script(kind, id_)
        if stored and self.why_not_connected():
            return stored.value, not stored.value.is_archive
        return await self.load_script(kind, id_), True

    async def settle_journal(self) -> None:
        """After a crash: find out from the server what became of aborts whose outcome was never seen."""
        for entry in self._store.pending():
            if entry.begun_at > self._began_at:
                continue  # this k6desk is still at it
            try:
                outcome = (await self._fetch(entry.run_id)).outcome
            except NotFound:
                outcome = "no longer there"
            except CloudError:
                continue  # the next start asks again
            await self._store.finish(entry.id, entry.run_id, outcome, keep_intent=False)
            self._say(
                f"journal:{entry.id}",
                f"k6desk ended while it aborted “{entry.run_name}”. The server says: {outcome}.",
                "warning",
            )

    def name_of(self, run: Run) -> str:
        """What people call a run: the name of its test, or its id while the test is not known."""
        return self._store.name_of(run)

    def _need_cloud(self) -> Cloud:
        if self._cloud is None:
            raise CloudError("k6desk is offline, so the server cannot be asked.")
        if self._connection.state is State.SIGNED_OUT:
            raise CloudError("Sign in first.")
        return self._cloud

    async def _fetch(self, run_id: int) -> Run:
        """A run as it is now on the server. Raises `CloudError`."""
        asked_at = datetime.now(UTC)
        return (await self._store.put_detail(await self._need_cloud().run(run_id), asked_at)).run

    async def _read(self, run_id: int) -> Run | None:
        """Read a run after acting on it; None when it cannot be read now."""
        try:
            return await self._fetch(run_id)
        except CloudError:
            return None

    def _say(self, key: str, text: str, level: Literal["info", "success", "warning", "error"]) -> None:
        self._notices.show(Notice(key, text, level, passing=level in {"info", "success"}))
