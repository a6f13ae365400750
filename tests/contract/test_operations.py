"""The table in operations.md is complete: every documented operation, and how it is done, shown and tested."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from starlette.routing import BaseRoute, Mount, Route

from k6desk.api.legacy.cloud import CloudLegacy
from k6desk.api.v6 import CloudV6
from k6desk.demo.server import create_app
from k6desk.demo.world import World
from k6desk.ui import actions
from tests.contract.description import PATH, needed, operations

ROOT = Path(__file__).parents[2]
SEEDS = PATH.parent / "seeds"
PAGES = {
    "v6 load tests": "v6-load-tests.md",
    "v6 test runs": "v6-test-runs.txt",
    "2024": "v6-test-runs-2024.txt",
    "v5": "v5-tests-and-runs.txt",
    "v2": "v2-runs-legacy.md",
}
CLIENTS = {"CloudV6": CloudV6, "CloudLegacy": CloudLegacy}


class Row(NamedTuple):
    """One operation: the pages that document it, what it is, and how it is done, shown and tested."""

    pages: str
    method: str
    path: str
    client: str
    action: str
    test: str

    @property
    def operation(self) -> tuple[str, str]:
        return self.method, nameless(self.path)


def nameless(path: str) -> str:
    """A path with its parameters' names, or values of an example, left out."""
    return re.sub(r"{[^}]*}|:\w+|(?<=/)\d+(?=/|$)", "{}", path)


@cache
def table() -> list[Row]:
    lines = (Path(__file__).with_name("operations.md")).read_text("utf-8").splitlines()
    cells = [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return [Row(*row) for row in cells[2:]]


def routes_of(routes: Iterable[BaseRoute], before: str = "") -> Iterator[tuple[str, str]]:
    for route in routes:
        if isinstance(route, Mount):
            yield from routes_of(route.routes, before + route.path)
        elif isinstance(route, Route) and before + route.path != "/":
            for method in (route.methods or set()) - {"HEAD"}:
                yield method, nameless(before + route.path)


def test_it_has_exactly_what_the_demo_cloud_serves():
    served = set(routes_of(create_app(World(lambda: 1_781_533_800.0), token="t").routes))
    assert {row.operation for row in table()} == served


@needed
def test_it_has_exactly_what_the_official_description_has():
    described = {(method, nameless(path)) for method, path, _ in operations()}
    assert {row.operation for row in table() if row.path.startswith("/cloud/v6/")} == described


@pytest.mark.parametrize("page", PAGES)
def test_it_has_what_the_page_has(page: str):
    if not SEEDS.exists():
        pytest.skip("the documentation pages are not beside this checkout")
    text = (SEEDS / PAGES[page]).read_text("utf-8")
    verb = r"^\W*(GET|POST|PUT|PATCH|DELETE)\W+(?:https://api\.k6\.io)?(/[\w/:{}-]+)(?:\?.*)?`?$"
    found = {
        (method, nameless(path if path.startswith(("/cloud/", "/loadtests/")) else f"/cloud/v5{path}"))
        for method, path in re.findall(verb, text, re.MULTILINE)
        if not path.rpartition("/")[2].isdigit()
    }
    assert found
    assert {row.operation for row in table() if page in row.pages.split(", ")} == found


def test_every_row_is_true():
    assert [lie for row in table() for lie in _lies(row)] == []


def _lies(row: Row) -> Iterator[str]:
    client, _, method = row.client.partition(".")
    file, _, name = row.test.partition("::")
    if not callable(getattr(CLIENTS[client], method, None)):
        yield f"there is no {row.client}"
    if row.action not in {spec.name for spec in actions.TABLE}:
        yield f"the window has no action {row.action}"
    if name not in _functions(ROOT / file):
        yield f"there is no test {row.test}"


@cache
def _functions(file: Path) -> set[str]:
    tree = ast.parse(file.read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
