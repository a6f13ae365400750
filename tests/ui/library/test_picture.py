"""Images of an archive."""

from __future__ import annotations

import struct
import zlib

import pytest
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QColor, QImage

from k6desk.ui.library.picture import SIDE, PictureProblem, PictureView, read_picture


def image(width: int, height: int, kind: str = "PNG") -> bytes:
    made = QImage(width, height, QImage.Format.Format_ARGB32)
    made.fill(QColor(0, 0, 0, 0))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert made.save(buffer, kind)
    return bytes(buffer.data().data())


def png_of_size(width: int, height: int) -> bytes:
    """A PNG whose header claims a size that nothing of it has."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    data = b"IDAT" + zlib.compress(b"")
    chunks = (
        struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) for chunk in (header, data)
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP"])
def test_an_image_is_read_with_its_size(kind):
    picture = read_picture(image(40, 30, kind))
    assert (picture.size.width(), picture.size.height(), picture.format) == (40, 30, kind)


def test_a_bomb_is_refused_by_its_header():
    with pytest.raises(PictureProblem, match=r"60,000 × 60,000 pixels"):
        read_picture(png_of_size(60_000, 60_000))


def test_damage_is_one_sentence():
    with pytest.raises(PictureProblem, match="damaged"):
        read_picture(png_of_size(10, 10))


def test_what_is_no_image_that_is_shown_is_refused():
    with pytest.raises(PictureProblem, match="of this kind"):
        read_picture(b'<svg xmlns="http://www.w3.org/2000/svg"/>')


def test_a_large_image_is_made_smaller_while_it_is_read():
    picture = read_picture(image(SIDE * 2, 10))
    assert picture.image.width() == SIDE
    assert picture.size.width() == SIDE * 2


def test_where_one_sees_through_there_are_squares(dressed, shown):
    view = shown(PictureView(), 300, 300)
    view.show_picture(read_picture(image(100, 100)))
    grabbed = view.grab().toImage()
    middle = [grabbed.pixelColor(150 + x, 130).name() for x in range(-30, 30)]
    assert len(set(middle)) == 2
