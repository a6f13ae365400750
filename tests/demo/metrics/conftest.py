"""Metrics of the runs of a small world, asked for without a server."""

from __future__ import annotations

import pytest

from k6desk.demo.metrics.expressions import read_expression, read_selector


class Ask:
    """`ask.total(run, "ratio", "checks")` is a number or None, and with `by` a number for each group."""

    def __init__(self, world) -> None:
        self._world = world

    def measured(self, run):
        return self._world.measurements.of(run, self._world.now())

    def totals(self, run, query, metric, start_us=None, end_us=None):
        _, curves = self.measured(run).totals(read_expression(query), read_selector(metric), start_us, end_us)
        return {tuple(curve.labels.items()): curve.values[0] for curve in curves}

    def total(self, run, query, metric, start_us=None, end_us=None):
        found = self.totals(run, query, metric, start_us, end_us)
        assert set(found) <= {()}
        return found.get(())

    def curves(self, run, query, metric, step_s=3, start_us=None, end_us=None):
        measured = self.measured(run)
        bins, curves = measured.curves(read_expression(query), read_selector(metric), step_s, start_us, end_us)
        return bins.at_s[1:], {tuple(curve.labels.items()): curve.values for curve in curves}


@pytest.fixture
def ask(world):
    return Ask(world)


@pytest.fixture
def ended(world):
    """`ended(lambda run, test: …)` are the ended runs with a load that are so, the newest first."""

    def find(is_wanted=lambda _run, _test: True):
        now = world.now()
        runs = ((world.plan(index), world.begun_from(index)) for index in reversed(world.runs(None, None)))
        return [
            run
            for run, test in runs
            if is_wanted(run, test)
            and world.state(run, now).outcome
            and (measured := world.measurements.of(run, now))
            and measured.steps
        ]

    return find
