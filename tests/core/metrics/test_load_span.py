"""When the load of a run began, and where the time axis begins."""

from __future__ import annotations

from array import array
from datetime import UTC, datetime, timedelta

import pytest

from k6desk.api.metrics import Answer, Series
from k6desk.api.models import Run, RunDetail, Since, StatusEntry
from k6desk.core.metrics.load_span import Origin, SampleSpan, load_began_at, load_s, origin_of, planned_s

CREATED = datetime(2026, 4, 6, 12, tzinfo=UTC)
NOW = CREATED + timedelta(minutes=30)


def at(seconds: float) -> datetime:
    return CREATED + timedelta(seconds=seconds)


def a_run(**changes) -> Run:
    known = {"status": "completed", "ended_at": at(190), "execution_duration_s": 165} | changes
    return Run(id=1, test_id=2, project_id=3, created_at=CREATED, **known)


def detail(run: Run, *steps: tuple[str, float]) -> RunDetail:
    return RunDetail(run, tuple(StatusEntry(kind, at(seconds)) for kind, seconds in steps))


WHOLE = (("created", 0), ("running", 20), ("processing_metrics", 180), ("completed", 190))


def test_the_load_is_from_running_to_what_comes_next():
    run = a_run()
    assert load_began_at(run, detail(run, *WHOLE)) == at(20)
    assert load_s(run, detail(run, *WHOLE)) == 160
    assert load_s(run, None) == 165
    assert load_s(run, detail(run, ("created", 0), ("completed", 190))) == 165


def test_a_run_that_goes_on_will_last_as_long_as_is_estimated():
    run = a_run(status="running", ended_at=None, estimated_duration_s=600, status_details=Since(at(20)))
    assert load_began_at(run, None) == at(20)
    assert planned_s(run, None) == 600
    assert planned_s(a_run(estimated_duration_s=600), None) == 165


def test_a_run_that_goes_on_has_lasted_until_its_last_sample():
    run = a_run(status="running", ended_at=None, execution_duration_s=165)
    samples = at(23).timestamp(), at(80).timestamp()
    assert load_s(run, detail(run, *WHOLE[:2]), samples) == 60
    assert load_s(run, detail(run, *WHOLE[:2])) is None


@pytest.mark.parametrize("ahead_s", [-7200, 7200])
def test_a_clock_that_is_wrong_makes_it_no_longer(ahead_s):
    run = a_run(status="running", ended_at=None)
    samples = at(23 + ahead_s).timestamp(), at(80 + ahead_s).timestamp()
    assert load_s(run, detail(run, *WHOLE[:2]), samples) == 57


@pytest.mark.parametrize(
    ("samples", "starts", "skew_s"),
    [
        (None, 20, None),
        ((21, 180), 20, None),
        ((17, 180), 17, None),  # before it was noted that it runs
        ((240, 400), 20, None),  # late, but part of it may be right
        ((255, 400), 255, 235),  # all of it more than a minute after the end
        ((-500, -61), -500, -520),
        ((-500, 30), -500, None),
    ],
)
def test_the_axis_begins_with_the_load_or_with_the_first_sample(samples, starts, skew_s):
    run = a_run()
    span = samples and tuple(at(second).timestamp() for second in samples)
    assert origin_of(run, detail(run, *WHOLE), span, NOW) == Origin(at(starts).timestamp(), skew_s)


def test_without_a_history_the_axis_begins_with_the_first_sample():
    run = a_run()
    span = at(33).timestamp(), at(180).timestamp()
    assert origin_of(run, None, span, NOW) == Origin(at(33).timestamp())


def test_the_span_of_samples_only_grows():
    def answer(*times: float) -> Answer:
        return Answer((Series({}, array("d", times).tobytes(), array("d", times).tobytes()), Series({}, b"", b"")))

    span = SampleSpan()
    span.take_in([None, Answer()])
    assert span.ends is None
    first = answer(10, 13, 16)
    span.take_in([first, answer(11, 12)])
    assert span.ends == (10, 16)
    span.take_in([answer(7, 9), answer(float("nan"))])
    assert span.ends == (7, 16)
