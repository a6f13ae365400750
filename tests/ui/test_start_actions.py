"""Starting a test: one decision makes one run, and what came of it is said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from k6desk.api.errors import Conflict, NotOffered, Refused, Unreachable
from k6desk.api.models import Limits
from k6desk.core.place import Place
from k6desk.ui.dialogs.schedules import SchedulesDialog
from k6desk.ui.dialogs.start import StartDialog
from tests.conftest import assert_plain_text


@pytest.fixture
def test(desk):
    store = desk.session.store
    return next(test for project in store.projects() for test in store.tests(project.id) if test.name == "Login smoke")


@pytest.fixture
def cloud(desk):
    return desk.session._cloud


@pytest.fixture
async def dialog(desk, test, until):
    """The dialog of a test, when what a start would cost is known."""
    return await open_dialog(desk, test, until)


async def open_dialog(desk, test, until) -> StartDialog:
    desk.go(Place("test", test.id))
    desk._allow()
    desk.actions_["start"].trigger()
    dialog = desk.findChild(StartDialog)
    assert not dialog.first.isEnabled()
    await until(lambda: not dialog.asking.is_waiting)
    return dialog


def runs_of(desk, test) -> list[int]:
    return [run.id for run in desk.session.store.latest_of_test(test.id, 100)]


def said(dialog) -> str:
    return f"{dialog.asking.problem.text()} {dialog.asking._words.text()}"


async def close(dialog, until, desk) -> None:
    dialog.reject()
    await until(lambda: desk.findChild(StartDialog) is None)


async def test_what_a_run_would_do_and_cost_is_shown_before_anything_is_started(desk, dialog, test, until):
    figures = dialog.figures
    assert "VUs for" in figures._load.text()
    assert "VUH" in figures._cost.text()
    assert "left after this run" in figures._month_words.text()
    assert "As far as k6desk knows" in figures._month_words.toolTip()
    assert dialog.first.isDefault()
    assert dialog.first.hasFocus()
    assert_plain_text(dialog)
    assert desk.session.store.intent(test.id, "test") is None
    await close(dialog, until, desk)


async def test_a_start_leads_to_its_run(desk, dialog, test, until):
    before = set(runs_of(desk, test))
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    await until(lambda: desk.findChild(StartDialog) is None)
    new = set(runs_of(desk, test)) - before
    assert len(new) == 1
    assert desk.workspace.run.id == new.pop()


async def test_a_double_click_starts_one_run(desk, dialog, test, cloud, monkeypatch, until):
    keys = []
    real = cloud.start

    async def start(test_id, key):
        keys.append(key)
        return await real(test_id, key)

    monkeypatch.setattr(cloud, "start", start)
    dialog.first.click()
    dialog.first.click()
    dialog.decide()
    await until(lambda: desk.findChild(StartDialog) is None)
    assert len(keys) == 1


async def test_a_refused_start_is_said_inside_and_can_be_tried_again(desk, dialog, test, cloud, monkeypatch, until):
    keys = []
    real = cloud.start

    async def start(test_id, key):
        keys.append(key)
        if len(keys) == 1:
            raise Conflict("Too many runs are running.", status=409)
        return await real(test_id, key)

    monkeypatch.setattr(cloud, "start", start)
    dialog.first.click()
    await until(lambda: "Too many runs are running." in said(dialog))
    assert dialog.first.text() == "Try again"
    dialog.first.click()
    await until(lambda: desk.findChild(StartDialog) is None)
    assert len(set(keys)) == 1


async def test_a_lost_answer_is_not_a_second_run(desk, dialog, test, cloud, monkeypatch, until):
    real, keys, lost = cloud.start, [], True

    async def start(test_id, key):
        keys.append(key)
        answer = await real(test_id, key)
        if lost:
            raise Unreachable("The connection was lost.")
        return answer

    before = set(runs_of(desk, test))
    monkeypatch.setattr(cloud, "start", start)
    dialog.first.click()
    await until(lambda: dialog._is_unknown)
    lost = False
    await until(lambda: dialog.first.text() in {"Show run", "Try again"})
    await until(lambda: set(runs_of(desk, test)) - before, 10)  # k6desk asks, and finds it
    await until(lambda: dialog.first.text() == "Show run")
    assert "was started" in said(dialog)
    dialog.first.click()
    await until(lambda: desk.findChild(StartDialog) is None)
    found = set(runs_of(desk, test)) - before
    assert len(found) == len(set(keys)) == 1
    assert desk.workspace.run.id in found


async def test_trying_again_after_a_lost_answer_uses_the_same_key(desk, dialog, test, cloud, monkeypatch, until):
    real, keys = cloud.start, []

    async def start(test_id, key):
        keys.append(key)
        if len(keys) <= 3:
            raise Unreachable("The connection was lost.")
        return await real(test_id, key)

    before = set(runs_of(desk, test))
    monkeypatch.setattr(cloud, "start", start)
    dialog.first.click()
    await until(lambda: dialog._is_unknown)
    assert "cannot start a second run" in said(dialog)
    dialog.first.click()
    await until(lambda: desk.findChild(StartDialog) is None)
    assert len(set(keys)) == 1
    assert len(set(runs_of(desk, test)) - before) == 1


async def test_a_decision_that_is_too_old_is_not_sent_again(desk, dialog, cloud, monkeypatch, until):
    async def start(_test_id, _key):
        raise Unreachable("The connection was lost.")

    monkeypatch.setattr(cloud, "start", start)
    dialog.first.click()
    await until(lambda: dialog._is_unknown)
    dialog._key_end.timeout.emit()
    assert not dialog.first.isVisible()
    assert "too old" in said(dialog)
    await close(dialog, until, desk)


async def test_what_comes_of_a_start_after_the_dialog_was_closed_is_a_notice(
    desk, dialog, test, faults, notices, until
):
    faults.latency_s = 0.1
    dialog.first.click()
    await close(dialog, until, desk)
    faults.latency_s = 0
    notice = f"start:{test.id}"
    await until(lambda: any(one.key == notice and one.action == "Show run" for one in notices.current()))
    desk.go(Place("all"))
    next(one for one in notices.current() if one.key == notice).on_action()
    assert desk.workspace.run.test_id == test.id


async def test_what_the_server_would_not_run_cannot_be_started(desk, test, cloud, monkeypatch, until):
    async def estimate(*_):
        raise Refused("The test asks for 900 VUs, and 500 are allowed.", status=400, code="validation_error")

    monkeypatch.setattr(cloud, "estimate", estimate)
    dialog = await open_dialog(desk, test, until)
    assert "900 VUs" in said(dialog)
    assert not dialog.first.isEnabled()
    assert "900 VUs" in dialog.first.toolTip()
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert desk.session.store.intent(test.id, "test") is None
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    await until(lambda: desk.findChild(StartDialog) is None)


async def test_a_plan_that_cannot_be_read_is_asked_for_again(desk, test, cloud, monkeypatch, until):
    async def load_test(_):
        raise Unreachable("No network.")

    with monkeypatch.context() as broken:
        broken.setattr(cloud, "load_test", load_test)
        dialog = await open_dialog(desk, test, until)
    assert "No network." in said(dialog)
    dialog.first.click()
    await until(lambda: dialog.first.text() == "Start test" and dialog.first.isEnabled())
    await close(dialog, until, desk)


async def test_without_a_connection_the_action_says_why(window, session, tasks):
    window.show_session(session)
    window.complete(tasks)
    assert not window.actions_["start"].isEnabled()
    window.show_session(None)
    assert window.actions_["start"].toolTip().startswith("Sign in first.")


async def test_without_keys_a_lost_answer_is_not_sent_again(desk, test, cloud, monkeypatch, until):
    asked = []

    async def start(test_id, _key):
        asked.append(test_id)
        raise Unreachable("The connection was lost.")

    async def estimate(*_):
        raise NotOffered("The old API cannot learn what a run would cost.")

    monkeypatch.setattr(cloud, "going", frozenset({"start"}))
    monkeypatch.setattr(cloud, "start", start)
    monkeypatch.setattr(cloud, "estimate", estimate)
    dialog = await open_dialog(desk, test, until)
    assert "The old API cannot learn what a run would cost." in dialog.figures._basis.text()
    assert "cannot tell two requests to start apart" in said(dialog)
    dialog.first.click()
    await until(lambda: dialog._is_unknown)
    assert not dialog.first.isVisible()
    assert asked == [test.id]
    await close(dialog, until, desk)


async def test_over_the_monthly_limit_is_said_and_left_to_the_server(desk, test, cloud, monkeypatch, until):
    async def limits(project_id):
        return Limits(project_id, vuh_max_per_month=1)

    monkeypatch.setattr(cloud, "limits", limits)
    dialog = await open_dialog(desk, test, until)
    assert "over its monthly limit" in said(dialog)
    assert "over its limit" in dialog.figures._month_words.text()
    assert dialog.first.isEnabled()
    await close(dialog, until, desk)


async def test_an_older_run_read_late_is_not_taken_for_the_new_one(desk, dialog, test, cloud, monkeypatch, until):
    async def start(_test_id, _key):
        raise Unreachable("The connection was lost.")

    store = desk.session.store
    monkeypatch.setattr(cloud, "start", start)
    dialog.first.click()
    await until(lambda: dialog._is_unknown)
    newest = store.latest_of_test(test.id, 1)[0]
    older = replace(newest, id=newest.id - 1, created_at=newest.created_at - timedelta(seconds=1))
    await store.put_runs([older], datetime.now(UTC))
    assert dialog.first.text() == "Try again"
    await close(dialog, until, desk)


async def test_the_list_of_another_account_opens_nothing_in_this_one(desk, monkeypatch, until):
    desk.actions_["schedules"].trigger()
    dialog = desk.findChild(SchedulesDialog)
    await until(lambda: not dialog.asking.is_waiting)
    shown = []
    monkeypatch.setattr(desk.workspace, "show_place", shown.append)
    dialog.test_wanted.emit(1)
    assert shown == [Place("test", 1)]
    monkeypatch.setattr(next(one for one in desk._effects if hasattr(one, "_show_test")), "_session", None)
    dialog.test_wanted.emit(1)
    assert len(shown) == 1
    dialog.close()
