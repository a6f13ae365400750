"""The program while it runs: the event loop, what the window is told in it, and an orderly end."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import sys
from argparse import Namespace
from pathlib import Path

import qasync
from PySide6.QtWidgets import QApplication

from k6desk.api.models import Run
from k6desk.core.accounts import Accounts, Connect
from k6desk.core.executor import DaemonExecutor
from k6desk.core.network import watch_network
from k6desk.core.notices import Notice, Notices
from k6desk.core.session import Session
from k6desk.core.settings import Settings
from k6desk.core.tasks import Tasks
from k6desk.program import garbage, log
from k6desk.program.application import Application
from k6desk.program.opener import Opener
from k6desk.program.reporter import Reporter
from k6desk.program.shown_account import ShownAccount
from k6desk.program.single_instance import Request, SingleInstance
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
        instance: SingleInstance | None,
    ) -> None:
        self._options = options
        self._folder = folder
        self._settings = settings
        self._notices = notices
        self._keyring = accounts.keyring
        self._window = window
        self._instance = instance
        self._reporter = Reporter(notices, window.close)
        self._tasks = Tasks(self._reporter.report)
        self._account = ShownAccount(
            options, folder, notices, accounts, connect, window, self._tasks, watch=self._watch
        )
        self._opener = Opener(notices, self._account, window, self._tasks, offline=options.offline)
        self._opening = bool(options.demo or options.urls)
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
            loop.run_until_complete(self._main(application))
        if self._sockets:
            signal.set_wakeup_fd(-1)
            for end in self._sockets:
                end.close()
        return self._status

    async def _main(self, application: QApplication) -> None:
        closed = asyncio.Event()
        window, account, spawn = self._window, self._account, self._tasks.spawn
        window.closed.connect(closed.set)
        window.sign_in_wanted.connect(lambda: self._opener.sign_in())
        window.sign_out_wanted.connect(lambda: spawn(account.sign_out(), name="sign out"))
        window.account_wanted.connect(lambda other: spawn(account.open(other), name="open an account"))
        window.open_wanted.connect(self._opener.open_soon)
        window.diagnostics_wanted.connect(self._reporter.copy_diagnostics)
        self._keyring.state_changed.connect(self._show_keyring)
        window.complete(self._tasks)
        watch_network(self._wake, window)
        urls = list(self._options.urls)
        if isinstance(application, Application):
            application.asked.connect(lambda: self._opener.open_soon(application.take_urls()))
            urls += application.take_urls()
        if self._instance:
            self._instance.listen(self._take)
        try:
            spawn(self._start(urls), name="start")
            if self._options.screenshot:
                spawn(self._take_screenshot(self._options.screenshot), name="take a screenshot")
            await closed.wait()
        finally:
            if self._instance:
                self._instance.close()
            await self._end()

    async def _start(self, urls: list[str]) -> None:
        """Bring the account that is shown to life, unless files lead to another one, and go where a link leads."""
        async with self._opener.turn:
            if self._options.demo:
                await self._account.open_demo()
            session = self._window.session
            if session:
                self._account.remember(session)
            is_over = await self._opener.open_files(urls)
            if is_over and self._options.show:
                self._window.go(self._options.show)
            elif session and not is_over and not self._options.demo:
                await self._account.begin(session)
            await self._opener.follow_link(urls)
        self._opening = False

    def _take(self, request: Request) -> None:
        """Do what another start of the program was asked."""
        if request.front:
            self._window.come_to_front(request.token)
        self._opener.open_soon(request.urls)

    # -- what the window is told ---------------------------------------------------------------------------------------

    def _watch(self, session: Session) -> None:
        monitor = session.monitor
        assert monitor
        monitor.history_progressed.connect(self._window.show_reading)
        monitor.run_ended.connect(lambda run: self._tell_end(session, run))

    def _tell_end(self, session: Session, run: Run) -> None:
        if self._settings.choices.notify and self._window.is_watched(run):
            self._tasks.spawn(self._notify(session, run), name="notify")

    async def _notify(self, session: Session, run: Run) -> None:
        """Say on the desktop how a run ended and why, or in the window where the desktop has no notifications."""
        from k6desk.core import notifications

        detail = await session.commands.read_detail(run.id)
        title, text = notifications.words(session.commands.name_of(run), run, detail)
        show = lambda: self._window.raise_run(run.id)  # noqa: E731
        if not await notifications.tell(title, text, theme.resource("k6desk.png"), show):
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
        if self._keyring.state == "waiting":
            self._notices.show(Notice("keyring", self._keyring.sentence))
        elif self._keyring.state == "ok":
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
        await self._account.end_demo()
