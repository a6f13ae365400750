"""Charts as a picture and as figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import numpy as np
from PySide6.QtCore import QBuffer, QIODevice, QRect, QSize
from PySide6.QtGui import QImage, QImageWriter, QPainter
from PySide6.QtWidgets import QWidget

from k6desk.core.metrics.units import Unit
from k6desk.data.export_csv import csv_lines
from k6desk.ui.charts.time_chart import TimeChart

_MARGIN = 16
_SCALE = 2
_PIXELS_PER_INCH = 96  # of SVG
_UNITS: dict[Unit, str] = {"ms": "ms", "bytes": "bytes", "share": "0 to 1", "count": "", "": ""}


def csv_of(charts: Sequence[TimeChart], origin: datetime | None) -> str:
    """A row for each time that any line has a sample of, a column for each line; no cell becomes a formula."""
    lines = [(chart, line) for chart in charts for line in chart.lines]
    times = np.unique(np.concatenate([line.times for _, line in lines])) if lines else np.empty(0)
    columns: list[Iterable[object]] = [times.round(3).tolist()]
    if origin:
        columns.append(origin + timedelta(seconds=time) for time in times.tolist())
    for _, line in lines:
        column = np.full(len(times), np.nan)
        column[np.searchsorted(times, line.times)] = line.values
        columns.append(column.tolist())
    header = ["Elapsed (s)", *(["Time"] if origin else []), *(_heading(chart, line.name) for chart, line in lines)]
    return csv_lines([header, *zip(*columns, strict=True)]).decode()


def image_of(stack: QWidget, charts: Sequence[TimeChart]) -> QImage:
    """A picture of what is seen, in the colours of the theme, at twice its size."""
    size = _size(stack)
    image = QImage(size * _SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(_SCALE)
    painter = QPainter(image)
    _draw(painter, size, stack, charts)
    painter.end()
    return image


def png_of(image: QImage) -> bytes:
    """A picture as PNG; takes a moment, and may be called in any thread."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, b"png").write(image)
    return bytes(buffer.data().data())


def svg_of(stack: QWidget, charts: Sequence[TimeChart]) -> bytes:
    """The same as SVG, in lines and letters."""
    from PySide6.QtSvg import QSvgGenerator

    size = _size(stack)
    buffer = QBuffer()
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)  # the older one cannot clip
    generator.setResolution(_PIXELS_PER_INCH)
    generator.setOutputDevice(buffer)
    generator.setSize(size)
    generator.setViewBox(QRect(0, 0, size.width(), size.height()))
    generator.setTitle(", ".join(chart.title for chart in charts))
    painter = QPainter(generator)
    _draw(painter, size, stack, charts)
    painter.end()
    return bytes(buffer.data().data())


def _size(stack: QWidget) -> QSize:
    return stack.size() + QSize(2 * _MARGIN, 2 * _MARGIN)


def _draw(painter: QPainter, size: QSize, stack: QWidget, charts: Sequence[TimeChart]) -> None:
    painter.fillRect(QRect(0, 0, size.width(), size.height()), stack.palette().color(stack.backgroundRole()))
    painter.translate(_MARGIN, _MARGIN)
    for chart in charts:
        painter.save()
        painter.translate(chart.pos())
        chart.readout.draw(painter)
        painter.translate(chart.plot.pos())
        chart.plot.draw(painter)
        painter.restore()


def _heading(chart: TimeChart, name: str) -> str:
    unit = _UNITS[chart.unit] + ("/s" if chart.per_s and chart.unit != "ms" else "")
    words = f"{chart.title} {name}" if name != chart.title else name
    return f"{words} ({unit})" if unit else words
