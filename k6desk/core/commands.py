"""What the user can do, and what is asked for because the user looks: the one place from which actions flow back.

An action is bound to a thing's id when the user asks for it, never to a row; see `deeds` for how it is done.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from k6desk.api.cloud import Cloud
from k6desk.api.errors import CloudError
from k6desk.api.models import LoadTest, Project, Run, RunDetail, Script
from k6desk.api.operations import Operation
from k6desk.core.connection import Connection
from k6desk.core.deeds import Deeds
from k6desk.core.load_test_commands import LoadTestCommands
from k6desk.core.notices import Notices
from k6desk.core.project_commands import ProjectCommands
from k6desk.core.run_commands import RunCommands
from k6desk.core.settling import Settling
from k6desk.core.store import Store
from k6desk.data.library import Draft
from k6desk.data.scripts import ScriptKind

if TYPE_CHECKING:
    from k6desk.core.tasks import Tasks

KEEPABLE: frozenset[Operation] = frozenset({"note", "script"})
"""What works, or partly works, without a server."""


class Commands(QObject):
    """The actions of one account on `runs`, `tests` and `projects`, what may be done, and reading what is looked at."""

    def __init__(self, store: Store, connection: Connection, notices: Notices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._deeds = Deeds(store, connection)
        self.runs = RunCommands(self._deeds, store, notices)
        self.tests = LoadTestCommands(self._deeds, store)
        self.projects = ProjectCommands(self._deeds, store)
        self._settling = Settling(self._deeds, self.runs, self.tests, self.projects, notices)

    def use(self, cloud: Cloud, poke: Callable[[], None], tasks: Tasks) -> None:
        """From now on there is a server to act on; `poke` asks it at once what has come of an action."""

        def settle() -> None:
            tasks.spawn(self._settling.settle(), name="settle the journal", key=f"settle:{id(self)}", owner=self)

        self._deeds.use(cloud, settle)
        self.runs.poke = self.tests.poke = poke
        if self._deeds.unsettled():
            settle()

    # -- what may be done ----------------------------------------------------------------------------------------------

    def refusal(self, operation: Operation, run: Run | None) -> str | None:
        """Why something cannot be done to a run now, for a tooltip; None when it can."""
        if run is None:
            return "Choose a run first."
        if lack := self._deeds.lack(operation):
            return lack
        if operation == "abort" and run.is_finished:
            return "This run has already ended."
        if operation == "delete_run" and not run.is_finished:
            return "This run has not ended yet; abort it first."
        if operation not in KEEPABLE and (busy := self._deeds.busy(operation, "run", run.id)):
            return f"Something is being done to this run already: {busy}"
        if operation == "note" or (operation == "script" and self._store.script("run", run.id)):
            return None
        return self._deeds.why_not_connected()

    def refusal_of_test(self, operation: Operation, test: LoadTest | None) -> str | None:
        """Why something cannot be done to a load test now; None when it can."""
        if test is None:
            return "Choose a test first."
        return self._refusal_of(operation, "test", test.id)

    def refusal_of_project(self, operation: Operation, project: Project | None) -> str | None:
        """Why something cannot be done to a project now; None when it can."""
        if project is None:
            return "Choose a project first."
        if operation == "delete_project" and project.is_default:
            return "The default project of a stack cannot be deleted."
        return self._refusal_of(operation, "project", project.id)

    def refusal_of_stack(self, operation: Operation) -> str | None:
        """Why something that concerns the whole stack cannot be done now; None when it can."""
        return self._refusal_of(operation, "stack", 0)

    def is_removed(self, operation: Operation) -> bool:
        """Whether Grafana has removed an operation, so that it is not offered any more."""
        return self._deeds.is_removed(operation)

    def lack(self, operation: Operation) -> str | None:
        """Why this kind of account does not have something at all; None when it has."""
        return self._deeds.lack(operation)

    def why_not_connected(self) -> str | None:
        """Why the server cannot be asked now; None when it can."""
        return self._deeds.why_not_connected()

    def _refusal_of(self, operation: Operation, kind: str, id_: int) -> str | None:
        if lack := self._deeds.lack(operation):
            return lack
        if busy := self._deeds.busy(operation, kind, id_):
            return f"Something is being done to this {kind} already: {busy}"
        return self._deeds.why_not_connected()

    # -- notes ---------------------------------------------------------------------------------------------------------

    async def save_note(self, run_id: int, base: str, text: str) -> str | None:
        """Write a note over `base`, the text the user began with.

        The API has no version check, so the run is read first: when a colleague has changed the note meanwhile, nothing
        is written and their text is returned. Afterwards it is read again, for a note that came in between. None means
        saved. Raises `CloudError`; the draft is kept until the note is saved.
        """
        cloud = self._deeds.cloud
        await self.keep_draft(run_id, base, text)
        theirs = (await self.runs.fetch(run_id)).note
        if theirs not in {base, text}:
            return theirs
        if theirs != text:
            try:
                await cloud.set_note(run_id, text)
            finally:
                self._store.acted_on(run_id)
        written = (await self.runs.fetch(run_id)).note
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

    # -- reading -------------------------------------------------------------------------------------------------------

    def name_of(self, run: Run) -> str:
        """What people call a run: the name of its test, or its id while the test is not known."""
        return self._store.name_of(run)

    async def read_detail(self, run_id: int) -> RunDetail | None:
        """Everything of a run as it is now; what was seen before when the server does not answer."""
        with suppress(CloudError):  # what is known is of use, too
            await self.runs.fetch(run_id)
        stored = self._store.detail(run_id)
        return stored.value if stored else None

    async def load_script(self, kind: ScriptKind, id_: int) -> Script:
        """Get a script from the server into the store. Raises `CloudError`."""
        cloud = self._deeds.cloud
        script = await (cloud.run_script(id_) if kind == "run" else cloud.test_script(id_))
        await self._store.put_script(kind, id_, script)
        return script

    async def load_distribution(self, run_id: int) -> None:
        """Get the nodes of a run from the server into the store. Raises `CloudError`."""
        await self._store.put_distribution(run_id, await self._deeds.cloud.distribution(run_id))

    async def script_to_save(self, kind: ScriptKind, id_: int) -> tuple[Script, bool]:
        """A script as the server has it, and True; the kept copy, whose secrets are masked, and False without a server.

        Raises `CloudError`.
        """
        stored = self._store.script(kind, id_)
        if stored and self.why_not_connected():
            return stored.value, not stored.value.is_archive
        return await self.load_script(kind, id_), True
