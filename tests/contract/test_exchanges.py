"""Every request of the client and every answer of the demo cloud keeps to the official description of API v6."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from k6desk.api import wire
from k6desk.api.errors import Conflict, NotFound, Refused
from k6desk.api.models import Limits, LoadTest, Run, Script
from k6desk.api.plans import Cron, Label, Recurrence, Timing
from k6desk.api.v6 import CloudV6
from k6desk.demo.world import World
from tests.contract.conftest import TOKEN, Clock
from tests.contract.description import Recorder, check_answer, check_request, needed, operation_of, operations

pytestmark = needed

JAVASCRIPT = Script(b"export default function () {}\n", is_archive=False)
OPTIONS = {"vus": 2, "duration": "10s"}
UNKNOWN = 987_654_321


async def rows(pages: AsyncIterable[Any]) -> list[Any]:
    return [row async for page in pages for row in page.rows]


async def recent(cloud: CloudV6, clock: Clock) -> list[Run]:
    return await rows(cloud.runs(created_after=datetime.fromtimestamp(clock(), UTC) - timedelta(days=1), page_size=50))


async def test_the_client_does_every_operation_as_described(
    cloud: CloudV6, recorder: Recorder, world: World, clock: Clock
):
    await cloud.check_access(world.stack_url)
    await _projects(cloud)
    await _zones(cloud)
    await _labels(cloud)
    test = await _load_tests(cloud)
    await _schedules(cloud, clock, test)
    await _starts(cloud, clock, test)
    await _runs(cloud, clock)
    for exchange in recorder.exchanges:
        check_request(exchange)
        check_answer(exchange)
    done = {operation_of(exchange) for exchange in recorder.exchanges if exchange.status < 300}
    assert done == {operation["operationId"] for _, _, operation in operations()}


async def _projects(cloud: CloudV6) -> None:
    first, second, *_ = await rows(cloud.projects())
    assert await rows(cloud.projects(name=first.name)) == [first]
    assert first in await rows(cloud.projects(name_search=first.name[1:4]))
    project = await cloud.create_project("Contract")
    assert await cloud.project(project.id) == project
    with pytest.raises(Conflict):
        await cloud.create_project("Contract")
    with pytest.raises(Conflict):
        await cloud.rename_project(project.id, second.name)
    await cloud.rename_project(project.id, "Contract, renamed")
    wanted = Limits(project.id, vuh_max_per_month=100, vu_max_per_test=50)
    await cloud.set_limits(wanted)
    assert await cloud.limits(project.id) == wanted
    assert await rows(cloud.all_limits([project.id])) == [wanted]
    assert len(await rows(cloud.all_limits())) > 1
    await cloud.delete_project(project.id)
    with pytest.raises(NotFound):
        await cloud.project(project.id)


async def _zones(cloud: CloudV6) -> None:
    project = (await rows(cloud.projects()))[0]
    zones = await cloud.load_zones()
    private = next(zone for zone in zones if not zone.public)
    allowed = await cloud.set_allowed_zones(project.id, [zone.id for zone in zones if zone.id != private.id])
    assert await cloud.allowed_zones(project.id) == allowed
    assert private not in allowed
    assert [item.id for item in await cloud.set_allowed_projects(private.id, [project.id])] == [project.id]
    assert [item.id for item in await cloud.allowed_projects(private.id)] == [project.id]
    with pytest.raises(Refused):
        await cloud.set_allowed_zones(project.id, [UNKNOWN])


async def _labels(cloud: CloudV6) -> None:
    project = (await rows(cloud.projects()))[0]
    key = await cloud.create_label_key("crew", "Who is called at night")
    other = await cloud.create_label_key("tier", "")
    with pytest.raises(Conflict):
        await cloud.create_label_key("crew", "")
    with pytest.raises(Conflict):
        await cloud.change_label_key(other.id, "crew", "")
    await cloud.change_label_key(key.id, "crew", "Who is on call")
    assert "Who is on call" in [item.description for item in await cloud.label_keys()]
    labels = await cloud.set_labels(project.id, [Label("crew", "checkout"), Label("region", "eu")])
    assert await cloud.labels(project.id) == labels
    await cloud.remove_label(project.id, "crew")
    with pytest.raises(NotFound):
        await cloud.remove_label(project.id, "crew")
    await cloud.delete_label_key(key.id)


async def _load_tests(cloud: CloudV6) -> LoadTest:
    first, second, *_ = await rows(cloud.projects())
    test = await cloud.create_test(first.id, "Contract", JAVASCRIPT)
    twin = await cloud.create_test(second.id, "Contract", JAVASCRIPT)
    with pytest.raises(Conflict):
        await cloud.create_test(first.id, "Contract", JAVASCRIPT)
    with pytest.raises(Conflict):
        await cloud.move_test(twin.id, first.id)
    await cloud.rename_test(twin.id, "Contract, renamed")
    with pytest.raises(Conflict):
        await cloud.rename_test(twin.id, second_test.name if (second_test := await _another(cloud, twin)) else "")
    await cloud.move_test(twin.id, first.id)
    assert (await cloud.load_test(twin.id)).project_id == first.id
    assert test in await rows(cloud.load_tests())
    assert await rows(cloud.load_tests(first.id, name="Contract")) == [test]
    archive = next(script for item in await rows(cloud.load_tests()) if (script := await cloud.test_script(item.id)).is_archive)
    await cloud.upload_script(test.id, archive)
    assert await cloud.test_script(test.id) == archive
    await cloud.upload_script(test.id, JAVASCRIPT)
    await cloud.create_test(second.id, "Archive", archive)
    await cloud.delete_test(twin.id)
    with pytest.raises(NotFound):
        await cloud.load_test(twin.id)
    return await cloud.load_test(test.id)


async def _another(cloud: CloudV6, test: LoadTest) -> LoadTest:
    return next(item for item in await rows(cloud.load_tests(test.project_id)) if item.id != test.id)


async def _schedules(cloud: CloudV6, clock: Clock, test: LoadTest) -> None:
    assert await cloud.schedule_of_test(test.id) is None
    soon = datetime.fromtimestamp(clock(), UTC) + timedelta(hours=1)
    weekly = Recurrence("WEEKLY", interval=2, by_day=("MO", "FR"), count=10)
    for timing in (
        Timing(soon),
        Timing(soon, recurrence=weekly),
        Timing(soon, recurrence=Recurrence("DAILY", until=soon + timedelta(days=30))),
        Timing(soon, cron=Cron("0 7 * * 1", "Europe/Lisbon")),
    ):
        schedule = await cloud.set_schedule(test.id, timing)
        assert schedule.timing == timing
        assert await cloud.schedule_of_test(test.id) == schedule
    assert schedule in await rows(cloud.schedules())
    await cloud.activate_schedule(schedule.id, active=False)
    assert not (await cloud.schedule(schedule.id)).is_active
    await cloud.activate_schedule(schedule.id, active=True)
    await cloud.delete_schedule(schedule.id)
    with pytest.raises(NotFound):
        await cloud.schedule(schedule.id)
    with pytest.raises(Refused):
        await cloud.set_schedule(test.id, Timing(soon, cron=Cron("never", "Europe/Lisbon")))


async def _starts(cloud: CloudV6, clock: Clock, test: LoadTest) -> None:
    assert (await cloud.estimate(test.project_id, OPTIONS)).vuh
    limits = await cloud.limits(test.project_id)
    await cloud.set_limits(Limits(test.project_id, vu_max_per_test=1))
    with pytest.raises(Refused) as refusal:
        await cloud.estimate(test.project_id, OPTIONS)
    assert refusal.value.code == "validation_error"
    await cloud.set_limits(limits)
    started = wire.run_detail(await cloud.start(test.id, "one-decision")).run
    assert wire.run_detail(await cloud.start(test.id, "one-decision")).run.id == started.id
    for refused in (cloud.delete_run(started.id), cloud.delete_test(test.id), cloud.delete_project(test.project_id)):
        with pytest.raises(Conflict):
            await refused
    await cloud.abort(started.id)
    clock.forward(60)
    with pytest.raises(Conflict):
        await cloud.abort(started.id)
    assert (await rows(cloud.test_runs(test.id)))[0].status == "aborted"


async def _runs(cloud: CloudV6, clock: Clock) -> None:
    runs = await recent(cloud, clock)
    ended = [run for run in runs if run.is_finished]
    run = ended[0]
    await cloud.run(run.id)
    await cloud.run_script(run.id)
    assert any([await cloud.distribution(item.id) for item in runs])
    await cloud.set_note(run.id, "Kept for the contract: “ﬁne”.")
    await cloud.set_baseline(run.test_id, run.id)
    assert (await cloud.load_test(run.test_id)).baseline_run_id == run.id
    await cloud.set_baseline(run.test_id, None)
    await cloud.star(run.id, starred=True)
    assert run.id in [item.id for item in await rows(cloud.test_runs(run.test_id, starred=True))]
    await cloud.star(run.id, starred=False)
    with pytest.raises(Conflict):
        for item in ended:
            await cloud.save(item.id, saved=True)
    await cloud.save(run.id, saved=False)
    await cloud.delete_run(run.id)
    with pytest.raises(NotFound):
        await cloud.run(run.id)


BODIES: dict[str, dict[str, Any]] = {
    "load_tests_script_update": {"content": JAVASCRIPT.content},
    "projects_load_tests_create": {"data": {"name": "n"}, "files": {"script": JAVASCRIPT.content}},
}


def _example(operation: dict[str, Any]) -> dict[str, Any]:
    """What to send with an operation so that its body is not what is refused."""
    if "requestBody" not in operation:
        return {}
    if operation["operationId"] in BODIES:
        return BODIES[operation["operationId"]]
    ((kind, media),) = operation["requestBody"]["content"].items()
    assert kind == "application/json"
    return {"json": next(iter(media["examples"].values()))["value"]}


REFUSALS = ("no token", "another stack", "nothing of this id", "a body that is not JSON", "a page too large")


@pytest.mark.parametrize("why", REFUSALS)
async def test_what_is_refused_is_refused_as_described(url: str, recorder: Recorder, world: World, why: str):
    headers = {"Authorization": f"Bearer {TOKEN}", "X-Stack-Id": str(world.stack_id), "X-Stack-Url": world.stack_url}
    status = {"no token": 401, "another stack": 403, "nothing of this id": 404}.get(why, 400)
    if why == "no token":
        del headers["Authorization"]
    if why == "another stack":
        headers |= {"X-Stack-Id": "1", "X-Stack-Url": "https://another.grafana.net"}
    async with httpx.AsyncClient(base_url=url, headers=headers, trust_env=False) as client:
        for method, path, operation in operations():
            sent, query = _example(operation), {}
            if why == "nothing of this id" and "{" not in path:
                continue
            if why == "a body that is not JSON":
                if "requestBody" not in operation or operation["operationId"] == "load_tests_script_update":
                    continue
                path = _existing(world, path)
                sent = {"content": b'{"', "headers": {"Content-Type": next(iter(operation["requestBody"]["content"]))}}
            if why == "a page too large":
                if not any(item.get("name") == "$top" for item in operation["parameters"]):
                    continue
                path, query = _existing(world, path), {"$top": 1001}
            answer = await client.request(method, re.sub(r"{\w+}", str(UNKNOWN), path), params=query, **sent)
            assert answer.status_code == status, f"{method} {path}: {answer.text}"
            assert json.loads(answer.content)["error"]["message"]
    assert recorder.exchanges
    for exchange in recorder.exchanges:
        check_answer(exchange)


def _existing(world: World, path: str) -> str:
    """The path with ids of things that exist."""
    kind = path.split("/")[3]
    test = world.tests[0]
    found = {"projects": world.projects[0].id, "load_tests": test.id, "load_zones": world.load_zones[0].id}
    return path.replace("{id}", str(found.get(kind, UNKNOWN))).replace("{project_id}", str(found["projects"]))


async def test_a_script_that_cannot_be_had_as_asked_for_is_406(url: str, recorder: Recorder, world: World):
    headers = {"Authorization": f"Bearer {TOKEN}", "X-Stack-Id": str(world.stack_id), "Accept": "image/png"}
    async with httpx.AsyncClient(base_url=url, headers=headers, trust_env=False) as client:
        answer = await client.get(f"/cloud/v6/load_tests/{world.tests[0].id}/script")
    assert answer.status_code == 406
    check_answer(recorder.exchanges[-1])
