"""The look: legible in both themes, one picture per icon name, one shape per outcome."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QImage, QPainter, QPalette
from PySide6.QtWidgets import QApplication, QLabel

from k6desk.api.models import FINISHED
from k6desk.ui import theme
from k6desk.ui.text import OUTCOMES

GROUNDS = ("window", "surface", "selection")
INKS = ("text", "muted", "accent", "running", "passed", "failed", "warning", "waiting")


@pytest.fixture(params=["light", "dark"])
def palette(request, qapp):
    before = qapp.palette(), qapp.styleSheet(), qapp.font(), qapp.style().name()
    theme.apply(qapp, request.param)
    yield qapp.palette()
    qapp.setStyleSheet(before[1])
    qapp.setPalette(before[0])
    qapp.setFont(before[2])
    qapp.setStyle(before[3])


def luminance(colour: QColor) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF())


def contrast(one: QColor, other: QColor) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def painted(paint, side: int = 16, scale: int = 1) -> QImage:
    image = QImage(QSize(side, side) * scale, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(scale)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    paint(painter)
    painter.end()
    return image


def solid_pixels(image: QImage) -> list[int]:
    pixels = memoryview(image.convertToFormat(QImage.Format.Format_ARGB32).constBits()).cast("I")
    return [pixel for pixel in pixels if pixel >> 24 == 255]


def ink_of(image: QImage) -> set[str]:
    return {QColor(pixel).name() for pixel in set(solid_pixels(image))}


def state(outcome: str, palette: QPalette, *, fraction: float | None = None, side: int = 16, scale: int = 1) -> QImage:
    square = QRectF(0, 0, side, side)
    return painted(lambda painter: theme.paint_state(painter, square, outcome, fraction, palette), side, scale)


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("ink", INKS)
def test_text_and_states_are_legible_on_every_ground(palette, ink, ground):
    assert contrast(theme.colour(ink, palette), theme.colour(ground, palette)) >= 4.5


def test_button_text_is_legible_on_the_accent(palette):
    assert contrast(theme.colour("surface", palette), theme.colour("accent", palette)) >= 4.5


def test_the_palette_tells_the_theme(qapp):
    dark, light = QPalette(QColor("#14161A")), QPalette(QColor("#F6F7F9"))
    assert theme.is_dark(dark)
    assert not theme.is_dark(light)
    assert theme.colour("text", dark) != theme.colour("text", light)


def test_qt_roles_are_the_colours_of_the_theme(palette):
    role = QPalette.ColorRole
    for qt, name in (
        (role.Window, "window"),
        (role.Base, "surface"),
        (role.Text, "text"),
        (role.PlaceholderText, "muted"),
        (role.Highlight, "selection"),
        (role.HighlightedText, "text"),
        (role.Link, "accent"),
    ):
        assert palette.color(qt) == theme.colour(name, palette)


def test_a_new_theme_reaches_widgets_that_exist(qapp, palette):
    label = QLabel("text")
    theme.apply(qapp, "light" if theme.is_dark(palette) else "dark")
    assert label.palette().color(QPalette.ColorRole.Window) != palette.color(QPalette.ColorRole.Window)
    label.deleteLater()


def test_system_follows_the_desktop(qapp, palette):
    theme.apply(qapp, "system")
    assert theme.is_dark() == (qapp.styleHints().colorScheme() == Qt.ColorScheme.Dark)


@pytest.mark.parametrize("kind", ["body", "caption", "title", "headline", "mono"])
def test_figures_have_equal_width(kind):
    from PySide6.QtGui import QFontMetrics

    metrics = QFontMetrics(theme.font(kind))
    assert len({metrics.horizontalAdvance(digit) for digit in "0123456789"}) == 1


def test_every_icon_is_a_drawing_in_the_current_colour():
    files = sorted(theme.resource("icons").glob("*.svg"))
    assert files
    for file in files:
        drawing = file.read_text(encoding="utf-8")
        assert 'viewBox="0 0 24 24"' in drawing, file.name
        assert "currentColor" in drawing, file.name
        assert "#" not in drawing, f"{file.name} has a colour of its own"


def test_every_icon_has_the_colour_of_its_role(palette):
    for file in theme.resource("icons").glob("*.svg"):
        image = theme.icon(file.stem, "accent").pixmap(QSize(48, 48)).toImage()
        assert theme.colour("accent", palette).name() in ink_of(image), file.name


def test_an_icon_follows_the_theme(qapp, palette):
    icon = theme.icon("refresh")
    before = ink_of(icon.pixmap(QSize(32, 32)).toImage())
    theme.apply(qapp, "light" if theme.is_dark(palette) else "dark")
    assert theme.colour("text").name() in ink_of(icon.pixmap(QSize(32, 32)).toImage())
    assert theme.colour("text").name() not in before


def test_a_disabled_icon_fades(palette):
    icon = theme.icon("stop")
    normal = icon.pixmap(QSize(32, 32), QIcon.Mode.Normal).toImage()
    disabled = icon.pixmap(QSize(32, 32), QIcon.Mode.Disabled).toImage()
    assert ink_of(normal).isdisjoint(ink_of(disabled))


def test_an_icon_is_drawn_sharp_on_dense_screens():
    pixmap = theme.icon("copy").pixmap(QSize(16, 16), 2.0)
    assert pixmap.size() == QSize(32, 32)
    assert pixmap.devicePixelRatio() == 2.0
    image = painted(lambda painter: theme.icon("copy").paint(painter, 0, 0, 16, 16), scale=2)
    assert image == pixmap.toImage()


def test_an_icon_outlives_the_object_it_was_copied_from():
    copies = [QIcon(theme.icon("star")) for _ in range(100)]
    assert all(not copy.pixmap(QSize(16, 16)).isNull() for copy in copies)


def test_the_application_icon_is_there():
    assert not QIcon(str(theme.resource("k6desk.svg"))).pixmap(QSize(64, 64)).isNull()


@pytest.mark.parametrize("scale", [1, 2])
def test_every_outcome_can_be_told_without_its_colour(palette, scale):
    outcomes = ("running", "failed", "error", "aborted", "queued", "initializing")
    silhouettes = {
        bytes(image.convertToFormat(QImage.Format.Format_Alpha8).constBits())
        for image in (state(outcome, palette, fraction=0.4, scale=scale) for outcome in outcomes)
    }
    assert len(silhouettes) == len(outcomes)
    middle = QPoint(8, 8) * scale
    cross, tick = state("failed", palette, scale=scale), state("passed", palette, scale=scale)
    assert cross.pixelColor(middle) == theme.colour("surface", palette), "the cross meets in the middle"
    assert tick.pixelColor(middle) != theme.colour("surface", palette)


@pytest.mark.parametrize("outcome", [*OUTCOMES, "", "a word from next year"])
def test_every_outcome_has_a_shape_in_its_colour(palette, outcome):
    assert theme.colour(theme.outcome_role(outcome), palette).name() in ink_of(state(outcome, palette, side=32))


def test_the_ring_fills_with_progress(palette):
    def solid(fraction: float) -> int:
        return len(solid_pixels(state("running", palette, fraction=fraction, side=64)))

    amounts = [solid(fraction) for fraction in (-1, 0.25, 0.5, 0.75, 1)]
    assert amounts == sorted(amounts)
    assert len(set(amounts)) == len(amounts)
    assert solid(7) == solid(1)


def test_a_shape_leaves_the_painter_as_it_was():
    def paint(painter: QPainter) -> None:
        painter.setPen(QColor("#123456"))
        theme.paint_state(painter, QRectF(4, 4, 20, 14), "error")
        assert painter.pen().color() == QColor("#123456")
        assert painter.transform().isIdentity()
        assert not painter.testRenderHint(QPainter.RenderHint.Antialiasing)

    painted(paint)


def test_words_not_known_yet_wait():
    assert theme.outcome_role("a word from next year") == "waiting"
    assert {theme.outcome_role(word) for word in OUTCOMES if word not in FINISHED} >= {"running", "waiting"}


def test_the_application_is_there_for_the_default_palette(qapp):
    assert isinstance(QGuiApplication.instance(), QApplication)
    assert theme.colour("text") == theme.colour("text", qapp.palette())
