"""A dialog of sections that are read when it opens and saved together, each if it was changed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QPushButton, QTabWidget, QWidget

from k6desk.core.tasks import Tasks
from k6desk.ui import theme
from k6desk.ui.dialogs.asking import Asking, Words
from k6desk.ui.dialogs.button import Button
from k6desk.ui.dialogs.frame import Frame
from k6desk.ui.dialogs.section import Section
from k6desk.ui.parts import columns
from k6desk.ui.text import PlainLabel

WIDTH, HEIGHT = 580, 440
SAVING = Words("Save", "Saving…", "", "Not all was saved", "Whether all was saved is not known")


class SettingsDialog(Frame):
    """Open it with `open()`. A section that the server refuses keeps what was typed and says why.

    Not a `DeedDialog`: it has as many deeds as changed sections, and one that is refused brings a closed dialog back,
    since a notice could not give back what was typed in its lines.
    """

    saved = Signal()

    def __init__(
        self,
        title: str,
        heading: str,
        about: QWidget,
        sections: Sequence[tuple[str, Section]],
        tasks: Tasks,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, parent)
        self._tasks = tasks
        self._sections = [section for _, section in sections]
        self.tabs = QTabWidget()
        self.asking = Asking(tasks, lambda *_: None)
        self.finished.connect(self.asking.close_for_good)
        self._cancel = Button("Cancel")
        self.save_button = QPushButton("Save", default=True)
        self._cancel.clicked.connect(self.close_for_good)
        self.save_button.clicked.connect(self._save)
        buttons = columns(self._cancel, self.save_button)
        buttons.insertStretch(0)
        self.column.addWidget(PlainLabel(heading, kind="title", wrap=True))
        self.column.addWidget(about)
        if len(sections) == 1:
            self.column.addWidget(self._sections[0], 1)
        else:
            for name, section in sections:
                self.tabs.addTab(section, name)
            self.tabs.setDocumentMode(True)
            self.tabs.setStyleSheet("QTabWidget::tab-bar { left: -6px; }")  # the titles stand above the fields
            self.column.addWidget(self.tabs, 1)
        self.column.addWidget(self.asking)
        self.column.addSpacing(theme.GAP)
        self.column.addLayout(buttons)
        self.resize(WIDTH, HEIGHT)
        for section in self._sections:
            section.edited.connect(self._refresh)
            section.load()
        self._refresh()
        (self.tabs if len(sections) > 1 else self._sections[0]).setFocus()

    def _refresh(self) -> None:
        is_saving, is_changed = self.asking.is_waiting, self._is_changed()
        self.save_button.setEnabled(is_changed and not is_saving)
        self._cancel.setText("Cancel" if is_changed and not is_saving else "Close")

    def _is_changed(self) -> bool:
        return any(section.is_changed() for section in self._sections)

    def _save(self) -> None:
        wrong = [section for section in self._sections if section.is_changed() and not section.is_right()]
        if wrong:
            self.tabs.setCurrentWidget(wrong[0])
            wrong[0].is_right()  # only a field that is shown takes the cursor
            return
        for section in self._sections:
            section.content.setEnabled(False)
        self.asking.see_through(self._save_all(), SAVING, self._end, otherwise=self._fail)
        self._refresh()

    async def _save_all(self) -> list[Section]:
        """The sections that are not known to be saved."""
        return [section for section in self._sections if not await section.save()]

    def _end(self, refused: list[Section]) -> None:
        if not refused:
            self.saved.emit()
            self.accept()
            return
        self.tabs.setCurrentWidget(refused[0])
        self._go_on()

    def _fail(self, error: BaseException) -> None:
        if isinstance(error, Exception) or self.isVisible():
            self._go_on()
        else:
            super().reject()  # its account is closed

    def _go_on(self) -> None:
        for section in self._sections:
            section.content.setEnabled(section.is_read)
        self._refresh()
        if not self.isVisible():
            self.open()  # closed meanwhile, but what was typed is not on the server

    # Qt

    def close_for_good(self) -> None:
        """Close; while something is being saved only out of sight, until the server has answered."""
        if self.asking.is_waiting:
            self.hide()
        else:
            super().reject()

    def done(self, result: int) -> None:
        """What is still being saved in a dialog over this one goes on when this one is gone."""
        for over in self.findChildren(SettingsDialog, options=Qt.FindChildOption.FindDirectChildrenOnly):
            over.setParent(self.parentWidget(), over.windowFlags())
        super().done(result)

    def reject(self) -> None:
        """Esc: what was typed is given up by a button alone."""
        if self.asking.is_waiting or not self._is_changed():
            self.close_for_good()
        else:
            self._cancel.setText("Discard changes")
            self._cancel.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.reject()
        event.setAccepted(not self.asking.is_waiting and not self.isVisible())
