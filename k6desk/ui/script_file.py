"""Saves a script to a file of the user's choice: that of a run, that of a test, or one that was replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from k6desk.api.errors import CloudError
from k6desk.api.models import Script
from k6desk.core.commands import Commands
from k6desk.core.notices import Notice, Notices
from k6desk.data.scripts import ScriptKind
from k6desk.ui.file_to_save import FileToSave

if TYPE_CHECKING:
    from k6desk.core.tasks import Tasks

MASKED = "It is the copy kept on this computer, in which secrets are masked."


class ScriptFile:
    """A script of the run or test with this id. `name` is what the file may be called; the notices say how it went."""

    def __init__(self, kind: ScriptKind, id_: int, name: str, notices: Notices, tasks: Tasks, window: QWidget) -> None:
        self._kind = kind
        self._id = id_
        self._name = name
        self._notices = notices
        self._tasks = tasks
        self._key = f"script:{kind}:{id_}"
        self._file = FileToSave(self._key, "The script", notices, tasks, window)

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

        async def content() -> tuple[bytes, str]:
            return script.content, "" if is_whole else MASKED

        suffix, kind = (".tar", "k6 archive") if script.is_archive else (".js", "JavaScript")
        self._file.ask("Save script", self._name, suffix, kind, content)
