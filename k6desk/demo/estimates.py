"""What k6 options make of a test: how long it takes, how many virtual users it needs, from where."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import ceil
from typing import Any

from k6desk.demo.workload import Workload, ramp_vu_s

DEFAULT_ZONES = (("amazon:us:ashburn", 100),)
_PART = re.compile(r"(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)")
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_LONGEST_S = 366 * 86_400
_MOST_VUS = 1_000_000
_ITERATION_S = 1.0
"""How long an iteration is taken to last: nobody can know before it ran."""

_KINDS: Mapping[type, str] = {dict: "an object", list: "a list", str: "a text"}

Scenario = Mapping[str, Any]


class OptionsError(Exception):
    """An option is not right; `target` names it."""

    def __init__(self, message: str, target: str) -> None:
        super().__init__(message)
        self.target = target


def workload_of(options: Mapping[str, Any]) -> Workload:
    """The workload of k6 options: of their scenarios, or of the shortcuts; without any, one iteration of one VU."""
    scenarios = _read(options, "scenarios", dict, {}) or {"default": shortcut(options)}
    begin_s, vus, browser_vus, vu_s, browser_vu_s = 0.0, 0, 0, 0.0, 0.0
    for name, scenario in scenarios.items():
        if not isinstance(scenario, Mapping):
            raise OptionsError("A scenario must be an object.", f"options.scenarios.{name}")
        try:
            length_s, most, used = _executor(scenario)
            start_s = span(scenario, "startTime", 0)
        except OptionsError as error:
            raise OptionsError(str(error), f"options.scenarios.{name}.{error.target}") from None
        begin_s = max(begin_s, start_s + length_s)
        vus += most
        if is_browser(scenario):
            browser_vus += most
            browser_vu_s += used
        else:
            vu_s += used
    if vus > _MOST_VUS:
        raise OptionsError(f"More than {_MOST_VUS:,} virtual users are not possible.", "options.vus")
    return Workload(options, max(1, ceil(begin_s)), vus, browser_vus, vu_s, browser_vu_s)


def zones_of(options: Mapping[str, Any]) -> tuple[tuple[str, int], ...]:
    """The load zones of k6 options with their percents."""
    cloud = _read(options, "cloud", dict, {})
    distribution = _read(cloud, "distribution", dict, {})
    zones = []
    for name, part in distribution.items():
        if not isinstance(part, Mapping):
            raise OptionsError("A part of the distribution must be an object.", f"options.cloud.distribution.{name}")
        zones.append((_read(part, "loadZone", str, ""), whole(part, "percent", 0)))
    return tuple(zones) or DEFAULT_ZONES


def shortcut(options: Mapping[str, Any]) -> Scenario:
    """The one scenario of options that name none."""
    if options.get("stages") is not None:
        return {"executor": "ramping-vus", "stages": options["stages"], "startVUs": options.get("vus")}
    if options.get("duration") is not None:
        return {"executor": "constant-vus", "vus": options.get("vus"), "duration": options["duration"]}
    return {"executor": "shared-iterations", "vus": options.get("vus"), "iterations": options.get("iterations")}


def _executor(scenario: Scenario) -> tuple[float, int, float]:
    """The seconds that a scenario takes, its most VUs, and its VUs times seconds."""
    match _read(scenario, "executor", str, ""):
        case "constant-vus" | "externally-controlled":
            vus, length_s = whole(scenario, "vus", 1), span(scenario, "duration", 0)
            return length_s, vus, vus * length_s
        case "ramping-vus":
            before = whole(scenario, "startVUs", 0)
            steps = stages(scenario)
            most = max((target for _, target in steps), default=0)
            return sum(s for s, _ in steps), max(before, most), ramp_vu_s(steps, before)
        case "shared-iterations" | "per-vu-iterations" as kind:
            vus, iterations = whole(scenario, "vus", 1), whole(scenario, "iterations", 1)
            rounds = iterations if kind == "per-vu-iterations" else ceil(iterations / max(1, vus))
            length_s = min(rounds * _ITERATION_S, span(scenario, "maxDuration", 600))
            return length_s, vus, vus * length_s
        case "constant-arrival-rate":
            length_s, vus = span(scenario, "duration", 0), arrival_vus(scenario)
            return length_s, vus, vus * length_s
        case "ramping-arrival-rate":
            length_s, vus = sum(s for s, _ in stages(scenario)), arrival_vus(scenario)
            return length_s, vus, vus * length_s
    raise OptionsError(f"There is no executor {scenario.get('executor')!r}.", "executor")


def stages(scenario: Scenario) -> list[tuple[float, int]]:
    """The stages of a scenario: seconds and target."""
    found = _read(scenario, "stages", list, [])
    if not all(isinstance(stage, Mapping) for stage in found):
        raise OptionsError("A stage must be an object.", "stages")
    return [(span(stage, "duration", 0), whole(stage, "target", 0)) for stage in found]


def arrival_vus(scenario: Scenario) -> int:
    """The most virtual users that a rate of arrivals may take."""
    return max(whole(scenario, "preAllocatedVUs", 0), whole(scenario, "maxVUs", 0))


def is_browser(scenario: Scenario) -> bool:
    """Whether its virtual users are browsers."""
    options = scenario.get("options")
    return isinstance(options, Mapping) and bool(options.get("browser"))


def _read(values: Mapping[str, Any], name: str, kind: type, otherwise: Any) -> Any:
    value = values.get(name)
    if value is None:
        return otherwise
    if not isinstance(value, kind):
        raise OptionsError(f"{name} must be {_KINDS[kind]}.", name)
    return value


def whole(values: Mapping[str, Any], name: str, otherwise: int) -> int:
    """A whole number, zero or more."""
    value = values.get(name)
    if value is None:
        return otherwise
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
        raise OptionsError(f"{name} must be a whole number, zero or more.", name)
    return value


def span(values: Mapping[str, Any], name: str, otherwise: float) -> float:
    """A span as k6 takes it: `1m30s`, or milliseconds as a number."""
    value = values.get(name)
    if value is None:
        return otherwise
    seconds = -1.0
    if isinstance(value, str) and (parts := _PART.findall(value)) and "".join(n + unit for n, unit in parts) == value:
        seconds = sum(float(number) * _SECONDS[unit] for number, unit in parts)
    elif value == "0":
        seconds = 0
    elif isinstance(value, int | float) and not isinstance(value, bool):
        seconds = value / 1000
    if not 0 <= seconds <= _LONGEST_S:
        raise OptionsError(f"{name} must be a span of time such as 1m30s, at most a year.", name)
    return seconds
