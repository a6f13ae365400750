from datetime import UTC, datetime, timedelta

from k6desk.api.models import Run, Since
from k6desk.core.progress import duration_s, progress

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def run(status="running", since_s=60, estimate_s=120, **fields):
    entered_at = NOW - timedelta(seconds=since_s)
    return Run(
        1,
        2,
        3,
        status,
        NOW - timedelta(seconds=since_s + 30),
        status_details=Since(entered_at),
        estimated_duration_s=estimate_s,
        **fields,
    )


def test_progress_counts_from_the_start_of_the_load():
    found = progress(run(), NOW)
    assert (found.fraction, found.elapsed_s, found.remaining_s, found.overdue_s) == (0.5, 60, 60, None)


def test_a_run_past_its_estimate_is_overdue():
    found = progress(run(since_s=150), NOW)
    assert (found.fraction, found.remaining_s, found.overdue_s) == (1.0, 0, 30)


def test_without_an_estimate_only_the_elapsed_time_is_known():
    found = progress(run(estimate_s=None), NOW)
    assert (found.fraction, found.elapsed_s) == (None, 60)


def test_only_a_running_run_makes_progress():
    assert progress(run("queued"), NOW).elapsed_s is None
    assert progress(run("processing_metrics"), NOW).fraction is None


def test_a_clock_that_is_behind_the_servers_gives_no_negative_time():
    assert progress(run(since_s=-5), NOW).elapsed_s == 0


def test_duration_goes_to_the_end_or_to_now():
    assert duration_s(run(), NOW) == 90
    assert duration_s(run("completed", ended_at=NOW - timedelta(seconds=30)), NOW) == 60
    assert duration_s(run("completed"), NOW) is None
