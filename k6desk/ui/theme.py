"""The look: one palette per colour scheme, one family of icons, one shape per state.

Everything here is a function over `QPalette`, and the palette says whether it is dark: nobody has to be told of a
change of theme, because Qt hands the new palette to every widget and repaints it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QGuiApplication,
    QIcon,
    QIconEngine,
    QPainter,
    QPalette,
    QPen,
    QPixmap,
    QPixmapCache,
    QPolygonF,
)
from PySide6.QtWidgets import QApplication, QStyleFactory

UNIT = 4
GAP = 8
WIDE = 16
RADIUS = 6
ROW = 28

_LIGHT = {
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
_DARK = {
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
_FONTS = {
    "body": (13, QFont.Weight.Normal),
    "caption": (11, QFont.Weight.Normal),
    "title": (15, QFont.Weight.DemiBold),
    "headline": (20, QFont.Weight.DemiBold),
    "mono": (12, QFont.Weight.Normal),
}


def apply(app: QApplication, choice: Literal["light", "dark", "system"]) -> None:
    """Dress the application; call it again when the choice or, for "system", the desktop's colour scheme changes."""
    hints = app.styleHints()
    schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark, "system": Qt.ColorScheme.Unknown}
    hints.setColorScheme(schemes[choice])  # the title bars of Windows and macOS follow; many Linux desktops ignore it
    dark = choice == "dark" or (choice == "system" and hints.colorScheme() == Qt.ColorScheme.Dark)
    if app.style().name() != "fusion":
        app.setStyle(QStyleFactory.create("Fusion"))
    palette = _palette(_DARK if dark else _LIGHT)
    app.setPalette(palette)
    app.setFont(font("body"))
    app.setStyleSheet(_stylesheet(palette))


def is_dark(palette: QPalette | None = None) -> bool:
    """Whether the palette (of the application, if none is given) is light text on a dark ground."""
    ground = (palette or QGuiApplication.palette()).color(QPalette.ColorRole.Window)
    return ground.lightness() < 128


def colour(role: str, palette: QPalette | None = None) -> QColor:
    """The colour of a role: window surface line text muted accent selection, running passed failed warning waiting."""
    return QColor((_DARK if is_dark(palette) else _LIGHT)[role])


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


def font(kind: Literal["body", "caption", "headline", "title", "mono"]) -> QFont:
    """A font of the one scale, with figures of equal width; `mono` is the system's fixed font."""
    family = QFontDatabase.SystemFont.FixedFont if kind == "mono" else QFontDatabase.SystemFont.GeneralFont
    result = QFontDatabase.systemFont(family)
    size, weight = _FONTS[kind]
    result.setPixelSize(size)
    result.setWeight(weight)
    result.setFeature(QFont.Tag("tnum"), 1)
    return result


def resource(*parts: str) -> Path:
    """A file of `resources`, which lies beside the package in a checkout and inside it when installed."""
    package = Path(__file__).parents[1]
    inside = package / "resources"
    return (inside if inside.is_dir() else package.parent / "resources").joinpath(*parts)


def icon(name: str, role: str = "text") -> QIcon:
    """The icon `resources/icons/NAME.svg` in the role's colour of the theme at the time it is painted."""
    return QIcon(_IconEngine(name, role))


