"""Ten colours for lines, in each theme at least 3:1 on the surface, told apart without seeing red and green too."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette, QPen

from k6desk.ui import theme
from k6desk.ui.charts.lines import Style

_LIGHT = ("#2563D9", "#D9690B", "#0B8A7E", "#B5379A", "#7A6A00", "#6C55DA", "#0A86C2", "#BF3B3B", "#4B8421", "#66707F")
_DARK = ("#6FA5FF", "#F29A4A", "#3CC6B6", "#EC84D2", "#D2BE3E", "#A796FF", "#4DC3F2", "#FF8A80", "#93CE5C", "#A3ACB9")
COUNT = len(_LIGHT)
FAILED = -1
"""The role of a line that shows failure, in the colour that failure has everywhere."""

_DASHES: dict[Style, list[float]] = {"solid": [], "dashed": [6, 3], "dotted": [2, 2.5]}


def line_colour(role: int, palette: QPalette) -> QColor:
    """The colour of a line; an eleventh line begins again with the first colour."""
    if role == FAILED:
        return theme.colour("failed", palette)
    return QColor((_DARK if theme.is_dark(palette) else _LIGHT)[role % COUNT])


def line_pen(role: int, style: Style, palette: QPalette, width: float, dash: float = 1.0) -> QPen:
    """The pen of a line; its dashes are in pixels, each of them `dash` units of the pen's."""
    pen = QPen(line_colour(role, palette), width)
    if _DASHES[style]:
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setDashPattern([length * dash / width for length in _DASHES[style]])
    return pen
