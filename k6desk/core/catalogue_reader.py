"""Reads projects with their limits, load tests, load zones and schedules.

A project or test that a list no longer names is gone only when the server says so of the very thing.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from k6desk.api.cloud import Cloud
from k6desk.api.errors import CloudError, Forbidden, NotFound, NotOffered
from k6desk.api.models import Limits, LoadTest, Page, Project
from k6desk.api.plans import Schedule
from k6desk.core.connection import Connection
from k6desk.core.store import Store

T = TypeVar("T")
MOST_MISSED = 20  # asked for one by one; the rest has time until the next reading


class CatalogueReader:
    """Brings one account's projects and tests up to date."""

    def __init__(self, cloud: Cloud, store: Store, connection: Connection) -> None:
        self._cloud = cloud
        self._store = store
        self._connection = connection

    async def read(self) -> None:
        """Read everything once. Raises `CloudError`; the projects and tests that came before it stay."""
        asked_at = datetime.now(UTC)
        projects: list[Project] = []
        tests: list[LoadTest] = []
        try:
            all_projects = await self._read_list(self._cloud.projects(), projects)
            all_tests = await self._read_list(self._cloud.load_tests(), tests)
        except CloudError:
            await self._store.put_catalogue(projects, tests, asked_at, complete=False)
            raise
        complete = all_projects and all_tests and self._store.is_indexed
        if complete:
            tests += await self._still_there(self._missed_tests(tests), self._ask_test)
            projects += await self._still_there(self._missed_projects(projects), self._ask_project)
        await self._store.put_catalogue(projects, tests, asked_at, complete=complete)
        # A token may see runs and not these, and an old account has none of them; then there is less to show.
        with suppress(NotFound, Forbidden, NotOffered):
            await self._store.put_zones(await self._connection.ask(self._cloud.load_zones, of_one_thing=True))
        with suppress(NotFound, Forbidden, NotOffered):
            asked_at = datetime.now(UTC)
            limits: list[Limits] = []
            await self._read_list(self._cloud.all_limits(), limits)
            await self._store.put_limits(limits, asked_at)
        with suppress(NotFound, Forbidden, NotOffered):
            asked_at = datetime.now(UTC)
            schedules: list[Schedule] = []
            all_schedules = await self._read_list(self._cloud.schedules(), schedules)
            await self._store.put_schedules(schedules, asked_at, complete=all_schedules)

    def _missed_tests(self, listed: list[LoadTest]) -> list[LoadTest]:
        ids = {test.id for test in listed}
        return [
            test for project in self._store.projects() for test in self._store.tests(project.id) if test.id not in ids
        ]

    def _missed_projects(self, listed: list[Project]) -> list[Project]:
        ids = {project.id for project in listed}
        return [project for project in self._store.projects() if project.id not in ids]

    async def _still_there(self, missed: Sequence[T], ask: Callable[[T], Awaitable[object]]) -> list[T]:
        """Those of them that are not gone: a list may skip a row, so only a 404 for the very thing removes it."""
        there = list(missed[MOST_MISSED:])
        for thing in missed[:MOST_MISSED]:
            try:
                await self._connection.ask(partial(ask, thing), of_one_thing=True)
            except NotFound:
                continue
            except Forbidden:
                pass
            there.append(thing)
        return there

    async def _ask_test(self, test: LoadTest) -> None:
        await self._cloud.load_test(test.id)

    async def _ask_project(self, project: Project) -> None:
        await self._cloud.project(project.id)

    async def _read_list(self, pages: AsyncGenerator[Page[T], None], rows: list[T]) -> bool:
        """Put all rows into `rows`, and tell whether these are really all. Raises `CloudError`."""
        complete = True
        async for page in self._connection.pages(pages, of_one_thing=True):  # a token may see runs and not this
            rows += page.rows
            complete = complete and page.complete and not page.unreadable
        return complete
