"""When new versions are looked for, and which are told of."""

import asyncio

import pytest

from k6desk import __version__
from k6desk.api.errors import BadAnswer, NotSent, Unreachable
from k6desk.api.releases import Release
from k6desk.core import network, updates
from k6desk.core.notices import Notices
from k6desk.core.settings import Settings
from k6desk.core.updates import DAY_S, FIRST_S, KEY, LOOK_S, Updates

NOON = 1_795_262_400.5


class GitHub:
    """Answers with a release, or an error, and counts the questions."""

    def __init__(self) -> None:
        self.answer = Release("v99.2.0")
        self.questions = 0

    async def __call__(self) -> Release:
        self.questions += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class Program:
    """A program that is open, whose pauses end when the test wants it."""

    def __init__(self, folder, github, tasks, until, now=NOON) -> None:
        self.settings, self.notices = Settings(folder), Notices()
        self.opened, self.pauses, self.now = [], [], now
        self._until, self._over = until, asyncio.Semaphore(0)
        self._updates = Updates(
            self.settings, self.notices, self.opened.append, newest=github, pause=self._pause, now=lambda: self.now
        )
        self.watching = tasks.spawn(self._updates.watch(), name="watch")

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await self._over.acquire()

    async def go_on(self, times: int = 1) -> None:
        """Let pauses end, until it rests again."""
        for _ in range(times):
            before = len(self.pauses)
            self._over.release()
            await self._until(lambda before=before: len(self.pauses) > before)
            self.now += self.pauses[-1]

    @property
    def said(self) -> list[str]:
        return [notice.text for notice in self.notices.current()]

    async def close(self) -> None:
        self.watching.cancel()
        await asyncio.wait([self.watching])


@pytest.fixture(autouse=True)
def _connected(monkeypatch):
    monkeypatch.setattr(network, "is_at_hand", lambda: True)


@pytest.fixture
def github():
    return GitHub()


@pytest.fixture
async def start(tmp_path, github, tasks, until):
    """`await start()` starts the program and waits for its first pause."""
    programs = []

    async def start(now=NOON) -> Program:
        program = Program(tmp_path, github, tasks, until, now)
        programs.append(program)
        await until(lambda: program.pauses)
        return program

    yield start
    for program in programs:
        await program.close()


async def test_a_newer_version_is_told_with_the_way_to_it(start):
    program = await start()
    await program.go_on()
    assert program.said == [f"k6desk 99.2.0 is out; this is {__version__}."]
    [notice] = program.notices.current()
    assert (notice.level, notice.action) == ("info", "Show release")
    notice.on_action()
    assert program.opened == ["https://github.com/k6desk/k6desk/releases/tag/v99.2.0"]
    assert program.said == []


@pytest.mark.parametrize(
    "release",
    [
        Release(f"v{__version__}"),
        Release("v0.0.9"),
        Release("v99.2.0", draft=True),
        Release("v99.2.0", prerelease=True),
        Release("v99.2.0-rc.1"),
        Release("v99.2"),
        Release("v99.2.0/../../../../evil"),
        Release("v99.2.0\n"),
        Release("v٩٩.2.0"),
        Release(""),
    ],
)
async def test_nothing_else_is_told(start, github, release):
    github.answer = release
    program = await start()
    await program.go_on()
    assert github.questions == 1
    assert program.said == []


@pytest.mark.parametrize(
    ("theirs", "ours", "newer"), [("v0.10.0", "0.9.9", True), ("1.0.0", "0.99.99", True), ("v0.9.9", "0.10.0", False)]
)
async def test_versions_are_numbers_not_words(start, github, monkeypatch, theirs, ours, newer):
    monkeypatch.setattr(updates, "__version__", ours)
    github.answer = Release(theirs)
    program = await start()
    await program.go_on()
    assert bool(program.said) is newer


async def test_nothing_is_asked_in_the_first_minute(start, github):
    program = await start()
    assert program.pauses == [FIRST_S]
    assert github.questions == 0


async def test_it_asks_again_after_a_day_while_it_stays_open(start, github):
    program = await start()
    await program.go_on(24)
    assert github.questions == 1
    assert set(program.pauses[1:]) == {LOOK_S}
    await program.go_on()
    assert github.questions == 2
    assert len(program.said) == 1


@pytest.mark.parametrize(("later_s", "questions"), [(DAY_S - 1, 1), (DAY_S, 2), (-5, 2)])
async def test_it_asks_once_a_day_over_several_starts(start, github, later_s, questions):
    first = await start()
    await first.go_on()
    await first.close()
    again = await start(NOON + later_s)
    await again.go_on()
    assert github.questions == questions


@pytest.mark.parametrize("text", ["nonsense", "-1", "9" * 5000, "nan"])
async def test_a_damaged_note_of_the_last_time_stops_nothing(start, github, tmp_path, text):
    Settings(tmp_path).open_window_state().setValue("updates/asked", text)
    program = await start()
    await program.go_on()
    assert github.questions == 1


async def test_a_dismissed_version_is_never_told_again_but_the_next_is(start, github):
    first = await start()
    await first.go_on()
    first.notices.clear(KEY)
    await first.close()
    again = await start(NOON + DAY_S)
    await again.go_on()
    assert github.questions == 2
    assert again.said == []
    github.answer = Release("v99.3.0")
    await again.go_on(24)
    assert again.said == [f"k6desk 99.3.0 is out; this is {__version__}."]


async def test_one_that_nobody_dismissed_is_told_again_another_day(start):
    first = await start()
    await first.go_on()
    await first.close()
    again = await start(NOON + DAY_S)
    await again.go_on()
    assert len(again.said) == 1


async def test_who_does_not_want_it_is_not_told_and_nothing_is_asked(start, github):
    program = await start()
    program.settings.choose(tell_updates=False)
    await program.go_on(30)
    assert github.questions == 0
    program.settings.choose(tell_updates=True)
    await program.go_on()
    assert github.questions == 1


async def test_to_switch_it_off_is_not_to_dismiss_what_is_told(start):
    program = await start()
    await program.go_on()
    program.settings.choose(tell_updates=False)
    program.notices.clear(KEY)
    program.settings.choose(tell_updates=True)
    await program.go_on(24)
    assert program.said == [f"k6desk 99.2.0 is out; this is {__version__}."]


async def test_a_wish_that_changes_during_the_question_counts(start, github):
    program = await start()
    ask = github.__call__

    async def ask_slowly():
        program.settings.choose(tell_updates=False)
        return await ask()

    program._updates._newest = ask_slowly
    await program.go_on()
    assert program.said == []


async def test_without_a_network_it_waits_for_one(start, github, monkeypatch):
    program = await start()
    monkeypatch.setattr(network, "is_at_hand", lambda: False)
    await program.go_on(2)
    assert github.questions == 0
    monkeypatch.setattr(network, "is_at_hand", lambda: True)
    await program.go_on()
    assert github.questions == 1


@pytest.mark.parametrize(
    ("error", "questions"), [(NotSent("No address."), 3), (Unreachable("No answer."), 1), (BadAnswer("HTML."), 1)]
)
async def test_failures_are_silent_and_only_an_unasked_question_is_asked_within_the_day(
    start, github, error, questions
):
    github.answer = error
    program = await start()
    await program.go_on(3)
    assert github.questions == questions
    assert program.said == []


async def test_a_profile_that_cannot_be_written_is_not_asked_for_more_often(start, github, tmp_path):
    (tmp_path / "window.ini").mkdir()
    program = await start()
    await program.go_on(20)
    assert github.questions == 1
