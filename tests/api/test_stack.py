from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k6desk.api.secret import Secret
from k6desk.api.stack import api_origin, clean_token, stack_url, web_link

TOKEN = "glsa_0123456789abcdef"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("myteam", "https://myteam.grafana.net"),
        (" MyTeam.grafana.net\n", "https://myteam.grafana.net"),
        ("myteam.grafana.net/a/k6-app/runs/12", "https://myteam.grafana.net"),
        ("https://myteam.grafana.net/", "https://myteam.grafana.net"),
        ("https://MyTeam.grafana.net/a/k6-app?x=1#y", "https://myteam.grafana.net"),
        ("http://myteam.grafana.net", "https://myteam.grafana.net"),
        ("https://grafana.example.com:8443/x", "https://grafana.example.com:8443"),
        ("http://127.0.0.1:4700", "http://127.0.0.1:4700"),
        ("http://[::1]:4700/x", "http://[::1]:4700"),
    ],
)
def test_a_stack_is_given_by_name_or_by_address(text, url):
    assert stack_url(text) == url


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "my team",
        "my_team",
        "-team",
        "grafana.example.com",
        "команда",
        "javascript:alert(1)",
        "javascript://x/%0aalert(1)",
        "file:///etc/passwd",
        "https://",
        "https://user:pw@myteam.grafana.net",
        "https://@myteam.grafana.net",
        "https://myteam.grafana.net\\@evil.example",
        "https://myteam.grafana.net:99999",
        "https://[::1",
        "https://mÿteam.grafana.net",
        "https://a b.example",
        "x" * 70,
    ],
)
def test_rubbish_is_refused_with_a_reason(text):
    with pytest.raises(ValueError, match=r"address|stack"):
        stack_url(text)


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://api.k6.io", "https://api.k6.io"),
        ("api.k6.io", "https://api.k6.io"),
        (" https://API.k6.io:8443/ ", "https://api.k6.io:8443"),
        ("http://127.0.0.1:4700", "http://127.0.0.1:4700"),
        ("http://localhost:4700", "http://localhost:4700"),
        ("http://[::1]:4700", "http://[::1]:4700"),
    ],
)
def test_an_api_origin_is_https_or_on_this_computer(text, origin):
    assert api_origin(text) == origin


@pytest.mark.parametrize(
    "text",
    [
        "http://api.k6.io",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "http://192.168.0.1",
        "ftp://api.k6.io",
        "https://u@api.k6.io",
        "https://api.k6.io/cloud/v6",
        "",
    ],
)
def test_an_origin_the_token_may_not_go_to_is_refused(text):
    with pytest.raises(ValueError, match=r"\w"):
        api_origin(text)


@pytest.mark.parametrize(
    "pasted",
    [
        TOKEN,
        f"  {TOKEN}\r\n",
        f"Bearer {TOKEN}",
        f"token  {TOKEN}",
        f'"{TOKEN}"',
        f"'Bearer {TOKEN}'",
        f"“{TOKEN}”",
        f"{TOKEN[:8]}\n{TOKEN[8:]}",
        f"\ufeff{TOKEN}\u200b",
        f"Bearer '{TOKEN}'",
    ],
)
def test_a_pasted_token_is_cleaned(pasted):
    assert clean_token(pasted).reveal() == TOKEN


def test_a_token_that_begins_with_the_word_token_stays_whole():
    assert clean_token("token0123456789abcdef").reveal() == "token0123456789abcdef"


@pytest.mark.parametrize(
    "pasted", ["", '" "', "Bearer ", "sh0rt", TOKEN + "é", TOKEN + "\0", TOKEN + "\x7f", "\u2011" * 20, "x" * 1201]
)
def test_what_is_no_token_is_refused_without_quoting_it(pasted):
    with pytest.raises(ValueError, match="token") as refusal:
        clean_token(pasted)
    assert not pasted.strip() or pasted not in str(refusal.value)
    assert TOKEN not in str(refusal.value)


def or_refusal(read, text):
    """What a function makes of a text, or the sentence it refuses it with."""
    try:
        return read(text), None
    except ValueError as refusal:
        return None, str(refusal)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_a_token_that_headers_carry_or_is_refused_with_a_sentence(text):
    token, refusal = or_refusal(clean_token, text)
    if token:
        assert token.reveal().isascii()
        assert token.reveal().isprintable()
        assert " " not in token.reveal()
    else:
        assert refusal.endswith(".")


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40) | st.text(max_size=20).map("https://{}".format))
def test_any_text_is_a_web_address_or_is_refused_with_a_sentence(text):
    for read in (stack_url, api_origin):
        url, refusal = or_refusal(read, text)
        if url:
            assert url.startswith(("https://", "http://"))
            assert read(url) == url
        else:
            assert refusal.endswith(".")


def test_a_secret_shows_nothing_of_itself():
    secret = Secret(TOKEN)
    assert f"{secret} {secret!r} {[secret]} {vars} {secret:}".count("***") == 4
    assert not hasattr(secret, "__dict__")
    for leak in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError):
            leak(secret)


@pytest.mark.parametrize("text", ["", "a b", "a\nb", "é" * 20, "x" * 1201])
def test_a_secret_that_no_header_can_carry_is_refused(text):
    with pytest.raises(ValueError, match="visible ASCII") as refusal:
        Secret(text)
    assert not text or text not in str(refusal.value)


def test_web_links():
    assert web_link("https://t.grafana.net", "runs", 2**40) == "https://t.grafana.net/a/k6-app/runs/1099511627776"
