"""A read-only view of a script: line numbers, colours, and a line to find text in it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFontMetricsF,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QFrame, QLineEdit, QPlainTextEdit, QWidget

from k6desk.ui import theme
from k6desk.ui.detail.highlighter import Highlighter
from k6desk.ui.parts import columns, tool_button
from k6desk.ui.text import PlainLabel

PIECE = 32 * 1024


class CodeView(QPlainTextEdit):
    """Monospaced text with line numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFont(theme.font("mono"))
        self.setTabStopDistance(QFontMetricsF(self.font()).horizontalAdvance(" ") * 4)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setAccessibleName("Script")
        self._numbers = _LineNumbers(self)
        self.highlighter = Highlighter(self.document())
        self._rest = ""
        self._filling = QTimer(self, interval=0)
        self._filling.timeout.connect(self._fill)
        self.blockCountChanged.connect(self._make_room)
        self.updateRequest.connect(self._follow)
        self._make_room()

    def show_text(self, text: str) -> None:
        """Show a text from its beginning; a long one arrives piece by piece, and its colours after it."""
        self._rest = text[PIECE:]
        self.setPlainText(text[:PIECE])
        self._filling.start()

    @property
    def is_settled(self) -> bool:
        """Whether the whole text is there in its colours."""
        return not self._filling.isActive() and self.highlighter.is_done

    def set_wrap(self, on: bool) -> None:
        """Wrap long lines, or let them run out of sight."""
        modes = QPlainTextEdit.LineWrapMode
        self.setLineWrapMode(modes.WidgetWidth if on else modes.NoWrap)

    def find_next(self, text: str, *, backwards: bool = False) -> bool:
        """Select the next place of a text, beginning anew at the end; whether there is one."""
        flags = QTextDocument.FindFlag.FindBackward if backwards else QTextDocument.FindFlag(0)
        if not text or self.find(text, flags):
            return bool(text)
        before = self.textCursor()
        around = self.textCursor()
        around.movePosition(around.MoveOperation.End if backwards else around.MoveOperation.Start)
        self.setTextCursor(around)
        if self.find(text, flags):
            return True
        self.setTextCursor(before)
        return False

    def paint_numbers(self, rect: QRect) -> None:
        """Paint the numbers of the lines that are in sight."""
        painter = QPainter(self._numbers)
        painter.setFont(self.font())
        painter.fillRect(rect, self.palette().base())
        painter.setPen(theme.colour("muted", self.palette()))
        height = self.fontMetrics().height()
        block = self.firstVisibleBlock()
        box = self.blockBoundingGeometry(block).translated(self.contentOffset())
        while block.isValid() and box.top() <= rect.bottom():
            where = QRect(0, round(box.top()), self._numbers.width() - theme.GAP, height)
            painter.drawText(where, Qt.AlignmentFlag.AlignRight, str(block.blockNumber() + 1))
            block = block.next()
            box.setRect(box.x(), box.bottom(), box.width(), self.blockBoundingRect(block).height())

    def _fill(self) -> None:
        if not self._rest:
            self._filling.stop()
            self.highlighter.start(self.palette())
            return
        end = QTextCursor(self.document())
        end.movePosition(QTextCursor.MoveOperation.End)
        end.insertText(self._rest[:PIECE])
        self._rest = self._rest[PIECE:]

    def _make_room(self) -> None:
        digits = max(3, len(str(self.blockCount())))
        width = self.fontMetrics().horizontalAdvance("9") * digits + theme.GAP * 2
        self.setViewportMargins(width, 0, 0, 0)
        self._numbers.setFixedWidth(width)

    def _follow(self, rect: QRect, dy: int) -> None:
        if dy:
            self._numbers.scroll(0, dy)
        else:
            self._numbers.update(0, rect.y(), self._numbers.width(), rect.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        area = self.contentsRect()
        self._numbers.setGeometry(area.left(), area.top(), self._numbers.width(), area.height())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and not self._filling.isActive():
            self.highlighter.start(self.palette())


class FindBar(QWidget):
    """A line to find text in a code view: Return for the next place, Shift+Return for the one before, Esc to leave."""

    closed = Signal()

    def __init__(self, view: CodeView) -> None:
        super().__init__()
        self._view = view
        self._line = QLineEdit()
        self._line.setPlaceholderText("Find in the script")
        self._line.setAccessibleName("Find in the script")
        self._line.setClearButtonEnabled(True)
        self._found = PlainLabel("Not found", muted=True)
        self._found.hide()
        self._line.textEdited.connect(self._find_from_start_of_selection)
        after = tool_button("chevron-down", "Find next", "Find next (Return)")
        after.clicked.connect(lambda: self._find())
        close = tool_button("close", "Close the find bar", "Close (Esc)")
        close.clicked.connect(self.close_bar)
        row = columns(self._line, self._found, after, close, stretch=0)
        row.setContentsMargins(theme.WIDE, theme.UNIT, theme.WIDE, theme.UNIT)
        self.setLayout(row)
        self.hide()

    def open_bar(self) -> None:
        """Show the bar, with what is selected as what to find."""
        selected = self._view.textCursor().selectedText()
        if selected and "\u2029" not in selected:
            self._line.setText(selected)
        self.show()
        self._line.setFocus()
        self._line.selectAll()

    def close_bar(self) -> None:
        """Hide the bar and give the focus back."""
        self.hide()
        self._view.setFocus()
        self.closed.emit()

    def _find_from_start_of_selection(self) -> None:
        cursor = self._view.textCursor()
        cursor.setPosition(cursor.selectionStart())
        self._view.setTextCursor(cursor)
        self._find()

    def _find(self, *, backwards: bool = False) -> None:
        found = self._view.find_next(self._line.text(), backwards=backwards) or not self._line.text()
        self._found.setVisible(not found)
        self._line.setAccessibleDescription("" if found else "Not found")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Cancel):
            self.close_bar()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._find(backwards=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        else:
            super().keyPressEvent(event)


class _LineNumbers(QWidget):
    """The margin of a code view."""

    def __init__(self, view: CodeView) -> None:
        super().__init__(view)
        self._view = view

    def paintEvent(self, event: QPaintEvent) -> None:
        self._view.paint_numbers(event.rect())
