"""A dialog of sections that are read when it opens and saved together, each if it was changed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QTabWidget, QVBoxLayout, QWidget

from k6desk.core.tasks import Tasks
from k6desk.ui import text, theme
from k6desk.ui.dialogs.button import Button
from k6desk.ui.dialogs.section import Section
from k6desk.ui.text import PlainLabel

WIDTH, HEIGHT = 580, 440


class SettingsDialog(QDialog):
    """Open it with `open()`. A section that the server refuses keeps what was typed and says why."""

    saved = Signal()

    def __init__(
        self,
        title: str,
        about: str,
        caption: str,
        sections: Sequence[tuple[str, Section]],
        tasks: Tasks,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self._tasks = tasks
        self._sections = [section for _, section in sections]
        self.tabs = QTabWidget()
        self._is_saving = False
        self._cancel = Button("Cancel")
        self.save_button = QPushButton("Save", default=True)
        self._cancel.clicked.connect(self.close_for_good)
        self.save_button.clicked.connect(self._save)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.GAP)
        buttons.addStretch()
        buttons.addWidget(self._cancel)
        buttons.addWidget(self.save_button)
        column = QVBoxLayout(self)
        margin = theme.WIDE + theme.GAP
        column.setContentsMargins(margin, margin - theme.UNIT, margin, theme.WIDE)
        column.setSpacing(theme.GAP)
        column.addWidget(PlainLabel(about, kind="title", wrap=True))
        column.addWidget(PlainLabel(text.one_line(caption, 100), kind="caption", muted=True))
        if len(sections) == 1:
            column.addWidget(self._sections[0], 1)
        else:
            for name, section in sections:
                self.tabs.addTab(section, name)
            self.tabs.setDocumentMode(True)
            self.tabs.setStyleSheet("QTabWidget::tab-bar { left: -6px; }")  # the titles stand above the fields
            column.addWidget(self.tabs, 1)
        column.addSpacing(theme.GAP)
        column.addLayout(buttons)
        self.resize(WIDTH, HEIGHT)
        for section in self._sections:
            section.edited.connect(self._refresh)
            section.load()
        self._refresh()
        (self.tabs if len(sections) > 1 else self._sections[0]).setFocus()

    def _refresh(self) -> None:
        is_changed = self._is_changed()
        self.save_button.setEnabled(is_changed and not self._is_saving)
        self._cancel.setText("Cancel" if is_changed else "Close")
        self.save_button.setText("Saving…" if self._is_saving else "Save")

    def _is_changed(self) -> bool:
        return any(section.is_changed() for section in self._sections)

    def _save(self) -> None:
        wrong = [section for section in self._sections if section.is_changed() and not section.is_right()]
        if wrong:
            self.tabs.setCurrentWidget(wrong[0])
            wrong[0].is_right()  # only a field that is shown takes the cursor
            return
        self._is_saving = True
        self._refresh()
        self._tasks.spawn(self._save_all(), name="save settings", key=f"save settings:{id(self)}")

    async def _save_all(self) -> None:
        """It goes on when the dialog is closed: what was sent was sent."""
        for section in self._sections:
            section.content.setEnabled(False)
        refused = [section for section in self._sections if not await section.save()]
        self._is_saving = False
        for section in self._sections:
            section.content.setEnabled(section.is_read)
        self._refresh()
        if not refused:
            self.saved.emit()
            self.accept()
            return
        self.tabs.setCurrentWidget(refused[0])
        if not self.isVisible():
            self.open()  # closed meanwhile, but what was typed is not on the server

    # Qt

    def close_for_good(self) -> None:
        """Close; while something is being saved only out of sight, until the server has answered."""
        if self._is_saving:
            self.hide()
        else:
            super().reject()

    def reject(self) -> None:
        """Esc: what was typed is given up by a button alone."""
        if self._is_saving or not self._is_changed():
            self.close_for_good()
        else:
            self._cancel.setText("Discard changes")
            self._cancel.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.reject()
        event.setAccepted(not self._is_saving and not self.isVisible())
