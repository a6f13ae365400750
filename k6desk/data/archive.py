"""Reading k6 archives (tar) in memory, limits before contents. Nothing is ever extracted, and no secret is shown.

An archive holds `metadata.json`, `data` (the entry script) and the files that the script needs; the entry script's own
place among these is a hard link to `data`. Links are named but, but for this one, never followed.

Local files are below `file/` and downloaded modules below `https/`. Before k6 0.25 both were below `files/` (what is
opened) and `scripts/` (what is imported), and a leading `_` made one local. The entry script then stood at its own
place as well, as a second copy.
"""

from __future__ import annotations

import tarfile
from collections import Counter
from functools import cached_property
from typing import Any, Literal
from urllib.parse import unquote

import msgspec

from k6desk.data.problems import ArchiveProblem
from k6desk.data.secrets import masked, secret_names
from k6desk.data.tar import Entry, entries_of
from k6desk.data.visible import visible_name

Area = Literal["entry", "local", "remote", "metadata", "other"]

_ENTRY = "data"
METADATA = "metadata.json"
_DEEPEST = 64  # folders in a name, values in the metadata


class File(msgspec.Struct, frozen=True):
    """One entry of an archive for looking at it.

    `name` is the archive's own, to read it by; `path` are its folders and its name to show: cleaned, never empty, and
    without the archive's own top folder (`file`, `https`), which `area` stands for. `size` is in bytes. `target` is
    what a link points to, cleaned, only to be shown. `copies` is how many of this name there are: the last counts.
    """

    name: str
    path: tuple[str, ...]
    area: Area
    kind: Literal["file", "directory", "link"]
    size: int
    target: str = ""
    copies: int = 1


class OpenedArchive:
    """An archive whose headers are sane and whose metadata was read; raises `ArchiveProblem`.

    `metadata` is as k6 wrote it, secrets included.
    """

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.entries = entries_of(content)
        # Of two files with one name the last counts, as it does for k6.
        self._files = {entry.name: entry for entry in self.entries if entry.kind == "file"}
        self.metadata = _metadata(self._named(METADATA))
        self._named(_ENTRY)

    @property
    def k6_version(self) -> str:
        """The version of k6 that made the archive; empty if it does not say."""
        return str(self.metadata.get("k6version") or "")

    @property
    def options(self) -> dict[str, Any] | None:
        """The k6 options of its metadata, secrets masked; None when it has none."""
        options = masked(self.metadata).get("options")
        return options if isinstance(options, dict) else None

    @property
    def secrets(self) -> tuple[str, ...]:
        """The names of what is masked in the metadata, such as the values that k6 was given in its environment."""
        return tuple(dict.fromkeys(secret_names(self.metadata)))

    @property
    def entry(self) -> File:
        """The entry script."""
        return self.files[0]

    @property
    def count(self) -> int:
        """How many files it holds, without folders and links."""
        return sum(file.kind == "file" for file in self.files)

    @cached_property
    def files(self) -> tuple[File, ...]:
        """What the archive holds, each name once: the entry script first, at its own place; the others in order."""
        counts = Counter(entry.name for entry in self.entries if entry.kind == "file")
        named = {entry.name: entry for entry in self.entries} | self._files
        data, link = named.pop(_ENTRY), self._entry_link
        told = _place_of_url(str(self.metadata.get("filename") or ""))
        path = _place(link.name)[1] if link else told
        entry = File(
            link.name if link else _ENTRY, path or ("script.js",), "entry", "file", data.size, copies=counts[_ENTRY]
        )
        others = [_file(other, counts[other.name]) for other in named.values() if other.name != entry.name]
        return (entry, *(file for file in others if file.path and not self._is_second_copy(file, entry)))

    def read(self, name: str) -> bytes:
        """The content of one file by the archive's own name of it; raises `ArchiveProblem`."""
        if name not in self._files:
            entry = next((entry for entry in self.entries if entry.name == name), None)
            if entry and _is_entry_link(entry):
                return self._named(_ENTRY)
            if entry and entry.kind == "link":
                raise ArchiveProblem(f"This is a link to {visible_name(entry.target)}, and k6desk follows no links.")
        return self._named(name)

    def _named(self, name: str) -> bytes:
        if name not in self._files:
            raise ArchiveProblem(f"This is not a k6 archive: it has no {visible_name(name)}.")
        entry = self._files[name]
        return self._content[entry.data : entry.data + entry.size]

    @cached_property
    def _entry_link(self) -> Entry | None:
        """The entry script's own place: the link to `data` that the metadata names, or else any."""
        links = [entry for entry in self.entries if _is_entry_link(entry) and entry.name not in self._files]
        told = _place_of_url(str(self.metadata.get("filename") or ""))
        named = (link for link in links if _place(link.name)[1] == told)
        return next(named, links[0] if links else None)

    def _is_second_copy(self, file: File, entry: File) -> bool:
        return file.kind == "file" and file.path == entry.path and self.read(file.name) == self.read(_ENTRY)


