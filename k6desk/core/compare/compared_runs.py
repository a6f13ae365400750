"""Reading what a comparison shows of some runs: piece by piece, a few at a time, what was asked for last alone.

When that is done, what is looked at of runs that go on is asked for again and again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime
from functools import partial
from typing import Literal

from msgspec import Struct
from PySide6.QtCore import QObject, QTimer, Signal

from k6desk.api.errors import CloudError
from k6desk.api.models import Run, RunDetail
from k6desk.core.compare.run_comparison import CURVE_ASKS, FIGURE_ASKS, REQUEST_ASKS, request_asks
from k6desk.core.compare.watched_runs import WatchedRuns
from k6desk.core.metrics.asked import Asked, Known
from k6desk.core.scripts.comparison import line_counts
from k6desk.core.scripts.script_source import script_of
from k6desk.core.session import Session
from k6desk.core.summary.summary import LOAD
from k6desk.core.tasks import Tasks
from k6desk.data.problems import ArchiveProblem

Part = Literal["detail", "figures", "curves", "requests", "script"]
PARTS: tuple[Part, ...] = ("detail", "figures", "curves", "requests", "script")
METRICS: dict[Part, tuple[Asked, ...]] = {"figures": FIGURE_ASKS, "curves": CURVE_ASKS, "requests": REQUEST_ASKS}
AT_ONCE = 4
TELLING_MS = 80
UNREAD = "k6desk could not read a part of it, which is a fault of k6desk; F5 tries again."


class ScriptChange(Struct, frozen=True):
    """What became of the script of one run in another: lines of all files together. `problem`: why that is unknown."""

    is_same: bool = False
    files: int = 0
    added: int = 0
    removed: int = 0
    problem: str = ""


class ComparedRuns(QObject):
    """`read` replaces what was being read; `changed` tells which parts there is something new of."""

    changed = Signal(object)  # frozenset[Part]

    def __init__(self, session: Session, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._tasks = tasks
        self.run_ids: tuple[int, ...] = ()
        self.done = self.total = 0
        self._jobs: deque[tuple[int, Part, Callable[[], Awaitable[object]]]] = deque()
        self._problems: dict[int, dict[str, None]] = {}
        self._scripts: dict[tuple[str, str], ScriptChange] = {}
        self._news: set[Part] = set()
        self._looked_at: frozenset[Part] = frozenset()
        self._watched = WatchedRuns(session.store, session.numbers, self)
        self._telling = QTimer(self, singleShot=True, interval=TELLING_MS)
        self._telling.timeout.connect(self._tell)
        session.numbers.changed.connect(self._on_numbers)

    def read(self, run_ids: Sequence[int]) -> None:
        """Read these runs, the first of which is the one that the others are compared with."""
        self._cancel()
        self.run_ids = tuple(run_ids)
        self._problems = {}
        for part in PARTS:
            for run_id in self.run_ids:
                self._plan(run_id, part)
        self.done, self.total = 0, len(self._jobs)
        for _ in range(min(AT_ONCE, self.total)):
            self._tasks.spawn(self._work(), name="compare runs", owner=self)
        self._note(*PARTS)
        self._watch()

    def look_at(self, parts: Collection[Part]) -> None:
        """Keep these parts of the runs that go on up to date, and no others."""
        self._looked_at = frozenset(parts)
        self._watch()

    def stop(self) -> None:
        """Read no more."""
        self._cancel()
        self.look_at(())

    def _cancel(self) -> None:
        self._telling.stop()
        if self.done < self.total:
            self._jobs.clear()
            self._tasks.cancel(self)
            self.done = self.total

    # -- what is known -------------------------------------------------------------------------------------------------

    @property
    def is_settled(self) -> bool:
        """Whether nothing more is on its way."""
        return self.done == self.total and not self._telling.isActive()

    def can_ask(self) -> bool:
        """Whether the server can be asked now."""
        return self._session.commands.why_not_connected() is None

    def run(self, run_id: int) -> Run | None:
        """The row of a run."""
        return self._session.store.run(run_id)

    def detail(self, run_id: int) -> RunDetail | None:
        """Everything that the server said of a run."""
        stored = self._session.store.detail(run_id)
        return stored.value if stored else None

    def known(self, run_id: int) -> Known:
        """What is known of the metrics of a run."""
        return self._session.numbers.known_of(run_id)

    def problems(self, run_id: int) -> list[str]:
        """Why parts of a run are missing, each reason once."""
        return list(self._problems.get(run_id, ()))

    def has_no_metrics(self, run_id: int) -> bool:
        """Whether the server was asked for every figure of a run and has none."""
        answers = [self.known(run_id)(asked) for asked in FIGURE_ASKS]
        return all(answer is not None and not answer.series for answer in answers)

    def as_of(self, run_id: int) -> datetime | None:
        """When the oldest of the known figures of a run was asked for; None without any."""
        told = (self._session.numbers.told(run_id, asked) for asked in FIGURE_ASKS)
        return min((one.asked_at for one in told if one), default=None)

    def script_change(self, old: int, new: int) -> ScriptChange | None:
        """What became of the script of one run in another; None while that is not known."""
        digests = self._digest(old), self._digest(new)
        if not all(digests):
            return None
        return ScriptChange(is_same=True) if digests[0] == digests[1] else self._scripts.get(digests)

    # -- reading -------------------------------------------------------------------------------------------------------

    def _plan(self, run_id: int, part: Part) -> None:
        if part == "detail":
            self._jobs.append((run_id, part, lambda: self._read_detail(run_id)))
        elif part == "script":
            self._jobs.append((run_id, part, lambda: self._read_script(run_id)))
        for asked in METRICS.get(part, ()):
            self._jobs.append((run_id, part, partial(self._read_metric, run_id, asked)))

    async def _work(self) -> None:
        from asyncio import sleep

        while self._jobs:
            await sleep(0)  # what is known is there at once: the window has its turn in between
            if not self._jobs:
                return
            run_id, part, read = self._jobs.popleft()
            try:
                await read()
            except (CloudError, ArchiveProblem) as error:
                self._note_problem(run_id, str(error))
            except Exception as error:  # noqa: BLE001 - a bug, and reported as one; all else goes on
                self._note_problem(run_id, UNREAD)
                self._tasks.report(error, "compare runs")
            self.done += 1
            self._note(part)
        self._watch()

    async def _read_metric(self, run_id: int, asked: Asked) -> None:
        await self._session.numbers.get(run_id, asked)
        if asked is REQUEST_ASKS[0]:
            for by_url in request_asks(self.known(run_id)):
                if by_url not in REQUEST_ASKS:
                    await self._session.numbers.get(run_id, by_url)

    async def _read_detail(self, run_id: int) -> None:
        commands, stored = self._session.commands, self._session.store.document(run_id)
        run = self.run(run_id)
        if stored and (commands.why_not_connected() or commands.why_gone(run_id) or (run and run.is_finished)):
            return
        if why_not := commands.why_gone(run_id) or commands.why_not_connected():
            raise CloudError(why_not)
        await commands.runs.fetch(run_id)

    async def _read_script(self, run_id: int) -> None:
        """Get the script of a run, and compare it with that of the first when that is there."""
        if not self._digest(run_id):
            await script_of(self._session.store, self._session.commands, "run", run_id)
        first = self.run_ids[0]
        for other in self.run_ids[1:] if run_id == first else (run_id,):
            if other != first and self.script_change(first, other) is None:
                await self._compare_scripts(self._digest(first), self._digest(other))

    async def _compare_scripts(self, old: str, new: str) -> None:
        from asyncio import to_thread

        if old and new:
            self._scripts[old, new] = await to_thread(self._script_change, old, new)

    def _script_change(self, old: str, new: str) -> ScriptChange:
        """For any thread: what became of a kept script in another."""
        from k6desk.core.scripts.script_changes import script_changes

        one, other = self._session.store.script_by_digest(old), self._session.store.script_by_digest(new)
        if one is None or other is None:
            return ScriptChange(problem="The scripts are not on this computer any more.")
        try:
            files = [file for file in script_changes(one, other) if file.kind != "same"]
        except ArchiveProblem as error:
            return ScriptChange(problem=str(error))
        lines = [line_counts(file.old or "", file.new or "") for file in files]
        return ScriptChange(not files, len(files), sum(plus for plus, _ in lines), sum(minus for _, minus in lines))

    def _digest(self, run_id: int) -> str:
        seen = self._session.store.sighting("run", run_id)
        return seen.digest if seen else ""

    # -- what goes on --------------------------------------------------------------------------------------------------

    def _asks(self, run_id: int, part: Part) -> tuple[Asked, ...]:
        """What is kept up to date; the figures say how long the load has lasted."""
        if part == "requests":
            return request_asks(self.known(run_id))
        return (*FIGURE_ASKS, LOAD) if part == "figures" else METRICS.get(part, ())

    def _watch(self) -> None:
        wanted: dict[int, list[Asked]] = {}
        if self.done == self.total:
            for run_id in self.run_ids:
                wanted[run_id] = [asked for part in self._looked_at for asked in self._asks(run_id, part)]
        self._watched.watch(wanted)

    def _on_numbers(self, run_id: int, news: frozenset[Asked]) -> None:
        if run_id in self.run_ids and self.done == self.total:
            new = [part for part in self._looked_at if news.intersection(self._asks(run_id, part))]
            if new:
                self._note(*new)
                self._watch()

    def _note_problem(self, run_id: int, sentence: str) -> None:
        self._problems.setdefault(run_id, {})[sentence] = None

    def _note(self, *parts: Part) -> None:
        self._news.update(parts)
        if not self._telling.isActive():
            self._telling.start()

    def _tell(self) -> None:
        news, self._news = self._news, set()
        self.changed.emit(frozenset(news))
