"""Opens web pages and folders in the programs that the desktop has for them."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtGui import QDesktopServices

_users: int | None = None
"""The permissions that new files of the user's other programs go without, once this program has its own."""


def keep_files_private() -> None:
    """From now on the files of this process are for the user alone; those of the programs it opens are as ever."""
    global _users
    _users = os.umask(0o077)


def open_outside(what: str | Path) -> None:
    """Open a web address, or a folder."""
    from PySide6.QtCore import QUrl  # with its enums 1 ms of a start

    url = QUrl(what) if isinstance(what, str) else QUrl.fromLocalFile(str(what))
    if _users is None:
        QDesktopServices.openUrl(url)
        return
    # A browser that is started here keeps this for its whole life, and for every download.
    ours = os.umask(_users)
    try:
        QDesktopServices.openUrl(url)
    finally:
        os.umask(ours)
