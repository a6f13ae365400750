"""The program's own client asks the demo cloud for the metrics of runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from k6desk.api.metrics import Matcher, Query, quantile
from k6desk.core.metrics.asked import by_labels, single, times_of, values_of
from k6desk.demo.catalogue import RAMP_TEST


@pytest.fixture
def ramp(world):
    return next(test for test in world.tests if test.name == RAMP_TEST)


@pytest.fixture
def run_id(world, ramp):
    """The newest ended run of the checkout ramp."""
    runs = map(world.plan, reversed(world.runs_of_test(ramp, None, None)))
    return world.run_id(next(run for run in runs if world.state(run, world.now()).outcome).index)


async def test_the_program_is_told_what_the_recorded_run_measured(cloud, run_id):
    types = {metric.name: metric.type for metric in await cloud.metrics(run_id)}
    assert types["http_req_duration"] == "trend"
    p95 = Query("http_req_duration", quantile(0.95))
    assert single(await cloud.total(run_id, p95)) == pytest.approx(310.27092604999916)
    failed = Query("http_reqs", "increase", ("name",), (Matcher("status", "500"), Matcher("name", "GET .*", "=~")))
    counts = by_labels(await cloud.total(run_id, failed), "name")
    assert counts == {("GET /catalogue",): 46, ("GET /cart",): 37}
    (series,) = (await cloud.curve(run_id, Query("vus", "last", ("instance_id",), fold="sum"), 3)).series
    assert len(times_of(series)) == 54
    assert max(values_of(series)) == 30
    start = datetime.fromtimestamp(times_of(series)[10], UTC)
    part = await cloud.curve(run_id, p95, 3, start, start + timedelta(seconds=30))
    assert len(times_of(part.series[0])) == 10
    verdicts = {f"{one.metric} {one.stat}": one.tainted for one in await cloud.verdicts(run_id)}
    assert verdicts == {
        "http_req_duration p(95)<300": True,
        "http_req_failed rate<0.05": False,
        "checks rate>0.95": False,
    }


async def test_the_program_compares_the_runs_of_a_test(cloud, ramp, run_id):
    p95 = Query("http_req_duration", quantile(0.95))
    newest = by_labels(await cloud.newest_totals(ramp.id, p95, 20), "test_run_id")
    assert len(newest) > 5
    assert newest[(str(run_id),)] == pytest.approx(310.27092604999916)
    (other,) = [int(key[0]) for key in newest if key != (str(run_id),)][:1]
    some = by_labels(await cloud.totals_of_runs(ramp.id, p95, [other, run_id]), "test_run_id")
    assert some == {(str(one),): newest[(str(one),)] for one in (other, run_id)}
    assert "http_req_duration" in {metric.name for metric in await cloud.test_metrics(ramp.id, 5)}
