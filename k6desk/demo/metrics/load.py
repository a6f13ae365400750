"""How many virtual users a run has at every moment, and how many iterations they manage: what its options say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from k6desk.demo.estimates import OptionsError, arrival_vus, is_browser, shortcut, span, stages, whole
from k6desk.demo.metrics.tables import STEP_S, Floats

_STRAGGLERS = 0.1
"""The share of the virtual users that are still busy when a run takes longer than planned."""
_MOST_ITERATIONS = 1e9
"""In one step: options may ask for any rate."""


@dataclass(frozen=True, slots=True)
class ScenarioLoad:
    """One scenario: its virtual users at the borders of the steps, of arrivals those that are there in any case.

    `rates` are the iterations that are to begin in a second, at the borders too; None where the virtual users make as
    many as they can.
    """

    name: str
    is_browser: bool
    is_arrival: bool
    vus: Floats
    most_vus: int
    rates: Floats | None

    @property
    def level(self) -> Floats:
        """How much is asked of the system: more of this is more load."""
        return self.vus if self.rates is None else self.rates

    def users(self, iteration_s: Floats) -> Floats:
        """The virtual users when an iteration that begins at a border lasts so long; arrivals take what they need."""
        if self.rates is None or not self.is_arrival:
            return self.vus
        needed = np.clip(np.ceil(self.rates * iteration_s), self.vus, self.most_vus)
        return np.where(self.rates > 0, needed, self.vus)

    def iterations(self, users: Floats, iteration_s: Floats) -> tuple[Floats, Floats]:
        """The iterations of each step when they last so long, and the arrivals for which no virtual user was free."""
        possible = (users[:-1] + users[1:]) / 2 * STEP_S / iteration_s
        if self.rates is None:
            wanted = possible
        else:
            wanted = np.minimum((self.rates[:-1] + self.rates[1:]) / 2 * STEP_S, _MOST_ITERATIONS)
        made = np.minimum(wanted, np.minimum(possible, _MOST_ITERATIONS))
        return made, (wanted - made) * self.is_arrival


def loads_of(options: Mapping[str, Any], steps: int, planned_s: float) -> list[ScenarioLoad]:
    """The scenarios of k6 options over so many steps; those that cannot be read have no load."""
    scenarios = options.get("scenarios") or {"default": shortcut(options)}
    found = []
    for name, scenario in scenarios.items():
        try:
            found.append(_load(name, scenario, steps, planned_s))
        except OptionsError:
            continue
    return found


def _load(name: str, scenario: Mapping[str, Any], steps: int, planned_s: float) -> ScenarioLoad:
    borders = np.arange(steps + 1) * float(STEP_S)
    since = borders - span(scenario, "startTime", 0)
    executor = scenario.get("executor", "")
    vus: Floats = np.zeros(steps + 1)
    rates: Floats | None = None
    if executor in ("ramping-vus", "ramping-arrival-rate"):
        line = _line(scenario, since, "startVUs" if executor == "ramping-vus" else "startRate")
        if executor == "ramping-vus":
            vus = np.floor(line + 1e-9)
        else:
            rates = line / _time_unit_s(scenario)
    else:
        length_s = span(scenario, "duration", 0) or planned_s
        is_on = (since >= 0) & (since < length_s)
        vus = is_on * float(whole(scenario, "vus", 1))
        if executor == "constant-arrival-rate":
            rates = is_on * whole(scenario, "rate", 0) / _time_unit_s(scenario)
        elif executor.endswith("-iterations"):
            rounds = whole(scenario, "iterations", 1) * (
                whole(scenario, "vus", 1) if executor == "per-vu-iterations" else 1
            )
            rates = is_on * rounds / max(1.0, planned_s)
    is_arrival = "arrival" in executor and rates is not None
    if is_arrival and rates is not None:
        vus = (rates > 0) * float(whole(scenario, "preAllocatedVUs", 0))
    most = int(max(vus.max(), arrival_vus(scenario) if is_arrival else 0))
    is_late = borders >= planned_s
    vus[is_late] = np.maximum(vus[is_late], max(1, int(most * _STRAGGLERS))) * (borders[is_late] < borders[-1])
    return ScenarioLoad(name, is_browser(scenario), is_arrival, vus, most, rates)


def _line(scenario: Mapping[str, Any], since: Floats, first: str) -> Floats:
    times, targets = [0.0], [float(whole(scenario, first, 0))]
    for seconds, target in stages(scenario):
        # A stage without length is a jump.
        times.append(times[-1] + max(seconds, 1e-6))
        targets.append(float(target))
    line: Floats = np.interp(since, times, targets, left=0.0, right=0.0)
    return line


def _time_unit_s(scenario: Mapping[str, Any]) -> float:
    return span(scenario, "timeUnit", 1) or 1.0
