"""The files that the user wants opened: chosen in a dialog, or dropped on the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from k6desk.data.bundle import SUFFIX

KINDS = (
    f"Runs, scripts and archives (*{SUFFIX} *.js *.ts *.mjs *.tar)",
    f"Runs for k6desk (*{SUFFIX})",
    "Scripts and archives (*.js *.ts *.mjs *.tar)",
    "All files (*)",
)


def ask_for_files(window: QWidget, choose: Callable[[list[Path]], object]) -> None:
    """Ask which files are to be opened; `choose` gets them."""
    dialog = _dialog(window, "Open file", QFileDialog.FileMode.ExistingFiles, KINDS)
    dialog.filesSelected.connect(lambda names: choose([Path(name) for name in names]))
    dialog.open()


def ask_for_script(window: QWidget, choose: Callable[[Path], object]) -> None:
    """Ask for one script or archive; `choose` gets it."""
    dialog = _dialog(window, "Choose a script or archive", QFileDialog.FileMode.ExistingFile, KINDS[2:])
    dialog.fileSelected.connect(lambda name: choose(Path(name)))
    dialog.open()


def _dialog(window: QWidget, title: str, mode: QFileDialog.FileMode, kinds: Sequence[str]) -> QFileDialog:
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)
    dialog = QFileDialog(window, title, folder or str(Path.home()))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setFileMode(mode)
    dialog.setNameFilters(kinds)
    return dialog


def bundles_in(data: QMimeData) -> list[Path]:
    """The files of runs among what is dragged; none if anything else is dragged with them."""
    names = [url.toLocalFile() for url in data.urls()]
    return [Path(name) for name in names] if all(name.lower().endswith(SUFFIX) for name in names) else []
