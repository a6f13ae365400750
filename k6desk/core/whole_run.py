"""Gets every part that the server has of one run into the store, politely: through the connection's gate."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

from k6desk.api.cloud import Cloud
from k6desk.api.errors import CloudError, NotFound, TryLater
from k6desk.api.models import Run
from k6desk.core.connection import Connection, NotNow, is_final
from k6desk.core.logs.kept_log import complete, unpacked, write
from k6desk.core.metrics.numbers import Numbers
from k6desk.core.metrics.settled import is_settled
from k6desk.core.scripts.script_getting import get_script
from k6desk.core.store import Store
from k6desk.core.thresholds.served_thresholds import get_verdicts
from k6desk.data.run_log import RunLog
from k6desk.data.run_numbers import WHOLE


class WholeRun:
    """The parts of one run. Each method raises `CloudError` when the server cannot be asked now.

    When it says that it has no such part, or not for this token, then that is noted, and is all there is.
    """

    def __init__(self, run_id: int, cloud: Cloud, connection: Connection, store: Store, numbers: Numbers) -> None:
        self._id = run_id
        self._cloud = cloud
        self._connection = connection
        self._store = store
        self._numbers = numbers

    async def get_run(self) -> bool:
        """The run itself; False when the server has it no more."""
        asked_at = datetime.now(UTC)
        content = await self._connection.ask_for_one(partial(self._cloud.run, self._id))
        if isinstance(content, NotFound):
            await self._store.remove_run(self._id)  # a run that is kept stays
            return False
        if isinstance(content, CloudError):
            raise content
        await self._store.put_detail(content, asked_at)
        return True

    async def get_nodes(self) -> None:
        """Where its load comes from; of a run that goes on it may be more later."""
        nodes = await self._connection.ask_for_one(partial(self._cloud.distribution, self._id))
        if isinstance(nodes, CloudError):
            known = self._store.distribution(self._id)
            nodes = known.value if known else None
        await self._store.put_distribution(self._id, nodes)

    async def get_script(self) -> None:
        """Its script, which was frozen when it started, unless it is here."""
        if not self._store.has_script("run", self._id):
            await get_script("run", self._id, self._cloud, self._connection, self._store)

    async def get_measured(self) -> None:
        """What it measured and its log, once it has ended; when nothing more can come, it is noted that all is here."""
        from k6desk.core.metrics.checks import checks_of  # the first picture needs none of these
        from k6desk.core.whole_numbers import get_whole

        run, asked_at = self._store.run(self._id), datetime.now(UTC)
        if run is None or not run.is_finished or self._store.numbers(self._id, WHOLE) is not None:
            return
        await get_whole(self._id, self._numbers, self._store)
        await get_verdicts(run, self._cloud, self._connection, self._store)
        await self._get_log(is_last=is_settled(run, asked_at))
        if is_settled(run, asked_at):
            if (checks := checks_of(self._numbers.known_of(self._id))) is not None:
                await self._store.put_failed_checks({self._id: sum(check.fails for check in checks)})
            await self._store.put_numbers(self._id, {WHOLE: b""})

    async def _get_log(self, *, is_last: bool) -> None:
        """Its log, unless all of it is here. `is_last`: nothing more comes after what is read now.

        Its server is another one: that it is away says nothing of the connection.
        """
        known = self._store.log(self._id)
        log = await unpacked(known.value) if known else RunLog()
        if log.is_complete:
            return
        if self._connection.wait_s:
            raise NotNow(self._connection.reason)
        try:
            await complete(log, self._id, self._cloud, self._store)
        except CloudError as error:
            if not is_final(error):
                raise TryLater(f"The log was not read: {error}", status=503) from error
        log.is_complete = is_last
        await write(log, self._id, self._store)


def is_whole(run: Run, store: Store) -> bool:
    """Whether what is here of a run, but for its script, is all there is; of one that has ended since its end."""
    if (kept := store.kept(run.id)) and (kept.gone_at or kept.why == "file"):
        return True
    since = run.ended_at if run.is_finished else None
    parts = store.document(run.id), store.distribution(run.id)
    is_measured = not run.is_finished or store.numbers(run.id, WHOLE) is not None
    return is_measured and all(part and (since is None or part.fetched_at >= since) for part in parts)
