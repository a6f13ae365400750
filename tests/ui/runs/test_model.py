"""The model behind the table: reads what is looked at, tells what changed, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QItemSelectionModel, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from k6desk.api.models import LoadTest
from k6desk.data.library import Target
from k6desk.data.query import Query
from k6desk.ui.runs.columns import COLUMNS, DURATION, ID, NOTE, PERSON, STAR, STARTED, STATUS, TEST, VUH, VUS
from k6desk.ui.runs.model import BLOCK, KEPT_ROWS, RunsModel

ASKED_AT = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.fixture
def model(store):
    model = RunsModel(store, Query())
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    model._rows.clear()  # what the tester looked at
    store.read = []
    return model


@pytest.fixture
def told(model):
    """What the model told its views, in short."""
    events: list = []
    model.dataChanged.connect(lambda first, last: events.append((first.row(), last.row())))
    model.layoutChanged.connect(lambda: events.append("order"))
    model.modelReset.connect(lambda: events.append("reset"))
    return events


def said(model, row: int, column: int, role: Qt.ItemDataRole = Qt.ItemDataRole.DisplayRole):
    return model.index(row, column).data(role)


def test_rows_are_in_the_order_of_the_query(model, make_run):
    assert model.rowCount() == 200
    assert model.columnCount() == len(COLUMNS)
    assert [model.id(row) for row in range(3)] == [make_run(number).id for number in (199, 198, 197)]
    assert model.index(0, 0).data(Qt.ItemDataRole.UserRole) == make_run(199).id, "ids beyond 32 bits stay whole"
    assert model.row(make_run(150).id) == 49
    assert model.row(42) is None


def test_a_row_is_read_with_its_neighbours_and_only_once(model, store):
    for row in (*range(30), *range(30)):
        model.run(row)
    assert store.read == [BLOCK]
    model.run(199)
    assert store.read == [BLOCK, 200 % BLOCK]


async def test_a_hundred_thousand_rows_cost_one_block(make_store, make_run):
    store = make_store(make_run(number, created_at=datetime.fromtimestamp(number, UTC)) for number in range(100_000))
    await store.load_index()
    model = RunsModel(store, Query())
    assert model.rowCount() == 100_000
    assert said(model, 0, TEST)
    model.show(Query(text="ramp"))
    assert model.rowCount() == 33_334
    assert said(model, 0, TEST) == "checkout ramp"
    assert store.read == [BLOCK, BLOCK]


async def test_rows_that_were_looked_at_long_ago_are_forgotten(make_store, make_run):
    store = make_store(make_run(number, created_at=datetime.fromtimestamp(number * 60, UTC)) for number in range(3000))
    await store.load_index()
    model = RunsModel(store, Query())
    for row in range(model.rowCount()):
        model.run(row)
    assert len(model._rows) < KEPT_ROWS + BLOCK
    assert model.run(0) == make_run(2999, created_at=datetime.fromtimestamp(2999 * 60, UTC))


async def test_a_changed_run_is_told_for_its_row_alone(model, store, told, make_run):
    model.run(0)
    await store.put_runs([make_run(190, note="after the deploy")], ASKED_AT)
    assert told == [(9, 9)]
    assert said(model, 9, NOTE) == "after the deploy"


async def test_a_poll_that_brings_nothing_new_tells_nothing(model, store, told, make_run, until):
    model.run(0)
    await store.put_runs([make_run(number) for number in range(200)], ASKED_AT)
    assert told == []
    await store.put_runs([make_run(190, note="x")], ASKED_AT)
    await until(lambda: not model._order_due.isActive())
    assert told == [(9, 9)], "the order is the same, so it is not told"


async def test_rows_that_nobody_looked_at_are_not_told(model, store, told, make_run):
    model.run(0)
    await store.put_runs([make_run(1, note="far below")], ASKED_AT)
    assert told == []


async def test_what_is_being_done_to_a_run_is_told(model, store, told, make_run):
    model.run(0)
    target = Target("run", make_run(199).id, "checkout ramp")
    entry = await store.begin("abort", target, "Aborting…")
    assert told == [(0, 0)]
    assert said(model, 0, STATUS) == "Aborting…"
    await store.finish(entry, target, "refused")
    assert said(model, 0, STATUS) == "Passed"


async def test_a_new_run_moves_the_others_with_their_indexes(model, store, told, make_run, until):
    kept = QPersistentModelIndex(model.index(5, TEST))
    run_id = model.id(5)
    await store.put_runs([make_run(500)], ASKED_AT)
    await until(lambda: told == ["order"])
    assert model.id(0) == make_run(500).id
    assert (kept.row(), kept.column()) == (6, TEST)
    assert model.id(kept.row()) == run_id


async def test_a_removed_run_leaves_and_its_index_ends(model, store, told, make_run, until):
    gone, kept = QPersistentModelIndex(model.index(5, 0)), QPersistentModelIndex(model.index(6, 0))
    await store.remove_run(model.id(5))
    await until(lambda: told == ["order"])
    assert model.rowCount() == 199
    assert not gone.isValid()
    assert kept.row() == 5


async def test_a_run_that_ends_leaves_the_list_of_running_ones(make_store, make_run, make_running, until):
    store = make_store([make_running(1), make_running(2)])
    model = RunsModel(store, Query(place="running"))
    assert model.rowCount() == 2
    await store.put_runs([make_run(2)], ASKED_AT)
    await until(lambda: model.rowCount() == 1)
    assert model.id(0) == make_run(1).id


async def test_runs_that_stream_in_do_not_reorder_the_table_each_time(model, store, told, make_run, until):
    for number in range(1000, 1040):
        await store.put_runs([make_run(number)], ASKED_AT)
    await until(lambda: model.rowCount() == 240)
    assert told.count("order") < 20


async def test_a_renamed_test_is_told(model, store, told, until):
    model.run(0)
    await store.put_catalogue([], [LoadTest(12, 1, "basket soak")], ASKED_AT, complete=False)
    assert (0, 199) in told
    assert said(model, 0, TEST) == "basket soak"


def test_selection_follows_the_runs_through_another_order(model, make_run):
    selection = QItemSelectionModel(model)
    selection.setCurrentIndex(
        model.index(0, 0), QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
    )
    model.show(Query(descending=False))
    assert [model.id(index.row()) for index in selection.selectedRows()] == [make_run(199).id]
    assert selection.currentIndex().row() == 199
    model.show(Query(text="search"))
    assert not selection.hasSelection()


def test_cells_say_what_people_read(make_store, make_run):
    at = datetime.now(UTC) - timedelta(seconds=1)
    run = make_run(
        30,
        created_at=at - timedelta(seconds=300),
        ended_at=at,
        note="first\u202e line\nsecond",
        is_starred=True,
        max_vus=12345,
    )
    model = RunsModel(make_store([run]), Query())
    row = {column: said(model, 0, column) for column in range(model.columnCount())}
    assert row[STATUS] == "Failed"
    assert row[TEST] == "checkout ramp"
    assert row[STARTED].split()[0] in {"today", "yesterday"}
    assert row[DURATION] == "5 min 00 s"
    assert row[VUS] == "12,345"
    assert row[VUH] == "7.50"
    assert row[PERSON] == "ana@example.com"
    assert row[NOTE] == "first line"
    assert row[STAR] == "starred"
    assert row[ID] == str(run.id)


@pytest.mark.parametrize(
    ("elapsed_s", "estimated_s", "words"),
    [(62, 100, "62 % · 38 s left"), (400, 100, "overdue by 5 min"), (30, 0, None)],
)
def test_a_running_run_says_how_far_it_is(make_store, make_running, elapsed_s, estimated_s, words):
    run = make_running(1, elapsed_s=elapsed_s, estimated_s=estimated_s)
    model = RunsModel(make_store([run]), Query())
    duration = said(model, 0, DURATION)
    assert duration == words if words else "%" not in duration
    assert said(model, 0, VUH) == "~0.25", "an estimate while it runs"


def test_what_is_not_known_is_a_dash_or_nothing(make_store, make_run):
    bare = make_run(1, test_id=99, project_id=99, started_by=None, max_vus=None, cost=None, ended_at=None)
    model = RunsModel(make_store([bare]), Query())
    row = [said(model, 0, column) for column in range(model.columnCount())]
    assert row[TEST] == f"Run {bare.id}"
    assert (row[DURATION], row[VUS], row[VUH], row[PERSON], row[NOTE]) == ("–", "–", "–", "", "")


def test_every_cell_is_named_for_screen_readers(model):
    for column in range(model.columnCount()):
        spoken = said(model, 0, column, Qt.ItemDataRole.AccessibleTextRole)
        assert spoken.startswith(COLUMNS[column].title + ": ")
        spoken = model.headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.AccessibleTextRole)
        assert spoken == COLUMNS[column].title


def test_tooltips_never_show_markup_of_the_server(make_store, make_run):
    run = make_run(2, note="<img src=x>\nsecond", started_by="<b>eve</b>")
    model = RunsModel(make_store([run]), Query())
    for column in range(model.columnCount()):
        tip = said(model, 0, column, Qt.ItemDataRole.ToolTipRole)
        assert "<img" not in tip
        assert "<b>" not in tip
    assert "&lt;img src=x&gt;<br>second" in said(model, 0, NOTE, Qt.ItemDataRole.ToolTipRole)
    assert f"{run.created_at:%Y-%m-%dT%H:%M:%S}Z" in said(model, 0, STARTED, Qt.ItemDataRole.ToolTipRole)
    assert "billed" in said(model, 0, VUH, Qt.ItemDataRole.ToolTipRole)


async def test_a_run_that_vanished_between_order_and_reading_is_an_empty_row(model, store, make_run):
    store._cache.remove_run(make_run(199).id)
    assert said(model, 0, STATUS) is None
    assert said(model, 1, STATUS) is not None


def test_another_query_over_the_same_runs(model, make_run):
    model.show(replace(model.query, sort="vus", descending=False))
    assert model.id(0) == make_run(0).id
