"""The metrics of the recorded run, with all that a page asks `Numbers` and `ServedThresholds` for."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from PySide6.QtCore import QObject, Signal

from k6desk.api.metrics import ThresholdVerdict
from k6desk.core.metrics.asked import Asked, Known, Told
from tests.core.recording import Recording


class RecordedNumbers(QObject):
    """Answers all, or only `answered`; `refuses` is why nothing else is."""

    changed = Signal(object, object)
    metrics_changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.recording = Recording()
        self.answered: Collection[Asked] | None = None
        self.refuses = ""
        self.asks = True

    def is_asking(self, _run_id: int) -> bool:
        return self.asks

    def told(self, _run_id: int, asked: Asked) -> Told | None:
        if self.answered is not None and asked not in self.answered:
            return None
        return Told(self.recording.known(asked), datetime.now(UTC), True)

    def known_of(self, run_id: int) -> Known:
        return lambda asked: told.answer if (told := self.told(run_id, asked)) else None

    def metrics(self, _run_id: int):
        return self.recording.metrics

    def problem(self, run_id: int, asked: Asked) -> str:
        return self.refuses if self.told(run_id, asked) is None else ""


class SaidNothing(QObject):
    """What the server says of thresholds: nothing, until a test puts something in."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.said: tuple[ThresholdVerdict, ...] = ()
        self.looked_at: int | None = None

    def look_at(self, run_id: int | None) -> None:
        self.looked_at = run_id

    def of(self, _run_id: int) -> tuple[ThresholdVerdict, ...]:
        return self.said
