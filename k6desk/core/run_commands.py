"""What can be done to runs. Each command is on one run; several runs are several commands."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from k6desk.api.errors import CloudError, Conflict, NotFound
from k6desk.api.models import Run
from k6desk.core.deeds import Deeds, Unknown
from k6desk.core.notices import Level, Notice, Notices
from k6desk.core.store import Store
from k6desk.data.bundle import BundledRun
from k6desk.data.library import Target

NO_ROOM = "Grafana keeps only so many results, and none that have expired already."


class RunCommands:
    """All but `abort` raise `CloudError`; afterwards the store has what the server has."""

    def __init__(self, deeds: Deeds, store: Store, notices: Notices) -> None:
        self._deeds = deeds
        self._store = store
        self._notices = notices
        self.poke: Callable[[], None] = lambda: None

    async def fetch(self, run_id: int) -> Run:
        """A run as it is now on the server; one that is not there any more is forgotten."""
        asked_at = datetime.now(UTC)
        try:
            content = await self._deeds.cloud.run(run_id)
        except NotFound:
            await self._store.remove_run(run_id)
            raise
        return (await self._store.put_detail(content, asked_at)).run

    async def find_shared(self, public_id: str) -> Run | None:
        """The run behind a public link, if there is one."""
        asked_at = datetime.now(UTC)
        rows = (await self._deeds.cloud.shared_run(public_id)).rows
        await self._store.put_runs(rows, asked_at)
        return next(iter(rows), None)

    async def abort(self, run_id: int) -> None:
        """Ask the server to stop a run, and say how that went; the record changes when the server shows it."""
        run = self._store.run(run_id)
        if run is None or self._deeds.busy("abort", "run", run_id):
            return
        target, key = self._target(run), f"abort:{run_id}"
        try:
            await self._deeds.do("abort", target, "Aborting…", lambda cloud: cloud.abort(run_id), stays=True)
        except Conflict:
            ended = await self._try_to_fetch(run_id)
            how = ended.outcome if ended else "before the abort arrived"
            self._say(key, f"“{target.called}” had already ended: {how}.", "info")
        except NotFound:
            await self._store.remove_run(run_id)
            self._say(key, f"“{target.called}” is no longer on the server, so there is nothing to abort.", "info")
        except Unknown as error:
            self._say(key, f"The abort of “{target.called}” got no answer: {error}", "warning")
            self.poke()
        except CloudError as error:
            self._say(key, f"“{target.called}” was not aborted: {error}", "error")
        else:
            self._say(key, f"Abort of “{target.called}” was accepted.", "success")
            self.poke()

    async def star(self, run_id: int, *, starred: bool) -> None:
        """Star a run, or take its star away."""
        words = "Starring…" if starred else "Unstarring…"
        target = self._target_of(run_id)
        await self._deeds.do("star", target, words, lambda cloud: cloud.star(run_id, starred=starred))
        await self._try_to_fetch(run_id)

    async def save(self, run_id: int, *, saved: bool) -> None:
        """Have Grafana keep the results of a run beyond their retention, or no longer."""
        words = "Saving results…" if saved else "Letting results expire…"
        target = self._target_of(run_id)
        try:
            await self._deeds.do("save", target, words, lambda cloud: cloud.save(run_id, saved=saved))
        except Conflict as error:
            raise Conflict(f"{error} {NO_ROOM}" if saved else str(error), status=error.status) from error
        await self._try_to_fetch(run_id)

    async def delete(self, run_id: int) -> None:
        """Delete a run and its results for good; one that is not there any more counts as deleted."""
        target = self._target_of(run_id)
        try:
            await self._deeds.do("delete_run", target, "Deleting…", lambda cloud: cloud.delete_run(run_id))
        except NotFound:
            if await self._try_to_fetch(run_id):
                raise  # it is there: what the server does not know is how to delete it
        await self._store.remove_run(run_id)

    async def whole(self, run_id: int) -> BundledRun:
        """All of a run that is kept here; or else what the server says now, or what is known without it.

        Raises `CloudError` when the run is gone or was never seen.
        """
        store = self._store
        can_ask = self._deeds.why_not_connected() is None
        if can_ask and not (store.kept(run_id) and store.document(run_id)):
            await self._ask_for_all(run_id)
        if can_ask and not store.has_script("run", run_id):
            with suppress(CloudError):  # it may have none, and all else is of use
                await store.put_script("run", run_id, await self._deeds.cloud.run_script(run_id))
        run = store.run(run_id)
        if run is None:
            raise CloudError("This run is not here any more.")
        detail, nodes, script = store.document(run_id), store.distribution(run_id), store.script("run", run_id)
        test_name, project_name = store.names_of(run)
        return BundledRun(
            run=run,
            test_name=test_name,
            project_name=project_name,
            as_of=detail.fetched_at if detail else run.ended_at or run.created_at,
            detail=detail.value if detail else None,
            nodes=(nodes.value,) if nodes else None,
            script=script.value if script else None,
        )

    async def _ask_for_all(self, run_id: int) -> None:
        try:
            await self.fetch(run_id)
            await self._store.put_distribution(run_id, await self._deeds.cloud.distribution(run_id))
        except CloudError:
            if self._store.run(run_id) is None:
                raise

    def _target_of(self, run_id: int) -> Target:
        run = self._store.run(run_id)
        return self._target(run) if run else Target("run", run_id, f"run {run_id}")

    def _target(self, run: Run) -> Target:
        return Target("run", run.id, self._store.name_of(run))

    async def _try_to_fetch(self, run_id: int) -> Run | None:
        """Read a run after acting on it; None when it cannot be read now."""
        try:
            return await self.fetch(run_id)
        except CloudError:
            return None

    def _say(self, key: str, text: str, level: Level) -> None:
        self._notices.show(Notice(key, text, level, passing=level in {"info", "success"}))
