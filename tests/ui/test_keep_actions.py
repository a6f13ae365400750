"""Keeping runs on this computer, in the window."""

from __future__ import annotations

import contextlib

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QLabel, QListWidget, QMessageBox

from k6desk.api.errors import CloudError
from k6desk.core import keeper
from k6desk.core.place import Place
from k6desk.data.query import Query
from k6desk.ui.command_palette import CommandPalette
from k6desk.ui.dialogs import batch
from k6desk.ui.dialogs.batch import BatchDialog
from k6desk.ui.dialogs.delete_runs import DeleteRunsDialog
from k6desk.ui.keep_actions import LATER, NOT_SAVED, NOTHING_EXPIRES, what_goes
from k6desk.ui.roles import ACCESSIBLE, TOOL_TIP
from k6desk.ui.runs.columns import STATUS
from k6desk.ui.runs.place_bar import PlaceBar
from k6desk.ui.status_parts import KeepProgress
from tests.conftest import assert_plain_text
from tests.ui.test_several_runs import press, rows_of, said, select


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch):
    monkeypatch.setattr(keeper, "PAUSE_S", 0.0)
    monkeypatch.setattr(batch, "SOON_MS", 60_000)  # that a computer is busy is no reason to show the dialog


@pytest.fixture
def store(desk):
    return desk.session.store


@pytest.fixture
def ended(desk):
    """The ids of three selected runs that have ended."""
    desk.go(Place("all"))
    return select(desk, *rows_of(desk, lambda run: run.is_finished, 3))


async def forget(desk, world, *ids: int) -> None:
    """Grafana deletes runs, and k6desk finds that out."""
    for run_id in ids:
        world.delete_run(world.run(run_id))
        with contextlib.suppress(CloudError):
            await desk.session.commands.runs.fetch(run_id)
    desk._allow()


def keep(desk) -> None:
    desk.actions_["keep"].trigger()


def box_of(desk) -> QMessageBox:
    return desk.findChild(QMessageBox)


async def test_selected_runs_are_kept_and_the_table_and_the_tree_say_so(desk, store, ended, until, notices):
    assert desk.actions_["keep"].text() == "Keep on this computer"
    keep(desk)
    await until(lambda: store.kept_ids() == set(ended), 10)
    await until(lambda: not desk.findChildren(BatchDialog))
    assert said(notices) == []  # the marks say it
    desk._allow()
    assert desk.actions_["keep"].text() == "No longer keep…"
    table = desk.workspace.runs.table
    spoken = table.runs.index(table.runs.row(ended[0]), STATUS)
    assert spoken.data(ACCESSIBLE).endswith(", kept on this computer")
    assert "Kept on this computer" in spoken.data(TOOL_TIP)
    desk.go(Place("kept"))
    await until(lambda: desk.workspace.runs.is_settled())
    assert {table.runs.id(row) for row in range(table.runs.rowCount())} == set(ended)


async def test_of_kept_and_other_runs_the_others_are_kept(desk, store, ended, until):
    await desk.session.keeper.keep(ended[0])
    before = store.kept(ended[0])
    desk._allow()
    assert desk.actions_["keep"].text() == "Keep on this computer"
    keep(desk)
    await until(lambda: store.kept_ids() == set(ended), 10)
    assert store.kept(ended[0]).kept_at == before.kept_at


async def test_what_the_disk_cannot_keep_is_not_called_kept_for_good(desk, store, until, notices, monkeypatch):
    monkeypatch.setattr(type(store), "is_saved", False)
    desk.go(Place("all"))
    [run_id] = select(desk, *rows_of(desk, lambda run: run.is_finished, 1))
    keep(desk)
    await until(lambda: NOT_SAVED in said(notices), 10)
    assert store.kept(run_id)


async def test_without_the_server_it_is_said_that_the_rest_comes_later(desk, store, until, notices, faults):
    desk.go(Place("all"))
    [run_id] = select(desk, *rows_of(desk, lambda run: run.is_finished and not store.document(run.id), 1))
    faults.error_rate = 1.0
    keep(desk)
    await until(lambda: LATER in said(notices), 10)
    assert store.kept(run_id)
    desk.workspace.details.show_run(run_id)
    desk.workspace.details.show_pane("overview")
    grid = desk.workspace.details._panes[0]._facts
    assert grid._values["Kept here"].text().endswith(", some of it is still to come")


async def test_no_longer_keeping_asks_first_and_does_nothing_by_default(desk, store, ended, until):
    keep(desk)
    await until(lambda: store.kept_ids() == set(ended), 10)
    desk._allow()
    keep(desk)
    box = box_of(desk)
    assert_plain_text(box)
    assert "No longer keep 3 runs?" in box.text()
    assert box.informativeText() == "They stay in Grafana until Grafana deletes them."
    assert box.defaultButton().text() == "Keep them"
    box.defaultButton().click()
    assert store.kept_ids() == set(ended)
    keep(desk)
    press(box_of(desk), "No longer keep")
    await until(lambda: not store.kept_ids(), 10)
    assert all(store.run(run_id) for run_id in ended)


