"""Only what is of this window and makes sense can be dropped, and nothing moves before the server has moved it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QModelIndex, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from k6desk.ui import theme
from k6desk.ui.explorer import model as explorer_model
from k6desk.ui.explorer.drops import MIME
from k6desk.ui.explorer.view import Explorer
from tests.ui.explorer.conftest import BIG

MOVE = Qt.DropAction.MoveAction


@pytest.fixture
async def explorer(stack, dressed, monkeypatch):
    monkeypatch.setattr(explorer_model, "SETTLE_MS", 0)
    await stack.catalogue()
    explorer = Explorer(stack.store)
    explorer.resize(240, 500)
    explorer.dropped = []
    for signal in (explorer.test_dropped, explorer.file_dropped, explorer.drop_refused):
        signal.connect(lambda *said: explorer.dropped.append(said))
    explorer.show()
    yield explorer
    explorer.close()


def dragged(explorer: Explorer, test_id: int) -> QMimeData:
    return explorer.model.mimeData([explorer.model.index_of("test", test_id)])


def files(*paths: str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(path) if path.startswith("/") else QUrl(path) for path in paths])
    return data


def hold(explorer: Explorer, data: QMimeData, at: QPoint) -> bool:
    """Drag over the tree to a point; whether it would be taken there."""
    arguments = at, MOVE, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    viewport = explorer.tree.viewport()
    QApplication.sendEvent(viewport, QDragEnterEvent(*arguments))
    QApplication.sendEvent(viewport, move := QDragMoveEvent(*arguments))
    return move.isAccepted()


def drop(explorer: Explorer, data: QMimeData, kind: str, id_: int | str) -> bool:
    """Drop on the middle of a row, as the pointer would; whether it was taken."""
    tree = explorer.tree
    index = explorer.model.index_of(kind, id_)
    tree.expand(index.parent())
    at = tree.visualRect(index).center()
    if is_taken := hold(explorer, data, at):
        buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(tree.viewport(), QDropEvent(at.toPointF(), MOVE, data, buttons, keys))
    else:
        QApplication.sendEvent(tree.viewport(), QDragLeaveEvent())
    return is_taken


async def test_a_test_on_another_project_is_told_with_whole_ids_and_stays_where_it_is(explorer):
    assert drop(explorer, dragged(explorer, BIG + 1), "project", 2)
    assert explorer.dropped == [(BIG + 1, 2)]
    assert explorer.model.index_of("test", BIG + 1).parent().data() == "Checkout"


@pytest.mark.parametrize(("kind", "id_"), [("project", 1), ("test", BIG + 3), ("list", "recent"), ("test", BIG + 1)])
async def test_a_test_can_be_dropped_nowhere_else(explorer, kind, id_):
    assert not drop(explorer, dragged(explorer, BIG + 1), kind, id_)
    assert explorer.dropped == []


async def test_a_test_of_another_window_or_account_is_not_taken(explorer, stack):
    other = Explorer(stack.store)
    assert not drop(explorer, dragged(other, BIG + 1), "project", 2)
    other.deleteLater()


@pytest.mark.parametrize("packed", [b"", b"[]", b"rubbish", b'{"of": 5}', b'{"of": "", "test": 1099511627777}'])
async def test_rubbish_is_not_taken(explorer, packed):
    data = QMimeData()
    data.setData(MIME, packed)
    assert not drop(explorer, data, "project", 2)


async def test_a_test_that_is_gone_meanwhile_is_not_taken(explorer, stack, until):
    data = dragged(explorer, BIG + 1)
    await stack.store.remove_test(BIG + 1)
    assert not drop(explorer, data, "project", 2)


async def test_a_file_is_taken_by_projects_and_tests(explorer):
    assert drop(explorer, files("/tmp/a b.js"), "project", 2)
    assert drop(explorer, files("/tmp/a.tar"), "test", BIG + 3)
    assert explorer.dropped == [("project", 2, Path("/tmp/a b.js")), ("test", BIG + 3, Path("/tmp/a.tar"))]
    assert not drop(explorer, files("/tmp/a.js"), "list", "recent")


@pytest.mark.parametrize(
    ("paths", "why"),
    [(("/a.js", "/b.js"), "one script or archive at a time"), (("https://a.b/c.js",), "this computer")],
)
async def test_several_files_and_those_of_the_web_are_refused_with_the_reason(explorer, paths, why):
    drop(explorer, files(*paths), "project", 2)
    ((said,),) = explorer.dropped
    assert why in said


async def test_only_tests_can_be_dragged(explorer):
    draggable = Qt.ItemFlag.ItemIsDragEnabled
    assert explorer.model.index_of("test", BIG + 1).flags() & draggable
    for key in (("project", 1), ("list", "recent")):
        assert not explorer.model.index_of(*key).flags() & draggable
    assert not explorer.model.flags(QModelIndex()) & Qt.ItemFlag.ItemIsDropEnabled


async def test_the_row_that_would_take_it_is_outlined_until_it_is_left(explorer):
    tree = explorer.tree
    accent = theme.colour("accent").name()

    def outlined() -> bool:
        picture = tree.viewport().grab().toImage()
        return accent in {picture.pixelColor(x, y).name() for x in range(0, 200, 3) for y in range(picture.height())}

    data, at = files("/tmp/a.js"), tree.visualRect(explorer.model.index_of("project", 2)).center()
    assert not outlined()
    assert hold(explorer, data, at)
    assert outlined()
    QApplication.sendEvent(tree.viewport(), QDragLeaveEvent())
    assert not outlined()
