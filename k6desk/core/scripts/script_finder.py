"""Finds text in the kept scripts, and keeps the index in step with the library: in a thread of its own, politely."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct
from PySide6.QtCore import QObject, Signal

from k6desk.core.scripts.script_texts import texts_of
from k6desk.core.writer import Writer
from k6desk.data.matcher import BadPattern, Sought
from k6desk.data.script_search import FoundText, Place, ScriptSearch
from k6desk.data.scripts import Usage
from k6desk.data.text_lines import Line

if TYPE_CHECKING:
    from k6desk.core.store import Store
    from k6desk.core.tasks import Tasks

T = TypeVar("T")
AT_ONCE = 100
LOOK = 500
STEP = 8
STEP_BYTES = 256 * 1024
REST_S = 0.005
CLOSING_S = 0.5
NEVER = datetime.min.replace(tzinfo=UTC)


class FoundFile(Struct, frozen=True):
    """A text that was found, once, however many scripts hold it: `digest` and `member` name it in the newest of these.

    `runs` ran it, the newest of them `newest_run`; `is_of_test`: it was the script of a load test itself. `has_more`:
    it was used by more than these. `other_tests` is how many more tests used it, `last_at` when it was last seen.
    """

    digest: str
    member: str
    lines: tuple[Line, ...]
    newest_run: int | None = None
    runs: int = 0
    is_of_test: bool = False
    has_more: bool = False
    other_tests: int = 0
    last_at: datetime | None = None


class FoundTest(Struct, frozen=True):
    """A load test and what was found in its scripts; the id is 0 where it is not known."""

    id: int
    name: str
    files: tuple[FoundFile, ...]


class Finding(Struct, frozen=True):
    """What a search found, the newest first. `has_more`: it stopped at the most lines that are shown.

    `problem` says in a sentence why not everything was searched; `took_s` is what the search itself took.
    """

    tests: tuple[FoundTest, ...] = ()
    has_more: bool = False
    problem: str | None = None
    took_s: float = 0.0

    @property
    def files(self) -> int:
        """In how many files something was found."""
        return sum(len(test.files) for test in self.tests)

    @property
    def lines(self) -> int:
        """How many lines were found."""
        return sum(len(file.lines) for test in self.tests for file in test.files)


class ScriptFinder(QObject):
    """The search of one account. Its file can be lost: it is then made again from the library."""

    progress = Signal(int, int)  # how many scripts can be found, and how many there are
    problem_found = Signal(str)  # one sentence

    def __init__(self, store: Store, path: Path | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._path = path
        self._thread: Writer | None = None
        self._search: ScriptSearch | None = None
        self._tasks: Tasks | None = None
        self._problem: str | None = None
        self._asked = 0
        self._must_compare = False
        self._is_at_work = False
        self._known: set[str] = set()
        self._waiting: list[str] = []  # what is to be indexed, from the end

    def start(self, tasks: Tasks) -> None:
        """Keep the index in step from now on; nothing happens before the store itself has read its files."""
        if self._tasks:
            return
        self._tasks = tasks
        self._store.indexed.connect(self._follow_all)
        self._store.scripts_changed.connect(self._follow)
        self._follow_all()

    @property
    def indexed(self) -> int:
        """How many scripts can be found."""
        return len(self._known)

    @property
    def total(self) -> int:
        """How many there are, as far as that is known yet."""
        return len(self._known) + len(self._waiting)

    @property
    def is_in_step(self) -> bool:
        """Whether every kept script can be found."""
        return self._store.is_indexed and not (self._must_compare or self._waiting or self._is_at_work)

    async def find(self, query: Sought) -> Finding | None:
        """Search; None if another search began meanwhile. Raises `BadPattern`."""
        self._asked += 1
        asked = self._asked

        def find() -> tuple[list[FoundText], bool, str | None, float]:
            if asked != self._asked:
                return [], False, None, 0.0
            began = perf_counter()
            found = self._searched().find(query, lambda: self._asked == asked)
            took = perf_counter() - began
            self._searched().repair()
            return list(found.texts), found.has_more, found.problem, took

        try:
            texts, has_more, problem, took = await self._in_thread(find)
        except BadPattern:
            if asked != self._asked:
                return None
            raise
        self._tell_problem()
        if asked != self._asked:
            return None
        tests = await self._by_test(texts)
        return Finding(tests, has_more, problem, took) if asked == self._asked else None

    def give_up(self) -> None:
        """Nobody wants any more what is being searched for."""
        self._asked += 1

    async def lines_near(self, digest: str, member: str, number: int, around: int) -> tuple[Line, ...]:
        """A line that was found, by its number, and so many before and after it."""
        return await self._in_thread(lambda: self._searched().lines_near(Place(digest, member), number, around))

    def close(self) -> None:
        """Give up what is under way and close the file."""
        self.give_up()
        if not self._thread:
            return
        if not self._thread.close(CLOSING_S, drop=True):
            if self._search:
                self._search.interrupt()
            if not self._thread.close(CLOSING_S, drop=True):
                return  # a disk that does not answer; the end of the program closes the file
        if self._search:
            self._search.close()

    async def _in_thread(self, work: Callable[[], T]) -> T:
        if self._thread is None:
            self._thread = Writer("k6desk search")
        return await self._thread.do(work)

    def _searched(self) -> ScriptSearch:
        """For the thread of the search alone: the file, opened when it is first needed."""
        if self._search is None:
            self._search = ScriptSearch(self._path)
            self._search.check()
        return self._search

    # -- keeping in step -----------------------------------------------------------------------------------------------

    def _follow_all(self) -> None:
        self._must_compare = True
        self._go_on()

    def _follow(self, digest: str) -> None:
        if digest not in self._known and digest not in self._waiting:
            self._waiting.append(digest)
            self._go_on()

    def _go_on(self) -> None:
        if self._tasks and self._store.is_indexed and not self._is_at_work:
            self._is_at_work = True
            self._tasks.spawn(self._keep_in_step(), name="index the scripts", owner=self)

    async def _keep_in_step(self) -> None:
        try:
            while self._must_compare or self._waiting:
                if self._must_compare:
                    await self._compare()
                else:
                    self._known |= await self._in_thread(self._index_some)
                    self._tell_problem()
                    await asyncio.sleep(REST_S)
                self.progress.emit(self.indexed, self.total)
        finally:
            self._is_at_work = False
        self.progress.emit(self.indexed, self.total)

    async def _compare(self) -> None:
        """Find out what the index lacks, the newest last: what is indexed last is found first."""
        self._must_compare = False
        known = await self._in_thread(lambda: self._searched().indexed())
        self._tell_problem()
        kept = self._store.script_digests()
        if gone := known - kept:
            await self._in_thread(lambda: self._searched().remove(gone))
        self._known = known & kept
        missing = list(kept - known)
        newest: dict[str, datetime] = {}
        for at in range(0, len(missing), LOOK):
            newest |= {usage.digest: usage.last_at for usage in self._store.usages(missing[at : at + LOOK])}
            await asyncio.sleep(0)
        self._waiting = sorted(missing, key=lambda digest: newest.get(digest, NEVER), reverse=True)

    def _index_some(self) -> set[str]:
        """For the thread of the search: take a few that wait from the end, a large one by itself, and index them."""
        texts: dict[str, list[tuple[str, str]]] = {}
        size = 0
        while self._waiting and len(texts) < STEP and size < STEP_BYTES:
            digest = self._waiting.pop()
            if script := self._store.script_by_digest(digest):
                texts[digest] = texts_of(script)
                size += len(script.content)
        self._searched().add(texts)
        return set(texts)

    def _tell_problem(self) -> None:
        """A damaged file was begun anew, or the disk is full: say so once, and index what is missing now."""
        problem = self._search.problem if self._search else None
        if problem and problem != self._problem:
            self._problem = problem
            self.problem_found.emit(problem)
            self._follow_all()

    # -- what was found ------------------------------------------------------------------------------------------------

    async def _by_test(self, texts: Sequence[FoundText]) -> tuple[FoundTest, ...]:
        tests: dict[int, list[FoundFile]] = {}
        names: dict[int, str] = {}
        for at in range(0, len(texts), AT_ONCE):
            some = texts[at : at + AT_ONCE]
            usages: dict[str, list[Usage]] = {}
            for usage in self._store.usages({place.digest for text in some for place in text.places}):
                usages.setdefault(usage.digest, []).append(usage)
            for text in some:
                used = [usage for digest in {place.digest for place in text.places} for usage in usages.get(digest, ())]
                used.sort(key=lambda usage: usage.last_at, reverse=True)
                test_id = used[0].test_id if used else 0
                names.setdefault(test_id, used[0].test_name if used else "")
                tests.setdefault(test_id, []).append(_found_file(text, used))
            await asyncio.sleep(0)  # the window goes on
        return tuple(FoundTest(id_, self._name(id_, names[id_]), tuple(files)) for id_, files in tests.items())

    def _name(self, test_id: int, seen_as: str) -> str:
        test = self._store.test(test_id)
        return test.name if test else seen_as


def _found_file(text: FoundText, used: list[Usage]) -> FoundFile:
    runs = [usage for usage in used if usage.kind == "run"]
    return FoundFile(
        digest=text.places[0].digest,
        member=text.places[0].member,
        lines=text.lines,
        newest_run=runs[0].id if runs else None,
        runs=sum(usage.count for usage in runs),
        is_of_test=any(usage.kind == "test" for usage in used),
        has_more=bool(text.more_places),
        other_tests=max(0, len({usage.test_id for usage in used}) - 1),
        last_at=used[0].last_at if used else None,
    )
