"""What runs measured, as it was asked for: answers of the metrics, logs, and how many checks failed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from k6desk.core.delta import Delta
from k6desk.core.intake import Intake
from k6desk.data.run_numbers import told_of
from k6desk.data.stored import Stored

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from k6desk.api.metrics import Answer
    from k6desk.core.metrics.asked import Asked
    from k6desk.data.cache import Cache
    from k6desk.data.library import Library

NUMBERS = "numbers "
"""What the documents of a kept run are called that are answers of its metrics: this, and what was asked."""
LOG = "log"


class Measurements(Intake):
    """Documents by run and what was asked. Of a run that is kept they are in the library, too."""

    def __init__(self, cache: Cache, library: Library, parent: QObject | None = None) -> None:
        super().__init__(cache, library, parent)
        self._failed_checks: dict[int, int] = {}

    async def put_numbers(self, run_id: int, documents: Mapping[str, bytes]) -> None:
        """Keep what the server answered, each under what was asked."""
        now = datetime.now(UTC)
        await self._write(self._cache, lambda: self._cache.numbers.put(run_id, documents, now))
        await self._keep_documents(run_id, {NUMBERS + asked: content for asked, content in documents.items()}, now)

    def numbers(self, run_id: int, asked: str) -> bytes | None:
        """What the server answered; None if that was never asked."""
        known = self._cache.numbers.document(run_id, asked)
        if known is None and run_id in self._kept and (kept := self._library.kept.document(run_id, NUMBERS + asked)):
            return kept.value
        return known

    def numbers_asked(self, run_id: int) -> frozenset[str]:
        """What was ever asked, and answered."""
        kept = self._library.kept.document_names(run_id) if run_id in self._kept else ()
        of_kept = (name.removeprefix(NUMBERS) for name in kept if name.startswith(NUMBERS))
        return frozenset((*self._cache.numbers.asked(run_id), *of_kept))

    async def all_numbers(self, run_id: int) -> dict[str, bytes]:
        """All that the server answered of the metrics of a run, by what was asked."""
        documents = await self._write(self._cache, partial(self._measured_documents, run_id))
        return {
            name.removeprefix(NUMBERS): stored.value for name, stored in documents.items() if name.startswith(NUMBERS)
        }

    async def put_log(self, run_id: int, content: bytes) -> None:
        """Keep what was read of a run's log."""
        now = datetime.now(UTC)
        await self._write(self._cache, lambda: self._cache.put_log(run_id, content, now))
        await self._keep_documents(run_id, {LOG: content}, now)

    def log(self, run_id: int) -> Stored[bytes] | None:
        """What was read of a run's log, and when; None if that was never asked for."""
        known = self._cache.log(run_id)
        return known or (self._library.kept.document(run_id, LOG) if run_id in self._kept else None)

    async def put_failed_checks(self, counts: Mapping[int, int]) -> None:
        """Note how many checks failed in finished runs."""
        news = await self._write(self._cache, lambda: self._cache.numbers.put_failed_checks(counts))
        if news:
            self._failed_checks.update({run_id: counts[run_id] for run_id in news})
            self.changed.emit(Delta(changed=frozenset(news)))

    def failed_checks(self, run_id: int) -> int | None:
        """How many checks failed in a finished run; None while that is not known."""
        return self._failed_checks.get(run_id)

    async def _load_kept(self) -> None:
        await super()._load_kept()
        self._failed_checks = await self._write(self._library, self._count_failed_checks)

    def _count_failed_checks(self) -> dict[int, int]:
        """What the server said, and what the metrics of kept runs tell, as of those that came with a file."""
        from k6desk.core.metrics.checks import checks_of  # the first picture needs none of it

        counts = self._cache.numbers.failed_checks()
        for run_id in self._library.kept.ids() - counts.keys():

            def known(asked: Asked, run_id: int = run_id) -> Answer | None:
                kept = self._library.kept.document(run_id, NUMBERS + asked.key)
                told = told_of(kept.value) if kept else None
                return told.answer if told else None

            if (checks := checks_of(known)) is not None:
                counts[run_id] = sum(check.fails for check in checks)
        return counts

    def _measured_documents(self, run_id: int) -> dict[str, Stored[bytes]]:
        """For a writing thread, since they may be large: what is known of a run's measurements, as of a kept run."""
        kept = self._library.kept.documents(run_id) if run_id in self._kept else {}
        documents = {name: stored for name, stored in kept.items() if name == LOG or name.startswith(NUMBERS)}
        documents |= {NUMBERS + asked: stored for asked, stored in self._cache.numbers.all(run_id).items()}
        if log := self._cache.log(run_id):
            documents[LOG] = log
        return documents

    async def _keep_measured(self, run_id: int) -> None:
        """Keep with a run, which is kept since this moment, what it measured."""
        documents = await self._write(self._cache, partial(self._measured_documents, run_id))
        await self._write(self._library, partial(self._library.kept.put_documents, run_id, documents))

    async def _keep_documents(self, run_id: int, documents: Mapping[str, bytes], now: datetime) -> None:
        await self._know_kept()
        if run_id in self._kept:
            stored = {name: Stored(content, now) for name, content in documents.items()}
            await self._write(self._library, partial(self._library.kept.put_documents, run_id, stored))
