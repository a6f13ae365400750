"""Saves one file of a script, or the whole of it, where the user wants it."""

from __future__ import annotations

import asyncio
import re

from PySide6.QtWidgets import QWidget

from k6desk.api.errors import CloudError
from k6desk.core.notices import Notices
from k6desk.core.scripts.script_source import Loaded
from k6desk.core.tasks import Tasks
from k6desk.data.archive import File
from k6desk.data.problems import ArchiveProblem
from k6desk.ui.file_to_save import FileToSave
from k6desk.ui.script_file import MASKED

_SUFFIX = re.compile(r"(?P<stem>.+?)(?P<suffix>\.[A-Za-z0-9]{1,10})?")


def save_file(loaded: Loaded, file: File, notices: Notices, tasks: Tasks, window: QWidget) -> None:
    """Ask where one file is to be saved, and save it as it is; nothing else of the archive is written."""
    parts = _SUFFIX.fullmatch(file.path[-1])
    stem, suffix = (parts["stem"], parts["suffix"] or "") if parts else (file.path[-1], "")

    async def content() -> tuple[bytes, str]:
        try:
            read = await asyncio.to_thread(loaded.opened.content, file.name)
        except ArchiveProblem as problem:
            raise CloudError(str(problem)) from problem
        return read, MASKED if loaded.is_masked and file.area == "metadata" else ""

    saving = FileToSave(f"file of a script:{file.name}", "The file", notices, tasks, window)
    saving.ask("Save file", stem, suffix, "Files", content)


def save_archive(loaded: Loaded, name: str, notices: Notices, tasks: Tasks, window: QWidget) -> None:
    """Ask where the whole script or archive is to be saved, and save it as it is here."""

    async def content() -> tuple[bytes, str]:
        return loaded.script.content, MASKED if loaded.is_masked else ""

    suffix, kind = (".tar", "k6 archive") if loaded.script.is_archive else (".js", "JavaScript")
    saving = FileToSave(f"script:{loaded.digest}", "The script", notices, tasks, window)
    saving.ask("Save script", name, suffix, kind, content)
