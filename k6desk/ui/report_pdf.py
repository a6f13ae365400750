"""The report of a run as a PDF of one page, drawn in points. What does not fit is drawn smaller, never cut."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QBuffer, QLocale, QMarginsF, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPageLayout,
    QPageSize,
    QPaintDevice,
    QPainter,
    QPainterPath,
    QPdfWriter,
    QPen,
    QTextLayout,
    QTextOption,
)

from k6desk.ui.colours import LIGHT
from k6desk.ui.detail.bar import Segment, widths
from k6desk.ui.detail.ledger import Entry, Tone
from k6desk.ui.report_html import BADGE, ground, tone
from k6desk.ui.report_page import Page, Zone
from k6desk.ui.report_parts import Chapter, Metrics

RESOLUTION = 1200
"""So fine that the widths of letters, which are whole dots, do not show."""
MARGIN_PT = 44.0
SMALLEST = 0.25
STEP = 0.93
LINE = 1.42
"""The height of a line in sizes of its font."""

BODY, SMALL, TITLE, HEADING = 9.5, 8.0, 20.0, 11.0
GAP, SECTION = 6.0, 19.0
BAR, EDGE = 32.0, 2.4
SWATCH, INDENT = 7.0, 13.0
NAME_COLUMN = 62.0
FIGURE_COLUMN = 54.0

_Country = QLocale.Country
LETTER_COUNTRIES = frozenset(
    {
        _Country.Belize,
        _Country.Canada,
        _Country.Chile,
        _Country.Colombia,
        _Country.CostaRica,
        _Country.ElSalvador,
        _Country.Guatemala,
        _Country.Mexico,
        _Country.Nicaragua,
        _Country.Panama,
        _Country.Philippines,
        _Country.PuertoRico,
        _Country.UnitedStates,
        _Country.Venezuela,
    }
)
"""Where paper is of the size Letter; elsewhere it is A4."""


def paper() -> QPageSize:
    """The paper of the user's country."""
    is_letter = QLocale.system().territory() in LETTER_COUNTRIES
    return QPageSize(QPageSize.PageSizeId.Letter if is_letter else QPageSize.PageSizeId.A4)


def pdf_of(page: Page, size: QPageSize, font: QFont) -> bytes:
    """The file, in this font whatever its size is; takes a moment, and may be called in any thread."""
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(f"{page.title} – {page.outcome}")
    writer.setCreator("k6desk")
    writer.setResolution(RESOLUTION)
    writer.setPageLayout(QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF()))
    whole = size.size(QPageSize.Unit.Point)
    room = QRectF(MARGIN_PT, MARGIN_PT, whole.width() - 2 * MARGIN_PT, whole.height() - 2 * MARGIN_PT)
    scale = 1.0
    while scale > SMALLEST and _Sheet(writer, font, room, scale).lay_out(page) > room.height():
        scale *= STEP
    painter = QPainter(writer)
    try:
        _Sheet(writer, font, room, scale, painter).lay_out(page)
    finally:
        painter.end()
    return bytes(buffer.data().data())


