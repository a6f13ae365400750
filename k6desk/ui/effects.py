"""What all groups of actions share: the account they act on, tasks to do it with, and a place to say how it went."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QWidget

from k6desk.api.errors import CloudError
from k6desk.core.notices import Level, Notice, Notices
from k6desk.core.session import Session
from k6desk.ui.actions import Actions
from k6desk.ui.workspace import Workspace

if TYPE_CHECKING:
    from k6desk.core.tasks import Tasks

SIGN_IN = "Sign in first."
NO_LINK = "The web address of this stack is not known; sign in with it to open its pages."


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

    def use(self, session: Session | None, workspace: Workspace | None) -> None:
        """Act on this account from now on."""
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

    async def _tell(self, key: str, what_failed: str, work: Coroutine[Any, Any, object], done: str = "") -> bool:
        """Do something; say `done` if it went well and `what_failed` with the reason if not. Whether it went well."""
        try:
            await work
        except CloudError as error:
            self._say(key, f"{what_failed}: {error}", "error")
            return False
        if done:
            self._say(key, done, "success")
        return True

    def _say(
        self, key: str, words: str, level: Level, action: str = "", on_action: Callable[[], object] | None = None
    ) -> None:
        self._notices.show(Notice(key, words, level, action, on_action, passing=level == "success" and not action))

    def _copy(self, words: str, what: str) -> None:
        QGuiApplication.clipboard().setText(words)
        self._notices.show(Notice("copied", f"{what} was copied.", "info", passing=True))

    def _open(self, link: str) -> None:
        QDesktopServices.openUrl(QUrl(link))
