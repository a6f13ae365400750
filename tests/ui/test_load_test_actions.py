"""What one can do to the chosen test, on a real demo cloud."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QFileDialog, QLabel, QMenu

from k6desk.api.errors import Unreachable
from k6desk.api.legacy.lacks import LACKS
from k6desk.api.models import Script
from k6desk.core.place import Place
from k6desk.core.scripts.source import open_source
from k6desk.data.query import Query
from k6desk.ui import load_test_actions, script_actions
from k6desk.ui.dialogs.delete import DeleteDialog
from k6desk.ui.dialogs.move import MoveDialog, MoveThereDialog
from k6desk.ui.dialogs.name import TAKEN, NameDialog
from k6desk.ui.dialogs.new_test import NewTestDialog
from k6desk.ui.dialogs.upload import NOT_KEPT, UploadDialog
from k6desk.ui.load_test_actions import what_goes
from tests.conftest import assert_plain_text
from tests.data.conftest import make_archive

__all__ = ["make_archive"]

NAMES = (*load_test_actions.NAMES, *script_actions.NAMES)
SCRIPT = "export const options = { cloud: { name: 'From a file' } };\nexport default function () {}\n"


@pytest.fixture
def store(desk):
    return desk.session.store


@pytest.fixture
def cloud(desk):
    return desk.session._cloud


@pytest.fixture
def test_(desk, store):
    """A test that is not running now, as the current place."""
    busy = {run.test_id for run in store.unfinished()}
    test = next(one for p in store.projects() for one in store.tests(p.id) if one.id not in busy)
    desk.go(Place("test", test.id))
    desk._allow()
    return test


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "from-a-file.js"
    path.write_text(SCRIPT)
    return path


def open_dialog(desk, name: str, kind: type[QDialog]) -> QDialog:
    desk._allow()  # it comes a moment later by itself
    desk.actions_[name].trigger()
    return desk.findChild(kind)


def said(notices) -> list[str]:
    return [notice.text for notice in notices.current()]


def lines_of(model):
    return {model.index(at).data() for at in range(model.rowCount())}


# -- what is possible --------------------------------------------------------------------------------------------------


async def test_without_a_test_every_action_says_what_is_missing(desk):
    desk.go(Place("recent"))
    desk._allow()
    for name in NAMES:
        assert not desk.actions_[name].isEnabled()
        assert desk.actions_[name].toolTip().startswith("Choose a ")
    assert not desk.actions_["clear_baseline"].isVisible()


async def test_without_an_account_too(window):
    assert all(window.actions_[name].toolTip().startswith("Sign in first.") for name in NAMES)


async def test_a_project_is_enough_for_a_new_test(desk, store):
    desk.go(Place("project", store.projects()[0].id))
    desk._allow()
    assert desk.actions_["new_test"].isEnabled()
    assert not desk.actions_["upload"].isEnabled()


async def test_an_account_without_a_stack_says_what_it_cannot_do(desk, cloud, test_, monkeypatch):
    monkeypatch.setattr(cloud, "lacks", LACKS)
    desk._allow()
    for name in ("upload", "rename_test", "move", "delete_test", "test_script", "new_test"):
        assert not desk.actions_[name].isEnabled()
        assert desk.actions_[name].toolTip().startswith("A token without a stack cannot")


async def test_the_menu_of_a_test_holds_what_can_be_done_to_it(desk, store, test_):
    other = next(one for one in store.tests(test_.project_id) if one.id != test_.id)
    explorer = desk.workspace.explorer
    index = explorer.model.index_of("test", other.id)
    explorer.tree.menu_wanted.emit(index, QPoint(0, 0))
    menu = desk.findChild(QMenu, "", Qt.FindChildOption.FindDirectChildrenOnly)
    offered = [spec.name for spec, action in desk.actions_.all() if action in menu.actions()]
    assert {"start", "schedule", "upload", "test_script", "rename_test", "move", "delete_test"} <= set(offered)
    assert "new_test" not in offered
    desk.actions_["rename_test"].trigger()
    menu.close()
    dialog = desk.findChild(NameDialog)
    assert dialog.field.line.text() == other.name
    dialog.close()


async def test_the_menu_of_nothing_is_that_of_the_stack(desk, test_):
    desk.workspace.explorer.tree.menu_wanted.emit(QModelIndex(), QPoint(0, 0))
    menu = desk.findChild(QMenu, "", Qt.FindChildOption.FindDirectChildrenOnly)
    offered = [spec.name for spec, action in desk.actions_.all() if action in menu.actions()]
    menu.close()
    assert offered == ["new_project", "schedules", "load_zones"]


# -- a new test --------------------------------------------------------------------------------------------------------


async def test_a_test_is_made_of_a_file_and_shown(desk, store, cloud, notices, test_, file, until):
    dialog = open_dialog(desk, "new_test", NewTestDialog)
    assert not dialog.first.isEnabled()
    dialog.read(file)
    await until(lambda: dialog.first.isEnabled())
    assert dialog.field.line.text() == "From a file"
    dialog.first.click()
    await until(lambda: "“From a file” was created." in said(notices))
    made = next(test for test in store.tests(test_.project_id) if test.name == "From a file")
    assert (await cloud.test_script(made.id)).content == SCRIPT.encode()
    assert desk.workspace.test == made
    await until(lambda: desk.workspace.explorer.tree.currentIndex().data() == "From a file")


async def test_a_taken_name_is_said_beside_it_and_the_file_stays(desk, notices, test_, file, until):
    dialog = open_dialog(desk, "new_test", NewTestDialog)
    dialog.read(file)
    await until(lambda: dialog.first.isEnabled())
    dialog.field.line.setText(test_.name)
    dialog.first.click()
    await until(lambda: dialog.field.problem == TAKEN)
    assert dialog.first.isEnabled()
    dialog.field.line.setText("Another one")
    dialog.first.click()
    await until(lambda: "“Another one” was created." in said(notices))


async def test_a_name_that_was_typed_is_not_replaced_by_that_of_the_file(desk, test_, file, until):
    dialog = open_dialog(desk, "new_test", NewTestDialog)
    dialog.field.line.setText("mine")
    dialog.field.line.textEdited.emit("mine")
    dialog.read(file)
    await until(lambda: dialog.first.isEnabled())
    assert dialog.field.line.text() == "mine"
    dialog.close()


async def test_a_file_that_cannot_be_sent_is_said_and_nothing_is_offered(desk, test_, file, tmp_path, until):
    dialog = open_dialog(desk, "new_test", NewTestDialog)
    dialog.read(file)
    await until(lambda: dialog.first.isEnabled())
    (tmp_path / "broken.tar").write_bytes(b"no tar")
    dialog.read(tmp_path / "broken.tar")
    await until(lambda: not dialog.first.isEnabled())
    assert "not a k6 archive" in dialog.chooser._facts.text()
    dialog.close()


async def test_an_archive_says_what_it_holds_and_which_secrets_go_with_it(desk, test_, tmp_path, make_archive, until):
    dialog = open_dialog(desk, "new_test", NewTestDialog)
    env = {f"KEY_{number}": "x" for number in range(6)}
    (tmp_path / "a.tar").write_bytes(make_archive(files={"/lib/<b>.js": "1"}, metadata={"env": env}))
    dialog.read(tmp_path / "a.tar")
    await until(lambda: dialog.first.isEnabled())
    words = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert "k6 archive of 3 files" in words
    assert "made by k6 2.2.0; it starts with login-smoke.js" in words
    assert "env.KEY_0, env.KEY_1, env.KEY_2, env.KEY_3 and 2 more" in words
    assert_plain_text(dialog)
    dialog.close()


# -- another script ----------------------------------------------------------------------------------------------------


async def test_a_script_is_replaced_after_its_difference_was_seen(desk, store, cloud, notices, test_, file, until):
    before = await cloud.test_script(test_.id)
    dialog = open_dialog(desk, "upload", UploadDialog)
    dialog.read(file)
    await until(lambda: dialog.difference.isVisible() and dialog.difference.model.rowCount())
    removed = {f"− {line}" for line in open_source(before).shown.split("\n")}
    assert lines_of(dialog.difference.model) & removed
    dialog.first.click()
    await until(lambda: f"“{test_.name}” has a new script." in said(notices))
    assert (await cloud.test_script(test_.id)).content == SCRIPT.encode()
    assert len(store.earlier_scripts(test_.id)) == 1


async def test_a_replaced_script_can_be_saved(desk, store, notices, test_, tmp_path, until):
    await store.keep_script("test", test_.id, Script(b"// of before", is_archive=False))
    await store.keep_script("test", test_.id, Script(b"// of today", is_archive=False))
    dialog = open_dialog(desk, "upload", UploadDialog)
    dialog.earlier.click()
    dialog.earlier.offers.actions()[0].trigger()
    dialog.earlier.offers.close()
    await until(lambda: dialog.findChild(QFileDialog))
    dialog.findChild(QFileDialog).fileSelected.emit(str(tmp_path / "before.js"))
    await until(lambda: any("saved as before.js" in words for words in said(notices)))
    assert (tmp_path / "before.js").read_bytes() == b"// of before"
    dialog.close()


async def test_the_same_script_is_not_sent_again(desk, cloud, test_, tmp_path, until):
    (tmp_path / "same").write_bytes((await cloud.test_script(test_.id)).content)
    dialog = open_dialog(desk, "upload", UploadDialog)
    dialog.read(tmp_path / "same")
    await until(lambda: dialog._nothing._title.text() == "Nothing is different")
    assert not dialog.first.isEnabled()
    dialog.close()


async def test_of_archives_the_files_that_differ_are_named(desk, cloud, notices, test_, tmp_path, make_archive, until):
    (tmp_path / "old.tar").write_bytes(make_archive(files={"/lib/a.js": "1"}))
    (tmp_path / "new.tar").write_bytes(make_archive(files={"/lib/b.js": "1"}))
    dialog = open_dialog(desk, "upload", UploadDialog)
    dialog.read(tmp_path / "old.tar")
    await until(lambda: dialog.first.isEnabled())
    dialog.first.click()
    await until(lambda: said(notices))
    await until(lambda: desk.findChild(UploadDialog) is None)
    dialog = open_dialog(desk, "upload", UploadDialog)
    dialog.read(tmp_path / "new.tar")
    await until(lambda: dialog.first.isEnabled())
    assert dialog._files.text() == "Files: ↷ /lib/a.js → /lib/b.js"
    assert dialog._nothing._title.text() == "The script itself is the same"
    dialog.close()


async def test_a_script_that_was_replaced_meanwhile_is_compared_again(desk, store, cloud, notices, test_, file, until):
    dialog = open_dialog(desk, "upload", UploadDialog)
    dialog.read(file)
    await until(dialog.first.isEnabled)
    theirs = Script(b"// theirs\nexport default function () {}\n", is_archive=False)
    await cloud.upload_script(test_.id, theirs)
    dialog.first.click()
    await until(lambda: "Somebody has replaced the script" in dialog.asking.problem.text())
    await until(dialog.first.isEnabled)
    await until(lambda: "− // theirs" in lines_of(dialog.difference.model))
    assert (await cloud.test_script(test_.id)).content == theirs.content
    dialog.first.click()
    await until(lambda: f"“{test_.name}” has a new script." in said(notices))
    last, _seen = store.earlier_scripts(test_.id)
    assert store.script_by_digest(last.digest).content == theirs.content


async def test_without_the_present_script_nothing_is_replaced(desk, cloud, test_, file, until, monkeypatch):
    load = cloud.test_script

    async def fail(_test_id):
        raise Unreachable("The server did not answer.")

    monkeypatch.setattr(cloud, "test_script", fail)
    dialog = open_dialog(desk, "upload", UploadDialog)
    dialog.read(file)
    await until(lambda: dialog.first.text() == "Load again")
    assert "was not loaded: The server did not answer." in dialog.asking.problem.text()
    monkeypatch.setattr(cloud, "test_script", load)
    await until(lambda: dialog._choice)
    dialog.first.click()
    await until(lambda: dialog.difference.model.rowCount())
    assert dialog.first.text() == "Upload script"
    assert dialog.first.isEnabled()
    dialog.close()


async def test_a_present_script_that_cannot_be_read_can_be_replaced_and_is_not_kept(
    desk, store, cloud, notices, test_, file, until, monkeypatch
):
    async def broken(_test_id):
        return Script(b"no tar", is_archive=True)

    monkeypatch.setattr(cloud, "test_script", broken)
    dialog = open_dialog(desk, "upload", UploadDialog)
    dialog.read(file)
    await until(lambda: dialog.first.isEnabled())
    assert dialog._kept.text() == NOT_KEPT
    dialog.first.click()
    await until(lambda: f"“{test_.name}” has a new script." in said(notices))
    assert store.earlier_scripts(test_.id) == []


async def test_the_script_of_a_test_is_saved_where_the_user_says(desk, cloud, notices, test_, tmp_path, until):
    desk.actions_["test_script"].trigger()
    await until(lambda: desk.findChild(QFileDialog), 10)
    path = tmp_path / "script.js"
    desk.findChild(QFileDialog).fileSelected.emit(str(path))
    await until(lambda: any("saved as script.js" in words for words in said(notices)))
    assert path.read_bytes() == (await cloud.test_script(test_.id)).content


# -- name, place, end --------------------------------------------------------------------------------------------------


async def test_a_test_gets_another_name(desk, store, test_, until):
    dialog = open_dialog(desk, "rename_test", NameDialog)
    dialog.field.line.setText("Called otherwise")
    dialog.first.click()
    await until(lambda: store.test(test_.id).name == "Called otherwise")


async def test_a_test_is_moved_to_a_project_that_is_found_by_typing(desk, store, notices, test_, until):
    there = next(project for project in store.projects() if project.id != test_.project_id)
    dialog = open_dialog(desk, "move", MoveDialog)
    assert not dialog.first.isEnabled()
    dialog.projects.filter.setText(there.name)
    QTest.keyClick(dialog.projects.filter, Qt.Key.Key_Return)
    await until(lambda: store.test(test_.id).project_id == there.id)
    await until(lambda: said(notices))


async def test_escape_empties_the_filter_and_then_closes_the_dialog(desk, test_):
    dialog = open_dialog(desk, "move", MoveDialog)
    dialog.projects.filter.setText("nothing")
    QTest.keyClick(dialog.projects.filter, Qt.Key.Key_Escape)
    assert (dialog.projects.filter.text(), dialog.isVisible()) == ("", True)
    QTest.keyClick(dialog.projects.filter, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


async def test_a_dropped_test_is_moved_once_it_is_confirmed(desk, store, notices, test_, until):
    there = next(project for project in store.projects() if project.id != test_.project_id)
    desk.workspace.explorer.test_dropped.emit(test_.id, there.id)
    dialog = desk.findChild(MoveThereDialog)
    words = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert all(part in words for part in (test_.name, store.project(test_.project_id).name, there.name))
    assert store.test(test_.id).project_id == test_.project_id
    dialog.first.click()
    await until(lambda: store.test(test_.id).project_id == there.id)
    await until(lambda: said(notices))


async def test_a_deleted_test_is_gone_with_its_runs(desk, store, notices, test_, until):
    assert store.latest_of_test(test_.id, 1)
    dialog = open_dialog(desk, "delete_test", DeleteDialog)
    dialog.field.line.setText(test_.name)
    dialog.first.click()
    await until(lambda: store.test(test_.id) is None)
    assert store.latest_of_test(test_.id, 1) == []
    await until(lambda: said(notices))


async def test_it_is_said_what_goes_with_a_test(desk, store):
    unfinished = store.unfinished()[0]
    running = store.test(unfinished.test_id)
    goes, obstacles = what_goes(desk.session, running)
    assert goes[0].startswith(f"{len(store.select(Query(place='test', place_id=running.id)))} run")
    assert "not ended yet" in obstacles[0]
    scheduled = store.test(store.schedules()[0].test_id)
    assert any(sentence.startswith("Its schedule goes, too") for sentence in what_goes(desk.session, scheduled)[0])


async def test_a_baseline_is_cleared_where_there_is_one(desk, store, test_, until):
    run = store.latest_of_test(test_.id, 1)[0]
    await desk.session.commands.tests.set_baseline(test_.id, None)
    desk._allow()
    assert not desk.actions_["clear_baseline"].isVisible()
    await desk.session.commands.tests.set_baseline(test_.id, run.id)
    desk._allow()
    assert desk.actions_["clear_baseline"].isVisible()
    desk.actions_["clear_baseline"].trigger()
    await until(lambda: store.test(test_.id).baseline_run_id is None)


async def test_the_link_of_a_test_is_copied(desk, test_):
    desk.actions_["copy_test_link"].trigger()
    link = QGuiApplication.clipboard().text()
    assert link == f"{desk.session.account.stack_url}/a/k6-app/tests/{test_.id}"


# -- what is dropped ---------------------------------------------------------------------------------------------------


async def test_a_file_on_a_project_becomes_a_new_test_there(desk, store, file, until):
    project = store.projects()[-1]
    desk.workspace.explorer.file_dropped.emit("project", project.id, file)
    dialog = desk.findChild(NewTestDialog)
    assert project.name in dialog.title.text()
    await until(lambda: dialog.first.isEnabled())
    dialog.close()


async def test_a_file_on_a_test_becomes_its_script(desk, test_, file, until):
    desk.workspace.explorer.file_dropped.emit("test", test_.id, file)
    dialog = desk.findChild(UploadDialog)
    await until(lambda: dialog.first.isEnabled())
    dialog.close()


async def test_a_file_on_what_is_gone_meanwhile_is_not_taken_for_another_thing(desk, store, file):
    project = store.projects()[0]
    desk.workspace.explorer.file_dropped.emit("test", project.id, file)
    assert not desk.findChildren(QDialog)


async def test_what_cannot_be_done_is_said_when_something_is_dropped(desk, store, notices, test_, file, monkeypatch):
    monkeypatch.setattr(desk.session.commands, "refusal_of_test", lambda *_: "Not with this token.")
    monkeypatch.setattr(desk.session.commands, "refusal_of_project", lambda *_: "Nor this.")
    explorer = desk.workspace.explorer
    there = next(project for project in store.projects() if project.id != test_.project_id)
    for drop, why in (
        (lambda: explorer.file_dropped.emit("test", test_.id, file), "Not with this token."),
        (lambda: explorer.file_dropped.emit("project", there.id, file), "Nor this."),
        (lambda: explorer.test_dropped.emit(test_.id, there.id), "Not with this token."),
        (lambda: explorer.drop_refused.emit("One at a time."), "One at a time."),
    ):
        drop()
        assert said(notices) == [why]
    assert not desk.findChildren(QDialog)
