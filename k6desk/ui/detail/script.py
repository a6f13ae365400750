"""The script: the one that the run was started with, or the one its test would run today."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSignalBlocker
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QCheckBox, QComboBox, QMenu, QToolButton, QVBoxLayout

from k6desk.api.errors import CloudError
from k6desk.api.models import Run, RunDetail
from k6desk.core.commands import Commands
from k6desk.core.scripts.script_source import script_of
from k6desk.core.scripts.source import Source, open_source
from k6desk.core.store import Store
from k6desk.core.tasks import Tasks
from k6desk.data.problems import ArchiveProblem
from k6desk.data.scripts import ScriptKind
from k6desk.data.secrets import masked_text
from k6desk.ui import text, theme
from k6desk.ui.detail.code_view import CodeView
from k6desk.ui.detail.find_bar import FindBar
from k6desk.ui.detail.pane import Pane
from k6desk.ui.parts import Line, columns, copy_button, say, sign, tool_button, wrapping
from k6desk.ui.script_file import NEVER_LOADED, remark_on

Which = tuple[ScriptKind, int]


class ScriptPane(Pane):
    """A script with colours and a find bar. It is loaded when the pane is first shown for its run."""

    name = "script"
    title = "Script"
    scrolls = False

    def __init__(self, store: Store, commands: Commands, tasks: Tasks) -> None:
        super().__init__(store, commands, tasks)
        self._wanted: Which | None = None
        self._is_opening = False
        self._source: Source | None = None
        self._browse_actions: tuple[QAction, ...] = ()  # of the run's script, and of the test's today
        self._code = CodeView()
        self._find_bar = FindBar(self._code)
        self._name = wrapping("mono")
        self._origin = wrapping("caption", muted=True)
        self._warnings = wrapping()
        self._warnings.setAccessibleName("Warnings about this script")
        self._warning_row = sign("warning", "warning", self._warnings)
        self._which = QComboBox()
        self._which.addItem("Run’s script", "run")
        self._which.addItem("Test’s script today", "test")
        self._which.setAccessibleName("Which script")
        self._which.setToolTip("The script that this run used, or the one that its test would run today")
        self._which.currentIndexChanged.connect(self._choose)
        self.setFocusProxy(self._code)
        self._lay_out()

    def refresh(self, run: Run, detail: RunDetail | None) -> None:
        wanted: Which = ("run", run.id) if self._which.currentData() == "run" else ("test", run.test_id)
        if wanted == self._wanted:
            return
        self._source = None
        why_not = None if self.store.has_script(*wanted) else self.commands.why_not_connected()
        self._is_opening = not why_not
        if why_not:
            self._wanted = None
            self.show_placeholder(NEVER_LOADED, why_not, icon="offline")
        else:
            self._wanted = wanted
            self.show_placeholder("Loading the script…", icon="script")
            self.tasks.spawn(self._open(wanted), name="open a script", key=f"script:{wanted}", owner=self)

    def is_settled(self) -> bool:
        return not self._is_opening and self._code.is_settled

    def leave(self) -> None:
        with QSignalBlocker(self._which):
            self._which.setCurrentIndex(0)
        self._find_bar.hide()

    def offer(self, of_run: QAction, of_test: QAction, compare: Sequence[QAction]) -> None:
        """Offer to look into the script with all its files, and to compare it with others."""
        self._browse_actions = (of_run, of_test)
        for action in self._browse_actions:
            action.changed.connect(self._allow)
        self._compare_menu.addActions(list(compare))
        self._compare.setVisible(True)
        self._allow()

    def _allow(self) -> None:
        """The button does what one of the actions does, and says why when that is not possible."""
        self._browse.setVisible(bool(self._browse_actions))
        if self._browse_actions:
            action = self._browse_actions[self._which.currentIndex()]
            self._browse.setEnabled(action.isEnabled())
            self._browse.setToolTip(action.toolTip())

    def _browse_here(self) -> None:
        self._browse_actions[self._which.currentIndex()].trigger()

    def _show_source(self, source: Source, remark: str) -> None:
        self._is_opening = False
        self._source = source
        say(self._name, text.one_line(source.name, 120))
        hidden = f"{text.count(source.hidden, 'value')} hidden: browse the files to see them" if source.hidden else ""
        say(self._origin, "\n".join(filter(None, [source.origin, hidden])))
        self._origin.setVisible(bool(self._origin.text()))
        self._browse.setText(f"Browse {source.files:,} files" if source.files > 1 else "Browse")
        say(self._warnings, "\n".join(filter(None, [remark, *source.warnings])))
        self._warning_row.setVisible(bool(self._warnings.text()))
        self._code.show_text(source.shown)
        self.show_content()

    def _show_failure(self, reason: str) -> None:
        self._is_opening = False
        title = "The script cannot be shown"
        if self._wanted and self._wanted[0] == "test":
            action, on_action = "Show the run’s script", lambda: self._which.setCurrentIndex(0)
        else:
            action, on_action = "Try again", self._try_again
        self.show_placeholder(title, reason, icon="warning", action=action, on_action=on_action)

    def _choose(self) -> None:
        self._allow()
        if self.run:
            self.refresh(self.run, None)

    def _try_again(self) -> None:
        self._wanted = None
        self._choose()

    async def _open(self, wanted: Which) -> None:
        try:
            found = await script_of(self.store, self.commands, *wanted)
            source = await asyncio.to_thread(open_source, found.script)
        except (CloudError, ArchiveProblem) as error:
            if wanted == self._wanted:
                self._show_failure(str(error))
        else:
            if wanted == self._wanted:
                self._show_source(source, remark_on(wanted[0], found))

    def _lay_out(self) -> None:
        wrap = QCheckBox("Wrap")
        wrap.setToolTip("Wrap long lines")
        wrap.toggled.connect(self._code.set_wrap)
        find = tool_button("search", "Find", f"Find ({QKeySequence(QKeySequence.StandardKey.Find).toString()})")
        find.clicked.connect(self._find_bar.open_bar)
        copy = copy_button("Copy the script", lambda: masked_text(self._source.text) if self._source else "")
        self._browse = tool_button("project", "Browse", with_text=True)
        self._browse.clicked.connect(self._browse_here)
        self._compare_menu = QMenu(self)
        self._compare_menu.setToolTipsVisible(True)  # a disabled action says why there
        self._compare = tool_button("compare", "Compare", "Compare this run’s script with another one")
        self._compare.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._compare.setMenu(self._compare_menu)
        self._browse.hide()
        self._compare.hide()
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self._name)
        names.addWidget(self._origin)
        top = columns(self._which, wrap, find, copy)
        top.insertStretch(1, 1)
        head = QVBoxLayout()
        head.setContentsMargins(theme.WIDE, theme.GAP, theme.WIDE, theme.GAP)
        head.addLayout(top)
        whole = columns(self._browse, self._compare)
        whole.insertLayout(0, names, 1)
        head.addLayout(whole)
        head.addWidget(self._warning_row)
        self.rows.setContentsMargins(0, 0, 0, 0)
        self.rows.setSpacing(0)
        self.rows.addLayout(head)
        self.rows.addWidget(Line())
        self.rows.addWidget(self._find_bar)
        self.rows.addWidget(self._code, 1)

    # Qt

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and _is_find(event):
            event.accept()  # here it means the script, and not the runs
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if _is_find(event):
            self._find_bar.open_bar()
        else:
            super().keyPressEvent(event)


def _is_find(event: QEvent) -> bool:
    return isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Find)
