"""The files that the user wants opened: chosen in a dialog, or dropped on the window."""

from __future__ import annotations

from collections.abc import Callable
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
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)
    dialog = QFileDialog(window, "Open file", folder or str(Path.home()))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.setNameFilters(KINDS)
    dialog.filesSelected.connect(lambda names: choose([Path(name) for name in names]))
    dialog.open()


def bundles_in(data: QMimeData) -> list[Path]:
    """The files of runs among what is dragged; none if anything else is dragged with them."""
    names = [url.toLocalFile() for url in data.urls()]
    return [Path(name) for name in names] if all(name.lower().endswith(SUFFIX) for name in names) else []
