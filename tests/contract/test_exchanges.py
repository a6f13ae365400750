"""Every request of the client and every answer of the demo cloud keeps to the official description of API v6."""

from __future__ import annotations

from collections.abc import AsyncIterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from k6desk.api.errors import Conflict, NotFound, Refused
from k6desk.api.models import Limits, LoadTest, Run, Script
from k6desk.api.plans import Cron, Label, Recurrence, Timing
from k6desk.api.v6 import CloudV6
from k6desk.api.wire.runs import run_detail
from k6desk.demo.world import World
from tests.contract.conftest import Clock
from tests.contract.description import (
    Recorder,
    check_answer,
    check_request,
    needed,
    operation_of,
    operations,
)

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
    seen = {(operation_of(exchange), exchange.status) for exchange in recorder.exchanges}
    assert {name for name, status in seen if status < 300} == {item["operationId"] for _, _, item in operations()}
    conflicts = {item["operationId"] for _, _, item in operations() if "409" in item["responses"]}
    # When labels cannot be set for a conflict, the description does not say.
    assert {name for name, status in seen if status == 409} == conflicts - {"projects_labels_update"}


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
    first, second, *_ = await rows(cloud.projects())
    private = [zone for zone in await cloud.load_zones() if not zone.public]
    assert await cloud.set_allowed_zones(first.id, [zone.id for zone in private]) == private
    assert await cloud.set_allowed_zones(second.id, []) == []
    assert await cloud.allowed_zones(first.id) == private
    allowed = await cloud.set_allowed_projects(private[0].id, [second.id])
    assert [project.id for project in allowed] == [second.id]
    assert [project.id for project in await cloud.allowed_projects(private[0].id)] == [second.id]
    with pytest.raises(Refused):
        await cloud.set_allowed_zones(first.id, [UNKNOWN])


async def _labels(cloud: CloudV6) -> None:
    project = (await rows(cloud.projects()))[0]
    key = await cloud.create_label_key("on-call", "Who is called at night")
    other = await cloud.create_label_key("floor", "")
    with pytest.raises(Conflict):
        await cloud.create_label_key("on-call", "")
    with pytest.raises(Conflict):
        await cloud.change_label_key(other.id, "on-call", "")
    await cloud.change_label_key(key.id, "on-call", "Who is on call")
    assert "Who is on call" in [item.description for item in await cloud.label_keys()]
    labels = await cloud.set_labels(project.id, [Label("on-call", "checkout"), Label("region", "eu")])
    assert await cloud.labels(project.id) == labels
    await cloud.remove_label(project.id, "on-call")
    with pytest.raises(NotFound):
        await cloud.remove_label(project.id, "on-call")
    await cloud.delete_label_key(key.id)


async def _load_tests(cloud: CloudV6) -> LoadTest:
    _default, first, second, *_ = await rows(cloud.projects())
    test = await cloud.create_test(first.id, "Contract", JAVASCRIPT)
    twin = await cloud.create_test(second.id, "Contract", JAVASCRIPT)
    with pytest.raises(Conflict):
        await cloud.create_test(first.id, "Contract", JAVASCRIPT)
    with pytest.raises(Conflict):
        await cloud.move_test(twin.id, first.id)
    await cloud.rename_test(twin.id, "Contract, renamed")
    with pytest.raises(Conflict):
        await cloud.rename_test(twin.id, (await _another(cloud, twin)).name)
    await cloud.move_test(twin.id, first.id)
    assert (await cloud.load_test(twin.id)).project_id == first.id
    assert test in await rows(cloud.load_tests())
    assert await rows(cloud.load_tests(first.id, name="Contract")) == [test]
    scripts = [await cloud.test_script(item.id) for item in await rows(cloud.load_tests())]
    archive = next(script for script in scripts if script.is_archive)
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
    once = await cloud.set_schedule(test.id, Timing(soon))
    await cloud.activate_schedule(once.id, active=False)
    clock.forward(2 * 3600)
    with pytest.raises(Conflict):
        await cloud.activate_schedule(once.id, active=True)


async def _starts(cloud: CloudV6, clock: Clock, test: LoadTest) -> None:
    assert (await cloud.estimate(test.project_id, OPTIONS)).vuh
    limits = await cloud.limits(test.project_id)
    await cloud.set_limits(Limits(test.project_id, vu_max_per_test=1))
    with pytest.raises(Refused) as refusal:
        await cloud.estimate(test.project_id, OPTIONS)
    assert refusal.value.code == "validation_error"
    await cloud.set_limits(limits)
    started = run_detail(await cloud.start(test.id, "one-decision")).run
    assert run_detail(await cloud.start(test.id, "one-decision")).run.id == started.id
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
        await _save_all(cloud, ended)
    await cloud.save(run.id, saved=False)
    await cloud.delete_run(run.id)
    with pytest.raises(NotFound):
        await cloud.run(run.id)


async def _save_all(cloud: CloudV6, runs: list[Run]) -> None:
    for run in runs:
        await cloud.save(run.id, saved=True)
