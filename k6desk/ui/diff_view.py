"""Shows what is different between two texts: lines with signs, numbers and colours, unchanged parts folded."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QItemSelectionModel, QObject, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from k6desk.core.differences import Piece, differences
from k6desk.core.tasks import Tasks
from k6desk.ui import text, theme
from k6desk.ui.diff_model import ROW, SIGNS, TAB, DiffModel, Row, fold_words
from k6desk.ui.parts import ElidedLabel, columns, say, tool_button
from k6desk.ui.roles import Index
from k6desk.ui.text import PlainLabel

TINT, MARK = 0.14, 0.34
"""How much of a change's colour lies on the ground of its line, and on the part of the line that is different."""
BAR = 3
ROLES = {"added": "passed", "removed": "failed"}


class DiffView(QWidget):
    """`show_difference` compares in the background."""

    def __init__(self, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._asked = 0
        self.model = DiffModel(self)
        self.list = _Lines(self.model)
        self._names = ElidedLabel("caption")
        self._sum = PlainLabel(kind="caption", muted=True)
        self._previous = tool_button("chevron-up", "Previous change", "Previous change (Shift+F7)")
        self._next = tool_button("chevron-down", "Next change", "Next change (F7)")
        for keys, button, by in (("Shift+F7", self._previous, -1), ("F7", self._next, 1)):
            button.clicked.connect(lambda *_, by=by: self._step(by))
            QShortcut(QKeySequence(keys), self, lambda by=by: self._step(by))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.UNIT)
        column.addLayout(columns(self._names, self._sum, self._previous, self._next, stretch=0))
        column.addWidget(self.list, 1)
        self.setFocusProxy(self.list)
        self._allow(False)

    def show_difference(self, old_text: str, new_text: str, old_name: str, new_name: str) -> None:
        """Compare two texts and show the new one against the old one."""
        self._asked += 1
        say(self._names, f"{text.one_line(old_name, 80)} → {text.one_line(new_name, 80)}", f"{old_name}\n→ {new_name}")
        say(self._sum, "Comparing…")
        self._tasks.spawn(self._compare(self._asked, old_text, new_text), name="compare two texts", owner=self)

    async def _compare(self, asked: int, old_text: str, new_text: str) -> None:
        old, new, pieces = await asyncio.to_thread(_work_out, old_text, new_text)
        if asked != self._asked:
            return  # two others are to be compared by now
        self.list.show_pieces(pieces, old, new)
        added = sum(piece.new_to - piece.new_from for piece in pieces if not piece.is_same)
        removed = sum(piece.old_to - piece.old_from for piece in pieces if not piece.is_same)
        is_different = bool(added or removed)
        say(self._sum, f"+{added:,}  −{removed:,}" if is_different else "Nothing is different")
        self._sum.setAccessibleName(f"{text.count(added, 'line')} added, {removed:,} removed")
        self._allow(is_different)
        if is_different:
            self._step(1)

    def _allow(self, is_different: bool) -> None:
        self._previous.setEnabled(is_different)
        self._next.setEnabled(is_different)

    def _step(self, by: int) -> None:
        """Go to the next change or the one before; from the last to the first."""
        changes = self.model.changes()
        at = self.list.currentIndex().row()
        ahead = [row for row in changes if row > at] if by > 0 else [row for row in changes if row < at]
        if not changes:
            return
        row = (ahead or changes)[0 if by > 0 else -1]
        self.list.go(row)


