"""The phases of a run's load: ramp up, steady, spike, ramp down, as its k6 options plan them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, pairwise
from math import isfinite
from typing import Any, Literal, NamedTuple

from msgspec import Struct

from k6desk.core.workload import seconds

Kind = Literal["ramp up", "steady", "spike", "ramp down", "scenario"]

MOST = 40
"""More phases than this say nothing in a picture."""
_MOST_PARTS = 10_000
_LONGEST_S = 1e8
_HIGHEST = 1e12
_NONE_S = 1e-6
_SPIKE_RATIO = 1.5
_SPIKE_SHARE = 1 / 3


class Phase(Struct, frozen=True):
    """A part of the load; the seconds count from its start.

    `vus` is where the VUs are at its end (at its height, for a spike); None where it is told by iterations a second,
    or where it is the span of a scenario, because the load of all scenarios cannot be added up. Only those overlap.
    """

    name: str
    start_s: float
    end_s: float
    kind: Kind
    vus: float | None = None


class _Part(NamedTuple):
    """A stretch over which the load of a scenario changes evenly."""

    start_s: float
    end_s: float
    start: float
    end: float


class _Scenario(NamedTuple):
    """`parts` in the order of time; `is_rate`: in iterations a second. None: what it does cannot be known."""

    name: str
    start_s: float
    end_s: float
    is_rate: bool
    parts: list[_Part] | None


def phases_of(options: Mapping[str, Any] | None, duration_s: float | None) -> tuple[Phase, ...]:
    """The phases in the order of time; `duration_s` is how long the load lasts or lasted, as far as that is known.

    It ends what has no end in the options and cuts off what comes later. Graceful ends are not counted.
    """
    end_s = duration_s if duration_s is not None and 0 < duration_s <= _LONGEST_S else None
    scenarios: list[_Scenario] = []
    parts: list[_Part] = []
    for scenario in _scenarios(options or {}, end_s):
        if scenario.end_s - scenario.start_s > _NONE_S:
            scenarios.append(scenario)
            parts += scenario.parts or ()
        if len(parts) > _MOST_PARTS:
            break
    adds_up = len({each.is_rate for each in scenarios}) == 1 and all(each.parts is not None for each in scenarios)
    found: Sequence[Phase] = ()
    if adds_up and len(parts) <= _MOST_PARTS:
        found = _named(_total(parts), is_rate=scenarios[0].is_rate)
    if not found or len(found) > MOST:
        found = [Phase(each.name, each.start_s, each.end_s, "scenario") for each in scenarios[:MOST]]
    found = sorted(found, key=lambda phase: phase.start_s)
    if end_s is None:
        return tuple(found)
    cut = (Phase(each.name, each.start_s, min(each.end_s, end_s), each.kind, each.vus) for each in found)
    return tuple(each for each in cut if each.end_s - each.start_s > _NONE_S)


# What the options say


def _scenarios(options: Mapping[str, Any], end_s: float | None) -> Iterator[_Scenario]:
    scenarios = options.get("scenarios")
    if isinstance(scenarios, Mapping) and scenarios:
        for name, scenario in islice(scenarios.items(), MOST * 10):
            if isinstance(scenario, Mapping) and (read := _scenario(str(name), scenario, end_s)):
                yield read
        return
    kinds = (("stages", "ramping-vus"), ("iterations", "shared-iterations"), ("duration", "constant-vus"))
    kind = next((kind for key, kind in kinds if options.get(key)), "")
    shortcut = {**options, "executor": kind, "startVUs": options.get("vus"), "startTime": 0}
    if options.get("duration"):
        shortcut["maxDuration"] = options["duration"]
    if kind and (read := _scenario("default", shortcut, end_s)):
        yield read


def _scenario(name: str, scenario: Mapping[str, Any], end_s: float | None) -> _Scenario | None:
    """None when it is not told how long it lasts."""
    kind, start_s = scenario.get("executor"), _span(scenario.get("startTime", 0))
    if start_s is None:
        return None
    stages = scenario.get("stages")
    if kind in {"ramping-vus", "ramping-arrival-rate"} and isinstance(stages, list):
        is_rate = kind == "ramping-arrival-rate"
        unit_s = (_span(scenario.get("timeUnit") or "1s") or 1.0) if is_rate else 1.0
        level = _level(scenario.get("startRate", 0) if is_rate else scenario.get("startVUs", 1))
        ramps = list(_ramps(stages, start_s, (level or 0.0) / unit_s, unit_s))
        return _Scenario(name, start_s, ramps[-1].end_s if ramps else start_s, is_rate, ramps)
    if kind == "constant-arrival-rate":
        level = _level(scenario.get("rate"))
        level = None if level is None else level / (_span(scenario.get("timeUnit") or "1s") or 1.0)
        lasts_s = _span(scenario.get("duration"))
    elif kind in {"constant-vus", "externally-controlled"}:
        level = _level(scenario.get("vus") or 1) if kind == "constant-vus" else None
        lasts_s = _span(scenario.get("duration"))
    else:  # it lasts as long as its iterations take
        level = _level(scenario.get("vus") or 1) if kind in {"shared-iterations", "per-vu-iterations"} else None
        most_s = _span(scenario.get("maxDuration"))
        left_s = end_s - start_s if end_s is not None else None
        lasts_s = left_s if most_s is None or (left_s is not None and left_s < most_s) else most_s
    if lasts_s is None or lasts_s <= 0:
        return None
    parts = None if level is None else [_Part(start_s, start_s + lasts_s, level, level)]
    return _Scenario(name, start_s, start_s + lasts_s, kind == "constant-arrival-rate", parts)


def _ramps(stages: Sequence[object], start_s: float, level: float, unit_s: float) -> Iterator[_Part]:
    for stage in stages[: _MOST_PARTS + 1]:
        lasts_s = _span(stage.get("duration")) if isinstance(stage, Mapping) else None
        target = _level(stage.get("target")) if isinstance(stage, Mapping) else None
        if lasts_s is None or target is None or start_s + lasts_s > _LONGEST_S:
            return  # what comes after it begins nobody knows when
        target /= unit_s
        if lasts_s > _NONE_S:
            yield _Part(start_s, start_s + lasts_s, level, target)
        start_s, level = start_s + lasts_s, target


def _span(value: object) -> float | None:
    try:
        span = seconds(value)
    except OverflowError:
        return None
    return span if span is not None and 0 <= span <= _LONGEST_S else None


def _level(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= _HIGHEST and isfinite(value) else None


# What that adds up to


def _total(parts: Sequence[_Part]) -> list[_Part]:
    """The sum of all parts, cut wherever one of them begins or ends; a time without load between two is one, too."""
    changes: dict[float, tuple[float, float]] = {}  # from this second on: so much more, and so much more a second
    for part in parts:
        slope = (part.end - part.start) / (part.end_s - part.start_s)
        for at, sign in ((part.start_s, 1), (part.end_s, -1)):
            level, more = changes.get(at, (0.0, 0.0))
            changes[at] = (level + sign * (part.start - slope * part.start_s), more + sign * slope)
    times = sorted(changes)
    highest = max((max(part.start, part.end) for part in parts), default=0.0)
    summed: list[_Part] = []
    base = slope = 0.0
    for start_s, end_s in pairwise(times):
        base, slope = base + changes[start_s][0], slope + changes[start_s][1]
        if end_s - start_s > _NONE_S:
            levels = (base + slope * start_s, base + slope * end_s)
            start, end = (0.0 if abs(level) < highest * 1e-9 else level for level in levels)
            summed.append(_Part(start_s, end_s, start, end))
    return summed


def _named(parts: Sequence[_Part], *, is_rate: bool) -> list[Phase]:
    total_s = parts[-1].end_s - parts[0].start_s if parts else 0.0
    found: list[Phase] = []
    at = 0
    while at < len(parts):
        spike = _spike(parts, at, total_s)
        if spike:
            end, height = spike
            found.append(_phase("spike", parts[at].start_s, parts[end].end_s, height, is_rate=is_rate))
            at = end + 1
            continue
        kind, start_s, end_s, level = _kind(parts[at]), parts[at].start_s, parts[at].end_s, parts[at].end
        while kind == "steady" and at + 1 < len(parts) and _is_same(parts[at + 1], level):
            at, end_s = at + 1, parts[at + 1].end_s
        found.append(_phase(kind, start_s, end_s, level, is_rate=is_rate))
        at += 1
    return found


def _spike(parts: Sequence[_Part], at: int, total_s: float) -> tuple[int, float] | None:
    """A short height between two lower loads that begins here: its last part and its level."""
    before = parts[at - 1].end if at else 0.0
    if before <= 0 or parts[at].end < before * _SPIKE_RATIO:
        return None
    height = parts[at].end
    for end in range(at, min(at + 3, len(parts))):  # up, perhaps steady, and down, or both at once
        after = parts[end + 1].start if end + 1 < len(parts) else 0.0
        is_short = parts[end].end_s - parts[at].start_s <= total_s * _SPIKE_SHARE
        if is_short and 0 < after <= height / _SPIKE_RATIO:
            return end, height
        if end > at and _kind(parts[end]) != "steady":
            return None
    return None


def _kind(part: _Part) -> Kind:
    if abs(part.end - part.start) <= max(part.end, part.start) * 1e-9:
        return "steady"
    return "ramp up" if part.end > part.start else "ramp down"


def _is_same(part: _Part, level: float) -> bool:
    return _kind(part) == "steady" and abs(part.end - level) <= level * 1e-9


def _phase(kind: Kind, start_s: float, end_s: float, level: float, *, is_rate: bool) -> Phase:
    figure = f"{level:,.0f}" if level >= 100 or abs(level - round(level)) < 1e-6 else f"{level:.3g}"
    figure += "/s" if is_rate else ""
    if kind == "steady":
        name = f"Steady at {figure}" if level else "No load"
    elif kind == "ramp down":
        name = f"Ramp down to {figure}" if level else "Ramp down"
    else:
        name = f"{'Spike' if kind == 'spike' else 'Ramp up'} to {figure}"
    return Phase(name, start_s, end_s, kind, None if is_rate else level)
