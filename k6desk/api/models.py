"""One frozen record per thing of Grafana Cloud k6, used everywhere from the wire to the window.

`Run` is the narrow row of which there may be hundreds of thousands; `RunDetail` is the whole of the one looked at.
Field names follow the REST API v6 except that times are `*_at` (aware UTC) and spans `*_s` (seconds). Words such as a
status are plain strings: the server may add new ones, and an unknown word must survive a round trip.
"""

from __future__ import annotations

from datetime import datetime
from math import isfinite
from typing import Annotated, Any, Generic, TypeVar

from msgspec import Meta, Struct, field

T = TypeVar("T")

Whole = Annotated[int, Meta(ge=0, le=2**63 - 1)]
"""An id or a count: what the API calls int64, and the most that SQLite can hold."""

FINISHED = frozenset({"completed", "aborted"})
"""The statuses that end a run. Any other word, known or not, means that it is not finished."""

FAILED = ("failed", "error", "aborted")
"""The results, and the status, of runs that are listed as failed."""


class Project(Struct, frozen=True):
    """A Grafana Cloud k6 project."""

    id: int
    name: str
    is_default: bool = False


class LoadTest(Struct, frozen=True):
    """A load test of a project: the thing that is run."""

    id: int
    project_id: int
    name: str
    created_at: datetime | None = field(name="created", default=None)
    updated_at: datetime | None = field(name="updated", default=None)
    baseline_run_id: int | None = field(name="baseline_test_run_id", default=None)


class Total(Struct, frozen=True, gc=False):
    """The part of a run's cost that a list shows; the API gives numbers or strings."""

    total_vuh: float | str | None = None


class Since(Struct, frozen=True, gc=False):
    """The part of `status_details` that a list shows."""

    entered_at: datetime | None = field(name="entered", default=None)


class Run(Struct, frozen=True, gc=False):
    """A test run as a row. Decoded straight from the list answers, so the nested parts keep the API's shape."""

    id: Whole
    test_id: Whole
    project_id: Whole
    status: str
    created_at: datetime = field(name="created")
    result: str | None = None
    ended_at: datetime | None = field(name="ended", default=None)
    started_by: str | None = None
    note: str = ""
    is_starred: bool = False
    max_vus: Whole | None = None
    estimated_duration_s: Whole | None = field(name="estimated_duration", default=None)
    execution_duration_s: Whole | None = field(name="execution_duration", default=None)
    retention_expires_at: datetime | None = field(name="retention_expiry", default=None)
    cost: Total | None = None
    status_details: Since | None = None

    @property
    def is_finished(self) -> bool:
        """Whether the run has ended; `processing_metrics` and unknown words have not."""
        return self.status in FINISHED

    @property
    def vuh(self) -> float | None:
        """Virtual user hours: the estimate of the full cost while running, the real cost when finished."""
        return number(self.cost.total_vuh) if self.cost else None

    @property
    def status_since(self) -> datetime | None:
        """When the run entered its present status."""
        return self.status_details.entered_at if self.status_details else None

    @property
    def outcome(self) -> str:
        """The one word that people look for: the result of a finished run, `aborted`, or else the status."""
        return outcome(self.status, self.result)


class StatusEntry(Struct, frozen=True):
    """One step of a run's status history, and who or what caused it."""

    type: str
    entered_at: datetime | None = None
    by_user: str | None = None
    code: int | None = None
    message: str | None = None


class Cost(Struct, frozen=True):
    """What a run costs, in virtual user hours (VUH); reductions are percents that compound."""

    total_vuh: float | None = None
    base_total_vuh: float | None = None
    protocol_vuh: float | None = None
    browser_vuh: float | None = None
    reduction_rate: float | None = None
    reductions: dict[str, float] = {}


class ZoneShare(Struct, frozen=True):
    """How much of the load a run takes from one load zone, in percent, as configured."""

    load_zone: str
    percent: float | None


class RunDetail(Struct, frozen=True):
    """Everything the API says of one run. What an older answer does not have is None or empty."""

    run: Run
    status_history: tuple[StatusEntry, ...] = ()
    status_details: StatusEntry | None = None
    result_type: str | None = None
    result_message: str | None = None
    result_code: int | None = None
    cost: Cost | None = None
    distribution: tuple[ZoneShare, ...] | None = None
    options: dict[str, Any] | None = None
    max_browser_vus: int | None = None
    k6_versions: dict[str, str] = {}
    k6_dependencies: dict[str, str] = {}


class Node(Struct, frozen=True):
    """A load generator: its machine size (`m5.large`) and its public address."""

    size: str
    public_ip: str


class ZoneNodes(Struct, frozen=True):
    """What really ran in one load zone."""

    load_zone: str
    percentage: float | None
    nodes: tuple[Node, ...] = ()


class LoadZone(Struct, frozen=True):
    """A place that load can come from; `k6_load_zone_id` is its name in scripts and runs."""

    id: int
    name: str
    k6_load_zone_id: str
    available: bool = True
    public: bool = True


class Limits(Struct, frozen=True):
    """What a project may use; None = no limit. VUH per calendar month, VUs and seconds per test."""

    project_id: Whole
    vuh_max_per_month: Whole | None = None
    vu_max_per_test: Whole | None = None
    vu_browser_max_per_test: Whole | None = None
    duration_max_per_test: Whole | None = None


class Script(Struct, frozen=True):
    """A test's script as the server keeps it: JavaScript text or a k6 archive (tar)."""

    content: bytes
    is_archive: bool


class StackAccess(Struct, frozen=True):
    """What a token may do: the stack it belongs to, as `/auth` confirms it."""

    stack_id: int
    default_project_id: int


class Page(Struct, Generic[T], frozen=True):
    """One page of a list.

    `total` is the server's `@count` when it was asked for, `unreadable` the number of rows that had to be left out, and
    `raw` the JSON of each row by id where the caller asked to keep it. `complete` is False on the last page of a list
    that the server's links did not let us read to its end.
    """

    rows: list[T]
    total: int | None = None
    unreadable: int = 0
    raw: dict[int, bytes] = {}
    complete: bool = True


def outcome(status: str, result: str | None) -> str:
    """The one word that people look for: the result of a finished run, `aborted`, or else the status."""
    return result or status if status in FINISHED and status != "aborted" else status


def has_failed(status: str, result: str | None) -> bool:
    """Whether a run with these is listed as failed, which it may be before it has ended."""
    return status in FAILED or result in FAILED


def number(value: float | str | None) -> float | None:
    """A VUH or percentage of the API, which may be a JSON number or a string; None when it is neither."""
    try:
        amount = None if value is None else float(value)
    except (ValueError, OverflowError):
        return None
    return amount if amount is not None and isfinite(amount) else None
