"""A button of a dialog that is not its default one."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton


class Button(QPushButton):
    """Enter presses it while it has the focus.

    With Qt's own, on most platforms, Enter on “Cancel” presses the default button, and so starts or deletes what was
    not to be; with `autoDefault` the look of the default button wanders with the focus.
    """

    def __init__(self, text: str = "") -> None:
        super().__init__(text, autoDefault=False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.click()
        else:
            super().keyPressEvent(event)
