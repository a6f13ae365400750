"""The settings of projects and of the stack, against the demo cloud."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from shiboken6 import isValid

from k6desk.api.errors import Forbidden, Refused
from k6desk.api.models import Limits
from k6desk.api.plans import Label
from k6desk.core.place import Place
from k6desk.ui.dialogs.label_row import word_problem
from k6desk.ui.dialogs.limits_form import seconds, whole
from k6desk.ui.dialogs.load_zones import LoadZonesDialog
from k6desk.ui.dialogs.project_settings import ProjectSettingsDialog
from k6desk.ui.dialogs.settings_dialog import SettingsDialog
from tests.conftest import assert_plain_text


@pytest.fixture
def commands(desk):
    return desk.session.commands.projects


@pytest.fixture
def project(desk):
    return desk.session.store.projects()[1]


@pytest.fixture
async def settings_of(desk, project, until):
    """The settings of a project, when all is read."""
    desk.go(Place("project", project.id))
    desk._allow()
    desk.actions_["project_settings"].trigger()
    dialog = desk.findChild(ProjectSettingsDialog)
    await until(lambda: all(section.is_read for section in dialog._sections), 10)
    return dialog


def cloud_of(desk):
    return desk.session.commands._deeds._cloud


def is_closed(dialog) -> bool:
    return not isValid(dialog) or not dialog.isVisible()


def tick(check_list, row: int) -> int:
    """Tick or untick a line; its id."""
    item = check_list.list.item(row)
    is_on = item.checkState() == Qt.CheckState.Checked
    item.setCheckState(Qt.CheckState.Unchecked if is_on else Qt.CheckState.Checked)
    return int(item.data(Qt.ItemDataRole.UserRole))


# -- words -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "meant"),
    [("", None), (" ", None), ("90 min", 5400), ("1 h 30 min", 5400), ("1h30min", 5400), ("45 s", 45), ("2H", 7200)],
)
def test_a_span_is_read_as_people_write_it(words, meant):
    assert seconds(words) == meant


@pytest.mark.parametrize("words", ["90", "1 d", "-5 min", "0 s", "1.5 h", "min", "9999999999 h", "5 min or so"])
def test_what_is_no_span_is_told(words):
    with pytest.raises(ValueError, match="no limit"):
        seconds(words)


@pytest.mark.parametrize(("words", "meant"), [("", None), ("1", 1), ("10,000", 10_000), (" 12 000 ", 12_000)])
def test_a_number_is_read_as_people_write_it(words, meant):
    assert whole(words) == meant


@pytest.mark.parametrize("words", ["0", "-1", "1.5", "ten", "9" * 400, "٣"])
def test_what_is_no_number_is_told(words):
    with pytest.raises(ValueError, match="no limit"):
        whole(words)


@pytest.mark.parametrize("word", ["", "two words", "it's", 'a"b', "a;b", "a\\b", "50%", "x" * 65])
def test_what_is_no_label_is_told(word):
    assert word_problem("key", word)


# -- limits ------------------------------------------------------------------------------------------------------------


async def test_limits_are_shown_and_set(desk, settings_of, commands, project, until):
    fields = settings_of.limits.fields
    assert not settings_of.save_button.isEnabled(), "nothing is changed yet"
    for name, words in (
        ("vuh_max_per_month", "5,000"),
        ("vu_max_per_test", ""),
        ("duration_max_per_test", "1 h 30 min"),
    ):
        fields[name].line.clear()
        fields[name].line.insert(words)
        fields[name].line.textEdited.emit(words)
    browser = settings_of.limits._limits.vu_browser_max_per_test
    settings_of.save_button.click()
    wanted = Limits(project.id, 5000, None, browser, 5400)
    await until(lambda: desk.session.store.limits(project.id) == wanted, 10)
    assert await cloud_of(desk).limits(project.id) == wanted
    await until(lambda: is_closed(settings_of), 10)


async def test_what_is_wrong_is_told_beside_its_line_and_nothing_is_sent(desk, settings_of, monkeypatch):
    monkeypatch.setattr(cloud_of(desk), "set_limits", None)
    field = settings_of.limits.fields["duration_max_per_test"]
    field.line.setText("90")
    field.line.textEdited.emit("90")
    settings_of.save_button.click()
    assert "unit" in field.problem
    assert settings_of.isVisible()
    assert field.line.text() == "90"


async def test_what_the_server_refuses_stays_typed_and_the_rest_is_saved(
    desk, settings_of, until, monkeypatch, commands
):
    async def refuse(_limits):
        raise Refused("The server refused (400): <b>too</b> much.", status=400)

    monkeypatch.setattr(cloud_of(desk), "set_limits", refuse)
    line = settings_of.limits.fields["vuh_max_per_month"].line
    line.setText("77")
    line.textEdited.emit("77")
    settings_of.labels.rows.add.click()
    row = settings_of.labels.rows.rows[-1]
    row.key.setText("squad")
    row.value.setText("checkout")
    settings_of.save_button.click()
    await until(lambda: "<b>too</b> much" in settings_of.limits.asking.problem.text(), 10)
    await until(lambda: not settings_of.asking.is_waiting)
    assert line.text() == "77"
    assert not settings_of.labels.is_changed()
    assert settings_of.tabs.currentWidget() is settings_of.limits
    assert_plain_text(settings_of)
    settings_of.close_for_good()


async def test_a_refusal_brings_a_closed_dialog_back(desk, settings_of, until, monkeypatch):
    gate = asyncio.Event()

    async def refuse(_limits):
        await gate.wait()
        raise Refused("The server refused (400).", status=400)

    monkeypatch.setattr(cloud_of(desk), "set_limits", refuse)
    line = settings_of.limits.fields["vuh_max_per_month"].line
    line.setText("77")
    line.textEdited.emit("77")
    settings_of.save_button.click()
    settings_of.close()
    assert not settings_of.isVisible()
    gate.set()
    await until(settings_of.isVisible)
    assert line.text() == "77"
    settings_of.close_for_good()


async def test_esc_gives_up_nothing_that_was_typed(settings_of):
    line = settings_of.limits.fields["vuh_max_per_month"].line
    line.setText("77")
    line.textEdited.emit("77")
    settings_of.reject()
    settings_of.close()
    assert settings_of.isVisible()
    button = next(each for each in settings_of.findChildren(QPushButton) if each.text() == "Discard changes")
    button.click()
    assert is_closed(settings_of)


async def test_a_part_that_may_not_be_seen_says_why_and_the_others_work(desk, project, until, monkeypatch):
    async def forbidden(*_):
        raise Forbidden("This token may not do that (403).", status=403)

    monkeypatch.setattr(cloud_of(desk), "label_keys", forbidden)
    desk.go(Place("project", project.id))
    desk._allow()
    desk.actions_["project_settings"].trigger()
    dialog = desk.findChild(ProjectSettingsDialog)
    await until(lambda: dialog.limits.is_read and dialog.zones.is_read and dialog.labels.asking.problem.text(), 10)
    assert dialog.labels.asking.problem.text() == "What is set now is not known: This token may not do that (403)."
    assert not dialog.labels.content.isEnabled()
    assert dialog.limits.content.isEnabled()
    dialog.close_for_good()


async def test_a_fault_of_its_own_leaves_the_dialog_usable(desk, settings_of, until, monkeypatch):
    faults = []
    monkeypatch.setattr(settings_of._tasks, "report", lambda error, _: faults.append(error))

    async def fail(_limits):
        raise ZeroDivisionError

    monkeypatch.setattr(cloud_of(desk), "set_limits", fail)
    line = settings_of.limits.fields["vuh_max_per_month"].line
    line.setText("77")
    line.textEdited.emit("77")
    settings_of.save_button.click()
    await until(lambda: faults)
    assert "fault of its own" in settings_of.asking.problem.text()
    assert settings_of.limits.content.isEnabled()
    assert settings_of.save_button.isEnabled()
    assert line.text() == "77"
    settings_of.close_for_good()
    assert is_closed(settings_of)


# -- zones -------------------------------------------------------------------------------------------------------------


async def test_private_zones_are_allowed_and_public_ones_are_as_they_are(desk, settings_of, commands, project, until):
    zones = {zone.id: zone for zone in await commands.zones()}
    items = [settings_of.zones.zones.list.item(row) for row in range(len(zones))]
    fixed = {int(item.data(Qt.ItemDataRole.UserRole)) for item in items if not item.flags() & Qt.ItemFlag.ItemIsEnabled}
    assert {zone.id for zone in zones.values() if zone.public} <= fixed
    row = next(at for at, item in enumerate(items) if item.flags() & Qt.ItemFlag.ItemIsEnabled)
    before = {zone.id for zone in await commands.allowed_zones(project.id)}
    zone_id = tick(settings_of.zones.zones, row)
    settings_of.save_button.click()
    await until(lambda: is_closed(settings_of), 10)
    assert {zone.id for zone in await commands.allowed_zones(project.id)} == before ^ {zone_id}


async def test_a_filter_unticks_nothing(settings_of):
    before = settings_of.zones.zones.checked()
    settings_of.zones.zones.filter.setText("nothing is called so")
    assert settings_of.zones.zones.checked() == before
    settings_of.close_for_good()


async def test_the_projects_of_a_private_zone_are_set(desk, commands, until):
    desk._allow()
    desk.actions_["load_zones"].trigger()
    dialog = desk.findChild(LoadZonesDialog)
    await until(lambda: dialog.form.is_read and dialog.form._who.currentWidget() is dialog.form.projects, 10)
    zone = dialog.form._zone
    assert not zone.public, "the private ones come first"
    before = {project.id for project in await commands.allowed_projects(zone)}
    project_id = tick(dialog.form.projects, 0)
    dialog.form.table.setCurrentItem(dialog.form.table.topLevelItem(dialog.form.table.topLevelItemCount() - 1))
    assert dialog.form._who.currentWidget() is dialog.form._words
    dialog.save_button.click()
    await until(lambda: is_closed(dialog), 10)
    assert {project.id for project in await commands.allowed_projects(zone)} == before ^ {project_id}


# -- labels ------------------------------------------------------------------------------------------------------------


async def test_labels_are_added_changed_and_taken_out(desk, settings_of, commands, project, until):
    rows = settings_of.labels.rows
    for key, value in (("squad", "checkout"), ("stage", "staging")):
        rows.add.click()
        rows.rows[-1].key.setText(key)
        rows.rows[-1].value.setText(value)
    settings_of.save_button.click()
    await until(lambda: is_closed(settings_of), 10)
    found = {(label.key, label.value) for label in await commands.labels(project.id)}
    assert {("squad", "checkout"), ("stage", "staging")} <= found
    await until(desk.actions_["project_settings"].isEnabled)
    desk.actions_["project_settings"].trigger()
    dialog = next(one for one in desk.findChildren(ProjectSettingsDialog) if one is not settings_of)
    await until(lambda: dialog.labels.is_read, 10)
    next(row for row in dialog.labels.rows.rows if row.texts() == ("squad", "checkout")).remove.click()
    dialog.save_button.click()
    await until(lambda: is_closed(dialog), 10)
    assert {(label.key, label.value) for label in await commands.labels(project.id)} == found - {("squad", "checkout")}


async def test_labels_that_were_taken_out_halfway_can_be_saved_again(
    desk, settings_of, commands, project, until, monkeypatch
):
    cloud, sent = cloud_of(desk), []
    await commands.set_labels(project.id, [Label("a", "1"), Label("b", "2"), Label("c", "3")])
    settings_of.labels.load()
    await until(lambda: not settings_of.labels.asking.is_waiting)
    real = cloud.remove_label

    async def remove(project_id, key):
        sent.append(key)
        if sent == ["a", "b"]:
            raise Refused("Not now.", status=400)
        await real(project_id, key)

    monkeypatch.setattr(cloud, "remove_label", remove)
    for row in settings_of.labels.rows.rows[:2]:
        row.remove.click()
    settings_of.save_button.click()
    await until(lambda: "Not now." in settings_of.labels.asking.problem.text())
    await until(settings_of.save_button.isEnabled)
    settings_of.save_button.click()
    await until(lambda: is_closed(settings_of))
    assert sent == ["a", "b", "b"]
    assert await commands.labels(project.id) == [Label("c", "3")]


async def test_labels_of_the_stack_are_saved_though_both_dialogs_are_closed(
    desk, settings_of, commands, until, monkeypatch
):
    cloud, gate = cloud_of(desk), asyncio.Event()
    real = cloud.create_label_key

    async def create(*key):
        await gate.wait()
        return await real(*key)

    monkeypatch.setattr(cloud, "create_label_key", create)
    next(b for b in settings_of.labels.findChildren(QPushButton) if b.text() == "Labels of the stack…").click()
    dialog = next(one for one in settings_of.findChildren(SettingsDialog))
    [form] = dialog._sections
    await until(lambda: form.is_read)
    for key in ("one", "two"):
        form.rows.add.click()
        form.rows.rows[-1].key.setText(key)
    dialog.save_button.click()
    dialog.close()
    settings_of.close_for_good()
    await until(lambda: not isValid(settings_of))
    gate.set()
    await until(lambda: not isValid(dialog))
    assert {"one", "two"} <= {label.key for label in await commands.label_keys()}


async def test_a_label_without_a_value_or_twice_is_told_in_its_row(settings_of):
    rows = settings_of.labels.rows
    for value in ("a", "a", ""):
        rows.add.click()
        rows.rows[-1].key.setText("squad" if value else "stage")
        rows.rows[-1].value.setText(value)
    settings_of.save_button.click()
    told = [row._problem.text() for row in rows.rows[-3:]]
    assert ["twice" in words for words in told] == [True, True, False]
    assert told[2] == "Type a value."
    settings_of.close_for_good()


async def test_labels_of_the_stack_are_made_renamed_and_deleted(desk, settings_of, commands, until):
    old = await commands.create_label_key("old", "")
    kept = await commands.create_label_key("kept", "as it was")
    button = next(b for b in settings_of.labels.findChildren(QPushButton) if b.text() == "Labels of the stack…")
    button.click()
    dialog = next(one for one in settings_of.findChildren(SettingsDialog))
    [form] = dialog._sections
    await until(lambda: form.is_read, 10)
    row_of = {row.id: row for row in form.rows.rows}
    row_of[kept.id].key.setText("renamed")
    row_of[old.id].remove.click()
    assert "“old”" in form._warning.text()
    form.rows.add.click()
    form.rows.rows[-1].key.setText("new")
    form.rows.rows[-1].value.setText("what is new")
    dialog.save_button.click()
    await until(lambda: is_closed(dialog), 10)
    found = {label.key: label for label in await commands.label_keys()}
    assert "old" not in found
    assert found["renamed"].id == kept.id
    assert found["renamed"].description == "as it was"
    assert found["new"].description == "what is new"
    settings_of.close_for_good()


async def test_a_label_that_a_line_cannot_hold_is_no_change(settings_of, monkeypatch, until):
    """Such as one of blanks, or of two lines: the dialog must not ask whether to give up what nobody typed."""

    async def labels(project_id):
        return [Label(" \t", "one\ntwo")]

    monkeypatch.setattr(settings_of.labels._commands, "labels", labels)
    settings_of.labels.load()
    await until(lambda: not settings_of.labels.asking.is_waiting and settings_of.labels.rows.rows)
    assert not settings_of.labels.is_changed()
    settings_of.labels.rows.rows[0].value.setText("three")
    assert settings_of.labels.is_changed()
