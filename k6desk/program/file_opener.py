"""Opens the files that the user named, chose or dropped: runs go into their own account, scripts into a window."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

from k6desk.api.models import Script
from k6desk.core.imported import Outcome, take_in
from k6desk.core.notices import Notice, Notices
from k6desk.core.place import Place
from k6desk.core.session import Session
from k6desk.data.bundle import SUFFIX, Bundle
from k6desk.ui import text

NOT_SAVED = "This computer’s disk cannot keep what is new: k6desk forgets the runs of the file when you quit."
READING = "open a file"
OTHER = "number belongs to a run of another stack"


class FileOpener:
    """`show_imported` shows the account of runs from files, `show_script` a script under a title."""

    def __init__(
        self,
        notices: Notices,
        show_imported: Callable[[], Awaitable[Session]],
        show_script: Callable[[Script, str], object],
        go: Callable[[Place], object],
    ) -> None:
        self._notices = notices
        self._show_imported = show_imported
        self._show_script = show_script
        self._go = go

    async def open(self, paths: Sequence[Path]) -> bool:
        """Open files; whether the account of runs from files is shown now. What cannot be opened is said."""
        first = None
        for path in paths:
            if path.suffix.lower() == SUFFIX:
                found = await self._open_bundle(path)
                first = first or found
            else:
                await self._open_script(path)
        if first:
            self._go(Place("run", first))
        return first is not None

    async def _open_bundle(self, path: Path) -> int | None:
        """Take in the runs of a file; the id of the first."""
        from k6desk.data.bundle_members import BundleProblem
        from k6desk.data.bundle_reader import read_bundle

        self._notices.show(Notice(READING, f"Reading {_name(path)}…"))
        try:
            bundle = await asyncio.to_thread(read_bundle, path)
            session = await self._show_imported()
            outcomes = await take_in(bundle, session.store, self._progress(path, bundle))
        except BundleProblem as problem:
            self._refuse(path, str(problem))
            return None
        finally:
            self._notices.clear(READING)
        self._notices.show(_told(path, outcomes))
        if not session.store.is_saved:
            self._notices.show(Notice(f"lost:{path}", NOT_SAVED, "warning"))
        return bundle.runs[0].run.id

    def _progress(self, path: Path, bundle: Bundle) -> Callable[[int], object]:
        loop, total = asyncio.get_running_loop(), len(bundle.runs)

        def tell(done: int) -> None:
            words = f"Taking in {text.count(done)} of {text.count(total, 'run')} of {_name(path)}…"
            self._notices.show(Notice(READING, words))

        def done(number: int) -> None:
            if total > 1:
                loop.call_soon_threadsafe(tell, number)

        return done

    async def _open_script(self, path: Path) -> None:
        from k6desk.core.scripts.script_choice import ChoiceProblem, read_choice

        try:
            choice = await asyncio.to_thread(read_choice, path)
        except ChoiceProblem as problem:
            self._refuse(path, str(problem))
        else:
            self._show_script(choice.script, choice.file_name)

    def _refuse(self, path: Path, why: str) -> None:
        self._notices.show(Notice(f"open:{path}", f"{_name(path)} was not opened. {why}", "error"))


def _name(path: Path) -> str:
    return text.one_line(path.name, 80)


def _told(path: Path, outcomes: Mapping[int, Outcome]) -> Notice:
    """What became of the runs of a file."""
    many = Counter(outcomes.values())
    kinds: tuple[tuple[Outcome, str, str], ...] = (
        ("new", "is here now", "are here now"),
        ("newer", "was brought up to date", "were brought up to date"),
        ("same", "was here already", "were here already"),
        ("older", "is older than what is here, which stays", "are older than what is here, which stays"),
        ("other", f"was left out: here its {OTHER}", f"were left out: here their {OTHER}"),
    )
    said = [f"{text.count(many[one], 'run')} {is_ if many[one] == 1 else are}." for one, is_, are in kinds if many[one]]
    words, other = f"{_name(path)}: {' '.join(said)}", many["other"]
    return Notice(f"open:{path}", words, "warning" if other else "success", passing=not other)
