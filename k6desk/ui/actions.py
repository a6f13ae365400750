"""Every action of the window in one table, from which menus, toolbar, shortcuts and the command palette are made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from typing import Literal

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence

from k6desk.ui import theme

Menu = Literal["&Run", "&View", "&Account", "&Help"]
End = Literal["left", "right"]


@dataclass(frozen=True, slots=True)
class Spec:
    """One action: its name in code, its words, and where it is found."""

    name: str
    text: str
    menu: Menu
    _: KW_ONLY
    icon: str = ""
    keys: tuple[str, ...] = ()
    tip: str = ""
    """What the tooltip says; without it the action's text of the moment."""
    toolbar: End | None = None
    """The end of the toolbar where it stands."""
    on_run: bool = False
    """Whether it is done to the chosen run, and so is in its menu."""
    checkable: bool = False
    divides: bool = False
    """Whether a line sets it off from the action before."""


TABLE = (
    Spec("refresh", "Refresh", "&Run", icon="refresh", keys=("F5", "Ctrl+R"), tip="Ask the server now", toolbar="left"),
    Spec(
        "abort",
        "Abort run…",
        "&Run",
        icon="stop",
        keys=("Ctrl+Backspace",),
        tip="Stop this run on the server",
        toolbar="left",
        on_run=True,
        divides=True,
    ),
    Spec(
        "note",
        "Edit note",
        "&Run",
        icon="note",
        keys=("Ctrl+E",),
        tip="Write what people should know of this run",
        toolbar="left",
        on_run=True,
    ),
    Spec(
        "script",
        "Download script…",
        "&Run",
        icon="download",
        keys=("Ctrl+D",),
        tip="Save the script this run used",
        toolbar="left",
        on_run=True,
    ),
    Spec(
        "watch",
        "Notify me when it ends",
        "&Run",
        icon="running",
        keys=("Ctrl+T",),
        tip="Notify me when this run ends",
        on_run=True,
        checkable=True,
    ),
    Spec("watch_person", "Notify me about this person's runs", "&Run", icon="account", on_run=True, checkable=True),
    Spec("copy_id", "Copy run ID", "&Run", icon="copy", keys=("Ctrl+Shift+C",), on_run=True, divides=True),
    Spec(
        "copy_link",
        "Copy link",
        "&Run",
        icon="link",
        keys=("Ctrl+L",),
        tip="Copy the web app's address of this run",
        toolbar="left",
        on_run=True,
    ),
    Spec(
        "open_web",
        "Open in the web app",
        "&Run",
        icon="external",
        keys=("Ctrl+O",),
        tip="Show this run in a browser",
        toolbar="left",
        on_run=True,
    ),
    Spec("quit", "Quit", "&Run", keys=("Ctrl+Q",), divides=True),
    Spec("find", "Filter runs", "&View", icon="filter", keys=("Ctrl+F", "/"), tip="Type to filter the runs"),
    Spec("palette", "Go to…", "&View", icon="command", keys=("Ctrl+K",), tip="Find any project, test, run or command"),
    Spec("explorer", "Explorer", "&View", icon="project", keys=("Ctrl+1",), tip="Move to the explorer", divides=True),
    Spec("runs", "Runs", "&View", icon="recent", keys=("Ctrl+2",), tip="Move to the table of runs"),
    Spec("details", "Details", "&View", icon="overview", keys=("Ctrl+3",), tip="Move to the details of the run"),
    Spec(
        "next_pane",
        "Next pane",
        "&View",
        icon="chevron-right",
        keys=("Ctrl+PgDown",),
        tip="The next pane of the details",
    ),
    Spec("previous_pane", "Previous pane", "&View", keys=("Ctrl+PgUp",), tip="The previous pane of the details"),
    Spec(
        "layout",
        "Details below or beside",
        "&View",
        icon="panel-bottom",
        keys=("Ctrl+\\",),
        toolbar="right",
        divides=True,
    ),
    Spec("theme", "Light or dark", "&View", icon="moon", keys=("Ctrl+Shift+L",), toolbar="right"),
    Spec("theme_system", "Follow the system's theme", "&View", checkable=True),
    Spec("notify", "Notifications", "&View", tip="Notify me when runs I watch or starred end", checkable=True),
    Spec("sign_in", "Sign in…", "&Account", icon="sign-in", keys=("Ctrl+Shift+A",), divides=True),
    Spec("sign_out", "Sign out", "&Account", icon="sign-out"),
    Spec("shortcuts", "Keyboard shortcuts", "&Help", icon="keyboard", keys=("F1",)),
    Spec(
        "diagnostics",
        "Copy diagnostics",
        "&Help",
        icon="copy",
        tip="Copy versions and the last log lines, without secrets",
    ),
    Spec("about", "About k6desk", "&Help", icon="info"),
)


class Actions(QObject):
    """The `QAction`s of the table; `connect_all` gives them their effects."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._specs = {spec.name: spec for spec in TABLE}
        self._actions: dict[str, QAction] = {}
        for spec in TABLE:
            action = QAction(spec.text, self)
            if spec.icon:
                action.setIcon(theme.icon(spec.icon))
            action.setCheckable(spec.checkable)
            action.setShortcuts([QKeySequence(key) for key in spec.keys])
            self._actions[spec.name] = action
            self.allow(spec.name, None)

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def all(self) -> list[tuple[Spec, QAction]]:
        """The table with its actions."""
        return [(spec, self._actions[spec.name]) for spec in TABLE]

    def connect_all(self, effects: dict[str, Callable[[], object]]) -> None:
        """Give actions their effects; every name must be of the table."""
        for name, effect in effects.items():
            self._actions[name].triggered.connect(lambda *_, effect=effect: effect())

    def allow(self, name: str, refusal: str | None) -> None:
        """Enable an action, or disable it and say why in its tooltip."""
        self._actions[name].setEnabled(refusal is None)
        self._describe(name, refusal)

    def show_next(self, name: str, words: str, icon: str) -> None:
        """Give a switch the words and icon of what it does next."""
        action = self._actions[name]
        action.setText(words)
        action.setIcon(theme.icon(icon))
        if action.isEnabled():
            self._describe(name, None)

    def _describe(self, name: str, refusal: str | None) -> None:
        action = self._actions[name]
        words = refusal or self._specs[name].tip or action.text().rstrip("…")
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{words}  ({keys})" if keys else words)
