"""What can be taken away from the charts: figures for a spreadsheet, pictures for a report."""

from __future__ import annotations

import asyncio
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QWidget

from k6desk.core.notices import Notice, Notices
from k6desk.core.tasks import Tasks
from k6desk.ui import text
from k6desk.ui.charts.export import png_of
from k6desk.ui.charts.stack import ChartStack
from k6desk.ui.file_to_save import FileToSave

_KEY = "charts"


class ChartFiles:
    """The actions of the menu of the charts; `name` is what a file is called."""

    def __init__(self, stack: ChartStack, notices: Notices, tasks: Tasks, window: QWidget) -> None:
        self.name = "Charts"
        self._stack = stack
        self._notices = notices
        self._file = FileToSave(_KEY, "The picture of the charts", notices, tasks, window)
        copy = QAction("Copy as CSV", window)
        copy.setToolTip(text.tooltip("Copy the samples of all lines that are drawn"))
        copy.setShortcut(QKeySequence.StandardKey.Copy)
        copy.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        copy.triggered.connect(lambda: self._copy())
        stack.addAction(copy)  # the key holds in the charts only
        png, svg = QAction("Save as PNG…", window), QAction("Save as SVG…", window)
        for action, kind in ((png, "PNG"), (svg, "SVG")):
            action.setToolTip(text.tooltip("Save a picture of all charts, with the span of time that they show"))
            action.triggered.connect(partial(self._save, kind))
        self.whole_time = QAction("Show the whole time", window)
        self.whole_time.setToolTip(text.tooltip("Show all of it again (0 in a chart)"))
        self.whole_time.setEnabled(False)
        self.whole_time.triggered.connect(lambda: stack.time.show_all())
        self.actions: tuple[QAction | None, ...] = (copy, png, svg, None, self.whole_time)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._stack.as_csv())
        self._notices.show(Notice(_KEY, "The samples of the charts were copied as CSV.", "success", passing=True))

    def _save(self, kind: str, *_: object) -> None:
        picture = self._svg if kind == "SVG" else self._png
        self._file.ask("Save a picture of the charts", self.name, f".{kind.lower()}", f"{kind} pictures", picture)

    async def _png(self) -> tuple[bytes, str]:
        return await asyncio.to_thread(png_of, self._stack.as_image()), ""

    async def _svg(self) -> tuple[bytes, str]:
        return self._stack.as_svg(), ""
