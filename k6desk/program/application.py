"""The application as the desktop knows it: its name and icon, and what the desktop asks it to open."""

from __future__ import annotations

import sys

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QFileOpenEvent, QIcon
from PySide6.QtWidgets import QApplication

from k6desk import __version__
from k6desk.core.installation import ID
from k6desk.ui import theme


class Application(QApplication):
    """Elsewhere links and files are arguments of a start; macOS sends them to the program that runs, or is starting."""

    asked = Signal()  # there are URLs to take

    def __init__(self) -> None:
        super().__init__(["k6desk"])
        self._urls: list[str] = []

    def take_urls(self) -> list[str]:
        """What was asked and nobody has taken yet."""
        urls, self._urls = self._urls, []
        return urls

    def event(self, event: QEvent) -> bool:
        """Take what the desktop asks to be opened."""
        if isinstance(event, QFileOpenEvent):
            self._urls.append(event.url().toEncoded().toStdString())
            self.asked.emit()
            return True
        return super().event(event)


def make_application() -> QApplication:
    """The one application of this process."""
    if sys.platform == "win32":
        _be_one_program()
    application = QApplication.instance() or Application()
    assert isinstance(application, QApplication)
    application.setApplicationName("k6desk")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName(ID)
    application.setWindowIcon(QIcon(str(theme.resource("k6desk.svg"))))
    application.setQuitOnLastWindowClosed(False)  # or the loop would stop under tasks that still have to end
    return application


def _be_one_program() -> None:
    """Have Windows show the windows under the icon that the installer has put into the Start menu."""
    import ctypes

    ctypes.windll.shell32.SetCurrentProcessExplicitAppUserModelID(ID)  # type: ignore[attr-defined]