def paint_state(
    painter: QPainter, rect: QRectF, outcome: str, fraction: float | None = None, palette: QPalette | None = None
) -> None:
    """Paint the shape of a run's outcome into the largest square in the middle of `rect`; best at 14 to 20 px.

    Running is a ring filled by `fraction` (0..1, None while unknown), passed a tick in a disc, failed a cross in a
    disc, error a triangle, aborted a rounded square, waiting a clock, preparing or processing three dots.
    """
    side = min(rect.width(), rect.height())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rect.x() + (rect.width() - side) / 2, rect.y() + (rect.height() - side) / 2)
    painter.scale(side / 16, side / 16)
    ink = colour(outcome_role(outcome), palette)
    ground = colour("surface", palette)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    match outcome:
        case "running":
            _paint_ring(painter, ink, fraction)
        case "passed":
            painter.drawEllipse(QRectF(1, 1, 14, 14))
            painter.setPen(_pen(ground, 1.8))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline(QPolygonF([QPointF(4.8, 8.3), QPointF(7.1, 10.6), QPointF(11.3, 5.7)]))
        case "failed":
            painter.drawEllipse(QRectF(1, 1, 14, 14))
            painter.setPen(_pen(ground, 1.8))
            painter.drawLine(QPointF(5.6, 5.6), QPointF(10.4, 10.4))
            painter.drawLine(QPointF(10.4, 5.6), QPointF(5.6, 10.4))
        case "error":
            painter.setPen(_pen(ink, 2))
            painter.drawPolygon(QPolygonF([QPointF(8, 2.4), QPointF(14.2, 13.4), QPointF(1.8, 13.4)]))
            painter.setPen(_pen(ground, 1.7))
            painter.drawLine(QPointF(8, 6), QPointF(8, 9.2))
            painter.drawPoint(QPointF(8, 12))
        case "aborted":
            painter.drawRoundedRect(QRectF(2, 2, 12, 12), 3, 3)
            painter.setBrush(ground)
            painter.drawRoundedRect(QRectF(5.5, 5.5, 5, 5), 1, 1)
        case "created" | "queued":
            painter.setPen(_pen(ink, 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QRectF(1.75, 1.75, 12.5, 12.5))
            painter.drawPolyline(QPolygonF([QPointF(8, 4.8), QPointF(8, 8.2), QPointF(10.3, 9.6)]))
        case _:
            for x in (3, 8, 13):
                painter.drawEllipse(QPointF(x, 8), 1.7, 1.7)
    painter.restore()


def _paint_ring(painter: QPainter, ink: QColor, fraction: float | None) -> None:
    circle = QRectF(2, 2, 12, 12)
    faint = QColor(ink)
    faint.setAlphaF(0.28)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_pen(faint, 2.4))
    painter.drawEllipse(circle)
    if fraction is None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawEllipse(QPointF(8, 8), 2.2, 2.2)
    else:
        painter.setPen(_pen(ink, 2.4))
        painter.drawArc(circle, 90 * 16, -round(min(max(fraction, 0.02), 1) * 360 * 16))


def _pen(ink: QColor, width: float) -> QPen:
    return QPen(ink, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)


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
    tone = {role: colour(role, palette).name() for role in _LIGHT}
    tone["hover"] = blend(colour("text", palette), colour("window", palette), 0.07).name()
    tone["thumb"] = blend(colour("muted", palette), colour("window", palette), 0.4).name()
    tone["faded"] = palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text).name()
    return _STYLE % tone


