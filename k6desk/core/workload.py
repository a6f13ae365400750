"""How much load k6 options make and for how long, as far as options alone tell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|us|µs|ns|h|m|s)")
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}


class Workload(Struct, frozen=True):
    """The most VUs there can be at once, and the seconds until the last scenario ends; None = not known.

    VUs of scenarios are added up although they may not overlap, and graceful ends are not counted.
    """

    vus: int | None
    duration_s: float | None


def workload_of(options: Mapping[str, Any]) -> Workload:
    """What the scenarios of k6 options, or their shortcuts, add up to."""
    scenarios = options.get("scenarios")
    if not isinstance(scenarios, Mapping) or not scenarios:
        if not {"vus", "stages", "duration", "iterations"} & {key for key, value in options.items() if value}:
            return Workload(None, None)
        kind = "ramping-vus" if options.get("stages") else "constant-vus" if options.get("duration") else ""
        return _of_scenario({**options, "executor": kind, "startVUs": options.get("vus")})
    parts = [_of_scenario(each) for each in scenarios.values() if isinstance(each, Mapping)]
    vus = [part.vus for part in parts]
    lengths = [part.duration_s for part in parts]
    return Workload(
        sum(n for n in vus if n is not None) if vus and None not in vus else None,
        max(s for s in lengths if s is not None) if lengths and None not in lengths else None,
    )


def seconds(span: object) -> float | None:
    """A span as k6 takes it: `1m30s`, or milliseconds as a number; None when it is neither."""
    if isinstance(span, int | float) and not isinstance(span, bool):
        return float(span) / 1000
    if isinstance(span, str) and (parts := _PART.findall(span)) and "".join(n + unit for n, unit in parts) == span:
        return sum(float(number) * _SECONDS[unit] for number, unit in parts)
    return 0.0 if span == "0" else None


def _of_scenario(scenario: Mapping[str, Any]) -> Workload:
    kind = scenario.get("executor")
    begin_s = seconds(scenario.get("startTime", 0))
    stages = scenario.get("stages") if kind in {"ramping-vus", "ramping-arrival-rate"} else None
    if isinstance(stages, list):
        spans = [seconds(stage.get("duration")) if isinstance(stage, Mapping) else None for stage in stages]
        length_s = None if None in spans else sum(s for s in spans if s is not None)
    else:
        length_s = seconds(scenario.get("duration"))  # the length in iterations is not known before they ran
    vus = _whole(scenario.get("vus", 1))
    if kind == "ramping-vus" and isinstance(stages, list):
        targets = [_whole(stage.get("target")) for stage in stages if isinstance(stage, Mapping)]
        vus = max([_whole(scenario.get("startVUs")) or 0, *(n or 0 for n in targets)])
    elif kind in {"constant-arrival-rate", "ramping-arrival-rate"}:
        vus = max(_whole(scenario.get("preAllocatedVUs")) or 0, _whole(scenario.get("maxVUs")) or 0) or None
    return Workload(vus, begin_s + length_s if begin_s is not None and length_s is not None else None)


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
