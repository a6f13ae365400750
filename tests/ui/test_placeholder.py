"""What stands where there is nothing to show."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QPushButton

from k6desk.ui.placeholder import Placeholder


def test_it_offers_what_can_be_done(qtbot):
    asked = []
    placeholder = Placeholder()
    qtbot.addWidget(placeholder)
    placeholder.show()
    placeholder.show_words("Nothing", "Because.", action="Do it", on_action=lambda: asked.append(1))
    assert [label.text() for label in placeholder.findChildren(QLabel)] == ["Nothing", "Because."]
    placeholder.findChild(QPushButton).click()
    assert asked == [1]
    placeholder.show_words("Nothing")
    assert not placeholder.findChild(QPushButton).isVisible()
