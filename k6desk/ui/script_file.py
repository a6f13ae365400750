"""Saves a script to a file of the user's choice: that of a run, that of a test, or one that was replaced."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from k6desk.api.errors import CloudError
from k6desk.api.models import Script
from k6desk.core.notices import Notice, Notices
from k6desk.core.scripts.script_source import Found, script_of
from k6desk.data.scripts import ScriptKind
from k6desk.ui import text
from k6desk.ui.file_to_save import FileToSave

if TYPE_CHECKING:
    from k6desk.core.session import Session
    from k6desk.core.tasks import Tasks

NEVER_LOADED = "The script was never loaded on this computer"
MASKED = "It is the copy kept on this computer, in which secrets are masked."


def remark_on(kind: ScriptKind | None, found: Found) -> str:
    """That this is not the newest script for sure, and why it is shown; "" where there can be no other."""
    if kind != "test" or found.as_of is None:
        return ""
    when = text.when(found.as_of, datetime.now(UTC))
    return f"This is the script as it was {when}; it may be another by now. {found.why_not}"


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

    def download(self, session: Session) -> None:
        """Save the script that the run used or the test would run now.

        It is loaded first and a place asked for then: only the answer tells whether it is JavaScript or an archive.
        """
        self._tasks.spawn(self._load(session), name="download a script", key=self._key)

    async def _load(self, session: Session) -> None:
        try:
            found = await script_of(session.store, session.commands, self._kind, self._id, with_secrets=True)
        except CloudError as error:
            self._notices.show(Notice(self._key, f"The script was not downloaded: {error}", "error"))
        else:
            self.save(found.script, remark_on(self._kind, found), is_kept=found.as_of is not None)

    def save(self, script: Script, remark: str = "", *, is_kept: bool) -> None:
        """Ask for a place and save this script there; in an archive that was kept, secrets are masked."""
        said = " ".join(filter(None, [remark, MASKED if is_kept and script.is_archive else ""]))

        async def content() -> tuple[bytes, str]:
            return script.content, said

        suffix, kind = (".tar", "k6 archive") if script.is_archive else (".js", "JavaScript")
        self._file.ask("Save script", self._name, suffix, kind, content)
