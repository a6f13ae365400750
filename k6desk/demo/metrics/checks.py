"""The checks of a made-up run: one fails with its request, and some fail by themselves."""

from __future__ import annotations

import numpy as np

from k6desk.demo.metrics.course import Course
from k6desk.demo.metrics.flows import BROWSER_CHECK, MESSAGES_PER_S, SOCKET_CHECKS
from k6desk.demo.metrics.requests import Requests
from k6desk.demo.metrics.tables import Floats, Labels, Table

_OWN_FAILURES = ((0.0, 0.004, 0.02, 0.035), (0.5, 0.2, 0.2, 0.1))
"""Which share of a check fails by itself, and in which share of the runs."""
_KEPT: tuple[str, ...] = ("group", "scenario", "load_zone", "instance_id")


def checks_table(course: Course, requests: Requests, needed: float) -> Table:
    """All checks, of which at least the share `needed` passes."""
    shares, weights = _OWN_FAILURES
    share = min(float(course.rng("mood").choice(shares, p=weights)), max(0.0, (1 - needed) * 0.2))
    while True:
        table = _drawn(course, requests, share)
        passed, total = table.columns["nonzero"].sum(), table.columns["total"].sum()
        if not share or passed >= (needed + (1 - needed) * 0.1) * total:
            return table
        share = share / 3 if share > 1e-6 else 0.0


def _drawn(course: Course, requests: Requests, share: float) -> Table:
    rng = course.rng("checks")
    places: dict[tuple[tuple[str, str], ...], int] = {}
    totals: list[Floats] = []
    passes: list[Floats] = []

    def add(names: Labels, counts: Floats, failing: float) -> None:
        """Add what one series of requests contributes: several may have one check."""
        key = tuple(names.items())
        if key not in places:
            places[key] = len(places)
            totals.append(np.zeros(course.steps))
            passes.append(np.zeros(course.steps))
        totals[places[key]] += counts
        passes[places[key]] += counts - rng.binomial(counts.astype(np.int64), failing)

    for names, hit, counts, is_failed in requests.lines():
        kept = {name: names[name] for name in _KEPT if name in names}
        for place, check in enumerate(hit.checks):
            # Of several the last one fails by itself too: an answer came, and was not what it should be.
            own = share if 0 < place == len(hit.checks) - 1 else 0.0
            add({"check": check, **kept}, counts, 1.0 if is_failed else own)
    for load, iterations in zip(course.loads, course.iterations, strict=True):
        for one, done in zip(course.places, iterations.astype(float), strict=True):
            labels = course.labels(load, one)
            if load.is_browser:
                add({"check": BROWSER_CHECK, **labels}, done, share)
            elif course.deed.sockets:
                messages = np.round(done * course.deed.pause_s * MESSAGES_PER_S)
                add({"check": SOCKET_CHECKS[0], **labels}, messages, share)
                add({"check": SOCKET_CHECKS[1], **labels}, done, 0.0)
    lines = np.array(totals).reshape(-1, course.steps)
    series, step = np.nonzero(lines)
    nonzero = np.array(passes).reshape(-1, course.steps)[series, step]
    return Table(
        "rate", [dict(key) for key in places], series, step, {"total": lines[series, step], "nonzero": nonzero}
    )
