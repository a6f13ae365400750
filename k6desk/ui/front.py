"""Brings a window to the front when the user has asked for it from outside: by another start, or a notification."""

from __future__ import annotations

import os

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

TOKEN = "XDG_ACTIVATION_TOKEN"  # noqa: S105 - where Qt looks for the desktop's leave under Wayland


def come_to_front(window: QWidget, token: str = "") -> None:
    """Show a window, or the dialog that is open over it, and give it the keyboard."""
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    front = QApplication.activeModalWidget() or window
    if token:
        os.environ[TOKEN] = token
    front.raise_()
    front.activateWindow()
    os.environ.pop(TOKEN, None)  # it is good once, and not for the programs that are started from here
