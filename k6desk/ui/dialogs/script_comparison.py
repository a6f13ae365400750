"""Two scripts read to show their difference, and in words how the files of two archives differ. No widgets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from k6desk.api.models import Script
from k6desk.core.scripts.opened_script import OpenedScript
from k6desk.core.scripts.script_changes import FileChange, script_changes
from k6desk.data.problems import ArchiveProblem
from k6desk.ui import text

NAMED = 6
"""So many files are named in a line."""
_NOTHING = Script(b"", is_archive=False)
_SIGNS = {"changed": "~", "added": "+", "removed": "−", "renamed": "↷"}


class Compared(NamedTuple):
    """The entry script to look at, and the other files that differ. `problem` says why it cannot be looked at."""

    entry: FileChange
    files: Sequence[FileChange] = ()
    is_old_readable: bool = True
    problem: str = ""


def compare(old: Script | None, new: Script) -> Compared:
    """Read two scripts to show their difference. Blocks."""
    is_old_readable = old is None or _opens(old)
    try:
        entry, *files = script_changes(old or _NOTHING, new)
    except ArchiveProblem as error:
        whose = "" if is_old_readable else "The script of the test: "
        return Compared(FileChange("", "changed"), (), is_old_readable, f"{whose}{error}")
    problem = entry.remark if entry.old == entry.new else ""
    return Compared(entry, [file for file in files if file.kind != "same"], is_old_readable, problem)


def all_files(files: Sequence[FileChange]) -> list[str]:
    """The files that differ, each with a sign for how."""
    return [f"{_SIGNS[file.kind]} {_name(file)}" for file in files]


def file_words(files: Sequence[FileChange]) -> str:
    """The files that differ, in a line; nothing when none do."""
    all_ = all_files(files[:NAMED])
    more = f"   and {len(files) - NAMED:,} more" if len(files) > NAMED else ""
    return f"Files: {'   '.join(all_)}{more}" if all_ else ""


def _name(file: FileChange) -> str:
    name = text.one_line(file.name, 120)
    return f"{text.one_line(file.old_name, 120)} → {name}" if file.kind == "renamed" else name


def _opens(script: Script) -> bool:
    try:
        OpenedScript(script)
    except ArchiveProblem:
        return False
    return True
