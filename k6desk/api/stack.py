"""What people type or paste to sign in: stack addresses, API addresses and tokens."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

from k6desk.api.secret import Secret

DEFAULT_ORIGIN = "https://api.k6.io"
"""Where the API of every Grafana Cloud stack lives, unless K6_CLOUD_HOST_V6 names another server."""

SHORTEST_TOKEN, LONGEST_TOKEN = 16, 1200
"""The longest is what the Windows credential store can hold."""

_SLUG = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_HOST = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*\.?")
_INVISIBLE = re.compile(r"[\s\u200b-\u200d\u2060\ufeff]+")
_TOKEN_PREFIX = re.compile(r"(bearer|token)(?=\s)", re.IGNORECASE)


def stack_url(text: str) -> str:
    """The address of a Grafana Cloud stack from its address or its slug; ValueError says what is wrong with it."""
    text = text.strip()
    if "://" in text:
        return _origin(text, upgrade=True)
    slug = text.lower().split("/", 1)[0].removesuffix(".grafana.net")
    if not _SLUG.fullmatch(slug):
        raise ValueError(
            "That is not a stack: write its name, such as “myteam”, or its address, such as https://myteam.grafana.net."
        )
    return f"https://{slug}.grafana.net"


def api_origin(text: str) -> str:
    """The scheme, host and port of an API server; ValueError says why the token may not be sent there."""
    text = text.strip()
    address = text if "://" in text else f"https://{text}"
    origin = _origin(address)
    if urlsplit(address).path.rstrip("/"):
        raise ValueError("The API address is only https:// and a host, such as https://api.k6.io, without a path.")
    return origin


def clean_token(text: str) -> Secret:
    """The token in what was pasted: without blanks, quotes and the header's `Bearer`. ValueError never quotes it."""
    text = _TOKEN_PREFIX.sub("", text.strip().strip("\"'`“”‘’").lstrip())
    text = _INVISIBLE.sub("", text).strip("\"'`“”‘’")
    if not text:
        raise ValueError("There is no token in that: paste the whole token.")
    if not all("\x21" <= character <= "\x7e" for character in text):
        raise ValueError("A token has only plain letters, digits and signs: copy it again from where it was made.")
    if len(text) < SHORTEST_TOKEN:
        raise ValueError(f"That is too short for a token, which has at least {SHORTEST_TOKEN} characters.")
    if len(text) > LONGEST_TOKEN:
        raise ValueError(f"That is too long for a token, which has at most {LONGEST_TOKEN:,} characters.")
    return Secret(text)


def web_link(stack_url: str, kind: Literal["runs", "tests", "projects"], thing_id: int) -> str:
    """Where the k6 app of a stack shows a run, test or project."""
    return f"{stack_url}/a/k6-app/{kind}/{thing_id}"


def is_loopback(host: str) -> bool:
    """Whether a host name means this computer; only then may a token travel without TLS."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _origin(address: str, *, upgrade: bool = False) -> str:
    """Scheme, host and port of an address; `upgrade` turns a remote http into https instead of refusing it."""
    try:
        parts = urlsplit(address)
        scheme, host, port = parts.scheme, parts.hostname or "", parts.port
    except ValueError:
        raise ValueError("That is not an address: write it like https://myteam.grafana.net.") from None
    if parts.username is not None or parts.password is not None or "\\" in parts.netloc:
        raise ValueError("An address with a name or password inside it is not used: write only https:// and the host.")
    if scheme not in {"http", "https"} or not (_HOST.fullmatch(host) or is_loopback(host)):
        raise ValueError("That is not a web address: write it like https://myteam.grafana.net.")
    if scheme == "http" and not is_loopback(host):
        if not upgrade:
            raise ValueError("A token is only sent over https; plain http is for a server on this computer.")
        scheme = "https"
    name = f"[{host}]" if ":" in host else host
    return f"{scheme}://{name}" + (f":{port}" if port else "")