class _Lines(QListView):
    """The rows; Enter or a click opens a fold, and what is selected can be copied."""

    def __init__(self, model: DiffModel) -> None:
        super().__init__()
        self._model = model
        self._delegate = _LineDelegate(self)
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setCornerWidget(QWidget())  # without Fusion's lines between the scroll bars
        self.setAccessibleName("Differences, line by line")
        self.setMinimumSize(QSize(240, 120))
        self.clicked.connect(self._unfold)

    def show_pieces(self, pieces: Sequence[Piece], old: Sequence[str], new: Sequence[str]) -> None:
        """Show another difference."""
        self._delegate.measure(old, new)
        self._model.show_pieces(pieces, old, new)

    def go(self, row: int) -> None:
        """Make a row the current one and bring it to the upper part of what is seen."""
        index = self._model.index(row)
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        above = self._model.index(max(0, row - 4))
        self.scrollTo(above, QAbstractItemView.ScrollHint.PositionAtTop)
        self.horizontalScrollBar().setValue(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            rows = sorted(index.row() for index in self.selectedIndexes())
            QGuiApplication.clipboard().setText("\n".join(str(self._model.index(row).data()) for row in rows))
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self._unfold(self.currentIndex())  # a dialog around would take Return for its button
        else:
            super().keyPressEvent(event)

    def _unfold(self, index: Index) -> None:
        """Open a fold, if it is one."""
        if not index.isValid() or self._model.row(index.row()).kind != "fold":
            return
        row = index.row()
        self._model.unfold(row)
        self.selectionModel().setCurrentIndex(self._model.index(row), QItemSelectionModel.SelectionFlag.ClearAndSelect)


class _LineDelegate(QStyledItemDelegate):
    """Paints a line with both of its numbers, its sign and its colours."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._font = theme.font("mono")
        self._metrics = QFontMetrics(self._font)
        self._figure = self._metrics.horizontalAdvance("9")
        self._numbers = 0
        self._width = 0

    def measure(self, old: Sequence[str], new: Sequence[str]) -> None:
        """Make room for these lines."""
        digits = max(3, len(str(max(len(old), len(new)))))
        self._numbers = self._figure * digits + theme.GAP
        longest = max((*old, *new), key=len, default="")
        self._width = 2 * self._numbers + 3 * self._figure + self._metrics.horizontalAdvance(longest) + theme.WIDE

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(self._width, self._metrics.height() + 2)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        styled: Any = option
        row: Row = index.data(ROW)
        place: QRect = styled.rect
        palette = styled.palette
        painter.save()
        painter.setFont(self._font)
        ground = theme.colour("surface", palette)
        if row.kind in ROLES:
            ground = theme.blend(theme.colour(ROLES[row.kind], palette), ground, TINT)
        elif row.kind == "fold":
            ground = theme.colour("window", palette)
        painter.fillRect(place, ground)
        muted = theme.colour("muted", palette)
        numbers = self._numbers
        x = place.left()
        if styled.state & QStyle.StateFlag.State_Selected:  # beside the words, whose colours mean something
            margin = QRect(x, place.top(), 2 * numbers + theme.UNIT, place.height())
            painter.fillRect(margin, theme.colour("selection", palette))
            painter.fillRect(QRect(x, place.top(), BAR, place.height()), theme.colour("accent", palette))
        if row.kind == "fold":
            painter.setPen(muted)
            painter.drawText(place.adjusted(2 * numbers + theme.GAP, 0, 0, 0), _LINE, fold_words(row))
        else:
            painter.setPen(muted)
            for number, left in ((row.old, x), (row.new, x + numbers)):
                if number:
                    painter.drawText(QRect(left, place.top(), numbers - 2, place.height()), _NUMBER, str(number))
            left = x + 2 * numbers + theme.GAP
            self._paint_words(painter, place, left, row, palette)
        painter.restore()

    def _paint_words(self, painter: QPainter, place: QRect, left: int, row: Row, palette: Any) -> None:
        words_at = left + 2 * self._figure
        if row.kind in ROLES:
            strong = theme.colour(ROLES[row.kind], palette)
            begin, end = row.changed
            if end > begin:
                mark_at = words_at + self._metrics.horizontalAdvance(row.words[:begin])
                width = self._metrics.horizontalAdvance(row.words[begin:end])
                ground = theme.blend(strong, theme.colour("surface", palette), MARK)
                painter.fillRect(QRect(mark_at, place.top(), width, place.height()), ground)
            painter.setPen(strong)
            painter.drawText(QRect(left, place.top(), 2 * self._figure, place.height()), _LINE, SIGNS[row.kind])
        painter.setPen(theme.colour("text", palette))
        room = QRect(words_at, place.top(), place.right() - words_at, place.height())
        painter.drawText(room, _LINE, row.words)


_LINE = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine)
_NUMBER = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)


def _work_out(old_text: str, new_text: str) -> tuple[list[str], list[str], list[Piece]]:
    old, new = _lines(old_text), _lines(new_text)
    return old, new, differences(old, new)


def _lines(words: str) -> list[str]:
    """The lines of a text, tabs as blanks; an end without a line end is not told from one with it."""
    return [line.expandtabs(TAB) for line in words.removesuffix("\n").split("\n")] if words else []
