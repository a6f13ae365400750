"""What secrets look like in text: the tokens of well-known services, and literals that stand beside a telling name.

Every pattern takes linear time: it begins with something fixed, and what it repeats cannot hold another beginning or
is possessive and ends where the next one begins.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple


class Shape(NamedTuple):
    """A kind of token. It can only be where one of the `hints` is; group 1 of the pattern is the secret itself."""

    what: str
    hints: tuple[str, ...]
    pattern: re.Pattern[str]
    is_secret: Callable[[str], bool] = bool


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)


def _is_bearer(text: str) -> bool:
    return _has_digit(text) and not is_placeholder(text)


def _is_basic(text: str) -> bool:
    try:
        return b":" in base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False


def _is_password(text: str) -> bool:
    return not is_placeholder(text)


def _is_long(text: str) -> bool:
    return len(text) > _LONGEST_PLACEHOLDER


def _token(pattern: str) -> re.Pattern[str]:
    """The pattern where nothing is before it that could belong to it."""
    return re.compile(rf"(?<![A-Za-z0-9_-])({pattern})", re.ASCII)


SHAPES = [
    Shape("Grafana token", ("glc_", "glsa_", "glrt_"), _token(r"gl(?:c|sa|rt)_[\w+/=-]{16,}+"), _has_digit),
    Shape(
        "GitHub token",
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
        _token(r"(?:gh[opurs]|github_pat)_\w{20,}+"),
    ),
    Shape(
        "GitLab token",
        ("glpat-", "gldt-", "glrt-", "glptt-", "glft-", "glsoat-", "glcbt-", "glagent-"),
        _token(r"gl(?:pat|dt|rt|ptt|ft|soat|cbt|agent)-[\w.-]{16,}+"),
    ),
    Shape("AWS key", ("AKIA", "ASIA"), _token(r"A[KS]IA[A-Z0-9]{16})(?![A-Za-z0-9]")),
    Shape("Google key", ("AIza",), _token(r"AIza[\w-]{30,}+")),
    Shape("Google token", ("ya29.", "GOCSPX-"), _token(r"(?:ya29\.|GOCSPX-)[\w-]{20,}+")),
    Shape("Slack token", ("xox", "xapp-"), _token(r"(?:xox[a-z]|xapp)-[\w-]{10,}+"), _has_digit),
    Shape(
        "Slack webhook", ("hooks.slack.com/",), re.compile(r"hooks\.slack\.com/(?:services|workflows)/([\w/]{20,}+)")
    ),
    Shape(
        "Stripe key",
        ("sk_", "rk_", "whsec_"),
        _token(r"(?:[rs]k_(?:live|test)|whsec)_\w{16,}+"),
    ),
    Shape("npm token", ("npm_",), _token(r"npm_[A-Za-z0-9]{30,}+")),
    Shape("PyPI token", ("pypi-",), _token(r"pypi-[\w-]{40,}+")),
    Shape("API key", ("sk-",), _token(r"sk-[\w-]{20,}+"), _has_digit),
    Shape("SendGrid key", ("SG.",), _token(r"SG\.[\w-]{16,}+\.[\w-]{16,}+")),
    Shape("Hugging Face token", ("hf_",), _token(r"hf_[A-Za-z0-9]{30,}+")),
    Shape("Vault token", ("hvs.", "hvb."), _token(r"hv[sb]\.[\w-]{20,}+")),
    Shape("JSON web token", ("eyJ",), _token(r"eyJ[\w-]{8,}+\.[\w-]{8,}+\.[\w-]*+")),
    Shape(
        "private key",
        ("PRIVATE KEY",),
        # Up to its end line, also written as one text with \n or put together from many; or else what base64 follows.
        re.compile(
            r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----"
            r"([^-]*+(?:-(?!----)[^-]*+)*+(?=-----END )|[A-Za-z0-9+/=\\\s]++)"
        ),
        _is_long,
    ),
    Shape(
        "password in an address",
        ("://",),
        re.compile(r"://[^\s/:@\"'`<>?#]*+:([^\s/@\"'`<>]++)@(?=[\w\[$])"),
        _is_password,
    ),
    Shape("bearer token", ("earer ", "EARER "), re.compile(r"(?i:bearer) +([\w.~+/=-]{8,}+)"), _is_bearer),
    Shape("basic credentials", ("asic ", "ASIC "), re.compile(r"(?i:basic) +([A-Za-z0-9+/]{6,}+={0,2})"), _is_basic),
]

# Names are looked for in lower case, and `key` counts only after one of these.
_WORDS = ("token", "secret", "password", "passwd", "passphrase", "key", "authorization", "credential", "credentials")
_KEY = re.compile(r"(?:api|private|access|secret|signing|encryption|auth|account|license)[_-]?key")
_LONGEST_KEY = 14
_SUFFIX = r"(?:[_-]?(?:\d{1,3}|prod|production|stage|staging|dev|test|qa|uat|live))?"
# `apiKey: "…"`, `"apiKey": "…"`, `headers["X-Api-Key"] = '…'`, `token: string = "…"`, `__ENV.TOKEN || "…"`
_QUOTED = re.compile(
    _SUFFIX + r"\\?[\"'`]?\]?\s{0,40}+(?::\s{0,9}string\s{0,9}=|:=|[!=]={1,2}|=|:|\|\||\?\?)\s{0,40}+"
    r"(?:\"(?P<double>[^\"\\\n]*+(?:\\[^\n][^\"\\\n]*+)*+)"
    r"|'(?P<single>[^'\\\n]*+(?:\\[^\n][^'\\\n]*+)*+)"
    r"|`(?P<back>[^`\\\n]*+(?:\\[^\n][^`\\\n]*+)*+)"
    r"|\\\"(?P<escaped>[^\"\\\n]*+))",
    re.IGNORECASE | re.ASCII,
)
# `?api_key=…&` in an address, `"token=…&…"` in a form
_IN_ADDRESS = re.compile(_SUFFIX + r"=([\w%.~+/-]{4,}+=*+)(?=[&\"'`#\s]|$)", re.IGNORECASE | re.ASCII)
_BEFORE_IN_ADDRESS = re.compile(r"(?:[?\"'`]|(?<!&)&)[\w.-]{1,50}$", re.ASCII)
# `password: …` and `API_TOKEN=…` on a line of its own, as in YAML and in files of variables
_BARE = re.compile(
    _SUFFIX + r"(?:=|[ \t]{0,9}[:=][ \t]{1,9})([\w+/=.~@%!^*-]{6,}+)[ \t\r]*+(?=\n|\Z)", re.IGNORECASE | re.ASCII
)
_BEFORE_BARE = re.compile(r"[ \t]{0,40}(?:- |export |set )?[\w.-]{1,50}", re.ASCII)
_REACH = 100
_LAST_NAME = re.compile(r"[\w-]+$", re.ASCII)
_CODE = re.compile(r"[A-Za-z_][\w]*(?:\.[A-Za-z_]\w*)+|[^0-9]*|[^A-Za-z]*", re.ASCII)

_SCHEME = re.compile(r"(?i:bearer|basic|token|digest) +")
_TEMPLATE = re.compile(r"\$\{|\{\{|<%|^\$\w+$|^%\w+%$|^<[^>]*>$|^\[[^\]]*\]$|^process\.env\b|^__ENV\b")
_NAME = re.compile(
    r"(?:(?:x|api|auth|access|refresh|csrf|xsrf|id|session|client|user|jwt|oauth2?|app|bearer)[_-]?){0,3}"
    r"(?:token|secret|passw(?:or)?d|passphrase|key|authorization|credentials?)",
    re.IGNORECASE,
)
_LONGEST_NAME = 60
_NO_SECRET = re.compile(
    "string|boolean|number|object|any|unknown|never|null|undefined|none|nil|void|true|false|bearer|basic|digest|"
    "change[_-]?me|replace[_-]?me|placeholder|example|sample|dummy|redacted|masked|hidden|todo|tbd|"
    "required|optional|default|empty|missing|invalid|secrets|header|query|cookie",
    re.IGNORECASE,
)
_YOURS = re.compile(r"(?i:your|my|insert|replace|enter)[ _-].*(?i:here|token|key|secret|password|value)$")
_LEAST = 3
_LONGEST_PLACEHOLDER = 32  # `\n...\n` where a key would be


def is_placeholder(text: str) -> bool:
    """Whether a literal is clearly no secret: hardly anything, a template, the name of one, `YOUR_API_KEY`, `***`."""
    plain = text.strip()
    return (
        len(plain) < _LEAST
        or len(set(plain)) < _LEAST
        or bool(_NO_SECRET.fullmatch(plain))
        or bool(_TEMPLATE.search(plain))
        or bool(len(plain) <= _LONGEST_NAME and (_NAME.fullmatch(plain) or _YOURS.match(plain)))
    )


def named_literals(text: str) -> Iterator[tuple[int, int, str]]:
    """The (start, end, name) of literals beside a name that ends like that of a secret, in no order."""
    lower = text.replace("İ", "i").lower()  # the one letter that is longer in lower case
    for word in _WORDS:
        at = lower.find(word)
        while at >= 0:
            end = at + len(word)
            if word != "key" or _KEY.search(lower, max(0, end - _LONGEST_KEY), end):
                before = text[max(0, end - _REACH) : end].rpartition("\n")[2]
                if found := _literal_after(text, end, before):
                    yield *found, _name(before)
            at = lower.find(word, end)


def _literal_after(text: str, end: int, before: str) -> tuple[int, int] | None:
    found = _QUOTED.match(text, end)
    if not found and _BEFORE_IN_ADDRESS.search(before):
        found = _IN_ADDRESS.match(text, end)
    if not found and _BEFORE_BARE.fullmatch(before):
        found = _BARE.match(text, end)
        # In a script such a line is more likely code.
        if found and _CODE.fullmatch(found[1]) and not _name(before).isupper():
            return None
    if not found or not found.lastindex:
        return None
    start, value = found.start(found.lastindex), found[found.lastindex]
    if scheme := _SCHEME.match(value):
        start, value = start + scheme.end(), value[scheme.end() :]
    return None if is_placeholder(value) else (start, start + len(value))


def _name(before: str) -> str:
    found = _LAST_NAME.search(before)
    return found.group() if found else ""
