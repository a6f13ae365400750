"""What the window does for work without a connection: the dialog of the library, scripts that are fetched, notes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from k6desk.core.notices import Notices
from k6desk.core.session import Session
from k6desk.core.settings import Settings
from k6desk.ui.actions import Actions
from k6desk.ui.effects import SIGN_IN, Effects
from k6desk.ui.status_line import StatusLine
from k6desk.ui.status_parts import KeepProgress, ScriptProgress, WaitingNotes
from k6desk.ui.workspace import Workspace


class OfflineActions(Effects):
    """The effects of `library_settings`, and of what the parts of the status line offer."""

    def __init__(
        self,
        actions: Actions,
        settings: Settings,
        notices: Notices,
        choose: Callable[..., None],
        window: QWidget,
    ) -> None:
        super().__init__(actions, notices, window)
        self._settings = settings
        self._choose = choose
        actions.connect_all({"library_settings": self._open_settings})

    def use(self, session: Session | None, workspace: Workspace | None) -> None:
        """Act on this account from now on, by the user's wishes."""
        super().use(session, workspace)
        if session:
            session.outbox.comparison_wanted.connect(self._show_note)
            session.outbox.copy_wanted.connect(lambda words: self._copy(words, "The note"))
        self.heed_choices()

    def equip(self, session: Session, status: StatusLine) -> None:
        """Show what is under way in the line at the bottom."""
        notes, scripts = WaitingNotes(session.outbox, status), ScriptProgress(session.script_sync, status)
        notes.wanted.connect(session.outbox.show)
        scripts.pause_wanted.connect(lambda paused: self._choose(fetching_paused=paused))
        for part in (notes, scripts, KeepProgress(session.keeper, status)):
            status.add(part)

    def heed_choices(self) -> None:
        """Follow what the user has chosen."""
        if self._session:
            wish = self._settings.choices
            self._session.script_sync.follow(
                wanted=wish.fetch_scripts, limit_mb=wish.script_limit_mb, paused=wish.fetching_paused
            )

    def allow(self) -> None:
        self._actions.allow("library_settings", None if self._session else SIGN_IN)

    def _show_note(self, run_id: int) -> None:
        if self._workspace:
            self._workspace.edit_note(run_id)
            if self._workspace.details:
                self._workspace.details.note_pane.compare()

    def _open_settings(self) -> None:
        from k6desk.ui.dialogs.library_settings import LibrarySettings

        assert self._session
        LibrarySettings(self._session, self._settings, self._choose, self._window).open()
