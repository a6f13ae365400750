"""What a load test does: its k6 options, how long it takes and how many virtual users it needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Workload:
    """The executable part of a test's k6 options.

    `options` holds k6's own words (`stages`, `scenarios` or `vus` and `duration`). `vu_s` and `browser_vu_s` are
    virtual users times seconds: what Grafana Cloud bills, once divided by 3600.
    """

    options: Mapping[str, Any]
    duration_s: int
    max_vus: int
    max_browser_vus: int
    vu_s: float
    browser_vu_s: float


def span(seconds: int) -> str:
    """A span the way people write it in k6 scripts: `45s`, `10m`, `1h30m`."""
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return "".join(f"{n}{unit}" for n, unit in ((hours, "h"), (minutes, "m"), (seconds, "s")) if n) or "0s"


def go_span(seconds: int) -> str:
    """A span the way k6 writes it into archives: `45s`, `10m0s`, `1h30m0s`."""
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    if hours:
        return f"{hours}h{minutes}m{seconds}s"
    return f"{minutes}m{seconds}s" if minutes else f"{seconds}s"


def steady(vus: int, duration_s: int) -> Workload:
    """A constant number of VUs for a while."""
    options = {"vus": vus, "duration": span(duration_s)}
    return Workload(options, duration_s, vus, 0, vus * duration_s, 0)


def ramp(*stages: tuple[int, int]) -> Workload:
    """VUs that follow stages of (seconds, target), starting from none."""
    options = {"stages": [{"duration": span(seconds), "target": target} for seconds, target in stages]}
    return Workload(options, sum(s for s, _ in stages), max(t for _, t in stages), 0, ramp_vu_s(stages), 0)


def arrivals(rate: int, vus: int, duration_s: int) -> Workload:
    """A constant number of iterations per second, carried by up to `vus` VUs."""
    scenario = {
        "executor": "constant-arrival-rate",
        "rate": rate,
        "timeUnit": "1s",
        "duration": span(duration_s),
        "preAllocatedVUs": max(1, vus // 2),
        "maxVUs": vus,
    }
    return Workload({"scenarios": {"steady_rate": scenario}}, duration_s, vus, 0, vus * duration_s, 0)


def browser(browser_vus: int, duration_s: int, *stages: tuple[int, int]) -> Workload:
    """Browser VUs, beside protocol VUs that follow `stages` when there are any."""
    scenarios: dict[str, Any] = {
        "ui": {
            "executor": "constant-vus",
            "vus": browser_vus,
            "duration": span(duration_s),
            "options": {"browser": {"type": "chromium"}},
        }
    }
    if stages:
        scenarios["api"] = {
            "executor": "ramping-vus",
            "stages": [{"duration": span(seconds), "target": target} for seconds, target in stages],
        }
    protocol_vus = max((target for _, target in stages), default=0)
    return Workload(
        {"scenarios": scenarios},
        max(duration_s, sum(seconds for seconds, _ in stages)),
        browser_vus + protocol_vus,
        browser_vus,
        ramp_vu_s(stages),
        browser_vus * duration_s,
    )


def ramp_vu_s(stages: Sequence[tuple[float, int]], before: int = 0) -> float:
    """The VUs times seconds of stages of (seconds, target), starting from `before` VUs."""
    vu_s = 0.0
    for seconds, target in stages:
        vu_s += seconds * (before + target) / 2
        before = target
    return vu_s
