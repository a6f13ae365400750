"""The HTTP requests of a made-up run, and what is measured of them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from k6desk.demo.metrics.course import Course
from k6desk.demo.metrics.flows import BASE_URL, Hit
from k6desk.demo.metrics.spread import SHARES, spread, trend, wander
from k6desk.demo.metrics.tables import Floats, Ints, Labels, Table

PARTS = {"sending": 0.004, "waiting": 0.961, "receiving": 0.035}
"""The parts that the time of a request is made of."""
CONNECTIONS = {"connecting": 14.0, "tls_handshaking": 31.0, "blocked": 46.0}
"""What comes before a request on a new connection, and how many milliseconds it usually takes."""

_USUAL_FAILURES = 0.0025
_OF_PLACES = ("scenario", "load_zone", "instance_id")


class Hits(NamedTuple):
    """All requests, one row for each series and step: `hit` are places in `kinds`, `place` load generators."""

    labels: list[Labels]
    kinds: list[Hit]
    series: Ints
    step: Ints
    counts: Floats
    hit: Ints
    place: Ints
    is_failed: NDArray[np.bool_]


class _Line(NamedTuple):
    """The counts of one series in the steps in which there are any."""

    step: Ints
    counts: Ints
    hit: int
    place: int
    is_failed: bool


class Requests:
    """The requests of one course, of which at most the share `allowed` fails."""

    def __init__(self, course: Course, allowed: float) -> None:
        self._course = course
        self._allowed = allowed

    @cached_property
    def hits(self) -> Hits:
        """All requests."""
        share = 0.0 if self._course.rng("luck").random() < 0.3 else _USUAL_FAILURES
        while True:
            hits = self._drawn(share)
            if not share or (hits.counts * hits.is_failed).sum() <= 0.85 * self._allowed * hits.counts.sum():
                return hits
            share = share / 3 if share > _USUAL_FAILURES / 100 else 0.0

    def count(self) -> Table:
        """How many there are."""
        hits = self.hits
        return Table("counter", hits.labels, hits.series, hits.step, {"sum": hits.counts})

    def failed(self) -> Table:
        """How many of them failed."""
        hits = self.hits
        columns = {"total": hits.counts, "nonzero": hits.counts * hits.is_failed}
        return Table("rate", hits.labels, hits.series, hits.step, columns)

    @cached_property
    def times(self) -> Table:
        """How long they take."""
        course, hits, rng = self._course, self.hits, self._course.rng("times")
        ms = np.array([hit.ms for hit in hits.kinds])
        widths = np.array([hit.spread for hit in hits.kinds])[hits.hit]
        own = np.array([wander(rng, course.steps, 0.05) for _ in hits.kinds]).reshape(-1, course.steps)
        slow = course.pressure[hits.step] * course.far[hits.place] * np.where(hits.is_failed, 2.2, 1.0)
        knots = spread(rng, hits.counts, ms[hits.hit] * own[hits.hit, hits.step] * slow, widths)
        return trend(hits.labels, hits.series, hits.step, hits.counts, knots)

    def connections(self, part: str) -> Table:
        """What only requests on new connections need: nothing for nearly all."""
        hits, rng = self.hits, self._course.rng("connections")
        likely = np.where(hits.step < self._course.steps * 0.1, 0.9, 0.05)
        is_new = rng.random(len(hits.counts)) < likely
        longest = is_new * CONNECTIONS[part] * np.exp(rng.normal(0, 0.3, len(likely))) * self._course.far[hits.place]
        knots = np.zeros((len(likely), len(SHARES)))
        knots[:, -1] = longest
        knots[:, -2] = longest * (hits.step < 2)
        return trend(hits.labels, hits.series, hits.step, hits.counts, knots)

    def groups(self, factor: float) -> Table:
        """How long each group takes: about as long as its requests together, which are stretched by a factor."""
        course = self._course
        in_groups = [hit for hit in course.deed.hits if hit.group]
        names = list(dict.fromkeys(hit.group for hit in in_groups))
        ms = [sum(hit.ms for hit in in_groups if hit.group == name) for name in names]
        batch = course.batch.rows(~course.is_browser[course.batch.scenario])
        slow = course.pressure[batch.step] * course.far[batch.place] * factor
        counts = np.tile(batch.counts, len(names))
        knots = spread(course.rng("groups"), counts, np.outer(ms, slow).ravel(), np.full(len(counts), 0.4))
        labels = [{**one, "group": name} for name in names for one in batch.labels]
        series = np.concatenate([batch.series + place * len(batch.labels) for place in range(len(names))])
        return trend(labels, series, np.tile(batch.step, len(names)), counts, knots)

    def declined(self) -> Table:
        """How many were answered with the status that is as good as the usual one."""
        hits = self.hits
        statuses = {hit.declined[0] for hit in hits.kinds if hit.declined}
        wanted = np.array([one["status"] in statuses for one in hits.labels], dtype=bool)[hits.series]
        columns = {"sum": hits.counts[wanted]}
        return Table("counter", self._plain_labels, hits.series[wanted], hits.step[wanted], columns)

    def found(self) -> Table:
        """What a search finds: whole numbers, of the first kind of request."""
        hits = self.hits
        wanted = (hits.hit == 0) & ~hits.is_failed
        counts = hits.counts[wanted]
        knots = spread(self._course.rng("found"), counts, np.full(len(counts), 37.0), np.full(len(counts), 0.9))
        return trend(self._plain_labels, hits.series[wanted], hits.step[wanted], counts, np.round(knots))

    def lines(self) -> Iterator[tuple[Labels, Hit, Floats, bool]]:
        """Each series with its counts by step, and whether it is of those that failed."""
        hits, steps = self.hits, self._course.steps
        counts: Floats = np.bincount(hits.series * steps + hits.step, hits.counts, len(hits.labels) * steps).astype(
            float
        )
        first = np.searchsorted(hits.series, np.arange(len(hits.labels)))
        for labels, row, line in zip(hits.labels, first, counts.reshape(-1, steps), strict=True):
            yield labels, hits.kinds[hits.hit[row]], line, bool(hits.is_failed[row])

    @property
    def _plain_labels(self) -> list[Labels]:
        return [{name: one[name] for name in _OF_PLACES if name in one} for one in self.hits.labels]

    def _drawn(self, failing: float) -> Hits:
        """All requests, of which about the share `failing` fails while there is no incident."""
        course, rng = self._course, self._course.rng("hits")
        risk = np.clip(failing * (1 + 12 * course.incident), 0, 0.5)
        labels: list[Labels] = []
        kinds: list[Hit] = []
        lines: list[_Line] = []

        def add(status: str, is_failed: bool, counts: Ints, scenario: int, place: int) -> None:
            there = np.flatnonzero(counts)
            if len(there):
                own = course.labels(course.loads[scenario], course.places[place])
                labels.append({**_labels(kinds[-1], status, is_failed), **own})
                lines.append(_Line(there, counts[there], len(kinds) - 1, place, is_failed))

        for scenario in np.flatnonzero(~course.is_browser).tolist():
            for order, hit in enumerate(course.deed.hits):
                kinds.append(hit)
                for place, done in enumerate(course.iterations[scenario]):
                    counts = rng.binomial(done, hit.often) if hit.often < 1 else done * int(hit.often)
                    counts = _later(rng, counts, min(0.6, order * 0.15))
                    failed = rng.binomial(counts, risk)
                    declined = rng.binomial(counts - failed, hit.declined[1]) if hit.declined else 0 * failed
                    add(hit.status, False, counts - failed - declined, scenario, place)
                    add(hit.declined[0] if hit.declined else "", False, declined, scenario, place)
                    add(hit.failed, True, failed, scenario, place)
        if lines and course.deed.setup:
            kinds.append(course.deed.setup)
            add("200", False, (np.arange(course.steps) == 0).astype(np.int64), int(np.argmin(course.is_browser)), 0)
        return _joined(labels, kinds, lines)


def _labels(hit: Hit, status: str, is_failed: bool) -> Labels:
    group = {"group": hit.group} if hit.group else {}
    return {
        "name": hit.name,
        "url": BASE_URL + hit.path,
        "method": hit.method,
        "status": status,
        "expected_response": "false" if is_failed else "true",
        **group,
    }


def _later(rng: np.random.Generator, counts: Ints, share: float) -> Ints:
    """The same requests; a share comes a step later, as those do that are not the first in their iteration."""
    moved = rng.binomial(counts, share)
    moved[-1:] = 0
    later: Ints = counts - moved
    later[1:] += moved[:-1]
    return later


def _joined(labels: list[Labels], kinds: list[Hit], lines: list[_Line]) -> Hits:
    lengths = np.array([len(line.step) for line in lines], dtype=np.int64)
    none = np.zeros(0, dtype=np.int64)
    return Hits(
        labels,
        kinds,
        np.repeat(np.arange(len(lines)), lengths),
        np.concatenate([none, *(line.step for line in lines)]),
        np.concatenate([none, *(line.counts for line in lines)]).astype(float),
        np.repeat(np.array([line.hit for line in lines], dtype=np.int64), lengths),
        np.repeat(np.array([line.place for line in lines], dtype=np.int64), lengths),
        np.repeat(np.array([line.is_failed for line in lines], dtype=bool), lengths),
    )
