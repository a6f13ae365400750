"""Answers of metrics for tests, and a stand-in for what asks for them."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from datetime import UTC, datetime

from PySide6.QtCore import QObject, Signal

from k6desk.api.metrics import Answer, Metric, Series
from k6desk.core.metrics.asked import Asked, Told


def series(values, times=None, /, **labels: str) -> Series:
    """Samples; without times they are 3 s apart."""
    times = times if times is not None else [1_700_000_000 + 3 * at for at in range(len(values))]
    return Series(labels, array("d", times).tobytes(), array("d", values).tobytes())


def total(value: float | None = None) -> Answer:
    """An answer over a whole run; empty without a value."""
    return Answer() if value is None else Answer((series([value]),))


def totals(values: Mapping[tuple[str, ...], float], *labels: str) -> Answer:
    """The same by the values of labels."""
    return Answer(tuple(series([value], **dict(zip(labels, key, strict=True))) for key, value in values.items()))


class FakeNumbers(QObject):
    """Tells what a test has put into `answers`, whatever the run."""

    changed = Signal(object, object)
    metrics_changed = Signal(object)

    def __init__(self, metrics: tuple[Metric, ...] | None = ()) -> None:
        super().__init__()
        self.answers: dict[Asked, Answer] = {}
        self.problems: dict[Asked, str] = {}
        self.known_metrics = metrics
        self.watched: dict[QObject, tuple[int | None, tuple[Asked, ...]]] = {}

    def told(self, run_id: int, asked: Asked) -> Told | None:
        answer = self.answers.get(asked)
        return Told(answer, datetime.now(UTC), is_final=True) if answer is not None else None

    def known_of(self, run_id: int):
        return self.answers.get

    def problem(self, run_id: int, asked: Asked) -> str:
        return self.problems.get(asked, "")

    def is_asking(self, run_id: int) -> bool:
        return True

    def is_waiting(self, run_id: int) -> bool:
        return False

    def metrics(self, run_id: int) -> tuple[Metric, ...] | None:
        return self.known_metrics

    def watch(self, owner: QObject, run_id: int | None, wanted) -> None:
        self.watched[owner] = run_id, tuple(wanted)
