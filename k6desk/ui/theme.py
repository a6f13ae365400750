"""The look: one palette per colour scheme, one family of icons, one shape per state.

Everything here is a function over `QPalette`, and the palette says whether it is dark: nobody has to be told of a
change of theme, because Qt hands the new palette to every widget and repaints it.
"""

from __future__ import annotations

import re
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from k6desk.ui.colours import DARK, LIGHT, blend, colour, is_dark, outcome_role
from k6desk.ui.icons import icon, resource
from k6desk.ui.shapes import paint_state

__all__ = [
    "GAP",
    "ROW",
    "UNIT",
    "WIDE",
    "apply",
    "blend",
    "colour",
    "font",
    "icon",
    "is_dark",
    "outcome_role",
    "paint_state",
    "resource",
]

UNIT = 4
GAP = 8
WIDE = 16
ROW = 28

_FONTS = {
    "body": (13, QFont.Weight.Normal),
    "caption": (11, QFont.Weight.Normal),
    "title": (15, QFont.Weight.DemiBold),
    "headline": (20, QFont.Weight.DemiBold),
    "mono": (12, QFont.Weight.Normal),
}


def apply(app: QApplication, choice: Literal["light", "dark", "system"]) -> None:
    """Dress the application; call it again when the choice or, for "system", the desktop's colour scheme changes."""
    choose_colours(app, choice)
    finish(app)


def choose_colours(app: QApplication, choice: Literal["light", "dark", "system"]) -> None:
    """The first half of `apply`, for start-up: what widgets take their sizes and colours from while they are made."""
    hints = app.styleHints()
    schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark, "system": Qt.ColorScheme.Unknown}
    hints.setColorScheme(schemes[choice])  # the title bars of Windows and macOS follow; many Linux desktops ignore it
    dark = choice == "dark" or (choice == "system" and hints.colorScheme() == Qt.ColorScheme.Dark)
    app.setStyle("Fusion")
    app.setPalette(_palette(DARK if dark else LIGHT))
    app.setFont(font("body"))


def finish(app: QApplication) -> None:
    """The second half: a style sheet that is there before the widgets polishes each of them several times."""
    app.setStyleSheet(_stylesheet(app.palette()))


def font(kind: Literal["body", "caption", "headline", "title", "mono"]) -> QFont:
    """A font of the one scale, with figures of equal width; `mono` is the system's fixed font."""
    family = QFontDatabase.SystemFont.FixedFont if kind == "mono" else QFontDatabase.SystemFont.GeneralFont
    result = QFontDatabase.systemFont(family)
    size, weight = _FONTS[kind]
    result.setPixelSize(size)
    result.setWeight(weight)
    result.setFeature(QFont.Tag("tnum"), 1)
    return result


def _palette(colours: dict[str, str]) -> QPalette:
    tone = {role: QColor(value) for role, value in colours.items()}
    role = QPalette.ColorRole
    result = QPalette()
    for roles, value in (
        ((role.Window, role.AlternateBase), tone["window"]),
        ((role.Base, role.Button, role.Light, role.ToolTipBase), tone["surface"]),
        ((role.WindowText, role.Text, role.ButtonText, role.BrightText, role.ToolTipText), tone["text"]),
        ((role.Midlight, role.Mid, role.Dark), tone["line"]),
        ((role.Shadow,), blend(tone["text"], tone["line"], 0.15)),
        ((role.PlaceholderText,), tone["muted"]),
        ((role.Highlight,), tone["selection"]),
        ((role.HighlightedText,), tone["text"]),
        ((role.Link, role.LinkVisited, role.Accent), tone["accent"]),
    ):
        for one in roles:
            result.setColor(one, value)
    faded = blend(tone["muted"], tone["window"], 0.6)
    for one in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText, role.PlaceholderText):
        result.setColor(QPalette.ColorGroup.Disabled, one, faded)
    return result


def _stylesheet(palette: QPalette) -> str:
    tone = {role: colour(role, palette).name() for role in LIGHT}
    tone["hover"] = blend(colour("text", palette), colour("window", palette), 0.07).name()
    tone["thumb"] = blend(colour("muted", palette), colour("window", palette), 0.4).name()
    tone["faded"] = palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text).name()
    tone["tick"] = resource(f"tick-{'dark' if is_dark(palette) else 'light'}.svg").as_posix()
    style = resource("style.qss").read_text(encoding="utf-8")
    return re.sub(r"@(\w+)", lambda name: tone[name[1]], style)
