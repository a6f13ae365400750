"""The tree of files."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex

from k6desk.core.scripts.opened_script import OpenedScript
from k6desk.data.archive import File
from k6desk.ui.library.files_model import DEEPEST, FilesModel
from k6desk.ui.roles import DISPLAY, TOOL_TIP
from tests.ui.library.conftest import archive_of


def rows(model: FilesModel, parent: QModelIndex | None = None, indent: str = "") -> list[str]:
    parent = parent or QModelIndex()
    found = []
    for row in range(model.rowCount(parent)):
        index = model.index(row, 0, parent)
        size = index.siblingAtColumn(1).data(DISPLAY)
        found.append(f"{indent}{index.data(DISPLAY)}" + (f" {size}" if size else ""))
        found += rows(model, index, indent + "  ")
    return found


def shown(files) -> FilesModel:
    model = FilesModel()
    model.show_files(files)
    return model


def test_the_entry_comes_first_then_folders_hosts_and_metadata(qtmodeltester):
    files = {
        "lib/helpers.js": b"12345",
        "data/users.csv": b"a",
        "zebra.txt": b"",
        "/https/jslib.k6.io/k6-utils/1.4.0/index.js": b"x" * 2048,
    }
    model = shown(OpenedScript(archive_of(files, main="1")).files)
    qtmodeltester.check(model)
    tree = rows(model)
    metadata = tree.pop()
    assert tree == [
        "main.js 1 B",
        "home/ana/checkout",
        "  data",
        "    users.csv 1 B",
        "  lib",
        "    helpers.js 5 B",
        "  current",
        "  zebra.txt 0 B",
        "jslib.k6.io",
        "  k6-utils/1.4.0",
        "    index.js 2.0 KiB",
    ]
    assert metadata.startswith("Options and metadata ")


def test_folders_that_hold_nothing_but_the_entry_are_not_shown():
    folder = File("file/home/ana/", ("home", "ana"), "local", "directory", 0)
    assert rows(shown([File("data", ("home", "ana", "main.js"), "entry", "file", 1), folder])) == ["main.js 1 B"]


def test_a_link_says_where_it_points_and_that_it_is_not_followed():
    model = shown(OpenedScript(archive_of()).files)
    link = next(file for file in OpenedScript(archive_of()).files if file.kind == "link")
    hint = model.index_of(link.name).data(TOOL_TIP)
    assert "/etc/passwd" in hint
    assert "does not follow" in hint


def test_folders_without_end_are_shown_as_one():
    names = [f"f{number}" for number in range(200)]
    deep = [
        File("/".join(names[:depth]), (*names[:depth], "x.js"), "local", "file", 1) for depth in range(1, len(names))
    ]
    model = shown([File("data", ("main.js",), "entry", "file", 1), *deep])
    depth, index = 0, model.index_of(deep[-1].name)
    while index.isValid():
        depth, index = depth + 1, index.parent()
    assert depth == DEEPEST + 1


def test_a_file_and_a_host_of_one_name_stay_apart():
    files = [
        File("data", ("main.js",), "entry", "file", 1),
        File("a", ("k6.io", "x.js"), "local", "file", 1),
        File("b", ("k6.io", "y.js"), "remote", "file", 1),
    ]
    assert rows(shown(files)) == ["main.js 1 B", "k6.io", "  x.js 1 B", "k6.io", "  y.js 1 B"]
