"""The window: menus, toolbar, notices and status around one account's workspace, and the effects of its actions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow, QMenu

from k6desk.api.models import Run, Script
from k6desk.core.links import Link, PublicLink
from k6desk.core.notices import Notice, Notices
from k6desk.core.place import Place
from k6desk.core.session import Session
from k6desk.core.settings import Settings
from k6desk.ui.action_table import Scope
from k6desk.ui.actions import Actions
from k6desk.ui.body import Body
from k6desk.ui.compare_actions import CompareActions
from k6desk.ui.effects import STARTING
from k6desk.ui.export_actions import ExportActions
from k6desk.ui.files_to_open import ask_for_files, urls_in
from k6desk.ui.finding import Finding
from k6desk.ui.front import come_to_front
from k6desk.ui.keep_actions import KeepActions
from k6desk.ui.library_actions import LibraryActions
from k6desk.ui.load_test_actions import LoadTestActions
from k6desk.ui.menus import Menus
from k6desk.ui.offline_actions import OfflineActions
from k6desk.ui.program_actions import ProgramActions
from k6desk.ui.project_actions import ProjectActions
from k6desk.ui.run_actions import RunActions
from k6desk.ui.script_actions import ScriptActions
from k6desk.ui.several_runs import SeveralRuns
from k6desk.ui.start_actions import StartActions
from k6desk.ui.status_line import StatusLine
from k6desk.ui.view_actions import ViewActions
from k6desk.ui.welcome import Welcome
from k6desk.ui.workspace import Workspace

if TYPE_CHECKING:
    from k6desk.core.accounts import Account
    from k6desk.core.tasks import Tasks

SMALLEST = QSize(800, 500)
USUAL = QSize(1280, 800)
REFRESH_MS = 300
NO_SIGN_OUT = "There is nothing to sign out of: these runs are from files."


class MainWindow(QMainWindow):
    """One window for one account at a time; without an account it says how to begin."""

    sign_in_wanted = Signal()
    sign_out_wanted = Signal()
    account_wanted = Signal(object)  # Account
    open_wanted = Signal(object)  # list[str], the URLs of files and links
    diagnostics_wanted = Signal()
    closed = Signal()

    def __init__(self, settings: Settings, notices: Notices, *, offline: bool) -> None:
        super().__init__()
        self._settings = settings
        self._notices = notices
        self._offline = offline
        self._tasks: Tasks | None = None
        self._session: Session | None = None
        self.workspace: Workspace | None = None
        self.setWindowTitle("k6desk")
        self.setAcceptDrops(True)
        self.setMinimumSize(SMALLEST)
        self.resize(USUAL)
        self.actions_ = Actions(self)
        self._body = Body(notices)
        self._status: StatusLine | None = None
        self.setCentralWidget(self._body)
        self._run_actions = RunActions(self.actions_, settings, notices, self._choose, self)
        self._keep_actions = KeepActions(self.actions_, settings, notices, self)
        self._library_actions = LibraryActions(self.actions_, settings, notices, self)
        self._compare_actions = CompareActions(self.actions_, settings, notices, self)
        self._compare_actions.run_wanted.connect(self.raise_run)
        self._compare_actions.scripts_wanted.connect(self._library_actions.compare)
        self._offline_actions = OfflineActions(self.actions_, settings, notices, self._choose, self)
        self._view_actions = ViewActions(self.actions_, settings, notices, self._choose, self)
        self._program_actions = ProgramActions(self.actions_, settings, notices, self._choose, self, offline=offline)
        self._program_actions.diagnostics_wanted.connect(self.diagnostics_wanted)
        self._finding = Finding(self.actions_, notices, self.go, self)
        self._finding.link_wanted.connect(lambda link: self.open_wanted.emit([link]))
        self._effects = (
            self._view_actions,
            self._run_actions,
            SeveralRuns(self.actions_, notices, self),
            self._keep_actions,
            StartActions(self.actions_, notices, self),
            LoadTestActions(self.actions_, notices, self),
            ScriptActions(self.actions_, notices, self),
            self._library_actions,
            self._compare_actions,
            self._offline_actions,
            ProjectActions(self.actions_, notices, self),
            ExportActions(self.actions_, notices, self),
            self._finding,
            self._program_actions,
        )
        # Polls bring many changes; what may be done changes seldom, so it is worked out a few times a second at most.
        self._soon = QTimer(self, singleShot=True, interval=REFRESH_MS)
        self._soon.timeout.connect(self._allow)
        self.actions_.about_to_act.connect(self._allow)
        self._menus = Menus(self.actions_, self)
        self._menus.account_wanted.connect(self.account_wanted)
        self._menus.opened.connect(self._program_actions.show_state)
        self._menus.closed.connect(self._release)
        self._connect()
        self._restore_size()
        self._allow()

    # -- sessions ------------------------------------------------------------------------------------------------------

    def show_session(self, session: Session | None) -> None:
        """Show an account, or how to begin when there is none."""
        self._session = session
        for menu in self.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly):
            menu.close()
        if session is None:
            self.workspace = self._status = None
            self._body.put(Welcome(self.sign_in_wanted.emit, self._choose_files, self.actions_["demo"].trigger))
        else:
            self.workspace = Workspace(session, detail_below=self._settings.choices.detail_below)
            self.workspace.restore_state(self._settings.open_window_state())
            self.workspace.runs.link_wanted.connect(lambda link: self.open_wanted.emit([link]))
            self._status = StatusLine(session.connection)
            self._body.put(self.workspace, self._status)
            self._watch(session, self.workspace, self._status)
            self.workspace.runs.table.addActions([action for spec, action in self.actions_.all() if spec.keys_in_table])
        self.setWindowTitle(f"{session.account.name} – k6desk" if session else "k6desk")
        for effects in self._effects:
            effects.use(session, self.workspace)
        self._allow()
        if self._tasks:
            self.complete(self._tasks)

    def complete(self, tasks: Tasks) -> None:
        """Add what the first picture does not need."""
        self._tasks = tasks
        for effects in self._effects:
            effects.complete(tasks)
        if self.workspace:
            self.workspace.complete(tasks)
            self._library_actions.offer(self.workspace)
        self._allow()

    def show_accounts(self, accounts: list[Account], current_key: str) -> None:
        """List the accounts to switch between; `account_wanted` tells which one the user chose."""
        self._menus.show_accounts(accounts, current_key)

    @property
    def session(self) -> Session | None:
        """The account that is shown."""
        return self._session

    def is_watched(self, run: Run) -> bool:
        """Whether the user wants to hear of this run's end."""
        people = self._settings.choices.watched_people
        return run.is_starred or run.id in self._run_actions.watched or run.started_by in people

    def is_settled(self) -> bool:
        """Whether all that the window shows is there."""
        return self.workspace is None or self.workspace.is_settled()

    def raise_run(self, run_id: int) -> None:
        """Come to the front and show a run."""
        self.come_to_front()
        self.go(Place("run", run_id))

    def come_to_front(self, token: str = "") -> None:
        """Be seen and have the keyboard; `token` is the desktop's leave to take it from another program."""
        come_to_front(self, token)

    def go(self, place: Place) -> None:
        """Open a place, if there is an account to open it in."""
        if self.workspace:
            self._view_actions.make_room_for(place)
            self.workspace.show_place(place)

    def follow(self, link: Link | PublicLink | None) -> None:
        """Go where a link leads in this account, or with None to no other that the server is still asked for."""
        self._finding.follow(link)

    def show_script(self, script: Script, title: str) -> None:
        """Look into a script that is in no account."""
        self._library_actions.show_script(script, title)

    def show_reading(self, done: int, total: int) -> None:
        """How far the reading of past runs is."""
        if self._status:
            self._status.show_reading(done, total)

    def save_state(self) -> None:
        """Remember sizes and columns for the next start."""
        state = self._settings.open_window_state()
        state.setValue("window", self.saveGeometry())
        if self.workspace:
            self.workspace.save_state(state)
        state.sync()

    @property
    def _here(self) -> Workspace:
        assert self.workspace, "actions on the workspace are enabled only while there is one"
        return self.workspace

    # -- building ------------------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self.actions_.connect_all(
            {
                "refresh": self._refresh,
                "open_file": self._choose_files,
                "quit": self.close,
                "sign_in": self.sign_in_wanted.emit,
                "sign_out": self.sign_out_wanted.emit,
            }
        )

    def _watch(self, session: Session, workspace: Workspace, status: StatusLine) -> None:
        workspace.run_changed.connect(self._allow_soon)
        session.connection.changed.connect(self._allow_soon)
        session.went_live.connect(self._allow)
        session.went_live.connect(self._tell_hidden)
        workspace.run_chosen.connect(lambda _: self._allow())
        workspace.place_changed.connect(self._allow_soon)
        workspace.selection_changed.connect(self._allow)  # a shortcut may follow at once
        workspace.menu_requested.connect(self._open_run_menu)
        workspace.explorer.menu_requested.connect(self._open_explorer_menu)
        workspace.sign_in_wanted.connect(self.sign_in_wanted.emit)
        self._offline_actions.equip(session, status)
        status.try_again.connect(self._refresh)
        status.sign_in.connect(self.sign_in_wanted.emit)

    # -- effects -------------------------------------------------------------------------------------------------------

    def _allow_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _allow(self) -> None:
        for effects in self._effects:
            effects.allow()
        has_account = None if self._session else "Sign in first."
        is_imported = self._session is not None and self._session.account.is_imported
        self.actions_.allow("sign_out", NO_SIGN_OUT if is_imported else has_account)
        self.actions_.allow("open_file", None if self._tasks else STARTING)
        live = self._session is not None and self._session.monitor is not None
        self.actions_.allow("refresh", None if live else "There is no connection to refresh from.")
        self.actions_.allow("sign_in", "Not possible offline." if self._offline else None)

    def _refresh(self) -> None:
        if self._session and self._session.monitor:
            self._session.monitor.poke()

    def _open_run_menu(self, at: QPoint) -> None:
        self._open_menu(at, "run", "runs")

    def _open_explorer_menu(self, kind: Scope, at: QPoint) -> None:
        self._open_menu(at, *(("run", "runs") if kind == "run" else (kind,)))

    def _open_menu(self, at: QPoint, *scopes: Scope) -> None:
        """Offer every action on the things of these scopes; while it is open they are about what they are now."""
        self._here.hold()
        self._allow()  # what is chosen may have become another thing this moment
        self._menus.open_on(at, *scopes)

    def _release(self) -> None:
        if self.workspace:
            self.workspace.release()
        self._allow()

    def _choose(self, **changes: object) -> None:
        """Take up and keep a choice, and say so if it cannot be kept."""
        said = self._settings.problem
        self._settings.choose(**changes)
        self._keep_actions.heed_choices()
        self._offline_actions.heed_choices()
        if self._settings.problem and self._settings.problem != said:
            self._notices.show(Notice("settings", self._settings.problem, "warning"))

    def _choose_files(self) -> None:
        ask_for_files(self, self.open_wanted.emit)

    # -- sizes ---------------------------------------------------------------------------------------------------------

    def _restore_size(self) -> None:
        geometry = self._settings.open_window_state().value("window")
        if geometry is not None:
            self.restoreGeometry(geometry)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if urls_in(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.open_wanted.emit(urls_in(event.mimeData()))

    def closeEvent(self, event: QCloseEvent) -> None:
        self.save_state()
        self._library_actions.close()
        self._compare_actions.close()
        event.accept()
        self.closed.emit()

    def changeEvent(self, event: Any) -> None:
        super().changeEvent(event)
        self._tell_hidden()

    def _tell_hidden(self) -> None:
        if self._session:
            self._session.set_hidden(self.isMinimized())
