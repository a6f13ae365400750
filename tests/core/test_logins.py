"""Logins found on the computer: the variables and the configuration of the k6 CLI."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from k6desk.core.logins import BadLogin, from_environment, import_k6_cli, k6_cli_config

TOKEN = "glc_0123456789abcdef"
GOOD = {"K6_CLOUD_TOKEN": TOKEN, "K6_CLOUD_STACK_ID": "12345", "K6_CLOUD_STACK_URL": "acme"}


def test_the_variables_of_the_k6_cli_sign_in():
    account, token = from_environment(GOOD)
    assert token.reveal() == TOKEN
    assert (account.origin, account.stack_url, account.stack_id) == (
        "https://api.k6.io",
        "https://acme.grafana.net",
        12345,
    )
    assert (account.name, account.key, account.keeps_token) == ("acme", "api.k6.io-12345", False)


def test_another_server_is_taken_and_the_stack_address_may_be_missing():
    account, _ = from_environment(
        {
            "K6_CLOUD_TOKEN": f' "Bearer {TOKEN}"\n',
            "K6_CLOUD_STACK_ID": " 7 ",
            "K6_CLOUD_HOST_V6": "http://127.0.0.1:4700",
        }
    )
    assert (account.origin, account.stack_url, account.name) == ("http://127.0.0.1:4700", "", "Stack 7")
    assert account.key == "127.0.0.1-4700-7"


def test_a_token_for_which_no_stack_is_named_is_a_legacy_token():
    account, token = from_environment({"K6_CLOUD_TOKEN": TOKEN, "K6_CLOUD_STACK_ID": " "})
    assert token.reveal() == TOKEN
    assert (account.is_legacy, account.origin, account.stack_url) == (True, "https://api.k6.io", "")
    assert (account.name, account.key) == ("Legacy", "api.k6.io-legacy-0")


@pytest.mark.parametrize("environ", [{}, {"K6_CLOUD_TOKEN": " "}, {"K6_CLOUD_STACK_ID": "7"}])
def test_without_a_token_the_variables_sign_in_nobody(environ):
    assert from_environment(environ) is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"K6_CLOUD_TOKEN": "glc_2short"}, "K6_CLOUD_TOKEN"),
        ({"K6_CLOUD_TOKEN": "glc_0123456789ab\u0301cdef"}, "K6_CLOUD_TOKEN"),
        ({"K6_CLOUD_STACK_ID": ""}, "K6_CLOUD_STACK_ID is not"),
        ({"K6_CLOUD_STACK_ID": "acme"}, "K6_CLOUD_STACK_ID"),
        ({"K6_CLOUD_STACK_ID": "0"}, "K6_CLOUD_STACK_ID"),
        ({"K6_CLOUD_STACK_URL": "a b/c"}, "K6_CLOUD_STACK_URL"),
        ({"K6_CLOUD_HOST_V6": "http://api.k6.io"}, "K6_CLOUD_HOST_V6"),
    ],
)
def test_a_variable_that_cannot_be_used_is_named_and_never_quoted(change, words):
    with pytest.raises(BadLogin, match=words) as caught:
        from_environment(GOOD | change)
    assert len(caught.value.problems) == 1
    if "K6_CLOUD_TOKEN" in change:
        assert change["K6_CLOUD_TOKEN"] not in str(caught.value)


def test_everything_that_is_wrong_is_said_at_once():
    with pytest.raises(BadLogin) as caught:
        from_environment({"K6_CLOUD_TOKEN": "x", "K6_CLOUD_STACK_URL": "?", "K6_CLOUD_HOST_V6": "ftp://x"})
    assert len(caught.value.problems) == 4


def config(path: Path, **cloud) -> Path:
    path.write_text(json.dumps({"collectors": {"cloud": cloud}}))
    return path


def test_the_k6_cli_login_is_read_and_left_as_it_is(tmp_path):
    path = config(tmp_path / "config.json", token=TOKEN, stackID=12345, stackURL="https://acme.grafana.net")
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    login = import_k6_cli(path)
    assert (login.token.reveal(), login.stack_url) == (TOKEN, "https://acme.grafana.net")
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert TOKEN not in repr(login)


def test_the_login_of_an_older_k6_has_no_stack(tmp_path):
    assert import_k6_cli(config(tmp_path / "config.json", token=TOKEN, stackURL=None)).stack_url == ""


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe{}",
        b"{}",
        b'{"collectors":null}',
        b'{"collectors":{"cloud":{}}}',
        b'{"collectors":{"cloud":{"token":""}}}',
        b'{"collectors":{"cloud":{"token":12}}}',
        b'{"collectors":{"cloud":{"token":"short"}}}',
        b'{"collectors":{"cloud":{"token":"glc_0123456789abcdef","stackURL":"a b"}}}',
    ],
)
def test_a_configuration_without_a_usable_login_is_refused_with_one_reason(tmp_path, content):
    path = tmp_path / "config.json"
    path.write_bytes(content)
    with pytest.raises(BadLogin) as caught:
        import_k6_cli(path)
    assert "k6 CLI" in str(caught.value)
    assert TOKEN not in str(caught.value)


def test_no_configuration_and_one_that_cannot_be_read_are_told_apart(tmp_path):
    with pytest.raises(BadLogin, match="has no configuration"):
        import_k6_cli(tmp_path / "config.json")
    with pytest.raises(BadLogin, match="cannot be read"):
        import_k6_cli(tmp_path)


@pytest.mark.parametrize(
    ("platform", "environ", "end"),
    [
        ("linux", {}, ".config/k6/config.json"),
        ("linux", {"XDG_CONFIG_HOME": "/x"}, "/x/k6/config.json"),
        ("darwin", {}, "Library/Application Support/k6/config.json"),
        ("win32", {"APPDATA": "/roaming"}, "/roaming/k6/config.json"),
    ],
)
def test_the_configuration_is_looked_for_where_the_k6_cli_keeps_it(platform, environ, end):
    assert k6_cli_config(environ, platform).as_posix().endswith(end)
