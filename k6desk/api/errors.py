"""What can go wrong between k6desk and a Grafana Cloud k6 server. Each error's text is one sentence for people.

    CloudError
    ├── Unreachable        no answer: timed out, connection lost
    │   └── NotSent        no connection could be made, so nothing was sent: no network, DNS, refused
    ├── Untrusted          TLS failed, or the server pointed to another host; nothing was sent there
    │   └── Redirected     the answer pointed elsewhere: who gave it, and whether it did what it was asked, is open
    ├── BadAnswer          an answer that is not what the API promises: not JSON, too large, cut off
    │   └── WebPage        HTML where the API's own format was due
    ├── NotOffered         this kind of account has no such operation; nothing was sent
    └── Refused            the API said no, in its documented error shape or by status alone
        ├── SignedOut      401: the token is not accepted (any more)
        ├── Forbidden      403: the token may not do this, or belongs to another stack
        ├── NotFound       404: no such thing, or no data
        ├── Conflict       409: the thing is in another state than the action needs
        └── TryLater       429 and 5xx: worth asking again after `retry_after_s`

A refusal quotes the server's own words, on one line and cut; they are plain text and never instructions.
"""

from __future__ import annotations


class CloudError(Exception):
    """Base of all; `str()` is one sentence for people."""


class Unreachable(CloudError):
    """The server could not be reached or did not answer in time."""


class NotSent(Unreachable):
    """There was no connection, so the request has certainly not arrived."""


class Untrusted(CloudError):
    """The connection or the link is not one the token may be sent to."""


class Redirected(Untrusted):
    """The server, or something before it, answered with a redirect."""


class BadAnswer(CloudError):
    """The answer is not what the API promises."""


class WebPage(BadAnswer):
    """The answer is for a browser: of a sign-in page, or of a server that has no such operation."""


class NotOffered(CloudError):
    """The account's kind of cloud has no such operation."""


class Refused(CloudError):
    """The server answered with an error status (`status`, HTTP); `code` is its own word for why, if it gave one."""

    def __init__(self, sentence: str, *, status: int, code: str = "") -> None:
        super().__init__(sentence)
        self.status = status
        self.code = code


class SignedOut(Refused):
    """401."""


class Forbidden(Refused):
    """403."""


class NotFound(Refused):
    """404."""


class Conflict(Refused):
    """409."""


class TryLater(Refused):
    """429 or 5xx; `retry_after_s` is the server's wish in seconds, if it named one."""

    def __init__(self, sentence: str, *, status: int, retry_after_s: float | None = None) -> None:
        super().__init__(sentence, status=status)
        self.retry_after_s = retry_after_s
