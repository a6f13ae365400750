import pytest
from msgspec.structs import replace

from k6desk.api import errors
from k6desk.api.plans import Label


@pytest.fixture
async def live(go_live, until):
    session = go_live()
    await until(lambda: session.monitor.caught_up and session.store.projects(), 20)
    return session


@pytest.fixture
async def project(live):
    return await live.commands.projects.create("A project of ours")


async def test_a_project_is_created_renamed_and_deleted(live, project):
    assert live.store.project(project.id).name == "A project of ours"
    with pytest.raises(errors.Conflict):
        await live.commands.projects.create("A project of ours")
    await live.commands.projects.rename(project.id, "Renamed")
    assert live.store.project(project.id).name == "Renamed"
    await live.commands.projects.delete(project.id)
    assert live.store.project(project.id) is None


async def test_the_default_project_stays(live):
    default = next(project for project in live.store.projects() if project.is_default)
    assert "cannot be deleted" in live.commands.refusal_of_project("delete_project", default)


async def test_limits_are_set_and_lifted(live, project):
    limits = await live.commands.projects.read_limits(project.id)
    await live.commands.projects.set_limits(replace(limits, vu_max_per_test=50, vuh_max_per_month=None))
    assert live.store.limits(project.id).vu_max_per_test == 50
    assert live.store.limits(project.id).vuh_max_per_month is None


async def test_what_was_used_this_month_is_the_sum_of_its_runs(live, project):
    known = next(one for one in live.store.projects() if live.commands.projects.used_this_month(one.id))
    assert live.commands.projects.used_this_month(known.id) > 0
    assert live.commands.projects.used_this_month(project.id) == 0


async def test_load_zones_are_allowed_from_both_ends(live, project):
    projects = live.commands.projects
    private = next(zone for zone in await projects.zones() if not zone.public)
    await projects.set_allowed_zones(project.id, [private.id])
    assert [zone.id for zone in await projects.allowed_zones(project.id)] == [private.id]
    assert project.id in {one.id for one in await projects.allowed_projects(private)}
    await projects.set_allowed_projects(private, [])
    assert await projects.allowed_zones(project.id) == []


async def test_labels_belong_to_projects_and_their_keys_to_the_stack(live, project):
    projects = live.commands.projects
    key = await projects.create_label_key("squad", "Who owns it")
    await projects.set_labels(project.id, [Label("squad", "payments")])
    assert await projects.labels(project.id) == [Label("squad", "payments")]
    await projects.change_label_key(key.id, "owner", "Who owns it")
    assert await projects.labels(project.id) == [Label("owner", "payments")]
    await projects.remove_label(project.id, "owner")
    assert await projects.labels(project.id) == []
    await projects.delete_label_key(key.id)
    assert "owner" not in {one.key for one in await projects.label_keys()}
