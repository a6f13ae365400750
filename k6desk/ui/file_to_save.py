"""Asks where something is to be saved, saves it, and says that it was saved or why not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from k6desk.api.errors import CloudError
from k6desk.core.notices import Notice, Notices
from k6desk.data.files import safe_name, write_atomically
from k6desk.ui.outside import open_outside

if TYPE_CHECKING:
    from k6desk.core.tasks import Tasks

Content = Callable[[], Awaitable[tuple[bytes, str] | None]]
"""Gives what goes into the file, and a remark that the user must not miss, or "". May raise `CloudError`.

None: the user does not want the file any more.
"""


class FileToSave:
    """One file, which replaces another only where the user has agreed to that in the dialog.

    `key` is that of its notices, and `what` begins them, like "The script".
    """

    def __init__(self, key: str, what: str, notices: Notices, tasks: Tasks, window: QWidget) -> None:
        self._key = key
        self._what = what
        self._notices = notices
        self._tasks = tasks
        self._window = window

    def ask(self, title: str, name: str, suffix: str, kind: str, content: Content) -> None:
        """Ask for a place, and then save the content there; `name` is any text that the file may be called."""
        from PySide6.QtCore import QStandardPaths
        from PySide6.QtWidgets import QFileDialog

        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)
        dialog = QFileDialog(self._window, title, folder or str(Path.home()))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(f"{kind} (*{suffix})")
        dialog.setDefaultSuffix(suffix[1:])
        dialog.selectFile(safe_name(name, suffix))
        dialog.fileSelected.connect(
            lambda chosen: self._tasks.spawn(self._write(Path(chosen), content), name="save a file")
        )
        dialog.open()

    async def _write(self, path: Path, content: Content) -> None:
        import asyncio  # the first picture needs none of it

        try:
            made = await content()
            if made is None:
                return
            written, remark = made
            await asyncio.to_thread(write_atomically, path, written)
        except (CloudError, OSError) as error:
            why = error.strerror or error if isinstance(error, OSError) else error
            self._notices.show(Notice(self._key, f"{self._what} was not saved as {path.name}: {why}", "error"))
            return
        words = " ".join(filter(None, [f"{self._what} was saved as {path.name}.", remark]))
        show = partial(open_outside, path.parent)
        self._notices.show(Notice(self._key, words, "success", "Show folder", show, passing=not remark))
