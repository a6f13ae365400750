"""What can be dragged in the tree and dropped on it: a test of this window on a project, a file on either.

A dragged test carries its whole id and the mark of the tree that it is of. The mark is random and made anew for every
account that a window shows, so that nothing dragged from another account, window or program is ever taken for it.
"""

from __future__ import annotations

import json
import uuid
from pathlib import Path

from PySide6.QtCore import QMimeData

MIME = "application/x-k6desk-test"
FILES = "text/uri-list"


class DropProblem(ValueError):
    """What was dropped cannot be taken; `str()` is one sentence for people."""


class Drops:
    """Packs and unpacks what is dragged in one tree."""

    def __init__(self) -> None:
        self._mark = uuid.uuid4().hex

    def pack(self, test_id: int) -> QMimeData:
        """A test on its way."""
        data = QMimeData()
        data.setData(MIME, json.dumps({"of": self._mark, "test": test_id}).encode())
        return data

    def test(self, data: QMimeData) -> int | None:
        """The id of a dragged test; None when it is something else or comes from elsewhere."""
        if not data.hasFormat(MIME):
            return None
        try:
            packed = json.loads(bytes(data.data(MIME).data()))
        except ValueError:
            return None
        is_ours = isinstance(packed, dict) and packed.get("of") == self._mark and isinstance(packed.get("test"), int)
        return packed["test"] if is_ours else None


def file_of(data: QMimeData) -> Path:
    """The one file that was dropped. Raises `DropProblem`."""
    urls = data.urls()
    if len(urls) != 1:
        raise DropProblem("Drop one script or archive at a time.")
    if not urls[0].isLocalFile():
        raise DropProblem("Only files of this computer can be dropped; save it here first.")
    return Path(urls[0].toLocalFile())
