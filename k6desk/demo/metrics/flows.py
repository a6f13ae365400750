"""What the scripts of the demo cloud's tests do in one iteration, and how their system takes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from k6desk.demo.catalogue import Flow, LoadTestDraft

BASE_URL = "https://quickpizza.example.com"


@dataclass(frozen=True, slots=True)
class Hit:
    """A kind of request: `ms` is the usual time to answer and `spread` how much that varies (of a log-normal).

    `often` is how many there are in one iteration; `checks` are made on each of them. `declined` is another status
    that is as good, and how often it comes.
    """

    name: str
    method: str
    path: str
    ms: float
    spread: float = 0.45
    often: float = 1
    group: str = ""
    status: str = "200"
    failed: str = "503"
    checks: tuple[str, ...] = ()
    sent: int = 128
    received: int = 900
    declined: tuple[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Deed:
    """What one iteration of a scenario does, and for the rest of it waits.

    It makes requests, opens `pages` or `sockets`; `setup` is made once. `found_trend`, `declined_counter` and
    `message_counter` are the metrics that its script makes.
    """

    hits: tuple[Hit, ...]
    pause_s: float
    setup: Hit | None = None
    pages: tuple[str, ...] = ()
    sockets: float = 0
    found_trend: str = ""
    declined_counter: str = ""
    message_counter: str = ""


_GREETING = Hit("greeting", "GET", "/api/greeting?name=Ada", 24, checks=("under 300 ms",), received=310)
_LOOK, _BASKET = "::look around", "::fill the basket"
_DEEDS: Mapping[Flow, Deed] = {
    "shop": Deed(
        (
            Hit("GET /", "GET", "/", 62, group=_LOOK, received=6_400),
            Hit("GET /api/pizza/:id", "GET", "/api/pizza/:id", 48, group=_LOOK, checks=("pizza has a price",)),
            Hit(
                "POST /api/basket",
                "POST",
                "/api/basket",
                121,
                0.6,
                group=_BASKET,
                status="201",
                failed="500",
                checks=("basket is 201", "basket has one pizza"),
                sent=342,
            ),
        ),
        1.6,
        setup=Hit("/api/menu", "GET", "/api/menu", 80, group="::setup", checks=("menu is there",), received=14_200),
    ),
    "search": Deed(
        (
            Hit(
                "GET /api/search",
                "GET",
                "/api/search",
                88,
                0.55,
                checks=("status is 200", "answered from an index"),
                received=5_200,
            ),
            Hit("GET /api/suggest", "GET", "/api/suggest", 21, 0.4, often=4, failed="429", received=640),
        ),
        0.6,
        found_trend="search_hits",
    ),
    "login": Deed(
        (
            Hit("login", "POST", "/api/login", 140, 0.35, failed="401", checks=("logged in",), sent=286, received=512),
            Hit("profile", "GET", "/api/profile", 33, failed="401", checks=("profile is mine",), sent=402),
        ),
        0.6,
    ),
    "payments": Deed(
        (
            Hit(
                "POST /api/payments",
                "POST",
                "/api/payments",
                190,
                0.5,
                status="201",
                failed="502",
                checks=("accepted or declined", "has a receipt"),
                sent=612,
                received=740,
                declined=("402", 1 / 3),
            ),
        ),
        0.6,
        declined_counter="payments_declined",
    ),
    "browser": Deed(
        (
            Hit(
                "GET /api/kitchen/queue",
                "GET",
                "/api/kitchen/queue",
                130,
                0.5,
                checks=("kitchen answers",),
                received=2_100,
            ),
        ),
        1.0,
    ),
    "stream": Deed(
        (Hit("GET /api/couriers/:id", "GET", "/api/couriers/:id", 45, checks=("courier is known",), received=420),),
        18.1,
        sockets=1,
        message_counter="position_updates",
    ),
}
BROWSER = Deed((), 0.6, pages=(f"{BASE_URL}/", f"{BASE_URL}/order"))
PAGE_MS = 2_150.0
"""How long it takes to open a page and to see its largest part."""
PAGE_SENT, PAGE_RECEIVED = 1_200.0, 159_000.0
"""The bytes that opening a page takes."""
BROWSER_CHECK = "a pizza is recommended"
MESSAGES_PER_S = 1.2
SOCKET_CHECKS = ("has coordinates", "switched protocols")
SOCKET = Hit("courier positions", "GET", "/api/couriers/:id/positions", 60, status="101")

_ODD_NAMES = (
    "<b>re-order</b> & <img src=x onerror=alert(1)>",
    "\u202eredro-er kciuq\u202c طلب سريع مرة أخرى",
    "GET /api/re-order?basket=" + "margherita+" * 930,
)
_DISHES = ("margherita", "funghi", "diavola", "capricciosa", "napoletana", "quattro-formaggi", "calzone", "bianca")
_LINKS = tuple(
    f"GET {BASE_URL}/menu/{dish}/{number}?utm_source={source}"
    for dish in _DISHES
    for number in range(10)
    for source in ("push", "mail", "qr", "banner", "friend")
)


def deed_of(draft: LoadTestDraft) -> Deed:
    """What one iteration of a test's script does; of a browser test, its scenario without a browser."""
    deed = _DEEDS.get(draft.flow, _DEEDS["shop"])
    if draft.shape == "archive with modules":
        deed = replace(deed, hits=(*deed.hits, _GREETING))
    if draft.name.startswith("Deep links"):
        deed = replace(deed, hits=(*deed.hits, *_links()))
    if draft.name.startswith("<b>App</b>"):
        odd = (Hit(name, "GET", "/api/re-order", 55, failed="500", checks=(name,)) for name in _ODD_NAMES)
        deed = replace(deed, hits=(*deed.hits, *odd))
    return deed


def _links() -> tuple[Hit, ...]:
    """Requests that nobody gave a name: every address is its own."""
    often = 7 / len(_LINKS)
    return tuple(
        Hit(name, "GET", name.removeprefix("GET " + BASE_URL), 30 + place % 37, often=often)
        for place, name in enumerate(_LINKS)
    )
