"""The accounts that the user is signed in to. Who they are is in a file; the tokens are in the keyring or in memory."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from k6desk.api.cloud import Cloud
from k6desk.api.secret import Secret
from k6desk.core.system_keyring import SystemKeyring
from k6desk.data.files import set_aside, write_atomically

Connect = Callable[[str, Secret, int | None], Cloud]
"""Makes the cloud of an API origin, a token and the id of its stack: None until that is known, 0 when it has none."""


class Account(Struct, frozen=True):
    """A token's access to one Grafana Cloud stack; or, with the `stack_id` 0, a legacy token's that has none.

    `key` names the account in the keyring and on disk; `origin` is the API's (`https://api.k6.io`), the only place the
    token is sent to; `stack_url` is the web address, empty if it is not known; `keeps_token` tells whether the token is
    in the keyring, and not only in memory until the program ends. A legacy token's `default_project_id` is the first
    project that it can see.
    """

    key: str
    name: str
    origin: str
    stack_url: str
    stack_id: int
    default_project_id: int = 0
    keeps_token: bool = False

    @classmethod
    def of(cls, origin: str, stack_url: str, stack_id: int, default_project_id: int = 0) -> Account:
        """The account of a stack: the same stack at the same origin has the same key, whatever the token.

        Legacy tokens are told apart by the project, because nothing may be made of the token itself. Two for which no
        project is known share an account; what it shows is then that of the token in use, once that was asked.
        """
        host = re.sub(r"[^a-z0-9.-]+", "-", urlsplit(origin).netloc.lower())
        if stack_id:
            key, name = f"{host}-{stack_id}", (urlsplit(stack_url).hostname or "").removesuffix(".grafana.net")
        else:
            key = f"{host}-legacy-{default_project_id}"
            name = f"Legacy, project {default_project_id}" if default_project_id else "Legacy"
        return cls(
            key=key,
            name=name or f"Stack {stack_id}",
            origin=origin,
            stack_url=stack_url,
            stack_id=stack_id,
            default_project_id=default_project_id,
        )

    @property
    def is_imported(self) -> bool:
        """Whether it holds runs from files, and so has neither a token nor a server."""
        return self.key == IMPORTED.key

    @property
    def is_legacy(self) -> bool:
        """Whether the token has no stack, so that the old APIs serve it."""
        return not self.stack_id and not self.is_imported

    @property
    def kind(self) -> str:
        """What the token is for, in a few words."""
        if self.is_imported:
            return "Runs from files, without a server"
        return "Legacy token, without a stack" if self.is_legacy else f"Stack {self.stack_id}"


IMPORTED = Account(key="imported", name="Imported runs", origin="", stack_url="", stack_id=0)
"""The account of runs that came with files. No sign-in leads to its key, and it is not among the remembered ones."""


class Accounts:
    """The accounts in `path`, and their tokens.

    A token goes from the caller into memory, and from there to the keyring if the user wants it kept; nowhere else.
    """

    def __init__(self, path: Path, keyring: SystemKeyring, connect: Connect) -> None:
        self.keyring = keyring
        self.problem: str | None = None
        """One sentence if the file was damaged and what became of it."""
        self._path = path
        self._connect = connect
        self._tokens: dict[str, Secret] = {}
        self._accounts = self._load()

    def all(self) -> list[Account]:
        """The accounts that the program remembers; the last is the one that was signed in to last."""
        return list(self._accounts.values())

    async def token(self, account: Account) -> Secret | None:
        """The account's token; None if the user has to sign in again. Raises `KeyringProblem`."""
        if account.key not in self._tokens and account.keeps_token:
            kept = await self.keyring.read(account.key)
            if kept is not None:
                self._tokens[account.key] = kept
        return self._tokens.get(account.key)

    def use(self, account: Account, token: Secret) -> None:
        """Take a token for this run of the program only."""
        self._tokens[account.key] = token

    async def sign_in(self, origin: str, stack_url: str, token: Secret) -> Account:
        """Ask the API whether the token may use the stack, or be used without one (""); raises `CloudError`.

        The account works until the program ends; `keep` or `keep_for_session` remember it.
        """
        cloud = self._connect(origin, token, None if stack_url else 0)
        try:
            access = await cloud.check_access(stack_url)
        finally:
            await cloud.aclose()
        account = Account.of(origin, stack_url, access.stack_id, access.default_project_id)
        self.use(account, token)
        return account

    async def keep(self, account: Account) -> Account:
        """Put the token into the keyring and remember the account; raises `KeyringProblem` or `OSError`."""
        await self.keyring.write(account.key, self._tokens[account.key])
        return self._remember(account, keeps_token=True)

    def keep_for_session(self, account: Account) -> Account:
        """Remember the account but not its token: the next start asks for it; raises `OSError`."""
        return self._remember(account, keeps_token=False)

    async def forget(self, account: Account) -> None:
        """Sign out: remove the token from memory and keyring, and the account from the file.

        The account is forgotten here even if the keyring then raises `KeyringProblem`.
        """
        self._tokens.pop(account.key, None)
        if self._accounts.pop(account.key, None):
            self._save()
        if account.keeps_token:
            await self.keyring.remove(account.key)

    def _remember(self, account: Account, *, keeps_token: bool) -> Account:
        account = msgspec.structs.replace(account, keeps_token=keeps_token)
        self._accounts.pop(account.key, None)
        self._accounts[account.key] = account
        self._save()
        return account

    def _load(self) -> dict[str, Account]:
        try:
            rows = tomllib.loads(self._path.read_text(encoding="utf-8")).get("account", [])
            accounts = msgspec.convert(rows, list[Account])
        except FileNotFoundError:
            return {}
        except (ValueError, OSError):  # tomllib's, msgspec's and the decoder's errors are ValueErrors
            self.problem = self._put_aside()
            return {}
        return {account.key: account for account in accounts}

    def _put_aside(self) -> str:
        try:
            aside = set_aside(self._path)
        except OSError:
            return "The list of accounts can be neither read nor replaced; signing in works for this session only."
        return f"The list of accounts could not be read and is kept as {aside.name}; sign in again."

    def _save(self) -> None:
        import tomli_w

        rows = [msgspec.to_builtins(account) for account in self._accounts.values()]
        write_atomically(self._path, tomli_w.dumps({"account": rows}).encode())