class _Sheet:
    """Lays out from the top, in points; without a painter it only finds out how high that is."""

    def __init__(
        self, device: QPaintDevice, font: QFont, room: QRectF, scale: float, painter: QPainter | None = None
    ) -> None:
        self._device = device
        self._plain = font
        self._dots = RESOLUTION / 72 * scale
        self._left = room.left() / scale
        self._width = room.width() / scale
        self._scale = scale
        self._top = room.top() / scale
        self._bottom = room.bottom() / scale
        self._y = self._top
        self._painter = painter

    def lay_out(self, page: Page) -> float:
        """Draw a page; the height that it takes, in points of the paper."""
        self._head(page)
        for chapter in page.outcomes:
            self._chapter(chapter)
        self._metrics(page.metrics)
        for chapter in (page.timeline, page.cost):
            self._chapter(chapter)
        self._zones(page.zones, page.zones_remark)
        self._y += SECTION
        lines = [*page.footer, *([page.link] if page.link else [])]
        foot = sum(self._height(line, SMALL, self._width) for line in lines) + GAP
        height = (self._y + foot - self._top) * self._scale
        self._y = max(self._y, self._bottom - foot)
        self._rule()
        self._y += GAP
        for line in lines:
            self._text(line, size=SMALL, colour="muted")
        return height

    # -- parts of the page ---------------------------------------------------------------------------------------------

    def _head(self, page: Page) -> None:
        if page.project:
            self._text(page.project, colour="muted")
        self._text(page.title, size=TITLE, bold=True)
        self._y += GAP
        word = self._advance(page.outcome, BODY, bold=True) + 16
        badge = QRectF(self._left, self._y, word, BODY * LINE + 3)
        self._box(badge, QColor(tone(Tone(page.role, BADGE))), badge.height() / 2)
        start = self._y
        self._y += 1.5
        self._text(page.outcome, at=self._left + 8, width=word, bold=True, colour=page.role)
        self._y = start + 1.5
        self._text(page.why, at=self._left + word + 8, width=self._width - word - 8)
        self._y = max(self._y, badge.bottom()) + 2 * GAP
        self._facts(page.facts)
        if page.note:
            self._note(page.note)

    def _facts(self, facts: Sequence[tuple[str, str]]) -> None:
        half = (self._width - 2 * GAP) / 2
        for at in range(0, len(facts), 2):
            top, lowest = self._y, self._y
            for column, (name, value) in enumerate(facts[at : at + 2]):
                left = self._left + column * (half + 2 * GAP)
                self._y = top
                self._text(name, at=left, width=NAME_COLUMN, colour="muted")
                self._y = top
                self._text(value, at=left + NAME_COLUMN, width=half - NAME_COLUMN)
                lowest = max(lowest, self._y)
            self._y = lowest + 1.5

    def _note(self, note: str) -> None:
        self._y += 2 * GAP
        width = self._width - 20
        height = self._height(note, BODY, width) + 2 * GAP
        self._box(QRectF(self._left, self._y, self._width, height), QColor(LIGHT["window"]), 3)
        self._box(QRectF(self._left, self._y, EDGE, height), QColor(LIGHT["line"]))
        self._y += GAP
        self._text(note, at=self._left + 12, width=width)
        self._y += GAP

    def _chapter(self, chapter: Chapter) -> None:
        self._heading(chapter.title, chapter.figure)
        if chapter.segments:
            self._bar(chapter.segments)
        if chapter.ends[0]:
            self._sides(*chapter.ends)
        if chapter.entries:
            self._y += 3
            self._entries(chapter.entries)
        if chapter.remark:
            self._y += 3
            self._text(chapter.remark, colour="muted", size=SMALL)

    def _heading(self, title: str, figure: str = "") -> None:
        self._y += SECTION
        start = self._y
        self._text(title, size=HEADING, bold=True)
        under = self._y
        if figure:
            self._y = start + (HEADING - BODY)
            self._text(figure, colour="muted", right=True)
        self._y = under + 2
        self._rule()
        self._y += GAP

    def _bar(self, segments: Sequence[Segment]) -> None:
        gap = 1.5
        left = self._left
        for width, segment in zip(
            widths([each.size for each in segments], self._width - gap * (len(segments) - 1)), segments, strict=True
        ):
            box = QRectF(left, self._y, width, BAR)
            self._box(box, QColor(ground(segment)), 3)
            self._box(QRectF(left, box.bottom() - EDGE, width, EDGE), QColor(tone(segment.tone)), 1)
            if max(self._advance(words, SMALL) for words in (segment.words, segment.figure)) <= width - 9:
                top = self._y
                self._y += 3.5
                self._text(segment.words, size=SMALL, at=left + 5, width=width)
                self._text(segment.figure, size=SMALL, at=left + 5, width=width, colour="muted")
                self._y = top
            left += width + gap
        self._y += BAR

    def _sides(self, left: str, right: str) -> None:
        self._y += 1.5
        top = self._y
        self._text(left, size=SMALL, colour="muted")
        self._y = top
        self._text(right, size=SMALL, colour="muted", right=True)

    def _entries(self, entries: Sequence[Entry]) -> None:
        columns = [max(self._advance(line.cells[at], BODY, bold=line.strong) for line in entries) for at in (1, 2)]
        for line in entries:
            top = self._y
            right = self._left + self._width
            for cell, width in zip(reversed(line.cells[1:]), reversed(columns), strict=True):
                self._y = top
                self._text(cell, at=right - width - 1, width=width + 1, right=True, bold=line.strong)
                right -= width + 18
            self._y = top
            if line.tone:
                swatch = QRectF(self._left, top + (BODY * LINE - SWATCH) / 2, SWATCH, SWATCH)
                self._box(swatch, QColor(tone(line.tone)), 2)
            room = right - self._left - INDENT
            self._text(line.cells[0], at=self._left + INDENT, width=room, bold=line.strong)
            if line.below:
                self._text(line.below, at=self._left + INDENT, width=self._width - INDENT, colour="muted", size=SMALL)
            self._y += 1

    def _metrics(self, metrics: Metrics) -> None:
        self._heading("Metrics")
        number = len(metrics.captions)
        start = self._left + self._width - number * FIGURE_COLUMN
        if metrics.rows:
            self._row(start, metrics.captions, SMALL, "muted")
        for row in metrics.rows:
            top, indent = self._y, INDENT if row.is_part else 0
            room = start - self._left - indent
            self._text(row.name, at=self._left + indent, width=room, colour="muted" if row.is_part else "text")
            under, self._y = self._y, top
            if len(row.figures) == number:
                self._row(start, row.figures, BODY, "text")
            else:
                value, more = row.figures
                self._row(start, (value,), BODY, "text")
                self._y = top
                self._text(more, at=start + FIGURE_COLUMN + GAP, width=(number - 1) * FIGURE_COLUMN, colour="muted")
            self._y = max(self._y, under) + 1
        if metrics.remark:
            self._text(metrics.remark, size=SMALL, colour="muted")

    def _row(self, start: float, figures: Sequence[str], size: float, colour: str) -> None:
        top = self._y
        for at, figure in enumerate(figures):
            self._y = top
            self._text(figure, at=start + at * FIGURE_COLUMN, width=FIGURE_COLUMN, size=size, colour=colour, right=True)

    def _zones(self, zones: Sequence[Zone], remark: str) -> None:
        self._heading("Load zones")
        for zone in zones:
            top = self._y
            self._text(zone.name, width=self._width - 60)
            under, self._y = self._y, top
            self._text(zone.figure, right=True)
            self._y = under + 1
            whole = QRectF(self._left, self._y, self._width, 5)
            self._box(whole, QColor(LIGHT["line"]), 2.5)
            if zone.percent:
                whole.setWidth(max(5.0, whole.width() * zone.percent / 100))
                self._box(whole, QColor(LIGHT["accent"]), 2.5)
            self._y += 7
            if zone.below:
                self._text(zone.below, size=SMALL, colour="muted")
            self._y += GAP
        if remark:
            self._text(remark, size=SMALL, colour="muted")

    # -- drawing -------------------------------------------------------------------------------------------------------

    def _text(
        self,
        words: str,
        *,
        at: float | None = None,
        width: float | None = None,
        size: float = BODY,
        colour: str = "text",
        bold: bool = False,
        right: bool = False,
    ) -> None:
        """Plain text in lines from here down, the next thing stands below it."""
        left, room = self._left if at is None else at, self._width if width is None else width
        if self._painter:
            self._painter.setPen(QColor(LIGHT[colour]))
        for line in words.split("\n"):
            layout = self._laid_out(line, size, room, bold=bold, right=right)
            if self._painter:
                layout.draw(self._painter, QPointF(left, self._y) * self._dots)
            self._y += max(1, layout.lineCount()) * size * LINE

    def _height(self, words: str, size: float, width: float) -> float:
        lines = sum(max(1, self._laid_out(line, size, width).lineCount()) for line in words.split("\n"))
        return lines * size * LINE

    def _laid_out(
        self, line: str, size: float, width: float, *, bold: bool = False, right: bool = False
    ) -> QTextLayout:
        font = self._font(size, bold=bold)
        layout = QTextLayout(line, font, self._device)
        option = QTextOption(Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft)
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.beginLayout()
        y = 0.0
        while (part := layout.createLine()).isValid():
            part.setLineWidth(max(1.0, width) * self._dots)
            part.setPosition(QPointF(0, y + (size * LINE * self._dots - part.height()) / 2))
            y += size * LINE * self._dots
        layout.endLayout()
        return layout

    def _advance(self, words: str, size: float, *, bold: bool = False) -> float:
        return QFontMetricsF(self._font(size, bold=bold), self._device).horizontalAdvance(words) / self._dots

    def _font(self, size: float, *, bold: bool = False) -> QFont:
        font = QFont(self._plain)
        font.setPixelSize(round(size * self._dots))
        font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        return font

    def _box(self, box: QRectF, colour: QColor, radius: float = 0.0) -> None:
        if self._painter:
            path = QPainterPath()
            whole = QRectF(box.topLeft() * self._dots, box.size() * self._dots)
            path.addRoundedRect(whole, radius * self._dots, radius * self._dots)
            self._painter.fillPath(path, colour)

    def _rule(self) -> None:
        if self._painter:
            self._painter.setPen(QPen(QColor(LIGHT["line"]), 0.7 * self._dots))
            start = QPointF(self._left, self._y) * self._dots
            self._painter.drawLine(start, start + QPointF(self._width * self._dots, 0))
