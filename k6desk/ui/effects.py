"""What all groups of actions share: the account they act on, tasks to do it with, and a place to say how it went."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from k6desk.api.models import LoadTest, Project, Run
from k6desk.core.accounts import Account
from k6desk.core.notices import Level, Notice, Notices
from k6desk.core.session import Session
from k6desk.ui.actions import Actions
from k6desk.ui.outside import open_outside
from k6desk.ui.workspace import Workspace

if TYPE_CHECKING:
    from k6desk.core.tasks import Tasks

SIGN_IN = "Sign in first."
STARTING = "k6desk is still starting."
ONE_ONLY = "Choose one run only."
NO_LINK = "The web address of this stack is not known; sign in with it to open its pages."
NO_LINK_OF_FILE = "Where a file says that its runs are from is not trusted, so k6desk opens no page there."


def why_no_link(account: Account) -> str | None:
    """Why there are no web pages of what an account shows; None when there are."""
    return None if account.stack_url else NO_LINK_OF_FILE if account.is_imported else NO_LINK


class Effects(QObject):
    """The effects of some of the table's actions; a subclass connects them and says in `allow` what is possible."""

    def __init__(self, actions: Actions, notices: Notices, window: QWidget) -> None:
        super().__init__(window)
        self._actions = actions
        self._notices = notices
        self._window = window
        self._session: Session | None = None
        self._workspace: Workspace | None = None
        self._tasks: Tasks | None = None
        self._said: set[str] = set()

    def use(self, session: Session | None, workspace: Workspace | None) -> None:
        """Act on this account from now on; what was said of another, and its buttons, go."""
        if session is not self._session:
            while self._said:
                self._notices.clear(self._said.pop())
        self._session = session
        self._workspace = workspace

    def complete(self, tasks: Tasks) -> None:
        """From now on things can be asked from the server."""
        self._tasks = tasks

    def allow(self) -> None:
        """Enable what is possible with what is chosen, and give the reason where it is not."""
        raise NotImplementedError

    def _spawn(self, work: Coroutine[Any, Any, object], name: str, key: str | None = None) -> None:
        assert self._tasks, "nothing can be clicked before there are tasks"
        self._tasks.spawn(work, name=name, key=key)

    @property
    def _starting(self) -> str | None:
        """Why nothing can be asked from the server yet; None when it can."""
        return None if self._tasks else STARTING

    @property
    def _several(self) -> str | None:
        """Why what is done to one run cannot be done; None unless others than that of the details are selected."""
        run = self._workspace.run if self._workspace else None
        ids = self._workspace.run_ids if self._workspace else []
        return ONE_ONLY if run and ids and ids != [run.id] else None

    def _run_here(self) -> tuple[Session, Run]:
        run = self._workspace.run if self._workspace else None
        assert self._session
        assert run, "the action is enabled only while a run is chosen"
        return self._session, run

    def _test_here(self) -> tuple[Session, LoadTest]:
        test = self._workspace.test if self._workspace else None
        assert self._session
        assert test, "the action is enabled only while there is a test"
        return self._session, test

    def _project_here(self) -> tuple[Session, Project]:
        project = self._workspace.project if self._workspace else None
        assert self._session
        assert project, "the action is enabled only while there is a project"
        return self._session, project

    def _refuse_drop(self, why: str | None) -> bool:
        """Say why something that was dropped is not taken; whether it is not."""
        why = self._starting or why
        if why:
            self._say("drop", why, "info")
        return bool(why)

    def _say(
        self, key: str, words: str, level: Level, action: str = "", on_action: Callable[[], object] | None = None
    ) -> None:
        self._post(Notice(key, words, level, action, on_action, passing=level == "success" and not action))

    def _post(self, notice: Notice) -> None:
        self._said.add(notice.key)
        self._notices.show(notice)

    def _copy(self, words: str, what: str) -> None:
        QGuiApplication.clipboard().setText(words)
        self._notices.show(Notice("copied", f"{what} was copied.", "info", passing=True))

    def _open(self, link: str) -> None:
        open_outside(link)
