"""What the program has to tell the user, keyed so that the same thing is said once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec
from PySide6.QtCore import QObject, Signal

Level = Literal["info", "success", "warning", "error"]


class Notice(msgspec.Struct, frozen=True):
    """One sentence for people, shown beside their work, never in front of it.

    A notice with the key of an earlier one replaces it. `action` is the label of a button that calls `on_action`, and
    `second` that of another one; `passing` notices go away by themselves.
    """

    key: str
    text: str
    level: Level = "info"
    action: str = ""
    on_action: Callable[[], object] | None = None
    passing: bool = False
    second: str = ""
    on_second: Callable[[], object] | None = None


class Notices(QObject):
    """Where any part of the program leaves a notice and the window picks it up, also one left before it existed."""

    shown = Signal(object)  # Notice
    cleared = Signal(str)  # key

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._current: dict[str, Notice] = {}

    def show(self, notice: Notice) -> None:
        """Show a notice, in place of the one with the same key."""
        if self._current.get(notice.key) == notice and not notice.passing:
            return
        self._current[notice.key] = notice
        self.shown.emit(notice)

    def clear(self, key: str) -> None:
        """Take a notice away, because it is over or was dismissed."""
        if self._current.pop(key, None):
            self.cleared.emit(key)

    def current(self) -> list[Notice]:
        """The notices that are showing, oldest first."""
        return list(self._current.values())
