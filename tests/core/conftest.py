"""Core is tested on a real session."""

from tests.live_session import account, clock, faults, go_live, server, session, tasks, token, world

__all__ = ["account", "clock", "faults", "go_live", "server", "session", "tasks", "token", "world"]
