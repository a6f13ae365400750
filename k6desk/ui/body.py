"""What is between the toolbar and the edge of the window: notices, the page they are about, and a line of status."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from k6desk.core.notices import Notices
from k6desk.ui.notice_bar import NoticeBar


class Body(QWidget):
    """Shows one page at a time; a page may come with a line below it."""

    def __init__(self, notices: Notices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(NoticeBar(notices))
        self._parts: list[QWidget] = []
        self.put(QWidget())

    def put(self, page: QWidget, line: QWidget | None = None) -> None:
        """Show a page in place of the one before, which ends, and give it the keyboard."""
        for part in self._parts:
            self._column.removeWidget(part)
            part.hide()  # it lives until the event loop has its turn
            part.deleteLater()
        self._parts = [page, line] if line else [page]
        self._column.addWidget(page, 1)
        if line:
            self._column.addWidget(line)
        for part in self._parts:
            part.show()  # the layout would do it only at the loop's next turn, and the focus would be elsewhere
        page.setFocus()
