from __future__ import annotations

import json

import pytest

from k6desk.data.secrets import MASK, masked, masked_json


@pytest.mark.parametrize(
    "name",
    [
        "token",
        "apiToken",
        "API_KEY",
        "api-key",
        "password",
        "db_passwd",
        "client_secret",
        "private_key",
        "Authorization",
    ],
)
def test_a_text_named_like_a_secret_is_masked(name):
    assert masked({"a": [{name: "canary"}]}) == {"a": [{name: MASK}]}


@pytest.mark.parametrize(
    "value", [{"tokens": 5}, {"token": None}, {"token": ""}, {"keyboard": "qwerty"}, {"env": "production"}]
)
def test_what_is_no_secret_is_left(value):
    assert masked(value) == value


def test_everything_inside_env_and_tls_keys_is_masked():
    value = {"env": {"A": "x", "B": {"c": ["y", 5]}}, "tlsAuth": [{"domains": ["z"], "key": "k"}]}
    assert masked(value) == {
        "env": {"A": MASK, "B": {"c": [MASK, 5]}},
        "tlsAuth": [{"domains": [MASK], "key": MASK}],
    }


def test_json_without_secrets_stays_the_same_bytes():
    for content in (b'{ "id": 5 }', b'{"note": "the token was wrong"}', b"not json: token", b""):
        assert masked_json(content) == content


def test_json_with_secrets_comes_back_masked():
    content = json.dumps({"id": 2**53 + 1, "options": {"cloud": {"token": "canary"}}}).encode()
    assert json.loads(masked_json(content)) == {"id": 2**53 + 1, "options": {"cloud": {"token": MASK}}}


def test_json_nested_too_deeply_to_be_masked_is_not_kept():
    deep = b'{"a":' * 5000 + b'{"token":"canary"}' + b"}" * 5000
    assert b"canary" not in masked_json(deep)
