from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter

from k6desk.ui import theme
from k6desk.ui.lines import Lines

ROOM = QRect(20, 6, 90, 28)


@pytest.fixture
def lines(qapp):
    return Lines(theme.font("body"))


def painted(lines: Lines, said: str, *, right: bool = False) -> tuple[QRect, int]:
    """Where the ink of a text is, and the width that was given for it."""
    image = QImage(160, 40, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    with QPainter(image) as painter:
        painter.setPen(Qt.GlobalColor.black)
        width = lines.paint(painter, ROOM, said, right=right)
    inked = [(x, y) for x in range(160) for y in range(40) if image.pixelColor(x, y).alpha() > 40]
    xs, ys = [x for x, _ in inked], [y for _, y in inked]
    return (QRect(min(xs), min(ys), max(xs) - min(xs) + 1, max(ys) - min(ys) + 1) if inked else QRect()), width


@pytest.mark.parametrize("said", ["Checkout soak of the whole shop", "اختبار تسجيل الدخول من التطبيق", "M" * 300])
@pytest.mark.parametrize("right", [False, True])
def test_what_is_too_long_stays_within_its_room(lines, said, right):
    ink, width = painted(lines, said, right=right)
    assert ROOM.left() - 1 <= ink.left()
    assert ink.right() <= ROOM.right() + 1
    assert ink.width() > ROOM.width() / 2
    assert width <= ROOM.width()


def test_a_short_text_stands_at_either_side_in_the_middle_of_the_height(lines):
    left, width = painted(lines, "HH")
    right, _ = painted(lines, "HH", right=True)
    assert width == pytest.approx(lines.width("HH"), abs=1)
    assert left.left() - ROOM.left() <= 2
    assert ROOM.right() - right.right() <= 2
    assert abs(left.center().y() - ROOM.center().y()) <= 2


def test_markup_is_painted_as_it_is_written(lines):
    assert painted(lines, "<b>x</b>")[1] == pytest.approx(lines.width("<b>x</b>"), abs=1)


def test_nothing_said_paints_nothing(lines):
    assert painted(lines, "") == (QRect(), 0)


@pytest.mark.parametrize("role", ["body", "caption", "mono"])
@pytest.mark.parametrize("said", ["warning", "critical", "00:00:00.000", "W. A. V. 1.7 MB", "注文フロー ok"])
def test_a_text_has_room_in_its_own_width(qapp, role, said):
    lines = Lines(theme.font(role))
    assert lines._laid_out(said, lines.width(said))[0].text() == said
