"""A path through many points, made without a call of Python for each of them."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QByteArray, QDataStream
from PySide6.QtGui import QPainterPath

from k6desk.ui.charts.lines import Floats

_POINT = np.dtype([("kind", ">i4"), ("x", ">f8"), ("y", ">f8")])


def path_of(times: Floats, values: Floats) -> QPainterPath:
    """The path through the points, broken where a value is NaN or infinite.

    It is written as Qt itself writes a path (a count, the points with how they are reached, two fields of the path) and
    then read: thirty times faster than a `lineTo` for each point.
    """
    known = np.isfinite(values)
    count = int(np.count_nonzero(known))
    points = np.empty(count, _POINT)
    points["x"], points["y"] = times[known], values[known]
    points["kind"] = np.append(False, known[:-1])[known]  # 1: a line leads here; 0: a new beginning
    path = QPainterPath()
    QDataStream(QByteArray(count.to_bytes(4, "big") + points.tobytes() + bytes(8))) >> path
    return path