def without_secrets(content: bytes) -> bytes:
    """The same archive with the secrets of its metadata masked; raises `ArchiveProblem`."""
    archive = OpenedArchive(content)
    entries = [entry for entry in archive.entries if entry.name == METADATA and entry.kind == "file"]
    hidden = masked(archive.metadata)
    if hidden == archive.metadata and len(entries) == 1:
        return content
    try:
        data = msgspec.json.format(msgspec.json.encode(hidden), indent=2)  # as k6 writes it
    except (ValueError, OverflowError) as error:
        raise ArchiveProblem("The metadata of this archive is damaged.") from error
    header = tarfile.TarInfo(METADATA)
    header.size = len(data)
    replacement = header.tobuf(tarfile.USTAR_FORMAT) + data + bytes(-len(data) % tarfile.BLOCKSIZE)
    pieces, kept_to = [], 0
    for entry in entries:
        pieces += [content[kept_to : entry.start], replacement]
        kept_to = entry.end
    pieces += [content[kept_to : archive.entries[-1].end], bytes(2 * tarfile.BLOCKSIZE)]
    return b"".join(pieces)


def _metadata(content: bytes) -> dict[str, Any]:
    try:
        metadata = msgspec.json.decode(content)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise ArchiveProblem("The metadata of this archive is damaged.") from error
    if not isinstance(metadata, dict) or _is_deep(metadata):
        raise ArchiveProblem("The metadata of this archive is damaged.")
    return metadata


def _is_deep(value: Any) -> bool:
    """Whether it is nested deeper than anything that k6 writes, so that looking through it would not end well."""
    level = [value]
    for _ in range(_DEEPEST):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return False
    return True


def _is_entry_link(entry: Entry) -> bool:
    return entry.is_hard_link and entry.target == _ENTRY


def _file(entry: Entry, copies: int) -> File:
    area, path = _place(entry.name)
    if not path and entry.kind != "directory":
        path = ("‹no name›",)
    return File(entry.name, path, area, entry.kind, entry.size, visible_name(entry.target), max(copies, 1))


def _place(name: str) -> tuple[Area, tuple[str, ...]]:
    """Where a name of the archive belongs, and its path there, to be shown; empty for the folder of a whole area."""
    top, _, rest = name.replace("\\", "/").partition("/")
    match top:
        case "metadata.json" if not rest:
            return "metadata", (METADATA,)
        case "file":
            return "local", _cleaned(rest)
        case "files" | "scripts" if rest.startswith("_"):
            return "local", _cleaned(rest[1:])
        case "https" | "http" | "files" | "scripts":
            return "remote", _cleaned(rest)
        case _:
            return "other", _cleaned(name)


def _place_of_url(url: str) -> tuple[str, ...]:
    """The path that belongs to a `filename` of the metadata: a URL, or in old archives a path of any system."""
    if "://" in url:
        _, _, url = url.partition("://")
    return _cleaned(unquote(url))


def _cleaned(path: str) -> tuple[str, ...]:
    parts = [part for part in path.replace("\\", "/").split("/") if part not in ("", ".")]
    if len(parts) > _DEEPEST:
        raise ArchiveProblem(f"This archive has folders more than {_DEEPEST} deep, so k6desk does not open it.")
    return tuple("‹..›" if part == ".." else visible_name(part) for part in parts)
