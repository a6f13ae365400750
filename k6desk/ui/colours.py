"""The colours of both themes by role. A palette says whether it is dark, so nobody has to be told of a change."""

from __future__ import annotations

from PySide6.QtGui import QColor, QGuiApplication, QPalette

LIGHT = {
    "window": "#F6F7F9",
    "surface": "#FFFFFF",
    "line": "#E2E5EA",
    "text": "#1A1D23",
    "muted": "#5A6270",
    "accent": "#5A48D6",
    "selection": "#ECE9FF",
    "running": "#1D63D8",
    "passed": "#1B7A43",
    "failed": "#C22F3A",
    "warning": "#A85300",
    "waiting": "#62666D",
}
DARK = {
    "window": "#14161A",
    "surface": "#1B1E24",
    "line": "#2B3038",
    "text": "#E7E9ED",
    "muted": "#9BA3AF",
    "accent": "#A496FF",
    "selection": "#2C2850",
    "running": "#6FA5FF",
    "passed": "#4FC58A",
    "failed": "#FF7F87",
    "warning": "#F2A561",
    "waiting": "#A7ADB7",
}
_OUTCOME_ROLES = {
    "passed": "passed",
    "failed": "failed",
    "error": "warning",
    "aborted": "warning",
    "running": "running",
}


def is_dark(palette: QPalette | None = None) -> bool:
    """Whether the palette (of the application, if none is given) is light text on a dark ground."""
    ground = (palette or QGuiApplication.palette()).color(QPalette.ColorRole.Window)
    return ground.lightness() < 128


def colour(role: str, palette: QPalette | None = None) -> QColor:
    """The colour of a role: window surface line text muted accent selection, running passed failed warning waiting."""
    return QColor((DARK if is_dark(palette) else LIGHT)[role])


def blend(over: QColor, under: QColor, share: float) -> QColor:
    """`over` laid with this share (0..1) on `under`, as an opaque colour."""
    return QColor.fromRgbF(
        over.redF() * share + under.redF() * (1 - share),
        over.greenF() * share + under.greenF() * (1 - share),
        over.blueF() * share + under.blueF() * (1 - share),
    )


def outcome_role(outcome: str) -> str:
    """The colour role of a run's outcome; words not known yet wait."""
    return _OUTCOME_ROLES.get(outcome, "waiting")
