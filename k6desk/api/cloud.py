"""What k6desk needs of a k6 cloud. `v6` is a Grafana Cloud stack, `legacy` an account whose token has no stack."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from k6desk.api.logs import LogBatch
from k6desk.api.metrics import Answer, Metric, Query, ThresholdVerdict
from k6desk.api.models import (
    Limits,
    LoadTest,
    LoadZone,
    Page,
    Project,
    Run,
    Script,
    StackAccess,
    ZoneNodes,
)
from k6desk.api.operations import Operation
from k6desk.api.plans import Estimate, Label, LabelKey, Schedule, Timing


class Cloud(Protocol):
    """One account's cloud. Every method raises `errors.CloudError`; lists come page by page.

    What the cloud `lacks` raises `errors.NotOffered` without asking anybody.
    """

    lacks: Mapping[Operation, str]
    """The operations that this kind of cloud does not have, each with a sentence that says so."""
    going: frozenset[Operation]
    """The operations whose removal is announced: 404, 405 or 410 may mean that they are gone."""
    requests_per_poll: int
    """How many requests it takes to ask for what is new: the monitor is the slower, the more they are."""

    async def check_access(self, stack_url: str) -> StackAccess:
        """Whether the token may be used, and for which stack."""

    async def reset(self) -> None:
        """Drop every pooled connection, because the computer slept or its network changed."""

    async def aclose(self) -> None:
        """Close every connection."""

    # -- runs ----------------------------------------------------------------------------------------------------------

    def runs(
        self,
        *,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        page_size: int = 1000,
        keep_raw: bool = False,
    ) -> AsyncGenerator[Page[Run], None]:
        """All runs, oldest first, created at or after the one time and before the other."""

    def test_runs(
        self,
        test_id: int,
        *,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        starred: bool | None = None,
        page_size: int = 200,
        keep_raw: bool = False,
    ) -> AsyncGenerator[Page[Run], None]:
        """The runs of one load test, newest first."""

    async def run(self, run_id: int) -> bytes:
        """One run as JSON in the shape of API v6; `wire.runs.run_detail` reads it."""

    async def shared_run(self, public_id: str) -> Page[Run]:
        """The run of a public link, in a page of one, or of none when there is no such run."""

    async def distribution(self, run_id: int) -> tuple[ZoneNodes, ...] | None:
        """The nodes that generate(d) a run's load by zone; None when the server has no data."""

    async def run_script(self, run_id: int) -> Script:
        """The script that a run used, frozen when it started."""

    async def set_note(self, run_id: int, note: str) -> None:
        """Replace a run's note. The API has no version check: read the run before."""

    async def abort(self, run_id: int) -> None:
        """Ask a run to stop. `Conflict`: it had already ended."""

    async def star(self, run_id: int, *, starred: bool) -> None:
        """Star a run, or take its star away. A star does not make the server keep the results longer."""

    async def save(self, run_id: int, *, saved: bool) -> None:
        """Have the server keep a run's results beyond their retention, or no longer. `Conflict`: no room for more."""

    async def delete_run(self, run_id: int) -> None:
        """Delete a run and its results for good. `Conflict`: it is still running."""

    def log(self, run_id: int, start_ns: int) -> AsyncGenerator[LogBatch, None]:
        """A run's log from a time on (ns since the epoch), and what is being written; it may not end by itself."""

    # -- metrics -------------------------------------------------------------------------------------------------------

    async def metrics(self, run_id: int) -> tuple[Metric, ...]:
        """The metrics that a run has samples of."""

    async def test_metrics(self, test_id: int, run_count: int) -> tuple[Metric, ...]:
        """The metrics that the newest runs of a load test have samples of."""

    async def series(self, run_id: int, selector: str) -> tuple[dict[str, str], ...]:
        """The labels of each series that a selector (`Query.selector`) chooses, `__name__` among them."""

    async def metric_labels(self, run_id: int, selector: str = "") -> tuple[str, ...]:
        """The names of the labels that the series of a run have, or those that a selector chooses."""

    async def label_values(self, run_id: int, label_name: str, selector: str = "") -> tuple[str, ...]:
        """The values that a label has in a run, or in the series that a selector chooses."""

    async def curve(
        self, run_id: int, query: Query, step_s: int, start: datetime | None = None, end: datetime | None = None
    ) -> Answer:
        """A query over time, a sample every `step_s` seconds, in the whole run or from `start` to `end`.

        `Refused` or empty: the metric's type has no such method; `NotFound` or empty: there is no data.
        """

    async def total(self, run_id: int, query: Query) -> Answer:
        """A query over a whole run, with one sample for each series. Errors as of `curve`."""

    async def totals_of_runs(self, test_id: int, query: Query, run_ids: Sequence[int]) -> Answer:
        """A query over each of these runs of a load test, told apart by `metrics.RUN_LABEL`. Errors as of `curve`."""

    async def newest_totals(self, test_id: int, query: Query, run_count: int) -> Answer:
        """A query over each of the newest runs of a load test, told apart as in `totals_of_runs`."""

    async def verdicts(self, run_id: int) -> tuple[ThresholdVerdict, ...]:
        """What the server says of the thresholds of a run. `NotOffered`: it has stopped to; compute them."""

    # -- load tests ----------------------------------------------------------------------------------------------------

    def load_tests(
        self, project_id: int | None = None, *, name: str | None = None
    ) -> AsyncGenerator[Page[LoadTest], None]:
        """All load tests, or those of a project; with `name` those called exactly so."""

    def search_load_tests(self, words: str) -> AsyncGenerator[Page[LoadTest], None]:
        """The load tests with these words in their name, where the server can look for them."""

    async def load_test(self, test_id: int) -> LoadTest:
        """One load test."""

    async def test_script(self, test_id: int) -> Script:
        """The script that a test would run today."""

    async def create_test(self, project_id: int, name: str, script: Script) -> LoadTest:
        """A new load test. `Conflict`: the project has one of this name."""

    async def upload_script(self, test_id: int, script: Script) -> None:
        """Replace the script that a test will run from now on."""

    async def rename_test(self, test_id: int, name: str) -> None:
        """Give a load test another name. `Conflict`: its project has one of that name."""

    async def set_baseline(self, test_id: int, run_id: int | None) -> None:
        """Mark a run as the one that others of this test are compared with; None takes the mark away."""

    async def move_test(self, test_id: int, project_id: int) -> None:
        """Move a load test with its runs to another project. `Conflict`: one of its name is there."""

    async def delete_test(self, test_id: int) -> None:
        """Delete a load test with its runs and its schedule for good. `Conflict`: one of its runs is running."""

    async def estimate(self, project_id: int, options: Mapping[str, Any]) -> Estimate:
        """What a run with these k6 options would cost. `Refused` with code `validation_error`: over a limit."""

    async def start(self, test_id: int, key: str) -> bytes:
        """Start a run; JSON as of `run`. Asked again with the same key within 10 minutes it is the same run."""

    # -- schedules -----------------------------------------------------------------------------------------------------

    def schedules(self) -> AsyncGenerator[Page[Schedule], None]:
        """The schedules of all load tests."""

    async def schedule_of_test(self, test_id: int) -> Schedule | None:
        """A load test's schedule; None when it has none."""

    async def schedule(self, schedule_id: int) -> Schedule:
        """One schedule."""

    async def set_schedule(self, test_id: int, timing: Timing) -> Schedule:
        """Give a load test a schedule in place of the one it may have."""

    async def activate_schedule(self, schedule_id: int, *, active: bool) -> None:
        """Let a schedule start runs again, or no longer."""

    async def delete_schedule(self, schedule_id: int) -> None:
        """Delete a schedule."""

    # -- projects ------------------------------------------------------------------------------------------------------

    def projects(
        self, *, name: str | None = None, name_search: str | None = None
    ) -> AsyncGenerator[Page[Project], None]:
        """All projects; with `name` the one called exactly so, with `name_search` those with it in their name."""

    async def project(self, project_id: int) -> Project:
        """One project."""

    async def create_project(self, name: str) -> Project:
        """A new project. `Conflict`: there is one of this name."""

    async def rename_project(self, project_id: int, name: str) -> None:
        """Give a project another name. `Conflict`: there is one of that name."""

    async def delete_project(self, project_id: int) -> None:
        """Delete a project with its load tests and runs for good. `Conflict`: something of it is running."""

    async def limits(self, project_id: int) -> Limits:
        """What a project may use."""

    def all_limits(self, project_ids: Sequence[int] = ()) -> AsyncGenerator[Page[Limits], None]:
        """What the projects may use: all of them, or at most 30 by id."""

    async def set_limits(self, limits: Limits) -> None:
        """Set what a project may use; None = no limit."""

    async def allowed_zones(self, project_id: int) -> list[LoadZone]:
        """The load zones that a project may use."""

    async def set_allowed_zones(self, project_id: int, zone_ids: Sequence[int]) -> list[LoadZone]:
        """Let a project use these load zones and no other."""

    # -- load zones ----------------------------------------------------------------------------------------------------

    async def load_zones(self) -> list[LoadZone]:
        """The load zones of the stack."""

    async def allowed_projects(self, zone_id: int) -> list[Project]:
        """The projects that may use a load zone."""

    async def set_allowed_projects(self, zone_id: int, project_ids: Sequence[int]) -> list[Project]:
        """Let these projects and no other use a load zone."""

    # -- labels --------------------------------------------------------------------------------------------------------

    async def label_keys(self) -> list[LabelKey]:
        """The labels of the stack."""

    async def create_label_key(self, key: str, description: str) -> LabelKey:
        """A new label. `Conflict`: there is one of this key."""

    async def change_label_key(self, key_id: int, key: str, description: str) -> None:
        """Give a label another key or description."""

    async def delete_label_key(self, key_id: int) -> None:
        """Delete a label from the stack and all its projects."""

    async def labels(self, project_id: int) -> list[Label]:
        """A project's labels."""

    async def set_labels(self, project_id: int, labels: Sequence[Label]) -> list[Label]:
        """Give a project these labels and no other; keys that the stack does not have yet are made."""

    async def remove_label(self, project_id: int, key: str) -> None:
        """Take a label from a project."""
