"""Made-up figures of a run that follow its options, its script and its outcome, the same for the same seed.

Everything begins with the iterations of each scenario on each load generator, whole numbers that add up; requests,
checks and bytes are counted from them. Times are distributions around a usual time that rises with the load. At last
they are stretched so that the thresholds of the test are met or crossed as the outcome of the run has it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from math import ceil
from random import Random
from typing import NamedTuple
from zlib import crc32

import numpy as np

from k6desk.demo.inventory import LoadTest
from k6desk.demo.metrics.evaluation import Bins, evaluate
from k6desk.demo.metrics.flows import BASE_URL, BROWSER, BROWSER_CHECK, SOCKET, SOCKET_CHECKS, Deed, Hit, deed_of
from k6desk.demo.metrics.load import ScenarioLoad, loads_of
from k6desk.demo.metrics.spread import SHARES, bump, spread, wander, whole_numbers
from k6desk.demo.metrics.tables import STEP_S, Floats, Ints, Labels, MetricType, Table
from k6desk.demo.metrics.thresholds import Limit, limits_of
from k6desk.demo.runs import Run
from k6desk.demo.shapes import options_json

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
_PARTS = {"sending": 0.004, "waiting": 0.961, "receiving": 0.035}
_NEW_CONNECTIONS = {"connecting": 14.0, "tls_handshaking": 31.0, "blocked": 46.0}
_VITALS = {"lcp": (1900.0, 0.3), "fcp": (980.0, 0.28), "ttfb": (240.0, 0.4), "inp": (96.0, 0.5), "fid": (9.0, 0.6)}
_CLS = (0.035, 0.7)
_MESSAGES_PER_S = 1.2
_HTTP = "http_req_duration"


class Place(NamedTuple):
    """A load generator, the share of the load that it makes, and how much longer answers take to come to it."""

    load_zone: str
    instance_id: str
    share: float
    far: float


class Hits(NamedTuple):
    """All requests, one row for each series and step: `hit` are places in `kinds`, `place` a load generator."""

    labels: list[Labels]
    kinds: list[Hit]
    series: Ints
    step: Ints
    counts: Floats
    hit: Ints
    place: Ints
    is_failed: np.ndarray


class SimulatedFigures:
    """The figures of one run; see `Figures`."""

    def __init__(self, seed: int, run: Run, test: LoadTest) -> None:
        self._seed = (seed, run.index)
        self._run = run
        self._draft = test.draft
        self._options = options_json(test.draft, test.home_id)
        self._deed = deed_of(test.draft)
        self._limits = limits_of(self._options)
        self._tables: dict[str, Table] = {}
        self._mood = Random(crc32(test.name.encode()))  # noqa: S311
        self._usual = self._mood.random()
        self.length_s = run.planned_s * run.outcome.reached
        self.steps = ceil(self.length_s / STEP_S)

    def table(self, name: str) -> Table:
        """The samples of one of its metrics."""
        if name not in self._tables:
            self._tables[name] = self._makers[name](name)
        return self._tables[name]

    @cached_property
    def types(self) -> Mapping[str, MetricType]:
        """Its metrics."""
        types: dict[str, MetricType] = {
            "vus": "gauge",
            "vus_max": "gauge",
            "iterations": "counter",
            "iteration_duration": "trend",
            "data_sent": "counter",
            "data_received": "counter",
            "checks": "rate",
        }
        if self._has_hits:
            types |= {"http_reqs": "counter", "http_req_failed": "rate"}
            types |= {f"http_req_{part}": "trend" for part in ("duration", *_PARTS, *_NEW_CONNECTIONS)}
            if any(hit.group for hit in self._deed.hits):
                types["group_duration"] = "trend"
        if self._browser_deed:
            types |= {f"browser_web_vital_{name}": "trend" for name in (*_VITALS, "cls")}
            types |= {"browser_http_req_duration": "trend", "browser_http_req_failed": "rate"}
            types |= {"browser_data_sent": "counter", "browser_data_received": "counter"}
        if self._deed.sockets:
            types |= {"ws_sessions": "counter", "ws_msgs_sent": "counter", "ws_msgs_received": "counter"}
            types |= {"ws_connecting": "trend", "ws_session_duration": "trend", "ws_ping": "trend"}
            types["position_updates"] = "counter"
        if self._deed.hit_trend:
            types[self._deed.hit_trend] = "trend"
        if self._deed.declined_counter:
            types[self._deed.declined_counter] = "counter"
        return types

    @cached_property
    def custom(self) -> frozenset[str]:
        """Those that the script makes."""
        names = {self._deed.hit_trend, self._deed.declined_counter, "position_updates" if self._deed.sockets else ""}
        return frozenset(names - {""})

    @cached_property
    def _makers(self) -> Mapping[str, Callable[[str], Table]]:
        makers: dict[str, Callable[[str], Table]] = {
            "vus": self._vus,
            "vus_max": self._vus_max,
            "iterations": self._iterations_table,
            "iteration_duration": self._iteration_duration,
            "data_sent": self._data,
            "data_received": self._data,
            "checks": self._checks,
            "http_reqs": lambda _: self._of_hits("counter", {"sum": self._hits.counts}),
            "http_req_failed": lambda _: self._of_hits(
                "rate", {"total": self._hits.counts, "nonzero": self._hits.counts * self._hits.is_failed}
            ),
            _HTTP: self._stretched(lambda _: self._hit_times),
            "group_duration": self._group_duration,
            "ws_connecting": self._socket_trend,
            "ws_session_duration": self._socket_trend,
            "ws_ping": self._socket_trend,
            "browser_http_req_failed": self._browser_failed,
            "browser_http_req_duration": self._stretched(self._browser_trend),
        }
        makers |= {f"http_req_{part}": self._part for part in _PARTS}
        makers |= {f"http_req_{part}": self._connection for part in _NEW_CONNECTIONS}
        makers |= {f"browser_web_vital_{name}": self._stretched(self._browser_trend) for name in (*_VITALS, "cls")}
        makers |= dict.fromkeys(("browser_data_sent", "browser_data_received"), self._browser_data)
        makers |= dict.fromkeys(("ws_sessions", "ws_msgs_sent", "ws_msgs_received", "position_updates"), self._sockets)
        makers[self._deed.hit_trend] = self._stretched(self._search_hits)
        makers[self._deed.declined_counter] = self._declined
        return makers

    # -- load ----------------------------------------------------------------------------------------------------------

    @cached_property
    def _loads(self) -> list[ScenarioLoad]:
        deed = self._deed
        busy_s = sum(hit.ms * hit.often for hit in deed.hits) * 1.25 / 1000
        return loads_of(self._options, self.steps, self._run.planned_s, busy_s + deed.pause_s)

    @cached_property
    def _places(self) -> list[Place]:
        if self._run.is_local:
            return [Place("", "0", 1.0, 1.0)]
        found: list[Place] = []
        for zone, percent in self._draft.zones:
            generators = int(self._draft.workload.max_vus * percent / 100 // _VUS_PER_GENERATOR) + 1
            for _ in range(generators):
                found.append(Place(zone, str(len(found)), percent / 100 / generators, _FAR.get(zone, 1.2)))
        return found or [Place("", "0", 1.0, 1.0)]

    @cached_property
    def _pressure(self) -> Floats:
        """How loaded the system is in each step: 1 without load, more with it, and an incident now and then."""
        rng = self._rng("pressure")
        vus = sum((load.vus[:-1] for load in self._loads), np.zeros(self.steps))
        share = vus / max(1.0, vus.max() if self.steps else 1.0)
        return (1 + 0.55 * share**3) * wander(rng, self.steps, 0.06) + self._incident

    @cached_property
    def _incident(self) -> Floats:
        rng = self._rng("incident")
        height = rng.uniform(1.2, 2.6) if self._crossed or rng.random() < 0.25 else 0.0
        return bump(rng, self.steps, height)

    @cached_property
    def _iterations(self) -> list[Ints]:
        """The iterations of each scenario by load generator and step."""
        rng = self._rng("iterations")
        shares = np.array([place.share for place in self._places])
        shares = shares / shares.sum()
        return [rng.multinomial(whole_numbers(rng, load.iterations), shares).T for load in self._loads]

    def _vus(self, _name: str) -> Table:
        series, step, last, low, high = [], [], [], [], []
        labels: list[Labels] = []
        cuts = np.cumsum([place.share for place in self._places])
        for load in self._loads:
            # Rounded sums, so that the generators have together what the options say.
            sums = np.vstack([np.zeros(self.steps + 1), np.round(load.vus * cuts[:, None])])
            for place, vus in zip(self._places, np.diff(sums, axis=0), strict=True):
                there = np.flatnonzero((vus[:-1] > 0) | (vus[1:] > 0))
                series.append(np.full(len(there), len(labels)))
                step.append(there)
                last.append(vus[1:][there])
                low.append(np.minimum(vus[:-1], vus[1:])[there])
                high.append(np.maximum(vus[:-1], vus[1:])[there])
                labels.append(self._place_labels(place))
        columns = {"last": np.concatenate(last), "min": np.concatenate(low), "max": np.concatenate(high)}
        columns["avg"] = (columns["min"] + columns["max"]) / 2
        return Table("gauge", labels, np.concatenate(series), np.concatenate(step), columns)

    def _vus_max(self, _name: str) -> Table:
        most = sum(load.most_vus for load in self._loads)
        cuts = np.round(most * np.cumsum([0.0, *(place.share for place in self._places)]))
        counts = np.repeat(np.diff(cuts), self.steps)
        series = np.repeat(np.arange(len(self._places)), self.steps)
        columns = dict.fromkeys(("last", "min", "max", "avg"), counts)
        labels = [self._place_labels(place) for place in self._places]
        return Table("gauge", labels, series, np.tile(np.arange(self.steps), len(self._places)), columns)

    def _per_iteration(self) -> tuple[list[Labels], Ints, Ints, Floats, Ints, Ints]:
        """Labels, series, step, count, scenario and load generator of all iterations."""
        labels = [self._labels(load, place) for load in self._loads for place in self._places]
        counts = np.array(self._iterations).reshape(-1, self.steps)
        series, step = np.nonzero(counts)
        places = len(self._places)
        return labels, series, step, counts[series, step].astype(float), series // places, series % places

    def _iterations_table(self, _name: str) -> Table:
        labels, series, step, count, _, _ = self._per_iteration()
        return Table("counter", labels, series, step, {"sum": count})

    def _iteration_duration(self, name: str) -> Table:
        labels, series, step, count, scenario, place = self._per_iteration()
        deeds = [BROWSER if load.is_browser else self._deed for load in self._loads]
        busy = np.array([sum(hit.ms * hit.often for hit in deed.hits) * 1.15 for deed in deeds])
        pause = np.array([deed.pause_s * 1000 for deed in deeds])
        far = np.array([one.far for one in self._places])
        usual = busy[scenario] * far[place] * self._pressure[step] * self._factor(_HTTP)
        knots, means = spread(self._rng(name), count, usual + 1e-3, np.full(len(count), 0.3))
        rest = pause[scenario]
        return _trend(labels, series, step, count, knots + rest[:, None], means + rest)

    # -- requests ------------------------------------------------------------------------------------------------------

    @cached_property
    def _has_hits(self) -> bool:
        return any(not load.is_browser for load in self._loads) and bool(self._deed.hits)

    @cached_property
    def _hits(self) -> Hits:
        """All requests; how many fail is limited by the thresholds."""
        allowed = min([limit.limit or 0 for limit in self._rates("http_req_failed", "<")], default=1.0)
        share = 0.0 if self._rng("luck").random() < 0.3 else 0.0025
        while True:
            hits = self._drawn_hits(share)
            total = hits.counts.sum()
            if not share or (hits.counts * hits.is_failed).sum() <= 0.85 * allowed * total:
                return hits
            share = share / 3 if share > 1e-6 else 0.0

    def _drawn_hits(self, failing: float) -> Hits:
        rng = self._rng("hits")
        risk = np.clip(failing * (1 + 12 * self._incident), 0, 0.5) if failing else np.zeros(self.steps)
        labels: list[Labels] = []
        kinds: list[Hit] = []
        rows: list[tuple[int, Ints, Ints, int, int, bool]] = []

        def add(hit: Hit, status: str, is_failed: bool, counts: Ints, load: ScenarioLoad, place: int) -> None:
            there = np.flatnonzero(counts)
            if len(there):
                rows.append((len(labels), there, counts[there], len(kinds) - 1, place, is_failed))
                labels.append(_hit_labels(hit, status, is_failed) | self._labels(load, self._places[place]))

        if self._deed.setup and self._has_hits:
            kinds.append(self._deed.setup)
            once = np.zeros(self.steps, dtype=np.int64)
            once[:1] = 1
            add(self._deed.setup, "200", False, once, self._loads[0], 0)
        for load, iterations in zip(self._loads, self._iterations, strict=True):
            for hit in () if load.is_browser else self._deed.hits:
                kinds.append(hit)
                for place, done in enumerate(iterations):
                    counts = rng.binomial(done, hit.often) if hit.often < 1 else (done * int(hit.often))
                    failed = rng.binomial(counts, risk)
                    good = counts - failed
                    if hit.declined:
                        declined = rng.binomial(good, hit.declined[1])
                        good = good - declined
                        add(hit, hit.declined[0], False, declined, load, place)
                    add(hit, hit.status, False, good, load, place)
                    add(hit, hit.failed, True, failed, load, place)
        return _joined(labels, kinds, rows)

    def _of_hits(self, kind: MetricType, columns: Mapping[str, Floats]) -> Table:
        hits = self._hits
        return Table(kind, hits.labels, hits.series, hits.step, columns)

    @cached_property
    def _hit_times(self) -> Table:
        """How long requests take, before they are stretched."""
        hits, rng = self._hits, self._rng(_HTTP)
        ms = np.array([hit.ms for hit in hits.kinds])
        width = np.array([hit.spread for hit in hits.kinds])[hits.hit]
        own = np.array([wander(rng, self.steps, 0.05) for _ in hits.kinds]).reshape(-1, self.steps)
        far = np.array([place.far for place in self._places])[hits.place]
        slow = np.where(hits.is_failed, 2.2, 1.0)
        usual = ms[hits.hit] * own[hits.hit, hits.step] * self._pressure[hits.step] * far * slow
        knots, means = spread(rng, hits.counts, usual, width)
        return _trend(hits.labels, hits.series, hits.step, hits.counts, knots, means)

    def _part(self, name: str) -> Table:
        """A part of the time of each request: the parts add up to the whole."""
        return _scaled(self.table(_HTTP), _PARTS[name.removeprefix("http_req_")])

    def _connection(self, name: str) -> Table:
        """What only the first request of each user needs: nothing for nearly all."""
        hits, usual = self._hits, _NEW_CONNECTIONS[name.removeprefix("http_req_")]
        rng = self._rng("connections")
        is_new = rng.random(len(hits.counts)) < np.where(hits.step < self.steps * 0.1, 0.9, 0.05)
        knots = np.zeros((len(hits.counts), len(SHARES)))
        far = np.array([place.far for place in self._places])[hits.place]
        knots[:, -1] = is_new * usual * far * np.exp(rng.normal(0, 0.3, len(hits.counts)))
        knots[:, -2] = knots[:, -1] * (hits.step < 2)
        return _trend(hits.labels, hits.series, hits.step, hits.counts, knots, knots[:, -1] * 0.005)

    def _group_duration(self, name: str) -> Table:
        """How long each group takes: as long as its requests together."""
        rng = self._rng(name)
        hits = [hit for hit in self._deed.hits if hit.group]
        groups = list(dict.fromkeys(hit.group for hit in hits))
        ms = np.array([sum(hit.ms for hit in hits if hit.group == group) for group in groups])
        labels, series, step, count, scenario, place = self._per_iteration()
        is_protocol = np.array([not load.is_browser for load in self._loads])[scenario]
        series, step, count, place = (part[is_protocol] for part in (series, step, count, place))
        far = np.array([one.far for one in self._places])[place]
        usual = np.outer(ms, far * self._pressure[step]).ravel() * self._factor(_HTTP)
        all_labels = [{**one, "group": group} for group in groups for one in labels]
        places = np.concatenate([series + index * len(labels) for index in range(len(groups))])
        counts = np.tile(count, len(groups))
        knots, means = spread(rng, counts, usual, np.full(len(usual), 0.4))
        return _trend(all_labels, places, np.tile(step, len(groups)), counts, knots, means)

    def _data(self, name: str) -> Table:
        """Bytes, of requests, pages and sockets together."""
        labels, series, step, count, scenario, _ = self._per_iteration()
        sizes = np.zeros(len(count))
        is_sent = name == "data_sent"
        is_browser = np.array([load.is_browser for load in self._loads])[scenario]
        sizes += is_browser * (2_400 if is_sent else 318_000) * count
        if self._deed.sockets:
            sizes += count * self._deed.pause_s * (4 if is_sent else 190 * _MESSAGES_PER_S)
        per = sum((hit.sent if is_sent else hit.received) * hit.often for hit in self._deed.hits)
        sizes += ~is_browser * per * count
        if not is_sent:
            sizes *= 1 + 0.04 * self._rng(name).standard_normal(len(count)).clip(-3, 3)
        return Table("counter", labels, series, step, {"sum": np.round(sizes)})

    def _declined(self, _name: str) -> Table:
        hits = self._hits
        declined = {hit.declined[0] for hit in hits.kinds if hit.declined}
        is_declined = np.array([one["status"] in declined for one in hits.labels])[hits.series]
        labels = [{k: v for k, v in one.items() if k not in _OF_HITS} for one in hits.labels]
        return Table(
            "counter", labels, hits.series[is_declined], hits.step[is_declined], {"sum": hits.counts[is_declined]}
        )

    def _search_hits(self, name: str) -> Table:
        hits = self._hits
        wanted = (hits.hit == 0) & ~hits.is_failed
        labels = [{k: v for k, v in one.items() if k not in _OF_HITS} for one in hits.labels]
        count = hits.counts[wanted]
        knots, _ = spread(self._rng(name), count, np.full(len(count), 37.0), np.full(len(count), 0.9))
        knots = np.round(knots)
        means = ((knots[:, :-1] + knots[:, 1:]) / 2 * np.diff(SHARES)).sum(axis=1)
        return _trend(labels, hits.series[wanted], hits.step[wanted], count, knots, means)

    # -- checks --------------------------------------------------------------------------------------------------------

    def _checks(self, _name: str) -> Table:
        """A check fails with its request; some fail by themselves, which no run fails for."""
        needed = max([limit.limit or 0 for limit in self._rates("checks", ">")], default=0.0)
        mood = self._rng("mood")
        share = float(mood.choice([0.0, 0.004, 0.02, 0.035], p=[0.5, 0.2, 0.2, 0.1]))
        share = min(share, (1 - needed) * 0.2)
        while True:
            table = self._drawn_checks(share)
            if (
                not share
                or table.columns["nonzero"].sum() >= (needed + (1 - needed) * 0.1) * table.columns["total"].sum()
            ):
                return table
            share = share / 3 if share > 1e-6 else 0.0

    def _drawn_checks(self, own_share: float) -> Table:
        rng = self._rng("checks")
        labels: dict[tuple[tuple[str, str], ...], int] = {}
        total: list[Floats] = []
        nonzero: list[Floats] = []

        def add(names: Labels, counts: Floats, passed: Floats) -> None:
            key = tuple(sorted(names.items()))
            if key not in labels:
                labels[key] = len(labels)
                total.append(np.zeros(self.steps))
                nonzero.append(np.zeros(self.steps))
            total[labels[key]] += counts
            nonzero[labels[key]] += passed

        for names, hit, counts, is_failed in self._lines_of_hits():
            kept = {name: names[name] for name in ("group", *_OF_PLACES) if name in names}
            for place, check in enumerate(hit.checks):
                # Only the last check of a request fails by itself: its answer came, and was not what it should be.
                own = own_share if place and place == len(hit.checks) - 1 else 0.0
                passed = np.zeros(self.steps) if is_failed else counts - rng.binomial(counts.astype(np.int64), own)
                add({**kept, "check": check}, counts, passed)
        for load, iterations in zip(self._loads, self._iterations, strict=True):
            for one, done in zip(self._places, iterations.astype(float), strict=True):
                if load.is_browser:
                    bad = rng.binomial(done.astype(np.int64), own_share)
                    add({**self._labels(load, one), "check": BROWSER_CHECK}, done, done - bad)
                elif self._deed.sockets:
                    messages = np.round(done * self._deed.pause_s * _MESSAGES_PER_S)
                    bad = rng.binomial(messages.astype(np.int64), own_share)
                    add({**self._labels(load, one), "check": SOCKET_CHECKS[0]}, messages, messages - bad)
                    add({**self._labels(load, one), "check": SOCKET_CHECKS[1]}, done, done)
        totals = np.array(total).reshape(-1, self.steps)
        series, step = np.nonzero(totals)
        columns = {"total": totals[series, step], "nonzero": np.array(nonzero).reshape(-1, self.steps)[series, step]}
        return Table("rate", [dict(key) for key in labels], series, step, columns)

    def _lines_of_hits(self) -> list[tuple[Labels, Hit, Floats, bool]]:
        """Each series of requests with its counts by step."""
        hits = self._hits
        counts = np.bincount(hits.series * self.steps + hits.step, hits.counts, len(hits.labels) * self.steps)
        lines: Floats = counts.astype(float).reshape(-1, self.steps)
        first = np.searchsorted(hits.series, np.arange(len(hits.labels)))
        return [
            (labels, hits.kinds[hits.hit[row]], line, bool(hits.is_failed[row]))
            for labels, row, line in zip(hits.labels, first, lines, strict=True)
        ]

    # -- browsers and sockets ------------------------------------------------------------------------------------------

    @cached_property
    def _browser_deed(self) -> Deed | None:
        return BROWSER if any(load.is_browser for load in self._loads) else None

    def _by_page(self) -> tuple[list[Labels], Ints, Ints, Floats, Ints]:
        """Labels, series, step, count and load generator of what browsers opened."""
        labels, series, step, count, scenario, place = self._per_iteration()
        wanted = np.array([load.is_browser for load in self._loads])[scenario]
        series, step, count, place = (part[wanted] for part in (series, step, count, place))
        pages = BROWSER.pages
        all_labels = [{**one, "name": page, "url": page} for page in pages for one in labels]
        places = np.concatenate([series + index * len(labels) for index in range(len(pages))])
        return all_labels, places, np.tile(step, len(pages)), np.tile(count, len(pages)), np.tile(place, len(pages))

    def _browser_trend(self, name: str) -> Table:
        labels, series, step, count, place = self._by_page()
        vital = name.removeprefix("browser_web_vital_")
        usual, width = _CLS if vital == "cls" else _VITALS.get(vital, (74.0, 0.8))
        count = count * 9 if vital == name else count
        far = np.array([one.far for one in self._places])[place]
        slow = np.ones(len(step)) if vital == "cls" else self._pressure[step] * far
        knots, means = spread(self._rng(name), count, usual * slow, np.full(len(step), width))
        return _trend(labels, series, step, count, knots, means)

    def _browser_failed(self, _name: str) -> Table:
        table = self.table("browser_http_req_duration")
        total = table.columns["count"]
        columns = {"total": total, "nonzero": np.zeros(len(total))}
        return Table("rate", table.labels, table.series, table.step, columns)

    def _browser_data(self, name: str) -> Table:
        labels, series, step, count, _ = self._by_page()
        size = 1_200.0 if name == "browser_data_sent" else 159_000.0
        return Table("counter", labels, series, step, {"sum": count * size})

    def _sockets(self, name: str) -> Table:
        labels, series, step, count, _, _ = self._per_iteration()
        messages = np.round(count * self._deed.pause_s * _MESSAGES_PER_S)
        sums = count if name in ("ws_sessions", "ws_msgs_sent") else messages
        is_own = name in self.custom
        all_labels = labels if is_own else [{**one, **_SOCKET_LABELS} for one in labels]
        return Table("counter", all_labels, series, step, {"sum": sums})

    def _socket_trend(self, name: str) -> Table:
        labels, series, step, count, _, place = self._per_iteration()
        far = np.array([one.far for one in self._places])[place]
        usual, width = {"ws_connecting": (SOCKET.ms, 0.4), "ws_ping": (23.0, 0.5)}.get(name, (18_000.0, 0.01))
        slow = np.ones(len(step)) if width < 0.1 else self._pressure[step] * far
        knots, means = spread(self._rng(name), count, usual * slow, np.full(len(step), width))
        return _trend([{**one, **_SOCKET_LABELS} for one in labels], series, step, count, knots, means)

    # -- thresholds ----------------------------------------------------------------------------------------------------

    @cached_property
    def _crossed(self) -> Limit | None:
        """The threshold that this run fails for."""
        return self._limits[0] if self._limits and self._run.outcome.result == "failed" else None

    def _rates(self, metric: str, sign: str) -> list[Limit]:
        return [one for one in self._limits if one.selector.metric == metric and one.operator.startswith(sign)]

    def _stretched(self, make: Callable[[str], Table]) -> Callable[[str], Table]:
        """What makes the table of a trend as the thresholds want it."""
        return lambda name: _scaled(make(name), self._factor(name, make(name)))

    def _factor(self, name: str, table: Table | None = None) -> float:
        """By how much the times of a metric are stretched: a test has its level, and its runs come near it."""
        if name in self._factors:
            return self._factors[name]
        table = table or self._hit_times
        rng = Random(crc32(f"{self._seed} {name}".encode()))  # noqa: S311
        # A test gets a little slower and faster over the weeks, and each of its runs differs a little.
        level = (0.55 + 0.25 * self._usual) * (1 + 0.08 * np.sin(self._seed[1] / 41 + 6 * self._usual))
        level *= rng.uniform(0.94, 1.06)
        factors = []
        for limit in self._limits:
            expression = limit.expression("trend")
            if limit.selector.metric != name or not limit.limit or limit.operator not in ("<", "<=") or not expression:
                continue
            curves = evaluate(table, expression, limit.selector, _all_steps(self.steps))
            if curves and (value := float(curves[0].values[0])) > 0:
                want = rng.uniform(1.04, 1.32) if limit is self._crossed else min(level, 0.93)
                factors.append(limit.limit * want / value)
        self._factors[name] = float(min(factors, default=rng.uniform(0.85, 1.1)))
        return self._factors[name]

    @cached_property
    def _factors(self) -> dict[str, float]:
        return {}

    # -- labels --------------------------------------------------------------------------------------------------------

    def _labels(self, load: ScenarioLoad, place: Place) -> Labels:
        return {"scenario": load.name, **self._place_labels(place)}

    def _place_labels(self, place: Place) -> Labels:
        zone = {"load_zone": place.load_zone} if place.load_zone else {}
        return {**zone, "instance_id": place.instance_id}

    def _rng(self, purpose: str) -> np.random.Generator:
        return np.random.default_rng([*self._seed, crc32(purpose.encode())])


_OF_HITS = frozenset({"name", "url", "method", "status", "expected_response", "group"})
_OF_PLACES = ("scenario", "load_zone", "instance_id")
_SOCKET_LABELS = {"name": SOCKET.name, "url": BASE_URL.replace("http", "ws") + SOCKET.path, "status": SOCKET.status}


def _hit_labels(hit: Hit, status: str, is_failed: bool) -> dict[str, str]:
    group = {"group": hit.group} if hit.group else {}
    return {
        "name": hit.name,
        "url": BASE_URL + hit.path,
        "method": hit.method,
        "status": status,
        "expected_response": "false" if is_failed else "true",
        **group,
    }


def _joined(labels: list[Labels], kinds: list[Hit], rows: list[tuple[int, Ints, Ints, int, int, bool]]) -> Hits:
    lengths = [len(there) for _, there, _, _, _, _ in rows]

    def each(column: int) -> np.ndarray:
        return np.repeat(np.array([row[column] for row in rows], dtype=np.int64), lengths)

    none = np.zeros(0, dtype=np.int64)
    return Hits(
        labels,
        kinds,
        each(0),
        np.concatenate([none, *(row[1] for row in rows)]),
        np.concatenate([none, *(row[2] for row in rows)]).astype(float),
        each(3),
        each(4),
        each(5).astype(bool),
    )


def _trend(labels: Sequence[Labels], series: Ints, step: Ints, count: Floats, knots: Floats, means: Floats) -> Table:
    return Table("trend", labels, series, step, {"count": count, "avg": means, "knots": knots}, SHARES)


def _scaled(table: Table, factor: float) -> Table:
    columns = dict(table.columns)
    columns["knots"], columns["avg"] = columns["knots"] * factor, columns["avg"] * factor
    return Table(table.type, table.labels, table.series, table.step, columns, table.shares)


def _all_steps(steps: int) -> Bins:
    one = np.array([1.0, steps * float(STEP_S)])
    return Bins(np.ones(steps, dtype=np.int64), np.zeros(steps), one, one, one)
