"""What one can do to several runs at once, and to one among others."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtWidgets import QListWidget, QPushButton

from k6desk.api.errors import Conflict, NotFound, Refused, TryLater, Unreachable
from k6desk.core.place import Place
from k6desk.ui.dialogs.batch import BatchDialog
from k6desk.ui.dialogs.batch_model import AT_ONCE, RESTS
from k6desk.ui.dialogs.delete_runs import DeleteRunsDialog
from k6desk.ui.several_runs import SeveralRuns
from k6desk.ui.text import PlainLabel
from tests.conftest import assert_plain_text


def select(desk, *rows: int) -> list[int]:
    """Select these rows of the table; the ids of their runs."""
    table = desk.workspace.runs.table
    table.clearSelection()
    flags = table.selection.SelectionFlag
    for row in rows:
        table.selection.setCurrentIndex(table.runs.index(row, 0), flags.Select | flags.Rows)
    desk._allow()
    return [table.runs.id(row) for row in rows]


def rows_of(desk, is_wanted, most: int) -> list[int]:
    table = desk.workspace.runs.table.runs
    found = [row for row in range(table.rowCount()) if is_wanted(table.run(row))][:most]
    assert len(found) == most
    return found


@pytest.fixture
def ended(desk):
    """The ids of three selected runs that have ended and have no star."""
    desk.go(Place("all"))
    return select(desk, *rows_of(desk, lambda run: run.is_finished and not run.is_starred, 3))


def said(notices) -> list[str]:
    return [notice.text for notice in notices.current()]


def batch_of(desk) -> BatchDialog:
    [dialog] = desk.findChildren(BatchDialog)
    return dialog


def outcomes(dialog) -> list[str]:
    return [row.outcome for row in dialog._batch._rows]


def press(dialog, words: str) -> None:
    next(button for button in dialog.findChildren(QPushButton) if button.text() == words).click()


def cloud_of(desk):
    return desk.session.commands._deeds._cloud


# -- what is possible --------------------------------------------------------------------------------------------------


async def test_without_a_run_every_action_says_what_is_missing(desk):
    desk.workspace.runs.table.clearSelection()
    for name in ("star", "save", "export_bundle", "baseline", "delete_runs"):
        assert desk.actions_[name].toolTip().startswith("Choose a run first."), name


async def test_what_is_of_one_run_says_so_when_several_are_selected(desk, ended):
    for name in ("baseline", "abort"):
        assert desk.actions_[name].toolTip().startswith("Choose one run only."), name
    for name in ("star", "save", "delete_runs", "copy_id", "export_bundle"):
        assert desk.actions_[name].isEnabled(), name


async def test_a_running_run_cannot_be_deleted(desk):
    desk.go(Place("all"))
    select(desk, *rows_of(desk, lambda run: not run.is_finished, 1))
    assert desk.actions_["delete_runs"].toolTip().startswith("This run has not ended yet; abort it first.")


async def test_more_than_a_thousand_are_too_many(desk, monkeypatch):
    desk.go(Place("all"))
    monkeypatch.setattr("k6desk.ui.several_runs.MOST", 100)
    desk.workspace.runs.table.selectAll()
    desk._allow()
    assert desk.actions_["delete_runs"].toolTip().startswith("Choose at most 1,000 runs at once.")
    several = next(effects for effects in desk._effects if isinstance(effects, SeveralRuns))
    several._star(several._runs())
    assert not desk.findChildren(BatchDialog)


# -- star --------------------------------------------------------------------------------------------------------------


async def test_several_are_starred_if_any_is_without_and_unstarred_if_none_is(desk, ended, until, notices):
    store = desk.session.store
    assert desk.actions_["star"].text() == "Star"
    desk.actions_["star"].trigger()
    await until(lambda: all(store.run(run_id).is_starred for run_id in ended), 10)
    await until(lambda: not desk.findChildren(BatchDialog))
    assert said(notices) == []  # the stars say it
    await until(lambda: desk.actions_["star"].text() == "Unstar")
    desk.actions_["star"].trigger()
    await until(lambda: not any(store.run(run_id).is_starred for run_id in ended), 10)
    await until(lambda: not desk.findChildren(BatchDialog))


async def test_a_click_on_a_star_needs_no_dialog_and_a_second_sends_nothing(desk, ended, until, notices, monkeypatch):
    cloud, sent = cloud_of(desk), []
    star = cloud.star

    async def counted(run_id, *, starred):
        sent.append((run_id, starred))
        await star(run_id, starred=starred)

    monkeypatch.setattr(cloud, "star", counted)
    table = desk.workspace.runs.table
    table.star_clicked.emit(ended[1])
    table.star_clicked.emit(ended[1])
    await until(lambda: desk.session.store.run(ended[1]).is_starred, 10)
    assert sent == [(ended[1], True)]
    assert not desk.findChildren(BatchDialog)
    assert said(notices) == [], "the star says it, and the table stays where it is"


async def test_where_the_cloud_has_no_stars_a_click_says_why(desk, ended, notices, monkeypatch):
    cloud = cloud_of(desk)
    monkeypatch.setattr(cloud, "lacks", {"star": "A token without a stack cannot star runs."})
    monkeypatch.setattr(cloud, "star", None)
    desk._allow()
    assert desk.actions_["star"].toolTip().startswith("A token without a stack cannot star runs.")
    desk.workspace.runs.table.star_clicked.emit(ended[0])
    assert said(notices) == ["A token without a stack cannot star runs."]


async def test_another_account_sends_nothing_of_the_batch_before(desk, until, notices, monkeypatch):
    desk.go(Place("all"))
    select(desk, *rows_of(desk, lambda run: run.is_finished, 6))
    gate = asyncio.Event()
    sent: list[int] = []

    async def slow(run_id):
        sent.append(run_id)
        await gate.wait()

    monkeypatch.setattr(cloud_of(desk), "delete_run", slow)
    desk.actions_["delete_runs"].trigger()
    press(desk.findChild(DeleteRunsDialog), "Delete 6 runs")
    await until(lambda: len(sent) == 4)
    name = desk.session.account.name
    desk.show_session(None)
    await until(lambda: not desk.findChildren(BatchDialog))
    gate.set()
    await until(lambda: said(notices) == [f"{name}: 4 of 6 runs deleted, 2 not sent."])
    assert len(sent) == 4


async def test_a_batch_ends_with_its_account_even_while_it_waits_for_an_answer(desk, until, notices, monkeypatch):
    desk.go(Place("all"))
    select(desk, *rows_of(desk, lambda run: run.is_finished, 6))
    gate = asyncio.Event()

    async def closed(run_id):
        await gate.wait()
        raise asyncio.CancelledError  # as the files do once they are closed

    monkeypatch.setattr(cloud_of(desk), "delete_run", closed)
    desk.actions_["delete_runs"].trigger()
    press(desk.findChild(DeleteRunsDialog), "Delete 6 runs")
    await until(lambda: desk.findChildren(BatchDialog) and batch_of(desk)._batch.count("working") == 4)
    batch = batch_of(desk)._batch
    gate.set()
    await until(lambda: not batch.is_working())
    assert [row.outcome for row in batch._rows] == ["unknown"] * 4 + ["not sent"] * 2
    desk.show_session(None)
    await until(lambda: len(said(notices)) == 1 and said(notices)[0].endswith("4 not known, 2 not sent."))


async def test_where_the_server_asks_for_a_rest_the_batch_takes_it_and_goes_on(desk, until, notices, monkeypatch):
    desk.go(Place("all"))
    ids = select(desk, *rows_of(desk, lambda run: run.is_finished, 12))
    sent: list[int] = []
    rested = asyncio.Event()

    async def limited(run_id):
        sent.append(run_id)
        if not rested.is_set():
            raise TryLater("The server refused (429): too many requests.", status=429, retry_after_s=30.0)

    monkeypatch.setattr(cloud_of(desk), "delete_run", limited)
    desk.actions_["delete_runs"].trigger()
    press(desk.findChild(DeleteRunsDialog), "Delete 12 runs")
    await until(lambda: desk.findChildren(BatchDialog) and batch_of(desk).isVisible())
    dialog = batch_of(desk)
    assert len(sent) <= AT_ONCE
    assert outcomes(dialog) == ["waiting"] * 12
    assert dialog._problem.text().startswith("The server asks to be sent less; k6desk goes on in ")
    rested.set()
    dialog._batch._rests_until = 0.0
    dialog._batch._stopped.set()  # wakes those who rest
    await until(lambda: outcomes(dialog) == ["done"] * 12)
    assert sorted(set(sent)) == sorted(ids)
    dialog.close()


async def test_a_rest_can_be_cancelled_and_is_not_granted_for_ever(desk, ended, until, monkeypatch):
    sent: list[int] = []
    seconds = 60.0

    async def limited(run_id):
        sent.append(run_id)
        raise TryLater("The server refused (429): too many requests.", status=429, retry_after_s=seconds)

    monkeypatch.setattr(cloud_of(desk), "delete_run", limited)
    desk.actions_["delete_runs"].trigger()
    press(desk.findChild(DeleteRunsDialog), "Delete 3 runs")
    await until(lambda: desk.findChildren(BatchDialog) and batch_of(desk).isVisible())
    dialog = batch_of(desk)
    press(dialog, "Cancel")
    await until(lambda: not dialog._batch.is_working())
    assert outcomes(dialog) == ["not sent"] * 3
    seconds = 0.001
    sent.clear()
    press(dialog, "Go on")
    await until(lambda: not dialog._batch.is_working())
    assert len(sent) <= (RESTS + 1) * AT_ONCE
    assert set(outcomes(dialog)) <= {"refused", "not sent"}
    dialog.close()


# -- save --------------------------------------------------------------------------------------------------------------


async def test_results_are_kept_and_let_go(desk, until):
    desk.go(Place("all"))
    [run_id] = select(desk, *rows_of(desk, lambda run: run.is_finished and run.retention_expires_at, 1))
    store = desk.session.store
    desk.actions_["save"].trigger()
    await until(lambda: store.run(run_id).retention_expires_at is None, 10)
    await until(lambda: desk.actions_["save"].text() == "Let results expire")
    desk.actions_["save"].trigger()
    await until(lambda: store.run(run_id).retention_expires_at is not None, 10)


async def test_no_room_for_more_is_told_as_the_server_tells_it(desk, until, notices, monkeypatch):
    async def full(run_id, *, saved):
        raise Conflict("The server refused (409): the maximum of saved runs is reached.", status=409)

    desk.go(Place("all"))
    select(desk, *rows_of(desk, lambda run: run.is_finished and run.retention_expires_at, 1))
    monkeypatch.setattr(cloud_of(desk), "save", full)
    desk.actions_["save"].trigger()
    await until(lambda: any("was not saved" in one and "only so many results" in one for one in said(notices)))


# -- delete ------------------------------------------------------------------------------------------------------------


async def test_delete_asks_first_and_names_what_goes(desk, ended):
    desk.actions_["delete_runs"].trigger()
    dialog = desk.findChild(DeleteRunsDialog)
    shown = dialog.findChild(QListWidget)
    assert [shown.item(row).text().split()[-1] for row in range(shown.count())] == [str(run_id) for run_id in ended]
    assert_plain_text(dialog)
    cancel = next(button for button in dialog.findChildren(QPushButton) if button.isDefault())
    assert cancel.text() == "Cancel"
    cancel.click()
    assert all(desk.session.store.run(run_id) for run_id in ended)


async def test_exactly_the_confirmed_runs_are_deleted(desk, ended, until, notices):
    store = desk.session.store
    desk.actions_["delete_runs"].trigger()
    dialog = desk.findChild(DeleteRunsDialog)
    other = select(desk, *rows_of(desk, lambda run: run.id not in ended and run.is_finished, 1))
    press(dialog, "Delete 3 runs")
    await until(lambda: not any(store.run(run_id) for run_id in ended), 10)
    await until(lambda: "3 runs deleted." in said(notices))
    await until(lambda: not desk.findChildren(BatchDialog))
    assert store.run(other[0])


async def test_after_the_deletion_the_next_run_is_gone_to(desk, until):
    desk.go(Place("all"))
    table, store = desk.workspace.runs.table, desk.session.store
    first = next(row for row in range(50) if all(table.runs.run(row + n).is_finished for n in range(4)))
    ids = select(desk, first, first + 1, first + 2)
    following = table.runs.id(first + 3)
    table.selection.setCurrentIndex(table.runs.index(first, 0), table.selection.SelectionFlag.NoUpdate)
    desk.actions_["delete_runs"].trigger()
    press(desk.findChild(DeleteRunsDialog), "Delete 3 runs")
    await until(lambda: not any(store.run(run_id) for run_id in ids), 10)
    await until(lambda: desk.workspace.run and desk.workspace.run.id == following)
    assert table.selected_ids() == [following]
    assert desk.workspace.details.run_id == following


async def test_what_still_runs_is_said_and_left_out(desk, until):
    desk.go(Place("all"))
    [live] = select(desk, *rows_of(desk, lambda run: not run.is_finished, 1))
    rows = [desk.workspace.runs.table.runs.row(live), *rows_of(desk, lambda run: run.is_finished, 1)]
    _, gone = select(desk, *rows)
    desk.actions_["delete_runs"].trigger()
    dialog = desk.findChild(DeleteRunsDialog)
    assert any("1 run has not ended yet and stays" in label.text() for label in dialog.findChildren(PlainLabel))
    press(dialog, "Delete run")
    await until(lambda: desk.session.store.run(gone) is None, 10)
    assert desk.session.store.run(live)


async def test_each_run_has_its_own_outcome_and_the_failed_are_tried_again(desk, ended, until, notices, monkeypatch):
    cloud, store = cloud_of(desk), desk.session.store
    delete = cloud.delete_run
    tried: list[int] = []

    async def moody(run_id):
        tried.append(run_id)
        if tried.count(run_id) == 1 and run_id == ended[1]:
            raise Refused("The server refused (409): <b>it</b> is busy.", status=409)
        if tried.count(run_id) == 1 and run_id == ended[2]:
            raise Unreachable("The server did not answer in time.")
        await delete(run_id)

    monkeypatch.setattr(cloud, "delete_run", moody)
    desk.actions_["delete_runs"].trigger()
    press(desk.findChild(DeleteRunsDialog), "Delete 3 runs")
    await until(lambda: desk.findChildren(BatchDialog) and not batch_of(desk)._batch.is_working())
    dialog = batch_of(desk)
    assert outcomes(dialog) == ["done", "refused", "unknown"]
    assert dialog._batch.index(1, 2).data() == "Refused: The server refused (409): <b>it</b> is busy."
    assert dialog._title.text() == "1 of 3 runs deleted, 1 refused, 1 not known"
    assert dialog._problem.text().startswith("The server refused (409): <b>it</b> is busy.\nThe server did not answer")
    assert store.run(ended[1])
    await store.remove_run(ended[2])
    assert outcomes(dialog) == ["done", "refused", "done"], "the server has told meanwhile"
    press(dialog, "Try the failed again")
    await until(lambda: outcomes(dialog) == ["done"] * 3)
    assert tried.count(ended[0]) == 1
    dialog.close()
    assert not said(notices), "the dialog has told it"


async def test_cancel_sends_no_more(desk, until, monkeypatch):
    desk.go(Place("all"))
    ids = select(desk, *rows_of(desk, lambda run: run.is_finished, 6))
    gate = asyncio.Event()
    sent: list[int] = []

    async def slow(run_id):
        sent.append(run_id)
        await gate.wait()

    monkeypatch.setattr(cloud_of(desk), "delete_run", slow)
    desk.actions_["delete_runs"].trigger()
    press(desk.findChild(DeleteRunsDialog), "Delete 6 runs")
    await until(lambda: len(sent) == 4)
    dialog = batch_of(desk)
    press(dialog, "Cancel")
    gate.set()
    await until(lambda: not dialog._batch.is_working())
    assert sent == ids[:4]
    assert outcomes(dialog) == ["done"] * 4 + ["not sent"] * 2
    dialog.close()


async def test_a_closed_dialog_leaves_its_sum(desk, ended, until, notices, monkeypatch):
    gate = asyncio.Event()

    async def slow(run_id):
        await gate.wait()

    monkeypatch.setattr(cloud_of(desk), "delete_run", slow)
    desk.actions_["delete_runs"].trigger()
    press(desk.findChild(DeleteRunsDialog), "Delete 3 runs")
    await until(lambda: desk.findChildren(BatchDialog) and batch_of(desk).isVisible())
    batch_of(desk).close()
    assert not said(notices)
    gate.set()
    await until(lambda: said(notices) == ["3 runs deleted."])


# -- baseline ----------------------------------------------------------------------------------------------------------


async def test_the_baseline_is_set_and_cleared(desk, until):
    desk.go(Place("all"))
    [run_id] = select(desk, *rows_of(desk, lambda run: run.outcome == "passed", 1))
    store = desk.session.store
    test_id = store.run(run_id).test_id
    if store.test(test_id).baseline_run_id == run_id:
        desk.actions_["baseline"].trigger()
        await until(lambda: store.test(test_id).baseline_run_id is None, 10)
    await until(lambda: desk.actions_["baseline"].text() == "Set as baseline")
    desk.actions_["baseline"].trigger()
    await until(lambda: store.test(test_id).baseline_run_id == run_id, 10)
    await until(lambda: desk.actions_["baseline"].text() == "Clear baseline")


# -- removed operations ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [404, 405, 410])
async def test_a_removed_operation_is_said_once_and_not_offered_any_more(desk, until, notices, monkeypatch, status):
    async def gone(run_id, *, saved):
        raise (NotFound if status == 404 else Refused)("Not Found", status=status)

    desk.go(Place("all"))
    [run_id] = select(
        desk, *rows_of(desk, lambda run: run.is_finished and run.retention_expires_at and not run.is_starred, 1)
    )
    monkeypatch.setattr(cloud_of(desk), "save", gone)
    desk.actions_["save"].trigger()
    await until(lambda: said(notices), 10)
    [notice] = notices.current()
    assert notice.text.startswith("Grafana has removed the keeping of results")
    assert not desk.actions_["save"].isVisible()
    assert (notice.action, notice.second) == ("Star instead", "Export as bundle…")
    notice.on_action()
    await until(lambda: desk.session.store.run(run_id).is_starred, 10)
    desk.show_session(None)
    assert desk.actions_["save"].isVisible(), "another account may have it"
    assert not [one for one in notices.current() if one.second], "its buttons are for the runs of that account"
