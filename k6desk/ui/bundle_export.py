"""Saves runs as one file, to be kept when Grafana keeps them no longer or to be opened on another computer."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtWidgets import QWidget

from k6desk.api.errors import CloudError
from k6desk.api.models import Run
from k6desk.core.imported import origin
from k6desk.core.notices import Notice, Notices
from k6desk.core.session import Session
from k6desk.data.bundle import SUFFIX, Bundle, BundledRun
from k6desk.ui import text
from k6desk.ui.file_to_save import FileToSave

if TYPE_CHECKING:
    from k6desk.core.tasks import Tasks

TELLS_EVERY_S = 0.1
MOST_MEASURED = 10
"""Of so many runs the metrics are asked for, which are a hundred requests each; of more those that are known here."""


class _Cancelled(Exception):
    """The user does not want the file any more."""


class BundleExport:
    """Some runs on their way into one file; bound to their ids from the click on.

    `unfinished` is how many more were chosen that have not ended, which is said of the file.
    """

    def __init__(
        self, session: Session, runs: Sequence[Run], unfinished: int, notices: Notices, tasks: Tasks, window: QWidget
    ) -> None:
        self._session = session
        self._runs = list(runs)
        self._unfinished = unfinished
        self._notices = notices
        self._key = f"bundle:{self._runs[0].id}:{len(self._runs)}"
        self._cancelled = False
        self._file = FileToSave(self._key, "The bundle", notices, tasks, window)

    def ask(self) -> None:
        """Ask for a place, and save all that is kept or known of the runs there, with their scripts."""
        first, account = self._runs[0], self._session.account
        one = len(self._runs) == 1
        name = (
            f"{self._session.store.name_of(first)} {first.id}" if one else f"{len(self._runs)} runs of {account.name}"
        )
        self._file.ask("Export as bundle", name, SUFFIX, "Runs for k6desk", self._content)

    async def _content(self) -> tuple[bytes, str] | None:
        try:
            return await self._made()
        except _Cancelled:
            self._notices.clear(self._key)
            return None

    async def _made(self) -> tuple[bytes, str]:
        import asyncio  # the first picture needs none of it

        from k6desk.data.bundle_members import BundleProblem
        from k6desk.data.bundle_writer import bundle_bytes

        found = await self._collect()
        bundle = Bundle(self._stack_url(found), datetime.now(UTC), tuple(found))
        loop, told_at = asyncio.get_running_loop(), monotonic()

        def written(number: int) -> None:
            nonlocal told_at
            self._go_on()
            if monotonic() - told_at > TELLS_EVERY_S:
                told_at = monotonic()
                loop.call_soon_threadsafe(self._tell, "Packing", number)

        try:
            content = await asyncio.to_thread(bundle_bytes, bundle, written)
        except BundleProblem as problem:
            raise CloudError(str(problem)) from problem
        return content, self._remark(found)

    async def _collect(self) -> list[BundledRun]:
        found: list[BundledRun] = []
        problem = None
        for number, run in enumerate(self._runs, 1):
            self._go_on()
            self._tell("Reading", number)
            try:
                found.append(await self._whole(run.id))
            except CloudError as error:
                problem = error
        if problem and not found:
            raise problem
        return found

    async def _whole(self, run_id: int) -> BundledRun:
        session = self._session
        run = await session.commands.runs.whole(run_id)
        if len(self._runs) <= MOST_MEASURED:
            with suppress(CloudError):  # then there is what is known of them here
                await session.keeper.get_measured(run_id)
        log = session.store.log(run_id)
        return replace(run, numbers=await session.store.all_numbers(run_id), log=log.value if log else None)

    def _go_on(self) -> None:
        if self._cancelled:
            raise _Cancelled

    def _tell(self, what: str, number: int) -> None:
        if len(self._runs) > 1:
            words = f"{what} {text.count(number)} of {text.count(len(self._runs), 'run')}…"
            self._notices.show(Notice(self._key, words, "info", "Cancel", self._cancel))

    def _cancel(self) -> None:
        self._cancelled = True

    def _stack_url(self, found: Sequence[BundledRun]) -> str:
        """The stack that the runs are of; of imported ones, where they came from, if that is one stack."""
        if not self._session.account.is_imported:
            return self._session.account.stack_url
        origins = {known.stack_url for one in found if (known := origin(self._session.store, one.run.id))}
        return origins.pop() if len(origins) == 1 else ""

    def _remark(self, found: Sequence[BundledRun]) -> str:
        """What is not in the file."""
        lost = len(self._runs) - len(found)
        scripts = sum(one.script is None for one in found)
        details = sum(one.detail is None for one in found)
        metrics, logs = sum(not one.numbers for one in found), sum(one.log is None for one in found)
        if len(self._runs) == 1:
            parts_of_it = (("details", details), ("script", scripts), ("metrics", metrics), ("log", logs))
            missing = [words for words, is_missing in parts_of_it if is_missing]
            what = ", ".join(missing[:-1]) + " and " * (len(missing) > 1) + "".join(missing[-1:])
            verb = text.is_are(len(missing) + details + metrics)
            lack = f"Its {what} could not be read and {verb} not in it." if missing else ""
            return f"{lack} {self._of_unfinished()}".strip()
        parts = [
            f"{text.count(lost, 'run')} could not be read and {text.is_are(lost)} not in it." if lost else "",
            f"It is without the details of {text.count(details, 'run')}." if details else "",
            f"It is without the script of {text.count(scripts, 'run')}." if scripts else "",
            f"It is without the metrics of {text.count(metrics, 'run')}." if metrics else "",
            f"It is without the log of {text.count(logs, 'run')}." if logs else "",
            self._of_unfinished(),
        ]
        return " ".join(filter(None, parts))

    def _of_unfinished(self) -> str:
        verbs = "has not ended yet and is" if self._unfinished == 1 else "have not ended yet and are"
        return f"{text.count(self._unfinished, 'run')} {verbs} not in it." if self._unfinished else ""
