"""Saves a copy of a run, to be kept when Grafana keeps it no longer."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile

from PySide6.QtWidgets import QWidget

from k6desk.api.models import Run, Script
from k6desk.core.notices import Notices
from k6desk.core.session import Session
from k6desk.ui.file_to_save import FileToSave

if TYPE_CHECKING:
    from k6desk.core.tasks import Tasks

NO_SCRIPT = "Its script was never opened and is not in it."


def save_copy(session: Session, run: Run, notices: Notices, tasks: Tasks, window: QWidget) -> None:
    """Ask for a place, and save one ZIP there: all that the server says of the run, and its script if it is here."""

    async def content() -> tuple[bytes, str]:
        import asyncio  # the first picture needs none of it

        said, script = await session.commands.runs.copy(run.id)
        return await asyncio.to_thread(zipped, said, script), "" if script else NO_SCRIPT

    name = f"{session.store.name_of(run)} {run.id}"
    file = FileToSave(f"copy:{run.id}", "The copy", notices, tasks, window)
    file.ask("Save a copy of the run", name, ".zip", "ZIP", content)


def zipped(said: bytes, script: Script | None) -> bytes:
    """`run.json`, and `script.js` or, for an archive of k6, `script.tar`."""
    file = io.BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        archive.writestr("run.json", said)
        if script:
            archive.writestr("script.tar" if script.is_archive else "script.js", script.content)
    return file.getvalue()