_STYLE = """
QToolTip { color: %(text)s; background: %(surface)s; border: 1px solid %(line)s; padding: 4px 6px; }
QPushButton, QLineEdit, QPlainTextEdit, QTextEdit {
    background: %(surface)s; border: 1px solid %(line)s; border-radius: 6px; }
QPushButton, QLineEdit { padding: 4px 8px; min-height: 18px; }
QLineEdit { selection-background-color: %(accent)s; selection-color: %(surface)s; }
QPlainTextEdit[readOnly="true"], QTextEdit[readOnly="true"] { border: none; border-radius: 0; }
QPushButton { padding: 4px 12px; }
QPushButton:hover { background: %(hover)s; }
QPushButton:pressed { background: %(line)s; }
QPushButton:focus, QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus { border-color: %(accent)s; }
QPushButton:default { background: %(accent)s; border-color: %(accent)s; color: %(surface)s; }
QPushButton:default:focus { border-color: %(text)s; }
QPushButton:disabled, QPushButton:default:disabled {
    background: %(window)s; border-color: %(line)s; color: %(faded)s; }
QCheckBox::indicator:unchecked, QRadioButton::indicator:unchecked {
    width: 12px; height: 12px; background: %(surface)s; border: 1px solid %(muted)s; border-radius: 3px; }
QRadioButton::indicator:unchecked { border-radius: 7px; }
QProgressBar { background: %(line)s; border: none; border-radius: 2px; max-height: 4px; color: transparent; }
QProgressBar::chunk { background: %(accent)s; border-radius: 2px; }
QToolBar { background: %(window)s; border: none; border-bottom: 1px solid %(line)s; spacing: 4px; padding: 4px 8px; }
QToolBar::separator { background: %(line)s; width: 1px; margin: 4px; }
QToolButton { background: transparent; border: 1px solid transparent; border-radius: 6px; padding: 4px; }
QToolButton:hover { background: %(hover)s; }
QToolButton:pressed, QToolButton:checked { background: %(selection)s; }
QToolButton:focus { border-color: %(accent)s; }
QToolButton:disabled { color: %(faded)s; }
QToolButton::menu-indicator { image: none; }
QHeaderView { background: %(surface)s; }
QHeaderView::section { background: %(surface)s; color: %(muted)s; border: none; border-bottom: 1px solid %(line)s;
    padding: 4px 8px; }
QHeaderView::section:hover { color: %(text)s; }
QAbstractItemView { border: none; outline: none; }
QTabWidget::pane { border: none; border-top: 1px solid %(line)s; }
QTabBar { qproperty-drawBase: 0; }
QTabBar::tab { color: %(muted)s; background: transparent; border: none; border-bottom: 2px solid transparent;
    padding: 6px 10px; }
QTabBar::tab:hover { color: %(text)s; }
QTabBar::tab:selected { color: %(text)s; border-bottom-color: %(accent)s; }
QTabBar::tab:focus { color: %(accent)s; }
QSplitter::handle { background: %(line)s; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QMenu { background: %(surface)s; border: 1px solid %(line)s; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 8px; border-radius: 4px; }
QMenu::item:selected { background: %(selection)s; }
QMenu::item:disabled { color: %(faded)s; }
QMenu::icon { padding-left: 8px; }
QMenu::separator { height: 1px; background: %(line)s; margin: 4px; }
QMenuBar { background: %(window)s; }
QMenuBar::item { padding: 4px 8px; border-radius: 4px; background: transparent; }
QMenuBar::item:selected { background: %(hover)s; }
QStatusBar { background: %(window)s; border-top: 1px solid %(line)s; }
QStatusBar::item { border: none; }
QScrollBar { background: transparent; border: none; }
QScrollBar:vertical { width: 10px; }
QScrollBar:horizontal { height: 10px; }
QScrollBar::handle { background: %(thumb)s; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover { background: %(muted)s; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
"""


class _IconEngine(QIconEngine):
    """Paints one SVG in the colour that its role has now; pixmaps are kept by Qt's own cache."""

    def __init__(self, name: str, role: str) -> None:
        super().__init__()
        self._name = name
        self._role = role

    def clone(self) -> QIconEngine:
        return _IconEngine(self._name, self._role)

    def isNull(self) -> bool:
        return False

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        painter.drawPixmap(rect, self.scaledPixmap(rect.size(), mode, state, painter.device().devicePixelRatioF()))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        ink = colour(self._role)
        if mode == QIcon.Mode.Disabled:
            ink = QGuiApplication.palette().color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
        key = f"k6desk/{self._name}/{ink.name()}/{size.width()}x{size.height()}@{scale}"
        pixmap = QPixmap()
        if not QPixmapCache.find(key, pixmap):
            pixmap = _render(_drawing(self._name), ink, size * scale)
            pixmap.setDevicePixelRatio(scale)
            QPixmapCache.insert(key, pixmap)
        return pixmap


@cache
def _drawing(name: str) -> bytes:
    return resource("icons", f"{name}.svg").read_bytes()


def _render(drawing: bytes, ink: QColor, size: QSize) -> QPixmap:
    from PySide6.QtSvg import QSvgRenderer

    pixmap = QPixmap(size)
    pixmap.fill(Qt.GlobalColor.transparent)
    side = min(size.width(), size.height())
    middle = QRectF((size.width() - side) / 2, (size.height() - side) / 2, side, side)
    painter = QPainter(pixmap)
    QSvgRenderer(drawing.replace(b"currentColor", ink.name().encode())).render(painter, middle)
    painter.end()
    return pixmap
