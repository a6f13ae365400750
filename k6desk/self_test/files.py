"""Whether SQLite here can do what the files of an account need."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from k6desk.self_test.problem import Problem

_TEXT = "import http from 'k6/http';"


def check_database() -> dict[str, Any]:
    """Write and read one thing in each of the three files of an account."""
    with TemporaryDirectory(prefix="k6desk-self-test-", ignore_cleanup_errors=True) as folder:
        for name, problem in (
            ("library", _library(Path(folder) / "library.db")),
            ("cache", _cache(Path(folder) / "cache.db")),
            ("search", _search(Path(folder) / "search.db")),
        ):
            if problem:
                raise Problem(f"The file of the {name} does not work: {problem}")
    return {"sqlite": sqlite3.sqlite_version}


def _library(path: Path) -> str | None:
    from k6desk.data.library import Draft, Library

    library = Library(path)
    try:
        draft = Draft(1, "", "a note", datetime.now(UTC).replace(microsecond=0))
        library.put_draft(draft)
        return library.problem or (None if library.draft(1) == draft else "A note that was kept is not there.")
    finally:
        library.close()


def _cache(path: Path) -> str | None:
    from k6desk.api.models import Project
    from k6desk.data.cache import Cache

    cache = Cache(path)
    try:
        project = Project(1, "a project", is_default=False)
        cache.put_projects([project])
        return cache.problem or (None if cache.projects() == [project] else "A project that was kept is not there.")
    finally:
        cache.close()


def _search(path: Path) -> str | None:
    from k6desk.data.matcher import Sought
    from k6desk.data.script_search import ScriptSearch

    search = ScriptSearch(path)
    try:
        search.add({"00" * 32: [("script.js", _TEXT)]})
        found = search.find(Sought("k6/HTTP"))
        return search.problem or found.problem or (None if found.texts else "A text that was indexed is not found.")
    finally:
        search.close()
