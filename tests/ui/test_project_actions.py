"""What one can do to the chosen project and to the stack."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel

from k6desk.core.place import Place
from k6desk.ui.dialogs.delete import DeleteDialog
from k6desk.ui.dialogs.name import NameDialog

NAMES = ("project_settings", "rename_project", "copy_project_link", "delete_project", "new_project", "load_zones")


@pytest.fixture
def project(desk):
    """A chosen project that is not the default one."""
    project = next(one for one in desk.session.store.projects() if not one.is_default)
    desk.go(Place("project", project.id))
    desk._allow()
    return project


def names(desk) -> list[str]:
    return [project.name for project in desk.session.store.projects()]


def words_of(dialog) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(QLabel))


async def test_without_an_account_everything_says_so(window):
    for name in NAMES:
        assert window.actions_[name].toolTip().startswith("Sign in first."), name


async def test_without_a_project_its_actions_say_so(desk):
    desk.go(Place("recent"))
    desk.workspace._run_id = None
    desk._allow()
    for name in NAMES[:4]:
        assert desk.actions_[name].toolTip().startswith("Choose a project first."), name
    assert desk.actions_["new_project"].isEnabled()
    assert desk.actions_["load_zones"].isEnabled()


async def test_what_the_cloud_lacks_is_said(desk, project, monkeypatch):
    monkeypatch.setattr(desk.session.commands._deeds._cloud, "lacks", {"limits": "Not with this token."})
    desk._allow()
    assert desk.actions_["project_settings"].toolTip().startswith("Not with this token.")
    assert desk.actions_["rename_project"].isEnabled()


async def test_the_default_project_cannot_be_deleted(desk):
    default = next(one for one in desk.session.store.projects() if one.is_default)
    desk.go(Place("project", default.id))
    desk._allow()
    assert "default project" in desk.actions_["delete_project"].toolTip()
    assert desk.actions_["rename_project"].isEnabled()


async def test_a_new_project_is_shown_at_once(desk, until):
    desk._allow()
    desk.actions_["new_project"].trigger()
    dialog = desk.findChild(NameDialog)
    assert not dialog.first.isEnabled()
    dialog.field.line.setText("A new one")
    dialog.first.click()
    await until(lambda: "A new one" in names(desk), 10)
    await until(lambda: desk.workspace.project and desk.workspace.project.name == "A new one")


async def test_a_name_that_is_taken_stays_typed(desk, project, until):
    taken = next(name for name in names(desk) if name != project.name)
    desk.actions_["rename_project"].trigger()
    dialog = desk.findChild(NameDialog)
    dialog.field.line.setText(taken)
    dialog.first.click()
    await until(lambda: dialog.field.problem, 10)
    assert dialog.field.line.text() == taken
    assert project.name in names(desk)
    dialog.field.line.setText("Another name")
    dialog.first.click()
    await until(lambda: "Another name" in names(desk), 10)
    assert project.name not in names(desk)


async def test_a_double_click_creates_once(desk, until, monkeypatch):
    cloud, sent = desk.session.commands._deeds._cloud, []
    create = cloud.create_project

    async def counted(name):
        sent.append(name)
        return await create(name)

    monkeypatch.setattr(cloud, "create_project", counted)
    desk._allow()
    desk.actions_["new_project"].trigger()
    dialog = desk.findChild(NameDialog)
    dialog.field.line.setText("Once")
    dialog.decide()
    dialog.first.click()
    await until(lambda: "Once" in names(desk), 10)
    await asyncio.sleep(0)
    assert sent == ["Once"]


async def test_delete_says_what_goes_and_is_of_the_project_that_was_asked_about(desk, until):
    store = desk.session.store
    busy = {run.project_id for run in store.unfinished()}
    project = next(one for one in store.projects() if not one.is_default and one.id not in busy)
    desk.go(Place("project", project.id))
    desk._allow()
    tests, runs = len(store.tests(project.id)), desk.workspace.runs.table.runs.rowCount()
    desk.actions_["delete_project"].trigger()
    dialog = desk.findChild(DeleteDialog)
    assert f"{tests} test" in words_of(dialog)
    assert f"{runs} run" in words_of(dialog)
    other = next(one for one in store.projects() if one.id != project.id)
    desk.go(Place("project", other.id))
    dialog.field.line.setText("something else")
    assert not dialog.first.isEnabled()
    dialog.field.line.setText(project.name)
    dialog.first.click()
    await until(lambda: store.project(project.id) is None, 10)
    assert store.project(other.id)
    assert desk.workspace.project.id == other.id


async def test_a_deleted_place_is_left(desk, until):
    store = desk.session.store
    busy = {run.project_id for run in store.unfinished()}
    project = next(one for one in store.projects() if not one.is_default and one.id not in busy)
    desk.go(Place("project", project.id))
    desk._allow()
    desk.actions_["delete_project"].trigger()
    dialog = desk.findChild(DeleteDialog)
    dialog.field.line.setText(project.name)
    dialog.first.click()
    await until(lambda: desk.workspace.runs.query.place == "recent", 10)


async def test_the_link_of_a_project(desk, project):
    desk.actions_["copy_project_link"].trigger()
    link = QGuiApplication.clipboard().text()
    assert link == f"{desk.session.account.stack_url}/a/k6-app/projects/{project.id}"
