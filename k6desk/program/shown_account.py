"""Which account the window shows: it is brought to life, changed for another, signed in to and signed out of."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from k6desk.core.accounts import IMPORTED, Account, Accounts, Connect
from k6desk.core.imported import arrange
from k6desk.core.notices import Notice, Notices
from k6desk.core.place import Place
from k6desk.core.session import Session, library_file
from k6desk.core.system_keyring import KeyringProblem
from k6desk.core.tasks import Tasks
from k6desk.program import garbage
from k6desk.program.demo_process import DemoProcess
from k6desk.ui.main_window import MainWindow


class ShownAccount:
    """One account is shown at a time; `watch` is told of each one that goes live."""

    def __init__(
        self,
        options: Namespace,
        folder: Path,
        notices: Notices,
        accounts: Accounts,
        connect: Connect,
        window: MainWindow,
        tasks: Tasks,
        watch: Callable[[Session], object],
    ) -> None:
        self._options = options
        self._folder = folder
        self._notices = notices
        self._accounts = accounts
        self._connect = connect
        self._window = window
        self._tasks = tasks
        self._watch = watch
        self._demo: DemoProcess | None = None
        self._shown: dict[str, Account] = {}
        self._place: Place | None = options.show

    async def begin(self, session: Session) -> None:
        """Bring an account to life, whose window is already there."""
        self._list()
        if self._place:
            self._window.go(self._place)
            self._place = None
        if session.account.is_imported:
            await session.store.load_index()
            await arrange(session.store)
            return
        self._tasks.spawn(_index(session), name="index the runs", owner=session)
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
                    lambda: self._tasks.spawn(self.begin(session), name="begin", key="begin"),
                )
            )
            return
        if session is not self._window.session:
            return  # another account was chosen while the keyring was asked
        self._notices.clear("keyring")
        if token is None:
            session.connection.sign_out("There is no token for this account on this computer.")
            return
        account = session.account
        session.go_live(self._connect(account.origin, token, account.stack_id), self._tasks)
        self._watch(session)

    async def open(self, account: Account) -> None:
        """Show another account, or give the one that is shown its new token."""
        old = self._window.session
        if old and old.account.key == account.key:
            await self.begin(old)
            return
        session = Session(account, self._folder / "accounts" / account.key, self._notices, self._window)
        self._window.show_session(session)
        if old:
            await old.aclose()
            old.deleteLater()
        await self.begin(session)

    async def open_imported(self) -> Session:
        """Show the runs from files, if they are not shown yet."""
        session = self._window.session
        if not (session and session.account.is_imported):
            await self.open(IMPORTED)
        assert self._window.session
        return self._window.session

    async def open_demo(self) -> None:
        """Start a demo cloud and show it."""
        from k6desk.api.secret import Secret

        self._notices.show(Notice("demo", "Starting the demo cloud…"))
        try:
            self._demo = await DemoProcess.start()
        except OSError as error:
            self._notices.show(Notice("demo", f"{error} There is nothing to show without it.", "error"))
        else:
            cloud = self._demo.cloud
            await self.open(await self._accounts.sign_in(cloud.url, cloud.stack_url, Secret(cloud.token)))
            self._notices.clear("demo")

    def of_stack(self, stack_url: str) -> Account | None:
        """The account that can be shown of a stack: the one that is shown, or else that was signed in to last."""
        session = self._window.session
        known = [*self._known().values(), *([session.account] if session else [])]
        return next((account for account in reversed(known) if account.stack_url == stack_url), None)

    def ask_for_login(self, stack_url: str = "", then: Callable[[], object] = lambda: None) -> None:
        """Let the user sign in: to the account that is shown, or to the stack with an address; afterwards `then`."""
        from k6desk.core.logins import k6_cli_config
        from k6desk.ui.dialogs.sign_in import SignInDialog

        config = k6_cli_config(os.environ)
        account = self._window.session.account if self._window.session and not stack_url else None
        dialog = SignInDialog(
            self._accounts,
            self._tasks,
            self._window,
            account=account if account and not account.is_imported else None,
            k6_cli=config if config.is_file() else None,
        )
        if stack_url:
            dialog.form.stack.line.setText(stack_url)
            dialog.form.token.line.setFocus()

        async def go_on(account: Account) -> None:
            await self.open(account)
            then()

        dialog.signed_in.connect(lambda account: self._tasks.spawn(go_on(account), name="open an account"))
        dialog.open()

    async def sign_out(self) -> None:
        """Forget the account that is shown, with its token."""
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
        self._list()

    def remember(self, session: Session) -> None:
        """Offer an account as long as the program runs, also when it is not kept."""
        self._shown[session.account.key] = session.account

    async def end_demo(self) -> None:
        """End the demo cloud, if there is one."""
        if self._demo:
            await self._demo.stop()

    def _known(self) -> dict[str, Account]:
        """The remembered accounts, runs from files, and what was shown of the environment or the demo."""
        accounts = {account.key: account for account in self._accounts.all()}
        if library_file(self._folder / "accounts" / IMPORTED.key).exists():
            accounts[IMPORTED.key] = IMPORTED
        return self._shown | accounts

    def _list(self) -> None:
        session = self._window.session
        if session:
            self.remember(session)
        self._window.show_accounts(list(self._known().values()), session.account.key if session else "")


async def _index(session: Session) -> None:
    await session.store.load_index()
    garbage.give_back()  # what 100,000 rows were read through
