"""Saves a script to a file of the user's choice: that of a run, that of a test, or one that was replaced."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from k6desk.api.errors import CloudError
from k6desk.api.models import Script
from k6desk.core.commands import Commands
from k6desk.core.notices import Notice, Notices
from k6desk.data.cache import ScriptKind
from k6desk.data.files import safe_name, write_atomically

if TYPE_CHECKING:
    from k6desk.core.tasks import Tasks


class ScriptFile:
    """A script of the run or test with this id. `name` is what the file may be called; the notices say how it went."""

    def __init__(self, kind: ScriptKind, id_: int, name: str, notices: Notices, tasks: Tasks, window: QWidget) -> None:
        self._kind = kind
        self._id = id_
        self._name = name
        self._notices = notices
        self._tasks = tasks
        self._window = window
        self._key = f"script:{kind}:{id_}"

    def download(self, commands: Commands) -> None:
        """Save the script that the run used or the test would run now.

        It is loaded first and a place asked for then: only the answer tells whether it is JavaScript or an archive.
        """
        self._tasks.spawn(self._load(commands), name="download a script", key=self._key)

    async def _load(self, commands: Commands) -> None:
        try:
            script, is_whole = await commands.script_to_save(self._kind, self._id)
        except CloudError as error:
            self._notices.show(Notice(self._key, f"The script was not downloaded: {error}", "error"))
        else:
            self.save(script, is_whole=is_whole)

    def save(self, script: Script, *, is_whole: bool) -> None:
        """Ask for a place and save this script there, of which secrets may have been masked."""
        suffix = ".tar" if script.is_archive else ".js"
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)
        dialog = QFileDialog(self._window, "Save script", folder or str(Path.home()))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter("k6 archive (*.tar)" if script.is_archive else "JavaScript (*.js)")
        dialog.setDefaultSuffix(suffix[1:])
        dialog.selectFile(safe_name(self._name, suffix))
        dialog.fileSelected.connect(
            lambda chosen: self._tasks.spawn(self._write(script, is_whole, Path(chosen)), name="save a script")
        )
        dialog.open()

    async def _write(self, script: Script, is_whole: bool, path: Path) -> None:
        import asyncio  # the first picture needs none of it

        try:
            await asyncio.to_thread(write_atomically, path, script.content)
        except OSError as error:
            self._notices.show(Notice(self._key, f"The script was not saved as {path.name}: {error.strerror}", "error"))
            return
        masked = "" if is_whole else " It is the copy kept on this computer, in which secrets are masked."
        words = f"The script was saved as {path.name}.{masked}"
        show = partial(QDesktopServices.openUrl, QUrl.fromLocalFile(str(path.parent)))
        self._notices.show(Notice(self._key, words, "success", "Show folder", show, passing=is_whole))
