from __future__ import annotations

from array import array
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k6desk.api.models import FINISHED, LoadTest, Project, Run, Total
from k6desk.data.cache import Cache
from k6desk.data.search import OUTCOMES, Counts, Query, RunIndex

NOW = datetime(2026, 3, 20, 12, 0, 30, tzinfo=UTC)
WEEK = timedelta(days=7)
KEPT = frozenset({*range(0, 130, 3), 2**33, 2**63 - 1})
PROJECTS = [Project(1, "Web Shop"), Project(2, "ÄPFEL"), Project(3, "")]
TESTS = [
    LoadTest(10, 1, "Checkout soak"),
    LoadTest(11, 1, "login"),
    LoadTest(20, 2, "Login"),
    LoadTest(21, 2, "STRASSE"),
]

ids = st.one_of(st.integers(0, 130), st.integers(2**33, 2**33 + 30), st.sampled_from([2**63 - 1, -5]))
moments = st.one_of(
    st.integers(-20 * 24 * 60, 0).map(lambda minutes: NOW + timedelta(minutes=minutes)),
    st.sampled_from([NOW - WEEK, NOW - WEEK - timedelta(milliseconds=1), NOW]),
)
states = st.tuples(
    st.sampled_from(["created", "running", "completed", "aborted", "processing_metrics", "Paused"]),
    st.sampled_from([None, "passed", "failed", "error", "odd"]),
)


@st.composite
def runs(draw):
    test_id, project_id = draw(st.sampled_from([(10, 1), (11, 1), (20, 2), (21, 2), (99, 3), (10, 2)]))
    created = draw(moments)
    status, result = draw(states)
    length = draw(st.none() | st.integers(-5, 5000))
    return Run(
        id=draw(ids),
        test_id=test_id,
        project_id=project_id,
        status=status,
        result=result,
        created_at=created,
        ended_at=None if length is None else created + timedelta(seconds=length),
        started_by=draw(st.sampled_from([None, "", "ada@example.com", "Bob", "bob"])),
        note=draw(st.sampled_from(["", "", "Release 13", "straße", "ZZ", "zz"])),
        is_starred=draw(st.booleans()),
        retention_expires_at=draw(st.none() | st.integers(-2, 12).map(lambda days: NOW + timedelta(days=days))),
        max_vus=draw(st.none() | st.sampled_from([0, 1, 50, 2**63 - 1])),
        cost=draw(st.sampled_from([None, Total(None), Total("3.5"), Total(0), Total(12.25), Total(float("nan"))])),
    )


queries = st.builds(
    Query,
    place=st.sampled_from(["all", "running", "recent", "failed", "starred", "kept", "expiring", "project", "test"]),
    place_id=st.sampled_from([1, 2, 10, 20, 77]),
    text=st.one_of(
        st.lists(
            st.sampled_from(["log", "LOGIN", "shop", "fail", "1", "13", "85", "0", "ada", "zz", "ss", "-5", "²"])
        ).map(" ".join),
        st.text(max_size=2),
    ),
    sort=st.sampled_from(["created", "status", "test", "duration", "vus", "vuh", "person", "note", "expires"]),
    descending=st.booleans(),
)


