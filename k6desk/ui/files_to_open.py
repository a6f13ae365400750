"""What the user wants opened: files chosen in a dialog, files and links dropped on the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtWidgets import QWidget

from k6desk.core.links import parse_link
from k6desk.data.bundle import SUFFIX

if TYPE_CHECKING:
    from PySide6.QtWidgets import QFileDialog

KINDS = (
    f"Runs, scripts and archives (*{SUFFIX} *.js *.ts *.mjs *.tar)",
    f"Runs for k6desk (*{SUFFIX})",
    "Scripts and archives (*.js *.ts *.mjs *.tar)",
    "All files (*)",
)


def ask_for_files(window: QWidget, choose: Callable[[list[str]], object]) -> None:
    """Ask which files are to be opened; `choose` gets their URLs."""
    dialog = _dialog(window, "Open file", KINDS)
    dialog.setFileMode(dialog.FileMode.ExistingFiles)
    dialog.filesSelected.connect(lambda names: choose([Path(name).as_uri() for name in names]))
    dialog.open()


def ask_for_script(window: QWidget, choose: Callable[[Path], object]) -> None:
    """Ask for one script or archive; `choose` gets it."""
    dialog = _dialog(window, "Choose a script or archive", KINDS[2:])
    dialog.setFileMode(dialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(lambda name: choose(Path(name)))
    dialog.open()


def _dialog(window: QWidget, title: str, kinds: Sequence[str]) -> QFileDialog:
    from PySide6.QtCore import QStandardPaths
    from PySide6.QtWidgets import QFileDialog  # with its enums 3 ms, which the first picture does not need

    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)
    dialog = QFileDialog(window, title, folder or str(Path.home()))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setNameFilters(kinds)
    return dialog


def urls_in(data: QMimeData) -> list[str]:
    """What is dragged and can be opened anywhere: files of runs, or one link; none if anything else is with them."""
    urls = data.urls()
    names = [url.toLocalFile().lower() for url in urls]
    if names and all(name.endswith(SUFFIX) for name in names):
        return [url.toEncoded().toStdString() for url in urls]
    words = urls[0].toEncoded().toStdString() if len(urls) == 1 else "" if urls else data.text()
    try:
        return [str(parse_link(words))]
    except ValueError:
        return []
