"""Accounts: who is in the file, whose token is in the keyring, and what survives damage."""

from __future__ import annotations

import os
import stat

import pytest

from k6desk.api.errors import SignedOut
from k6desk.api.models import StackAccess
from k6desk.api.secret import Secret
from k6desk.core.accounts import IMPORTED, Account, Accounts
from k6desk.core.system_keyring import KeyringProblem, SystemKeyring

TOKEN = "glc_canary_0123456789"


class MemoryBackend:
    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service, user):
        return self.kept.get((service, user))

    def set_password(self, service, user, password):
        self.kept[service, user] = password

    def delete_password(self, service, user):
        del self.kept[service, user]


class Stack:
    """A cloud that knows one stack and one token, which can be used without the stack too."""

    def __init__(self, origin: str, token: Secret, stack_id: int | None) -> None:
        self.token = token
        self.stack_id = stack_id
        self.closed = False
        opened.append(self)

    async def check_access(self, stack_url: str) -> StackAccess:
        if self.token.reveal() != TOKEN:
            raise SignedOut("The token was not accepted.", status=401)
        return StackAccess(0, first_project) if self.stack_id == 0 else StackAccess(12345, 67)

    async def aclose(self) -> None:
        self.closed = True


opened: list[Stack] = []
first_project = 5276


@pytest.fixture
def backend():
    opened.clear()
    return MemoryBackend()


@pytest.fixture
def accounts(tmp_path, backend):
    return lambda: Accounts(tmp_path / "profile" / "accounts.toml", SystemKeyring(lambda: backend), Stack)


async def sign_in(accounts: Accounts) -> Account:
    return await accounts.sign_in("https://api.k6.io", "https://acme.grafana.net", Secret(TOKEN))


async def test_a_kept_account_is_there_at_the_next_start_with_its_token_from_the_keyring(accounts, backend, tmp_path):
    first = accounts()
    kept = await first.keep(await sign_in(first))
    assert (kept.stack_id, kept.default_project_id, kept.name, kept.keeps_token) == (12345, 67, "acme", True)
    assert backend.kept == {("k6desk", kept.key): TOKEN}
    again = accounts()
    assert again.all() == [kept]
    assert (await again.token(kept)).reveal() == TOKEN
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or TOKEN not in path.read_text()


async def test_the_file_is_for_its_owner_only(accounts, tmp_path):
    one = accounts()
    await one.keep(await sign_in(one))
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "profile" / "accounts.toml").stat().st_mode) == 0o600


async def test_an_account_for_this_session_is_remembered_without_its_token(accounts, backend):
    first = accounts()
    account = first.keep_for_session(await sign_in(first))
    assert (await first.token(account)).reveal() == TOKEN
    again = accounts()
    assert again.all() == [account]
    assert await again.token(account) is None
    assert not backend.kept


async def test_signing_in_alone_leaves_no_trace(accounts, backend, tmp_path):
    one = accounts()
    account = await sign_in(one)
    assert (await one.token(account)).reveal() == TOKEN
    assert one.all() == []
    assert not backend.kept
    assert not (tmp_path / "profile").exists()
    assert opened[0].closed


async def test_a_refused_token_is_not_an_account_and_the_connection_is_closed(accounts):
    one = accounts()
    with pytest.raises(SignedOut):
        await one.sign_in("https://api.k6.io", "https://acme.grafana.net", Secret("not-the-right-token"))
    assert one.all() == []
    assert opened[0].closed


async def test_signing_out_removes_the_account_and_the_token(accounts, backend):
    one = accounts()
    account = await one.keep(await sign_in(one))
    await one.forget(account)
    assert not backend.kept
    assert accounts().all() == []
    assert await one.token(account) is None


async def test_the_account_is_signed_out_even_when_the_keyring_fails(accounts, backend, monkeypatch):
    one = accounts()
    account = await one.keep(await sign_in(one))
    monkeypatch.setattr(backend, "delete_password", None)
    with pytest.raises(KeyringProblem):
        await one.forget(account)
    assert accounts().all() == []


