from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QMainWindow

from k6desk.ui import front


@pytest.fixture
def main_window(qtbot):
    window = QMainWindow()
    qtbot.addWidget(window)
    return window


def test_a_window_that_is_away_is_shown_anew_as_it_was(main_window, monkeypatch, qtbot):
    main_window.showMaximized()
    monkeypatch.setattr(front, "_is_away", lambda window: window.isVisible())
    front.come_to_front(main_window)
    assert not main_window.isVisible()
    qtbot.waitUntil(main_window.isVisible)
    assert main_window.windowState() & Qt.WindowState.WindowMaximized


def test_a_dialog_comes_with_its_window_and_stays_open(main_window, monkeypatch, qtbot):
    main_window.show()
    dialog = QDialog(main_window)
    finished = []
    dialog.finished.connect(finished.append)
    dialog.open()
    monkeypatch.setattr(front, "_is_away", lambda window: window.isVisible())
    front.come_to_front(main_window)
    assert dialog.isVisible()  # what waits until it is closed goes on waiting
    qtbot.waitUntil(main_window.isVisible)
    assert dialog.isVisible()
    assert dialog.isModal()
    assert not finished
    dialog.close()


def test_a_window_that_is_seen_is_not_hidden(main_window, monkeypatch):
    main_window.show()
    monkeypatch.setattr(main_window, "hide", lambda: pytest.fail("it flickers"))
    front.come_to_front(main_window)
    assert main_window.isVisible()
