"""Runs from files: they stay, they are laid out like a stack's, and no server ever hears of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from msgspec.structs import replace

from k6desk.api.errors import CloudError
from k6desk.api.models import Node, Run, Script, ZoneNodes
from k6desk.api.operations import Operation
from k6desk.core.accounts import IMPORTED
from k6desk.core.commands import NOTE_OF_FILE
from k6desk.core.connection import NotNow, State
from k6desk.core.imported import Origin, arrange, origin, take_in
from k6desk.core.notices import Notices
from k6desk.core.scripts.script_source import script_of
from k6desk.core.session import Session
from k6desk.data.bundle import Bundle, BundledRun
from k6desk.data.search import Query

ACME = "https://acme.grafana.net"
MADE_AT = datetime(2026, 5, 1, 12, tzinfo=UTC)
START = datetime(2026, 4, 1, 10, tzinfo=UTC)
DETAIL = (
    b'{"id":%d,"test_id":12,"project_id":3,"status":"completed","result":"passed","created":"2026-04-01T10:00:00Z",'
    b'"ended":"2026-04-01T10:05:00Z","note":"%s","options":{"vus":3}}'
)


def one_run(id_: int = 5, note: str = "", **more) -> BundledRun:
    run = Run(
        id=id_,
        test_id=12,
        project_id=3,
        status="completed",
        result="passed",
        created_at=START,
        ended_at=START + timedelta(minutes=5),
        note=note,
    )
    detail = DETAIL % (id_, note.encode())
    nodes = ((ZoneNodes("ashburn", 100.0, (Node("m5.large", "192.0.2.1"),)),),)
    script = Script(b"export default 1", is_archive=False)
    return replace(BundledRun(run, "Checkout", "Shop", MADE_AT, detail, nodes, script), **more)


def bundle_of(*runs: BundledRun, stack_url: str = ACME) -> Bundle:
    return Bundle(stack_url, MADE_AT, runs)


@pytest.fixture
async def open_again(tmp_path):
    """Opens the account as at a start of the program, and closes the one before."""
    opened: list[Session] = []

    async def open_() -> Session:
        if opened:
            await opened[-1].aclose()
        opened.append(Session(IMPORTED, tmp_path, Notices()))
        await opened[-1].store.load_index()
        await arrange(opened[-1].store)
        return opened[-1]

    yield open_
    await opened[-1].aclose()


@pytest.fixture
async def imported(open_again):
    return await open_again()


# -- taking in ---------------------------------------------------------------------------------------------------------


async def test_a_run_of_a_file_is_all_there_and_stays(imported, open_again):
    assert await take_in(bundle_of(one_run()), imported.store) == {5: "new"}
    for is_again in (False, True):
        store = (await open_again()).store if is_again else imported.store
        run = store.run(5)
        assert (store.name_of(run), store.project(3).name) == ("Checkout", "Shop")
        assert [test.name for test in store.tests(3)] == ["Checkout"]
        assert [run.id for run in store.latest_of_test(12, 10)] == [5]
        assert list(store.select(Query(place="kept"))) == list(store.select(Query(place="all"))) == [5]
        assert store.detail(5).value.options == {"vus": 3}
        assert store.detail(5).fetched_at == MADE_AT, "its age is that of what the server said"
        assert store.distribution(5).value == one_run().nodes[0]
        assert store.script("run", 5).value == one_run().script
        assert store.kept(5).why == "file"
        assert origin(store, 5) == Origin(ACME, MADE_AT)


async def test_the_cache_can_be_deleted(imported, open_again, tmp_path):
    await take_in(bundle_of(one_run()), imported.store)
    await imported.aclose()
    for path in tmp_path.glob("cache.db*"):
        path.unlink()
    store = (await open_again()).store
    assert [test.name for test in store.tests(3)] == ["Checkout"]
    assert list(store.select(Query(place="test", place_id=12))) == [5]


async def test_the_same_again_is_nothing_new(imported):
    await take_in(bundle_of(one_run()), imported.store)
    kept_at = imported.store.kept(5).kept_at
    less = one_run(detail=None, nodes=None, script=None)
    for bundle in (bundle_of(one_run()), bundle_of(less), bundle_of(one_run(), stack_url="")):
        assert await take_in(bundle, imported.store) == {5: "same"}
    assert imported.store.kept(5).kept_at == kept_at
    assert imported.store.detail(5)


async def test_what_the_same_stack_said_later_takes_its_place_and_what_it_said_before_does_not(imported):
    store = imported.store
    await take_in(bundle_of(one_run(note="first")), store)
    later = one_run(note="second", as_of=MADE_AT + timedelta(days=1))
    assert await take_in(bundle_of(later), store) == {5: "newer"}
    assert (store.run(5).note, store.detail(5).value.run.note) == ("second", "second")
    assert await take_in(bundle_of(one_run(note="first")), store) == {5: "older"}
    assert store.run(5).note == "second"


async def test_what_was_missing_is_added(imported):
    store = imported.store
    await take_in(bundle_of(one_run(detail=None, nodes=None, script=None)), store)
    assert store.detail(5) is None
    assert await take_in(bundle_of(one_run()), store) == {5: "newer"}
    assert store.detail(5)
    assert store.script("run", 5)


@pytest.mark.parametrize("stack_url", ["", "https://evil.grafana.net"])
async def test_a_run_of_another_stack_never_takes_the_place_of_one(imported, stack_url):
    store = imported.store
    await take_in(bundle_of(one_run(note="ours")), store)
    forged = one_run(note="theirs", as_of=MADE_AT + timedelta(days=900))
    assert await take_in(bundle_of(forged, one_run(6), stack_url=stack_url), store) == {5: "other", 6: "new"}
    assert store.run(5).note == "ours"


async def test_a_date_from_the_future_does_not_outlive_the_truth(imported):
    store = imported.store
    await take_in(bundle_of(one_run(note="first", as_of=datetime(2999, 1, 1, tzinfo=UTC))), store)
    assert origin(store, 5).as_of <= datetime.now(UTC)


async def test_an_imported_run_that_is_not_wanted_goes_for_good_and_may_come_again(imported, open_again):
    await take_in(bundle_of(one_run(), one_run(6)), imported.store)
    await imported.store.stop_keeping(5)
    for is_again in (False, True):
        store = (await open_again()).store if is_again else imported.store
        assert store.run(5) is None
        assert list(store.select(Query(place="all"))) == [6]
    assert await take_in(bundle_of(one_run()), store) == {5: "new"}
    assert list(store.select(Query(place="test", place_id=12))) in ([5, 6], [6, 5])


# -- no server ---------------------------------------------------------------------------------------------------------


async def test_it_is_not_offline_and_nothing_is_asked(imported):
    connection = imported.connection
    assert connection.state is State.FILES

    async def request():
        raise AssertionError("a server was asked")

    connection.forget_failures()
    with pytest.raises(NotNow):
        await connection.ask(request)
    assert connection.state is State.FILES


async def test_nothing_can_be_done_with_a_forged_id(imported):
    """Whatever a file says that a run is, test or project is: nothing of it goes to any server."""
    await take_in(bundle_of(one_run()), imported.store)
    commands, store = imported.commands, imported.store
    run, test, project = store.run(5), store.test(12), store.project(3)
    for operation in get_args(Operation):
        if operation != "script":  # the copy here may be saved
            assert commands.refusal(operation, run), operation
        assert commands.refusal_of_test(operation, test), operation
        assert commands.refusal_of_project(operation, project), operation
        assert commands.refusal_of_stack(operation), operation
    assert commands.refusal("note", run) == NOTE_OF_FILE
    assert commands.refusal("delete_run", run) == imported.connection.reason
    for deed in (
        commands.runs.star(5, starred=True),
        commands.runs.save(5, saved=True),
        commands.runs.delete(5),
        commands.runs.fetch(5),
        commands.notes.write(5, "", "mine"),
        commands.outbox.save(5, "", "mine"),
        commands.load_script("test", 12),
        commands.load_distribution(5),
        commands.tests.set_baseline(12, 5),
        commands.tests.search("shop"),
    ):
        with pytest.raises(CloudError, match="from files"):
            await deed
    await commands.runs.abort(5)
    assert [notice.level for notice in imported.notices.current()] == ["error"]
    assert store.pending() == [], "nothing is in the journal that could be sent later"
    assert store.queued_note(5) is None
    assert (await script_of(store, commands, "run", 5, with_secrets=True)).script == one_run().script


async def test_it_never_goes_live(imported):
    with pytest.raises(ValueError, match="no server is asked"):
        imported.go_live(None, None)


async def test_what_is_known_of_a_run_can_be_exported_again(imported):
    await take_in(bundle_of(one_run()), imported.store)
    assert await imported.commands.runs.whole(5) == one_run()
