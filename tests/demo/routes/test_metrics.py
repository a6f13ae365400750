from __future__ import annotations

import asyncio
import json
import threading
from datetime import UTC, datetime
from itertools import pairwise
from urllib.parse import quote

import pytest

from k6desk.demo.catalogue import RAMP_TEST

METRIC = {"id", "name", "origin", "test_run_id", "type"}


def newest(world, name, **wanted):
    """The newest ended run of a test that has a load; `wanted` are attributes of its plan."""
    test = next(test for test in world.tests if test.name == name)
    now = world.now()
    for index in reversed(world.runs_of_test(test, None, None)):
        run = world.plan(index)
        state = world.state(run, now)
        is_wanted = all(getattr(run, attribute) == value for attribute, value in wanted.items())
        if is_wanted and state.outcome and state.executed_s and state.outcome.stop != "system":
            return run
    raise AssertionError(name)


@pytest.fixture
def ramp(world):
    """The id of the newest ended run of the checkout ramp."""
    return world.run_id(newest(world, RAMP_TEST).index)


@pytest.fixture
def ask(legacy):
    """`await ask(path)` is the answer of a v5 path, which is 200."""

    async def get(path):
        answer = await legacy.get("/cloud/v5" + path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return get


@pytest.fixture
def query(ask):
    """`await query(run_id, "rate", "http_reqs", step=5)` is a result, of an aggregate without `step`."""

    async def get(run_id, expression, metric, **more):
        texts = {"query": expression, "metric": metric}
        parts = [f"{name}='" + text.replace("'", "''") + "'" for name, text in texts.items()]
        parts += [f"{name}={value}" for name, value in more.items()]
        operation = "query_range_k6" if "step" in more else "query_aggregate_k6"
        answer = await ask(f"/test_runs/{run_id}/{operation}({quote(','.join(parts))})")
        assert answer.keys() == {"status", "data"}
        assert answer["status"] == "success"
        assert answer["data"].keys() == {"resultType", "result"}
        assert answer["data"]["resultType"] == ("matrix" if "step" in more else "vector")
        return answer["data"]["result"]

    return get


async def test_a_run_tells_its_metrics(ask, ramp):
    value = (await ask(f"/test_runs/{ramp}/metrics"))["value"]
    assert all(metric.keys() == METRIC and metric["test_run_id"] == ramp for metric in value)
    types = {metric["name"]: (metric["type"], metric["origin"]) for metric in value}
    assert types["http_req_duration"] == ("trend", "builtin")
    assert types["http_reqs"] == ("counter", "builtin")
    assert types["vus"] == ("gauge", "builtin")
    assert types["checks"] == ("rate", "builtin")
    assert len({metric["id"] for metric in value}) == len(value)


async def test_the_metrics_of_a_script_are_not_builtin(ask, world):
    run_id = world.run_id(newest(world, "Search API").index)
    value = (await ask(f"/test_runs/{run_id}/metrics"))["value"]
    assert [(metric["name"], metric["type"]) for metric in value if metric["origin"] == "script"] == [
        ("search_hits", "trend")
    ]


async def test_series_labels_and_values(ask, ramp):
    series = (await ask(f'/test_runs/{ramp}/series?match[]=http_reqs{{status!="200"}}&match[]=iterations'))["data"]
    assert {one["__name__"] for one in series} == {"http_reqs", "iterations"}
    assert {one["name"] for one in series if "name" in one} == {"GET /cart", "GET /catalogue"}
    assert {one["status"] for one in series if "status" in one} == {"500"}
    labels = (await ask(f"/test_runs/{ramp}/labels?match[]=http_reqs"))["data"]
    assert {"__name__", "name", "method", "status", "group", "scenario", "load_zone", "url"} <= set(labels)
    assert (await ask(f"/test_runs/{ramp}/label/status/values?match[]=http_reqs"))["data"] == ["200", "500"]
    assert "http_reqs" in (await ask(f"/test_runs/{ramp}/label/__name__/values"))["data"]
    assert (await ask(f"/test_runs/{ramp}/label/nothing/values"))["data"] == []
    assert (await ask(f"/test_runs/{ramp}/series?match[]=nothing"))["data"] == []


async def test_a_range_is_in_steps_of_three_seconds_or_more(query, ramp):
    lengths = {}
    for step in (1, 3, 5, 30, 1000):
        (series,) = await query(ramp, "increase", "http_reqs", step=step)
        assert series["metric"] == {"__name__": "http_reqs", "test_run_id": str(ramp)}
        times = [at for at, _ in series["values"]]
        assert {later - at for at, later in pairwise(times)} <= {max(3, step)}
        assert sum(value for _, value in series["values"]) == 2980
        lengths[step] = len(times)
    assert lengths == {1: 54, 3: 54, 5: 32, 30: 6, 1000: 1}


async def test_a_rate_does_not_jump_where_steps_do_not_fit(query, ramp):
    rates = {}
    for step in (3, 5, 30):
        (series,) = await query(ramp, "rate", "http_reqs", step=step)
        rates[step] = [value for _, value in series["values"]]
    assert max(rates[3]) >= max(rates[5]) >= max(rates[30]) > 20
    assert sum(rates[30][:5]) / 5 == pytest.approx(sum(rates[3][:50]) / 50)


async def test_start_and_end_cut(query, ramp, world):
    (whole,) = await query(ramp, "increase", "http_reqs", step=3)
    begun = whole["values"][0][0]
    zone = {}
    for name, seconds in (("start", 30), ("end", 60)):
        zone[name] = datetime.fromtimestamp(begun + seconds, UTC).isoformat().replace("+00:00", "Z")
    (part,) = await query(ramp, "increase", "http_reqs", step=3, **zone)
    assert part["values"] == [pair for pair in whole["values"] if begun + 30 <= pair[0] < begun + 60]
    (total,) = await query(ramp, "increase", "http_reqs", **zone)
    assert total["values"][0][1] == sum(value for _, value in part["values"])


async def test_labels_of_a_split_and_quotes_in_a_name(query, ramp):
    found = await query(ramp, "increase by (name,status)", 'http_reqs{status!="0"}', step=30)
    split = {(one["metric"]["name"], one["metric"]["status"]) for one in found}
    assert split == {(name, status) for name in ("GET /cart", "GET /catalogue") for status in ("200", "500")}
    assert await query(ramp, "increase", 'http_reqs{name="it\'s"}') == []
    assert await query(ramp, "increase", 'http_reqs{name="two\nlines"}', step=30) == []
    assert (await query(ramp, "increase", 'http_reqs{name!="two\nlines"}'))[0]["values"][0][1] == 2980


async def test_virtual_users_are_asked_for_as_the_pages_say(query, ramp):
    (series,) = await query(ramp, "sum(last by (instance_id))", "vus", step=3)
    assert max(value for _, value in series["values"]) == 30


async def test_some_runs_tell_their_numbers_as_texts(query, world):
    text = newest(world, "Search API", numbers_as_text=True)
    (series,) = await query(world.run_id(text.index), "histogram_quantile(0.95)", "http_req_duration", step=60)
    assert all(isinstance(at, int | float) and isinstance(value, str) for at, value in series["values"])
    assert float(series["values"][0][1]) > 0


async def test_what_there_is_nothing_of_is_empty(query, ask, ramp, world):
    assert await query(ramp, "rate", "no_such_metric", step=3) == []
    rejected = next(
        world.run_id(index) for index in world.runs(None, None) if world.plan(index).outcome.stop == "validation"
    )
    assert (await ask(f"/test_runs/{rejected}/metrics"))["value"] == []
    assert await query(rejected, "rate", "http_reqs", step=3) == []
    assert await query(rejected, "rate", "http_reqs") == []


@pytest.mark.parametrize(
    ("operation", "target"),
    [
        ("query_range_k6()", "query"),
        ("query_range_k6(query='rate')", "metric"),
        ("query_range_k6(query=rate,metric='http_reqs')", "query"),
        ("query_range_k6(query='rate',metric='http_reqs',pace=3)", "pace"),
        ("query_range_k6(query='rate',metric='http_reqs',step=x)", "step"),
        ("query_range_k6(query='rate',metric='http_reqs',start=now)", "start"),
        ("query_range_k6(query='rate by',metric='http_reqs')", "query"),
        ("query_range_k6(query='rate',metric='http_reqs{')", "metric"),
        ("query_range_k6(query='ratio',metric='http_reqs')", "query"),
        ("query_range_k6(query='rate',metric='http_req_duration')", "query"),
        ("query_range_k6(query='histogram_quantile',metric='http_req_duration')", "query"),
        ("query_range_k6(query='histogram_quantile(95)',metric='http_req_duration')", "query"),
        ("query_range_k6(query='last(3)',metric='vus')", "query"),
        ("query_aggregate_k6(query='rate',metric='http_reqs',step=3)", "step"),
        ("series", "match[]"),
        ("series?match[]=", "match[]"),
        ("labels?match=http_reqs", "match"),
        ("metrics?$top=5", "$top"),
    ],
)
async def test_what_is_wrong_is_refused(legacy, refused, ramp, operation, target):
    assert refused(await legacy.get(f"/cloud/v5/test_runs/{ramp}/{operation}"), 400) == target


async def test_unknown_runs_and_wrong_tokens_are_refused(legacy, refused, ramp):
    range_query = "query_range_k6(query='rate',metric='http_reqs')"
    for path in ("metrics", "series?match[]=vus", "labels", "label/name/values", range_query):
        refused(await legacy.get(f"/cloud/v5/test_runs/1/{path}"), 404)
        answer = await legacy.get(f"/cloud/v5/test_runs/{ramp}/{path}", headers={"Authorization": "Bearer wrong"})
        refused(answer, 401)
    refused(await legacy.get("/cloud/v5/load_tests/1/metrics"), 404)


async def test_both_tokens_are_told_the_same(cloud, legacy, ramp):
    path = f"/cloud/v5/test_runs/{ramp}/query_range_k6(query='rate by (name)',metric='http_reqs',step=5)"
    answers = [await client.get(httpx_url) for client, httpx_url in ((legacy, path), (cloud, cloud_url(cloud, path)))]
    assert answers[0].status_code == 200
    assert answers[0].content == answers[1].content


def cloud_url(cloud, path):
    return f"{cloud.base_url.scheme}://{cloud.base_url.host}:{cloud.base_url.port}{path}"


async def test_the_runs_of_a_test_are_asked_at_once(ask, world):
    run = newest(world, RAMP_TEST)
    test = world.begun_from(run.index)
    arguments = "query='histogram_quantile(0.95)',metric='http_req_duration'"
    found = (await ask(f"/load_tests/{test.id}/query_aggregate_k6({arguments},test_run_count=10)"))["data"]["result"]
    ids = [int(one["metric"]["test_run_id"]) for one in found]
    indices = list(reversed(world.runs_of_test(test, None, None)[-10:]))
    assert ids == [world.run_id(index) for index in indices if world.load(world.plan(index), world.now())]
    some = [ids[3], ids[1]]
    text = json.dumps(some).replace(" ", "")
    chosen = (await ask(f"/load_tests/{test.id}/query_aggregate_k6({arguments},test_run_ids={text})"))["data"]["result"]
    assert chosen == [found[3], found[1]]
    one = await ask(f"/test_runs/{ids[1]}/query_aggregate_k6({arguments})")
    assert one["data"]["result"] == [found[1]]
    other = next(world.run_id(index) for index in world.runs(None, None) if world.test_of_run(index).id != test.id)
    none = await ask(f"/load_tests/{test.id}/query_aggregate_k6({arguments},test_run_ids=[{other}])")
    assert none["data"]["result"] == []


async def test_a_test_tells_the_metrics_of_its_runs(ask, legacy, refused, world):
    test = next(test for test in world.tests if test.name == "Search API")
    for arguments in ("", "(test_run_count=5)", f"(test_run_ids=[{world.run_id(newest(world, test.name).index)}])"):
        value = (await ask(f"/load_tests/{test.id}/metrics{arguments}"))["value"]
        metrics = {metric["name"]: metric for metric in value}
        assert metrics["search_hits"]["type"] == "trend"
        assert {"name", "status", "load_zone"} <= set(metrics["http_req_duration"]["labels"])
    for wrong in ("test_run_count=0", "test_run_count=1000", "test_run_count=1,test_run_ids=[1]"):
        refused(await legacy.get(f"/cloud/v5/load_tests/{test.id}/metrics({wrong})"), 400)


async def test_slow_queries_hold_up_nobody_else(ask, legacy, ramp, world, monkeypatch):
    begun, may_end = threading.Event(), threading.Event()
    measured = type(world.measurements.of(world.run(ramp), world.now()))

    def totals(*_arguments):
        begun.set()
        assert may_end.wait(10)
        return original(*_arguments)

    original = measured.totals
    monkeypatch.setattr(measured, "totals", totals)
    path = f"/test_runs/{ramp}/query_aggregate_k6(query='rate',metric='http_reqs')"
    async with asyncio.TaskGroup() as tasks:
        asked = tasks.create_task(ask(path))
        await asyncio.to_thread(begun.wait, 10)
        assert (await legacy.get("/")).status_code == 200
        assert not asked.done()
        may_end.set()
    assert asked.result()["data"]["result"]
