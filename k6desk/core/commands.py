"""What the user can do, and what is asked for because the user looks: the one place from which actions flow back.

An action is bound to a thing's id when the user asks for it, never to a row; see `deeds` for how it is done.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from k6desk.api.cloud import Cloud
from k6desk.api.errors import CloudError
from k6desk.api.models import LoadTest, Project, Run, RunDetail, Script
from k6desk.api.operations import Operation
from k6desk.core.connection import Connection, State
from k6desk.core.deeds import Deeds
from k6desk.core.load_test_commands import LoadTestCommands
from k6desk.core.notes import Notes
from k6desk.core.notices import Notices
from k6desk.core.outbox import Outbox
from k6desk.core.project_commands import ProjectCommands
from k6desk.core.run_commands import RunCommands
from k6desk.core.settling import Settling
from k6desk.core.store import Store
from k6desk.data.scripts import ScriptKind

if TYPE_CHECKING:
    from k6desk.core.tasks import Tasks

NOTE_OF_FILE = "The notes of runs from files can only be read."

KEEPABLE: frozenset[Operation] = frozenset({"note", "script"})
"""What works, or partly works, without a server."""


class Commands(QObject):
    """The actions of one account on `runs`, `tests` and `projects`, their notes, what may be done, and reading."""

    def __init__(self, store: Store, connection: Connection, notices: Notices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._connection = connection
        self._deeds = Deeds(store, connection)
        self.runs = RunCommands(self._deeds, store, notices)
        self.tests = LoadTestCommands(self._deeds, store)
        self.projects = ProjectCommands(self._deeds, store)
        self.notes = Notes(self._deeds, self.runs, store)
        self.outbox = Outbox(store, connection, self.notes, notices, self)
        self._settling = Settling(self._deeds, self.runs, self.tests, self.projects, notices)

    def use(self, cloud: Cloud, poke: Callable[[], None], tasks: Tasks) -> None:
        """From now on there is a server to act on; `poke` asks it at once what has come of an action."""

        def settle() -> None:
            tasks.spawn(self._settling.settle(), name="settle the journal", key=f"settle:{id(self)}", owner=self)

        self._deeds.use(cloud, settle)
        self.runs.poke = self.tests.poke = poke
        self.outbox.go_live(tasks)
        if self._deeds.unsettled():
            settle()

    # -- what may be done ----------------------------------------------------------------------------------------------

    def refusal(self, operation: Operation, run: Run | None) -> str | None:
        """Why something cannot be done to a run now, for a tooltip; None when it can."""
        if run is None:
            return "Choose a run first."
        if lack := self._deeds.lack(operation):
            return lack
        if (gone := self.why_gone(run.id)) and not (operation == "script" and self._store.has_script("run", run.id)):
            return gone
        if operation == "abort" and run.is_finished:
            return "This run has already ended."
        if operation == "delete_run" and not run.is_finished:
            return "This run has not ended yet; abort it first."
        if operation not in KEEPABLE and (busy := self._deeds.busy(operation, "run", run.id)):
            return f"Something is being done to this run already: {busy}"
        if operation == "note" and self._connection.state is State.FILES:
            return NOTE_OF_FILE
        if operation == "note" or (operation == "script" and self._store.has_script("run", run.id)):
            return None
        return self._deeds.why_not_connected()

    def why_gone(self, run_id: int) -> str | None:
        """Why the server cannot be asked for a run that is kept here: it was found to be gone. None otherwise."""
        kept = self._store.kept(run_id)
        if kept is None or kept.gone_at is None:
            return None
        return f"Grafana has deleted this run on {kept.gone_at.astimezone():%Y-%m-%d}; what k6desk kept is shown."

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

    @property
    def is_signed_out(self) -> bool:
        """Whether the server can be asked only after a sign-in."""
        return self._connection.state is State.SIGNED_OUT

    def _refusal_of(self, operation: Operation, kind: str, id_: int) -> str | None:
        if lack := self._deeds.lack(operation):
            return lack
        if busy := self._deeds.busy(operation, kind, id_):
            return f"Something is being done to this {kind} already: {busy}"
        return self._deeds.why_not_connected()

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
        if kind == "run" and (gone := self.why_gone(id_)):
            raise CloudError(gone)
        cloud = self._deeds.cloud
        script = await (cloud.run_script(id_) if kind == "run" else cloud.test_script(id_))
        await self._store.put_script(kind, id_, script)
        return script

    async def load_distribution(self, run_id: int) -> None:
        """Get the nodes of a run from the server into the store. Raises `CloudError`."""
        if gone := self.why_gone(run_id):
            raise CloudError(gone)
        await self._store.put_distribution(run_id, await self._deeds.cloud.distribution(run_id))
