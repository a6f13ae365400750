"""What a view of items paints on, and that it tells when the pointer leaves it."""

from PySide6.QtCore import QEvent
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QListView

from k6desk.ui.viewport import Viewport


def test_it_is_filled_with_the_colour_of_its_role(qtbot):
    view = QListView()
    qtbot.addWidget(view)
    view.setViewport(Viewport(QPalette.ColorRole.Highlight))
    view.resize(60, 60)
    assert view.viewport().grab().toImage().pixelColor(30, 30) == view.palette().highlight().color()


def test_it_tells_when_the_pointer_leaves(qtbot):
    view = QListView()
    qtbot.addWidget(view)
    ground = Viewport()
    view.setViewport(ground)
    with qtbot.waitSignal(ground.left):
        QApplication.sendEvent(ground, QEvent(QEvent.Type.Leave))
