from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from k6desk.api.models import Limits, LoadTest, LoadZone, Node, Project, Run, Total, ZoneNodes
from k6desk.api.plans import Cron, Schedule, Timing
from k6desk.data.cache import Cache
from k6desk.data.secrets import MASK
from k6desk.data.stored import Stored

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture(params=["file", "memory"])
def cache(request, tmp_path):
    cache = Cache(tmp_path / "account" / "cache.db" if request.param == "file" else None)
    assert cache.problem is None
    yield cache
    assert cache.problem is None
    cache.close()


def test_a_run_comes_back_as_it_was_put(cache, make_run):
    run = make_run(2**40 + 1, note="slow\nagain ✓", is_starred=True, result=None, status="running", ended_at=None)
    assert cache.put_runs([run]) == ({run.id}, set())
    assert cache.runs([run.id, 5]) == {run.id: run}


def test_a_run_with_nothing_but_the_required_parts_comes_back(cache):
    run = Run(id=1, test_id=2, project_id=3, status="odd new word", created_at=NOW)
    cache.put_runs([run])
    assert cache.runs([1]) == {1: run}


def test_times_are_kept_to_the_millisecond_and_not_seen_as_changed(cache, make_run):
    run = make_run(1, created_at=datetime(2026, 3, 1, 9, 30, 0, 123456, tzinfo=UTC))
    cache.put_runs([run])
    assert cache.put_runs([run]) == (set(), set())
    assert cache.runs([1])[1].created_at.microsecond == 123000


@pytest.mark.parametrize("id_", [-(2**63), 0, 2**32 + 5, 2**53 + 1, 2**63 - 1])
def test_ids_of_64_bits_stay_exact(cache, make_run, id_):
    cache.put_runs([make_run(id_, created_at=NOW, test_id=id_)])
    assert cache.runs([id_])[id_].test_id == id_
    assert [run.id for run in cache.latest_of_test(id_, 5)] == [id_]


@pytest.mark.parametrize("text", ["", "a\0b", "'; DROP TABLE runs; --", "👩‍🚀 \u202e", "x" * 100_000])
def test_any_text_survives(cache, make_run, text):
    cache.put_runs([make_run(1, note=text, started_by=text, status=text)])
    cache.put_tests([LoadTest(1, 1, text)])
    assert cache.runs([1])[1].note == text
    assert cache.tests()[0].name == text


@pytest.mark.parametrize(
    ("given", "kept"), [(Total("1.25"), 1.25), (Total("much"), None), (Total(float("inf")), None), (None, None)]
)
def test_a_cost_that_is_no_number_is_none_and_not_news_every_time(cache, make_run, given, kept):
    cache.put_runs([make_run(1, cost=given)])
    assert cache.put_runs([make_run(1, cost=given)]) == (set(), set())
    assert cache.runs([1])[1].vuh == kept


def test_only_new_and_changed_runs_are_told(cache, make_run):
    cache.put_runs([make_run(1), make_run(2), make_run(3)])
    added, changed = cache.put_runs([make_run(2), make_run(3, note="x"), make_run(4), make_run(4)])
    assert (added, changed) == ({4}, {3})


def test_projects_and_tests_are_sorted_by_name_without_case(cache):
    assert cache.put_projects([Project(1, "beta"), Project(2, "Alpha", is_default=True)]) == {1, 2}
    assert cache.put_projects([Project(1, "beta"), Project(2, "Gamma", is_default=True)]) == {2}
    assert cache.projects() == [Project(1, "beta"), Project(2, "Gamma", is_default=True)]
    test = LoadTest(9, 1, "Zeta", created_at=NOW, updated_at=NOW)
    assert cache.put_tests([test, LoadTest(8, 1, "eta")]) == {8, 9}
    assert cache.tests() == [LoadTest(8, 1, "eta"), test]


def test_lists_of_runs_are_newest_first(cache, make_run):
    cache.put_runs([make_run(id_, test_id=id_ % 2) for id_ in (5, 1, 4, 2, 3)])
    assert [run.id for run in cache.newest_runs(3)] == [5, 4, 3]
    assert [run.id for run in cache.latest_of_test(1, 2)] == [5, 3]
    assert cache.latest_of_test(99, 2) == []


def test_unfinished_runs_are_all_but_the_completed_and_aborted(cache, make_run):
    words = ["created", "running", "processing_metrics", "brand_new", "completed", "aborted"]
    cache.put_runs([make_run(id_, status=word) for id_, word in enumerate(words)])
    assert [run.status for run in cache.unfinished()] == words[3::-1]


def test_documents_come_back_with_their_time_and_tell_whether_they_are_news(cache):
    zones = (ZoneNodes("amazon:sa:cape town", 60.5, (Node("m5.large", "203.0.113.7"),)),)
    later = NOW + timedelta(minutes=1)
    assert cache.put_distribution(5, zones, NOW)
    assert not cache.put_distribution(5, zones, later)
    assert cache.distribution(5) == Stored(zones, later)
    assert cache.put_distribution(5, None, later)
    assert cache.distribution(5) == Stored(None, later)
    assert cache.distribution(6) is None

    assert cache.put_details({5: b'{"id":5}'}, NOW)
    assert cache.detail(5) == Stored(b'{"id":5}', NOW)

    assert cache.limits(3) is None
    assert cache.put_limits([Limits(3, vu_max_per_test=50)])
    assert cache.limits(3) == Limits(3, vu_max_per_test=50)

    assert cache.zones() == []
    assert cache.put_zones([LoadZone(1, "US East", "amazon:us:ashburn")])
    assert cache.zones() == [LoadZone(1, "US East", "amazon:us:ashburn")]


