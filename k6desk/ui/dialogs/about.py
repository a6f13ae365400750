"""About k6desk: version, licence, and what it is made of."""

from __future__ import annotations

from PySide6.QtCore import QLibraryInfo, QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from k6desk import __version__
from k6desk.ui import theme
from k6desk.ui.text import PlainLabel


class AboutDialog(QDialog):
    """A few lines and a button."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("About k6desk")
        picture = QLabel()
        picture.setTextFormat(Qt.TextFormat.PlainText)
        picture.setPixmap(QIcon(str(theme.resource("k6desk.svg"))).pixmap(QSize(48, 48)))
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.WIDE, theme.WIDE, theme.WIDE, theme.WIDE)
        column.setSpacing(theme.GAP)
        column.addWidget(picture)
        column.addWidget(PlainLabel(f"k6desk {__version__}", kind="title"))
        column.addWidget(PlainLabel("A native desktop run monitor for Grafana Cloud k6."))
        column.addWidget(PlainLabel("Not made or endorsed by Grafana Labs. Licence: Apache-2.0.", muted=True))
        made_of = (
            f"Qt {QLibraryInfo.version().toString()} and PySide6 (LGPL-3.0), httpx, qasync, keyring, msgspec, Pygments."
        )
        column.addWidget(PlainLabel(f"Made with {made_of}", kind="caption", muted=True))
        column.addWidget(close)
