"""Search in every kept script, as one types."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QPalette, QShortcut, QShowEvent
from PySide6.QtWidgets import QListView, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from k6desk.core.scripts.script_finder import Finding
from k6desk.core.session import Session
from k6desk.core.tasks import Tasks
from k6desk.data.matcher import BadPattern, Sought
from k6desk.ui import text, theme
from k6desk.ui.filter_line import FilterLine
from k6desk.ui.library.context_view import AROUND, ContextView
from k6desk.ui.library.result_words import kept, not_found, summary
from k6desk.ui.library.results_delegate import ResultsDelegate
from k6desk.ui.library.results_model import ROW, ResultsModel, Row
from k6desk.ui.parts import Line, columns, say, wrapping
from k6desk.ui.placeholder import Placeholder

AGAIN_MS = 1000
"""How soon what has newly come is searched, too."""


class SearchLine(FilterLine):
    """Return opens what is chosen below; Esc in an empty line is left to the window."""

    entered = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.entered.emit()
        elif event.key() == Qt.Key.Key_Escape and not self.text():
            event.ignore()
        else:
            super().keyPressEvent(event)


class ResultsView(QListView):
    """A list in which only lines can be chosen. Return opens one, Esc leaves."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Lines that were found")
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)

    def keyboardSearch(self, search: str) -> None:
        """Letters choose nothing: the line above is for them."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.matches(QKeySequence.StandardKey.Copy) and self.currentIndex().isValid():
            row: Row = self.currentIndex().data(ROW)
            QGuiApplication.clipboard().setText(row.line.text if row.line else "")
        else:
            super().keyPressEvent(event)


class SearchPage(QWidget):
    """A line to type into, what was found by test and file, and the lines around the one that is chosen."""

    place_chosen = Signal(str, str, int)  # digest of a script, `File.name` in it, line from 1

    def __init__(self, session: Session, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._finder = session.finder
        self._tasks = tasks
        self._shown: tuple[Sought, Finding] | None = None
        self._complaint = ""
        self._asked: Sought | None = None
        self._answered: Sought | None = None
        self.line = SearchLine("Search in all kept scripts", "Search in all kept scripts")
        self.line.textChanged.connect(self._search)
        self.line.left.connect(self._enter_results)
        self.line.entered.connect(self._open_chosen)
        self.match_case = _toggle("Aa", "Match case", "Upper and lower case differ (Alt+C)", "Alt+C")
        self.is_pattern = _toggle(".*", "Regular expression", "Search for a regular expression (Alt+R)", "Alt+R")
        for toggle in (self.match_case, self.is_pattern):
            toggle.toggled.connect(self._search)
        self.said = wrapping(muted=True)
        self.results = ResultsModel(self)
        self.view = ResultsView()
        self.view.setModel(self.results)
        self.view.setItemDelegate(ResultsDelegate(self.view))
        self.view.activated.connect(self._open)
        self.view.left.connect(self.focus_line)
        self.view.selectionModel().currentChanged.connect(self._show_context)
        self.context = ContextView()
        self.placeholder = Placeholder()
        found = QWidget()
        rows = QVBoxLayout(found)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        for part in (self.view, Line(), self.context):
            rows.addWidget(part)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.placeholder)
        self._stack.addWidget(found)
        self.setFocusProxy(self.line)
        self._lay_out()
        for keys, step in (("F3", 1), ("Shift+F3", -1)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(lambda step=step: self._go(step))
        self._again = QTimer(self, interval=AGAIN_MS, singleShot=True)
        self._again.timeout.connect(self._search)
        self._finder.progress.connect(self._on_progress)
        self._finder.start(tasks)
        self._say()

    @property
    def shows_results(self) -> bool:
        """Whether there are lines to go through."""
        return self._stack.currentIndex() == 1

    def is_settled(self) -> bool:
        """Whether what is shown answers what is typed."""
        return self._asked == self._answered

    def focus_line(self) -> None:
        """Put the cursor where one types, with what is there selected."""
        self.line.setFocus()
        self.line.selectAll()

    def _lay_out(self) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, theme.GAP, 0, 0)
        rows.setSpacing(theme.GAP)
        top = columns(self.line, self.match_case, self.is_pattern, stretch=0)
        top.setSpacing(theme.UNIT)
        top.setContentsMargins(theme.WIDE, 0, theme.WIDE, 0)
        rows.addLayout(top)
        words = columns(self.said, stretch=0)
        words.setContentsMargins(theme.WIDE, 0, theme.WIDE, 0)
        rows.addLayout(words)
        below = QVBoxLayout()
        below.setSpacing(0)
        below.addWidget(Line())
        below.addWidget(self._stack, 1)
        rows.addLayout(below, 1)

    # -- searching -----------------------------------------------------------------------------------------------------

    def _search(self) -> None:
        query = Sought(self.line.text(), self.match_case.isChecked(), self.is_pattern.isChecked())
        self._complaint = ""
        self._asked = query
        if query.text:
            self._tasks.spawn(self._find(query), name="search in scripts", owner=self)
        else:
            self._shown = None
            self._answered = query
            self._finder.give_up()
            self._say()

    async def _find(self, query: Sought) -> None:
        try:
            finding = await self._finder.find(query)
        except BadPattern as problem:
            self._answered = query
            self._complaint = str(problem)
            self._say()
            return
        if finding is None:
            return
        self._answered = query
        before = self._shown
        self._shown = query, finding
        if not before or before[0] != query or before[1].tests != finding.tests:
            chosen = self.view.currentIndex()
            key = chosen.data(ROW).key if chosen.isValid() and before and before[0] == query else None
            self.results.show_finding(finding)
            self._choose(self.results.row_of(key) if key else None)
        self._say()

    def _choose(self, row: int | None) -> None:
        """Choose this row, or the first line."""
        at = self.results.next_line(-1, 1) if row is None else row
        if at is not None:
            self.view.setCurrentIndex(self.results.index(at))
        if row is None:
            self.view.scrollToTop()

    def _on_progress(self) -> None:
        if self._finder.is_in_step and self.line.text() and self.isVisible() and not self._again.isActive():
            self._again.start()
        self._say()

    # -- what is said --------------------------------------------------------------------------------------------------

    def _say(self) -> None:
        finding = self._shown[1] if self._shown else None
        self._stack.setCurrentIndex(1 if finding and finding.tests else 0)
        problem = self._complaint or (finding and finding.problem) or ""
        words = [summary(finding)] if finding and finding.tests and not self._complaint else []
        words += [problem] if problem else []
        if not self._finder.is_in_step and self._finder.total:
            indexed, total = text.count(self._finder.indexed), text.count(self._finder.total, "script")
            words.append(f"{indexed} of {total} can be found so far.")
        colour = theme.colour("warning" if problem else "muted")
        palette = self.said.palette()
        if palette.color(QPalette.ColorRole.PlaceholderText) != colour:
            palette.setColor(QPalette.ColorRole.PlaceholderText, colour)
            self.said.setPalette(palette)
        say(self.said, "  ".join(words))
        if not self._shown or self._complaint:
            title = "Search in every script" if self._finder.total else "Nothing to search yet"
            self.placeholder.show_words(title, kept(self._finder.total), icon="search")
        else:
            self.placeholder.show_words("Nothing found", not_found(self._shown[0]), icon="search")

    # -- what was found ------------------------------------------------------------------------------------------------

    def _enter_results(self) -> None:
        if self.shows_results:
            self.view.setFocus()

    def _go(self, step: int) -> None:
        row = self.results.next_line(self.view.currentIndex().row(), step)
        if row is not None:
            self.view.setCurrentIndex(self.results.index(row))

    def _open_chosen(self) -> None:
        if self.shows_results and self.is_settled() and self.view.currentIndex().isValid():
            self._open(self.view.currentIndex())

    def _open(self, index: QModelIndex) -> None:
        if key := index.data(ROW).key:
            self.place_chosen.emit(*key)

    def _show_context(self, current: QModelIndex) -> None:
        row: Row | None = current.data(ROW) if current.isValid() else None
        self.context.show_lines(row.line if row else None)
        if row and row.key:
            self._tasks.spawn(self._read_context(row), name="read the lines around", owner=self)

    async def _read_context(self, row: Row) -> None:
        assert row.file
        assert row.line
        around = await self._finder.lines_near(row.file.digest, row.file.member, row.line.number, AROUND)
        if self.view.currentIndex().data(ROW) == row:
            self.context.show_lines(row.line, around)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ApplicationPaletteChange:
            self._say()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._search()


def _toggle(sign: str, name: str, hint: str, keys: str) -> QToolButton:
    button = QToolButton()
    button.setText(sign)
    button.setFont(theme.font("mono"))
    button.setCheckable(True)
    button.setAccessibleName(name)
    button.setToolTip(text.tooltip(f"{name}: {hint[0].lower()}{hint[1:]}"))
    button.setShortcut(QKeySequence(keys))
    button.setMinimumSize(QSize(theme.ROW, theme.ROW))
    return button
