"""Records of `api.models` as rows of the local database, and back.

Times are milliseconds since 1970 UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from operator import itemgetter

from k6desk.api.models import LoadTest, Project, Run, Since, Total
from k6desk.data.sqlite import Row

RUN_COLUMNS = (
    "id",
    "test_id",
    "project_id",
    "status",
    "result",
    "created",
    "ended",
    "status_since",
    "started_by",
    "note",
    "is_starred",
    "max_vus",
    "estimated_duration_s",
    "execution_duration_s",
    "retention_expires",
    "vuh",
)

INDEX_COLUMNS = (
    "id",
    "project_id",
    "test_id",
    "status",
    "result",
    "is_starred",
    "created",
    "ended",
    "started_by",
    "max_vus",
    "vuh",
    "note",
    "retention_expires",
)

_indexed = itemgetter(*map(RUN_COLUMNS.index, INDEX_COLUMNS))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def ms(time: datetime) -> int:
    """Milliseconds since 1970 UTC."""
    return (time - _EPOCH) // _MILLISECOND


def at(milliseconds: int) -> datetime:
    """The UTC time that many milliseconds after 1970."""
    return _EPOCH + timedelta(milliseconds=milliseconds)


def run_row(run: Run) -> Row:
    """A run as the values of `RUN_COLUMNS`."""
    since = run.status_since
    return (
        run.id,
        run.test_id,
        run.project_id,
        run.status,
        run.result,
        ms(run.created_at),
        None if run.ended_at is None else ms(run.ended_at),
        None if since is None else ms(since),
        run.started_by,
        run.note,
        int(run.is_starred),
        run.max_vus,
        run.estimated_duration_s,
        run.execution_duration_s,
        None if run.retention_expires_at is None else ms(run.retention_expires_at),
        run.vuh,
    )


def index_row(run: Run) -> Row:
    """A run as the values of `INDEX_COLUMNS`."""
    row: Row = _indexed(run_row(run))
    return row


def run_of(row: Row) -> Run:
    """The run of a row of `RUN_COLUMNS`."""
    (
        id_,
        test_id,
        project_id,
        status,
        result,
        created,
        ended,
        since,
        by,
        note,
        starred,
        vus,
        estimate,
        spent,
        kept,
        vuh,
    ) = row
    return Run(
        id=id_,
        test_id=test_id,
        project_id=project_id,
        status=status,
        result=result,
        created_at=at(created),
        ended_at=None if ended is None else at(ended),
        started_by=by,
        note=note,
        is_starred=bool(starred),
        max_vus=vus,
        estimated_duration_s=estimate,
        execution_duration_s=spent,
        retention_expires_at=None if kept is None else at(kept),
        cost=None if vuh is None else Total(vuh),
        status_details=None if since is None else Since(at(since)),
    )


def test_row(test: LoadTest) -> Row:
    """A load test as id, project, name, created, updated, baseline."""
    created, updated = test.created_at, test.updated_at
    return (
        test.id,
        test.project_id,
        test.name,
        created and ms(created),
        updated and ms(updated),
        test.baseline_run_id,
    )


def test_of(row: Row) -> LoadTest:
    """The load test of such a row."""
    id_, project_id, name, created, updated, baseline = row
    return LoadTest(
        id=id_,
        project_id=project_id,
        name=name,
        created_at=None if created is None else at(created),
        updated_at=None if updated is None else at(updated),
        baseline_run_id=baseline,
    )


def project_row(project: Project) -> Row:
    """A project as id, name, is_default."""
    return (project.id, project.name, int(project.is_default))


def project_of(row: Row) -> Project:
    """The project of such a row."""
    return Project(id=row[0], name=row[1], is_default=bool(row[2]))
