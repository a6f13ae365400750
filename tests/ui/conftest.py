"""What the tests of the window share: its dress, and a real session to look at."""

from __future__ import annotations

import pytest

from k6desk.ui import theme
from tests.live_session import account, clock, faults, go_live, server, session, tasks, token, world

__all__ = ["account", "clock", "faults", "go_live", "server", "session", "tasks", "token", "world"]


@pytest.fixture
def dressed(qapp):
    """The application in its light theme, and afterwards as it was."""
    before = qapp.palette(), qapp.styleSheet(), qapp.font(), qapp.style().name()
    theme.apply(qapp, "light")
    yield
    qapp.setStyleSheet(before[1])
    qapp.setPalette(before[0])
    qapp.setFont(before[2])
    qapp.setStyle(before[3])
