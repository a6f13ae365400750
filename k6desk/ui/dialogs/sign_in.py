"""Sign in, to a stack or without one: check the token first, then keep it where it is safe, or say why not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from k6desk.api.errors import CloudError
from k6desk.api.secret import Secret
from k6desk.core.accounts import Account, Accounts
from k6desk.core.system_keyring import KeyringProblem
from k6desk.core.tasks import Tasks
from k6desk.ui import theme
from k6desk.ui.dialogs.button import Button
from k6desk.ui.dialogs.frame import Frame
from k6desk.ui.dialogs.sign_in_form import SignInForm
from k6desk.ui.text import PlainLabel

WIDTH = 440
ICON = 32
FOR_NOW = (
    "You can go on with the token for this session only: k6desk then forgets it when it ends and asks for it next time."
)


class SignInDialog(Frame):
    """Open it with `open()`. What was typed stays until the account works, whatever goes wrong.

    It waits in its own way: Esc takes back what is asked, since signing in changes nothing on the server.

    Give an `account` to sign in to that one again, and the k6 CLI's configuration, which is offered if it is there.
    """

    signed_in = Signal(object)  # Account

    def __init__(
        self,
        accounts: Accounts,
        tasks: Tasks,
        parent: QWidget | None = None,
        *,
        account: Account | None = None,
        k6_cli: Path | None = None,
    ) -> None:
        super().__init__("Sign in", parent, width=WIDTH)
        self._accounts = accounts
        self._tasks = tasks
        self._work: asyncio.Task[None] | None = None
        self._found: Account | None = None
        self._next: Callable[[], object] = self._sign_in
        accounts.keyring.state_changed.connect(self._show_keyring)

        self.form = SignInForm(account, k6_cli)
        self._icon = QLabel()
        self._icon.setTextFormat(Qt.TextFormat.PlainText)
        self._title = PlainLabel(kind="title", wrap=True)
        self._text = PlainLabel(wrap=True)
        self._pages = (self._form_page(), self._answer_page())
        self._bar = QProgressBar(minimum=0, maximum=0)
        self._bar.setAccessibleName("Signing in")
        self._wait = PlainLabel(kind="caption", muted=True, wrap=True)
        self._second = Button()
        self._cancel = Button("Cancel")
        self._first = QPushButton(default=True)
        self._second.clicked.connect(self._keep_for_session)
        self._cancel.clicked.connect(self.reject)
        self._first.clicked.connect(lambda: self._next())
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.GAP)
        buttons.addWidget(self._second)
        buttons.addStretch()
        buttons.addWidget(self._cancel)
        buttons.addWidget(self._first)

        for part in (*self._pages, self._bar, self._wait):
            self.column.addWidget(part)
        self.column.addSpacing(theme.GAP)
        self.column.addLayout(buttons)
        self._show_form()
        self.form.setFocus()

    # -- steps ---------------------------------------------------------------------------------------------------------

    def _sign_in(self) -> None:
        if login := self.form.read():
            self._found = None
            self._start(self._check(*login))

    def _try_keyring_again(self) -> None:
        assert self._found
        self._start(self._keep(self._found))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._first.setEnabled(False)  # the work begins at the loop's next turn; a second click may come before
        self._work = self._tasks.spawn(work, name="sign in", owner=self)

    async def _check(self, origin: str, stack: str, token: Secret) -> None:
        self._show_work(f"Asking {origin} about {stack or 'the token'}…")
        try:
            self._found = await self._accounts.sign_in(origin, stack, token)
        except CloudError as error:
            self._show_form()
            self._first.setFocus()
            self.form.tell(error)
        else:
            await self._keep(self._found)

    async def _keep(self, account: Account) -> None:
        self._show_work("Keeping the token in your keyring…")
        try:
            kept = await self._accounts.keep(account)
        except KeyringProblem as problem:
            self._offer_session(str(problem))
        except OSError as error:
            self._finish(account, f"k6desk could not remember this account ({error.strerror}) and will ask again.")
        else:
            self._finish(kept, "The token is in your keyring and nowhere else.")

    def _keep_for_session(self) -> None:
        assert self._found
        try:
            account = self._accounts.keep_for_session(self._found)
        except OSError:
            account = self._found
        self._finish(account, "The token is kept for this session only.")

    # -- what is shown -------------------------------------------------------------------------------------------------

    def _show_form(self) -> None:
        self._show(page=0, first="Sign in", then=self._sign_in)
        self.form.setEnabled(True)

    def _show_work(self, words: str) -> None:
        self._show(page=0, first="Sign in", then=self._sign_in, wait=words)
        self.form.setEnabled(False)
        self._cancel.setFocus()

    def _show_keyring(self) -> None:
        keyring = self._accounts.keyring
        if self._work and not self._work.done() and keyring.state == "waiting":
            self._wait.setText(keyring.sentence)

    def _offer_session(self, sentence: str) -> None:
        self._answer("warning", "warning", "The token is not kept", f"{sentence} {FOR_NOW}")
        self._show(page=1, first="Try again", then=self._try_keyring_again, second="Keep for this session only")
        self._first.setFocus()

    def _finish(self, account: Account, sentence: str) -> None:
        project = f", default project {account.default_project_id}" if account.default_project_id else ""
        title, words = f"Signed in to {account.name}", f"{account.kind}{project}."
        if account.is_legacy:
            title, words = "Signed in with a legacy token", "What the old API cannot do is disabled, and says so."
        self._answer("check", "passed", title, f"{words} {sentence}")
        self._show(page=1, first="Done", then=self.accept, can_cancel=False)
        self._first.setFocus()
        self.signed_in.emit(account)

    def _answer(self, icon: str, role: str, title: str, words: str) -> None:
        self._icon.setPixmap(theme.icon(icon, role).pixmap(QSize(ICON, ICON), self.devicePixelRatioF()))
        self._title.setText(title)
        self._text.setText(words)

    def _show(
        self,
        *,
        page: int,
        first: str,
        then: Callable[[], object],
        second: str = "",
        wait: str = "",
        can_cancel: bool = True,
    ) -> None:
        self._next = then
        for number, widget in enumerate(self._pages):
            widget.setVisible(number == page)
        self._first.setText(first)
        self._first.setEnabled(not wait)
        self._second.setText(second)
        self._second.setVisible(bool(second))
        self._cancel.setVisible(can_cancel)
        self._wait.setText(wait)
        for widget in (self._bar, self._wait):
            widget.setVisible(bool(wait))

    def _form_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.WIDE)
        column.addWidget(PlainLabel("Sign in to Grafana Cloud k6", kind="title"))
        column.addWidget(self.form)
        return page

    def _answer_page(self) -> QWidget:
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.WIDE)
        words = QVBoxLayout()
        words.setSpacing(theme.GAP)
        words.addWidget(self._title)
        words.addWidget(self._text)
        words.addStretch()
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        return page

    def reject(self) -> None:
        """Esc and Cancel: first stop what is going on, then close; what was typed stays until then."""
        if self._work and not self._work.done():
            self._work.cancel()
            if self._found:
                self._offer_session("Your keyring has not answered.")
            else:
                self._show_form()
        else:
            super().reject()
