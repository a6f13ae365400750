import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from k6desk.api import errors
from k6desk.api.models import Script
from k6desk.api.plans import Cron, Timing
from k6desk.core.deeds import Busy, Unknown
from k6desk.core.load_test_commands import Overtaken

SOURCE = b"export const options = { vus: 5, duration: '1m' };\nexport default function () {}\n"
SCRIPT = Script(SOURCE, is_archive=False)


@pytest.fixture
async def live(go_live, until):
    session = go_live()
    await until(lambda: session.monitor.caught_up and session.store.projects(), 20)
    return session


@pytest.fixture
async def test(live):
    """A test of our own, on which nothing runs."""
    project = live.store.projects()[0]
    return await live.commands.tests.create(project.id, "A test of ours", SCRIPT)


def runs_of(live, test):
    return live.store.latest_of_test(test.id, 10)


async def test_a_created_test_is_known_at_once(live, test):
    assert live.store.test(test.id).name == "A test of ours"
    assert (await live.commands.tests.current_script(test.id)).content == SCRIPT.content


async def test_a_name_that_is_taken_is_refused(live, test):
    with pytest.raises(errors.Conflict):
        await live.commands.tests.create(test.project_id, test.name, SCRIPT)


async def test_starting_makes_a_run_that_is_known_at_once(live, test):
    run = await live.commands.tests.start(test.id, live.commands.tests.new_key())
    assert [known.id for known in runs_of(live, test)] == [run.id]
    assert not run.is_finished


async def test_a_lost_answer_to_a_start_does_not_start_a_second_run(live, test, monkeypatch):
    start, lost = live._cloud.start, iter([True, True, False])

    async def lose(test_id, key):
        content = await start(test_id, key)
        if next(lost):
            raise errors.Unreachable("The connection was lost.")
        return content

    monkeypatch.setattr(live._cloud, "start", lose)
    run = await live.commands.tests.start(test.id, "one-decision")
    found = await live.commands.tests.find_started(test.id, None)
    assert [known.id for known in runs_of(live, test)] == [run.id] == [found.id]


async def test_a_start_that_gets_no_answer_at_all_is_found_by_the_journal(live, test, monkeypatch, until):
    start = live._cloud.start

    async def lose(test_id, key):
        await start(test_id, key)
        raise errors.Unreachable("The connection was lost.")

    monkeypatch.setattr(live._cloud, "start", lose)
    with pytest.raises(Unknown):
        await live.commands.tests.start(test.id, "one-decision")
    assert live.commands.refusal_of_test("start", test) == "Something is being done to this test already: Starting?"
    with pytest.raises(Busy):
        await live.commands.tests.start(test.id, "another-decision")
    await until(lambda: live.store.intent(test.id, "test") is None and live.notices.current(), 20)
    (run,) = runs_of(live, test)
    assert live.notices.current()[-1].text.endswith(f"The server says: run {run.id} was started.")


