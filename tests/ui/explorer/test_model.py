"""The tree's model: lazy, kept in step by id, and sound in Qt's own eyes."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from k6desk.api.models import LoadTest, Project
from k6desk.api.plans import Schedule, Timing
from k6desk.data.library import Target
from k6desk.ui.explorer import model as explorer_model
from k6desk.ui.explorer.model import COUNT, INTENT, LATEST, SCHEDULED, ExplorerModel
from tests.ui.explorer.conftest import BIG, PROJECTS, TESTS, run

LISTS = ["Running now", "Recent", "Failed", "Starred", "Kept", "Expiring", "All runs", "Projects"]


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    monkeypatch.setattr(explorer_model, "SETTLE_MS", 0)


@pytest.fixture
def make(stack):
    testers = []

    def make() -> ExplorerModel:
        model = ExplorerModel(stack.store)
        tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
        tester.setUseFetchMore(False)  # it would read children in the midst of a change, as no view does
        testers.append(tester)
        return model

    return make


def names(model: ExplorerModel, parent: QModelIndex | None = None) -> list[str]:
    parent = parent or QModelIndex()
    return [model.index(row, 0, parent).data() for row in range(model.rowCount(parent))]


def read(model: ExplorerModel, kind: str, id_: int) -> QModelIndex:
    index = model.index_of(kind, id_)
    if model.canFetchMore(index):
        model.fetchMore(index)
    return index


async def test_lists_come_first_and_then_the_projects_by_name(stack, make):
    await stack.catalogue()
    assert names(make()) == [*LISTS, "Checkout", "empty", "Login", "決済基盤 & مشروع"]


async def test_tests_and_runs_are_read_when_they_are_first_shown(stack, make):
    await stack.catalogue()
    await stack.runs(*(run(number) for number in range(8)))
    model = ExplorerModel(stack.store)  # without the tester, which reads everything at once
    checkout = model.index_of("project", 1)
    assert model.hasChildren(checkout)
    assert model.rowCount(checkout) == 0
    model.fetchMore(checkout)
    assert names(model, checkout) == ["ramp", "smoke"]
    ramp = read(model, "test", BIG + 1)
    assert [model.node(model.index(row, 0, ramp)).id for row in range(model.rowCount(ramp))] == [
        BIG + number for number in (7, 6, 5, 4, 3)
    ]
    assert model.rowCount(ramp) == LATEST
    assert not model.hasChildren(model.index_of("project", 4))


async def test_counts_are_live(stack, make, until):
    await stack.catalogue()
    await stack.runs(run(1, status="running"))
    model = make()
    read(model, "project", 1)

    def counts() -> list:
        return [
            model.index_of(*key).data(COUNT)
            for key in (("list", "running"), ("list", "all"), ("project", 1), ("test", BIG + 1), ("test", BIG + 2))
        ]

    assert counts() == [1, 1, 1, 1, None]
    await stack.runs(run(2, TESTS[1], "queued"), run(3, result="failed"))
    await until(lambda: counts() == [2, 3, 2, 1, 1])
    assert model.index_of("list", "failed").data(COUNT) == 1
    await stack.runs(run(1), run(2, TESTS[1]))
    await until(lambda: counts() == [0, 3, None, None, None])


async def test_a_poll_keeps_every_index_and_never_resets(stack, make, until):
    await stack.catalogue()
    await stack.runs(*(run(number) for number in range(6)))
    model = make()
    resets = []
    model.modelReset.connect(lambda: resets.append(1))
    read(model, "project", 1)
    kept = QPersistentModelIndex(model.index_of("project", 2))
    ramp = QPersistentModelIndex(read(model, "test", BIG + 1))
    youngest = QPersistentModelIndex(model.index(0, 0, ramp))
    await stack.catalogue([Project(9, "A new one"), *PROJECTS], [*TESTS, LoadTest(BIG + 9, 1, "a first")])
    await stack.runs(run(50))
    await until(lambda: model.index_of("run", BIG + 50).isValid())
    assert names(model)[len(LISTS) :][:2] == ["A new one", "Checkout"]
    assert names(model, model.index_of("project", 1)) == ["a first", "ramp", "smoke"]
    assert (kept.data(), ramp.data(), model.node(youngest).id) == ("Login", "ramp", BIG + 5)
    assert youngest.row() == 1
    assert not resets


async def test_renamed_removed_and_moved_things_are_followed(stack, make, until):
    await stack.catalogue()
    model = make()
    for number in (1, 2, 3):
        read(model, "project", number)
    login = QPersistentModelIndex(model.index_of("project", 2))
    moved = LoadTest(BIG + 2, 2, "smoke")
    await stack.catalogue(
        [Project(1, "zzz Checkout"), Project(2, "Login"), PROJECTS[2]], [TESTS[0], moved, TESTS[2], TESTS[3]]
    )
    await until(lambda: not model.index_of("project", 4).isValid())
    assert names(model)[len(LISTS) :] == ["Login", "zzz Checkout", "決済基盤 & مشروع"]
    assert login.row() == len(LISTS)
    assert names(model, model.index_of("project", 1)) == ["ramp"]
    assert names(model, model.index_of("project", 2)) == ["smoke", "smoke"]
    assert model.index_of("test", BIG + 2).parent().data() == "Login"


async def test_the_filter_leaves_matching_tests_and_whole_matching_projects(stack, make):
    await stack.catalogue()
    model = make()
    read(model, "project", 1)
    assert model.set_filter(" SMOKE ") == 2
    assert names(model)[len(LISTS) :] == ["Checkout", "Login"]
    assert names(model, model.index_of("project", 1)) == ["smoke"]
    model.set_filter("check")
    assert names(model, model.index_of("project", 1)) == ["ramp", "smoke"]
    model.set_filter("nothing like it")
    assert names(model)[len(LISTS) :] == ["No project or test matches"]
    model.set_filter("")
    assert len(names(model)) == len(LISTS) + 4


async def test_an_empty_stack_says_what_the_window_wants_it_to_say(stack, make, until):
    model = make()
    assert names(model)[len(LISTS) :] == ["No projects yet"]
    model.set_empty("Loading projects…")
    assert names(model)[len(LISTS) :] == ["Loading projects…"]
    assert not model.index(len(LISTS), 0).flags() & Qt.ItemFlag.ItemIsSelectable
    await stack.catalogue()
    await until(lambda: len(names(model)) == len(LISTS) + 4)


async def test_names_stay_plain_text_in_tooltips_and_are_spoken_with_what_they_are(stack, make):
    await stack.catalogue()
    await stack.runs(run(1, TESTS[3], "running"))
    model = make()
    read(model, "project", 3)
    spike = model.index_of("test", BIG + 4)
    assert spike.data() == "<img src=x> spike"
    assert "&lt;img" in spike.data(Qt.ItemDataRole.ToolTipRole)
    assert spike.data(Qt.ItemDataRole.AccessibleTextRole) == "<img src=x> spike, test, 1 in progress"
    assert model.index_of("list", "recent").data(Qt.ItemDataRole.AccessibleTextRole) == "Recent, 1 run"


async def test_any_order_of_changes_ends_in_the_tree_that_the_store_describes(stack, make, until):
    dice = random.Random(7)
    await stack.catalogue()
    model = make()
    for _ in range(60):
        projects = [Project(i, f"{dice.choice('abcdef')} {i}") for i in dice.sample(range(1, 12), dice.randint(0, 9))]
        tests = [LoadTest(BIG + i, p.id, dice.choice("xyz")) for p in projects for i in range(p.id * 9, p.id * 9 + 3)]
        await stack.catalogue(projects, tests)
        if dice.random() < 0.3:
            model.set_filter(dice.choice(["", "a", "x", "b"]))
        model._take_in()
        for project in projects:
            if dice.random() < 0.5 and (index := model.index_of("project", project.id)).isValid():
                read(model, "project", project.id)
                assert index.isValid()
    model.set_filter("")
    assert names(model)[len(LISTS) :] == ([project.name for project in stack.store.projects()] or ["No projects yet"])
    for project in stack.store.projects():
        index = read(model, "project", project.id)
        assert names(model, index) == [test.name for test in stack.store.tests(project.id)]


async def test_what_is_being_done_to_a_test_is_seen_until_it_is_done(stack, make, until):
    await stack.catalogue()
    model = make()
    read(model, "project", 1)
    target = Target("test", BIG + 1, "ramp")
    entry = await stack.store.begin("move", target, "Moving…")
    await until(lambda: model.index_of("test", BIG + 1).data(INTENT) == "Moving…")
    ramp = model.index_of("test", BIG + 1)
    assert ramp.data(Qt.ItemDataRole.AccessibleTextRole) == "ramp, test, Moving…"
    assert "Moving…" in ramp.data(Qt.ItemDataRole.ToolTipRole)
    assert model.index_of("project", 1).data(INTENT) == ""
    await stack.store.finish(entry, target, "done")
    await until(lambda: ramp.data(INTENT) == "")


async def test_a_test_that_starts_by_itself_has_a_sign_and_says_when(stack, make):
    await stack.catalogue()
    later = datetime.now(UTC) + timedelta(hours=3, minutes=1)
    schedules = [
        Schedule(1, BIG + 1, Timing(later), next_run_at=later),
        Schedule(2, BIG + 2, Timing(later), is_active=False, next_run_at=later),
        Schedule(3, BIG + 3, Timing(later)),
    ]
    await stack.store.put_schedules(schedules, datetime.now(UTC), complete=True)
    model = make()
    for project in (1, 2):
        read(model, "project", project)
    tests = [model.index_of("test", BIG + number) for number in (1, 2, 3)]
    assert [test.data(SCHEDULED) for test in tests] == [True, False, False]
    assert "in 3 h" in tests[0].data(Qt.ItemDataRole.ToolTipRole)
    assert tests[0].data(Qt.ItemDataRole.AccessibleTextRole) == "ramp, test, scheduled"
