"""Bytes as a table."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from k6desk.ui.library.hex_view import MOST_COPIED, HexView


def test_a_row_is_where_what_and_how_it_reads(shown):
    view = shown(HexView())
    view.show_content(bytes(range(0x38, 0x48)) + b"\x00\xffk6")
    assert view.model_.row_text(0) == "00000000  38 39 3a 3b 3c 3d 3e 3f  40 41 42 43 44 45 46 47  89:;<=>?@ABCDEFG"
    assert view.model_.row_text(1).split("  ")[0] == "00000010"
    assert view.model_.row_text(1).endswith("··k6")


def test_of_64_mib_only_what_is_in_sight_is_made(shown, monkeypatch, qapp):
    view = shown(HexView())
    made = []
    cell = view.model_._cell
    monkeypatch.setattr(view.model_, "_cell", lambda row, column: made.append(row) or cell(row, column))
    content = bytes(64 * 2**20)
    view.show_content(content)
    view.scrollToBottom()
    qapp.processEvents()
    assert len(set(made)) < 200
    assert max(made) == 64 * 2**20 // 16 - 1


def test_selected_rows_are_copied_as_text(shown):
    view = shown(HexView())
    view.show_content(b"0123456789abcdef" * 3)
    flags = view.selectionModel().SelectionFlag
    view.selectionModel().select(view.model_.index(1, 0), flags.ClearAndSelect | flags.Rows)
    QTest.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == view.model_.row_text(1)


def test_too_much_is_not_copied(shown):
    view = shown(HexView())
    view.show_content(bytes(16 * (MOST_COPIED + 1)))
    model = view.model_
    whole = QItemSelection(model.index(0, 0), model.index(MOST_COPIED, 2))
    view.selectionModel().select(whole, view.selectionModel().SelectionFlag.Select)
    [copy] = view.actions()
    assert not copy.isEnabled()
    assert "at most 1 MiB" in copy.text()
    assert view.contextMenuPolicy() == Qt.ContextMenuPolicy.ActionsContextMenu
