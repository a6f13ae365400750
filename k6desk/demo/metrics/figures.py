"""All metrics of one run as it goes by its plan, whatever is there of it by now."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from math import ceil
from random import Random
from typing import Protocol

from k6desk.demo.catalogue import LoadTestDraft
from k6desk.demo.inventory import LoadTest
from k6desk.demo.metrics.recording import recorded_length_s, recorded_table, recorded_types, varied_table
from k6desk.demo.metrics.simulation import SimulatedFigures
from k6desk.demo.metrics.tables import STEP_S, MetricType, Table
from k6desk.demo.runs import Run


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


def figures_of(seed: int, run: Run, test: LoadTest) -> Figures:
    """The figures of a run of the world `seed`; `test` is what it was begun from."""
    if test.draft.flow == "ramp":
        return RecordedFigures(seed, run, test.draft)
    return SimulatedFigures(seed, run, test)


class RecordedFigures:
    """The recorded run; one that does not miss its threshold answers faster than that."""

    custom: frozenset[str] = frozenset()

    def __init__(self, seed: int, run: Run, draft: LoadTestDraft) -> None:
        self._seed = seed * 1_000_003 + run.index
        self._is_exact = run.outcome.result == "failed"
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
            factor = 0.72 + 0.16 * Random(self._seed).random()  # noqa: S311
            self._tables[name] = (
                recorded_table(name, self._everywhere)
                if self._is_exact
                else varied_table(name, self._everywhere, self._seed, factor)
            )
        return self._tables[name]