async def test_a_new_token_for_the_same_stack_replaces_the_old_one(accounts):
    one = accounts()
    await one.keep(await sign_in(one))
    one.keep_for_session(await sign_in(one))
    assert [(account.key, account.keeps_token) for account in accounts().all()] == [("api.k6.io-12345", False)]


async def test_the_account_signed_in_to_last_is_the_last(accounts):
    one = accounts()
    first = one.keep_for_session(await sign_in(one))
    one.keep_for_session(await one.sign_in("http://127.0.0.1:1", "https://acme.grafana.net", Secret(TOKEN)))
    one.keep_for_session(first)
    assert [account.origin for account in accounts().all()] == ["http://127.0.0.1:1", "https://api.k6.io"]


async def test_accounts_of_two_servers_with_the_same_stack_id_are_apart():
    here = Account.of("http://127.0.0.1:4700", "https://demo.example", 1)
    there = Account.of("https://api.k6.io", "https://demo.example", 1)
    assert here.key != there.key
    assert Account.of("http://[::1]:4700", "", 1).key.replace("-", "").replace(".", "").isalnum()


async def test_a_token_without_a_stack_is_an_account_of_its_own_and_kept_like_any(accounts, backend):
    one = accounts()
    stack = await one.keep(await sign_in(one))
    legacy = await one.keep(await one.sign_in("https://api.k6.io", "", Secret(TOKEN)))
    assert [cloud.stack_id for cloud in opened] == [None, 0]
    assert (legacy.is_legacy, stack.is_legacy) == (True, False)
    assert (legacy.stack_id, legacy.stack_url, legacy.name) == (0, "", "Legacy, project 5276")
    assert (stack.kind, legacy.kind) == ("Stack 12345", "Legacy token, without a stack")
    assert accounts().all() == [stack, legacy]
    assert (await accounts().token(legacy)).reveal() == TOKEN
    assert TOKEN not in legacy.key


def test_legacy_accounts_are_told_apart_by_their_server_and_what_they_see():
    accounts = [
        Account.of("https://api.k6.io", "", 0, 5276),
        Account.of("https://api.k6.io", "", 0, 5277),
        Account.of("http://127.0.0.1:4700", "", 0, 5276),
        Account.of("https://api.k6.io", "", 0),
        Account.of("https://api.k6.io", "", 5276),
    ]
    assert len({account.key for account in accounts}) == 5
    assert accounts[0] == Account.of("https://api.k6.io", "", 0, 5276)


def test_no_sign_in_leads_to_the_account_of_runs_from_files():
    assert (IMPORTED.is_imported, IMPORTED.is_legacy) == (True, False)
    for origin in ("http://imported", "imported", "", "https://imported-"):
        for stack_id in (0, 1):
            account = Account.of(origin, "", stack_id)
            assert account.key != IMPORTED.key
            assert not account.is_imported


@pytest.mark.parametrize(
    "content", [b"\x00\x01", b"account = 3", b"[[account]]\nkey = 4", b'[[account]]\nkey="half', b"\xff\xfe"]
)
async def test_a_damaged_file_is_kept_aside_and_a_new_one_can_be_written(accounts, tmp_path, content):
    path = tmp_path / "profile" / "accounts.toml"
    path.parent.mkdir()
    path.write_bytes(content)
    one = accounts()
    assert one.all() == []
    (aside,) = path.parent.glob("accounts.toml.damaged-*")
    assert aside.read_bytes() == content
    assert aside.name in one.problem
    await one.keep(await sign_in(one))
    assert len(accounts().all()) == 1
    assert aside.exists()


async def test_a_file_of_a_later_version_is_read_as_far_as_it_is_understood(accounts, tmp_path):
    one = accounts()
    await one.keep(await sign_in(one))
    path = tmp_path / "profile" / "accounts.toml"
    path.write_text(path.read_text() + 'colour = "teal"\n')
    assert [account.name for account in accounts().all()] == ["acme"]
    assert accounts().problem is None
