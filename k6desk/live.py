"""The program while it runs: the event loop, the account that is live in it, and an orderly end."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
from argparse import Namespace
from pathlib import Path

import qasync
from PySide6.QtWidgets import QApplication

from k6desk import garbage, log
from k6desk.api.models import Run
from k6desk.core.accounts import IMPORTED, Account, Accounts, Connect
from k6desk.core.executor import DaemonExecutor
from k6desk.core.imported import arrange
from k6desk.core.network import watch_network
from k6desk.core.notices import Notice, Notices
from k6desk.core.place import Place
from k6desk.core.session import Session, library_file
from k6desk.core.settings import Settings
from k6desk.core.system_keyring import KeyringProblem
from k6desk.core.tasks import Tasks
from k6desk.demo_process import DemoProcess
from k6desk.file_opener import FileOpener
from k6desk.reporter import Reporter
from k6desk.ui import theme
from k6desk.ui.main_window import MainWindow

SHUTDOWN_S = 1.0
SETTLED_MS = 50
SCREENSHOT_S = 30.0
logger = logging.getLogger("k6desk")


class Live:
    """Owns everything that needs the event loop."""

    def __init__(
        self,
        options: Namespace,
        folder: Path,
        settings: Settings,
        notices: Notices,
        accounts: Accounts,
        connect: Connect,
        window: MainWindow,
        place: Place | None,
    ) -> None:
        self._options = options
        self._folder = folder
        self._settings = settings
        self._notices = notices
        self._accounts = accounts
        self._connect = connect
        self._window = window
        self._place = place
        self._reporter = Reporter(notices, window.close)
        self._tasks = Tasks(self._reporter.report)
        self._demo: DemoProcess | None = None
        self._files = FileOpener(notices, self._show_imported, window.show_script, window.go)
        self._shown: dict[str, Account] = {}
        self._opening = bool(options.demo or options.files)
        self._status = 0
        self._sockets: tuple[socket.socket, ...] = ()

    def run(self, application: QApplication) -> int:
        """Run the event loop until the window is closed; gives the exit status."""
        garbage.seek_here(application)
        log.start(self._folder)
        with qasync.QEventLoop(application) as loop:
            loop.set_default_executor(DaemonExecutor())
            self._reporter.install(loop)
            if sys.platform != "win32":  # there, logging out closes windows
                self._end_on_signals(loop)
            loop.run_until_complete(self._main())
        if self._sockets:
            signal.set_wakeup_fd(-1)
            for end in self._sockets:
                end.close()
        return self._status

    async def _main(self) -> None:
        closed = asyncio.Event()
        window = self._window
        window.closed.connect(closed.set)
        window.sign_in_wanted.connect(self._ask_for_login)
        window.sign_out_wanted.connect(lambda: self._tasks.spawn(self._sign_out(), name="sign out"))
        window.account_wanted.connect(lambda account: self._tasks.spawn(self._open(account), name="open an account"))
        window.files_wanted.connect(lambda paths: self._tasks.spawn(self._files.open(paths), name="open files"))
        window.diagnostics_wanted.connect(self._reporter.copy_diagnostics)
        self._accounts.keyring.state_changed.connect(self._show_keyring)
        window.complete(self._tasks)
        watch_network(self._wake, window)
        try:
            self._tasks.spawn(self._start(), name="start")
            if self._options.screenshot:
                self._tasks.spawn(self._take_screenshot(self._options.screenshot), name="take a screenshot")
            await closed.wait()
        finally:
            await self._end()

    # -- accounts ------------------------------------------------------------------------------------------------------

    async def _start(self) -> None:
        """Bring the account that is shown to life, unless files lead to another one."""
        if self._options.demo:
            await self._open_demo()
        session = self._window.session
        if session:
            self._shown[session.account.key] = session.account
        is_over = bool(self._options.files) and await self._files.open(self._options.files)
        if is_over and self._place:
            self._window.go(self._place)
        elif session and not is_over and not self._options.demo:
            await self._begin(session)
        self._opening = False

    async def _begin(self, session: Session) -> None:
        """Bring an account to life, whose window is already there."""
        self._show_accounts()
        if self._place:
            self._window.go(self._place)
        if session.account.is_imported:
            await session.store.load_index()
            await arrange(session.store)
            return
        self._tasks.spawn(session.store.load_index(), name="index the runs", owner=session)
        session.finder.start(self._tasks)
        if self._options.offline:
            session.connection.stay_offline()
            return
        try:
            token = await self._accounts.token(session.account)
        except KeyringProblem as problem:
            session.connection.sign_out(str(problem))
            self._notices.show(
                Notice(
                    "keyring",
                    f"{problem} k6desk shows what it saw before.",
                    "warning",
                    "Try again",
                    lambda: self._tasks.spawn(self._begin(session), name="begin", key="begin"),
                )
            )
            return
        self._notices.clear("keyring")
        if token is None:
            session.connection.sign_out("There is no token for this account on this computer.")
            return
        account = session.account
        session.go_live(self._connect(account.origin, token, account.stack_id), self._tasks)
        self._watch(session)

    def _watch(self, session: Session) -> None:
        monitor = session.monitor
        assert monitor
        monitor.history_progressed.connect(self._window.show_reading)
        monitor.run_ended.connect(lambda run: self._tell_end(session, run))

    async def _open(self, account: Account) -> None:
        """Show another account, or give the one that is shown its new token."""
        old = self._window.session
        if old and old.account.key == account.key:
            await self._begin(old)
            return
        session = Session(account, self._folder / "accounts" / account.key, self._notices, self._window)
        self._window.show_session(session)
        if old:
            await old.aclose()
            old.deleteLater()
        await self._begin(session)

    async def _show_imported(self) -> Session:
        """Show the runs from files, if they are not shown yet."""
        session = self._window.session
        if not (session and session.account.is_imported):
            await self._open(IMPORTED)
        assert self._window.session
        return self._window.session

    async def _open_demo(self) -> None:
        from k6desk.api.secret import Secret

        self._notices.show(Notice("demo", "Starting the demo cloud…"))
        try:
            self._demo = await DemoProcess.start()
        except OSError as error:
            self._notices.show(Notice("demo", f"{error} There is nothing to show without it.", "error"))
        else:
            cloud = self._demo.cloud
            await self._open(await self._accounts.sign_in(cloud.url, cloud.stack_url, Secret(cloud.token)))
            self._notices.clear("demo")

    def _ask_for_login(self) -> None:
        from k6desk.core.logins import k6_cli_config
        from k6desk.ui.dialogs.sign_in import SignInDialog

        config = k6_cli_config(os.environ)
        account = self._window.session.account if self._window.session else None
        dialog = SignInDialog(
            self._accounts,
            self._tasks,
            self._window,
            account=account if account and not account.is_imported else None,
            k6_cli=config if config.is_file() else None,
        )
        dialog.signed_in.connect(lambda account: self._tasks.spawn(self._open(account), name="open an account"))
        dialog.open()

    async def _sign_out(self) -> None:
        session = self._window.session
        if not session:
            return
        self._window.show_session(None)
        self._shown.pop(session.account.key, None)
        try:
            await self._accounts.forget(session.account)
        except (KeyringProblem, OSError) as error:
            self._notices.show(Notice("sign out", f"The token could not be removed from the keyring: {error}", "error"))
        await session.aclose()
        session.deleteLater()
        self._show_accounts()

    def _show_accounts(self) -> None:
        """Offer the remembered accounts, runs from files, and what was shown of the environment or the demo."""
        accounts = {account.key: account for account in self._accounts.all()}
        if library_file(self._folder / "accounts" / IMPORTED.key).exists():
            accounts[IMPORTED.key] = IMPORTED
        current = self._window.session.account if self._window.session else None
        if current:
            self._shown[current.key] = current
        accounts = self._shown | accounts
        self._window.show_accounts(list(accounts.values()), current.key if current else "")

    # -- what the window is told ---------------------------------------------------------------------------------------

    def _tell_end(self, session: Session, run: Run) -> None:
        if self._settings.choices.notify and self._window.is_watched(run):
            self._tasks.spawn(self._notify(session, run), name="notify")

    async def _notify(self, session: Session, run: Run) -> None:
        """Say on the desktop how a run ended and why, or in the window where the desktop has no notifications."""
        from k6desk.core import notifications

        detail = await session.commands.read_detail(run.id)
        title, text = notifications.words(session.commands.name_of(run), run, detail)
        show = lambda: self._window.raise_run(run.id)  # noqa: E731
        if not await notifications.tell(title, text, theme.resource("k6desk.svg"), show):
            self._notices.show(Notice(f"ended:{run.id}", f"{title}. {text}", "info", "Show run", show))

    async def _take_screenshot(self, path: Path) -> None:
        """Wait until what is on the screen is all there, save it, and end."""
        try:
            async with asyncio.timeout(SCREENSHOT_S):
                while self._opening or not self._window.is_settled():  # noqa: ASYNC110 - many parts settle, each in its own way
                    await asyncio.sleep(SETTLED_MS / 1000)
        except TimeoutError:
            logger.warning("The window was not complete after %s s.", SCREENSHOT_S)
        await asyncio.sleep(SETTLED_MS / 1000)
        if not self._window.grab().save(str(path)):
            print(f"k6desk: the screenshot could not be written to {path}", file=sys.stderr)  # noqa: T201
            self._status = 1
        self._window.close()

    def _wake(self) -> None:
        if self._window.session and self._window.session.monitor:
            self._window.session.monitor.wake()

    def _show_keyring(self) -> None:
        keyring = self._accounts.keyring
        if keyring.state == "waiting":
            self._notices.show(Notice("keyring", keyring.sentence))
        elif keyring.state == "ok":
            self._notices.clear("keyring")

    # -- the end -------------------------------------------------------------------------------------------------------

    def _end_on_signals(self, loop: asyncio.AbstractEventLoop) -> None:
        """Log-out and Ctrl+C close the window, as its own button does."""
        heard, told = socket.socketpair()
        told.setblocking(False)
        signal.set_wakeup_fd(told.fileno())  # Qt's loop gives Python no turn to handle a signal by itself
        loop.add_reader(heard.fileno(), lambda: heard.recv(16))
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._window.close())
        self._sockets = heard, told

    async def _end(self) -> None:
        session = self._window.session
        await asyncio.sleep(0)  # a note typed in the last moment is on its way to the disk
        await self._tasks.aclose(SHUTDOWN_S)
        if session:
            await session.aclose()
        if self._demo:
            await self._demo.stop()
