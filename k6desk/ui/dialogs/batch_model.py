"""One thing done to many runs: a few at a time, each bound to its id and name, each with its own outcome."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from http import HTTPStatus
from time import monotonic
from typing import TYPE_CHECKING, Literal, NamedTuple

from msgspec import Struct
from PySide6.QtCore import QAbstractTableModel, QObject, Qt, Signal
from shiboken6 import isValid

from k6desk.api.errors import CloudError, TryLater
from k6desk.core.deeds import Removed, Unknown
from k6desk.core.delta import Delta
from k6desk.ui import text, theme
from k6desk.ui.roles import DECORATION, DISPLAY, TOOL_TIP, Index

if TYPE_CHECKING:
    from asyncio import Event

    from k6desk.core.tasks import Tasks

AT_ONCE = 4
RESTS = 5
"""How many times on end the server is given the rest it asks for before no more is sent."""
FIRST_REST_S = 2.0
"""When the server does not say for how long; each rest is twice the one before."""
FAULT = "k6desk met a fault of its own."
CLOSED = "The account was closed before the answer came."
Outcome = Literal["waiting", "working", "done", "refused", "unknown", "not sent"]
ICONS: dict[Outcome, tuple[str, str]] = {
    "waiting": ("clock", "muted"),
    "working": ("running", "running"),
    "done": ("check", "passed"),
    "refused": ("failed", "failed"),
    "unknown": ("warning", "warning"),
    "not sent": ("stop", "muted"),
}
TITLES = ("Run", "Run ID", "Outcome")


class Verb(NamedTuple):
    """What is done, as it is said before, meanwhile and after: "Delete", "Deleting", "deleted"."""

    name: str
    doing: str
    done: str
    removes: bool = False
    """Whether the runs are not there any more afterwards."""
    is_seen: bool = False
    """Whether the table shows what was done, so that a notice, which moves the table, would only disturb."""


class Item(NamedTuple):
    """A run as it was when the user decided."""

    id: int
    name: str


class _Row(Struct):
    item: Item
    outcome: Outcome = "waiting"
    reason: str = ""


class Batch(QAbstractTableModel):
    """The runs with their outcomes. It never does anything to a run that it was not given."""

    moved_on = Signal()
    finished = Signal()
    """Nothing is under way any more."""
    removed = Signal(object)  # the error that says that the server does not have the operation any more

    def __init__(
        self, verb: Verb, items: Sequence[Item], act: Callable[[int], Awaitable[object]], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.verb = verb
        self._act = act
        self._rows = [_Row(item) for item in items]
        self._waiting: deque[int] = deque()
        self._workers = 0
        self._rests = 0
        self._rests_until = 0.0
        self._stopped: Event | None = None

    def start(self, tasks: Tasks, *outcomes: Outcome) -> None:
        """Do it to every run with one of these outcomes; nothing happens while it is being done."""
        from asyncio import Event  # the first picture needs none of it

        if self._workers:
            return
        self._stopped, self._rests, self._rests_until = Event(), 0, 0.0
        self._waiting.extend(at for at, row in enumerate(self._rows) if row.outcome in outcomes)
        for at in self._waiting:
            self._tell(at, "waiting")
        self._workers = min(AT_ONCE, len(self._waiting))
        for _ in range(self._workers):
            tasks.spawn(self._work(), name=f"{self.verb.name} several runs", owner=self)

    def stop(self) -> None:
        """Send no more; what was sent is waited for."""
        while self._waiting:
            self._tell(self._waiting.popleft(), "not sent")
        if self._stopped:
            self._stopped.set()

    def rest_s(self) -> float:
        """For how many seconds nothing is sent, because the server has asked for that; 0 when something is."""
        return max(0.0, self._rests_until - monotonic()) if self._waiting else 0.0

    def take_in(self, delta: Delta) -> None:
        """A run that is gone was deleted, whatever answer was lost."""
        if self.verb.removes:
            for at, row in enumerate(self._rows):
                if row.outcome == "unknown" and row.item.id in delta.removed:
                    self._tell(at, "done")

    def is_working(self) -> bool:
        """Whether something is under way or waiting."""
        return self._workers > 0

    def count(self, *outcomes: Outcome) -> int:
        """How many runs have one of these outcomes."""
        found = Counter(row.outcome for row in self._rows)
        return sum(found[outcome] for outcome in outcomes)

    def reasons(self) -> list[str]:
        """Why runs were refused or are not known, each reason once."""
        return list(dict.fromkeys(row.reason for row in self._rows if row.reason))

    def sum(self) -> str:
        """How it went in one line: "10 of 12 runs deleted, 1 refused, 1 not known"."""
        done, all_ = self.count("done"), len(self._rows)
        parts = [f"{text.count(done)} of {text.count(all_, 'run')} {self.verb.done}"]
        if done == all_:
            parts = [f"{text.count(all_, 'run')} {self.verb.done}"]
        others: tuple[tuple[Outcome, str], ...] = (
            ("refused", "refused"),
            ("unknown", "not known"),
            ("not sent", "not sent"),
        )
        parts += [f"{text.count(n)} {words}" for outcome, words in others if (n := self.count(outcome))]
        return ", ".join(parts)

    async def _work(self) -> None:
        try:
            while self._waiting:
                await self._rest()
                if self._waiting:
                    await self._do(self._waiting.popleft())
        finally:
            self._workers -= 1
            if not self._workers and isValid(self):
                self.finished.emit()

    async def _rest(self) -> None:
        from asyncio import wait_for

        assert self._stopped
        while (seconds := self.rest_s()) > 0:
            with suppress(TimeoutError):
                await wait_for(self._stopped.wait(), seconds)

    async def _do(self, at: int) -> None:
        self._tell(at, "working")
        try:
            await self._act(self._rows[at].item.id)
        except Unknown as error:
            self._tell(at, "unknown", str(error))
        except CloudError as error:
            if not self._puts_off(at, error):
                self._tell(at, "refused", str(error))
            if isinstance(error, Removed):
                self.stop()
                self.removed.emit(error)
        except BaseException as error:  # a fault, which `Tasks` reports, or the end of the account's files
            if isValid(self):  # this must not look like work for ever
                self._tell(at, "unknown", FAULT if isinstance(error, Exception) else CLOSED)
                self.stop()
            raise
        else:
            self._rests = 0
            self._tell(at, "done")

    def _puts_off(self, at: int, error: CloudError) -> bool:
        """Whether the server only wants a rest, so that this run waits with the others; no more is sent in the end."""
        if not isinstance(error, TryLater) or error.status != HTTPStatus.TOO_MANY_REQUESTS:
            return False
        if monotonic() >= self._rests_until:  # otherwise it was on its way before the others were told
            if self._rests == RESTS:
                self.stop()
                return False
            self._rests_until = monotonic() + (error.retry_after_s or FIRST_REST_S * 2**self._rests)
            self._rests += 1
        if self._stopped and self._stopped.is_set():
            return False  # the user wants no more to be sent
        self._waiting.appendleft(at)
        self._tell(at, "waiting")
        return True

    def _tell(self, at: int, outcome: Outcome, reason: str = "") -> None:
        self._rows[at].outcome, self._rows[at].reason = outcome, reason
        self.dataChanged.emit(self.index(at, 0), self.index(at, len(TITLES) - 1))
        self.moved_on.emit()

    def _words(self, row: _Row) -> str:
        words = {
            "waiting": "Waiting",
            "working": f"{self.verb.doing}…",
            "done": self.verb.done.capitalize(),
            "refused": f"Refused: {row.reason}",
            "unknown": f"Not known: {row.reason}",
            "not sent": "Not sent",
        }
        return text.one_line(words[row.outcome])

    # Qt

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(TITLES)

    def data(self, index: Index, role: int = DISPLAY) -> object:
        row = self._rows[index.row()]
        if role == DECORATION and index.column() == 2:
            return theme.icon(*ICONS[row.outcome])
        if role == DISPLAY:
            return (text.one_line(row.item.name), str(row.item.id), self._words(row))[index.column()]
        if role == TOOL_TIP and index.column() == 2:
            return text.tooltip(row.reason)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = DISPLAY) -> object:
        return TITLES[section] if role == DISPLAY and orientation == Qt.Orientation.Horizontal else None
