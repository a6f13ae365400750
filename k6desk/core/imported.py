"""Takes runs from files into the account of imported runs, which has no server: nothing of them can act on one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from k6desk.api.models import LoadTest, Project
from k6desk.core.measurements import LOG, NUMBERS
from k6desk.core.store import Store
from k6desk.data.bundle import Bundle, BundledRun
from k6desk.data.kept import KeptRun
from k6desk.data.library import Library
from k6desk.data.rows import run_row
from k6desk.data.stored import Stored

Outcome = Literal["new", "newer", "same", "older", "other"]
"""What a run of a file is to what is here: nothing is here of it, it says more or what was said later, the same, what
was said earlier, or it is of another stack and only has the same number."""

ORIGIN = "origin"
"""The document of an imported run that says where it came from."""


class Origin(Struct, frozen=True):
    """The web address of the stack that a run is of, empty if it is not known, and when the server had said it."""

    stack_url: str
    as_of: datetime


async def take_in(bundle: Bundle, store: Store, done: Callable[[int], object] = lambda _: None) -> dict[int, Outcome]:
    """Keep the runs of a file, and tell what became of each; `done` is called, in another thread, after each."""
    now = datetime.now(UTC)

    def put(library: Library) -> dict[int, Outcome]:
        outcomes: dict[int, Outcome] = {}
        for one in bundle.runs:
            outcomes[one.run.id] = _put(library, replace(one, as_of=min(one.as_of, now)), bundle.stack_url, now)
            done(len(outcomes))
        return outcomes

    outcomes = await store.fill(put)
    await arrange(store)
    return outcomes


async def arrange(store: Store) -> None:
    """Lay out the imported runs with their tests and projects, as a server would tell of them."""
    now = datetime.now(UTC)
    projects: dict[int, Project] = {}
    tests: dict[int, LoadTest] = {}
    kept = sorted(store.kept_runs(), key=lambda one: one.run.created_at)
    for one in kept:
        test_id, project_id = one.run.test_id, one.run.project_id
        tests[test_id] = LoadTest(id=test_id, project_id=project_id, name=one.test_name or f"Test {test_id}")
        projects[project_id] = Project(id=project_id, name=one.project_name or f"Project {project_id}")
    await store.put_catalogue(list(projects.values()), list(tests.values()), now, complete=True)
    await store.put_runs([one.run for one in kept], now)


def origin(store: Store, run_id: int) -> Origin | None:
    """Where an imported run came from; None if it is not one."""
    stored = store.kept_document(run_id, ORIGIN)
    return msgspec.json.decode(stored.value, type=Origin) if stored else None


def _put(library: Library, one: BundledRun, stack_url: str, now: datetime) -> Outcome:
    run, kept = one.run, library.kept.run(one.run.id)
    outcome = _compared(library, kept, one, stack_url) if kept else "new"
    if outcome not in {"new", "newer"}:
        return outcome
    # The run itself last: until it is there, nothing of it is.
    if one.script:
        library.scripts.keep(one.script, "run", run.id, run.test_id, one.test_name, one.as_of)
    documents = {ORIGIN: Stored(msgspec.json.encode(Origin(stack_url, one.as_of)), now)}
    if one.detail is not None:
        documents["run"] = Stored(one.detail, one.as_of)
    if one.nodes:
        documents["distribution"] = Stored(msgspec.msgpack.encode(one.nodes[0]), one.as_of)
    documents |= {NUMBERS + asked: Stored(content, one.as_of) for asked, content in one.numbers.items()}
    if one.log is not None:
        documents[LOG] = Stored(one.log, one.as_of)
    library.kept.put(run, one.test_name, one.project_name, "file", documents, now)
    return outcome


def _compared(library: Library, kept: KeptRun, one: BundledRun, stack_url: str) -> Outcome:
    if _is_all_here(library, kept, one):
        return "same"
    stored = library.kept.document(one.run.id, ORIGIN)
    known = msgspec.json.decode(stored.value, type=Origin) if stored else None
    if known is None or known.stack_url != stack_url:
        return "other"
    return "newer" if one.as_of >= known.as_of else "older"


def _is_all_here(library: Library, kept: KeptRun, one: BundledRun) -> bool:
    detail = library.kept.document(one.run.id, "run")
    nodes = library.kept.document(one.run.id, "distribution")
    seen = library.scripts.newest("run", one.run.id)
    script = library.scripts.script(seen.digest) if seen else None
    return (
        run_row(kept.run) == run_row(one.run)
        and (one.detail is None or (detail is not None and detail.value == one.detail))
        and (one.nodes is None or (nodes is not None and nodes.value == msgspec.msgpack.encode(one.nodes[0])))
        and (one.script is None or one.script == script)
        and all(_is_here(library, one.run.id, NUMBERS + asked, content) for asked, content in one.numbers.items())
        and (one.log is None or _is_here(library, one.run.id, LOG, one.log))
    )


def _is_here(library: Library, run_id: int, name: str, content: bytes) -> bool:
    known = library.kept.document(run_id, name)
    return known is not None and known.value == content
