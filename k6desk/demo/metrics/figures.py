"""All metrics of one run as it goes by its plan, whatever is there of it by now."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from math import ceil
from random import Random
from typing import Protocol

from k6desk.demo.catalogue import LoadTestDraft
from k6desk.demo.inventory import LoadTest
from k6desk.demo.metrics.recording import recorded_length_s, recorded_table, recorded_types
from k6desk.demo.metrics.simulation import SimulatedFigures
from k6desk.demo.metrics.tables import STEP_S, MetricType, Table
from k6desk.demo.metrics.variation import FAILURES, Variation, varied_table
from k6desk.demo.runs import Run

_MANY_FAIL = 0.15
"""The share of the passed runs of a recorded test that have as many failures as were recorded."""


class Figures(Protocol):
    """What a run measures from its beginning to its planned end. `custom` are the metrics that its script makes."""

    @property
    def types(self) -> Mapping[str, MetricType]:
        """Its metrics."""

    @property
    def custom(self) -> frozenset[str]:
        """Those of them that are none of k6's own."""

    @property
    def steps(self) -> int:
        """How many steps there are."""

    @property
    def length_s(self) -> float:
        """How long the load lasts."""

    def table(self, name: str) -> Table:
        """The samples of one of its metrics, made when they are asked for."""


def is_recorded(test: LoadTest) -> bool:
    """Whether the runs of a test play a recording."""
    return test.draft.flow == "ramp"


def figures_of(seed: int, run: Run, test: LoadTest, recorded_from: int) -> Figures:
    """The figures of a run of the world `seed`; `test` is what it was begun from.

    A test that was recorded plays the recording exactly when it fails, beginning with the run `recorded_from`.
    """
    if is_recorded(test):
        is_exact = run.outcome.result == "failed" and run.index >= recorded_from
        return RecordedFigures(run, test.draft, None if is_exact else _variation(seed, run))
    return SimulatedFigures(seed, run, test)


def _variation(seed: int, run: Run) -> Variation:
    """One that does not miss its threshold answers faster than that, and seldom has many failures."""
    own = seed * 1_000_003 + run.index
    rng = Random(own)  # noqa: S311
    if run.outcome.result == "failed":
        return Variation(own, rng.uniform(0.95, 1.06), rng.randint(60, FAILURES))
    factor = 0.72 + 0.16 * rng.random()
    return Variation(own, factor, FAILURES if rng.random() < _MANY_FAIL else rng.randint(0, 20))


class RecordedFigures:
    """The recorded run, or a variation of it."""

    custom: frozenset[str] = frozenset()

    def __init__(self, run: Run, draft: LoadTestDraft, variation: Variation | None) -> None:
        self._variation = variation
        self._everywhere = {"scenario": "default", "load_zone": draft.zones[0][0], "instance_id": "0"}
        self._tables: dict[str, Table] = {}
        self.steps = ceil(min(recorded_length_s(), run.planned_s * run.outcome.reached) / STEP_S)
        self.length_s = recorded_length_s()

    @cached_property
    def types(self) -> Mapping[str, MetricType]:
        """Its metrics."""
        return recorded_types()

    def table(self, name: str) -> Table:
        """The samples of one of its metrics."""
        if name not in self._tables:
            self._tables[name] = (
                varied_table(name, self._everywhere, self._variation)
                if self._variation
                else recorded_table(name, self._everywhere)
            )
        return self._tables[name]
