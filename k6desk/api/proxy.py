"""The proxy that the environment or the operating system names for the API."""

from __future__ import annotations

import os
import re
import ssl
from importlib.util import find_spec
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from k6desk.api.errors import NotSent

_SCHEMES = {"http", "https", "socks5", "socks5h"}


def proxy_for(origin: str, trust: ssl.SSLContext) -> httpx.Proxy | None:
    """The proxy to use for an origin; `NotSent` if what names it is broken.

    Plain http goes only to this computer, and never through a proxy, which could read the token.
    """
    address = urlsplit(origin)
    if address.scheme != "https" or proxy_bypass(address.netloc):
        return None
    proxies = getproxies()
    name = next((name for name in ("https", "all") if proxies.get(name)), None)
    if name is None:
        return None
    text = proxies[name].strip()
    url = text if "://" in text else f"http://{text}"
    try:
        proxy = httpx.Proxy(url, ssl_context=trust if url.startswith("https:") else None)
        usable = proxy.url.scheme in _SCHEMES and proxy.url.host != "" and (proxy.url.port or 80) < 2**16
        usable = usable and (proxy.url.scheme in {"http", "https"} or find_spec("socksio") is not None)
    except (ValueError, httpx.InvalidURL):
        usable = False
    if not usable:
        raise NotSent(
            f"The proxy “{_without_login(text)}” named by {_source(name)} cannot be used: k6desk knows proxies such as "
            "http://proxy.example.com:3128; correct or remove the setting and start k6desk again."
        )
    return proxy


def _source(name: str) -> str:
    variables = (f"{name}_proxy", f"{name}_proxy".upper())
    return next((variable for variable in variables if os.environ.get(variable)), "the system's settings")


def _without_login(text: str) -> str:
    return re.sub(r"^([a-z0-9+.-]*://)?.*@", r"\1***@", text, flags=re.IGNORECASE | re.DOTALL)[:100]