class PlainIndex:
    """The same promises kept in the most obvious way."""

    def __init__(self, runs: dict[int, Run]) -> None:
        self.runs = list(runs.values())
        self.tests = {test.id: test.name for test in TESTS}
        self.projects = {project.id: project.name for project in PROJECTS}

    def select(self, query: Query) -> list[int]:
        shown = [run for run in self.runs if self.in_place(run, query) and self.has_text(run, query.text)]
        shown.sort(key=lambda run: (run.created_at, run.id), reverse=query.sort != "created" or query.descending)
        if query.sort != "created":
            without = [run for run in shown if self.value(run, query.sort) is None]
            shown = [run for run in shown if self.value(run, query.sort) is not None]
            shown.sort(key=lambda run: self.value(run, query.sort), reverse=query.descending)
            shown += without
        return [run.id for run in shown]

    def in_place(self, run: Run, query: Query) -> bool:
        recent = run.created_at >= NOW - WEEK
        failed = run.status == "aborted" or run.result in ("failed", "error")
        return {
            "all": True,
            "running": run.status not in FINISHED,
            "recent": recent,
            "failed": recent and failed,
            "starred": run.is_starred,
            "kept": run.id in KEPT,
            "expiring": run.id not in KEPT
            and run.retention_expires_at is not None
            and NOW <= run.retention_expires_at <= NOW + WEEK,
            "project": run.project_id == query.place_id,
            "test": run.test_id == query.place_id,
        }[query.place]

    def has_text(self, run: Run, text: str) -> bool:
        names = [self.tests.get(run.test_id), self.projects.get(run.project_id)]
        cells = [*names, run.status, run.result, run.started_by, run.note]
        return all(
            any(word in (cell or "").casefold() for cell in cells)
            or (word.isascii() and word.isdigit() and str(run.id).startswith(word))
            for word in text.casefold().split()
        )

    def value(self, run: Run, sort: str):
        match sort:
            case "status":
                word = run.outcome
                return (OUTCOMES.index(word) if word in OUTCOMES else len(OUTCOMES), word)
            case "test":
                name = self.tests.get(run.test_id)
                return name and (name.casefold(), self.projects.get(run.project_id, "").casefold())
            case "duration":
                return (run.ended_at or NOW) - run.created_at
            case "vus":
                return run.max_vus
            case "vuh":
                return None if run.vuh != run.vuh else run.vuh
            case "person":
                return run.started_by.casefold() if run.started_by else None
            case "note":
                return run.note.casefold() or None
            case "expires":
                return run.retention_expires_at


def check(index: RunIndex, known: dict[int, Run], query: Query) -> None:
    assert index.select(query, NOW).tolist() == PlainIndex(known).select(query)
    assert len(index) == len(known)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.booleans(), st.lists(runs(), max_size=12)), max_size=5),
    st.lists(queries, min_size=1, max_size=4),
)
def test_after_any_history_a_selection_is_what_a_plain_search_finds(steps, asked):
    index = RunIndex()
    index.mark_kept(KEPT)
    index.name_tests(TESTS, PROJECTS)
    known: dict[int, Run] = {}
    for removes, batch in steps:
        if removes:
            index.remove([run.id for run in batch])
            for run in batch:
                known.pop(run.id, None)
        else:
            index.upsert(batch)
            known.update((run.id, run) for run in batch)
        check(index, known, asked[0])
    for query in asked:
        check(index, known, query)


@settings(max_examples=30, deadline=None)
@given(st.lists(runs(), max_size=30), st.lists(runs(), max_size=5), queries)
def test_an_index_loaded_from_the_cache_equals_one_that_saw_the_runs(first, later, query):
    cache = Cache(None)
    cache.put_runs(first)
    index = RunIndex()
    index.load(cache.index_rows(chunk=7))
    index.name_tests(TESTS, PROJECTS)
    index.upsert(later)
    index.mark_kept(KEPT)
    cache.close()
    check(index, {run.id: run for run in [*first, *later]}, query)


@settings(max_examples=50, deadline=None)
@given(st.lists(runs(), max_size=30))
def test_counts_are_the_lengths_of_the_smart_lists(batch):
    index = RunIndex()
    index.mark_kept(KEPT)
    index.upsert(batch)
    lists = ("running", "recent", "failed", "starred", "kept", "expiring")
    lengths = {place: len(index.select(Query(place=place), NOW)) for place in lists}
    assert index.counts(NOW) == Counts(**lengths, total=len(index))


def test_counts_follow_the_clock(make_run):
    index = RunIndex()
    index.upsert([make_run(1, created_at=NOW - WEEK + timedelta(minutes=1), result="failed")])
    assert (index.counts(NOW).recent, index.counts(NOW).failed) == (1, 1)
    later = NOW + timedelta(minutes=2)
    assert (index.counts(later).recent, index.counts(later).failed) == (0, 0)


