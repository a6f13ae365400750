"""What browsers and WebSockets measure in a made-up run."""

from __future__ import annotations

import numpy as np

from k6desk.demo.metrics.course import Batch, Course
from k6desk.demo.metrics.flows import BASE_URL, BROWSER, MESSAGES_PER_S, PAGE_RECEIVED, PAGE_SENT, SOCKET
from k6desk.demo.metrics.spread import spread, trend
from k6desk.demo.metrics.tables import Table

VITALS = {
    "lcp": (1900.0, 0.3),
    "fcp": (980.0, 0.28),
    "ttfb": (240.0, 0.4),
    "inp": (96.0, 0.5),
    "fid": (9.0, 0.6),
    "cls": (0.035, 0.7),
}
"""The web vitals: the usual value and how it varies. All but `cls` are milliseconds."""
PAINTS = ("ttfb", "fcp", "lcp")
"""What comes one after the other while a page opens: where one is late the next is."""

_REQUEST = (74.0, 0.8)
_REQUESTS_PER_PAGE = 9
_SOCKET_TRENDS = {"ws_connecting": (SOCKET.ms, 0.4), "ws_ping": (23.0, 0.5), "ws_session_duration": (18_000.0, 0.01)}
_SOCKET_LABELS = {"name": SOCKET.name, "url": BASE_URL.replace("http", "ws") + SOCKET.path, "status": SOCKET.status}


def page_trend(course: Course, metric: str) -> Table:
    """A web vital of each page, or the time of the browsers' requests."""
    batch = _pages(course)
    vital = metric.removeprefix("browser_web_vital_")
    usual, width = VITALS.get(vital, _REQUEST)
    counts = batch.counts * (1 if vital in VITALS else _REQUESTS_PER_PAGE)
    slow = 1.0 if vital == "cls" else course.pressure[batch.step] * course.far[batch.place]
    usuals = np.broadcast_to(usual * slow, counts.shape)
    rng = course.rng("paints" if vital in PAINTS else metric)
    knots = spread(rng, counts, usuals, np.full(len(counts), width))
    return trend(batch.labels, batch.series, batch.step, counts, knots)


def page_failures(course: Course) -> Table:
    """The browsers' requests, none of which fails."""
    batch = _pages(course)
    columns = {"total": batch.counts * _REQUESTS_PER_PAGE, "nonzero": np.zeros(len(batch.counts))}
    return Table("rate", batch.labels, batch.series, batch.step, columns)


def page_bytes(course: Course, *, is_sent: bool) -> Table:
    """The browsers' bytes."""
    batch = _pages(course)
    columns = {"sum": batch.counts * (PAGE_SENT if is_sent else PAGE_RECEIVED)}
    return Table("counter", batch.labels, batch.series, batch.step, columns)


def socket_count(course: Course, metric: str) -> Table:
    """Sessions, messages, and what the script counts of them."""
    batch = course.batch
    is_by_message = metric in ("ws_msgs_received", "position_updates")
    sums = np.round(batch.counts * course.deed.pause_s * MESSAGES_PER_S) if is_by_message else batch.counts
    own = _SOCKET_LABELS if metric.startswith("ws_") else {}
    return Table("counter", [{**one, **own} for one in batch.labels], batch.series, batch.step, {"sum": sums})


def socket_trend(course: Course, metric: str) -> Table:
    """How long connecting, pings and sessions take."""
    batch = course.batch
    usual, width = _SOCKET_TRENDS[metric]
    slow = 1.0 if metric == "ws_session_duration" else course.pressure[batch.step] * course.far[batch.place]
    usuals = np.broadcast_to(usual * slow, batch.counts.shape)
    knots = spread(course.rng(metric), batch.counts, usuals, np.full(len(batch.counts), width))
    return trend([{**one, **_SOCKET_LABELS} for one in batch.labels], batch.series, batch.step, batch.counts, knots)


def _pages(course: Course) -> Batch:
    """The pages that browsers opened: each iteration opens all of them."""
    batch, pages = course.batch.rows(course.is_browser[course.batch.scenario]), BROWSER.pages
    times = len(pages)
    return Batch(
        [{**one, "name": page, "url": page} for page in pages for one in batch.labels],
        np.concatenate([batch.series + place * len(batch.labels) for place in range(times)]),
        np.tile(batch.step, times),
        np.tile(batch.counts, times),
        np.tile(batch.scenario, times),
        np.tile(batch.place, times),
    )
