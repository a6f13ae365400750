"""The k6 cloud of a token without a stack: read by API v5, started and stopped by API v2."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing, suppress
from datetime import datetime
from typing import TypeVar

from k6desk.api.errors import NotFound, NotOffered, Refused
from k6desk.api.exchange import Exchange
from k6desk.api.legacy import translate
from k6desk.api.legacy.lacks import LACKS, Lacking
from k6desk.api.legacy.merge import oldest_first
from k6desk.api.legacy.odata import Filter, Property
from k6desk.api.legacy.v2 import RunsV2
from k6desk.api.legacy.v5 import ReadsV5
from k6desk.api.legacy.wanted import Wanted
from k6desk.api.lenient import JsonObject
from k6desk.api.logs import LogBatch
from k6desk.api.models import LoadTest, LoadZone, Page, Project, Run, Script, StackAccess, ZoneNodes
from k6desk.api.operations import Operation
from k6desk.api.secret import Secret
from k6desk.api.v5 import Metrics

T = TypeVar("T")

_ID, _NAME = Property("id"), Property("name")
_NOT_FOUND, _REMOVED = 404, {405, 410}


class CloudLegacy(Lacking, Metrics):
    """A `Cloud` that does what the old APIs can do; what they cannot is in `lacks`.

    Where v5 was removed, or does not know a run that was just started, v2 is asked for runs.
    """

    def __init__(self, origin: str, token: Secret) -> None:
        self.lacks: Mapping[Operation, str] = LACKS
        self.going: frozenset[Operation] = frozenset({"start", "abort"})
        self.requests_per_poll = 1
        self._exchange = Exchange(origin, token, None, "Token")
        self._v5 = ReadsV5(self._exchange)
        self._v2 = RunsV2(self._exchange)
        self._test_ids: set[int] | None = None

    async def check_access(self, stack_url: str) -> StackAccess:
        """Whether the token may be used. The project is the first that it can see, which tells accounts apart."""
        project = await self._v5.first_project()
        return StackAccess(0, project.id if project else 0)

    def log(self, run_id: int, start_ns: int) -> AsyncGenerator[LogBatch, None]:
        """A run's log from a time on (ns since the epoch), and what is being written; it may not end by itself."""
        return self._exchange.log(run_id, start_ns)

    async def reset(self) -> None:
        """Drop every pooled connection, because the computer slept or its network changed."""
        await self._exchange.reset()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._exchange.aclose()

    # -- runs ----------------------------------------------------------------------------------------------------------

    async def runs(
        self,
        *,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        page_size: int = 1000,
        keep_raw: bool = False,
    ) -> AsyncGenerator[Page[Run], None]:
        """All runs, oldest first, created at or after the one time and before the other.

        The old APIs have no such list: each load test that `load_tests` last named is asked for its runs of that time,
        a few at once. So a poll is one small request for each test, and most answers are empty.
        """
        if self._test_ids is None:
            async for _ in self.load_tests():
                pass
        wanted = Wanted(created_after, created_before, keep_raw=keep_raw)
        lists = [_while_it_is_there(self._runs_of_test(test_id, wanted)) for test_id in self._test_ids or ()]
        async for page in oldest_first(lists, page_size):
            yield page

    async def test_runs(
        self,
        test_id: int,
        *,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        starred: bool | None = None,
        page_size: int = 200,
        keep_raw: bool = False,
    ) -> AsyncGenerator[Page[Run], None]:
        """The runs of one load test, newest first; `NotOffered` when the starred ones are asked for."""
        if starred is not None:
            raise NotOffered(LACKS["star"])
        wanted = Wanted(created_after, created_before, newest_first=True, page_size=page_size, keep_raw=keep_raw)
        async with aclosing(self._runs_of_test(test_id, wanted)) as pages:
            async for page in pages:
                yield page

    async def run(self, run_id: int) -> bytes:
        """One run as JSON in the shape of API v6; `wire.runs.run_detail` reads it."""
        return translate.run_json(await self._run(run_id, translate.COLUMNS))

    async def shared_run(self, public_id: str) -> Page[Run]:
        """The run of a public link, in a page of one, or of none when there is no such run."""
        return await self._v2.shared_run(public_id)

    async def distribution(self, run_id: int) -> tuple[ZoneNodes, ...] | None:
        """None: the old APIs do not tell where load came from."""
        return None

    async def run_script(self, run_id: int) -> Script:
        """The script that a run used. `NotFound`: the server has it as an archive only, or not at all."""
        script = (await self._run(run_id, ("id", "script"))).text("script")
        if not script:
            raise NotFound("The server keeps no script of this run as text.", status=_NOT_FOUND)
        return Script(script.encode(), is_archive=False)

    async def abort(self, run_id: int) -> None:
        """Ask a run to stop. `Conflict`: it had already ended."""
        await self._v2.stop(run_id)

    # -- load tests and projects ---------------------------------------------------------------------------------------

    async def load_tests(
        self, project_id: int | None = None, *, name: str | None = None
    ) -> AsyncGenerator[Page[LoadTest], None]:
        """All load tests, or those of a project; with `name` those called exactly so."""
        found: set[int] = set()
        async with aclosing(self._tests(project_id, None if name is None else _NAME.eq(name))) as pages:
            async for page in pages:
                found.update(test.id for test in page.rows)
                yield page
        if project_id is None and name is None:
            self._test_ids = found
            self.requests_per_poll = max(1, len(found))

    def search_load_tests(self, words: str) -> AsyncGenerator[Page[LoadTest], None]:
        """The load tests with these words in their name: the server looks for them in each project."""
        return self._tests(None, _NAME.contains(words))

    async def load_test(self, test_id: int) -> LoadTest:
        """One load test."""
        try:
            return await self._v5.load_test(test_id)
        except NotFound:
            await self._v5.first_project()  # says so when it is the whole API that is gone
            raise

    async def start(self, test_id: int, key: str) -> bytes:
        """Start a run; JSON as of `run`.

        The key is not sent, for v2 knows none: asked again it starts another run. After a lost answer look for the run.
        """
        return await self._v2.start(test_id)

    def projects(
        self, *, name: str | None = None, name_search: str | None = None
    ) -> AsyncGenerator[Page[Project], None]:
        """All projects; with `name` the one called exactly so, with `name_search` those with it in their name."""
        if name is not None:
            return self._v5.projects(_NAME.eq(name))
        return self._v5.projects(_NAME.contains(name_search) if name_search else None)

    async def project(self, project_id: int) -> Project:
        """One project."""
        async with aclosing(self._v5.projects(_ID.eq(project_id))) as pages:
            async for page in pages:
                for project in page.rows:
                    if project.id == project_id:
                        return project
        raise NotFound("The server has no such project.", status=_NOT_FOUND)

    async def load_zones(self) -> list[LoadZone]:
        """Nothing: the old APIs name no load zones."""
        return []

    # -- v5, and v2 instead --------------------------------------------------------------------------------------------

    async def _run(self, run_id: int, columns: Sequence[str]) -> JsonObject:
        try:
            return await self._v5.run(run_id, columns)
        except Refused as refusal:
            if refusal.status not in {_NOT_FOUND, *_REMOVED}:
                raise
            with suppress(Refused):
                return await self._v2.run(run_id, columns)
            await self._v5.first_project()  # says so when it is the whole API that is gone
            raise

    async def _runs_of_test(self, test_id: int, wanted: Wanted) -> AsyncGenerator[Page[Run], None]:
        try:
            async with aclosing(self._v5.runs_of_test(test_id, wanted)) as pages:
                async for page in pages:
                    yield page
        except Refused as refusal:
            if refusal.status not in _REMOVED:
                raise
        else:
            return
        async with aclosing(self._v2.runs_of_test(test_id, wanted)) as pages:
            async for page in pages:
                yield page

    async def _tests(self, project_id: int | None, where: Filter | None) -> AsyncGenerator[Page[LoadTest], None]:
        projects = [project_id] if project_id is not None else await self._project_ids()
        for project in projects:
            pages = self._v5.load_tests(project, where)
            async with aclosing(pages if project_id is not None else _while_it_is_there(pages)) as readable:
                async for page in readable:
                    yield page

    async def _project_ids(self) -> list[int]:
        return [project.id async for page in self._v5.projects() for project in page.rows]


async def _while_it_is_there(pages: AsyncGenerator[Page[T], None]) -> AsyncGenerator[Page[T], None]:
    """The pages of a list, or none when what it belongs to was deleted since it was named."""
    async with aclosing(pages):
        with suppress(NotFound):
            async for page in pages:
                yield page
