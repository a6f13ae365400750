"""The runs of a list as one file, read and written in small steps so that the window never waits."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Literal

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QProgressDialog, QWidget

from k6desk.api.models import Run
from k6desk.core.store import Store
from k6desk.ui import text
from k6desk.ui.export_tables import columns_of, rows_of
from k6desk.ui.text import PlainLabel

BLOCK = 128
"""So many runs are read at once, in much less than the time of a frame."""
SHOWN_AFTER_MS = 700
WIDTH = 360

Format = Literal["csv", "json"]


class TableFile(QObject):
    """These runs in this order. A long writing shows how far it is, and can be cancelled; then there is no file."""

    def __init__(self, store: Store, ids: Sequence[int], shown: Sequence[int], window: QWidget) -> None:
        """`shown` are the columns of the window, by their places in `COLUMNS`."""
        super().__init__(window)
        self._store = store
        self._ids = ids
        self._shown = shown
        self._window = window
        self._is_cancelled = False

    def cancel(self) -> None:
        """Nothing more is read or written."""
        self._is_cancelled = True

    async def content(self, form: Format) -> tuple[bytes, str] | None:
        """The file, and a remark on what is not in it; None when it was cancelled."""
        progress = self._progress()
        try:
            made = await (self._csv(progress) if form == "csv" else self._json(progress))
        finally:
            progress.hide()
            progress.deleteLater()
        if made is None:
            return None
        content, number = made
        gone = len(self._ids) - number
        have = "has" if gone == 1 else "have"
        return content, f"{text.count(gone, 'run')} {have} been deleted meanwhile." if gone else ""

    async def _csv(self, progress: QProgressDialog) -> tuple[bytes, int] | None:
        import asyncio  # the first picture needs none of these

        from k6desk.data.export_csv import csv_bytes, csv_lines

        columns = columns_of(self._shown)
        now = datetime.now(UTC)
        file, number = io.BytesIO(), 0  # a join of so much would hold everything up
        file.write(csv_bytes([column.title for column in columns], ()))
        for runs in self._blocks(progress):
            rows = list(rows_of(runs, columns, self._store, now))
            file.write(await asyncio.to_thread(csv_lines, rows))
            number += len(runs)
        return None if self._is_cancelled else (file.getvalue(), number)

    async def _json(self, progress: QProgressDialog) -> tuple[bytes, int] | None:
        import asyncio

        from k6desk.data.export_json import BEGIN, BETWEEN, END, run_lines

        file, number = io.BytesIO(), 0
        for runs in filter(None, self._blocks(progress)):
            named = [(run, *self._store.names_of(run)) for run in runs]
            file.write(BETWEEN if number else BEGIN)
            file.write(await asyncio.to_thread(run_lines, named))
            number += len(runs)
        file.write(END if number else BEGIN + END)
        return None if self._is_cancelled else (file.getvalue(), number)

    def _blocks(self, progress: QProgressDialog) -> Iterator[list[Run]]:
        for first in range(0, len(self._ids), BLOCK):
            if self._is_cancelled:
                return
            progress.setValue(first)
            ids = self._ids[first : first + BLOCK]
            found = self._store.runs(ids)
            yield [found[run_id] for run_id in ids if run_id in found]

    def _progress(self) -> QProgressDialog:
        progress = QProgressDialog("", "Cancel", 0, len(self._ids), self._window)
        progress.setWindowTitle("Export table")
        progress.setMinimumWidth(WIDTH)
        progress.setLabel(PlainLabel(f"Writing {text.count(len(self._ids), 'run')}…"))
        progress.setMinimumDuration(SHOWN_AFTER_MS)
        progress.setAutoReset(False)
        progress.canceled.connect(self.cancel)
        return progress
