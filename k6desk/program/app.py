"""The way to the first picture: files → window → paint. Only then are asyncio, the keyring and the network imported.

`live.py` goes on from here; both together build every object of the program exactly once.
"""

from __future__ import annotations

import os
from argparse import Namespace
from contextlib import ExitStack
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

import msgspec

from k6desk.api.cloud import Cloud
from k6desk.api.secret import Secret
from k6desk.core.accounts import IMPORTED, Account, Accounts
from k6desk.core.logins import BadLogin, from_environment
from k6desk.core.notices import Notice, Notices
from k6desk.core.session import Session, library_file
from k6desk.core.settings import Settings, usual_folder
from k6desk.core.system_keyring import SystemKeyring
from k6desk.program.application import make_application
from k6desk.ui import theme
from k6desk.ui.main_window import MainWindow
from k6desk.ui.outside import keep_files_private

if TYPE_CHECKING:
    from k6desk.program.single_instance import SingleInstance


def run(options: Namespace, instance: SingleInstance | None = None) -> int:
    """Run the program until its window is closed; gives the exit status. `instance` is None for one that is apart."""
    keep_files_private()
    application = make_application()
    with ExitStack() as stack:
        folder = options.profile or (_throw_away(stack) if options.demo else usual_folder())
        settings = Settings(folder)
        if options.theme:
            settings.choices = msgspec.structs.replace(settings.choices, theme=options.theme)  # for this start
        notices = Notices()
        accounts = Accounts(folder / "accounts.toml", SystemKeyring(), connect)
        theme.choose_colours(application, settings.choices.theme)
        window = MainWindow(settings, notices, offline=options.offline)
        account = None if options.demo else _account(accounts, notices, folder)
        if account:
            window.show_session(Session(account, folder / "accounts" / account.key, notices, window))
        elif not options.demo:
            window.show_session(None)
        if options.size:
            window.setMinimumSize(0, 0)
            window.resize(*options.size)
        for problem in filter(None, (settings.problem, accounts.problem, instance.problem if instance else None)):
            notices.show(Notice(problem, problem, "warning"))
        theme.finish(application)
        window.showMinimized() if options.minimized else window.show()
        application.processEvents()  # the first picture; no loop is running yet

        from k6desk.program.live import Live

        return Live(options, folder, settings, notices, accounts, connect, window, instance).run(application)


def connect(origin: str, token: Secret, stack_id: int | None) -> Cloud:
    """The cloud behind an API origin, for a token and its stack: None while that is not known, 0 when it has none."""
    if stack_id == 0:
        from k6desk.api.legacy.cloud import CloudLegacy

        return CloudLegacy(origin, token)
    from k6desk.api.v6 import CloudV6

    return CloudV6(origin, token, stack_id)


def _account(accounts: Accounts, notices: Notices, folder: Path) -> Account | None:
    """The login of the environment for this start only, or the account that was used last, or else imported runs."""
    try:
        login = from_environment(os.environ)
    except BadLogin as error:
        notices.show(Notice("environment", f"The login in the environment is not used. {error}", "error"))
        return None
    if login:
        accounts.use(*login)
        return login[0]
    if accounts.all():
        return accounts.all()[-1]
    return IMPORTED if library_file(folder / "accounts" / IMPORTED.key).exists() else None


def _throw_away(stack: ExitStack) -> Path:
    """A profile for one demo: the next one is another cloud, so nothing of this one is worth keeping."""
    import shutil

    folder = Path(mkdtemp(prefix="k6desk-demo-"))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    return folder
