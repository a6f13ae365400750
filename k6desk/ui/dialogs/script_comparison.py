"""Two scripts read to show their difference, and in words how the files of two archives differ. No widgets."""

from __future__ import annotations

from typing import NamedTuple

from k6desk.api.models import Script
from k6desk.core.source import Source, open_source
from k6desk.data.archive import ArchiveProblem, FileChanges, file_changes
from k6desk.ui import text

NAMED = 6
"""So many files are named in a line."""


class Compared(NamedTuple):
    """Both scripts to look at, and the files of two archives. `problem` says why one cannot be looked at."""

    old: Source
    new: Source
    files: FileChanges | None
    is_old_readable: bool
    problem: str = ""


def compare(old: Script | None, new: Script) -> Compared:
    """Read two scripts to show their difference. Blocks."""
    nothing = Source("", "", "")
    sources, problems = [nothing, nothing], ["", ""]
    for at, script in enumerate((old, new)):
        if script:
            try:
                sources[at] = open_source(script)
            except ArchiveProblem as error:
                problems[at] = str(error)
    is_old_readable = not (problems[0] and old and old.is_archive)
    files = None
    if old and old.is_archive and new.is_archive and not any(problems):
        files = file_changes(old.content, new.content)
    whose = "The script of the test: " if problems[0] else ""
    return Compared(sources[0], sources[1], files, is_old_readable, whose + (problems[0] or problems[1]))


def all_files(files: FileChanges | None) -> list[str]:
    """The files of the archives that differ, each with a sign for how."""
    if files is None:
        return []
    signs = (("+", files.added), ("−", files.removed), ("≠", files.changed))
    return [f"{sign} {text.one_line(name, 120)}" for sign, names in signs for name in names]


def file_words(files: FileChanges | None) -> str:
    """The files of the archives that differ, in a line; nothing when none do."""
    all_ = all_files(files)
    more = f"   and {len(all_) - NAMED:,} more" if len(all_) > NAMED else ""
    return f"Files: {'   '.join(all_[:NAMED])}{more}" if all_ else ""
