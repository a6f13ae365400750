from __future__ import annotations

import errno
import socket
import ssl
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k6desk.api.errors import NotSent, Unreachable, Untrusted
from k6desk.api.faults import LEAST_WAIT_S, MOST_WAIT_S, explain, retry_after_s


def wait_of(text: str, **more: str) -> float | None:
    return retry_after_s(httpx.Headers({"Retry-After": text, **more}))


@pytest.mark.parametrize(
    ("text", "wait_s"),
    [
        ("7", 7),
        (" 7 ", 7),
        ("0", LEAST_WAIT_S),
        ("9" * 5000, MOST_WAIT_S),
        ("Wed, 21 Oct 2015 07:28:00 GMT", LEAST_WAIT_S),
        ("Wed, 21 Oct 9998 07:28:00 GMT", MOST_WAIT_S),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("1.5", None),
        ("٣", 3),
        ("²", None),
    ],
)
def test_retry_after_is_believed_within_bounds(text, wait_s):
    assert retry_after_s(httpx.Headers([(b"Retry-After", text.encode())])) == wait_s


def test_a_date_counts_by_the_servers_own_clock():
    server_time = datetime.now(UTC) - timedelta(hours=5)
    until = format_datetime(server_time + timedelta(seconds=90), usegmt=True)
    assert wait_of(until, Date=format_datetime(server_time, usegmt=True)) == 90
    assert wait_of(until) == LEAST_WAIT_S


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.characters(max_codepoint=255), max_size=40), st.text(alphabet="0123456789 GMTWed,Oct:-+"))
def test_any_header_is_a_wait_within_bounds_or_none(text, date):
    for value in (text, date):
        wait_s = retry_after_s(httpx.Headers([(b"Retry-After", value.encode("latin-1")), (b"Date", date.encode())]))
        assert wait_s is None or LEAST_WAIT_S <= wait_s <= MOST_WAIT_S


def chained(cause: BaseException) -> httpx.ConnectError:
    """As httpx raises it: the cause is some links down the chain, in a group when several addresses were tried."""
    middle = OSError("All connection attempts failed")
    middle.__cause__ = ExceptionGroup("several addresses", [cause])
    error = httpx.ConnectError("GET https://api.k6.io/x?secret=1")
    error.__context__ = middle
    return error


def lost_on_the_way() -> httpx.ReadError:
    """A network that went away after the request: it may have arrived."""
    error = httpx.ReadError("x")
    error.__cause__ = OSError(errno.EHOSTUNREACH, "x")
    return error


@pytest.mark.parametrize(
    ("error", "kind", "says"),
    [
        (chained(socket.gaierror(-2, "Name or service not known")), NotSent, "No address"),
        (chained(ConnectionRefusedError()), NotSent, "refused"),
        (chained(OSError(errno.ENETUNREACH, "x")), NotSent, "cannot be reached"),
        (chained(ssl.SSLError("WRONG_VERSION_NUMBER")), Untrusted, "No safe connection"),
        (httpx.ProxyError("407 https://user:pw@proxy"), NotSent, "check the proxy"),
        (httpx.ConnectTimeout(""), NotSent, "in time"),
        (httpx.ConnectError("x"), NotSent, "No connection could"),
        (httpx.ReadError("x"), Unreachable, "was lost"),
        (httpx.ReadTimeout(""), Unreachable, "in time"),
        (lost_on_the_way(), Unreachable, "cannot be reached"),
        (httpx.LocalProtocolError("Illegal header value b'Bearer secret'"), Unreachable, "was lost"),
        (OSError(errno.EMFILE, "Too many open files"), Unreachable, "was lost"),
    ],
)
def test_every_way_to_fail_is_one_sentence_without_what_the_exception_quotes(error, kind, says):
    told = explain(error, "api.k6.io", "api.k6.io")
    assert type(told) is kind
    assert says in str(told)
    assert "secret" not in str(told)
    assert str(told).endswith(".")


def test_causes_that_go_in_circles_end():
    first, second = OSError(1), OSError(2)
    first.__cause__, second.__cause__ = second, first
    assert type(explain(first, "x", "x")) is Unreachable


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("“api.k6.io” certificate is expired", "has expired"),
        ("The certificate's CN name does not match the passed value.", "another name"),
        ("Hostname mismatch, certificate is not valid for 'x'", "another name"),
        ("A certificate chain could not be built to a trusted root authority.", "does not trust"),
    ],
)
def test_certificate_faults_are_told_apart_by_the_words_of_each_system(words, says):
    error = ssl.SSLCertVerificationError(words)
    error.verify_message, error.verify_code = words, -67843
    assert says in str(explain(error, "api.k6.io", "api.k6.io"))
