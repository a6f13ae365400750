"""Every operation of API v6 that is one request: what is sent, and what comes out."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import pytest

from k6desk.api.cloud import Cloud
from k6desk.api.errors import Conflict, NotFound, NotOffered, Refused, SignedOut, Untrusted
from k6desk.api.models import (
    Cost,
    Limits,
    LoadTest,
    LoadZone,
    Node,
    Project,
    StackAccess,
    ZoneNodes,
)
from k6desk.api.plans import Cron, Estimate, Label, LabelKey, Recurrence, Schedule, Timing
from k6desk.api.v6 import CloudV6
from k6desk.api.wire.runs import run_detail
from tests.api.faultserver import Reply
from tests.api.wire.samples import BARE

BIG = 2**62
STARTS = datetime(2026, 4, 6, 7, tzinfo=UTC)
TIMING = Timing(STARTS, cron=Cron("0 7 * * *", "UTC"))
ALL = "$top=1000&$count=true"
STACK_URL = "https://t.grafana.net"

ONE_PROJECT = {"id": BIG, "name": "A", "is_default": True, "grafana_folder_uid": None, "labels": {}}
ONE_TEST = {"id": BIG, "project_id": 2, "name": "T", "baseline_test_run_id": 9, "created": "2026-04-06T07:00:00Z"}
ONE_ZONE = {"id": 3, "name": "Tokyo", "k6_load_zone_id": "amazon:jp:tokyo", "available": True, "public": False}
ONE_SCHEDULE = {
    "id": BIG,
    "load_test_id": 7,
    "starts": "2026-04-06T07:00:00Z",
    "recurrence_rule": None,
    "cron": {"schedule": "0 7 * * *", "time_zone": "UTC"},
    "deactivated": False,
    "next_run": "2026-04-07T07:00:00Z",
    "created_by": None,
}
PROJECT, TEST = Project(BIG, "A", True), LoadTest(BIG, 2, "T", STARTS, None, 9)
ZONE = LoadZone(3, "Tokyo", "amazon:jp:tokyo", public=False)
SCHEDULE = Schedule(BIG, 7, TIMING, next_run_at=datetime(2026, 4, 7, 7, tzinfo=UTC))
NODES = {"distribution": {"a b": {"percentage": 100, "nodes": [{"size": "m5.large", "public_ip": "3.82.149.214"}]}}}
CREATED = {"created_after": STARTS, "created_before": STARTS}
BOUNDS = "created_after=2026-04-06T07:00:00.000000Z&created_before=2026-04-06T07:00:00.000000Z"


def rows(*values: dict) -> dict:
    return {"value": list(values)}


@dataclass
class Case:
    """`call` asks for `sent` (method, path and query) with this JSON body, and `answer` is read as `result`."""

    call: Any
    sent: str
    answer: Any = None
    result: Any = None
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


LISTS = [
    Case(lambda c: c.runs(**CREATED), f"/test_runs?{BOUNDS}&{ALL}", BARE, BARE["id"]),
    Case(
        lambda c: c.test_runs(BIG, **CREATED, starred=True),
        f"/load_tests/{BIG}/test_runs?$orderby=created desc&{BOUNDS}&is_starred=true&$top=200&$count=true",
        BARE,
        BARE["id"],
    ),
    Case(
        lambda c: c.test_runs(5, starred=False, page_size=7),
        "/load_tests/5/test_runs?$orderby=created desc&is_starred=false&$top=7&$count=true",
        BARE,
        BARE["id"],
    ),
    Case(lambda c: c.load_tests(), f"/load_tests?$orderby=id&{ALL}", ONE_TEST, TEST),
    Case(lambda c: c.load_tests(name="Ü & \ud800?"), f"/load_tests?name=Ü & \ufffd?&$orderby=id&{ALL}", ONE_TEST, TEST),
    Case(lambda c: c.load_tests(0, name="T"), f"/projects/0/load_tests?name=T&$orderby=id&{ALL}", ONE_TEST, TEST),
    Case(lambda c: c.projects(), f"/projects?$orderby=created&{ALL}", ONE_PROJECT, PROJECT),
    Case(
        lambda c: c.projects(name="A", name_search="b"),
        f"/projects?name=A&name_search=b&$orderby=created&{ALL}",
        ONE_PROJECT,
        PROJECT,
    ),
    Case(
        lambda c: c.all_limits(), f"/project-limits?{ALL}", {"project_id": 1, "vu_max_per_test": 5}, Limits(1, None, 5)
    ),
    Case(
        lambda c: c.all_limits([1, BIG]), f"/project-limits?project_id_in=1,{BIG}&{ALL}", {"project_id": 1}, Limits(1)
    ),
    Case(lambda c: c.schedules(), f"/schedules?{ALL}", ONE_SCHEDULE, SCHEDULE),
]

READS = [
    Case(
        lambda c: c.check_access(STACK_URL),
        "GET /auth",
        {"stack_id": 12345, "default_project_id": 67890},
        StackAccess(12345, 67890),
        headers={"x-stack-url": STACK_URL},
    ),
    Case(
        lambda c: c.distribution(BIG),
        f"GET /test_runs/{BIG}/distribution",
        NODES,
        (ZoneNodes("a b", 100, (Node("m5.large", "3.82.149.214"),)),),
    ),
    Case(lambda c: c.load_test(BIG), f"GET /load_tests/{BIG}", ONE_TEST, TEST),
    Case(lambda c: c.project(BIG), f"GET /projects/{BIG}", ONE_PROJECT, PROJECT),
    Case(lambda c: c.limits(1), "GET /projects/1/limits", {"project_id": 1, "vuh_max_per_month": 500}, Limits(1, 500)),
    Case(lambda c: c.load_zones(), "GET /load_zones", rows(ONE_ZONE), [ZONE]),
    Case(lambda c: c.allowed_zones(4), "GET /projects/4/allowed_load_zones", rows(ONE_ZONE), [ZONE]),
    Case(
        lambda c: c.allowed_projects(3),
        "GET /load_zones/3/allowed_projects",
        rows({"id": 1, "name": "A"}),
        [Project(1, "A")],
    ),
    Case(lambda c: c.schedule_of_test(7), "GET /load_tests/7/schedule", ONE_SCHEDULE, SCHEDULE),
    Case(lambda c: c.schedule(BIG), f"GET /schedules/{BIG}", ONE_SCHEDULE, SCHEDULE),
    Case(
        lambda c: c.label_keys(),
        "GET /labels",
        rows({"id": 5, "key": "team", "description": None}),
        [LabelKey(5, "team")],
    ),
    Case(
        lambda c: c.labels(4), "GET /projects/4/labels", rows({"key": "team", "value": "web"}), [Label("team", "web")]
    ),
]

CHANGES = [
    Case(lambda c: c.set_note(7, 'Ü "q"\n\ud800'), "PATCH /test_runs/7", body={"note": 'Ü "q"\n\ufffd'}),
    Case(lambda c: c.abort(BIG), f"POST /test_runs/{BIG}/abort"),
    Case(lambda c: c.star(7, starred=True), "POST /test_runs/7/star"),
    Case(lambda c: c.star(7, starred=False), "POST /test_runs/7/unstar"),
    Case(lambda c: c.save(7, saved=True), "POST /test_runs/7/save"),
    Case(lambda c: c.save(7, saved=False), "POST /test_runs/7/unsave"),
    Case(lambda c: c.delete_run(7), "DELETE /test_runs/7"),
    Case(lambda c: c.rename_test(7, "Ü\ud800"), "PATCH /load_tests/7", body={"name": "Ü\ufffd"}),
    Case(lambda c: c.set_baseline(7, BIG), "PATCH /load_tests/7", body={"baseline_test_run_id": BIG}),
    Case(lambda c: c.set_baseline(7, None), "PATCH /load_tests/7", body={"baseline_test_run_id": None}),
    Case(lambda c: c.move_test(7, BIG), "PUT /load_tests/7/move", body={"project_id": BIG}),
    Case(lambda c: c.delete_test(7), "DELETE /load_tests/7"),
    Case(
        lambda c: c.estimate(5, {"vus": 10, "cloud": {"token": "secret"}, "tlsAuth": []}),
        "POST /validate_options",
        {"vuh_usage": 6.75, "breakdown": {"protocol_vuh": "6.75", "browser_vuh": 0}},
        Estimate(6.75, Cost(6.75, None, 6.75, 0)),
        body={"project_id": 5, "options": {"vus": 10, "cloud": {}}},
    ),
    Case(
        lambda c: c.set_schedule(7, Timing(STARTS, Recurrence("WEEKLY", 1, ("MO",)))),
        "POST /load_tests/7/schedule",
        ONE_SCHEDULE,
        SCHEDULE,
        body={
            "starts": "2026-04-06T07:00:00.000000Z",
            "recurrence_rule": {"frequency": "WEEKLY", "interval": 1, "byday": ["MO"], "until": None, "count": None},
            "cron": None,
        },
    ),
    Case(lambda c: c.activate_schedule(BIG, active=True), f"POST /schedules/{BIG}/activate"),
    Case(lambda c: c.activate_schedule(BIG, active=False), f"POST /schedules/{BIG}/deactivate"),
    Case(lambda c: c.delete_schedule(BIG), f"DELETE /schedules/{BIG}"),
    Case(lambda c: c.create_project("A"), "POST /projects", ONE_PROJECT, PROJECT, body={"name": "A"}),
    Case(lambda c: c.rename_project(4, "B"), "PATCH /projects/4", body={"name": "B"}),
    Case(lambda c: c.delete_project(4), "DELETE /projects/4"),
    Case(
        lambda c: c.set_limits(Limits(4, vu_max_per_test=50)),
        "PATCH /projects/4/limits",
        body={
            "vuh_max_per_month": None,
            "vu_max_per_test": 50,
            "vu_browser_max_per_test": None,
            "duration_max_per_test": None,
        },
    ),
    Case(
        lambda c: c.set_allowed_zones(4, [3, BIG]),
        "PUT /projects/4/allowed_load_zones",
        rows(ONE_ZONE),
        [ZONE],
        body=rows({"id": 3}, {"id": BIG}),
    ),
    Case(
        lambda c: c.set_allowed_projects(3, []),
        "PUT /load_zones/3/allowed_projects",
        rows(),
        [],
        body=rows(),
    ),
    Case(
        lambda c: c.create_label_key("team", ""),
        "POST /labels",
        rows({"id": 4, "key": "other"}, {"id": 5, "key": "team"}),
        LabelKey(5, "team"),
        body=rows({"key": "team", "description": None}),
    ),
    Case(
        lambda c: c.change_label_key(5, "crew", "Who"),
        "PATCH /labels/5",
        {"id": 5, "key": "crew", "description": "Who"},
        body={"key": "crew", "description": "Who"},
    ),
    Case(lambda c: c.delete_label_key(5), "DELETE /labels/5"),
    Case(lambda c: c.set_labels(4, []), "PUT /projects/4/labels", rows(), [], body=rows()),
    Case(lambda c: c.remove_label(4, "a/../b?ü"), "DELETE /projects/4/labels/a%2F..%2Fb%3F%C3%BC"),
]


def of(cases):
    return pytest.mark.parametrize("asked", cases, ids=[each.sent.partition("?")[0] for each in cases])


@of(LISTS)
async def test_a_list_asks_with_its_parameters_and_gives_its_rows(cloud, asked):
    client = await cloud(Reply(rows(asked.answer)))
    (page,) = [page async for page in asked.call(client)]
    (request,) = client.server.requests
    assert request.method == "GET"
    assert unquote(request.target.replace("+", " ")) == f"/cloud/v6{asked.sent}"
    row = page.rows[0]
    assert (row.id if asked.answer is BARE else row) == asked.result


@of(READS + CHANGES)
async def test_an_operation_sends_its_request_and_gives_its_record(cloud, asked):
    client = await cloud(Reply(b"", 204) if asked.answer is None else Reply(asked.answer))
    assert await asked.call(client) == asked.result
    (request,) = client.server.requests
    method, _, path = asked.sent.partition(" ")
    assert (request.method, request.target) == (method, f"/cloud/v6{path}")
    assert (json.loads(request.body) if request.body else None) == asked.body
    assert request.headers.get("content-type") == (None if asked.body is None else "application/json")
    assert request.headers.get("x-stack-id") == (None if "x-stack-url" in asked.headers else "42")
    assert asked.headers.items() <= request.headers.items()


async def test_a_run_is_given_and_started_as_the_servers_json(cloud):
    client = await cloud(Reply(BARE | {"id": BIG}))
    assert run_detail(await client.run(BIG)).run.id == BIG
    assert run_detail(await client.start(7, "3f0e8f5e-8a2b-4b8e-9d55-6d0f4f8f2b11")).run.id == BIG
    read, start = client.server.requests
    assert (read.method, read.target) == ("GET", f"/cloud/v6/test_runs/{BIG}")
    assert (start.method, start.target, start.body) == ("POST", "/cloud/v6/load_tests/7/start", b"")
    assert start.headers["k6-idempotency-key"] == "3f0e8f5e-8a2b-4b8e-9d55-6d0f4f8f2b11"


async def test_what_a_server_does_not_have_is_none_and_other_errors_are_errors(cloud):
    client = await cloud(Reply({"error": {"message": "Not found", "code": "not_found"}}, 404))
    assert await client.distribution(1) is None
    assert await client.schedule_of_test(1) is None
    with pytest.raises(NotFound) as missing:
        await client.schedule(1)
    assert missing.value.code == "not_found"
    client.server.script = Reply(b"", 302, {"Location": "https://login.example"})
    with pytest.raises(Untrusted):
        await client.distribution(1)
    client.server.script = Reply({"error": {"message": "no", "code": "x"}}, 401)
    with pytest.raises(SignedOut):
        await client.check_access(STACK_URL)


async def test_a_refusal_says_why_in_words_and_by_code(cloud):
    client = await cloud(Reply({"error": {"message": "Already completed", "code": "conflict"}}, 409))
    with pytest.raises(Conflict, match="Already completed"):
        await client.abort(7)
    over = {"message": "Too many VUs", "code": "validation_error", "target": "options"}
    client.server.script = Reply({"error": over | {"details": [over]}}, 400)
    with pytest.raises(Refused, match="Too many VUs") as refused:
        await client.estimate(1, {})
    assert refused.value.code == "validation_error"


async def test_labels_that_the_stack_does_not_have_are_made_first(cloud):
    keys = rows({"id": 1, "key": "team"})
    client = await cloud([Reply(keys), Reply(keys, 201), Reply(rows({"key_id": 1, "key": "team", "value": "web"}))])
    labels = [Label("team", "web"), Label("env", "prod")]
    assert await client.set_labels(4, labels) == [Label("team", "web")]
    requests = [(request.method, request.path) for request in client.server.requests]
    assert requests == [
        ("GET", "/cloud/v6/labels"),
        ("POST", "/cloud/v6/labels"),
        ("PUT", "/cloud/v6/projects/4/labels"),
    ]
    made, put = (json.loads(request.body) for request in client.server.requests[1:])
    assert made == rows({"key": "env", "description": None})
    assert put == rows({"key": "team", "value": "web"}, {"key": "env", "value": "prod"})


@pytest.mark.parametrize("key", ["", ".", ".."])
async def test_a_label_whose_key_is_a_step_up_the_path_never_deletes_what_is_above(cloud, key):
    both = rows({"key": key, "value": "x"}, {"key": "team", "value": "web"})
    answers = {"/cloud/v6/labels": rows({"id": 1, "key": "team"}), "/cloud/v6/projects/4/labels": both}
    client = await cloud(lambda request: Reply(answers[request.path]))
    await client.remove_label(4, key)
    assert {request.method for request in client.server.requests} == {"GET", "PUT"}
    assert json.loads(client.server.requests[-1].body) == rows({"key": "team", "value": "web"})


async def test_what_the_cloud_lacks_is_said_without_asking_the_server(cloud):
    client = await cloud()
    with pytest.raises(NotOffered) as unsearched:
        client.search_load_tests("checkout")
    with pytest.raises(NotOffered) as unshared:
        await client.shared_run("0123abcd")
    assert {"search": str(unsearched.value), "shared_run": str(unshared.value)} == client.lacks
    assert not client.server.requests


def test_it_is_a_cloud_with_every_operation_of_the_protocol():
    methods = {name for name in vars(Cloud) if not name.startswith("_")}
    assert {name for name in methods if not hasattr(CloudV6, name)} == set()
    assert (CloudV6.going, CloudV6.requests_per_poll) == ({"save", "baseline"}, 1)
