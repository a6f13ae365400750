"""What can be done to load tests: start, create, upload, rename, move, delete, baseline and schedule."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from contextlib import aclosing, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

from k6desk.api.cloud import Cloud
from k6desk.api.errors import BadAnswer, CloudError, NotFound, NotSent, TryLater, Unreachable
from k6desk.api.models import LoadTest, Run, Script
from k6desk.api.operations import Operation
from k6desk.api.plans import Schedule, Timing
from k6desk.core.deeds import Deeds, is_a_no
from k6desk.core.store import Store
from k6desk.data.library import Target

if TYPE_CHECKING:
    from k6desk.core.start_plan import StartPlan

T = TypeVar("T")
MILLISECOND = timedelta(milliseconds=1)
PAUSES_S = (0.5, 2.0)
"""Between the tries of one decision to start."""


class Overtaken(CloudError):
    """The thing is not any more what the user saw, so nothing was sent."""


class LoadTestCommands:
    """Raises `CloudError`; afterwards the store has what the server has."""

    def __init__(self, deeds: Deeds, store: Store) -> None:
        self._deeds = deeds
        self._store = store
        self.poke: Callable[[], None] = lambda: None
        self._decisions: dict[int, tuple[str, datetime | None]] = {}

    # -- starting ------------------------------------------------------------------------------------------------------

    async def plan(self, test_id: int) -> StartPlan:
        """What starting a test would do and cost, as far as can be known before."""
        from k6desk.core.start_plan import plan_of  # needs tarfile, and the first picture does not

        return await plan_of(self._deeds.cloud, self._store, await self.fetch(test_id))

    @staticmethod
    def new_key() -> str:
        """A key for one decision to start: all tries that follow from the decision use it and make one run."""
        return str(uuid.uuid4())

    async def start(self, test_id: int, key: str) -> Run:
        """Start a run. When the answer is lost it is asked again with the same key, which cannot start a second run.

        `Unknown` if there is still no answer: the journal then watches for a new run of this test.
        """
        target = self._target(test_id)
        has_keys = "start" not in self._deeds.cloud.going  # the old API has none: asked again it starts another run

        async def send(cloud: Cloud) -> bytes:
            import asyncio  # the first picture needs neither

            from k6desk.api.wire.runs import run_detail

            lost: CloudError | None = None
            for pause_s in (0.0, *PAUSES_S) if has_keys else (0.0,):
                await asyncio.sleep(pause_s)
                try:
                    content = await cloud.start(test_id, key)
                    run_detail(content)
                except CloudError as error:
                    if is_a_no(error):
                        if lost:
                            raise lost from error  # what became of a lost try, a later no does not tell
                        raise
                    lost = error
                else:
                    return content
            assert lost
            raise lost

        asked_at = datetime.now(UTC)
        after = await self._newest_before(test_id, key)
        decision = f"start {key if has_keys else self.new_key()}"
        content = await self._deeds.do("start", target, "Starting…", send, after=after, decision=decision)
        run = (await self._store.put_detail(content, asked_at)).run
        self.poke()
        return run

    async def _newest_before(self, test_id: int, key: str) -> datetime | None:
        """When the server's newest run of a test was created at the time of a decision; None if there was none."""
        if self._decisions.get(test_id, ("", None))[0] != key:
            async with aclosing(self._deeds.cloud.test_runs(test_id, page_size=1)) as pages:
                try:
                    page = await anext(pages, None)
                except (Unreachable, BadAnswer, TryLater) as error:
                    raise NotSent(f"{error} Nothing was started.") from error
            newest = page.rows[0].created_at if page and page.rows else None
            self._decisions[test_id] = key, newest
        return self._decisions[test_id][1]

    async def find_started(self, test_id: int, after: datetime | None) -> Run | None:
        """The first run of a test that was created after a time by the server's clock, read from the server.

        That time is known to the millisecond. None as time: there was no run before.
        """
        asked_at = datetime.now(UTC)
        async with aclosing(self._deeds.cloud.test_runs(test_id, created_after=after)) as pages:
            async for page in pages:
                await self._store.put_runs(page.rows, asked_at)
                newer = [run for run in page.rows if after is None or run.created_at - after >= MILLISECOND]
                return min(newer, key=lambda run: run.created_at, default=None)
        return None

    # -- tests ---------------------------------------------------------------------------------------------------------

    async def fetch(self, test_id: int) -> LoadTest:
        """A test as it is now on the server; one that is not there any more is forgotten."""
        asked_at = datetime.now(UTC)
        try:
            test = await self._deeds.cloud.load_test(test_id)
        except NotFound:
            await self._store.remove_test(test_id)
            raise
        await self._store.put_test(test, asked_at)
        return test

    async def find(self, project_id: int, name: str) -> LoadTest | None:
        """The test of exactly this name in a project, if there is one."""
        asked_at = datetime.now(UTC)
        async with aclosing(self._deeds.cloud.load_tests(project_id, name=name)) as pages:
            async for page in pages:
                for test in page.rows:
                    await self._store.put_test(test, asked_at)
                    return test
        return None

    async def search(self, words: str) -> None:
        """Have the server look for tests by their names; what it finds is in the store then."""
        asked_at = datetime.now(UTC)
        async with aclosing(self._deeds.cloud.search_load_tests(words)) as pages:
            async for page in pages:
                await self._store.put_tests(page.rows, asked_at)

    async def create(self, project_id: int, name: str, script: Script) -> LoadTest:
        """Create a test in a project. `Conflict`: the project has one of this name."""
        target = Target("project", project_id, name)
        words = f"Creating “{name}”…"
        test = await self._deeds.do(
            "create_test", target, words, lambda cloud: cloud.create_test(project_id, name, script)
        )
        await self._store.put_test(test, datetime.now(UTC))
        return test

    async def current_script(self, test_id: int) -> Script | None:
        """The script that a test would run now; None when it has none."""
        try:
            script = await self._deeds.cloud.test_script(test_id)
        except NotFound:
            return None
        await self._store.put_script("test", test_id, script)
        return script

    async def upload(self, test_id: int, script: Script, replaced: Script | None) -> None:
        """Have a test run another script from now on; the one it replaces is kept here first."""
        target = self._target(test_id)
        if replaced:
            await self._store.keep_script("test", test_id, replaced)
        await self._deeds.do("upload", target, "Uploading…", lambda cloud: cloud.upload_script(test_id, script))
        await self._store.put_script("test", test_id, script)

    async def replace_script(self, test_id: int, script: Script, seen: Script | None, *, keep: bool) -> None:
        """Upload a script in place of the one that was `seen`. Raises `Overtaken` if another one is there now."""
        now = await self.current_script(test_id)
        if (now and now.content) != (seen and seen.content):
            raise Overtaken("Somebody has replaced the script meanwhile. See what is different now, and decide again.")
        await self.upload(test_id, script, now if keep else None)

    async def rename(self, test_id: int, name: str) -> None:
        """Give a test another name. `Conflict`: its project has one of that name."""
        await self._change("rename_test", test_id, "Renaming…", lambda cloud: cloud.rename_test(test_id, name))

    async def move(self, test_id: int, project_id: int) -> None:
        """Move a test with its runs to another project. `Conflict`: one of its name is there."""
        await self._change("move", test_id, "Moving…", lambda cloud: cloud.move_test(test_id, project_id))

    async def set_baseline(self, test_id: int, run_id: int | None) -> None:
        """Make a run the baseline of its test; None takes the mark away."""
        await self._change("baseline", test_id, "Setting baseline…", lambda cloud: cloud.set_baseline(test_id, run_id))

    async def delete(self, test_id: int) -> None:
        """Delete a test with its runs and schedule for good; one that is not there any more counts as deleted."""
        try:
            await self._do("delete_test", test_id, "Deleting…", lambda cloud: cloud.delete_test(test_id))
        except NotFound:
            if await self._try_to_fetch(test_id):
                raise  # it is there: what the server does not know is how to delete it
        await self._store.remove_test(test_id)

    # -- schedules -----------------------------------------------------------------------------------------------------

    async def read_schedule(self, test_id: int) -> Schedule | None:
        """A test's schedule as it is now on the server."""
        asked_at = datetime.now(UTC)
        schedule = await self._deeds.cloud.schedule_of_test(test_id)
        if schedule:
            await self._store.put_schedules([schedule], asked_at, complete=False)
        else:
            await self._store.remove_schedule(test_id)
        return schedule

    async def read_schedules(self) -> None:
        """Bring the schedules of all tests into the store, as they are now on the server."""
        rows, complete, asked_at = list[Schedule](), True, datetime.now(UTC)
        async with aclosing(self._deeds.cloud.schedules()) as pages:
            async for page in pages:
                rows += page.rows
                complete = complete and page.complete and not page.unreadable
        await self._store.put_schedules(rows, asked_at, complete=complete)

    async def set_schedule(self, test_id: int, timing: Timing) -> Schedule:
        """Give a test a schedule in place of the one it may have."""
        schedule = await self._do("schedule", test_id, "Scheduling…", lambda cloud: cloud.set_schedule(test_id, timing))
        await self._store.put_schedules([schedule], datetime.now(UTC), complete=False)
        return schedule

    async def activate_schedule(self, schedule: Schedule, *, active: bool) -> Schedule:
        """Let a schedule start runs again, or no longer; how it is then."""
        words = "Activating schedule…" if active else "Pausing schedule…"
        await self._do(
            "schedule", schedule.test_id, words, lambda cloud: cloud.activate_schedule(schedule.id, active=active)
        )
        asked_at = datetime.now(UTC)
        try:
            changed = await self._deeds.cloud.schedule(schedule.id)
        except CloudError:  # it is done; when it starts a run next is read again with all schedules
            changed = replace(schedule, is_active=active)
        await self._store.put_schedules([changed], asked_at, complete=False)
        return changed

    async def delete_schedule(self, schedule: Schedule) -> None:
        """Delete a schedule; one that is not there any more counts as deleted."""
        with suppress(NotFound):
            await self._do(
                "schedule", schedule.test_id, "Deleting schedule…", lambda cloud: cloud.delete_schedule(schedule.id)
            )
        await self._store.remove_schedule(schedule.test_id)

    async def _change(
        self, operation: Operation, test_id: int, words: str, send: Callable[[Cloud], Awaitable[None]]
    ) -> None:
        await self._do(operation, test_id, words, send)
        if not await self._try_to_fetch(test_id):
            self.poke()

    async def _try_to_fetch(self, test_id: int) -> LoadTest | None:
        """Read a test after acting on it; None when it cannot be read now."""
        try:
            return await self.fetch(test_id)
        except CloudError:
            return None

    async def _do(self, operation: Operation, test_id: int, words: str, send: Callable[[Cloud], Awaitable[T]]) -> T:
        return await self._deeds.do(operation, self._target(test_id), words, send)

    def _target(self, test_id: int) -> Target:
        test = self._store.test(test_id)
        return Target("test", test_id, test.name if test else f"test {test_id}")
