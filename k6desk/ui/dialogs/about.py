"""About k6desk: its version, how it came here, and what it is made of, with the licence of every part."""

from __future__ import annotations

import asyncio
import platform
from collections.abc import Callable
from pathlib import Path

import PySide6
from PySide6.QtCore import QSize, Qt, qVersion
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from k6desk import __version__
from k6desk.core import installation, licences
from k6desk.core.tasks import Tasks
from k6desk.ui import text, theme
from k6desk.ui.dialogs.button import Button
from k6desk.ui.dialogs.frame import Frame
from k6desk.ui.outside import open_outside
from k6desk.ui.parts import columns, wrapping
from k6desk.ui.text import PlainLabel

HOMEPAGE = "https://github.com/k6desk/k6desk"
SIZE = QSize(1040, 640)
PICTURE = QSize(56, 56)
LIST_WIDTH, VERSION_WIDTH, LICENCE_WIDTH = 370, 100, 120
INSTALLED: dict[installation.Kind, str] = {
    "deb": "Installed as a Debian package",
    "rpm": "Installed as an RPM package",
    "portable": "Unpacked from an archive",
    "appimage": "Started from an AppImage",
    "windows": "Installed on Windows",
    "macos": "Installed on macOS",
    "source": "Started from its source",
}
QT_NOTE = (
    "Qt and PySide6 are used under the LGPL-3.0. Their libraries are files of their own in {folder}: you may replace "
    "them with other builds of the same version. Their source is at https://download.qt.io/official_releases/, in "
    "qt/{series}/{qt} and QtForPython/pyside6."
)


class AboutDialog(Frame):
    """Open it with `open()`; `copy_diagnostics` puts them on the clipboard."""

    def __init__(self, tasks: Tasks, copy_diagnostics: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__("About k6desk", parent)
        self.resize(SIZE)
        self._copy_diagnostics = copy_diagnostics
        self._parts: list[licences.Part] = []
        self.list = _list()
        self.list.currentItemChanged.connect(lambda *_: self._show_text())
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFont(theme.font("mono"))
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName("Licence")
        self.copy = Button("Copy diagnostics")
        self.copy.setToolTip(
            text.tooltip("Versions, settings of this computer and the last log lines, without secrets")
        )
        self.copy.clicked.connect(self._copy)
        homepage = Button("Homepage")
        homepage.setToolTip(text.tooltip(HOMEPAGE))
        homepage.clicked.connect(lambda: open_outside(HOMEPAGE))
        close = Button("Close")
        close.setDefault(True)
        close.clicked.connect(self.reject)
        note = wrapping("caption", muted=True)
        series = qVersion().rpartition(".")[0]
        note.setText(QT_NOTE.format(folder=Path(PySide6.__file__).parent, series=series, qt=qVersion()))
        panes = columns(self.list, self.text, stretch=1)
        buttons = columns(self.copy, homepage, close)
        buttons.insertStretch(2)
        self.column.addLayout(_head())
        self.column.addSpacing(theme.GAP)
        self.column.addWidget(PlainLabel("Made with", kind="title"))
        self.column.addLayout(panes, 1)
        self.column.addWidget(note)
        self.column.addSpacing(theme.GAP)
        self.column.addLayout(buttons)
        self.list.setFocus()
        tasks.spawn(self._fill(), name="read the licences", owner=self)

    async def _fill(self) -> None:
        self.text.setPlainText("Reading the licences…")
        self._parts = await asyncio.to_thread(licences.parts, theme.resource("licences"))
        for part in self._parts:
            words = [text.one_line(each, 120) for each in (part.name, part.version, part.licence)]
            item = QTreeWidgetItem(words)
            item.setToolTip(2, text.tooltip(part.licence))
            item.setSizeHint(0, QSize(0, theme.ROW))
            self.list.addTopLevelItem(item)
        if first := self.list.topLevelItem(0):
            self.list.setCurrentItem(first)

    def _show_text(self) -> None:
        part = self._parts[self.list.currentIndex().row()]
        about = (f"{part.name} {part.version}", part.licence, part.homepage)
        self.text.setPlainText("\n".join(filter(None, about)) + "\n\n" + licences.text_of(part))

    def _copy(self) -> None:
        self._copy_diagnostics()
        self.copy.setText("Diagnostics copied")


def _head() -> QHBoxLayout:
    picture = QLabel()
    picture.setTextFormat(Qt.TextFormat.PlainText)
    picture.setPixmap(QIcon(str(theme.resource("k6desk.svg"))).pixmap(PICTURE))
    words = QWidget()
    lines = QVBoxLayout(words)
    lines.setContentsMargins(theme.GAP, 0, 0, 0)
    lines.setSpacing(theme.UNIT)
    lines.addWidget(PlainLabel(f"k6desk {__version__}", kind="headline", selectable=True))
    lines.addWidget(PlainLabel("A native desktop run monitor for Grafana Cloud k6."))
    lines.addWidget(PlainLabel("Not made or endorsed by Grafana Labs. Licence: Apache-2.0.", muted=True))
    here = f"{INSTALLED[installation.kind()]} · Python {platform.python_version()} · Qt {qVersion()}"
    lines.addWidget(PlainLabel(here, muted=True, selectable=True))
    head = columns(picture, words, stretch=1)
    head.setAlignment(picture, Qt.AlignmentFlag.AlignTop)
    return head


def _list() -> QTreeWidget:
    made = QTreeWidget()
    made.setObjectName("padded")
    made.setAccessibleName("Made with")
    made.setHeaderLabels(["Name", "Version", "Licence"])
    made.setRootIsDecorated(False)
    made.setUniformRowHeights(True)
    made.setFixedWidth(LIST_WIDTH)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    header = made.header()
    header.setStretchLastSection(False)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    for column, width in ((1, VERSION_WIDTH), (2, LICENCE_WIDTH)):
        header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(column, width)
    return made
