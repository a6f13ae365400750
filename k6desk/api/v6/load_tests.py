"""Load tests, their scripts, and starting them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from typing import Any

from k6desk.api.errors import NotOffered
from k6desk.api.lenient import clean
from k6desk.api.models import LoadTest, Page, Script
from k6desk.api.plans import Estimate
from k6desk.api.v6.resource import Resource
from k6desk.api.wire import catalogue, plans, requests

_IDEMPOTENCY_HEADER = "K6-Idempotency-Key"
_JAVASCRIPT, _ARCHIVE = ("script.js", "text/javascript"), ("archive.tar", "application/x-tar")


class LoadTests(Resource):
    """The operations on load tests."""

    def load_tests(
        self, project_id: int | None = None, *, name: str | None = None
    ) -> AsyncGenerator[Page[LoadTest], None]:
        """All load tests, or those of a project; with `name` those called exactly so."""
        path = "/cloud/v6/load_tests" if project_id is None else f"/cloud/v6/projects/{project_id}/load_tests"
        query = {"name": name, "$orderby": "id"}  # what is created while pages are read comes last, and moves no row
        return self._pages(path, catalogue.load_tests_page, query)

    def search_load_tests(self, words: str) -> AsyncGenerator[Page[LoadTest], None]:
        """Always `NotOffered`: this API finds load tests by their whole name only."""
        raise NotOffered("This server finds load tests by their whole name only.")

    async def load_test(self, test_id: int) -> LoadTest:
        """One load test."""
        return catalogue.load_test(await self._exchange.get(f"/cloud/v6/load_tests/{test_id}"))

    async def test_script(self, test_id: int) -> Script:
        """The script that a test would run today."""
        return await self._script(f"/cloud/v6/load_tests/{test_id}/script")

    async def create_test(self, project_id: int, name: str, script: Script) -> LoadTest:
        """A new load test. `Conflict`: the project has one of this name."""
        path, fields = f"/cloud/v6/projects/{project_id}/load_tests", {"name": clean(name)}
        file_name, kind = _ARCHIVE if script.is_archive else _JAVASCRIPT
        answer = await self._exchange.upload_form(path, fields, {"script": (file_name, script.content, kind)})
        return catalogue.load_test(answer)

    async def upload_script(self, test_id: int, script: Script) -> None:
        """Replace the script that a test will run from now on."""
        await self._exchange.upload("PUT", f"/cloud/v6/load_tests/{test_id}/script", script.content)

    async def rename_test(self, test_id: int, name: str) -> None:
        """Give a load test another name. `Conflict`: its project has one of that name."""
        await self._exchange.act("PATCH", f"/cloud/v6/load_tests/{test_id}", requests.named(name))

    async def set_baseline(self, test_id: int, run_id: int | None) -> None:
        """Mark a run as the one that others of this test are compared with; None takes the mark away."""
        await self._exchange.act("PATCH", f"/cloud/v6/load_tests/{test_id}", requests.baseline(run_id))

    async def move_test(self, test_id: int, project_id: int) -> None:
        """Move a load test with its runs to another project. `Conflict`: one of its name is there."""
        await self._exchange.act("PUT", f"/cloud/v6/load_tests/{test_id}/move", requests.destination(project_id))

    async def delete_test(self, test_id: int) -> None:
        """Delete a load test with its runs and its schedule for good. `Conflict`: one of its runs is running."""
        await self._exchange.act("DELETE", f"/cloud/v6/load_tests/{test_id}")

    async def estimate(self, project_id: int, options: Mapping[str, Any]) -> Estimate:
        """What a run with these k6 options would cost. `Refused` with code `validation_error`: over a limit."""
        body = requests.options(project_id, options)
        return plans.estimate(await self._exchange.act("POST", "/cloud/v6/validate_options", body))

    async def start(self, test_id: int, key: str) -> bytes:
        """Start a run; JSON as of `run`. Asked again with the same key within 10 minutes it is the same run."""
        path = f"/cloud/v6/load_tests/{test_id}/start"
        return await self._exchange.act("POST", path, headers={_IDEMPOTENCY_HEADER: key})
