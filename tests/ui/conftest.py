"""What the tests of the window share: its dress, and a real session to look at."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QLabel

from k6desk.core.settings import Settings
from k6desk.ui import theme
from k6desk.ui.main_window import MainWindow
from tests.live_session import account, clock, faults, go_live, server, session, tasks, token, world

__all__ = ["account", "clock", "faults", "go_live", "server", "session", "tasks", "token", "world"]


@pytest.fixture
def dressed(qapp):
    """The application in its light theme, and afterwards as it was."""
    before = qapp.palette(), qapp.styleSheet(), qapp.font(), qapp.style().name()
    theme.apply(qapp, "light")
    yield
    # What is still to be deleted would be dressed once more, at the price of the test itself.
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qapp.setStyleSheet(before[1])
    qapp.setPalette(before[0])
    qapp.setFont(before[2])
    qapp.setStyle(before[3])


@pytest.fixture
def notices(session):
    return session.notices


@pytest.fixture
def settings(tmp_path):
    return Settings(tmp_path)


@pytest.fixture
def window(settings, notices, dressed):
    """The window as at a first start: no account, and nothing runs yet."""
    window = MainWindow(settings, notices, offline=False)
    window.show_session(None)
    window.show()
    yield window
    window.close()
    window.deleteLater()


@pytest.fixture
async def desk(window, session, tasks, go_live, until):
    """The window on a live account, when everything has been read."""
    window.show_session(session)
    window.complete(tasks)
    await session.store.load_index()
    go_live()
    await until(window.is_settled, 20)
    yield window
    await tasks.aclose()  # before the window goes, as when the program ends


@pytest.fixture
def shown():
    """`shown(widget)` shows a widget for the length of the test."""
    widgets = []

    def show(widget, width: int = 700, height: int = 600):
        widget.resize(width, height)
        widget.show()
        widgets.append(widget)
        return widget

    yield show
    for widget in widgets:
        widget.close()
        widget.deleteLater()


@pytest.fixture
def words():
    """`words(widget)` are the texts of all labels of a widget that can be seen."""

    def read(widget) -> str:
        return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget))

    return read
