"""Images of an archive: checked by their header before anything is decoded, and decoded off the event loop."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, QSize, Qt
from PySide6.QtGui import QBrush, QImage, QImageReader, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QVBoxLayout, QWidget

from k6desk.ui import theme
from k6desk.ui.parts import say
from k6desk.ui.text import PlainLabel

FORMATS = {"png", "jpeg", "gif", "bmp", "webp"}
MOST_PIXELS = 64_000_000
MOST_MIB = 256
"""What a decoded image may take of the memory."""
SIDE = 2048
"""Larger images are made smaller while they are read: no window shows more."""
SQUARE = 8


class PictureProblem(ValueError):
    """The image cannot be shown; `str()` is one sentence for people."""


class Decoded(NamedTuple):
    """An image, perhaps made smaller, with its own size and the name of its format."""

    image: QImage
    size: QSize
    format: str


def read_picture(content: bytes) -> Decoded:
    """Decode an image; blocks, and may be called in any thread. Raises `PictureProblem`."""
    buffer = QBuffer()
    buffer.setData(QByteArray(content))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    QImageReader.setAllocationLimit(MOST_MIB)
    reader = QImageReader(buffer)
    reader.setDecideFormatFromContent(True)
    name = bytes(reader.format().data()).decode("ascii", "replace").lower()
    size = reader.size()
    if name not in FORMATS:
        raise PictureProblem("k6desk cannot show images of this kind; these are its bytes.")
    if size.width() * size.height() > MOST_PIXELS:
        raise PictureProblem(
            f"This image has {size.width():,} × {size.height():,} pixels, more than k6desk shows; these are its bytes."
        )
    if size.isValid() and max(size.width(), size.height()) > SIDE:
        reader.setScaledSize(size.scaled(SIDE, SIDE, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1)))
    image = reader.read()
    if image.isNull():
        raise PictureProblem("This image is damaged or too large to be shown; these are its bytes.")
    return Decoded(image, size if size.isValid() else image.size(), name.upper())


class PictureView(QWidget):
    """An image as large as there is room, never larger than it is, on a checkerboard where one sees through it."""

    def __init__(self) -> None:
        super().__init__()
        self._canvas = _Canvas()
        self._facts = PlainLabel(kind="caption", muted=True)
        self._facts.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.WIDE, theme.WIDE, theme.WIDE, theme.GAP)
        column.addWidget(self._canvas, 1)
        column.addWidget(self._facts)

    def show_picture(self, picture: Decoded) -> None:
        """Show this image."""
        facts = f"{picture.format}, {picture.size.width():,} × {picture.size.height():,} pixels"
        say(self._facts, facts)
        self._canvas.show_image(picture.image, picture.size)
        self._canvas.setAccessibleName(f"Image: {facts}")


class _Canvas(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._pixmap = QPixmap()
        self._size = QSize()

    def show_image(self, image: QImage, size: QSize) -> None:
        self._pixmap = QPixmap.fromImage(image)
        self._size = size
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._pixmap.isNull():
            return
        size = self._size
        if size.width() > self.width() or size.height() > self.height():
            size = size.scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1))
        where = QRect(0, 0, size.width(), size.height())
        where.moveCenter(self.rect().center())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self._pixmap.hasAlpha():
            painter.setBrushOrigin(where.topLeft())
            painter.fillRect(where, QBrush(self._squares()))
        painter.drawPixmap(where, self._pixmap)
        painter.setPen(theme.colour("line", self.palette()))
        painter.drawRect(where.adjusted(-1, -1, 0, 0))

    def _squares(self) -> QPixmap:
        made = QPixmap(SQUARE * 2, SQUARE * 2)
        made.fill(theme.colour("surface", self.palette()))
        painter = QPainter(made)
        for at in (0, SQUARE):
            painter.fillRect(at, at, SQUARE, SQUARE, theme.colour("line", self.palette()))
        painter.end()
        return made