@pytest.mark.parametrize(
    ("sort", "change"),
    [
        ("created", {"created_at": NOW}),
        ("status", {"status": "created"}),
        ("test", {"test_id": 11}),
        ("duration", {"ended_at": NOW + WEEK}),
        ("vus", {"max_vus": 900}),
        ("vuh", {"cost": Total(900)}),
        ("person", {"started_by": "zoe"}),
        ("note", {"note": "z"}),
    ],
)
def test_a_change_in_the_sorted_column_moves_the_run(make_run, sort, change):
    index = RunIndex()
    index.name_tests([LoadTest(7, 3, "b"), LoadTest(11, 3, "c")], [])
    index.upsert([make_run(1), make_run(2, note="b")])
    query = Query(sort=sort, descending=sort != "status")
    before = index.select(query, NOW).tolist()
    index.upsert([make_run(1, **change)])
    assert (before, index.select(query, NOW).tolist()) == ([2, 1], [1, 2])


def test_a_selection_belongs_to_the_caller(make_run):
    index = RunIndex()
    index.upsert([make_run(1), make_run(2)])
    mine = index.select(Query(), NOW)
    mine.pop()
    assert index.select(Query(), NOW) == array("q", [2, 1])


def test_new_names_are_found_and_sorted_by_at_once(make_run):
    index = RunIndex()
    index.upsert([make_run(1, test_id=10, project_id=1), make_run(2, test_id=11, project_id=1)])
    by_name = Query(sort="test", descending=False)
    index.name_tests([LoadTest(10, 1, "a"), LoadTest(11, 1, "b")], [])
    assert index.select(by_name, NOW).tolist() == [1, 2]
    index.name_tests([LoadTest(10, 1, "z"), LoadTest(11, 1, "b")], [])
    assert index.select(by_name, NOW).tolist() == [2, 1]
    assert index.select(Query(text="Z"), NOW).tolist() == [1]


def test_more_than_256_different_words_in_a_column(make_run):
    index = RunIndex()
    index.upsert([make_run(id_, started_by=f"user-{id_}", status=f"status-{id_}") for id_ in range(600)])
    assert index.select(Query(text="user-599"), NOW).tolist() == [599]
    assert index.select(Query(text="status-3 user-30"), NOW).tolist() == [
        309,
        308,
        307,
        306,
        305,
        304,
        303,
        302,
        301,
        300,
        30,
    ]
    index.remove([599])
    assert len(index.select(Query(sort="person"), NOW)) == 599


@pytest.mark.parametrize("text", ["9" * 5000, "9223372036854775808", "%", "_", "\0", "(", "'"])
def test_odd_texts_find_nothing_and_do_no_harm(make_run, text):
    index = RunIndex()
    index.upsert([make_run(1), make_run(2**63 - 1)])
    assert index.select(Query(text=text), NOW).tolist() == []


def test_digits_find_ids_that_begin_with_them(make_run):
    index = RunIndex()
    index.upsert([make_run(id_) for id_ in (0, 1, 12, 120, 21, 2**63 - 1)])
    assert index.select(Query(text="12", descending=False), NOW).tolist() == [12, 120]
    assert index.select(Query(text="0"), NOW).tolist() == [0]
    assert index.select(Query(text="9223372036854775807"), NOW).tolist() == [2**63 - 1]


@given(st.lists(runs(), unique_by=lambda run: run.id), st.data())
@settings(max_examples=50)
def test_the_vuh_of_chosen_runs_are_summed_as_far_as_they_are_known(known, data):
    index = RunIndex()
    index.upsert(known)
    chosen = data.draw(st.sets(st.sampled_from([run.id for run in known] or [1])))
    of_them = [run for run in known if run.id in chosen]
    total, has_estimates = index.vuh(chosen)
    assert total == pytest.approx(sum(run.vuh or 0 for run in of_them))
    assert has_estimates == any(not run.is_finished for run in of_them)
