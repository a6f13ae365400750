"""About k6desk."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QWidget

from k6desk import __version__
from k6desk.ui.dialogs.about import AboutDialog


def test_it_names_version_and_licence(qtbot):
    parent = QWidget()
    qtbot.addWidget(parent)
    said = " ".join(label.text() for label in AboutDialog(parent).findChildren(QLabel))
    assert __version__ in said
    assert "Apache-2.0" in said
    assert "Not made or endorsed by Grafana Labs" in said
