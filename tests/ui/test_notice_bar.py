"""The notices above the runs."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QAbstractButton, QApplication, QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from k6desk.core.notices import Notice, Notices
from k6desk.ui.notice_bar import MOST, PASSING_MS, NoticeBar


@pytest.fixture
def notices():
    return Notices()


@pytest.fixture
def bar(notices, qtbot):
    bar = NoticeBar(notices)
    qtbot.addWidget(bar)
    bar.resize(600, 200)
    return bar


def rows(bar):
    return [row for row in bar.findChildren(QFrame) if row.parent() is bar and not row.isHidden()]


def said(bar):
    return [row.findChild(QLabel).text() for row in rows(bar)]


def dismiss(row):
    next(each for each in row.findChildren(QAbstractButton) if each.accessibleName() == "Dismiss").click()


def test_it_takes_no_room_while_there_is_nothing_to_say(notices, bar):
    assert bar.isHidden()
    notices.show(Notice("a", "Something."))
    assert not bar.isHidden()
    notices.clear("a")
    assert bar.isHidden()


def test_a_notice_from_before_the_window_is_shown(notices, qtbot):
    notices.show(Notice("a", "Said early."))
    bar = NoticeBar(notices)
    qtbot.addWidget(bar)
    assert said(bar) == ["Said early."]


def test_a_notice_with_the_same_key_takes_the_place_of_the_one_before(notices, bar):
    notices.show(Notice("a", "Not saved.", "error"))
    notices.show(Notice("a", "Saved.", "success"))
    assert said(bar) == ["Saved."]


def test_two_ways_to_go_on_are_two_buttons(notices, bar):
    done: list[str] = []
    one, two = (lambda: done.append("one")), (lambda: done.append("two"))
    notices.show(Notice("a", "Gone.", "warning", "One", one, second="Two", on_second=two))
    for button in rows(bar)[0].findChildren(QPushButton):
        button.click()
    assert done == ["one", "two"]


def test_markup_stays_text(notices, bar):
    notices.show(Notice("a", "<b>Friday</b> <img src='x'>"))
    assert said(bar) == ["<b>Friday</b> <img src='x'>"]
    from tests.conftest import assert_plain_text

    assert_plain_text(bar)


def test_older_ones_wait_until_there_is_room(notices, bar):
    for number in range(MOST + 1):
        notices.show(Notice(str(number), f"Notice {number}"))
    assert said(bar) == [f"Notice {number}" for number in range(1, MOST + 1)]
    dismiss(rows(bar)[-1])
    assert said(bar) == [f"Notice {number}" for number in range(MOST)]


def test_the_button_does_what_it_says(notices, bar):
    done = []
    notices.show(Notice("a", "It failed.", "error", "Try again", lambda: done.append(True)))
    bar.findChild(QPushButton).click()
    assert done == [True]


def test_a_dismissed_notice_is_forgotten(notices, bar):
    notices.show(Notice("a", "Something."))
    dismiss(rows(bar)[0])
    assert notices.current() == []
    assert bar.isHidden()


def test_a_passing_notice_goes_by_itself(notices, bar, monkeypatch):
    ends = []
    monkeypatch.setattr(QTimer, "singleShot", lambda after_ms, _owner, end: ends.append((after_ms, end)))
    notices.show(Notice("a", "Copied.", passing=True))
    ((after_ms, end),) = ends
    assert after_ms == PASSING_MS
    end()
    assert bar.isHidden()


def test_a_passing_notice_moves_nothing(notices, shown):
    window = QWidget()
    column = QVBoxLayout(window)
    column.addWidget(NoticeBar(notices))
    content = QFrame()
    column.addWidget(content, 1)
    shown(window, 700, 400)
    before = content.geometry()
    notices.show(Notice("a", "The bundle was saved.", "success", passing=True))
    QApplication.processEvents()
    assert content.geometry() == before
    children = window.findChildren(QFrame, options=Qt.FindChildOption.FindDirectChildrenOnly)
    [row] = [each for each in children if each.accessibleName() == "The bundle was saved."]
    assert row.isVisible()
    assert window.rect().contains(row.geometry())
    window.resize(400, 300)
    QApplication.processEvents()
    assert window.rect().contains(row.geometry())
    notices.show(Notice("b", "It failed.", "error"))
    QApplication.processEvents()
    assert content.geometry().top() > before.top()


def test_a_long_sentence_wraps_instead_of_widening_the_window(notices, bar):
    notices.show(Notice("a", "a long story " * 60, "error", "Try again", print))
    assert bar.minimumSizeHint().width() < 600
