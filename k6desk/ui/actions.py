"""The `QAction`s of the window, made from the table of actions."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence

from k6desk.ui import theme
from k6desk.ui.action_table import TABLE, Spec


class Actions(QObject):
    """The `QAction`s of the table; `connect_all` gives them their effects."""

    about_to_act = Signal()
    """An action was triggered. What is possible is to be worked out now: if the action is not, it has no effect."""

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
            if spec.keys_in_table:
                action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
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
            self._actions[name].triggered.connect(lambda *_, name=name, effect=effect: self._act(name, effect))

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

    def _act(self, name: str, effect: Callable[[], object]) -> None:
        self.about_to_act.emit()
        if self._actions[name].isEnabled():
            effect()

    def _describe(self, name: str, refusal: str | None) -> None:
        action = self._actions[name]
        words = refusal or self._specs[name].tip or action.text().rstrip("…")
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{words}  ({keys})" if keys else words)
