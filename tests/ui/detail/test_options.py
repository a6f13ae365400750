"""The options tree."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QTreeView

from k6desk.ui.detail.options import OptionsPane
from k6desk.ui.detail.options_model import OptionsModel

DISPLAY = Qt.ItemDataRole.DisplayRole


def rows(model: OptionsModel, parent: QModelIndex = QModelIndex()) -> list:  # noqa: B008
    found = []
    for row in range(model.rowCount(parent)):
        name, value = model.index(row, 0, parent), model.index(row, 1, parent)
        found.append((name.data(DISPLAY), value.data(DISPLAY), rows(model, name)))
    return found


def test_values_keep_their_type():
    model = OptionsModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show_options({"a": "1", "b": 1, "c": None, "d": True, "e": [], "f": {}, "g": [1, {"h": 2.5}]})
    assert rows(model) == [
        ("a", "1", []),
        ("b", "1", []),
        ("c", "null", []),
        ("d", "true", []),
        ("e", "[ ]", []),
        ("f", "{ }", []),
        ("g", "2 items", [("0", "1", []), ("1", "", [("h", "2.5", [])])]),
    ]


def test_the_same_options_again_do_not_reset_the_tree(qtbot):
    model = OptionsModel()
    assert model.show_options({"a": [1]})
    with qtbot.assertNotEmitted(model.modelReset):
        assert not model.show_options({"a": [1]})


def test_deep_and_wide_options_are_made_only_where_somebody_looks():
    deep = {}
    for _ in range(900):
        deep = {"inner": deep}
    model = OptionsModel()
    model.show_options({"deep": deep, "wide": list(range(100_000))})
    assert model.rowCount() == 2
    assert model.index(1, 1).data(DISPLAY) == "100,000 items"


@pytest.fixture
async def pane(desk, shown, samples):
    run_id = await desk.put(samples.raw_run())
    made = shown(OptionsPane(desk.store, desk.commands, desk.tasks))
    made.present(desk.store.run(run_id), desk.store.detail(run_id))
    return made


async def test_secrets_are_not_shown(pane):
    tree = pane.findChild(QTreeView)
    assert ("token", "••••", []) in next(inner for name, _, inner in rows(tree.model()) if name == "cloud")


async def test_a_poll_keeps_what_is_expanded_and_selected(desk, pane, samples):
    tree = pane.findChild(QTreeView)
    folded = tree.model().index(0, 0)
    tree.collapse(folded)
    tree.setCurrentIndex(tree.model().index(1, 0))
    run_id = await desk.put(samples.raw_run(note="new"))
    pane.present(desk.store.run(run_id), desk.store.detail(run_id))
    assert not tree.isExpanded(folded)
    assert tree.isExpanded(tree.model().index(1, 0))
    assert tree.currentIndex() == tree.model().index(1, 0)


async def test_a_value_can_be_copied(pane):
    tree = pane.findChild(QTreeView)
    cloud = tree.model().index(2, 0)
    tree.setCurrentIndex(tree.model().index(0, 0, cloud))
    actions = {action.text(): action for action in tree.findChildren(QAction)}
    actions["Copy value"].trigger()
    assert QGuiApplication.clipboard().text() == "Checkout soak"
    actions["Copy all as JSON"].trigger()
    assert '"target": 20' in QGuiApplication.clipboard().text()


async def test_no_options(desk, pane, samples, words):
    run_id = await desk.put(samples.invalid(samples.ID + 1))
    pane.present(desk.store.run(run_id), desk.store.detail(run_id))
    assert "No options" in words(pane)
