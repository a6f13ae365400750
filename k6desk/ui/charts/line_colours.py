"""Ten colours for lines: at least 3:1 on window and surface of each theme, and told apart without red or green too.

They differ in lightness as well as in hue, the first ones most. The last one is a quiet grey.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette, QPen

from k6desk.ui import theme
from k6desk.ui.charts.lines import Style

_LIGHT = ("#2563D9", "#D9690B", "#0D785B", "#8F0F7C", "#8F7FED", "#4A4A00", "#C2559B", "#5B9A57", "#163A5F", "#6F757E")
_DARK = ("#6FA5FF", "#F29A4A", "#99F4D1", "#C44FB4", "#7F66F0", "#E4D94A", "#FFBBED", "#4F9E6B", "#B5573A", "#8B94A1")
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
