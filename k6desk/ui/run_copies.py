"""Saves a copy of a run, to be kept when Grafana keeps it no longer."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from k6desk.api.errors import CloudError
from k6desk.api.models import Run, Script
from k6desk.core.notices import Notice, Notices
from k6desk.core.session import Session
from k6desk.data.files import safe_name, write_atomically

if TYPE_CHECKING:
    from k6desk.core.tasks import Tasks


class RunCopies:
    """All that the server says of a run goes into one JSON file, and its script beside it if it was ever loaded."""

    def __init__(self, notices: Notices, window: QWidget) -> None:
        self._notices = notices
        self._window = window

    def save(self, session: Session, run: Run, tasks: Tasks) -> None:
        """Ask where the copy is to be, and write it."""
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)
        dialog = QFileDialog(self._window, "Save a copy of the run", folder or str(Path.home()))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter("JSON (*.json)")
        dialog.setDefaultSuffix("json")
        dialog.selectFile(safe_name(f"{session.store.name_of(run)} {run.id}", ".json"))
        dialog.fileSelected.connect(
            lambda chosen: tasks.spawn(
                self._write(session, run.id, Path(chosen)), name="save a copy of a run", key=f"copy:{run.id}"
            )
        )
        dialog.open()

    async def _write(self, session: Session, run_id: int, path: Path) -> None:
        import asyncio  # the first picture needs none of it

        key = f"copy:{run_id}"
        try:
            content, script = await session.commands.runs.copy(run_id)
            await asyncio.to_thread(_write_all, path, content, script)
        except (CloudError, OSError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            self._notices.show(Notice(key, f"The copy was not saved as {path.name}: {why}", "error"))
            return
        words = f"The run was saved as {path.name}"
        words += " with its script beside it." if script else "; its script was never opened and is not with it."
        show = partial(QDesktopServices.openUrl, QUrl.fromLocalFile(str(path.parent)))
        self._notices.show(Notice(key, words, "success", "Show folder", show, passing=True))


def _write_all(path: Path, content: bytes, script: Script | None) -> None:
    if script:
        write_atomically(path.with_suffix(".tar" if script.is_archive else ".js"), script.content)
    write_atomically(path, content)
