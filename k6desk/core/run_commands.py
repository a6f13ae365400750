"""What can be done to runs. Each command is on one run; several runs are several commands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import msgspec

from k6desk.api.errors import CloudError, Conflict, NotFound
from k6desk.api.models import Run, Script
from k6desk.core.deeds import Deeds, Unknown
from k6desk.core.notices import Level, Notice, Notices
from k6desk.core.store import Store
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

    async def copy(self, run_id: int) -> tuple[bytes, Script | None]:
        """All that the server says of a run as one JSON text, and its script if it was ever loaded; secrets masked.

        Without a server it is what is known here. Raises `CloudError` when the run is gone or was never looked at.
        """
        try:
            await self.fetch(run_id)
            await self._store.put_distribution(run_id, await self._deeds.cloud.distribution(run_id))
        except CloudError:
            if self._store.document(run_id) is None:
                raise
        run, nodes = self._store.document(run_id), self._store.distribution(run_id)
        if run is None:  # what was fetched was old news already
            raise CloudError("This run is being changed, so there is nothing to copy yet; try again in a moment.")
        copy = {"as_of": run.fetched_at, "test_run": msgspec.Raw(run.value), "distribution": nodes and nodes.value}
        script = self._store.script("run", run_id)
        return msgspec.json.format(msgspec.json.encode(copy), indent=2), script.value if script else None

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
