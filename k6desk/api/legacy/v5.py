"""What API v5 can be asked: projects, load tests and runs, with the columns, conditions and order that are needed."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from functools import partial, reduce
from operator import and_

from k6desk.api.errors import NotFound, Refused
from k6desk.api.exchange import Exchange
from k6desk.api.legacy import translate
from k6desk.api.legacy.odata import Filter, Property, address, options
from k6desk.api.legacy.wanted import Wanted
from k6desk.api.lenient import JsonObject
from k6desk.api.models import LoadTest, Page, Project, Run
from k6desk.api.paging import pages
from k6desk.api.wire import catalogue

_PATH = "/cloud/v5"
_LARGEST_PAGE = 1000
_TEST_COLUMNS = ("id", "project_id", "name", "created", "updated")
_CREATED = Property("created")


class ReadsV5:
    """Reads only: API v5 changes nothing that k6desk knows of."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    async def first_project(self) -> Project | None:
        """The project with the lowest id; None if the token can see none."""
        path = address(f"{_PATH}/projects", {"$top": "1", **options(order="id")})
        try:
            page, _ = catalogue.projects_page(await self._exchange.get(path))
        except NotFound as refusal:
            raise _removed() from refusal
        return min(page.rows, key=lambda project: project.id, default=None)

    async def projects(self, where: Filter | None = None) -> AsyncGenerator[Page[Project], None]:
        """The projects that fulfil a condition."""
        path, query = f"{_PATH}/projects", options(where=where)
        try:
            async with aclosing(pages(self._exchange.get, catalogue.projects_page, path, query, _LARGEST_PAGE)) as all_:
                async for page in all_:
                    yield page
        except NotFound as refusal:
            raise _removed() from refusal

    def load_tests(self, project_id: int, where: Filter | None = None) -> AsyncGenerator[Page[LoadTest], None]:
        """The load tests of a project that fulfil a condition."""
        path, query = f"{_PATH}/projects/{project_id}/load_tests", options(select=_TEST_COLUMNS, where=where)
        return pages(self._exchange.get, catalogue.load_tests_page, path, query, _LARGEST_PAGE)

    async def load_test(self, test_id: int) -> LoadTest:
        """One load test."""
        path = address(f"{_PATH}/load_tests/{test_id}", options(select=_TEST_COLUMNS))
        return catalogue.load_test(await self._exchange.get(path))

    def runs_of_test(self, test_id: int, wanted: Wanted) -> AsyncGenerator[Page[Run], None]:
        """The runs of a load test."""
        times = []
        if wanted.created_after:
            times.append(_CREATED.ge(wanted.created_after))
        if wanted.created_before:
            times.append(_CREATED.lt(wanted.created_before))
        query = options(
            select=translate.COLUMNS,
            where=reduce(and_, times) if times else None,
            order="created desc" if wanted.newest_first else "created",
        )
        read = partial(translate.v5_page, keep_raw=wanted.keep_raw)
        path = f"{_PATH}/load_tests/{test_id}/test_runs"
        return pages(self._exchange.get, read, path, query, min(wanted.page_size, _LARGEST_PAGE))

    async def run(self, run_id: int, columns: Sequence[str]) -> JsonObject:
        """These properties of a run, as the API has them."""
        path = address(f"{_PATH}/test_runs/{run_id}", options(select=columns))
        return JsonObject.parse(await self._exchange.get(path))


def _removed() -> Refused:
    """Of all projects no one is asked for that could be missing: a 404 says that there is no such API any more."""
    sentence = "The server does not offer the old API v5 any more; sign in to your stack with a token of its own."
    return Refused(sentence, status=410)
