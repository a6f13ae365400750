"""What is different between two scripts or archives, file by file, in texts that give no secret away."""

from __future__ import annotations

import hashlib
import posixpath
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Literal

from msgspec import Struct

from k6desk.api.models import Script
from k6desk.core.scripts.opened_script import BinaryFile, OpenedScript, TextFile
from k6desk.core.scripts.source import MOST_CHARACTERS
from k6desk.data.archive import File

MOST_RENAMED, LARGEST_RENAMED = 40, 256 * 1024
"""So many files of each archive are looked at for one that was renamed and changed, and those up to so many bytes."""
VERY_ALIKE = 0.6
"""The share of common lines from which a file is taken for another one under a new name."""
MOST_SHOWN = 8 * MOST_CHARACTERS
"""Characters of all files together that are made to be looked at; the rest is only said to be different."""
FARTHEST = 2
"""Folders above the entry script's from which a file is still named by its way from there."""
METADATA = "Options and metadata"

Kind = Literal["changed", "added", "removed", "renamed", "same"]
ORDER: tuple[Kind, ...] = ("changed", "added", "removed", "renamed", "same")


class Side(Struct, frozen=True):
    """One of two scripts to compare: what to call it, and in `remark` a warning that a reader must see."""

    label: str
    script: Script
    remark: str = ""


class FileChange(Struct, frozen=True):
    """A file of two scripts. `old_name` is "" where only the newer script has it.

    The texts are masked, and what they hide is visible; None where there is none, or it is the same in both, or no text
    to look at: `remark` says why.
    """

    name: str
    kind: Kind
    old_name: str = ""
    old: str | None = None
    new: str | None = None
    remark: str = ""


def script_changes(old: Script, new: Script) -> list[FileChange]:
    """Every file of two scripts, the entry script first, then by what happened. Blocks; raises `ArchiveProblem`."""
    before, after = _Opened(old), _Opened(new)
    room, changes = MOST_SHOWN, []
    for one, other in _pairs(before, after):
        changes.append(change := _change(before, one, after, other, room))
        room -= len(change.old or "") + len(change.new or "")
    entry, *others = changes
    return [entry, *sorted(others, key=lambda change: (ORDER.index(change.kind), change.name))]


class _Opened:
    """A script with its files by what they may be known by in another."""

    def __init__(self, script: Script) -> None:
        self.script = OpenedScript(script)
        self.entry, *others = self.script.files
        self.others = [file for file in others if file.kind != "directory"]
        self._folder = "/" + "/".join(self.entry.path[:-1])

    def content(self, file: File) -> bytes:
        """What is compared: the bytes of a file, or what a link points to."""
        if file.kind == "link":
            return file.target.encode("utf-8", "surrogatepass")
        return self.script.content(file.name)

    def name(self, file: File) -> str:
        """What to call a file: by its way from the entry script, for checkouts are at different places."""
        if file.area == "metadata":
            return METADATA
        path = "/".join(file.path)
        if file.area in {"entry", "local"}:
            way = posixpath.relpath("/" + path, self._folder)
            return way if way.count("../") <= FARTHEST else f"/{path}"
        return f"https://{path}" if file.area == "remote" else path


def _pairs(before: _Opened, after: _Opened) -> Iterator[tuple[File | None, File | None]]:
    """The files that belong together."""
    yield before.entry, after.entry
    old, new = before.others, after.others
    ways: list[Callable[[_Opened, File], Hashable]] = [
        lambda side, file: (file.kind, file.area, side.name(file)),
        lambda _, file: (file.kind, file.area, file.path),
        lambda side, file: (file.kind, hashlib.sha256(side.content(file)).digest()) if file.size else (side, file),
    ]
    for way in ways:
        known: dict[Hashable, list[File]] = {}
        for file in reversed(new):
            known.setdefault(way(after, file), []).append(file)
        matches = {file: known[key].pop() for file in old if known.get(key := way(before, file))}
        yield from matches.items()
        taken = set(matches.values())
        old, new = [file for file in old if file not in matches], [file for file in new if file not in taken]
    alike = dict(_alike(before, old, after, new))
    yield from alike.items()
    yield from ((file, None) for file in old if file not in alike)
    found = set(alike.values())
    yield from ((None, file) for file in new if file not in found)


