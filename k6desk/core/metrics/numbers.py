"""The metrics of runs: what is asked of the server, and how often.

What somebody looks at is asked for, and while the run goes on asked again: curves only from where they end, everything
else as a whole. Curves that are there but not in sight are asked for less often. An answer that was asked for after the
run had ended is final and never asked for again.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from k6desk.api.cloud import Cloud
from k6desk.api.errors import CloudError, NotFound
from k6desk.api.metrics import RUN_LABEL, Answer, Metric, Query, Series
from k6desk.api.models import Run
from k6desk.core.bell import Bell
from k6desk.core.connection import Connection, NotNow, is_final
from k6desk.core.metrics.answers import Answers
from k6desk.core.metrics.asked import Asked, Known, by_labels
from k6desk.core.metrics.asking_times import AskingTimes, Key
from k6desk.core.metrics.curves import joined, newest, step_for
from k6desk.core.metrics.settled import is_settled
from k6desk.core.store import Store
from k6desk.data.run_numbers import METRICS, Told

if TYPE_CHECKING:
    from asyncio import Task

    from k6desk.core.tasks import Tasks

T = TypeVar("T")

CURVES_S = 5.0
VALUES_S = 15.0
METRICS_S = 30.0
AGAIN_S, SOON_S = 60.0, 20.0
"""After which is asked again: after a no, and after any other failure of the part of the server that has metrics."""
SAVED_S = 60.0
HIDDEN_FACTOR = 6.0
OVERLAP_STEPS = 5
"""The newest samples of a curve may still have grown since they were asked for."""
AT_ONCE = 6
TOGETHER_S = 1.0
"""What is due within this time of something else is asked for with it, told with it and drawn with it."""
TELLING_MS = 150
WAITING = frozenset({"created", "queued", "initializing"})


class Numbers(QObject):
    """What runs measured, as far as it is known. Works without a server, too: then nothing is asked."""

    changed = Signal(object, object)  # run id, frozenset[Asked]: answers that are new, or problems that are
    metrics_changed = Signal(object)  # run id: the list of its metrics is another

    def __init__(self, store: Store, connection: Connection, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._connection = connection
        self._cloud: Cloud | None = None
        self._tasks: Tasks | None = None
        self._answers = Answers(store)
        self._watched: dict[QObject, tuple[int | None, dict[Asked, bool]]] = {}  # whether it is in sight
        self._labels: dict[tuple[int, str], tuple[str, ...]] = {}
        self._problems: dict[Key, str] = {}
        self._times = AskingTimes()
        self._running: set[Key] = set()
        self._news: dict[int, set[Asked]] = {}
        self._saved_at = 0.0
        self._is_hidden = False
        self._bell = Bell()
        self._telling = QTimer(self, singleShot=True, interval=TELLING_MS)
        self._telling.timeout.connect(self._tell)
        connection.changed.connect(self._bell.ring)
        store.run_ended.connect(self._on_ended)

    def go_live(self, cloud: Cloud, tasks: Tasks) -> None:
        """There is a server to ask."""
        self._cloud, self._tasks = cloud, tasks
        tasks.spawn(self._keep_on(), name="ask for metrics", key=f"metrics:{id(self)}", owner=self)

    def stop(self) -> list[Task[Any]]:
        """Ask nothing any more; the tasks that are ending."""
        self._telling.stop()
        return self._tasks.cancel(self) if self._tasks else []

    def set_hidden(self, hidden: bool) -> None:
        """Whether nobody can see the window: then the server is asked less often."""
        self._is_hidden = hidden
        self._bell.ring()

    def watch(
        self, owner: QObject, run_id: int | None, wanted: Collection[Asked], unseen: Collection[Asked] = ()
    ) -> None:
        """Somebody looks at these metrics of a run now, instead of at those he looked at before; None = at nothing.

        `unseen` are those of them that are there but not in sight.
        """
        if owner not in self._watched:
            owner.destroyed.connect(lambda: self._watched.pop(owner, None))
        self._watched[owner] = run_id, {asked: asked not in unseen for asked in wanted}
        self._bell.ring()

    # -- what is known -------------------------------------------------------------------------------------------------

    def told(self, run_id: int, asked: Asked) -> Told | None:
        """What the server said to this, and when; None if it was never asked or refused. Cheap."""
        return self._answers.told(run_id, asked)

    def is_final(self, run_id: int, asked: Asked) -> bool:
        """Whether what is known is all that will be."""
        told = self._answers.told(run_id, asked)
        return told is not None and told.is_final

    def known_of(self, run_id: int) -> Known:
        """The answers of one run, as pure functions take them."""

        def known(asked: Asked) -> Answer | None:
            told = self._answers.told(run_id, asked)
            return told.answer if told else None

        return known

    def metrics(self, run_id: int) -> tuple[Metric, ...] | None:
        """The metrics that a run has samples of; None while that is not known."""
        known = self._answers.metrics(run_id)
        return known[0] if known else None

    def problem(self, run_id: int, asked: Asked) -> str:
        """Why there is no newer answer, in one sentence; "" when nothing is wrong."""
        return self._problems.get((run_id, asked)) or self._problems.get((run_id, METRICS), "")

    def forget_problems(self) -> None:
        """Ask at once for what the server gave no answer to."""
        for key in self._times.forget_pauses():
            self._note_problem(key, "")
        self._bell.ring()

    def is_asking(self, run_id: int) -> bool:
        """Whether the server can be asked now, and may have more to say of a run."""
        run = self._store.run(run_id)
        can_ask = self._cloud is not None and not self._connection.wait_s
        return can_ask and run is not None and self._can_tell_more(run)

    def is_waiting(self, run_id: int) -> bool:
        """Whether something that is looked at was not answered yet, and is going to be."""
        return self.is_asking(run_id) and any(
            self.told(run_id, one) is None and not self.problem(run_id, one) for one in self._wanted(run_id)
        )

    # -- asked for once ------------------------------------------------------------------------------------------------

    async def labels(self, run_id: int, metric: str) -> tuple[str, ...]:
        """The labels that the samples of a metric have. Raises `CloudError`."""
        key = run_id, metric
        if not self._labels.get(key):  # there may be some as soon as there are samples
            self._labels[key] = await self._ask(lambda cloud: cloud.metric_labels(run_id, metric))
        return self._labels[key]

    async def get(self, run_id: int, asked: Asked) -> Answer:
        """The final answer if it is known, or else what the server says now. Raises `CloudError`."""
        told = self.told(run_id, asked)
        if told and (told.is_final or self._cloud is None or self._connection.wait_s):
            return told.answer
        if run := self._store.run(run_id):
            await self.ask_for(run, asked)
        told = self.told(run_id, asked)
        if told is None:
            raise CloudError(self.problem(run_id, asked) or "This run is not known here.")
        return told.answer

    async def over_runs(self, test_id: int, query: Query, run_ids: Sequence[int]) -> dict[int, float]:
        """One figure of several runs of a test; runs without such data are left out. Raises `CloudError`."""
        asked = Asked(query)
        missing = [run_id for run_id in run_ids if not self.is_final(run_id, asked)]
        if missing and self._cloud and not self._connection.wait_s:
            asked_at = datetime.now(UTC)
            answer: Answer = await self._ask(lambda cloud: cloud.totals_of_runs(test_id, query, missing))
            by_run: dict[str, list[Series]] = {}
            for series in answer.series:
                by_run.setdefault(series.labels.get(RUN_LABEL, ""), []).append(series)
            for run_id, run in self._store.runs(missing).items():
                self._take_in(run, asked, Answer(tuple(by_run.get(str(run_id), ()))), asked_at)
        answers = {run_id: self.known_of(run_id)(asked) for run_id in run_ids}
        return {run_id: value for run_id, answer in answers.items() for value in by_labels(answer).values()}

    # -- asking --------------------------------------------------------------------------------------------------------

    async def _keep_on(self) -> None:
        """For ever: ask for what is looked at as it becomes due, a few things at a time, and rest while nothing is."""
        while True:
            if wait_s := self._connection.wait_s:
                await self._bell.wait(min(wait_s, AGAIN_S))
                continue
            waits = self._waits()
            next_s = min(waits.values(), default=None)
            is_due = next_s is not None and next_s <= 0
            if is_due:
                due = [key for key, wait_s in waits.items() if wait_s <= TOGETHER_S]
                for key in sorted(due, key=waits.__getitem__)[: AT_ONCE - len(self._running)]:
                    self._begin(key)
            await self._bell.wait(None if is_due else next_s)  # it rings when there is an answer

    def _begin(self, key: Key) -> None:
        self._running.add(key)
        self._times.begin(key)
        assert self._tasks
        self._tasks.spawn(self._step(key), name="ask for a metric", owner=self)

    async def _step(self, key: Key) -> None:
        run_id, one = key
        try:
            if run := self._store.run(run_id):
                await (self.ask_for(run, one) if isinstance(one, Asked) else self.ask_for_metrics(run))
        except CloudError:
            pass  # the connection has noted it and says when to try again
        except Exception:
            self._times.pause(key, SOON_S)
            raise  # a bug, and reported as one; all else goes on
        finally:
            self._running.discard(key)
            self._bell.ring()

    def _waits(self) -> dict[Key, float]:
        """What is looked at, not final and not under way, and in how many seconds it is to be asked for."""
        waits: dict[Key, float] = {}
        ids = {run_id for run_id, _ in self._watched.values() if run_id is not None}
        for run_id, run in self._store.runs(list(ids)).items():
            wanted = self._wanted(run_id)
            for one in self._open_questions(run, wanted) if self._can_tell_more(run) else ():
                if (run_id, one) not in self._running:
                    waits[run_id, one] = self._times.wait_s((run_id, one), self._period_s(one, wanted))
        return waits

    def _open_questions(self, run: Run, wanted: Collection[Asked]) -> list[Asked | str]:
        metrics = self._answers.metrics(run.id)
        if metrics is None and not self._times.has_asked((run.id, METRICS)):
            return [METRICS]  # which metrics there are decides what else is asked
        found: list[Asked | str] = [] if metrics and metrics[1] else [METRICS]
        return found + [one for one in wanted if not self.is_final(run.id, one)]

    def _can_tell_more(self, run: Run) -> bool:
        """Whether the server has samples of a run: its load has begun, and it was not deleted there."""
        kept = self._store.kept(run.id)
        return run.status not in WAITING and not (kept and kept.gone_at)

    def _wanted(self, run_id: int) -> dict[Asked, bool]:
        """What is looked at, and whether anybody has it in sight."""
        found: dict[Asked, bool] = {}
        for watched, wanted in self._watched.values():
            if watched == run_id:
                for asked, is_seen in wanted.items():
                    found[asked] = is_seen or found.get(asked, False)
        return found

    def _period_s(self, one: Asked | str, wanted: Mapping[Asked, bool]) -> float:
        period_s = METRICS_S
        if isinstance(one, Asked):
            period_s = CURVES_S if one.over_time and wanted[one] else VALUES_S
        return period_s * (HIDDEN_FACTOR if self._is_hidden else 1)

    async def ask_for(self, run: Run, asked: Asked) -> None:
        """Ask for one thing, and take in what is said, also a no. Raises `CloudError` when nothing is."""
        asked_at = datetime.now(UTC)
        step_s = step_for(run, asked_at)
        told = self.told(run.id, asked) if asked.over_time and not run.is_finished else None
        end_s = newest(told.answer) if told else None
        start = None if end_s is None else datetime.fromtimestamp(end_s - OVERLAP_STEPS * step_s, UTC)

        def request(cloud: Cloud) -> Awaitable[Answer]:
            if asked.over_time:
                return cloud.curve(run.id, asked.query, step_s, start)
            return cloud.total(run.id, asked.query)

        answer = await self._said(run.id, asked, request, nothing=Answer())
        if answer is not None:
            whole = joined(told.answer, answer, start.timestamp()) if told and start else answer
            self._take_in(run, asked, whole, asked_at)

    async def ask_for_metrics(self, run: Run) -> None:
        """Ask which metrics a run has. Raises `CloudError` when the server cannot be asked."""
        asked_at = datetime.now(UTC)
        found = await self._said(run.id, METRICS, lambda cloud: cloud.metrics(run.id))
        if found is None:
            return
        was, is_final = self.metrics(run.id), is_settled(run, asked_at)
        document = self._answers.put_metrics(run.id, (found, is_final))
        if found != was or is_final:
            self._save(run.id, document)
        if found != was:
            self.metrics_changed.emit(run.id)

    async def _said(
        self, run_id: int, one: Asked | str, request: Callable[[Cloud], Awaitable[T]], nothing: T | None = None
    ) -> T | None:
        """What the server says, or `nothing` if it finds none; None for a no, which is noted.

        Raises `CloudError` when it cannot be asked.
        """
        key = run_id, one
        self._times.begin(key)
        try:
            answer = await self._ask(request)
        except NotFound as error:
            self._note_problem(key, str(error) if nothing is None else "")
            return nothing
        except CloudError as error:
            self._note_problem(key, str(error))
            if isinstance(error, NotNow) or self._connection.wait_s:
                self._times.forget(key)
                raise
            self._times.pause(key, AGAIN_S if is_final(error) else SOON_S)
            return None
        self._times.answered(key)
        self._note_problem(key, "")
        return answer

    async def _ask(self, request: Callable[[Cloud], Awaitable[T]]) -> T:
        """What the server says. Raises `CloudError` for a no, too."""
        cloud = self._cloud
        if cloud is None:
            raise NotNow(self._connection.reason or "k6desk is offline, so the server cannot be asked.")
        answer = await self._connection.ask_aside(partial(request, cloud))
        if isinstance(answer, CloudError):
            raise answer
        return answer

    # -- taking in -----------------------------------------------------------------------------------------------------

    def _take_in(self, run: Run, asked: Asked, answer: Answer, asked_at: datetime) -> None:
        before = self.told(run.id, asked)
        if before and before.answer.series and not answer.series:
            answer = before.answer  # what was deleted there, or has no samples any more, stays known here
        told = Told(answer, asked_at, is_settled(run, asked_at))
        self._answers.put(run.id, asked, told)
        if before is None or before.answer != answer or told.is_final:
            self._announce(run.id, asked)

    def _note_problem(self, key: Key, sentence: str) -> None:
        run_id, one = key
        before = self._problems.pop(key, "")
        if sentence:
            self._problems[key] = sentence
        if before != sentence:
            for asked in [one] if isinstance(one, Asked) else self._wanted(run_id):
                self._announce(run_id, asked)

    def _announce(self, run_id: int, asked: Asked) -> None:
        """Many answers come in soon after each other: they are told together."""
        self._news.setdefault(run_id, set()).add(asked)
        if not self._telling.isActive():
            self._telling.start()

    def _tell(self) -> None:
        news, self._news = self._news, {}
        is_time = time.monotonic() - self._saved_at > SAVED_S
        for run_id, documents in self._answers.unsaved(only_final=not is_time).items():
            self._save(run_id, documents)
        if is_time:
            self._saved_at = time.monotonic()
            self._forget_others()
        for run_id, asked in news.items():
            self.changed.emit(run_id, frozenset(asked))

    def flush(self) -> None:
        """Write what was answered, and tell of it, now."""
        self._telling.stop()
        self._tell()

    def _forget_others(self) -> None:
        """What is not at hand any more of runs that were looked at long ago."""
        run_ids = self._answers.run_ids
        self._times.keep_only(run_ids)
        self._problems = {key: words for key, words in self._problems.items() if key[0] in run_ids}
        self._labels = {key: names for key, names in self._labels.items() if key[0] in run_ids}

    def _save(self, run_id: int, documents: dict[str, bytes]) -> None:
        if self._tasks:
            self._tasks.spawn(self._store.put_numbers(run_id, documents), name="keep metrics")

    def _on_ended(self, _run: Run) -> None:
        self._bell.ring()
