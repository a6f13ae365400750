"""Notices above the runs: a sentence, what can be done about it, and a way to put it aside. Never a dialog.

One that goes away by itself lies over the bottom of the window instead: nothing moves under the mouse for its sake.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRectF, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from k6desk.core.notices import Notice, Notices
from k6desk.ui import theme
from k6desk.ui.placeholder import Picture
from k6desk.ui.text import PlainLabel, one_line

PASSING_MS = 7_000
LONGEST = 600
WIDEST, CHROME = 640, 100
MOST = 3
ICONS = {
    "info": ("info", "accent"),
    "success": ("check", "passed"),
    "warning": ("warning", "warning"),
    "error": ("failed", "failed"),
}


class NoticeBar(QWidget):
    """The newest notices of the program; older ones wait until there is room."""

    def __init__(self, notices: Notices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._notices = notices
        self._rows: dict[str, _Row] = {}
        self._passing: dict[str, _Row] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        notices.shown.connect(self._show)
        notices.cleared.connect(self._clear)
        for notice in notices.current():
            self._show(notice)
        self.setVisible(bool(self._rows))

    def _show(self, notice: Notice) -> None:
        self._clear(notice.key)
        ground = self.parentWidget() or self
        row = _Row(notice, lambda: self._notices.clear(notice.key), ground if notice.passing else self)
        if notice.passing:
            self._passing[notice.key] = row
            ground.installEventFilter(self)
        else:
            self._rows[notice.key] = row
            self._column.addWidget(row)
        self._arrange()

    def _clear(self, key: str) -> None:
        if row := self._rows.pop(key, None) or self._passing.pop(key, None):
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
            self._arrange()

    def _arrange(self) -> None:
        for index, row in enumerate(reversed(self._rows.values())):
            row.setVisible(index < MOST)
        for index, row in enumerate(reversed(self._passing.values())):
            row.setVisible(index == 0)
            row.raise_()
            _lay_over(row)
        self.setVisible(bool(self._rows))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            for row in self._passing.values():
                _lay_over(row)
        return super().eventFilter(watched, event)


def _lay_over(row: _Row) -> None:
    """Put a notice over the bottom of the window, in the middle and above what stands in its last line."""
    ground = row.parentWidget()
    assert ground
    room = ground.rect().adjusted(theme.WIDE, 0, -theme.WIDE, -3 * theme.WIDE)
    width = max(1, min(room.width(), WIDEST, row.width_of_words() + CHROME))
    height = max(row.heightForWidth(width), row.sizeHint().height())
    row.setGeometry(room.center().x() - width // 2, room.bottom() - height, width, height)


class _Row(QFrame):
    def __init__(self, notice: Notice, dismiss: Callable[[], object], parent: QWidget) -> None:
        super().__init__(parent)
        name, self._role = ICONS[notice.level]
        self._floats = notice.passing
        words = one_line(notice.text, LONGEST)
        self.setAccessibleName(words)
        text = PlainLabel(words, wrap=True)
        text.setAccessibleName(words)
        line = QHBoxLayout(self)
        line.setContentsMargins(theme.WIDE, theme.UNIT, theme.GAP, theme.UNIT)
        line.setSpacing(theme.GAP)
        line.addWidget(Picture(name, self._role))
        line.addWidget(text, 1)
        for label, act in ((notice.action, notice.on_action), (notice.second, notice.on_second)):
            if label and act:
                button = QPushButton(label)
                button.clicked.connect(lambda *_, act=act: act())
                line.addWidget(button)
        close = QToolButton()
        close.setIcon(theme.icon("close", "muted"))
        close.setAccessibleName("Dismiss")
        close.setToolTip("Dismiss")
        close.clicked.connect(dismiss)
        line.addWidget(close)
        if notice.passing:
            QTimer.singleShot(PASSING_MS, self, dismiss)

    def width_of_words(self) -> int:
        """How wide its sentence is on one line."""
        return self.fontMetrics().horizontalAdvance(self.accessibleName())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ground = theme.blend(theme.colour(self._role), theme.colour("window"), 0.10)
        painter.setPen(theme.colour("line"))
        if self._floats:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(ground)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        else:
            painter.fillRect(self.rect(), ground)
            painter.drawLine(self.rect().bottomLeft(), self.rect().bottomRight())
