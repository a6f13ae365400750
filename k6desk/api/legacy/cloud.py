"""The k6 cloud of a token without a stack: read by API v5, started and stopped by API v2."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing, suppress
from datetime import datetime
from functools import partial, reduce
from operator import and_

from k6desk.api.errors import NotFound, NotOffered, Refused
from k6desk.api.exchange import Exchange
from k6desk.api.legacy import translate
from k6desk.api.legacy.lacks import LACKS, Lacking
from k6desk.api.legacy.merge import oldest_first
from k6desk.api.legacy.odata import Filter, Property, address, options
from k6desk.api.legacy.v2 import RunsV2
from k6desk.api.lenient import JsonObject
from k6desk.api.models import LoadTest, LoadZone, Page, Project, Run, Script, StackAccess, ZoneNodes
from k6desk.api.operations import Operation
from k6desk.api.paging import pages
from k6desk.api.secret import Secret
from k6desk.api.wire import catalogue

_LARGEST_PAGE = 1000
_TEST_COLUMNS = ("id", "project_id", "name", "created", "updated")
_ID, _NAME, _CREATED = Property("id"), Property("name"), Property("created")
_NOT_FOUND, _REMOVED = 404, {405, 410}


class CloudLegacy(Lacking):
    """A `Cloud` that does what the old APIs can do; what they cannot is in `lacks`.

    Should v5 be removed before v2, the runs of a test and single runs are read by v2.
    """

    def __init__(self, origin: str, token: Secret) -> None:
        self.lacks: Mapping[Operation, str] = LACKS
        self.going: frozenset[Operation] = frozenset({"start", "abort"})
        self.requests_per_poll = 1
        self._exchange = Exchange(origin, token, None, "Token")
        self._v2 = RunsV2(self._exchange)
        self._test_ids: set[int] | None = None

    async def check_access(self, stack_url: str = "") -> StackAccess:  # noqa: ARG002 - such a token has none
        """Whether the token may be used. The project is the first one that it can see: it tells accounts apart."""
        query = {"$top": "1", **options(order="id")}
        page, _ = catalogue.projects_page(await self._exchange.get(address("/cloud/v5/projects", query)))
        return StackAccess(0, min((project.id for project in page.rows), default=0))

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
        page_size: int = _LARGEST_PAGE,
        keep_raw: bool = False,
    ) -> AsyncGenerator[Page[Run], None]:
        """All runs, oldest first, created at or after the one time and before the other.

        The old API has no such list: every load test that `load_tests` last named is asked for its runs of that time,
        a few at once. That is one small request for each test, and cheaper than any list without a condition, because
        most tests have nothing to say.
        """
        if self._test_ids is None:
            async for _ in self.load_tests():
                pass
        lists = [
            self._runs_of_test(test_id, created_after, created_before, False, page_size, keep_raw)
            for test_id in sorted(self._test_ids or ())
        ]
        async for page in oldest_first([_of_what_is_there(pages) for pages in lists], page_size):
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
        pages = self._runs_of_test(test_id, created_after, created_before, True, page_size, keep_raw)
        async with aclosing(pages):
            async for page in pages:
                yield page

    async def run(self, run_id: int) -> bytes:
        """One run as JSON in the shape of API v6; `wire.run_detail` reads it."""
        return translate.run_json(await self._run(run_id, translate.COLUMNS))

    async def shared_run(self, public_id: str) -> Page[Run]:
        """The run of a public link, in a page of one, or of none when there is no such run."""
        return await self._v2.shared_run(public_id)

    async def distribution(self, run_id: int) -> tuple[ZoneNodes, ...] | None:  # noqa: ARG002
        """None: the old APIs do not tell where load came from."""
        return None

    async def run_script(self, run_id: int) -> Script:
        """The script that a run used. `NotFound`: it was an archive, or of another kind of test."""
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
        where = None if name is None else _NAME.eq(name)
        async for page in self._tests(where, await self._project_ids() if project_id is None else [project_id]):
            found.update(test.id for test in page.rows)
            yield page
        if project_id is None and name is None:
            self._test_ids = found
            self.requests_per_poll = max(1, len(found))

    async def search_load_tests(self, words: str) -> AsyncGenerator[Page[LoadTest], None]:
        """The load tests with these words in their name: the server looks for them in every project."""
        async for page in self._tests(_NAME.contains(words), await self._project_ids()):
            yield page

    async def load_test(self, test_id: int) -> LoadTest:
        """One load test."""
        path = address(f"/cloud/v5/load_tests/{test_id}", options(select=_TEST_COLUMNS))
        return catalogue.load_test(await self._exchange.get(path))

    async def start(self, test_id: int, key: str) -> bytes:  # noqa: ARG002
        """Start a run; JSON as of `run`.

        The key cannot be sent, for v2 has none: asked again it is another run. After a lost answer, look for the run.
        """
        return await self._v2.start(test_id)

    async def projects(
        self, *, name: str | None = None, name_search: str | None = None
    ) -> AsyncGenerator[Page[Project], None]:
        """All projects; with `name` the one called exactly so, with `name_search` those with it in their name."""
        where = _NAME.eq(name) if name is not None else _NAME.contains(name_search) if name_search else None
        async for page in self._projects(where):
            yield page

    async def project(self, project_id: int) -> Project:
        """One project."""
        async with aclosing(self._projects(_ID.eq(project_id))) as found:
            async for page in found:
                for project in page.rows:
                    if project.id == project_id:
                        return project
        raise NotFound("The server has no such project.", status=_NOT_FOUND)

    async def load_zones(self) -> list[LoadZone]:
        """None: the old APIs do not name any."""
        return []

    # -- requests ------------------------------------------------------------------------------------------------------

    async def _run(self, run_id: int, columns: Sequence[str]) -> JsonObject:
        try:
            path = address(f"/cloud/v5/test_runs/{run_id}", options(select=columns))
            return JsonObject.parse(await self._exchange.get(path))
        except Refused as refusal:
            if refusal.status not in {_NOT_FOUND, *_REMOVED}:
                raise
            try:
                return await self._v2.run(run_id, columns)  # v5 was removed, or does not know a new run yet
            except Refused:
                raise refusal from None

    async def _runs_of_test(
        self,
        test_id: int,
        after: datetime | None,
        before: datetime | None,
        newest_first: bool,
        page_size: int,
        keep_raw: bool,
    ) -> AsyncGenerator[Page[Run], None]:
        where = _every([*([_CREATED.ge(after)] if after else []), *([_CREATED.lt(before)] if before else [])])
        query = options(select=translate.COLUMNS, where=where, order="created desc" if newest_first else "created")
        read = partial(translate.v5_page, keep_raw=keep_raw)
        path = f"/cloud/v5/load_tests/{test_id}/test_runs"
        found = pages(self._exchange.get, read, path, query, min(page_size, _LARGEST_PAGE))
        try:
            async with aclosing(found):
                async for page in found:
                    yield page
        except Refused as refusal:
            if refusal.status not in _REMOVED:
                raise
            async for page in self._v2.runs_of_test(
                test_id, after, before, newest_first=newest_first, keep_raw=keep_raw
            ):
                yield page

    async def _tests(self, where: Filter | None, project_ids: Sequence[int]) -> AsyncGenerator[Page[LoadTest], None]:
        query = options(select=_TEST_COLUMNS, where=where)
        for project_id in project_ids:
            path = f"/cloud/v5/projects/{project_id}/load_tests"
            found = pages(self._exchange.get, catalogue.load_tests_page, path, query, _LARGEST_PAGE)
            async with aclosing(found):
                async for page in found:
                    yield page

    def _projects(self, where: Filter | None = None) -> AsyncGenerator[Page[Project], None]:
        return pages(
            self._exchange.get, catalogue.projects_page, "/cloud/v5/projects", options(where=where), _LARGEST_PAGE
        )

    async def _project_ids(self) -> list[int]:
        return [project.id async for page in self._projects() for project in page.rows]


def _every(conditions: Sequence[Filter]) -> Filter | None:
    return reduce(and_, conditions) if conditions else None


async def _of_what_is_there(found: AsyncGenerator[Page[Run], None]) -> AsyncGenerator[Page[Run], None]:
    """The pages of a list, or none: the load test may have been deleted since it was named."""
    with suppress(NotFound):
        async with aclosing(found):
            async for page in found:
                yield page
