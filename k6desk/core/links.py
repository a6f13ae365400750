"""Links to what the program shows: its own, `k6desk://run/123/cost?stack=myteam`, and those of Grafana's web pages.

A link only says where to go. Nothing in it can act, sign in or name a file.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, quote, urlsplit

from msgspec import Struct

from k6desk.api.stack import stack_url
from k6desk.core.place import Place

SCHEME = "k6desk://"
SHORT = "k6desk:"
"""What some programs make of it: an address like `mailto:`."""
LONGEST = 2_000
NOT_KNOWN = (
    "That link leads to nothing that k6desk shows: it opens k6desk://run/1234, test/12, project/3 or a list such as "
    "k6desk://running, and the web addresses of runs, tests and projects."
)

_ANY = re.compile(r"(k6desk:[/a-z]|https?://)", re.IGNORECASE | re.ASCII)
_WEB = re.compile(r"/a/k6-app/(run|test|project)s/([0-9]{1,19})(/.*)?")
_PUBLIC = re.compile(r"/runs/public/([A-Za-z0-9_-]{4,64})(/.*)?$")
_UNFIT = re.compile(r"[\s\x00-\x20\x7f-\x9f]")


class Link(Struct, frozen=True):
    """A place, in the stack with the web address `stack_url`; where that is empty, in whichever stack is shown."""

    place: Place
    stack_url: str = ""

    @property
    def called(self) -> str:
        """What it leads to, in words."""
        return f"{self.place.kind} {self.place.id}" if self.place.id else f"the list “{self.place.kind}”"

    def __str__(self) -> str:
        path = str(self.place).replace(":", "/")
        return f"{SCHEME}{path}" + (f"?stack={quote(self.stack_url, safe=':/')}" if self.stack_url else "")


class PublicLink(Struct, frozen=True):
    """A run that somebody shared with everybody under `public_id`, which only the server can find."""

    public_id: str

    @property
    def called(self) -> str:
        """What it leads to, in words."""
        return f"the run of the public link {self.public_id}"

    def __str__(self) -> str:
        return f"https://app.k6.io/runs/public/{self.public_id}"


def is_link(text: str) -> bool:
    """Whether something typed or dropped is meant as a link, be it a good one or not."""
    return _ANY.match(text.strip()) is not None


def parse_link(text: str) -> Link | PublicLink:
    """Read a link of k6desk or of a web page; `ValueError` says in one sentence why it leads nowhere."""
    text = text.strip()
    if len(text) > LONGEST:
        raise ValueError(f"That link is too long: k6desk reads links of up to {LONGEST:,} characters.")
    if not is_link(text) or _UNFIT.search(text):
        raise ValueError(NOT_KNOWN)
    return _own(text) if text.lower().startswith(SHORT) else _web(text)


def _own(text: str) -> Link:
    address, _, query = text[len(SHORT) :].partition("#")[0].partition("?")
    kind, _, rest = address.strip("/").partition("/")
    try:
        place = Place.parse(f"{kind}:{rest}" if rest else kind)
        stacks = parse_qs(query, max_num_fields=10).get("stack", [])
    except ValueError:
        raise ValueError(NOT_KNOWN) from None
    return Link(place, stack_url(stacks[-1]) if stacks else "")


def _web(text: str) -> Link | PublicLink:
    try:
        path = urlsplit(text).path
        if public := _PUBLIC.search(path):
            return PublicLink(public[1])
        if page := _WEB.fullmatch(path):
            return Link(Place.parse(f"{page[1]}:{page[2]}"), stack_url(text))
    except ValueError:
        pass  # the address of no server, or a number that no thing has
    raise ValueError(NOT_KNOWN)
