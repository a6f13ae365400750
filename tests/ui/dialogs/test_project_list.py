"""A project is found among thousands by a few letters."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from k6desk.api.models import Project
from k6desk.ui.dialogs.project_list import ProjectList

BIG = 2**40


@pytest.fixture
def projects(dressed, qtbot):
    widget = ProjectList([Project(BIG + number, f"Project x{number}") for number in range(10_000)])
    qtbot.addWidget(widget)
    widget.show()
    return widget


def test_nothing_is_chosen_at_first(projects):
    assert projects.project() is None


def test_what_is_typed_chooses_the_first_that_has_every_word(projects):
    QTest.keyClicks(projects.filter, "x77 PRO")
    assert projects.project() == Project(BIG + 77, "Project x77")
    QTest.keyClick(projects.filter, Qt.Key.Key_Down)
    QTest.keyClick(projects.list, Qt.Key.Key_Down)
    assert projects.project().name == "Project x770"


def test_what_is_chosen_stays_while_it_matches(projects):
    projects.filter.setText("77")
    projects.list.setCurrentIndex(projects.list.model().index(3))
    chosen = projects.project()
    projects.filter.setText("7")
    assert projects.project() == chosen


def test_nothing_is_chosen_when_nothing_matches(projects):
    projects.filter.setText("no such project")
    assert projects.project() is None


def test_an_id_is_found_too(projects):
    projects.filter.setText(str(BIG + 4711))
    assert projects.project().id == BIG + 4711
