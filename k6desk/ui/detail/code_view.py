"""A read-only view of a script: line numbers, colours, and marks on what is hidden."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontMetricsF,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QToolTip, QWidget

from k6desk.ui import theme
from k6desk.ui.detail.highlighter import Highlighter, units
from k6desk.ui.text import tooltip

if TYPE_CHECKING:
    from k6desk.core.scripts.opened_script import Hidden, Language

PIECE = 32 * 1024


class CodeView(QPlainTextEdit):
    """Monospaced text with line numbers. The places of hidden values are marked, and can be clicked."""

    reveal_wanted = Signal(int)  # the number of the hidden value

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
        self._language: Language = "javascript"
        self._hidden: Sequence[Hidden] = ()
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._sought = 0
        self._kept_place: tuple[int, int, int] | None = None
        self._line = 0
        self._filling = QTimer(self, interval=0)
        self._filling.timeout.connect(self._fill)
        self.blockCountChanged.connect(self._make_room)
        self.updateRequest.connect(self._follow)
        self.viewport().setMouseTracking(True)
        self._make_room()

    def show_text(self, text: str, language: Language = "javascript", hidden: Sequence[Hidden] = ()) -> None:
        """Show a text from its beginning; a long one arrives piece by piece, and its colours after it."""
        self._language = language
        self._hidden = hidden
        self._starts, self._ends = _places(text, hidden)
        self._sought = self._line = 0
        self._kept_place = None
        self._rest = text[PIECE:]
        self.setPlainText(text[:PIECE])
        self._filling.start()

    @property
    def is_settled(self) -> bool:
        """Whether the whole text is there in its colours."""
        return not self._filling.isActive() and self.highlighter.is_done

    def replace_text(self, text: str, language: Language, hidden: Sequence[Hidden]) -> None:
        """Show the same text with other values hidden, and stay where it was."""
        line, block = self._line, self.textCursor().blockNumber()
        scrolled = self.verticalScrollBar().value(), self.horizontalScrollBar().value()
        self.show_text(text, language, hidden)
        self._line = line
        self._kept_place = block, *scrolled
        self._seek()

    def show_line(self, number: int) -> None:
        """Go to a line, counted from 1, and make it stand out; 0 for none. It may still be on its way."""
        self._sought = number
        self._line = 0
        self._seek()
        self.viewport().update()

    @property
    def line(self) -> int:
        """The line that stands out, counted from 1; 0 for none."""
        return self._line

    def set_wrap(self, on: bool) -> None:
        """Wrap long lines, or let them run out of sight."""
        modes = QPlainTextEdit.LineWrapMode
        self.setLineWrapMode(modes.WidgetWidth if on else modes.NoWrap)

    def selected_words(self) -> str:
        """What is selected within one line."""
        selected = self.textCursor().selectedText()
        return "" if "\u2029" in selected else selected

    def find_next(self, text: str, *, backwards: bool = False, here: bool = False) -> bool:
        """Select the next place of a text, beginning anew at the end; whether there is one.

        With `here` that may be what is selected.
        """
        if here:
            cursor = self.textCursor()
            cursor.setPosition(cursor.selectionStart())
            self.setTextCursor(cursor)
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

    def found(self, text: str) -> tuple[int, int]:
        """Which of the places of a text is selected, counted from 1, or 0 for none; and how many there are."""
        sought, cursor = text.lower(), self.textCursor()
        count = (self.toPlainText() + self._rest).lower().count(sought)
        if not count or cursor.selectedText().lower() != sought:
            return 0, count
        cursor.setPosition(cursor.selectionStart())
        cursor.movePosition(cursor.MoveOperation.Start, cursor.MoveMode.KeepAnchor)
        return cursor.selectedText().lower().count(sought) + 1, count

    def paint_numbers(self, rect: QRect) -> None:
        """Paint the numbers of the lines that are in sight."""
        painter = QPainter(self._numbers)
        painter.setFont(self.font())
        painter.fillRect(rect, self.palette().base())
        painter.setPen(theme.colour("muted", self.palette()))
        height = self.fontMetrics().height()
        for block, box in self._blocks():
            where = QRect(0, round(box.top()), self._numbers.width() - theme.GAP, height)
            painter.drawText(where, Qt.AlignmentFlag.AlignRight, str(block.blockNumber() + 1))

    def _seek(self) -> None:
        is_there = self.blockCount() > self._sought or not self._rest
        if self._sought and is_there:
            self._line = min(self._sought, self.blockCount())
            self._sought = 0
            self.setTextCursor(QTextCursor(self.document().findBlockByNumber(self._line - 1)))
            self.centerCursor()
        if self._kept_place and (not self._rest or self.blockCount() > self._kept_place[0] + self._kept_place[1]):
            block, down, right = self._kept_place
            self._kept_place = None
            self.setTextCursor(QTextCursor(self.document().findBlockByNumber(block)))
            self.verticalScrollBar().setValue(down)
            self.horizontalScrollBar().setValue(right)

    def _fill(self) -> None:
        self._seek()
        if not self._rest:
            self._filling.stop()
            self.highlighter.start(self.palette(), self._language)
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
            self.highlighter.start(self.palette(), self._language)

    # -- what stands out -----------------------------------------------------------------------------------------------

    def _blocks(self) -> Iterator[tuple[QTextBlock, QRectF]]:
        """The lines in sight, and where they are."""
        block = self.firstVisibleBlock()
        box = self.blockBoundingGeometry(block).translated(self.contentOffset())
        while block.isValid() and box.top() <= self.viewport().height():
            yield block, QRectF(box)
            block = block.next()
            box.setRect(box.x(), box.bottom(), box.width(), self.blockBoundingRect(block).height())

    def _marks(self, block: QTextBlock, box: QRectF) -> Iterator[tuple[Hidden, QRectF]]:
        """The marks in a line, and where they are; a wrapped one is in several places."""
        first = block.position()
        layout = block.layout()
        for at in range(bisect_right(self._ends, first), bisect_left(self._starts, first + block.length())):
            start, end = self._starts[at] - first, self._ends[at] - first
            for number in range(layout.lineCount()):
                line = layout.lineAt(number)
                begins, ends = line.textStart(), line.textStart() + line.textLength()
                if start < ends and end > begins:
                    left, right = (line.cursorToX(max(begins, min(place, ends)))[0] for place in (start, end))  # type: ignore[index]
                    yield self._hidden[at], QRectF(box.x() + left, box.y() + line.y(), right - left, line.height())

    def _mark_at(self, point: QPoint) -> Hidden | None:
        for block, box in self._blocks() if self._hidden else ():
            if box.bottom() >= point.y():
                return next((mark for mark, where in self._marks(block, box) if where.contains(point)), None)
        return None

    def _mark_at_cursor(self) -> Hidden | None:
        place = self.textCursor().position()
        at = bisect_left(self._ends, place)
        return self._hidden[at] if at < len(self._hidden) and self._starts[at] <= place else None

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._hidden or self._line:
            painter = QPainter(self.viewport())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            ground = theme.colour("surface", self.palette())
            for block, box in self._blocks():
                if block.blockNumber() == self._line - 1:
                    whole = QRectF(0, box.y(), self.viewport().width(), box.height())
                    painter.fillRect(whole, theme.blend(theme.colour("warning", self.palette()), ground, 0.14))
                painter.setBrush(theme.blend(theme.colour("warning", self.palette()), ground, 0.3))
                for _, where in self._marks(block, box):
                    painter.drawRoundedRect(where.adjusted(-1, 1, 1, -1), 3, 3)
            painter.end()
        super().paintEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        over = event.buttons() == Qt.MouseButton.NoButton and self._mark_at(event.position().toPoint())
        shapes = Qt.CursorShape
        self.viewport().setCursor(shapes.PointingHandCursor if over else shapes.IBeamCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        is_click = event.button() == Qt.MouseButton.LeftButton and not self.textCursor().hasSelection()
        if is_click and (mark := self._mark_at(event.position().toPoint())):
            self.reveal_wanted.emit(mark.number)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.createStandardContextMenu(event.pos())
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        if mark := self._mark_at_cursor() if by_key else self._mark_at(event.pos()):
            menu.addSeparator()
            menu.addAction("Show this value", lambda: self.reveal_wanted.emit(mark.number))
        menu.popup(event.globalPos())

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            mark = self._mark_at(event.pos())
            words = f"Hidden: {mark.what}. Click to show it." if mark else ""
            QToolTip.showText(event.globalPos(), tooltip(words), self.viewport())
            return True
        return super().viewportEvent(event)


def _places(text: str, hidden: Sequence[Hidden]) -> tuple[list[int], list[int]]:
    """Where the marks begin and end in UTF-16 units, as Qt counts."""
    if text.isascii() or not hidden:
        return [mark.start for mark in hidden], [mark.end for mark in hidden]
    edges = [0, *(edge for mark in hidden for edge in (mark.start, mark.end))]
    places: list[int] = []
    for before, edge in pairwise(edges):
        places.append((places[-1] if places else 0) + units(text[before:edge]))
    return places[::2], places[1::2]


class _LineNumbers(QWidget):
    """The margin of a code view."""

    def __init__(self, view: CodeView) -> None:
        super().__init__(view)
        self._view = view

    def paintEvent(self, event: QPaintEvent) -> None:
        self._view.paint_numbers(event.rect())
