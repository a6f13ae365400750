"""A kept run is read like any other, also when the server has forgotten it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from k6desk.api.models import LoadTest, Project, Run, Script, ZoneNodes
from k6desk.core.store import Store
from k6desk.data.cache import Cache
from k6desk.data.library import Library
from k6desk.data.search import Query

NOW = datetime.now(UTC)
BIG = 2**63 - 1
RUN = Run(
    id=BIG,
    test_id=5,
    project_id=3,
    status="completed",
    result="failed",
    created_at=NOW - timedelta(hours=1),
    retention_expires_at=NOW + timedelta(days=2),
)
DETAIL = b'{"id":%d,"test_run_name":"x"}' % BIG
NODES = (ZoneNodes("amazon:us:ashburn", 100.0, ()),)


@pytest.fixture
def folder(tmp_path):
    return tmp_path


@pytest.fixture
async def open_store(folder):
    stores = []

    async def open_() -> Store:
        stores.append(Store(Cache(folder / "cache.db"), Library(folder / "library.db")))
        await stores[-1].load_index()
        return stores[-1]

    yield open_
    for store in stores:
        store.close()


@pytest.fixture
async def store(open_store):
    store = await open_store()
    await store.put_catalogue([Project(3, "Shop")], [LoadTest(5, 3, "Checkout")], NOW, complete=True)
    await store.put_runs([RUN], NOW, {BIG: DETAIL})
    await store.put_distribution(BIG, NODES)
    await store.put_script("run", BIG, Script(b"// frozen", is_archive=False))
    return store


def placed(store, place) -> list[int]:
    return store.select(Query(place=place)).tolist()


async def test_the_lists_follow_what_is_kept(store):
    assert (placed(store, "expiring"), placed(store, "kept")) == ([BIG], [])
    await store.keep_run(BIG, "chosen")
    assert (placed(store, "expiring"), placed(store, "kept")) == ([], [BIG])
    counts = store.counts()
    assert (counts.expiring, counts.kept) == (0, 1)
    await store.stop_keeping(BIG)
    assert (placed(store, "expiring"), placed(store, "kept")) == ([BIG], [])
    assert store.kept(BIG) is None


@pytest.mark.parametrize("how", ["run", "test", "project", "catalogue"])
async def test_a_kept_run_stays_when_it_is_gone_on_the_server(store, open_store, how):
    await store.keep_run(BIG, "chosen")
    deltas = []
    store.changed.connect(deltas.append)
    await {
        "run": lambda: store.remove_run(BIG),
        "test": lambda: store.remove_test(5),
        "project": lambda: store.remove_project(3),
        "catalogue": lambda: store.put_catalogue([], [], datetime.now(UTC), complete=True),
    }[how]()
    assert BIG in deltas[-1].changed
    assert BIG not in deltas[-1].removed
    again = await open_store()
    for each in (store, again):
        assert each.kept(BIG).gone_at
        assert each.run(BIG) == replace(RUN, created_at=each.run(BIG).created_at, **times(each.run(BIG)))
        assert each.runs([BIG]).keys() == {BIG}
        assert each.name_of(RUN) == "Checkout"
        assert each.document(BIG).value == DETAIL
        assert each.distribution(BIG).value == NODES
        assert each.script("run", BIG).value.content == b"// frozen"
        assert placed(each, "kept") == placed(each, "all") == [BIG]
        assert each.select(Query(text="checkout")).tolist() == [BIG]
    await store.stop_keeping(BIG)
    assert store.run(BIG) is None
    assert placed(store, "all") == []


def times(run):
    return {"retention_expires_at": run.retention_expires_at}


async def test_what_is_kept_is_what_was_last_seen(store, open_store):
    await store.keep_run(BIG, "chosen")
    await store.put_runs([replace(RUN, note="seen")], NOW, {BIG: b'{"id":1}'})
    await store.put_distribution(BIG, None)
    await store.remove_run(BIG)
    again = await open_store()
    assert again.run(BIG).note == "seen"
    assert again.document(BIG).value == b'{"id":1}'
    assert again.distribution(BIG).value is None


async def test_a_run_that_the_server_has_again_is_no_longer_gone(store):
    await store.keep_run(BIG, "chosen")
    await store.remove_run(BIG)
    await store.put_runs([RUN], datetime.now(UTC))
    assert store.kept(BIG).gone_at is None


async def test_a_run_that_is_not_kept_goes(store):
    await store.remove_run(BIG)
    assert store.run(BIG) is None
    assert placed(store, "all") == []


async def test_a_script_is_known_by_its_test_as_well(store):
    seen = []
    store.scripts_changed.connect(seen.append)
    await store.put_script("test", 5, Script(b"// frozen", is_archive=False))
    await store.put_script("test", 5, Script(b"// today", is_archive=False))
    assert seen == [one.digest for one in reversed(store.sightings(5)) if one.kind == "test"]
    assert {(one.kind, one.test_name) for one in store.sightings()} == {("run", "Checkout"), ("test", "Checkout")}
    assert store.script("test", 5).value.content == b"// today"
    (earlier,) = store.earlier_scripts(5)
    assert store.script_by_digest(earlier.digest).content == b"// frozen"


async def test_the_last_run_before_that_passed(store):
    passed = [
        replace(RUN, id=id_, result="passed", created_at=RUN.created_at - timedelta(minutes=id_)) for id_ in (1, 2)
    ]
    later = replace(RUN, id=3, result="passed", created_at=NOW)
    await store.put_runs([*passed, later, replace(RUN, id=4, test_id=6, result="passed")], NOW)
    assert store.last_passed_before(RUN).id == 1
    assert store.last_passed_before(store.run(2)) is None


async def test_runs_of_a_test_that_are_only_here_are_among_its_latest(store):
    passed = replace(RUN, id=1, result="passed", created_at=RUN.created_at - timedelta(minutes=1))
    await store.put_runs([passed, replace(passed, id=2, created_at=passed.created_at - timedelta(minutes=1))], NOW)
    await store.keep_run(1, "chosen")
    await store.remove_run(1)
    assert store.last_passed_before(RUN).id == 1
    assert [run.id for run in store.latest_of_test(5, 2)] == [BIG, 1]


async def test_time_stands_still_for_runs_while_the_server_is_not_heard(store):
    assert store.seen_until(NOW) == NOW, "nothing is known of the server"
    await store.mark_fresh(NOW)
    assert store.seen_until(NOW + timedelta(minutes=2)) == NOW + timedelta(minutes=2)
    assert store.seen_until(NOW + timedelta(hours=2)) == NOW
