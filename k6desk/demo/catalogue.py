"""The company the demo cloud belongs to: people, load zones, projects, and the tests of a pizza shop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from k6desk.demo.workload import Workload, arrivals, browser, ramp, steady

STACK_ID = 512043
STACK_URL = "https://quickpizza.grafana.example"
PEOPLE = (
    "alex.morgan@example.com",
    "priya.raman@example.com",
    "tomas.lindqvist@example.com",
    "maria.fernandes@example.com",
    "büşra.çelik@example.com",
    "渡辺.健@example.com",
    "ольга.соколова@example.com",
    "maximiliane.von-hohenstein-zu-wittelsbach@platform-reliability.engineering.example.com",
)
USER = PEOPLE[0]
"""Whose token it is: aborts are made in this name."""

Shape = Literal["script", "archive", "archive with modules", "archive with variables", "upload", "none"]
"""How the script of a test is stored; `none` has no script yet."""
Flow = Literal["shop", "search", "login", "payments", "browser", "stream", "ramp"]


@dataclass(frozen=True, slots=True)
class LoadZone:
    """One place load can come from. `zone` is its name in k6 options."""

    id: int
    name: str
    zone: str
    available: bool = True
    image: str | None = None


@dataclass(frozen=True, slots=True)
class Script:
    """A script as it is served: `text/javascript` or `application/x-tar`."""

    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class LoadTestDraft:
    """A test before it has an id: `cadence` counts how often it runs while the others run once; 0 = no more."""

    name: str
    workload: Workload
    flow: Flow
    shape: Shape = "script"
    thresholds: tuple[tuple[str, str], ...] = (("http_req_duration", "p(95)<500"), ("http_req_failed", "rate<0.01"))
    zones: tuple[tuple[str, int], ...] = (("amazon:us:ashburn", 100),)
    cadence: int = 1


@dataclass(frozen=True, slots=True)
class ProjectDraft:
    """A project before it has an id. Limits are None where there are none; `retention_days` is how long runs last."""

    name: str
    tests: tuple[LoadTestDraft, ...]
    retention_days: int = 90
    vuh_max_per_month: int | None = None
    vu_max_per_test: int | None = None
    vu_browser_max_per_test: int | None = None
    duration_max_per_test: int | None = None


LOAD_ZONES = (
    LoadZone(1, "US East (N. Virginia)", "amazon:us:ashburn"),
    LoadZone(2, "US West (Oregon)", "amazon:us:portland"),
    LoadZone(3, "EU West (Ireland)", "amazon:ie:dublin"),
    LoadZone(4, "EU Central (Frankfurt)", "amazon:de:frankfurt"),
    LoadZone(5, "EU North (Stockholm)", "amazon:se:stockholm"),
    LoadZone(6, "South America (São Paulo)", "amazon:br:sao paulo"),
    LoadZone(7, "Africa (Cape Town)", "amazon:sa:cape town"),
    LoadZone(8, "Asia Pacific (Tokyo)", "amazon:jp:tokyo", available=False),
    LoadZone(9, "Asia Pacific (Singapore)", "amazon:sg:singapore"),
    LoadZone(10, "Kitchen network (on premises)", "quickpizza-onprem-plz", image="grafana/k6:1.3.0"),
)

_EU = (("amazon:ie:dublin", 60), ("amazon:de:frankfurt", 40))
_ATLANTIC = (("amazon:us:ashburn", 50), ("amazon:ie:dublin", 50))
_WORLD = (
    ("amazon:us:ashburn", 40),
    ("amazon:de:frankfurt", 30),
    ("amazon:sg:singapore", 20),
    ("amazon:sa:cape town", 10),
)
_ONPREM = (("quickpizza-onprem-plz", 100),)
_CHECKS = (("http_req_duration", "p(95)<400"), ("checks", "rate>0.99"))
_VITALS = (("browser_web_vital_lcp", "p(75)<2500"), ("browser_web_vital_cls", "p(75)<0.1"))

RAMP_TEST = "Checkout ramp"
"""The test whose newest finished run has always missed its 95th percentile."""

_STOREFRONT = (
    LoadTestDraft(
        RAMP_TEST,
        ramp((30, 15), (90, 15), (20, 30), (20, 0)),
        "ramp",
        thresholds=(
            ("http_req_duration", "p(95)<300"),
            ("http_req_failed", "rate<0.05"),
            ("checks", "rate>0.95"),
        ),
        cadence=2,
    ),
    LoadTestDraft("Home page smoke", steady(10, 120), "shop", cadence=2),
    LoadTestDraft("Menu and pizza builder", ramp((120, 80), (600, 80), (180, 0)), "shop", zones=_ATLANTIC),
    LoadTestDraft("Friday night rush", ramp((300, 400), (1200, 400), (120, 800), (180, 0)), "shop", zones=_WORLD),
    LoadTestDraft("Basket API baseline", arrivals(40, 90, 600), "shop", "archive with modules", thresholds=_CHECKS),
    LoadTestDraft("Storefront soak, 1 h", ramp((300, 120), (3000, 120), (300, 0)), "shop", "archive", zones=_EU),
    LoadTestDraft("Browser: order a pizza", browser(8, 600), "browser", thresholds=_VITALS, zones=_EU),
    LoadTestDraft(
        "Browser + API: order while the kitchen is busy",
        browser(5, 900, (120, 60), (660, 60), (120, 0)),
        "browser",
        thresholds=(*_VITALS, ("http_req_duration", "p(95)<600")),
    ),
    LoadTestDraft("Holiday peak rehearsal 2024", ramp((600, 1000), (1800, 1000), (300, 0)), "shop", cadence=0),
)

_PAYMENTS = (
    LoadTestDraft("Card payment happy path", ramp((60, 40), (480, 40), (60, 0)), "payments", "archive with variables"),
    LoadTestDraft("3-D Secure redirect", steady(25, 600), "payments", "archive with variables", zones=_EU),
    LoadTestDraft("Refunds nightly", arrivals(20, 30, 1200), "payments", thresholds=_CHECKS),
    LoadTestDraft("Gift card balance", steady(15, 180), "payments"),
    LoadTestDraft("Payment provider failover", ramp((120, 150), (900, 150), (180, 0)), "payments", zones=_ATLANTIC),
    LoadTestDraft("Ledger write stress", ramp((300, 200), (300, 400), (300, 600), (300, 0)), "payments", "archive"),
    LoadTestDraft(
        "Reconciliation batch \u2014 end-of-month settlement files for every acquiring bank, with retries, duplicate "
        "detection and the slow partner in Frankfurt (do not run before 22:00)",
        steady(12, 1800),
        "payments",
        zones=_EU,
    ),
)

_SEARCH = (
    LoadTestDraft(
        "Search API", ramp((60, 60), (780, 60), (60, 0)), "search", "archive with modules", zones=_EU, cadence=2
    ),
    LoadTestDraft(
        "Autocomplete p99", arrivals(150, 120, 480), "search", thresholds=(("http_req_duration", "p(99)<150"),)
    ),
    LoadTestDraft("Recommendations cold cache", ramp((30, 100), (570, 100)), "search"),
    LoadTestDraft("Allergen filter", steady(20, 300), "search"),
    LoadTestDraft(
        "Index rebuild under load", ramp((300, 80), (2100, 80), (300, 0)), "search", "archive", zones=_ONPREM
    ),
    LoadTestDraft("Search spike", ramp((60, 20), (30, 500), (240, 500), (30, 20), (120, 0)), "search", zones=_WORLD),
)

_IDENTITY = (
    LoadTestDraft("Login smoke", steady(10, 120), "login", "archive", cadence=2),
    LoadTestDraft("Login and profile", ramp((120, 100), (660, 100), (120, 0)), "login", "archive with variables"),
    LoadTestDraft("Password reset mail", steady(5, 240), "login"),
    LoadTestDraft("Session refresh soak", steady(60, 2700), "login", zones=_ATLANTIC),
    LoadTestDraft("OAuth token endpoint stress", arrivals(250, 250, 900), "login", thresholds=_CHECKS, zones=_WORLD),
    LoadTestDraft("Çok uzun oturum testi – İstanbul şubesi", steady(15, 600), "login"),
)

_DELIVERY = (
    LoadTestDraft("Courier tracking stream", ramp((120, 200), (1260, 200), (120, 0)), "stream", zones=_ONPREM),
    LoadTestDraft("Order status WebSocket", steady(150, 900), "stream"),
    LoadTestDraft("Route planner", ramp((60, 30), (840, 30)), "search", "archive with modules"),
    LoadTestDraft("Kitchen display updates", steady(40, 600), "stream", zones=_ONPREM),
    LoadTestDraft("Delivery slots, rainy Friday", ramp((180, 250), (1020, 250), (300, 0)), "shop", zones=_EU),
    LoadTestDraft("Legacy dispatch (switched off)", steady(10, 600), "stream", cadence=0),
)

_MOBILE = (
    LoadTestDraft("アプリ起動 スモークテスト", steady(10, 120), "login"),
    LoadTestDraft("注文フロー（ピーク時）", ramp((180, 120), (720, 120), (120, 0)), "shop", zones=_WORLD),
    LoadTestDraft("プッシュ通知 配信", arrivals(3, 60, 600), "stream"),
    LoadTestDraft("اختبار تسجيل الدخول من التطبيق", steady(12, 300), "login"),
    LoadTestDraft("<b>App</b> & widget \u2019quick re-order\u2019", steady(8, 300), "shop"),
    LoadTestDraft("Deep links", steady(6, 180), "shop"),
)

PROJECTS = (
    ProjectDraft("Storefront", _STOREFRONT, 90, 20_000, 1_000, 20, 7_200),
    ProjectDraft("Payments", _PAYMENTS, 61, 5_000, 600, None, 3_600),
    ProjectDraft("Search & discovery", _SEARCH, 90, None, None, None, None),
    ProjectDraft("Identity", _IDENTITY, 75, 4_000, 500, 5, None),
    ProjectDraft(
        "Delivery, couriers and kitchens \u2014 everything that happens between the oven and the door, including the "
        "third-party fleets",
        _DELIVERY,
        90,
        8_000,
    ),
    ProjectDraft("モバイルアプリ", _MOBILE, 90, 1_500, 200, 5, 1_800),
)
