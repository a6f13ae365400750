"""One line of a log, whole: when it was written, where it comes from, and all of its text."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QVBoxLayout, QWidget

from k6desk.data.run_log import Mark, Row
from k6desk.ui import theme
from k6desk.ui.detail import log_words
from k6desk.ui.parts import ElidedLabel, Line, columns, copy_button, say, tool_button
from k6desk.ui.text import PlainLabel


class WholeLine(QPlainTextEdit):
    """The text, which wraps and can be selected."""

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFont(theme.font("mono"))
        self.setTabStopDistance(QFontMetricsF(self.font()).horizontalAdvance(" ") * 4)
        self.document().setDocumentMargin(0)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setAccessibleName("The whole line")


class LogLineView(QWidget):
    """Stands below the list."""

    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._row: Row | None = None
        self._when = PlainLabel(kind="caption", muted=True)
        self._origin = ElidedLabel("caption")
        self._text = WholeLine()
        copy = copy_button("Copy this line", lambda: self._row.text if self._row else "")
        close = tool_button("close", "Close", "Close (Esc)")
        close.clicked.connect(self.closed)
        head = columns(self._when, self._origin, copy, close, stretch=1)
        head.setContentsMargins(theme.WIDE, 0, theme.GAP, 0)
        words = columns(self._text, stretch=0)
        words.setContentsMargins(theme.WIDE, 0, theme.GAP, theme.UNIT)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(Line())
        rows.addLayout(head)
        rows.addLayout(words, 1)
        self.setMinimumHeight(72)

    def show_row(self, row: Row) -> None:
        """Show another line, from its beginning."""
        if row is self._row:
            return
        self._row = row
        here, utc = log_words.exact(row.at_ns).split("\n")
        say(self._when, utc, here)
        origin = "" if isinstance(row, Mark) else log_words.labels_of(row)
        say(self._origin, origin, origin.replace("   ", "\n"))
        self._text.setPlainText(row.text)
