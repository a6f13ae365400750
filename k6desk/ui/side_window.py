"""What the windows beside the main window share: they come up, close by Esc, and remember where they were."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget


class SideWindow(QWidget):
    """Not modal. `name` is what its place is kept under."""

    closed = Signal()

    name = ""
    smallest = QSize(760, 480)
    usual = QSize(1100, 760)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setMinimumSize(self.smallest)
        self.resize(self.usual)
        self._kept_in: QSettings | None = None
        QShortcut(QKeySequence.StandardKey.Close, self).activated.connect(self.close)

    def come_up(self) -> None:
        """Come before the other windows."""
        if self.isMinimized():
            self.showNormal()
        self.show()
        self.raise_()
        self.activateWindow()

    def remember(self, settings: QSettings) -> None:
        """Take up the place of last time, and keep it there again when it is closed."""
        self._kept_in = settings
        self.restore_state(settings)

    def save_state(self, settings: QSettings) -> None:
        """Remember its place for the next time."""
        settings.setValue(f"{self.name}/window", self.saveGeometry())

    def restore_state(self, settings: QSettings) -> None:
        """Take up the place of last time."""
        if isinstance(geometry := settings.value(f"{self.name}/window"), QByteArray):
            self.restoreGeometry(geometry)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Cancel):
            self.close()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        if self._kept_in:
            self.save_state(self._kept_in)
            self._kept_in.sync()
        self.closed.emit()
