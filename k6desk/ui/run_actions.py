"""What the actions on a run do in the window: ask, confirm, say how it went. Bound to an id from the first click."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QWidget

from k6desk.api.stack import web_link
from k6desk.core.notices import Notices
from k6desk.core.session import Session
from k6desk.core.settings import Settings
from k6desk.ui import text, theme
from k6desk.ui.actions import Actions
from k6desk.ui.effects import SIGN_IN, Effects, why_no_link

ICON = 32


class RunActions(Effects):
    """The effects of the actions on the one chosen run."""

    def __init__(
        self,
        actions: Actions,
        settings: Settings,
        notices: Notices,
        choose: Callable[..., None],
        window: QWidget,
    ) -> None:
        super().__init__(actions, notices, window)
        self._choose = choose
        self._settings = settings
        self.watched: set[int] = set()
        actions.connect_all(
            {
                "abort": self._confirm_abort,
                "note": self._edit_note,
                "script": self._download_script,
                "watch": self._watch,
                "watch_person": self._watch_person,
                "copy_id": self._copy_ids,
                "copy_link": lambda: self._copy(self._link(), "The run’s link"),
                "open_web": lambda: self._open(self._link()),
            }
        )

    def allow(self) -> None:
        """Enable what is possible with the chosen run, and give the reason where it is not."""
        run = self._workspace.run if self._workspace else None
        refusal = None if run else "Choose a run first."
        if self._session:
            for name in ("abort", "note", "script"):
                self._actions.allow(name, self._session.commands.refusal(name, run))
            self._actions["abort"].setVisible(not self._session.commands.is_removed("abort"))
            no_link = why_no_link(self._session.account)
        else:
            no_link = refusal
            for name in ("abort", "note", "script"):
                self._actions.allow(name, SIGN_IN)
            self._actions["abort"].setVisible(True)
        if several := self._several:
            self._actions.allow("abort", several)
        self._actions.allow("copy_id", refusal)
        for name in ("copy_link", "open_web"):
            self._actions.allow(name, refusal or no_link)
        ended = "This run has already ended." if run and run.is_finished else None
        self._actions.allow("watch", refusal or ended)
        self._actions["watch"].setChecked(bool(run and run.id in self.watched))
        nobody = None if run and run.started_by else "Nobody is known to have started this run."
        self._actions.allow("watch_person", refusal or nobody)
        self._actions["watch_person"].setChecked(bool(run and run.started_by in self._settings.choices.watched_people))

    def _copy_ids(self) -> None:
        assert self._workspace
        ids = self._workspace.run_ids or [self._run_here()[1].id]
        self._copy("\n".join(map(str, ids)), "The run’s ID" if len(ids) == 1 else f"A list of {len(ids)} run IDs")

    def _edit_note(self) -> None:
        assert self._workspace
        self._workspace.edit_note(self._run_here()[1].id)

    # -- abort ---------------------------------------------------------------------------------------------------------

    def _confirm_abort(self) -> None:
        from PySide6.QtWidgets import QMessageBox

        session, run = self._run_here()
        name = text.one_line(session.commands.name_of(run), 120)
        box = QMessageBox(self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setWindowTitle("Abort run")
        box.setIconPixmap(theme.icon("warning", "warning").pixmap(QSize(ICON, ICON), box.devicePixelRatioF()))
        box.setText(f"Abort “{name}”?")
        started = text.when(run.created_at, datetime.now(UTC))
        box.setInformativeText(f"Run {run.id}, started {started}.\nThe load stops, and what has run so far is billed.")
        for label in box.findChildren(QLabel):  # `QMessageBox.setTextFormat` is only of the first
            label.setTextFormat(Qt.TextFormat.PlainText)
        abort = box.addButton("Abort run", QMessageBox.ButtonRole.DestructiveRole)
        keep = box.addButton("Keep running", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)
        run_id = run.id
        box.buttonClicked.connect(lambda button: self._abort(session, run_id) if button is abort else None)
        box.open()

    def _abort(self, session: Session, run_id: int) -> None:
        self._spawn(session.commands.runs.abort(run_id), "abort a run", f"abort:{run_id}")

    # -- script --------------------------------------------------------------------------------------------------------

    def _download_script(self) -> None:
        from k6desk.ui.script_file import ScriptFile

        session, run = self._run_here()
        assert self._tasks
        name = f"{session.commands.name_of(run)} {run.id}"
        ScriptFile("run", run.id, name, self._notices, self._tasks, self._window).download(session)

    # -- watching and links --------------------------------------------------------------------------------------------

    def _watch(self) -> None:
        self.watched ^= {self._run_here()[1].id}
        self.allow()

    def _watch_person(self) -> None:
        person = self._run_here()[1].started_by
        people = [one for one in self._settings.choices.watched_people if one != person]
        if len(people) == len(self._settings.choices.watched_people) and person:
            people.append(person)
        self._choose(watched_people=tuple(people))
        self.allow()

    def _link(self) -> str:
        session, run = self._run_here()
        return web_link(session.account.stack_url, "runs", run.id)
