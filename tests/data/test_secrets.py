from __future__ import annotations

import itertools
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k6desk.data.secrets import MASK, masked, masked_json, masked_text, secret_names, secret_spans


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
        "secretAccessKey",
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


def test_secrets_are_named_by_their_places_in_lists_too():
    value = {"env": {"A": "x", "B": ""}, "options": {"tlsAuth": [{"key": "k"}], "cloud": {"token": "t", "name": "n"}}}
    assert secret_names(value) == ["env.A", "options.tlsAuth.0.key", "options.cloud.token"]


# The tokens are put together here, so that nobody who looks for leaked ones in this file is alarmed.
@pytest.mark.parametrize(
    ("text", "secret", "what"),
    [
        ("x = 'glc" + "_eyJvIjoiMTIzIiwibiI6InQifQ=='", "glc" + "_eyJvIjoiMTIzIiwibiI6InQifQ==", "Grafana token"),
        ("// glsa" + "_abcdefghij1234567890_12ab34cd", "glsa" + "_abcdefghij1234567890_12ab34cd", "Grafana token"),
        ("ghp" + "_abcdefghijklmnopqrstuvwxyz0123456789", None, "GitHub token"),
        ("glpat" + "-abcdefghij1234567890", None, "GitLab token"),
        ("id: AKIA" + "ABCDEFGHIJKLMNOP,", "AKIA" + "ABCDEFGHIJKLMNOP", "AWS key"),
        ("AIza" + "SyA1234567890abcdefghijklmnopqrstuv", None, "Google key"),
        ("xoxb" + "-123456789012-abcdefghijkl", None, "Slack token"),
        ("sk" + "_live_abcdefghijklmnop1234", None, "Stripe key"),
        ("npm" + "_abcdefghijklmnopqrstuvwxyz0123456789", None, "npm token"),
        ("sk" + "-proj-abcdefghij1234567890abcd", None, "API key"),
        ("a.eyJx eyJ" + "hbGciOiJI.eyJzdWIiOiIx.abc-_1;", "eyJ" + "hbGciOiJI.eyJzdWIiOiIx.abc-_1", "JSON web token"),
        ("-H 'Authorization: Bearer abc123def'", "abc123def", "bearer token"),
        ("send('Basic dXNlcjpwYXNz')", "dXNlcjpwYXNz", "basic credentials"),
        ("get('https://ada:pa55@example.com/')", "pa55", "password in an address"),
        ("get(`/x?api_key=abcd1234&page=2`)", "abcd1234", "value of api_key"),
        ("const apiKey = 'canary';", "canary", "value of apiKey"),
        ('{"client_secret": "canary"}', "canary", "value of client_secret"),
        (r'body = "{\"password\":\"canary\"}"', "canary", "value of password"),
        ("headers['Authorization'] = 'Bearer canary'", "canary", "value of Authorization"),
        ('headers["X-Api-Key"] = `canary`', "canary", "value of X-Api-Key"),
        ("const token: string = 'it\\'s'", "it\\'s", "value of token"),
        ("__ENV.TOKEN || 'canary'", "canary", "value of TOKEN"),
        ("İ; secretAccessKey:\n  'canary'", "canary", "value of secretAccessKey"),
        ("if (password === 'canary') {", "canary", "value of password"),
        ("a:\n  - password: canary7\n", "canary7", "value of password"),
        ("export API_TOKEN=canary", "canary", "value of API_TOKEN"),
        ("K6_CLOUD_TOKEN=0123456789abcdef", "0123456789abcdef", "value of K6_CLOUD_TOKEN"),
        ("const token = 'cut off in the midd", "cut off in the midd", "value of token"),
    ],
)
def test_what_looks_like_a_secret_is_found_and_named(text, secret, what):
    spans = secret_spans(text)
    assert [(text[span.start : span.end], span.what) for span in spans] == [(secret or text, what)]


@pytest.mark.parametrize(
    "text",
    [
        "const token = __ENV.API_KEY;",
        "token: process.env.TOKEN,",
        "token = ''; password = `${TOKEN}`; key = '{{api_key}}'",
        "headers: { Authorization: `Bearer ${token}` }",
        "interface A { token: string; password?: string | null }",
        "apiKey: 'YOUR_API_KEY', password: '********', secret: '<your secret>', token: 'changeme'",
        "check(reply, { 'has token': (reply) => reply.json('token') !== '' })",
        "{ monkey: 'banana', key: 'value', tokens: 5, keyboard: 'qwerty' }",
        "// Basic authentication, or a Bearer token",
        "'X-Api-Key': __ENV.API_KEY || 'none',",
        "http://localhost:8080/@x git clone ssh://git@github.com/x",
        "  token: data.token1\n  password: user.password",
        "const tokenName = 'access_token', secretPath = '/x';",
        "token = 'api_token'; password = '••••';",
    ],
)
def test_code_and_placeholders_are_no_secrets(text):
    assert [text[span.start : span.end] for span in secret_spans(text)] == []


def test_a_private_key_is_masked_as_a_whole_and_lines_keep_their_numbers():
    key = "\n".join(
        ["-----BEGIN RSA PRIVATE KEY-----", "MIIE" * 16, "abc-" * 16, "x==", "-----END RSA PRIVATE KEY-----"]
    )
    shown = masked_text(f"const key = `{key}`;\nnext();")
    assert (
        shown == f"const key = `-----BEGIN RSA PRIVATE KEY-----{MASK}\n\n\n\n-----END RSA PRIVATE KEY-----`;\nnext();"
    )
    assert "MIIE" not in masked_text(key[:80]), "also when its end is missing"


_PARTS = st.sampled_from(
    [
        *"=\"'`\\\n@.xİ",
        "token",
        "password",
        "api_key",
        ": ",
        "://",
        "glc_",
        "eyJ",
        "abcdefgh12",
        "Bearer ",
        MASK,
        "-----BEGIN PRIVATE KEY-----",
        "-----END ",
    ]
)


@given(st.lists(_PARTS, max_size=40).map("".join))
def test_spans_are_in_order_and_what_is_masked_stays_masked(text):
    spans = secret_spans(text)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(one.end <= other.start for one, other in itertools.pairwise(spans))
    shown = masked_text(text)
    assert shown.count("\n") == text.count("\n")
    assert masked_text(shown) == shown


@pytest.mark.parametrize(
    "part",
    ['token="', "token='token=", "eyJaaaaaaaa.", "://a:", "-----BEGIN PRIVATE KEY-----", "token: a1", "&token=", "\\"],
)
def test_no_text_takes_more_than_linear_time(part):
    def seconds(characters: int) -> float:
        text = part * (characters // len(part))
        begun = time.process_time()
        secret_spans(text)
        return time.process_time() - begun

    # Were it quadratic, eight times the text would take sixty-four times as long.
    assert seconds(800_000) < 24 * max(seconds(100_000), 0.01)


def test_one_letter_alone_is_longer_in_lower_case():
    assert [chr(number) for number in range(0x110000) if len(chr(number).lower()) != 1] == ["İ"]


@pytest.mark.parametrize("depth", [50, 150, 400, 900])
def test_what_is_nested_too_deep_to_be_searched_is_masked_and_the_rest_stays(depth):
    content = (
        b'{"id": 7, "token": "x", "options": ' + b'{"a":[' * (depth // 2) + b'"hidden"' + b"]}" * (depth // 2) + b"}"
    )
    hidden = masked_json(content)
    value = json.loads(hidden)
    assert value["id"] == 7
    assert value["token"] == MASK
    assert (b"hidden" in hidden) is (depth < 100)
