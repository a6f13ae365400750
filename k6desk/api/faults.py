"""What went wrong, said in one sentence: exceptions of httpx, TLS and the system, and error answers, as `errors.*`."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from k6desk.api.errors import (
    CloudError,
    Conflict,
    Forbidden,
    NotFound,
    NotSent,
    Redirected,
    Refused,
    SignedOut,
    TryLater,
    Unreachable,
    Untrusted,
    WebPage,
)
from k6desk.api.wire.errors import error_code, error_message

LEAST_WAIT_S, MOST_WAIT_S = 1, 15 * 60
"""The range in which a server's Retry-After is believed."""

_BEFORE_SENDING = httpx.ConnectError | httpx.ConnectTimeout | httpx.ProxyError | httpx.PoolTimeout
_NO_ROUTE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN}
_EXPIRED, _NOT_YET_VALID, _WRONG_NAMES = 10, 9, {62, 63, 64}
"""OpenSSL's verification codes (X509_V_ERR_…)."""


def explain(error: Exception, host: str, dialled: str) -> CloudError:
    """The error for an exchange with `host` that failed on the way; `dialled` is the host itself or its proxy."""
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Untrusted(_certificate_fault(cause, host))
    lost = NotSent if isinstance(error, _BEFORE_SENDING) else Unreachable
    for cause in causes:
        is_waiting = isinstance(cause, ssl.SSLWantReadError)  # for a server that says nothing
        if isinstance(cause, ssl.SSLError) and lost is NotSent and not is_waiting:
            return Untrusted(
                f"No safe connection to {host} could be made; a proxy or this network's sign-in page may stand between."
            )
        if isinstance(cause, socket.gaierror):
            return lost(f"No address is known for {dialled}; check the network connection and the name.")
        if isinstance(cause, ConnectionRefusedError):
            return lost(f"The connection was refused by {dialled}; it may be down, or its address wrong.")
        if isinstance(cause, OSError) and cause.errno in _NO_ROUTE:
            return lost(f"{dialled} cannot be reached from this network; check the network connection.")
    if isinstance(error, httpx.ProxyError):
        return lost(f"No connection to {host} was made by {dialled}; check the proxy's address and password.")
    if isinstance(error, httpx.TimeoutException):
        return lost(f"No answer came from {dialled} in time.")
    if isinstance(error, httpx.ConnectError):
        return lost(f"No connection could be made to {dialled}; check the network connection.")
    return Unreachable(f"The connection to {dialled} was lost.")


def redirected(response: httpx.Response, host: str) -> Redirected:
    """The error for a redirect, which is never followed."""
    try:
        target = httpx.URL(response.headers.get("location", "")).raw_host.decode("ascii")[:100]
    except (httpx.InvalidURL, ValueError):
        target = ""
    to = f" to {target}" if target else ""
    return Redirected(
        f"{host} answered with a redirect{to}, possibly a login page of this network; k6desk did not follow it."
    )


def web_page(host: str) -> WebPage:
    """The error for HTML where the API's own format was due."""
    return WebPage(
        f"A web page came instead of an answer from {host}: this network may want a sign-in; open a browser, then try "
        "again."
    )


def refusal(response: httpx.Response, body: bytes, host: str) -> CloudError:
    """The error for an answer that is neither a success nor a redirect."""
    status = response.status_code
    if status == 511:
        return web_page(host)
    if status == 429 or status >= 500:
        wait_s = retry_after_s(response.headers)
        wish = f" and to wait {wait_s:.0f} s" if wait_s else ""
        sentence = (
            f"{host} asks k6desk to slow down (HTTP 429){wish}."
            if status == 429
            else f"{host} has a problem of its own (HTTP {status})."
        )
        return TryLater(sentence, status=status, retry_after_s=wait_s)
    message, code = error_message(body), error_code(body)
    if status == 401:
        return SignedOut(f"{host} does not accept the token: sign in again.", status=status, code=code)
    if status == 404 and message.rstrip(".").lower().removeprefix("resource ") == "not found":
        message = ""  # it says no more than the sentence does
    kind, sentence = {
        403: (Forbidden, "The token has no right to this, or belongs to another stack."),
        404: (NotFound, "The server has no such thing, or no data for it."),
        405: (Refused, f"{host} does not do this, or no longer (HTTP 405)."),
        409: (Conflict, "The server could not do that now."),
        410: (Refused, f"{host} does not offer this any more (HTTP 410)."),
    }.get(status, (Refused, f"{host} did not accept the request (HTTP {status})."))
    return kind(f"{sentence} The server says: “{message}”" if message else sentence, status=status, code=code)


def retry_after_s(headers: httpx.Headers) -> float | None:
    """The wait that a Retry-After header asks for, as seconds or a date, within bounds; None without a usable one."""
    text = headers.get("retry-after", "").strip()
    if text.isdecimal():
        wait_s = float(text[:9])
    else:
        until = _http_date(text)
        if until is None:
            return None
        # By the server's own clock where it shows one: ours may be wrong.
        wait_s = (until - (_http_date(headers.get("date", "")) or datetime.now(UTC))).total_seconds()
    return min(max(wait_s, LEAST_WAIT_S), MOST_WAIT_S)


def _http_date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _certificate_fault(error: ssl.SSLCertVerificationError, host: str) -> str:
    code, words = getattr(error, "verify_code", 0), str(getattr(error, "verify_message", error)).lower()
    if code == _EXPIRED or "expired" in words:
        fault = "has expired; check this computer's clock, or tell who runs the server"
    elif code == _NOT_YET_VALID or "not yet valid" in words:
        fault = "is not valid yet; check this computer's clock"
    elif code in _WRONG_NAMES or "hostname mismatch" in words or "doesn't match" in words or "not match" in words:
        fault = "is for another name; a sign-in page or proxy of this network may stand between"
    else:
        fault = "comes from an issuer that this computer does not trust; add your company's to the system's store"
    return f"The certificate of {host} {fault}. Nothing was sent."


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        cause = waiting.pop()
        if cause is None or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        waiting += [cause.__cause__, cause.__context__]
        if isinstance(cause, BaseExceptionGroup):
            waiting += cause.exceptions
