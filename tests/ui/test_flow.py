"""A layout like words in a paragraph."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget

from k6desk.ui.flow import FlowLayout


def a_flow(*widths: int) -> tuple[QWidget, FlowLayout, list[QWidget]]:
    room = QWidget()
    flow = FlowLayout(room)
    flow.setContentsMargins(0, 0, 0, 0)
    flow.setSpacing(4)
    parts = []
    for width in widths:
        part = QWidget(room)
        part.setFixedSize(width, 20)
        flow.addWidget(part)
        parts.append(part)
    return room, flow, parts


def test_what_has_no_room_goes_into_the_next_line(qapp):
    room, flow, parts = a_flow(40, 40, 40)
    flow.setGeometry(QRect(0, 0, 84, 100))
    assert [(part.x(), part.y()) for part in parts] == [(0, 0), (44, 0), (0, 24)]
    assert flow.heightForWidth(84) == 44
    assert flow.heightForWidth(1000) == 20
    room.deleteLater()


def test_what_is_hidden_takes_no_room(qapp):
    room, flow, parts = a_flow(40, 40)
    parts[0].hide()
    flow.setGeometry(QRect(0, 0, 200, 100))
    assert (parts[1].x(), parts[1].y()) == (0, 0)
    assert flow.takeAt(0).widget() is parts[0]
    assert (flow.count(), flow.takeAt(5), flow.itemAt(-1)) == (1, None, None)
    room.deleteLater()