async def test_the_only_copy_is_called_that_and_when_it_goes_the_next_run_is_chosen(desk, store, ended, world, until):
    desk.workspace.runs.select_run(ended[0])
    await desk.session.keeper.keep(ended[0])
    await forget(desk, world, ended[0])
    assert store.run(ended[0])
    words = desk.workspace.details._headline._keeping._words
    assert words.text().replace("\u00a0", " ") == "Deleted at Grafana today, kept here since today"
    for name in ("star", "save", "delete_runs", "note"):
        assert desk.actions_[name].toolTip().startswith("Grafana has deleted this run on "), name
    keep(desk)
    assert "this is the only copy" in box_of(desk).informativeText()
    press(box_of(desk), "No longer keep")
    await until(lambda: store.run(ended[0]) is None, 10)
    await until(lambda: desk.workspace.run and desk.workspace.run.id != ended[0])


async def test_what_goes_of_several_is_counted(desk, store, ended, world, until):
    for run_id in ended:
        await desk.session.keeper.keep(run_id)
    await forget(desk, world, ended[0])
    kept = store.kept_runs()
    assert what_goes(kept).startswith("Grafana has deleted 1 of them: of these,")
    from_file = [replace(known, why="file") if known.run.id == ended[1] else known for known in kept]
    assert what_goes(from_file).startswith("Grafana has deleted 1 of them, and 1 came from a file: of these,")


async def test_a_batch_leaves_out_what_grafana_has_deleted(desk, store, ended, world, until):
    await desk.session.keeper.keep(ended[0])
    await forget(desk, world, ended[0])
    starred = [run_id for run_id in ended if store.run(run_id).is_starred]
    assert desk.actions_["star"].isEnabled()
    desk.actions_["star"].trigger()
    await until(lambda: all(store.run(run_id).is_starred for run_id in ended[1:]), 10)
    await until(lambda: not desk.findChildren(BatchDialog), 10)
    await until(lambda: not any(map(store.intent, ended)))
    assert store.run(ended[0]).is_starred == (ended[0] in starred)
    desk._allow()
    desk.actions_["delete_runs"].trigger()
    assert desk.findChild(DeleteRunsDialog).findChild(QListWidget).count() == 2
    desk.findChild(DeleteRunsDialog).reject()


async def test_who_deletes_a_kept_run_is_told_that_the_copy_stays(desk, store, ended, until):
    await desk.session.keeper.keep(ended[0])
    desk.actions_["delete_runs"].trigger()
    dialog = desk.findChild(DeleteRunsDialog)
    assert any("What k6desk keeps of 1 of them on this computer stays." in one.text() for one in labels(dialog))
    press(dialog, "Delete 3 runs")
    await until(lambda: store.run(ended[1]) is None and store.run(ended[2]) is None, 10)
    await until(lambda: store.kept(ended[0]).gone_at, 10)
    assert store.run(ended[0])


def labels(widget) -> list[QLabel]:
    return widget.findChildren(QLabel)


async def test_all_that_expire_soon_are_kept_with_one_button(desk, store, until):
    expiring = set(store.select(Query(place="expiring")))
    assert expiring
    desk.go(Place("expiring"))
    bar = desk.findChild(PlaceBar)
    assert bar.isVisible()
    assert bar._name.text() == f"{len(expiring)} runs expire within 7 days"
    [button] = [one for one in bar._buttons.values() if one.isVisible()]
    assert button.text() == "Keep all"
    button.click()
    await until(lambda: store.kept_ids() == expiring, 20)
    await until(lambda: not bar.isVisible())
    await until(lambda: desk.workspace.runs.table.empty.isVisible())
    desk._allow()
    assert desk.actions_["keep_expiring"].toolTip().startswith(NOTHING_EXPIRES)


async def test_the_lists_are_in_the_palette(desk):
    desk.actions_["palette"].trigger()
    palette = desk.findChild(CommandPalette)
    palette._line.setText("kept")
    assert [(entry.words, entry.where) for entry in palette._entries] == [("Kept", "List")]
    palette._line.setText("expiring")
    assert [(entry.words, entry.where) for entry in palette._entries] == [("Expiring", "List")]
    palette.close()


async def test_without_kept_runs_the_list_says_how_to_keep_one(desk, words):
    desk.go(Place("kept"))
    assert "Ctrl+Shift+K" in words(desk.workspace.runs.table.empty)


async def test_the_rule_of_the_settings_is_followed_as_soon_as_it_is_chosen(desk, store, until, notices):
    starred = set(store.select(Query(place="starred")))
    assert starred
    desk._choose(keep_starred=True)
    await until(lambda: store.kept_ids() >= {max(starred)}, 20)
    desk._choose(keep_starred=False)
    assert store.kept_ids() <= starred
    assert said(notices) == []
    progress = desk.findChild(KeepProgress)
    await until(lambda: not progress.isVisible(), 10)


async def test_without_an_account_nothing_can_be_kept(window):
    for name in ("keep", "keep_expiring"):
        assert window.actions_[name].toolTip().startswith("Sign in first.")


@pytest.mark.parametrize(("place", "words"), [("kept", "No kept runs"), ("expiring", "Nothing expires soon")])
async def test_what_this_computer_knows_best_needs_no_server(desk, store, until, place, words):
    for run_id in store.select(Query(place="expiring")).tolist():
        await store.remove_run(run_id)
    desk.session.connection.stay_offline()
    desk.go(Place(place))
    await until(desk.workspace.runs.is_settled)
    assert words in [label.text() for label in desk.workspace.runs.findChildren(QLabel)]
