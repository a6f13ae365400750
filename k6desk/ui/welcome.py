"""What the window shows before there is an account: what k6desk does, and how to begin."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from k6desk.ui import theme
from k6desk.ui.text import PlainLabel

ICON_SIZE = QSize(72, 72)
WIDTH = 440


class Welcome(QWidget):
    """One calm invitation."""

    def __init__(
        self,
        sign_in: Callable[[], object],
        open_file: Callable[[], object],
        try_demo: Callable[[], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        picture = QLabel()
        picture.setTextFormat(Qt.TextFormat.PlainText)
        picture.setPixmap(QIcon(str(theme.resource("k6desk.svg"))).pixmap(ICON_SIZE))
        words = PlainLabel(
            "See what runs now, what failed and why, and what it cost: every project, test and run of your "
            "Grafana Cloud k6 stack in one window, also without a network.",
            muted=True,
            wrap=True,
        )
        words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        words.setFixedSize(WIDTH, words.heightForWidth(WIDTH))
        button = QPushButton("Sign in…")
        button.setDefault(True)
        button.clicked.connect(sign_in)
        file = QPushButton("Open file…")
        file.setFlat(True)
        file.setToolTip("Look at runs that somebody has exported; no account is needed")
        file.clicked.connect(open_file)
        demo = QPushButton("Try it on a demo cloud")
        demo.setFlat(True)
        demo.setToolTip("Look around in a window of its own, on a simulated cloud; no account is needed")
        demo.clicked.connect(try_demo)
        column = QVBoxLayout(self)
        column.setSpacing(theme.WIDE)
        column.addStretch(2)
        for widget in (picture, PlainLabel("Welcome to k6desk", kind="headline"), words, button, file, demo):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        self.setFocusProxy(button)
