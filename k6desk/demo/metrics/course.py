"""The course of a made-up run: its load generators, virtual users and iterations, and how its system bears them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from math import ceil, exp
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from k6desk.demo.catalogue import LoadTestDraft
from k6desk.demo.metrics.flows import BROWSER, PAGE_MS, PAGE_RECEIVED, PAGE_SENT, deed_of
from k6desk.demo.metrics.load import ScenarioLoad, loads_of
from k6desk.demo.metrics.spread import bump, spread, trend, wander, whole_numbers
from k6desk.demo.metrics.tables import STEP_S, Floats, Ints, Labels, Table
from k6desk.demo.runs import Run

_FAR = {
    "amazon:us:ashburn": 1.0,
    "amazon:us:portland": 1.14,
    "amazon:ie:dublin": 1.22,
    "amazon:de:frankfurt": 1.28,
    "amazon:se:stockholm": 1.34,
    "amazon:br:sao paulo": 1.5,
    "amazon:sg:singapore": 1.62,
    "amazon:sa:cape town": 1.85,
    "quickpizza-onprem-plz": 0.7,
}
_VUS_PER_GENERATOR = 300
_MOST_GENERATORS = 4
_LONGEST_S = 86_400.0
"""Of a longer run there are no more metrics: somebody may upload one that takes a year."""
_BUSY_WIDTH = 0.3
_IDLE = 1.02
"""A virtual user needs a moment between two iterations."""


class Place(NamedTuple):
    """A load generator, the share of the load that it makes, and how much longer answers take to come to it."""

    load_zone: str
    instance_id: str
    share: float
    far: float


class Batch(NamedTuple):
    """All iterations, one row for each series and step; `scenario` and `place` are places in those of the course."""

    labels: list[Labels]
    series: Ints
    step: Ints
    counts: Floats
    scenario: Ints
    place: Ints

    def rows(self, wanted: NDArray[np.bool_]) -> Batch:
        """Some of its rows."""
        series, step, counts = self.series[wanted], self.step[wanted], self.counts[wanted]
        return Batch(self.labels, series, step, counts, self.scenario[wanted], self.place[wanted])


class Slowness(NamedTuple):
    """By how much longer than usual requests and pages take all the time."""

    requests: float = 1.0
    pages: float = 1.0


class Course:
    """The course of one run from its beginning to its planned end. `is_troubled` runs have an incident for sure."""

    def __init__(
        self,
        seed: int,
        run: Run,
        draft: LoadTestDraft,
        options: Mapping[str, Any],
        slowness: Slowness,
        *,
        is_troubled: bool,
    ) -> None:
        self._seed = (seed, run.index)
        self._run = run
        self._draft = draft
        self._options = options
        self._slowness = slowness
        self._is_troubled = is_troubled
        self.deed = deed_of(draft)
        self.length_s = min(run.planned_s * run.outcome.reached, _LONGEST_S)
        self.steps = ceil(self.length_s / STEP_S)

    @cached_property
    def loads(self) -> list[ScenarioLoad]:
        """The scenarios."""
        return loads_of(self._options, self.steps, self._run.planned_s)

    @cached_property
    def is_browser(self) -> NDArray[np.bool_]:
        """Which scenarios have browsers."""
        return np.array([load.is_browser for load in self.loads], dtype=bool)

    @cached_property
    def places(self) -> list[Place]:
        """The load generators."""
        found: list[Place] = []
        for zone, percent in () if self._run.is_local else self._draft.zones:
            generators = int(self._draft.workload.max_vus * percent / 100 // _VUS_PER_GENERATOR) + 1
            generators = min(generators, _MOST_GENERATORS)
            for _ in range(generators):
                found.append(Place(zone, str(len(found)), percent / 100 / generators, _FAR.get(zone, 1.2)))
        return found or [Place("", "0", 1.0, 1.0)]

    @cached_property
    def far(self) -> Floats:
        """How much longer answers take to come to each load generator."""
        return np.array([place.far for place in self.places])

    @cached_property
    def pressure(self) -> Floats:
        """How much longer the system takes in each step than without load."""
        level = sum((load.level[:-1] for load in self.loads), np.zeros(self.steps))
        share = level / max(1.0, float(level.max(initial=0)))
        pressure: Floats = (1 + 0.55 * share**3) * wander(self.rng("pressure"), self.steps, 0.06) + self.incident
        return pressure

    @cached_property
    def incident(self) -> Floats:
        """What went wrong for a while: 0 in each step in which nothing did."""
        rng = self.rng("incident")
        height = rng.uniform(1.2, 2.6) if self._is_troubled or rng.random() < 0.25 else 0.0
        return bump(rng, self.steps, height)

    @cached_property
    def _busy_ms(self) -> list[Floats]:
        """How long an iteration of each scenario usually has something to do, by load generator and step."""
        requests = (sum(hit.ms * hit.often for hit in self.deed.hits) * 1.15 + 1) * self._slowness.requests
        pages = PAGE_MS * len(BROWSER.pages) * self._slowness.pages
        slow = np.outer(self.far, self.pressure)
        return [(pages if load.is_browser else requests) * slow for load in self.loads]

    @cached_property
    def _lasts_s(self) -> list[Floats]:
        """After what time a virtual user of each scenario begins its next iteration, by load generator and step."""
        mean = exp(_BUSY_WIDTH**2 / 2) / 1000
        return [
            (busy * mean + self._pause_s(load)) * _IDLE for load, busy in zip(self.loads, self._busy_ms, strict=True)
        ]

    @cached_property
    def users(self) -> list[Floats]:
        """The virtual users of each scenario at the borders of the steps."""
        found = []
        for load, lasts_s in zip(self.loads, self._lasts_s, strict=True):
            longest = lasts_s.max(axis=0)
            found.append(load.users(np.maximum(np.append(longest, longest[-1:]), np.append(longest[:1], longest))))
        return found

    @cached_property
    def _made(self) -> list[tuple[Ints, Ints]]:
        """The iterations of each scenario and those that were dropped, by load generator and step."""
        rng = self.rng("iterations")
        shares = np.array([place.share for place in self.places])
        found = []
        for load, users, lasts_s in zip(self.loads, self.users, self._lasts_s, strict=True):
            made, dropped = load.iterations(users, lasts_s)
            lines = [
                [whole_numbers(rng, line * share) for line, share in zip(lines, shares / shares.sum(), strict=True)]
                for lines in (made, np.broadcast_to(dropped, made.shape))
            ]
            found.append((np.array(lines[0]), np.array(lines[1])))
        return found

    @cached_property
    def iterations(self) -> list[Ints]:
        """The iterations of each scenario by load generator and step."""
        return [made for made, _ in self._made]

    @cached_property
    def batch(self) -> Batch:
        """All iterations as rows."""
        return self._batch_of(self.iterations)

    @property
    def drops_iterations(self) -> bool:
        """Whether the virtual users were ever too few for the arrivals."""
        return any(dropped.any() for _, dropped in self._made)

    def vus(self) -> Table:
        """The virtual users of each load generator, which have together as many as the options say."""
        vus = sum(self.users, np.zeros(self.steps + 1))
        cuts = np.cumsum([0.0, *(place.share for place in self.places)])
        lines = np.diff(np.round(vus * cuts[:, None]), axis=0)
        series, step = np.nonzero((lines[:, :-1] > 0) | (lines[:, 1:] > 0))
        first, last = lines[series, step], lines[series, step + 1]
        columns = {"last": last, "min": np.minimum(first, last), "max": np.maximum(first, last)}
        return Table("gauge", self._places_labels, series, step, columns | {"avg": (first + last) / 2})

    def vus_max(self) -> Table:
        """The virtual users that each load generator has ready."""
        most = sum(load.most_vus for load in self.loads)
        counts = np.diff(np.round(most * np.cumsum([0.0, *(place.share for place in self.places)])))
        series = np.repeat(np.arange(len(self.places)), self.steps)
        columns = dict.fromkeys(("last", "min", "max", "avg"), counts[series])
        return Table("gauge", self._places_labels, series, np.tile(np.arange(self.steps), len(self.places)), columns)

    def iterations_table(self) -> Table:
        """The iterations as a counter."""
        return Table("counter", self.batch.labels, self.batch.series, self.batch.step, {"sum": self.batch.counts})

    def dropped_table(self) -> Table:
        """The iterations that did not begin because no virtual user was free."""
        batch = self._batch_of([dropped for _, dropped in self._made])
        return Table("counter", batch.labels, batch.series, batch.step, {"sum": batch.counts})

    def duration_table(self) -> Table:
        """How long iterations last: what they do, and for the rest the pause of the script."""
        batch = self.batch
        usual = np.array(self._busy_ms).reshape(-1, self.steps)[batch.series, batch.step]
        pause_ms = np.array([self._pause_s(load) * 1000 for load in self.loads])[batch.scenario]
        widths = np.full(len(usual), _BUSY_WIDTH)
        knots = spread(self.rng("durations"), batch.counts, usual, widths) + pause_ms[:, None]
        return trend(batch.labels, batch.series, batch.step, batch.counts, knots)

    def bytes_table(self, *, is_sent: bool) -> Table:
        """Bytes of requests, pages and sockets together."""
        batch, deed = self.batch, self.deed
        per_hit = sum((hit.sent if is_sent else hit.received) * hit.often for hit in deed.hits)
        per_socket = deed.sockets * deed.pause_s * (4 if is_sent else 230)
        per_pages = (PAGE_SENT if is_sent else PAGE_RECEIVED) * len(BROWSER.pages)
        sizes = np.where(self.is_browser, per_pages, per_hit + per_socket)[batch.scenario] * batch.counts
        if not is_sent:
            sizes = sizes * (1 + 0.04 * self.rng("received").standard_normal(len(sizes)).clip(-3, 3))
        return Table("counter", batch.labels, batch.series, batch.step, {"sum": np.round(sizes)})

    def labels(self, load: ScenarioLoad, place: Place) -> Labels:
        """The labels of everything that a scenario does on a load generator."""
        return {"scenario": load.name, **_place_labels(place)}

    def rng(self, purpose: str) -> np.random.Generator:
        """Chance for one purpose, the same each time it is asked for."""
        return np.random.default_rng([*self._seed, crc32(purpose.encode())])

    def _pause_s(self, load: ScenarioLoad) -> float:
        return BROWSER.pause_s if load.is_browser else self.deed.pause_s

    def _batch_of(self, counted: list[Ints]) -> Batch:
        labels = [self.labels(load, place) for load in self.loads for place in self.places]
        counts = np.array(counted).reshape(-1, self.steps)
        series, step = np.nonzero(counts)
        places = len(self.places)
        return Batch(labels, series, step, counts[series, step].astype(float), series // places, series % places)

    @cached_property
    def _places_labels(self) -> list[Labels]:
        return [_place_labels(place) for place in self.places]


def _place_labels(place: Place) -> Labels:
    zone = {"load_zone": place.load_zone} if place.load_zone else {}
    return {**zone, "instance_id": place.instance_id}
