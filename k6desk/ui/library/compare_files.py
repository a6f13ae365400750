"""The list of the files that are compared, and how its rows are painted."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import QApplication, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from k6desk.ui import theme
from k6desk.ui.library.compare_model import ENTRY, CompareModel, Entry, line_words, title, what
from k6desk.ui.lines import Lines
from k6desk.ui.roles import Index

HEIGHT = 44
SHAPE = 18
TINT = 0.12
SHAPES = {
    "changed": ("~", "running"),
    "added": ("+", "passed"),
    "removed": ("−", "failed"),
    "renamed": ("↷", "accent"),
    "same": ("=", "muted"),
}


class CompareFiles(QListView):
    """Enter or a click on the last row shows or hides the unchanged files."""

    chosen = Signal(object)  # the FileChange

    def __init__(self, model: CompareModel) -> None:
        super().__init__()
        self._model = model
        self.setModel(model)
        self.setItemDelegate(_FileDelegate(self))
        self.setUniformItemSizes(True)
        self.setAccessibleName("Files of both scripts")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setMinimumWidth(140)
        self.clicked.connect(lambda index: model.toggle_same(index.row()))
        self.selectionModel().currentChanged.connect(self._choose)

    def _choose(self, index: Index) -> None:
        if index.isValid() and (change := self._model.entry(index.row()).change):
            self.chosen.emit(change)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = Qt.Key
        if event.key() in {keys.Key_Return, keys.Key_Enter, keys.Key_Space} and self.currentIndex().isValid():
            self._model.toggle_same(self.currentIndex().row())
        else:
            super().keyPressEvent(event)


class _FileDelegate(QStyledItemDelegate):
    """A shape for what happened, the name, and below it the same in words with the lines that came and went."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        middle = Qt.TextElideMode.ElideMiddle
        self._body = Lines(theme.font("body"), middle)
        self._caption = Lines(theme.font("caption"), middle)
        self._chevrons = {name: theme.icon(name, "muted") for name in ("chevron-right", "chevron-down")}

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        styled: Any = option
        entry: Entry = index.data(ENTRY)
        palette = styled.palette
        style = styled.widget.style() if styled.widget else QApplication.style()
        painter.save()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, styled, painter, styled.widget)
        place: QRect = styled.rect.adjusted(theme.GAP, theme.UNIT, -theme.GAP, -theme.UNIT)
        shape = QRect(place.left(), place.center().y() - SHAPE // 2 + 1, SHAPE, SHAPE)
        words = place.adjusted(SHAPE + theme.GAP, 0, 0, 0)
        if entry.change is None:
            self._chevrons["chevron-down" if entry.is_open else "chevron-right"].paint(painter, shape)
            painter.setPen(theme.colour("muted", palette))
            self._body.paint(painter, words, title(entry))
        else:
            _paint_shape(painter, shape, entry.change.kind, palette)
            half = words.height() // 2
            painter.setPen(theme.colour("text", palette))
            self._body.paint(painter, words.adjusted(0, 0, 0, -half), title(entry))
            painter.setPen(theme.colour("muted", palette))
            below = words.adjusted(0, half, 0, 0)
            taken = self._caption.paint(painter, below, line_words(entry), right=True)
            self._caption.paint(painter, below.adjusted(0, 0, -taken - theme.GAP, 0), what(entry))
        if styled.state & QStyle.StateFlag.State_HasFocus:
            painter.fillRect(QRect(styled.rect.left(), styled.rect.top(), 3, HEIGHT), theme.colour("accent", palette))
        painter.restore()


def _paint_shape(painter: QPainter, place: QRect, kind: str, palette: QPalette) -> None:
    sign, role = SHAPES[kind]
    strong = theme.colour(role, palette)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.blend(strong, theme.colour("surface", palette), TINT))
    painter.drawRoundedRect(place, 4, 4)
    painter.setPen(strong)
    painter.setFont(theme.font("body"))
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, sign)
