"""Colours of lines are seen on the surface of both themes, and differ."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QPalette

from k6desk.ui import theme
from k6desk.ui.charts.line_colours import COUNT, FAILED, line_colour

# How people see without the cones for red, or for green (Machado, Oliveira and Fernandes, 2009).
_WITHOUT_RED = ((0.1523, 1.0526, -0.2049), (0.1145, 0.7863, 0.0992), (-0.0039, -0.0481, 1.0520))
_WITHOUT_GREEN = ((0.3673, 0.8607, -0.2280), (0.2801, 0.6725, 0.0474), (-0.0118, 0.0429, 0.9689))


def _linear(colour: QColor) -> list[float]:
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.getRgbF()[:3]]


def _seen(colour: QColor, eyes: tuple[tuple[float, ...], ...]) -> np.ndarray:
    """The colour as these eyes see it, in Oklab, where distances are those that are felt."""
    seen = np.clip(np.array(eyes) @ _linear(colour), 0, 1)
    cones = np.cbrt(np.array([[0.4122, 0.5363, 0.0514], [0.2119, 0.6807, 0.1074], [0.0883, 0.2817, 0.6300]]) @ seen)
    return np.array([[0.2105, 0.7936, -0.0041], [1.9780, -2.4286, 0.4506], [0.0259, 0.7828, -0.8087]]) @ cones


def _luminance(colour: QColor) -> float:
    parts = _linear(colour)
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize("ground", ["#FFFFFF", "#101010"])
def test_every_line_stands_out(ground):
    palette = QPalette(QColor(ground))
    for under in (_luminance(theme.colour(each, palette)) for each in ("window", "surface")):
        for role in (FAILED, *range(COUNT)):
            line = _luminance(line_colour(role, palette))
            assert (max(line, under) + 0.05) / (min(line, under) + 0.05) >= 3, role
    assert len({line_colour(role, palette).name() for role in range(COUNT)}) == COUNT
    assert line_colour(COUNT, palette) == line_colour(0, palette)


@pytest.mark.parametrize("ground", ["#FFFFFF", "#101010"])
@pytest.mark.parametrize("eyes", [_WITHOUT_RED, _WITHOUT_GREEN])
def test_lines_are_told_apart_without_red_or_green(ground, eyes):
    palette = QPalette(QColor(ground))
    seen = [_seen(line_colour(role, palette), eyes) for role in range(COUNT)]
    for role, one in enumerate(seen):
        for other in seen[:role]:
            assert np.linalg.norm(one - other) > (0.09 if role < 6 else 0.05), role