async def test_a_start_that_never_arrived_is_not_seen_in_an_old_run(live, test, clock, monkeypatch):
    run = await live.commands.tests.start(test.id, "an-earlier-decision")
    clock.forward(3600)

    async def lose(*_arguments):
        raise errors.Unreachable("The connection was lost.")

    monkeypatch.setattr(live._cloud, "start", lose)
    with pytest.raises(Unknown):
        await live.commands.tests.start(test.id, "one-decision")
    (action,) = live.store.pending()
    assert action.after == run.created_at.replace(microsecond=run.created_at.microsecond // 1000 * 1000)
    assert await live.commands.tests.find_started(test.id, action.after) is None


async def test_the_runs_of_a_test_that_somebody_moved_follow_it(live, test, until):
    run = await live.commands.tests.start(test.id, "key")
    target = live.store.projects()[1]
    await live._cloud.move_test(test.id, target.id)
    live.monitor.poke()
    await until(lambda: live.store.test(test.id).project_id == target.id, 20)
    assert live.store.run(run.id).project_id == target.id


async def test_two_clicks_on_start_are_one_run(live, test):
    starts = [live.commands.tests.start(test.id, "one-decision") for _ in range(2)]
    first, second = await asyncio.gather(*starts, return_exceptions=True)
    assert isinstance(second, Busy)
    assert [run.id for run in runs_of(live, test)] == [first.id]


async def test_the_replaced_script_is_kept(live, test):
    new = Script(b"export default function () { /* new */ }\n", is_archive=False)
    await live.commands.tests.upload(test.id, new, SCRIPT)
    (earlier,) = live.store.earlier_scripts(test.id)
    assert live.store.script_by_digest(earlier.digest) == SCRIPT
    assert (await live.commands.tests.current_script(test.id)).content == new.content


async def test_a_script_that_the_user_did_not_see_is_not_replaced(live, test):
    new, theirs = (Script(f"export default function () {{ /* {who} */ }}\n".encode(), False) for who in ("we", "they"))
    seen = await live.commands.tests.current_script(test.id)
    await live.commands.tests.upload(test.id, theirs, None)
    with pytest.raises(Overtaken):
        await live.commands.tests.replace_script(test.id, new, seen, keep=True)
    assert (await live.commands.tests.current_script(test.id)).content == theirs.content
    await live.commands.tests.replace_script(test.id, new, theirs, keep=True)
    last, _seen = live.store.earlier_scripts(test.id)
    assert live.store.script_by_digest(last.digest).content == theirs.content


async def test_renaming_and_moving_change_the_catalogue(live, test, until):
    run = await live.commands.tests.start(test.id, "key")
    await live.commands.tests.rename(test.id, "Another name")
    target = live.store.projects()[1]
    await live.commands.tests.move(test.id, target.id)
    assert live.store.test(test.id).name == "Another name"
    assert test.id in {known.id for known in live.store.tests(target.id)}
    assert live.store.run(run.id).project_id == target.id


async def test_a_list_that_was_asked_for_before_a_deletion_does_not_bring_the_test_back(live, test):
    asked_at = datetime.now(UTC)
    await live.commands.tests.delete(test.id)
    await live.store.put_catalogue(live.store.projects(), [test], asked_at, complete=False)
    assert live.store.test(test.id) is None


async def test_deleting_takes_runs_and_schedule_along(live, test, clock, until):
    run = await live.commands.tests.start(test.id, "key")
    with pytest.raises(errors.Conflict):
        await live.commands.tests.delete(test.id)
    clock.forward(3600)
    await live.commands.tests.delete(test.id)
    assert live.store.test(test.id) is None
    assert live.store.run(run.id) is None


async def test_a_schedule_lives_and_dies(live, test):
    tests = live.commands.tests
    timing = Timing(datetime.now(UTC) + timedelta(hours=1), cron=Cron("0 7 * * 1", "Europe/Berlin"))
    schedule = await tests.set_schedule(test.id, timing)
    assert live.store.schedule(test.id).timing.cron == timing.cron
    assert not (await tests.activate_schedule(schedule, active=False)).is_active
    assert not live.store.schedule(test.id).is_active
    await tests.delete_schedule(schedule)
    assert live.store.schedule(test.id) is None
    assert await tests.read_schedule(test.id) is None


async def test_the_baseline_is_set_and_cleared(live, test, clock):
    run = await live.commands.tests.start(test.id, "key")
    clock.forward(3600)
    await live.commands.tests.set_baseline(test.id, run.id)
    assert live.store.test(test.id).baseline_run_id == run.id
    await live.commands.tests.set_baseline(test.id, None)
    assert live.store.test(test.id).baseline_run_id is None


async def test_a_plan_tells_the_estimate_and_what_is_left(live, test):
    known = next(run for run in live.store.latest_of_test(next(iter_tests(live)).id, 1))
    plan = await live.commands.tests.plan(known.test_id)
    assert plan.estimate is not None
    assert plan.estimate.vuh > 0
    assert plan.zones
    fresh = await live.commands.tests.plan(test.id)
    assert fresh.estimate is None
    assert "known only after its first run" in fresh.basis


def iter_tests(live):
    for project in live.store.projects():
        for test in live.store.tests(project.id):
            if any(run.cost for run in live.store.latest_of_test(test.id, 1)):
                yield test
