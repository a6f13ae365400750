"""The lines above the files of a script: whose it is, which version, and what can be done with the whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QMenu, QToolButton, QVBoxLayout, QWidget

from k6desk.api.models import Run
from k6desk.core.scripts.script_source import Loaded, Owner
from k6desk.ui import text, theme
from k6desk.ui.files_to_open import ask_for_script
from k6desk.ui.library.words import Version, origin_words, version_hint, version_words
from k6desk.ui.parts import ElidedLabel, columns, say, sign, tool_button, wrapping
from k6desk.ui.roles import TOOL_TIP

MOST_IN_MENU = 20
WIDEST = 400
ONLY_VERSION = "This is the only version that k6desk has seen"


class ScriptHead(QWidget):
    """Title, version and buttons of the script that is open."""

    version_chosen = Signal(object)  # Version
    compare_wanted = Signal(object)  # Version
    file_chosen = Signal(object)  # Path of what it is to be compared with
    save_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._versions: Sequence[Version] = ()
        self._title = ElidedLabel("title")
        self._facts = wrapping("caption", muted=True)
        self._remark = wrapping()
        self._remark_row = sign("warning", "warning", self._remark)
        self._choice = QComboBox()
        self._choice.setAccessibleName("Version")
        self._choice.setMinimumWidth(120)
        self._choice.setMaximumWidth(WIDEST)
        self._choice.activated.connect(lambda at: self.version_chosen.emit(self._versions[at]))
        self._menu = QMenu(self)
        self._compare = tool_button("compare", "Compare", "Compare with another version or a file", with_text=True)
        self._compare.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._compare.setMenu(self._menu)
        self._save = tool_button("download", "Save archive…", with_text=True)
        self._save.clicked.connect(self.save_wanted)
        top = columns(self._title, self._choice, self._compare, self._save, stretch=0)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.WIDE, theme.GAP, theme.GAP, theme.GAP)
        column.setSpacing(theme.UNIT)
        column.addLayout(top)
        column.addWidget(self._facts)
        column.addWidget(self._remark_row)

    def show_script(self, owner: Owner, loaded: Loaded, versions: Sequence[Version], runs: Mapping[int, Run]) -> None:
        """Say which script is open, and offer the other versions of it; `runs` are those that versions name."""
        now = datetime.now(UTC)
        whose = origin_words(owner.kind, owner.id, owner.title)
        self._versions = versions
        say(self._title, text.one_line(owner.title, 200), owner.title)
        this = next((at for at, one in enumerate(versions) if one.digest == loaded.digest), -1)
        seen = f"last seen {text.when(versions[this].last_at, now)}" if this >= 0 else ""
        say(self._facts, " · ".join(filter(None, [whose, _kind(loaded), seen])), loaded.digest)
        say(self._remark, loaded.remark)
        self._remark_row.setVisible(bool(loaded.remark))
        self._choice.clear()
        for at, version in enumerate(versions):
            self._choice.addItem(version_words(version, runs, now))
            self._choice.setItemData(at, text.tooltip(version_hint(version, now)), TOOL_TIP)
        self._choice.setCurrentIndex(this)
        self._choice.setVisible(len(versions) > 0)
        self._choice.setToolTip(text.tooltip("The versions of the test’s script that k6desk has seen"))
        self._save.setText("Save archive…" if loaded.script.is_archive else "Save script…")
        self._fill_menu([at for at in range(len(versions)) if at != this])

    def _fill_menu(self, others: Sequence[int]) -> None:
        self._menu.clear()
        for at in others[:MOST_IN_MENU]:
            words = text.on_button(self._choice.itemText(at))
            self._menu.addAction(words, partial(self.compare_wanted.emit, self._versions[at]))
        if not others:
            self._menu.addAction(ONLY_VERSION).setEnabled(False)
        self._menu.addSeparator()
        self._menu.addAction("A file…", lambda: ask_for_script(self.window(), self.file_chosen.emit))


def _kind(loaded: Loaded) -> str:
    if not loaded.script.is_archive:
        return "Script without other files"
    files = text.count(loaded.opened.count, "file")
    made_by = f", made by k6 {text.one_line(loaded.opened.k6_version, 40)}" if loaded.opened.k6_version else ""
    return f"k6 archive with {files}{made_by}"
