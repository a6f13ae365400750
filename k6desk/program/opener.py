"""Opens what the user clicked, named or dropped: links where their account is, files of runs, and scripts."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QApplication, QDialog

from k6desk.core.links import Link, PublicLink, parse_link
from k6desk.core.notices import Notice, Notices
from k6desk.core.tasks import Tasks
from k6desk.data.file_urls import is_file_url, path_of
from k6desk.program.file_opener import FileOpener
from k6desk.program.shown_account import ShownAccount
from k6desk.ui import text
from k6desk.ui.main_window import MainWindow

KEY = "link"
WAITING = "What you have opened waits until this dialog is closed."


class Opener:
    """Takes URLs: a link only leads somewhere, and a file is only read."""

    def __init__(
        self, notices: Notices, accounts: ShownAccount, window: MainWindow, tasks: Tasks, *, offline: bool
    ) -> None:
        self.turn = asyncio.Lock()
        """Held while something is opened, so that the next begins in the account that this has led to."""
        self._notices = notices
        self._accounts = accounts
        self._window = window
        self._tasks = tasks
        self._offline = offline
        self._waiting: Link | PublicLink | None = None
        """A link for which there is no account, as long as its notice is shown."""
        self._files = FileOpener(notices, accounts.open_imported, window.show_script, window.go)
        notices.cleared.connect(self._forget)

    def open_soon(self, urls: Sequence[str]) -> None:
        """Open something while the program runs, when what was opened before is there and no dialog waits."""
        if urls:
            self._tasks.spawn(self._open(urls), name="open links and files")

    async def _open(self, urls: Sequence[str]) -> None:
        async with self.turn:
            await self._wait_for_dialogs()
            await self.open_files(urls)
            await self.follow_link(urls)

    async def open_files(self, urls: Sequence[str]) -> bool:
        """Open the files among them; whether the account of runs from files is shown now."""
        paths: list[Path] = []
        for url in filter(is_file_url, urls):
            try:
                paths.append(path_of(url))
            except ValueError as error:
                self._notices.show(Notice(f"open:{url}", f"{text.one_line(url, 80)} was not opened. {error}", "error"))
        return bool(paths) and await self._files.open(paths)

    async def follow_link(self, urls: Sequence[str]) -> None:
        """Go to the last link among them, in the account of the stack that it names."""
        last = next((url for url in reversed(urls) if not is_file_url(url)), None)
        if last is None:
            return
        self._window.follow(None)
        try:
            link = parse_link(last)
        except ValueError as error:
            self._notices.show(Notice(KEY, f"The link was not opened. {error}", "error"))
            return
        stack_url = link.stack_url if isinstance(link, Link) else ""
        session = self._window.session
        if stack_url and not (session and session.account.stack_url == stack_url):
            account = self._accounts.of_stack(stack_url)
            if account is None:
                self._say_which_stack(link, f"is of the stack {stack_url}, which you are not signed in to.", stack_url)
                return
            await self._accounts.open(account)
        elif session is None:
            self._say_which_stack(link, "can be shown when you are signed in to its stack.", "")
            return
        self._window.follow(link)

    def sign_in(self, stack_url: str = "") -> None:
        """Let the user sign in, to the stack with an address if one is given, and follow a link that waits for it."""
        self._accounts.ask_for_login(stack_url, self._go_on)

    def _go_on(self) -> None:
        if self._waiting:
            self.open_soon([str(self._waiting)])  # which waits on, if it is of yet another stack

    def _say_which_stack(self, link: Link | PublicLink, words: str, stack_url: str) -> None:
        sentence = f"{link.called[0].upper()}{link.called[1:]} {words}"
        sign_in = lambda: self.sign_in(stack_url)  # noqa: E731
        offered = "" if self._offline else "Sign in…"
        self._notices.show(Notice(KEY, sentence, "warning", offered, None if self._offline else sign_in))
        self._waiting = link

    def _forget(self, key: str) -> None:
        if key == KEY:
            self._waiting = None

    async def _wait_for_dialogs(self) -> None:
        """Nothing changes behind a dialog: what is typed there belongs to what was shown."""
        while isinstance(dialog := QApplication.activeModalWidget(), QDialog):
            closed = asyncio.Event()
            dialog.finished.connect(lambda _, closed=closed: closed.set())
            self._notices.show(Notice("waiting", WAITING))
            await closed.wait()
        self._notices.clear("waiting")
