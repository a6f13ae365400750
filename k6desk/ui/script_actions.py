"""What the actions on scripts of tests do in the window, also to make a new test. Bound to an id from the click on."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from k6desk.api.models import LoadTest, Project
from k6desk.core.notices import Notices
from k6desk.core.place import Place
from k6desk.core.session import Session
from k6desk.ui.actions import Actions
from k6desk.ui.effects import SIGN_IN, Effects
from k6desk.ui.workspace import Workspace

NAMES = ("upload", "test_script", "new_test")
RUNS_ONLY = (
    "A token without a stack cannot read the script that a test would run now, only that of a run; "
    "sign in to your stack to do that."
)


class ScriptActions(Effects):
    """The effects of the actions on scripts of tests, and of a file that is dropped on the explorer."""

    def __init__(self, actions: Actions, notices: Notices, window: QWidget) -> None:
        super().__init__(actions, notices, window)
        actions.connect_all(
            {
                "new_test": lambda: self._open_new_test(*self._project_here()),
                "upload": lambda: self._open_upload(*self._test_here()),
                "test_script": self._download_script,
            }
        )

    def use(self, session: Session | None, workspace: Workspace | None) -> None:
        """Act on this account from now on."""
        super().use(session, workspace)
        if workspace:
            workspace.explorer.file_dropped.connect(self._take_file)
            workspace.explorer.drop_refused.connect(lambda why: self._say("drop", why, "info"))

    def allow(self) -> None:
        session = self._session
        if session is None:
            for name in NAMES:
                self._actions.allow(name, SIGN_IN)
            return
        commands = session.commands
        test = self._workspace.test if self._workspace else None
        project = self._workspace.project if self._workspace else None
        starting = self._starting
        self._actions.allow("new_test", starting or commands.refusal_of_project("create_test", project))
        self._actions.allow("upload", starting or commands.refusal_of_test("upload", test))
        choose = None if test else "Choose a test first."
        offline = commands.why_not_connected()
        if offline and test and session.store.has_script("test", test.id):
            offline = None  # there is a copy
        lack = RUNS_ONLY if commands.lack("upload") else None
        self._actions.allow("test_script", starting or choose or lack or offline)

    def _open_new_test(self, session: Session, project: Project, file: Path | None = None) -> None:
        from k6desk.ui.dialogs.new_test import NewTestDialog

        assert self._tasks
        show = partial(self._show, session)
        tell = partial(self._say, f"new test:{project.id}")
        dialog = NewTestDialog(session, project, show, self._tasks, tell, self._window)
        if file:
            dialog.read(file)
        dialog.open()

    def _open_upload(self, session: Session, test: LoadTest, file: Path | None = None) -> None:
        from k6desk.ui.dialogs.upload import UploadDialog

        assert self._tasks
        dialog = UploadDialog(session, test, self._tasks, partial(self._say, f"upload:{test.id}"), self._window)
        if file:
            dialog.read(file)
        dialog.open()

    def _download_script(self) -> None:
        from k6desk.ui.script_file import ScriptFile

        session, test = self._test_here()
        assert self._tasks
        file = ScriptFile("test", test.id, test.name, self._notices, self._tasks, self._window)
        file.download(session)

    def _take_file(self, kind: str, id_: int, file: Path) -> None:
        session = self._session
        if session is None:
            return
        commands, store = session.commands, session.store
        test = store.test(id_) if kind == "test" else None
        project = store.project(id_) if kind == "project" else None
        if test and not self._refuse_drop(commands.refusal_of_test("upload", test)):
            self._open_upload(session, test, file)
        if project and not self._refuse_drop(commands.refusal_of_project("create_test", project)):
            self._open_new_test(session, project, file)

    def _show(self, session: Session, test: LoadTest) -> None:
        if self._workspace and self._session is session:
            self._workspace.show_place(Place("test", test.id))
