"""The schedule of a test: seen, set, paused, deleted; and when it would start."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QDateTime, Qt
from PySide6.QtTest import QTest

from k6desk.api.errors import Conflict, Unreachable
from k6desk.api.plans import Cron, Recurrence, Timing
from k6desk.core.place import Place
from k6desk.ui.dialogs.schedule import ScheduleDialog
from k6desk.ui.dialogs.timing_form import AFTER_RUNS, CRON, ONCE, REPEATING, TimingForm
from tests.conftest import assert_plain_text


@pytest.fixture
def form(dressed, qtbot):
    form = TimingForm()
    qtbot.addWidget(form)
    return form


@pytest.fixture
def store(desk):
    return desk.session.store


@pytest.fixture
def cloud(desk):
    return desk.session._cloud


def named(desk, name: str):
    store = desk.session.store
    return next(test for project in store.projects() for test in store.tests(project.id) if test.name == name)


async def open_dialog(desk, test, until) -> ScheduleDialog:
    desk.go(Place("test", test.id))
    desk._allow()
    desk.actions_["schedule"].trigger()
    dialog = desk.findChild(ScheduleDialog)
    await until(lambda: not dialog.asking.is_waiting)
    return dialog


async def gone(desk, until) -> None:
    await until(lambda: desk.findChild(ScheduleDialog) is None)


# -- the form ----------------------------------------------------------------------------------------------------------


def test_a_part_of_a_time_zone_finds_it_and_what_is_typed_stays(form):
    form.kinds.button(CRON).setChecked(True)
    form.show()
    form.zone.lineEdit().selectAll()
    QTest.keyClicks(form.zone.lineEdit(), "tokyo")
    assert form.zone.currentText() == "tokyo"
    completer = form.zone.completer()
    assert completer.currentCompletion() == "Asia/Tokyo"
    completer.popup().hide()


@pytest.mark.parametrize(
    "timing",
    [
        Timing(datetime(2027, 1, 31, 7, 0, tzinfo=UTC)),
        Timing(datetime(2026, 11, 20, 23, 30, tzinfo=UTC), Recurrence("WEEKLY", 2, ("MO", "SA"), count=12)),
        Timing(datetime(2027, 3, 1, 7, 0, tzinfo=UTC), Recurrence("MONTHLY", 3)),
        Timing(
            datetime(2027, 3, 1, 7, 0, tzinfo=UTC), Recurrence("DAILY", until=datetime(2027, 4, 1, 7, 0, tzinfo=UTC))
        ),
        Timing(datetime(2027, 3, 1, 7, 0, tzinfo=UTC), cron=Cron("0 7 * * 1-5", "Europe/Paris")),
    ],
    ids=str,
)
def test_what_is_shown_is_what_is_read(form, timing):
    form.show_timing(timing)
    assert form.read() == timing


def test_a_rule_of_a_newer_server_is_not_taken_for_another(form):
    before = form.read()
    form.show_timing(Timing(datetime(2027, 1, 1, tzinfo=UTC), Recurrence("FORTNIGHTLY")))
    assert form.read() == before


@pytest.mark.parametrize(
    "rule", [Recurrence("DAILY", 10_000), Recurrence("DAILY", 2**63 - 1), Recurrence("DAILY", count=2**40)]
)
def test_a_number_that_does_not_fit_is_not_shown_as_another(form, rule):
    before = form.read()
    assert not form.show_timing(Timing(datetime(2027, 1, 1, tzinfo=UTC), rule))
    assert form.read() == before


def test_a_week_without_days_is_said(form):
    form.kinds.button(REPEATING).setChecked(True)
    for button in form.days:
        button.setChecked(False)
    with pytest.raises(ValueError, match="at least one day"):
        form.read()


def test_only_what_the_kind_needs_is_shown(form):
    form.show()
    for kind, shown in ((ONCE, set()), (REPEATING, {"Every", "On", "Ends"}), (CRON, {"Cron", "Time zone"})):
        form.kinds.button(kind).setChecked(True)
        optional = {name: field for name, field in form._fields.items() if name not in {"Starts", "At"}}
        assert {name for name, field in optional.items() if field.isVisible()} == shown


# -- the dialog --------------------------------------------------------------------------------------------------------


async def test_a_test_without_a_schedule_gets_one(desk, store, notices, until):
    test = named(desk, "Login smoke")
    dialog = await open_dialog(desk, test, until)
    assert "does not start by itself" in dialog._now._rule.text()
    assert not dialog._now._changing.isVisible()
    dialog.form.kinds.button(REPEATING).setChecked(True)
    dialog.form.unit.setCurrentIndex(1)
    dialog.form.end.setCurrentIndex(AFTER_RUNS)
    dialog.form.count.setValue(3)
    await until(dialog._set.isEnabled)
    assert dialog._preview.text().count(",") == 2
    assert "Z" in dialog._preview.toolTip()
    assert_plain_text(dialog)
    dialog._set.click()
    await gone(desk, until)
    rule = store.schedule(test.id).timing.recurrence
    assert (rule.frequency, rule.count) == ("DAILY", 3)
    assert any("Every day" in notice.text for notice in notices.current())


async def test_pause_activate_and_delete_after_asking(desk, store, until):
    test = named(desk, "Home page smoke")
    dialog = await open_dialog(desk, test, until)
    assert "Next run" in dialog._now._next.text()
    dialog._now._pause.click()
    await until(lambda: dialog._now._pause.text() == "Activate")
    assert not store.schedule(test.id).is_active
    await until(dialog._now._pause.isEnabled)
    dialog._now._pause.click()
    await until(lambda: dialog._now._pause.text() == "Pause" and dialog._now._pause.isEnabled())
    dialog._now._pause.setFocus()
    QTest.keyClick(dialog._now._pause, Qt.Key.Key_Return)
    await until(lambda: dialog._now._pause.text() == "Activate" and dialog._now._pause.isEnabled())
    assert dialog.focusWidget() is dialog._now._pause, "the next Enter is not to replace the schedule"
    dialog._now._delete.click()
    assert store.schedule(test.id)
    dialog._now._no.click()
    assert dialog._now._changing.isVisible()
    dialog._now._delete.click()
    dialog._now._yes.click()
    await until(lambda: store.schedule(test.id) is None)
    await until(lambda: "does not start by itself" in dialog._now._rule.text())
    dialog.reject()
    await gone(desk, until)


async def test_a_rule_that_cannot_be_shown_is_not_replaced_unless_something_is_set(
    desk, store, cloud, monkeypatch, until
):
    test = named(desk, "Home page smoke")
    odd = Timing(datetime(2027, 1, 1, tzinfo=UTC), Recurrence("DAILY", 2**63 - 1))
    schedule = replace(store.schedule(test.id), timing=odd)
    await store.put_schedules([schedule], datetime.now(UTC), complete=False)

    async def schedule_of_test(_):
        return schedule

    monkeypatch.setattr(cloud, "schedule_of_test", schedule_of_test)
    dialog = await open_dialog(desk, test, until)
    assert dialog._not_shown.isVisible()
    assert not dialog._set.isEnabled()
    dialog.form.kinds.button(CRON).setChecked(True)
    dialog.form.cron.setText("0 7 * * *")
    await until(dialog._set.isEnabled)
    dialog.reject()
    await gone(desk, until)


async def test_a_refusal_is_said_inside_and_what_was_set_stays(desk, cloud, monkeypatch, until):
    async def refuse(*_):
        raise Conflict("This stack has too many schedules.", status=409)

    monkeypatch.setattr(cloud, "set_schedule", refuse)
    dialog = await open_dialog(desk, named(desk, "Login smoke"), until)
    dialog.form.kinds.button(CRON).setChecked(True)
    dialog.form.cron.setText("0 7 * * 1-5")
    dialog.form.zone.setCurrentText("Europe/Paris")
    await until(dialog._set.isEnabled)
    dialog._set.click()
    await until(lambda: "too many schedules" in dialog.asking.problem.text())
    assert dialog.form.isEnabled()
    assert dialog.form.cron.text() == "0 7 * * 1-5"
    assert dialog._set.isEnabled()
    dialog.reject()
    await gone(desk, until)


async def test_cron_is_checked_as_one_types(desk, until):
    dialog = await open_dialog(desk, named(desk, "Login smoke"), until)
    dialog.form.kinds.button(CRON).setChecked(True)
    dialog.form.cron.setText("0 7 * *")
    await until(lambda: "there are 4" in dialog._preview.text())
    assert not dialog._set.isEnabled()
    dialog.form.cron.setText("0 7 * * *")
    await until(lambda: dialog._preview.text().startswith("Next runs:"))
    assert dialog._set.isEnabled()
    dialog.reject()
    await gone(desk, until)


async def test_a_time_that_has_passed_starts_nothing(desk, until):
    dialog = await open_dialog(desk, named(desk, "Login smoke"), until)
    dialog.form.start.setDateTime(QDateTime.currentDateTime().addSecs(-3600))
    await until(lambda: "have passed" in dialog._preview.text())
    assert not dialog._set.isEnabled()
    dialog.reject()
    await gone(desk, until)


async def test_closing_does_not_lose_what_was_sent(desk, store, faults, notices, cloud, monkeypatch, until):
    test = named(desk, "Login smoke")
    dialog = await open_dialog(desk, test, until)
    await until(dialog._set.isEnabled)
    faults.latency_s = 0.1
    dialog._set.click()
    dialog.reject()
    await gone(desk, until)
    await until(lambda: store.schedule(test.id))
    faults.latency_s = 0

    async def lose(*_, **__):
        raise Unreachable("The connection was lost.")

    monkeypatch.setattr(cloud, "delete_schedule", lose)
    await until(lambda: store.intent(test.id, "test") is None)
    dialog = await open_dialog(desk, test, until)
    dialog._now._delete.click()
    dialog._now._yes.click()
    dialog.reject()
    await until(
        lambda: any("was deleted is not known" in one.text and one.level == "warning" for one in notices.current())
    )


async def test_what_somebody_types_is_not_overwritten_by_a_late_answer(desk, faults, until):
    test = named(desk, "Home page smoke")
    desk.go(Place("test", test.id))
    desk._allow()
    faults.latency_s = 0.1
    desk.actions_["schedule"].trigger()
    dialog = desk.findChild(ScheduleDialog)
    dialog.form.kinds.button(ONCE).setChecked(True)
    soon = QDateTime.fromSecsSinceEpoch(int((datetime.now(UTC) + timedelta(days=2)).timestamp()) // 60 * 60)
    dialog.form.start.setDateTime(soon)
    await until(lambda: not dialog.asking.is_waiting)
    assert dialog.form.kinds.checkedId() == ONCE
    assert dialog.form.start.dateTime() == soon
    faults.latency_s = 0
    dialog.reject()
    await gone(desk, until)


async def test_without_a_server_what_is_known_is_shown_and_cannot_be_changed(desk, cloud, monkeypatch, until):
    async def lose(*_):
        raise Unreachable("No network.")

    monkeypatch.setattr(cloud, "schedule_of_test", lose)
    monkeypatch.setattr(desk.session.commands, "refusal_of_test", lambda *_: "Not possible offline.")
    dialog = await open_dialog(desk, named(desk, "Home page smoke"), until)
    assert dialog._now._rule.text().startswith("Every hour")
    assert "No network." in dialog.asking.problem.text()
    assert not dialog._set.isEnabled()
    assert not dialog._now._pause.isEnabled()
    assert "Not possible offline." in dialog._now._pause.toolTip()
    dialog.reject()
    await gone(desk, until)


async def test_a_change_made_elsewhere_appears(desk, store, until):
    test = named(desk, "Home page smoke")
    dialog = await open_dialog(desk, test, until)
    await store.remove_schedule(test.id)
    assert "does not start by itself" in dialog._now._rule.text()
    assert dialog._set.text() == "Set schedule"
    dialog.reject()
    await gone(desk, until)
