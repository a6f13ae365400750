"""Brings a window to the front when the user has asked for it from outside: by another start, or a notification."""

from __future__ import annotations

import os

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

TOKEN = "XDG_ACTIVATION_TOKEN"  # noqa: S105 - where Qt looks for the desktop's leave under Wayland
LET_GO_MS = 60
"""What a window manager may take to forget a window; one that is shown sooner may lose that it was maximised."""


def come_to_front(window: QWidget, token: str = "") -> None:
    """Show a window, or the dialog that is open over it, and give it the keyboard."""
    state = window.windowState() & ~Qt.WindowState.WindowMinimized
    if not _is_away(window):
        _show(window, state, token)
        return
    # Qt asks no window manager to raise what that does not show, and one minimised on another desktop may stay so. What
    # is shown anew is shown where the user is.
    window.setWindowState(state)
    window.hide()
    QTimer.singleShot(LET_GO_MS, window, lambda: _show(window, state, token))


def _is_away(window: QWidget) -> bool:
    """Whether a window of X11 is minimised or on another virtual desktop."""
    handle = window.windowHandle()
    return QGuiApplication.platformName() == "xcb" and bool(handle) and window.isVisible() and not handle.isExposed()


def _show(window: QWidget, state: Qt.WindowState, token: str) -> None:
    window.setWindowState(state)
    window.show()
    front = QApplication.activeModalWidget() or window
    if front is not window and _is_away(front):
        front.hide()
        front.show()
    if token:
        os.environ[TOKEN] = token
    front.raise_()
    front.activateWindow()
    os.environ.pop(TOKEN, None)  # it is good once, and not for the programs that are started from here
