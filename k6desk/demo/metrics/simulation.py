"""Made-up figures of a run that follow its options, its script and its outcome, the same for the same seed.

Everything begins with the iterations of each scenario on each load generator, whole numbers that add up; requests,
checks and bytes are counted from them. Times are distributions around a usual time that rises with the load. At last
they are stretched so that the thresholds of the test are met or crossed as the outcome of the run has it. Slow answers
leave time for fewer iterations, so all is made twice: what has to be stretched the first time is slow the second.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property, partial
from math import sin
from random import Random
from zlib import crc32

import numpy as np

from k6desk.demo.inventory import LoadTest
from k6desk.demo.metrics.checks import checks_table
from k6desk.demo.metrics.course import Course, Slowness
from k6desk.demo.metrics.evaluation import Bins, evaluate
from k6desk.demo.metrics.pages import PAINTS, VITALS, page_bytes, page_failures, page_trend, socket_count, socket_trend
from k6desk.demo.metrics.requests import CONNECTIONS, PARTS, Requests
from k6desk.demo.metrics.tables import STEP_S, MetricType, Table
from k6desk.demo.metrics.thresholds import limits_of
from k6desk.demo.runs import Run
from k6desk.demo.shapes import options_json

_DURATION = "http_req_duration"
_MOST_OF_LIMIT = 0.93

_Maker = Callable[[], Table]


class SimulatedFigures:
    """The figures of one run; see `Figures`."""

    def __init__(self, seed: int, run: Run, test: LoadTest) -> None:
        options = options_json(test.draft, test.home_id)
        self._index = run.index
        self._limits = limits_of(options)
        self._crossed = self._limits[0] if self._limits and run.outcome.result == "failed" else None
        self._course_with = partial(Course, seed, run, test.draft, options, is_troubled=self._crossed is not None)
        self._needed_checks = max(self._wanted("checks", ">"), default=0.0)
        # A request that fails takes its checks along.
        self._allowed = min([*self._wanted("http_req_failed", "<"), 0.6 * (1 - self._needed_checks)])
        self._name = test.draft.name
        self._seed = seed
        self._tables: dict[str, Table] = {}
        self._factors: dict[str, float] = {}
        self._first = self._course_with(Slowness())
        self.length_s = self._first.length_s
        self.steps = self._first.steps

    @cached_property
    def types(self) -> Mapping[str, MetricType]:
        """Its metrics."""
        return {name: kind for name, (kind, _) in self._makers.items()}

    @cached_property
    def custom(self) -> frozenset[str]:
        """Those that the script makes."""
        deed = self._first.deed
        return frozenset({deed.found_trend, deed.declined_counter, deed.message_counter} - {""})

    def table(self, name: str) -> Table:
        """The samples of one of its metrics."""
        if name not in self._tables:
            self._tables[name] = self._makers[name][1]()
        return self._tables[name]

    @cached_property
    def _course(self) -> Course:
        first = self._first
        requests = 1.0 if first.is_browser.all() else self._factor_of(_DURATION, Requests(first, self._allowed).times)
        pages = self._paint_factor_of(first) if first.is_browser.any() else 1.0
        return self._course_with(Slowness(requests, pages))

    @cached_property
    def _requests(self) -> Requests:
        return Requests(self._course, self._allowed)

    @cached_property
    def _makers(self) -> Mapping[str, tuple[MetricType, _Maker]]:
        """What makes each metric, and its type."""
        course, deed = self._course, self._course.deed
        makers: dict[str, tuple[MetricType, _Maker]] = {
            "vus": ("gauge", course.vus),
            "vus_max": ("gauge", course.vus_max),
            "iterations": ("counter", course.iterations_table),
            "iteration_duration": ("trend", course.duration_table),
            "data_sent": ("counter", partial(course.bytes_table, is_sent=True)),
            "data_received": ("counter", partial(course.bytes_table, is_sent=False)),
            "checks": ("rate", self._checks),
        }
        if course.drops_iterations:
            makers["dropped_iterations"] = ("counter", course.dropped_table)
        if not course.is_browser.all():
            makers |= self._of_requests()
        if course.is_browser.any():
            makers |= self._of_browsers()
        if deed.sockets:
            for name in ("ws_sessions", "ws_msgs_sent", "ws_msgs_received", deed.message_counter):
                makers[name] = ("counter", partial(socket_count, course, name))
            for name in ("ws_connecting", "ws_session_duration", "ws_ping"):
                makers[name] = ("trend", partial(socket_trend, course, name))
        return makers

    def _of_requests(self) -> dict[str, tuple[MetricType, _Maker]]:
        requests, deed = self._requests, self._course.deed
        makers: dict[str, tuple[MetricType, _Maker]] = {
            "http_reqs": ("counter", requests.count),
            "http_req_failed": ("rate", requests.failed),
            _DURATION: ("trend", self._stretched(_DURATION, lambda: requests.times)),
        }
        for part, share in PARTS.items():
            makers[f"http_req_{part}"] = ("trend", partial(self._part, share))
        for part in CONNECTIONS:
            makers[f"http_req_{part}"] = ("trend", partial(requests.connections, part))
        if any(hit.group for hit in deed.hits):
            makers["group_duration"] = ("trend", lambda: requests.groups(self._factor(_DURATION, requests.times)))
        if deed.found_trend:
            makers[deed.found_trend] = ("trend", requests.found)
        if deed.declined_counter:
            makers[deed.declined_counter] = ("counter", requests.declined)
        return makers

    def _of_browsers(self) -> dict[str, tuple[MetricType, _Maker]]:
        makers: dict[str, tuple[MetricType, _Maker]] = {
            "browser_http_req_failed": ("rate", partial(page_failures, self._course)),
            "browser_data_sent": ("counter", partial(page_bytes, self._course, is_sent=True)),
            "browser_data_received": ("counter", partial(page_bytes, self._course, is_sent=False)),
        }
        for name in ("browser_http_req_duration", *(_vital(vital) for vital in VITALS if vital not in PAINTS)):
            makers[name] = ("trend", self._stretched(name, partial(page_trend, self._course, name)))
        for vital in PAINTS:
            makers[_vital(vital)] = ("trend", partial(self._paint, _vital(vital)))
        return makers

    def _paint(self, name: str) -> Table:
        return page_trend(self._course, name).scaled(self._paint_factor)

    def _part(self, share: float) -> Table:
        return self.table(_DURATION).scaled(share)

    def _checks(self) -> Table:
        return checks_table(self._course, self._requests, self._needed_checks)

    # -- thresholds ----------------------------------------------------------------------------------------------------

    def _wanted(self, metric: str, sign: str) -> list[float]:
        """The limits of a metric that are compared with a sign."""
        return [one.limit or 0.0 for one in self._limits if one.selector.metric == metric and sign in one.operator]

    def _stretched(self, name: str, make: _Maker) -> _Maker:
        """What makes a trend as the thresholds want it."""

        def stretched() -> Table:
            table = make()
            return table.scaled(self._factor(name, table))

        return stretched

    def _factor(self, name: str, table: Table) -> float:
        if name not in self._factors:
            self._factors[name] = self._factor_of(name, table)
        return self._factors[name]

    def _factor_of(self, name: str, table: Table) -> float:
        """By how much a trend is stretched: a test has its level, which changes over weeks, and each run its own."""
        rng = Random(crc32(f"{self._seed} {self._index} {name}".encode()))  # noqa: S311
        usual = crc32(self._name.encode()) / 2**32
        level = (0.55 + 0.25 * usual) * (1 + 0.08 * sin(self._index / 41 + 6 * usual)) * rng.uniform(0.94, 1.06)
        excess = rng.uniform(1.04, 1.32)
        factors = [rng.uniform(0.85, 1.1)]
        for limit in self._limits:
            expression = limit.expression("trend")
            if limit.selector.metric != name or not limit.limit or not expression or "<" not in limit.operator:
                continue
            curves = evaluate(table, expression, limit.selector, _all_steps(self.steps))
            if curves and (value := float(curves[0].values[0])) > 0:
                want = excess if limit is self._crossed else min(level, _MOST_OF_LIMIT)
                factors.append(limit.limit * want / value)
        return min(factors[1:] or factors)

    @cached_property
    def _paint_factor(self) -> float:
        return self._paint_factor_of(self._course)

    def _paint_factor_of(self, course: Course) -> float:
        """One for all paints, so that none comes before the one before it."""
        limited = {limit.selector.metric for limit in self._limits}
        names = [name for name in map(_vital, PAINTS) if name in limited] or [_vital("lcp")]
        return min(self._factor_of(name, page_trend(course, name)) for name in names)


def _vital(name: str) -> str:
    return f"browser_web_vital_{name}"


def _all_steps(steps: int) -> Bins:
    one = np.array([1.0, steps * float(STEP_S)])
    return Bins(np.ones(steps, dtype=np.int64), np.zeros(steps), one, one, one)
