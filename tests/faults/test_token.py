"""The token is in the requests to its origin and nowhere else, whatever goes wrong."""

from __future__ import annotations

import logging
import sys

import pytest

from k6desk.api import errors
from k6desk.api.secret import Secret
from k6desk.api.v6 import CloudV6
from k6desk.core.accounts import Accounts
from k6desk.core.connection import State
from k6desk.core.system_keyring import SystemKeyring
from k6desk.program import log
from tests.api.faultserver import Reply
from tests.faults.conftest import CANARY, said


@pytest.fixture
def logged(tmp_path, caplog):
    """Everything that is logged at DEBUG, by every library, goes to the program's own log file too."""
    root = logging.getLogger()
    before = root.handlers[:], root.level, {name: logging.getLogger(name).level for name in log.LOUD}
    log.start(tmp_path / "account")
    root.setLevel(logging.DEBUG)
    for name in log.LOUD:
        logging.getLogger(name).setLevel(logging.DEBUG)
    caplog.set_level(logging.DEBUG)
    yield caplog
    for handler in set(root.handlers) - set(before[0]):
        handler.close()
        root.removeHandler(handler)
    root.setLevel(before[1])
    for name, level in before[2].items():
        logging.getLogger(name).setLevel(level)


async def test_the_token_is_nowhere_but_in_the_requests(
    logged, go_live, server, stack, until, tasks, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr("k6desk.api.exchange.JSON_DEADLINE_S", 0.3)
    monkeypatch.setattr("k6desk.api.exchange._DOWNLOAD_TIMEOUTS_S", {"connect": 1, "read": 0.3, "write": 1, "pool": 1})
    raised: list[BaseException] = []
    stack.answers["/cloud/v6/auth"] = Reply({"stack_id": 42, "default_project_id": 1})
    accounts = Accounts(tmp_path / "accounts.toml", SystemKeyring(), CloudV6)
    account = await accounts.sign_in(server.origin, "https://team.grafana.net", Secret(CANARY))
    accounts.keep_for_session(account)
    session = await go_live()
    await until(lambda: session.monitor.caught_up)
    session.monitor.focus_run(7)
    replies = [
        Reply(reset=True),
        Reply(silent=True),
        Reply("<html>", status=502),
        Reply(status=302, headers={"Location": "https://evil.example.com/"}),
        Reply({"error": {"message": "Try again.", "code": "429"}}, status=429),
        Reply(b"\xff\xfe{", cut_at=2),
        Reply({"error": {"message": "No.", "code": "401"}}, status=401),
    ]
    for stack.every in replies:
        session.connection._unwanted_until = 0.0
        for request in (session.commands.load_script("run", 7), session.commands.notes.write(7, "", "A note.")):
            with pytest.raises(errors.CloudError) as error:
                await request
            raised.append(error.value)
        session.monitor.poke()
        await until(lambda: session.connection.state in {State.STALE, State.OFFLINE, State.SIGNED_OUT})
    await until(lambda: session.connection.state is State.SIGNED_OUT)

    async def crash() -> None:
        cloud, token = session._cloud, Secret(CANARY)
        raise RuntimeError(f"a bug near {cloud} {token} {session.account}")

    tasks.spawn(crash(), name="crash")
    await until(lambda: tasks.errors)
    raised.append(tasks.errors.pop())
    logging.getLogger("k6desk").error("crash failed", exc_info=raised[-1])

    texts = [*said(session), session.connection.reason, log.diagnostics(), *map(repr, raised), *map(str, raised)]
    for error in raised:
        while error:
            texts += [str(error), repr(error), repr(vars(error))]
            error = error.__cause__ or error.__context__
    texts += [f"{record.getMessage()} {record.args} {record.exc_text}" for record in logged.records]
    texts += [request.target for request in server.requests]
    texts += capsys.readouterr()
    assert len(server.requests) > 10
    assert [text for text in texts if CANARY in text] == []
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"accounts.toml", "cache.db", "library.db", "k6desk.log"}
    assert [path.name for path in files if CANARY.encode() in path.read_bytes()] == []
    assert CANARY not in " ".join(sys.argv)


@pytest.mark.parametrize(
    "sentence",
    [
        "The token was not accepted by api.k6.io.",
        "api.k6.io does not accept the token: sign in again.",
        "Keyring: secret could not be stored; the password dialog was dismissed.",
        "There is no token for this account on this computer.",
        "a token is only sent over https; token, password and secret are words",
    ],
)
def test_words_about_tokens_stay_readable(sentence):
    assert log.SECRET.sub(r"\1\2\3***", sentence) == sentence


@pytest.mark.parametrize(
    "line",
    [
        f"Authorization: Bearer {CANARY}",
        f"[(b'Authorization', b'Bearer {CANARY}')]",
        f"'authorization': 'Token {CANARY}'",
        f"token={CANARY}",
        f'{{"token": "{CANARY}"}}',
        f"Bearer {CANARY}",
        f"password: {CANARY}",
        "what glc_eyJvIjoiMTIzNDU2IiwibiI6InRlc3QifQ said",
        "set_password('k6desk', '0123456789abcdef0123456789abcdef')",
    ],
)
def test_what_looks_like_a_token_is_blanked(line):
    formatter = log._Redacting("%(message)s")
    shown = formatter.format(logging.LogRecord("x", logging.INFO, "", 0, line, None, None))
    assert CANARY not in shown
    assert "***" in shown
    assert "0123456789abcdef" not in shown
