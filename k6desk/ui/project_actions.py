"""What the actions on a project and on the stack do in the window. Bound to an id from the first click."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QWidget

from k6desk.api.stack import web_link
from k6desk.core.notices import Notices
from k6desk.core.place import Place
from k6desk.core.session import Session
from k6desk.data.query import Query
from k6desk.ui import text
from k6desk.ui.actions import Actions
from k6desk.ui.effects import SIGN_IN, Effects, why_no_link
from k6desk.ui.workspace import START_PLACE

NAMES = (
    "project_settings",
    "rename_project",
    "copy_project_link",
    "delete_project",
    "new_project",
    "load_zones",
)
DELETED_WITH = "Results, notes, schedules, limits and labels go, too. This cannot be undone."


class ProjectActions(Effects):
    """The effects of the actions on the chosen project and on what belongs to the stack."""

    def __init__(self, actions: Actions, notices: Notices, window: QWidget) -> None:
        super().__init__(actions, notices, window)
        actions.connect_all(
            {
                "new_project": self._ask_new,
                "project_settings": self._open_settings,
                "rename_project": self._ask_name,
                "delete_project": self._ask_delete,
                "copy_project_link": self._copy_link,
                "load_zones": self._open_load_zones,
            }
        )

    def allow(self) -> None:
        session = self._session
        if session is None:
            for name in NAMES:
                self._actions.allow(name, SIGN_IN)
            return
        commands = session.commands
        project = self._workspace.project if self._workspace else None
        starting = self._starting
        choose = None if project else "Choose a project first."
        self._actions.allow("rename_project", starting or commands.refusal_of_project("rename_project", project))
        self._actions.allow("delete_project", starting or commands.refusal_of_project("delete_project", project))
        self._actions.allow("project_settings", starting or commands.refusal_of_project("limits", project))
        self._actions.allow("copy_project_link", choose or why_no_link(session.account))
        self._actions.allow("new_project", starting or commands.refusal_of_stack("create_project"))
        self._actions.allow("load_zones", starting or commands.refusal_of_stack("allowed_zones"))

    # -- new, rename, delete -------------------------------------------------------------------------------------------

    def _ask_new(self) -> None:
        from k6desk.ui.dialogs.asking import Words
        from k6desk.ui.dialogs.name import NameDialog
        from k6desk.ui.dialogs.subject import line_about

        session = self._session
        assert session
        assert self._tasks

        def words(name: str) -> Words:
            short = text.one_line(name, 80)
            done, failed = f"“{short}” was created.", f"“{short}” was not created"
            return Words("Create", "Creating the project…", done, failed, f"Whether “{short}” was created is not known")

        tell = partial(self._say, "new_project")
        about = line_about(session)
        dialog = NameDialog("New project", "Create project", "", self._tasks, tell, self._window, about=about)
        dialog.ask(session.commands.projects.create, words, lambda project: self._go(session, project.id))
        dialog.open()

    def _ask_name(self) -> None:
        from k6desk.ui.dialogs.name import NameDialog, renaming
        from k6desk.ui.dialogs.subject import line_about

        session, project = self._project_here()
        assert self._tasks
        tell = partial(self._say, f"project:{project.id}")
        about = line_about(session, project)
        dialog = NameDialog("Rename project", "Rename", project.name, self._tasks, tell, self._window, about=about)
        dialog.ask(lambda name: session.commands.projects.rename(project.id, name), partial(renaming, project.name))
        dialog.open()

    def _ask_delete(self) -> None:
        from k6desk.ui.dialogs.delete import DeleteDialog
        from k6desk.ui.dialogs.subject import line_about

        session, project = self._project_here()
        assert self._tasks
        store = session.store
        tests = len(store.tests(project.id))
        runs = len(store.select(Query(place="project", place_id=project.id)))
        goes = f"Its {text.count(tests, 'test')} and {text.count(runs, 'run')} that k6desk knows of go with it."
        if not tests and not runs:
            goes = "k6desk knows of no tests and no runs of it."
        going = sum(run.project_id == project.id for run in store.unfinished())
        running = "A run of it has" if going == 1 else f"{text.count(going, 'run')} of it have"
        obstacle = f"{running} not ended yet; Grafana deletes a project only when all its runs have ended."
        dialog = DeleteDialog(
            "project",
            project.name,
            [goes, DELETED_WITH],
            lambda: self._delete(session, project.id),
            self._tasks,
            partial(self._say, f"project:{project.id}"),
            self._window,
            about=line_about(session, project),
            obstacles=[obstacle] if going else [],
        )
        dialog.open()

    async def _delete(self, session: Session, project_id: int) -> None:
        await session.commands.projects.delete(project_id)
        if self._session is session and self._workspace:
            shown = self._workspace.runs.query
            test_is_gone = shown.place == "test" and session.store.test(shown.place_id) is None
            if test_is_gone or (shown.place, shown.place_id) == ("project", project_id):
                self._workspace.show_place(START_PLACE)

    def _go(self, session: Session, project_id: int) -> None:
        if self._session is session and self._workspace:
            self._workspace.show_place(Place("project", project_id))

    # -- settings, zones, link -----------------------------------------------------------------------------------------

    def _open_settings(self) -> None:
        from k6desk.ui.dialogs.project_settings import ProjectSettingsDialog

        session, project = self._project_here()
        assert self._tasks
        dialog = ProjectSettingsDialog(session, self._tasks, project, self._window)
        name = text.one_line(project.name, 80)
        dialog.saved.connect(
            lambda: self._say(f"project:{project.id}", f"The settings of “{name}” were saved.", "success")
        )
        dialog.open()

    def _open_load_zones(self) -> None:
        from k6desk.ui.dialogs.load_zones import LoadZonesDialog

        session = self._session
        assert session
        assert self._tasks
        dialog = LoadZonesDialog(session, self._tasks, self._window)
        dialog.saved.connect(lambda: self._say("zones", "Who may use which load zone was saved.", "success"))
        dialog.open()

    def _copy_link(self) -> None:
        session, project = self._project_here()
        self._copy(web_link(session.account.stack_url, "projects", project.id), "The project’s link")
