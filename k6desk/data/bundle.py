"""Runs as one file to keep or to give away: `.k6run`, a plain ZIP. `bundle_writer` makes it, `bundle_reader` reads it.

It holds `bundle.json`, which lists the runs; for people `runs.csv`; and a folder for each run. The README says more.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from k6desk.api.models import Run, Script, Whole, ZoneNodes

SUFFIX = ".k6run"
FORMAT = "k6run"
VERSION = 1
MOST_RUNS = 500
"""In one file: there is room for ten members of each."""

CONTENTS = "bundle.json"
MAX_JSON = 8 * 2**20
"""Bytes of one JSON document, which becomes many times as large when it is read."""

LONGEST_NAME = 1000

Id = Annotated[int, Meta(ge=1, le=2**63 - 1)]
Name = Annotated[str, Meta(max_length=LONGEST_NAME)]
Nodes = tuple[ZoneNodes, ...] | None
"""Where the load of a run came from; None when the server does not have that."""


class BundledRun(Struct, frozen=True):
    """A run with all that is known of it, as the server had said it at `as_of`.

    `detail` is its JSON, None if that was never loaded; so is `nodes`, which otherwise are in a tuple of one.
    `numbers` are the answers of its metrics as `RunNumbers` has them, by what was asked; empty if nothing was.
    `log` is what is kept of its log.
    """

    run: Run
    test_name: str
    project_name: str
    as_of: datetime
    detail: bytes | None = None
    nodes: tuple[Nodes] | None = None
    script: Script | None = None
    numbers: dict[str, bytes] = {}
    log: bytes | None = None


class Bundle(Struct, frozen=True):
    """The runs of one file. `stack_url` is the web address of the stack they are of, empty if it is not known."""

    stack_url: str
    made_at: datetime
    runs: tuple[BundledRun, ...]


class Named(Struct, frozen=True):
    """A test or project in the list of contents."""

    id: Whole
    name: Name


class Entry(Struct, frozen=True):
    """A run in the list of contents; `script` is the member that is its script, which several runs may share."""

    id: Id
    as_of: datetime
    test: Named
    project: Named
    has_details: bool
    has_distribution: bool
    script: str | None
    has_metrics: bool = False
    has_log: bool = False


class Head(Struct, frozen=True):
    """What tells whether the rest can be read."""

    format: str
    version: int


class Contents(Struct, frozen=True):
    """`bundle.json`."""

    format: str
    version: int
    program: str
    made_at: datetime
    stack_url: str
    runs: list[Entry]


def folder(run_id: int) -> str:
    """Where a run is in the file, with a slash at the end."""
    return f"runs/{run_id}/"
