"""Core is tested on a real session."""

from tests.data.conftest import make_archive
from tests.live_session import account, clock, faults, go_live, server, session, tasks, token, world

__all__ = ["account", "clock", "faults", "go_live", "make_archive", "server", "session", "tasks", "token", "world"]