def test_the_json_of_listed_runs_is_kept_with_them(cache, make_run):
    cache.put_runs([make_run(1), make_run(2)])
    assert cache.put_details({2: b'{"id":2}'}, NOW) == {2}
    assert cache.detail(2) == Stored(b'{"id":2}', NOW)
    assert cache.detail(1) is None


def test_secrets_never_reach_the_file(tmp_path):
    path = tmp_path / "cache.db"
    cache = Cache(path)
    cache.put_details(
        {1: b'{"options":{"cloud":{"token":"canary-1"},"scenarios":{"a":{"env":{"KEY":"canary-2"}}}}}'}, NOW
    )
    assert MASK.encode() in cache.detail(1).value
    on_disk = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    cache.close()
    assert b"canary" not in on_disk
    assert b"scenarios" in on_disk


def test_a_document_in_another_shape_counts_as_unknown(cache):
    cache._put_document("limits", 3, b"\x93abc", NOW)
    assert cache.limits(3) is None


def test_marks_are_remembered(cache):
    assert cache.mark("runs until") is None
    cache.set_mark("runs until", "1")
    cache.set_mark("runs until", "2")
    assert cache.mark("runs until") == "2"


def test_removing_takes_along_what_belongs_to_it(cache, make_run):
    cache.put_projects([Project(1, "p"), Project(2, "q")])
    cache.put_tests([LoadTest(10, 1, "a"), LoadTest(11, 1, "b"), LoadTest(20, 2, "c")])
    runs = [(1, 10, 1), (2, 10, 1), (3, 11, 1), (4, 20, 2)]
    cache.put_runs([make_run(id_, test_id=test, project_id=project) for id_, test, project in runs])
    for id_ in (1, 2, 3, 4):
        cache.put_details({id_: b"{}"}, NOW)
    cache.remove_run(1)
    assert cache.detail(1) is None
    assert cache.remove_test(10) == {2}
    assert cache.remove_project(1) == {3}
    assert cache.projects() == [Project(2, "q")]
    assert cache.tests() == [LoadTest(20, 2, "c")]
    assert set(cache.runs([1, 2, 3, 4])) == {4}
    assert [cache.detail(id_) is None for id_ in (2, 3, 4)] == [True, True, False]


def test_index_rows_cover_every_run_in_chunks(cache, make_run):
    cache.put_runs([make_run(id_) for id_ in (3, 1, 2)])
    chunks = list(cache.index_rows(chunk=2))
    assert [[row[0] for row in chunk] for chunk in chunks] == [[1, 2], [3]]


def test_everything_is_there_after_opening_again(tmp_path, make_run):
    path = tmp_path / "cache.db"
    first = Cache(path)
    first.put_runs([make_run(1)])
    first.set_mark("m", "v")
    first.close()
    again = Cache(path)
    assert again.runs([1]) == {1: make_run(1)}
    assert again.mark("m") == "v"
    again.close()


def schedule(test_id: int, cron: str = "0 7 * * 1") -> Schedule:
    return Schedule(test_id * 10, test_id, Timing(NOW, cron=Cron(cron, "Europe/Berlin")), next_run_at=NOW)


def test_schedules_are_kept_by_test_and_a_complete_list_says_which_are_gone(cache):
    assert cache.put_schedules([schedule(1), schedule(2)], complete=False)
    assert not cache.put_schedules([schedule(2)], complete=False)
    assert sorted(one.test_id for one in cache.schedules()) == [1, 2]
    assert cache.put_schedules([schedule(2, "0 8 * * *")], complete=True)
    assert cache.schedules() == [schedule(2, "0 8 * * *")]
    cache.remove_schedule(2)
    assert cache.schedules() == []


def test_a_removed_test_takes_its_schedule_along(cache):
    cache.put_tests([LoadTest(1, 9, "checkout")])
    cache.put_schedules([schedule(1)], complete=False)
    cache.remove_test(1)
    assert cache.schedules() == []


def test_a_moved_test_takes_its_runs_along(cache, make_run):
    cache.put_tests([LoadTest(7, 3, "checkout", baseline_run_id=2**40)])
    cache.put_runs([make_run(1), make_run(2), make_run(3, test_id=8)])
    cache.put_tests([LoadTest(7, 4, "checkout", baseline_run_id=2**40), LoadTest(8, 5, "search")])
    assert cache.follow_tests([7]) == {1, 2}
    assert cache.follow_tests([7]) == set()
    assert cache.test(7) == LoadTest(7, 4, "checkout", baseline_run_id=2**40)
    assert {run.id: run.project_id for run in cache.runs([1, 2, 3]).values()} == {1: 4, 2: 4, 3: 3}


def test_the_vuh_of_a_project_are_summed_from_a_time_on(cache, make_run):
    cache.put_runs([make_run(1, created_at=NOW), make_run(2, created_at=NOW - timedelta(seconds=1)), make_run(3)])
    cache.put_runs([make_run(4, created_at=NOW, cost=None), make_run(5, created_at=NOW, project_id=4)])
    assert cache.vuh_since(3, NOW) == 1.5
    assert cache.vuh_since(99, NOW) == 0
