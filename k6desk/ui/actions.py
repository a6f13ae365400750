"""Every action of the window in one table, from which menus, toolbar, shortcuts and the command palette are made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence

from k6desk.ui import theme

Menu = Literal["&Run", "&View", "&Account", "&Help"]


@dataclass(frozen=True, slots=True)
class Spec:
    """One action: its name in code, its words, where it is found, and whether it needs a chosen run."""

    name: str
    text: str
    menu: Menu
    icon: str = ""
    keys: tuple[str, ...] = ()
    on_run: bool = False
    in_toolbar: bool = False
    divides: bool = False
    tip: str = ""


TABLE = (
    Spec("refresh", "Refresh", "&Run", "refresh", ("F5", "Ctrl+R"), in_toolbar=True, tip="Ask the server now"),
    Spec("abort", "Abort run…", "&Run", "stop", ("Ctrl+Backspace",), True, True, True, "Stop this run at the server"),
    Spec("note", "Edit note", "&Run", "note", ("Ctrl+E",), True, True, tip="Write what people should know of this run"),
    Spec(
        "script", "Download script…", "&Run", "download", ("Ctrl+D",), True, True, tip="Save the script this run used"
    ),
    Spec("watch", "Tell me when it ends", "&Run", "running", ("Ctrl+T",), True, tip="Notify me when this run ends"),
    Spec("watch_person", "Tell me about this person's runs", "&Run", "account", (), True),
    Spec("copy_id", "Copy run id", "&Run", "copy", ("Ctrl+Shift+C",), True, divides=True),
    Spec(
        "copy_link", "Copy link", "&Run", "link", ("Ctrl+L",), True, True, tip="Copy the web app's address of this run"
    ),
    Spec(
        "open_web", "Open in the web app", "&Run", "external", ("Ctrl+O",), True, True, tip="Show this run in a browser"
    ),
    Spec("quit", "Quit", "&Run", "", ("Ctrl+Q",), divides=True),
    Spec("find", "Filter runs", "&View", "filter", ("Ctrl+F", "/"), tip="Type to filter the runs"),
    Spec("palette", "Go to…", "&View", "command", ("Ctrl+K",), tip="Find any project, test, run or command"),
    Spec("explorer", "Explorer", "&View", "project", ("Ctrl+1",), divides=True, tip="Move to the explorer"),
    Spec("runs", "Runs", "&View", "recent", ("Ctrl+2",), tip="Move to the table of runs"),
    Spec("details", "Details", "&View", "overview", ("Ctrl+3",), tip="Move to the details of the run"),
    Spec("next_pane", "Next pane", "&View", "chevron-right", ("Ctrl+PgDown",), tip="The next pane of the details"),
    Spec("previous_pane", "Previous pane", "&View", "", ("Ctrl+PgUp",), tip="The previous pane of the details"),
    Spec("layout", "Details below or beside", "&View", "panel-bottom", ("Ctrl+\\",), in_toolbar=True, divides=True),
    Spec(
        "theme",
        "Light or dark",
        "&View",
        "moon",
        ("Ctrl+Shift+L",),
        in_toolbar=True,
        tip="Switch between light and dark",
    ),
    Spec("theme_system", "Follow the system's theme", "&View", ""),
    Spec("notify", "Notifications", "&View", "", tip="Tell me when runs I watch or starred end"),
    Spec("sign_in", "Sign in…", "&Account", "sign-in", ("Ctrl+Shift+A",), divides=True),
    Spec("sign_out", "Sign out", "&Account", "sign-out"),
    Spec("shortcuts", "Keyboard shortcuts", "&Help", "keyboard", ("F1",)),
    Spec(
        "diagnostics", "Copy diagnostics", "&Help", "copy", tip="Copy versions and the last log lines, without secrets"
    ),
    Spec("about", "About k6desk", "&Help", "info"),
)


class Actions(QObject):
    """The `QAction`s of the table; `connect` gives one its effect."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._actions: dict[str, QAction] = {}
        for spec in TABLE:
            action = QAction(spec.text, self)
            if spec.icon:
                action.setIcon(theme.icon(spec.icon))
            action.setShortcuts([QKeySequence(key) for key in spec.keys])
            self._actions[spec.name] = action
            self._describe(spec, action, spec.tip or spec.text.rstrip("…"))

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
        action = self._actions[name]
        spec = next(spec for spec in TABLE if spec.name == name)
        action.setEnabled(refusal is None)
        self._describe(spec, action, refusal or spec.tip or spec.text.rstrip("…"))

    def _describe(self, spec: Spec, action: QAction, words: str) -> None:
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{words}  ({keys})" if keys else words)
        action.setStatusTip("")
