"""Metrics of one run that are made up, with all that a page asks `Numbers` for."""

from __future__ import annotations

from array import array
from datetime import UTC, datetime
from math import sin

from PySide6.QtCore import QObject, Signal

from k6desk.api.errors import Unreachable
from k6desk.api.metrics import Answer, Metric, Series
from k6desk.core.metrics.asked import Asked, Told

BUILTIN = {
    "vus": "gauge",
    "vus_max": "gauge",
    "http_reqs": "counter",
    "http_req_duration": "trend",
    "http_req_waiting": "trend",
    "http_req_failed": "rate",
    "data_received": "counter",
    "data_sent": "counter",
    "iterations": "counter",
    "checks": "rate",
}
METRICS = tuple(Metric(name, kind) for name, kind in BUILTIN.items())
LEVELS = {"vus": 15, "vus_max": 30, "http_reqs": 18, "data_received": 9000, "data_sent": 2000, "iterations": 9}
STEP_S = 3


def series_of(values, start_s: float, labels: dict[str, str] | None = None) -> Series:
    """A series with a value every `STEP_S` seconds."""
    times = array("d", (start_s + at * STEP_S for at in range(len(values))))
    return Series(labels or {}, times.tobytes(), array("d", values).tobytes())


class MadeNumbers(QObject):
    """Answers at once with samples from `start_s` on, as many as `samples` says; `names` are the values of a label."""

    changed = Signal(object, object)
    metrics_changed = Signal(object)

    def __init__(self, start_s: float, samples: int = 50) -> None:
        super().__init__()
        self.start_s, self.samples = start_s, samples
        self.names: dict[str, list[str]] = {}
        self.listed: tuple[Metric, ...] | None = METRICS
        self.answers: dict[Asked, Answer | None] = {}
        self.refuses: str = ""
        self.waits = False
        self.is_final = True
        self.asked_at = datetime.now(UTC)
        self.named_labels: dict[str, tuple[str, ...]] = {}
        self.left_out = 0

    def told(self, _run_id: int, asked: Asked) -> Told | None:
        if asked not in self.answers:
            self.answers[asked] = self.made(asked)
        answer = self.answers[asked]
        return None if answer is None else Told(answer, self.asked_at, self.is_final)

    def known_of(self, run_id: int):
        return lambda asked: told.answer if (told := self.told(run_id, asked)) else None

    def metrics(self, _run_id: int) -> tuple[Metric, ...] | None:
        return self.listed

    def problem(self, _run_id: int, _asked: Asked) -> str:
        return self.refuses

    def is_waiting(self, _run_id: int) -> bool:
        return self.waits

    async def labels(self, _run_id: int, metric: str) -> tuple[str, ...]:
        if metric not in self.named_labels:
            raise Unreachable("The server cannot be reached.")
        return self.named_labels[metric]

    def grow(self, samples: int) -> frozenset[Asked]:
        """There are so many samples now: what was asked before has another answer."""
        self.samples = samples
        known, self.answers = list(self.answers), {}
        return frozenset(known)

    def made(self, asked: Asked) -> Answer:
        query = asked.query
        labels = query.fold_by or (() if query.fold else query.by)
        names = self.names.get(labels[0], ["a", "b"]) if labels else [""]
        level = LEVELS.get(query.metric, 0.02 if BUILTIN.get(query.metric) == "rate" else 200.0)
        level *= {"histogram_quantile(0.5)": 0.5, "histogram_max": 2.2, "histogram_quantile(0.99)": 1.4}.get(
            query.method, 1
        )
        count = self.samples if asked.over_time else 1
        made = []
        for place, name in enumerate(names):
            size = level * (1 - place / (len(names) + 1))
            values = [size * (1 + 0.2 * sin(at / 5 + place)) for at in range(count)]
            made.append(series_of(values, self.start_s, dict.fromkeys(labels[:1], name)))
        return Answer(tuple(made), self.left_out if labels else 0)
