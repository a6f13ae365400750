"""A small table of plain labels that are kept and refilled, so that scrolling and selected text survive an update."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from k6desk.ui import theme
from k6desk.ui.parts import say, wrapping
from k6desk.ui.text import PlainLabel

MOST_ENTRIES = 200
WIDEST = 560  # so that the eye finds from a name to its figure
ROW = 20
NARROWEST_NAME = 84


@dataclass(frozen=True, slots=True)
class Tone:
    """A colour of the theme, by its role, and how much of it is laid over the surface (0..1)."""

    role: str
    share: float = 1.0

    def colour(self, palette: QPalette) -> QColor:
        """The colour in the palette's theme."""
        return theme.blend(theme.colour(self.role, palette), theme.colour("surface", palette), self.share)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: its cells, the first of which takes the room, and text that wraps below them."""

    cells: tuple[str, ...]
    below: str = ""
    hint: str = ""
    tone: Tone | None = None
    strong: bool = False


class Ledger(QWidget):
    """Entries one under another, their cells in columns. At most `MOST_ENTRIES` are shown, and it says so."""

    def __init__(self, columns: int) -> None:
        super().__init__()
        self.setMaximumWidth(WIDEST)
        self._columns = columns
        self._lines: list[_Line] = []
        self._more = PlainLabel(kind="caption", muted=True)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.WIDE)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(1, 1)
        self._grid.addWidget(self._more, MOST_ENTRIES * 2, 1)

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Show these entries in place of the former ones."""
        shown = entries[:MOST_ENTRIES]
        while len(self._lines) < len(shown):
            self._lines.append(_Line(self._grid, len(self._lines) * 2, self._columns))
        for at, line in enumerate(self._lines):
            line.fill(shown[at] if at < len(shown) else None)
        hidden = len(entries) - len(shown)
        say(self._more, f"{hidden:,} more are not shown")
        self._more.setVisible(hidden > 0)


class _Line:
    """The widgets of one entry; two rows of the grid."""

    def __init__(self, grid: QGridLayout, row: int, columns: int) -> None:
        self._swatch = _Swatch()
        self._cells = [wrapping(), *(PlainLabel(selectable=True) for _ in range(columns - 1))]
        self._cells[0].setMinimumWidth(NARROWEST_NAME)
        self._below = wrapping(muted=True)
        self._all: list[QWidget] = [self._swatch, *self._cells, self._below]
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(self._swatch, row, 0, top)
        for column, cell in enumerate(self._cells, 1):
            cell.setMinimumHeight(ROW)
            cell.setAlignment(top | (Qt.AlignmentFlag.AlignRight if column > 1 else Qt.AlignmentFlag.AlignLeft))
            grid.addWidget(cell, row, column)
        grid.addWidget(self._below, row + 1, 1, 1, columns)

    def fill(self, entry: Entry | None) -> None:
        for widget in self._all:
            widget.setVisible(entry is not None)
        if entry is None:
            return
        self._swatch.show_tone(entry.tone)
        for cell, words in zip(self._cells, entry.cells, strict=True):
            say(cell, words, entry.hint)
            if cell.font().bold() != entry.strong:
                font = cell.font()
                font.setWeight(QFont.Weight.Bold if entry.strong else QFont.Weight.Normal)
                cell.setFont(font)
        say(self._below, entry.below)
        self._below.setVisible(bool(entry.below))


class _Swatch(QWidget):
    """A small square in the colour that the thing has in the picture above."""

    def __init__(self) -> None:
        super().__init__()
        self._tone: Tone | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_tone(self, tone: Tone | None) -> None:
        if tone != self._tone:
            self._tone = tone
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(10, self.fontMetrics().height() + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._tone is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._tone.colour(self.palette()))
        painter.drawRoundedRect(QRectF(0, (self.height() - 10) / 2, 10, 10), 3, 3)