def _alike(before: _Opened, old: list[File], after: _Opened, new: list[File]) -> Iterator[tuple[File, File]]:
    """Files that have most of their lines in common, the most alike first."""
    if max(len(old), len(new)) > MOST_RENAMED:
        return
    old_lines, new_lines = _lines(before, old), _lines(after, new)
    likeness = sorted(
        (
            (_likeness(old_lines[one], new_lines[other]), one.name, other.name)
            for one in old_lines
            for other in new_lines
        ),
        reverse=True,
    )
    old_files, new_files = {file.name: file for file in old}, {file.name: file for file in new}
    for share, one, other in likeness:
        if share >= VERY_ALIKE and one in old_files and other in new_files:
            yield old_files.pop(one), new_files.pop(other)


def _lines(side: _Opened, files: Iterable[File]) -> dict[File, Counter[bytes]]:
    plain = (file for file in files if file.kind == "file" and 0 < file.size <= LARGEST_RENAMED)
    return {file: Counter(side.content(file).split(b"\n")) for file in plain}


def _likeness(one: Counter[bytes], other: Counter[bytes]) -> float:
    most, least = max(one.total(), other.total()), min(one.total(), other.total())
    if least < VERY_ALIKE * most:
        return 0.0
    return 2 * (one & other).total() / (most + least)


# -- one file ----------------------------------------------------------------------------------------------------------


def _change(before: _Opened, old: File | None, after: _Opened, new: File | None, room: int) -> FileChange:
    """What happened to a file; `room` is how many characters may still be made to be looked at."""
    name, old_name = after.name(new) if new else "", before.name(old) if old else ""
    if old and new and not (before.script.is_archive and after.script.is_archive):
        name = old_name = old_name if before.script.is_archive else name  # a script by itself has no name of its own
    if old and new and before.content(old) == after.content(new):
        return FileChange(name, "same" if name == old_name else "renamed", old_name)
    kind: Kind = "removed" if new is None else "added" if old is None else "changed"
    if old and new and name != old_name and old.area != "entry":
        kind = "renamed"
    shown = name or old_name
    links = [file for file in (old, new) if file and file.kind == "link"]
    if links:
        targets = " → ".join(file.target for file in links)
        return FileChange(shown, kind, old_name, remark=f"A link to {targets}. k6desk follows no links.")
    if room < sum(min(file.size, MOST_CHARACTERS) for file in (old, new) if file):
        return FileChange(
            shown, kind, old_name, remark="There is too much different between these archives to show all."
        )
    one, other = _looked_at(before, old), _looked_at(after, new)
    if not all(isinstance(side, TextFile | None) for side in (one, other)):
        return FileChange(shown, kind, old_name, remark=_binary_words(before, old, after, new))
    old_text, new_text = (side.shown if isinstance(side, TextFile) else None for side in (one, other))
    remarks = _warnings(one, other)
    if old_text == new_text:
        if old and old.area == "metadata":
            return FileChange(shown, "same", old_name)
        remarks.append("What is different is hidden here: values that look like secrets, or how lines end.")
    return FileChange(shown, kind, old_name, old_text, new_text, " ".join(remarks))


def _looked_at(side: _Opened, file: File | None) -> TextFile | BinaryFile | None:
    return side.script.read(file.name) if file else None


def _warnings(old: object, new: object) -> list[str]:
    """What a reader should know of the texts, each thing once."""
    newer = list(new.warnings) if isinstance(new, TextFile) else []
    older = [warning for warning in old.warnings if warning not in newer] if isinstance(old, TextFile) else []
    return newer + [f"In the older file: {warning}" for warning in older]


def _binary_words(before: _Opened, old: File | None, after: _Opened, new: File | None) -> str:
    sides = [side.content(file) for side, file in ((before, old), (after, new)) if file]
    words = (
        f"{len(content):,} byte{'s' * (len(content) != 1)}, SHA-256 {hashlib.sha256(content).hexdigest()[:12]}…"
        for content in sides
    )
    return f"This file is not text: {' → '.join(words)}"
