"""About k6desk."""

from __future__ import annotations

import PySide6
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from k6desk import __version__
from k6desk.ui.dialogs.about import AboutDialog


@pytest.fixture
async def about(tasks, until, shown):
    copied = []
    dialog = AboutDialog(tasks, lambda: copied.append(True))
    dialog.copied = copied
    shown(dialog)
    await until(lambda: dialog.list.topLevelItemCount())
    return dialog


async def test_it_says_what_it_is_and_where_qt_lies(about):
    said = " ".join(label.text() for label in about.findChildren(QLabel))
    assert f"k6desk {__version__}" in said
    assert "Apache-2.0" in said
    assert "Not made or endorsed by Grafana Labs" in said
    assert "Started from its source" in said
    assert PySide6.__path__[0] in said
    assert f"https://download.qt.io/official_releases/, in qt/{PySide6.__version__.rpartition('.')[0]}/" in said


async def test_the_keys_lead_from_part_to_part_and_on_to_its_licence(about, qtbot):
    assert about.text.toPlainText().startswith(f"k6desk {__version__}\nApache-2.0\n")
    qtbot.keyClick(about.list, Qt.Key.Key_Down)
    assert about.list.currentItem().text(0) == "Qt"
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in about.text.toPlainText()
    qtbot.keyClick(about.list, Qt.Key.Key_Down)
    assert "The FreeType Project LICENSE" in about.text.toPlainText()
    named = about.list.findItems("httpx", Qt.MatchFlag.MatchExactly)
    about.list.setCurrentItem(named[0])
    assert "BSD-3-Clause\nhttps://github.com/encode/httpx" in about.text.toPlainText()
    assert "Redistribution and use" in about.text.toPlainText()


async def test_diagnostics_are_copied_and_it_says_so(about, qtbot):
    qtbot.mouseClick(about.copy, Qt.MouseButton.LeftButton)
    assert about.copied == [True]
    assert about.copy.text() == "Diagnostics copied"
