#!/usr/bin/env python3
"""Draw `resources/k6desk.svg` in every size and format that a desktop wants: `python packaging/icons.py FOLDER`.

k6desk-16.png … k6desk-512.png for Linux, k6desk.ico for Windows, k6desk.icns for macOS. The latter two are but PNGs
with a table in front; Qt would write only one size into each.
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

DRAWING = Path(__file__).parents[1] / "resources" / "k6desk.svg"
PNG_SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
ICO_SIZES = (16, 20, 24, 32, 40, 48, 64, 256)
ICNS_TYPES = {
    "ic11": 32,  # 16 points, twice as fine
    "ic12": 64,
    "ic07": 128,
    "ic13": 256,
    "ic08": 256,
    "ic14": 512,
    "ic09": 512,
    "ic10": 1024,
}


def main(folder: Path) -> None:
    """Write all of them."""
    folder.mkdir(parents=True, exist_ok=True)
    for size in PNG_SIZES:
        (folder / f"k6desk-{size}.png").write_bytes(png(size))
    (folder / "k6desk.ico").write_bytes(ico({size: png(size) for size in ICO_SIZES}))
    (folder / "k6desk.icns").write_bytes(icns({kind: png(size) for kind, size in ICNS_TYPES.items()}))


def png(size: int) -> bytes:
    """The icon as a PNG of so many pixels a side."""
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(DRAWING)).render(painter)
    painter.end()
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return content.data()


def ico(images: dict[int, bytes]) -> bytes:
    """PNGs by size as one file; a side of 256 is written as 0."""
    offset = 6 + 16 * len(images)
    table = struct.pack("<HHH", 0, 1, len(images))
    for size, content in images.items():
        table += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(content), offset)
        offset += len(content)
    return table + b"".join(images.values())


def icns(images: dict[str, bytes]) -> bytes:
    """PNGs by what Apple calls their size as one file."""
    blocks = b"".join(
        struct.pack(">4sI", kind.encode(), 8 + len(content)) + content for kind, content in images.items()
    )
    return struct.pack(">4sI", b"icns", 8 + len(blocks)) + blocks


if __name__ == "__main__":
    main(Path(sys.argv[1]))
