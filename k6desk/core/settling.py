"""What became of actions whose answer was never seen: the server is asked, politely, until it tells."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from k6desk.api.errors import CloudError, Forbidden, NotFound
from k6desk.core.deeds import Deeds
from k6desk.core.load_test_commands import LoadTestCommands
from k6desk.core.notices import Notice, Notices
from k6desk.core.project_commands import ProjectCommands
from k6desk.core.run_commands import RunCommands
from k6desk.data.library import Action

FIRST_PAUSE_S, LONGEST_PAUSE_S = 2.0, 60.0
SHOWS_WITHIN = timedelta(seconds=15)
"""How long an effect may take to show; before that its absence says nothing."""

UNKNOWABLE = "This token may not see it, so it cannot be known."

Read = Callable[[Action], Awaitable[str | None]]


class Settling:
    """Reads from the server how the journal's open actions came out, and says so once for each."""

    def __init__(
        self,
        deeds: Deeds,
        runs: RunCommands,
        tests: LoadTestCommands,
        projects: ProjectCommands,
        notices: Notices,
    ) -> None:
        self._deeds = deeds
        self._runs = runs
        self._tests = tests
        self._projects = projects
        self._notices = notices
        self._began_at = datetime.now(UTC)
        self._reads: dict[str, Read] = {
            "abort": self._read_abort,
            "start": self._read_start,
            "create_test": self._read_created_test,
            "create_project": self._read_created_project,
        }

    async def settle(self) -> None:
        """Settle what is open; ends when nothing is."""
        import asyncio  # the first picture needs none of it

        pause_s = FIRST_PAUSE_S
        while actions := self._deeds.unsettled():
            self._deeds.show_inherited()
            for action in actions:
                await self._settle(action)
            if not self._deeds.unsettled():
                break
            await asyncio.sleep(pause_s)
            pause_s = min(LONGEST_PAUSE_S, pause_s * 2)
        self._deeds.show_inherited()

    async def _settle(self, action: Action) -> None:
        try:
            outcome = await self._reads.get(action.action, self._read_thing)(action)
        except Forbidden:
            outcome = UNKNOWABLE
        except CloudError:
            return  # asked again later
        if outcome is None or action not in self._deeds.unsettled():
            return  # not known yet, or tried again meanwhile, or settled by another window on these files
        await self._deeds.settle(action, outcome)
        left = "k6desk ended before it knew" if action.begun_at < self._began_at else "It was not known"
        words = WORDS.get(action.action, action.action.replace("_", " "))
        said = outcome if outcome == UNKNOWABLE else f"The server says: {outcome}."
        text = f"{left} what became of {words} “{action.target.called}”. {said}"
        self._notices.show(Notice(f"journal:{action.id}", text, "warning"))

    async def _read_abort(self, action: Action) -> str | None:
        try:
            run = await self._runs.fetch(action.target.id)
        except NotFound:
            return "it is no longer there"
        if run.is_finished:
            return run.outcome
        return self._unless_early(action, f"it was not aborted, it is {run.outcome}")

    async def _read_start(self, action: Action) -> str | None:
        run = await self._tests.find_started(action.target.id, action.after)
        if run:
            return f"run {run.id} was started"
        return self._unless_early(action, "no run of it was created since")

    async def _read_created_test(self, action: Action) -> str | None:
        # The target is the project: the new thing has no id yet.
        found = await self._tests.find(action.target.id, action.target.name)
        return "it is there" if found else self._unless_early(action, "it is not there")

    async def _read_created_project(self, action: Action) -> str | None:
        found = await self._projects.find(action.target.name)
        return "it is there" if found else self._unless_early(action, "it is not there")

    async def _read_thing(self, action: Action) -> str | None:
        """Read the thing itself anew: what the store then has is what the server has."""
        kind, id_ = action.target.kind, action.target.id
        try:
            if kind == "run":
                await self._runs.fetch(id_)
            elif kind == "test":
                await self._tests.fetch(id_)
                if action.action == "schedule":
                    await self._tests.read_schedule(id_)
                elif action.action == "upload":
                    await self._tests.current_script(id_)
            elif kind == "project":
                await self._projects.fetch(id_)
                if action.action == "limits":
                    await self._projects.read_limits(id_)
            elif kind == "zone":
                await self._projects.zones()
            else:
                await self._projects.label_keys()
        except NotFound:
            return "it is no longer there"
        if action.action.startswith("delete_"):
            return self._unless_early(action, "it was not deleted")
        return self._unless_early(action, "what k6desk shows now is how it is")

    def _unless_early(self, action: Action, outcome: str) -> str | None:
        return outcome if self._deeds.open_for(action) > SHOWS_WITHIN else None


WORDS = {
    "abort": "the abort of",
    "start": "the start of",
    "star": "the star of",
    "save": "the saving of",
    "delete_run": "the deletion of",
    "delete_test": "the deletion of",
    "delete_project": "the deletion of",
    "create_test": "the new test",
    "create_project": "the new project",
    "upload": "the script uploaded to",
    "rename_test": "the new name of",
    "rename_project": "the new name of",
    "move": "the move of",
    "baseline": "the baseline of",
    "schedule": "the schedule of",
    "limits": "the limits of",
    "allowed_zones": "the load zones of",
    "labels": "the labels of",
}
"""How each action is spoken of before the name of its target."""
