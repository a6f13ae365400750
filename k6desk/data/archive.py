"""Reading k6 archives (tar) in memory, limits before contents. Nothing is ever extracted, and no secret is shown.

An archive holds `metadata.json`, `data` (the entry script) and the files that the script needs; the entry script's own
place among these is a hard link to `data`. Links are named but never followed.
"""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal
from urllib.parse import unquote

import msgspec

from k6desk.data.secrets import masked, secret_names

MAX_MEMBERS = 5000
MAX_BYTES = 64 * 2**20

_ENTRY = "data"
_METADATA = "metadata.json"
_END = bytes(2 * tarfile.BLOCKSIZE)


class ArchiveProblem(ValueError):
    """The archive cannot be read; `str()` is one sentence for people."""


class Member(msgspec.Struct, frozen=True):
    """One entry of an archive, `size` in bytes. The name is the archive's own: it may be anything and is only shown."""

    name: str
    kind: Literal["file", "directory", "link"]
    size: int


class Archive(msgspec.Struct, frozen=True):
    """What an archive holds. `options` are the k6 options of its metadata, secrets masked; None when it has none.

    `secrets` names what was masked in the metadata, the values that k6 was given in its environment included.
    """

    entry_name: str
    entry_source: str
    members: tuple[Member, ...]
    k6_version: str
    options: dict[str, Any] | None = None
    secrets: tuple[str, ...] = ()


class FileChanges(msgspec.Struct, frozen=True):
    """How the files of an archive differ from those of another, by their names in it; the entry script is not named."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]


def read_archive(content: bytes) -> Archive:
    """Read an archive; raises `ArchiveProblem`."""
    with _opened(content) as (tar, entries):
        metadata = _metadata(tar, entries)
        source = _read(tar, entries, _ENTRY)
        options = masked(metadata).get("options")
        return Archive(
            entry_name=_entry_name(metadata, entries),
            entry_source=source.decode("utf-8-sig", "replace"),
            members=tuple(map(_member, entries)),
            k6_version=str(metadata.get("k6version") or ""),
            options=options if isinstance(options, dict) else None,
            secrets=tuple(dict.fromkeys(secret_names(metadata))),
        )


def file_changes(old: bytes, new: bytes) -> FileChanges:
    """Which files of an archive another one adds, drops or has with other contents; raises `ArchiveProblem`."""
    before, after = _digests(old), _digests(new)
    return FileChanges(
        added=tuple(sorted(after.keys() - before.keys())),
        removed=tuple(sorted(before.keys() - after.keys())),
        changed=tuple(sorted(name for name in before.keys() & after.keys() if before[name] != after[name])),
    )


def without_secrets(content: bytes) -> bytes:
    """The same archive with the secrets of its metadata masked; raises `ArchiveProblem`."""
    with _opened(content) as (tar, entries):
        metadata = _metadata(tar, entries)
        hidden = masked(metadata)
        if hidden == metadata:
            return content
        cleaned = io.BytesIO()
        with tarfile.open(fileobj=cleaned, mode="w:") as copy:
            for entry in entries:
                data = tar.extractfile(entry).read() if entry.isreg() else b""  # type: ignore[union-attr]
                if entry.name == _METADATA:
                    data = msgspec.json.encode(hidden)
                    entry.size = len(data)
                copy.addfile(entry, io.BytesIO(data) if entry.isreg() else None)
    return cleaned.getvalue()


def _digests(content: bytes) -> dict[str, str]:
    with _opened(content) as (tar, entries):
        return {
            entry.name: hashlib.sha256(tar.extractfile(entry).read()).hexdigest()  # type: ignore[union-attr]
            for entry in entries
            if entry.isreg() and entry.name != _ENTRY
        }


@contextmanager
def _opened(content: bytes) -> Iterator[tuple[tarfile.TarFile, list[tarfile.TarInfo]]]:
    try:
        # "r:" and nothing else: a compressed tar can be a thousand times larger than what was downloaded.
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as tar:
            yield tar, _entries(tar, content)
    except ArchiveProblem:
        raise
    # tarfile lets all of these through when a header is nonsense.
    except (tarfile.TarError, ArithmeticError, LookupError, ValueError, RecursionError, EOFError, OSError) as error:
        raise ArchiveProblem(
            "This is not a k6 archive that k6desk can read: it is damaged or something else."
        ) from error


def _entries(tar: tarfile.TarFile, content: bytes) -> list[tarfile.TarInfo]:
    entries: list[tarfile.TarInfo] = []
    left = MAX_BYTES
    for entry in tar:
        if entry.issparse() or not (entry.isreg() or entry.isdir() or entry.islnk() or entry.issym()):
            raise ArchiveProblem(
                "This archive holds something that k6 never puts into one, so k6desk does not open it."
            )
        left -= max(entry.size, 0)
        if len(entries) == MAX_MEMBERS or left < 0:
            raise ArchiveProblem(
                f"This archive has more than {MAX_MEMBERS:,} files or {MAX_BYTES // 2**20} MiB, "
                "so k6desk does not open it."
            )
        # A header may claim a negative size, which would lead back to itself for ever.
        if entry.size < 0:
            raise ArchiveProblem("This archive is damaged: download it again.")
        if entry.isreg() and entry.offset_data + entry.size > len(content):
            raise ArchiveProblem("This archive is cut off: download it again.")
        entries.append(entry)
    # A tar that was cut between two files looks whole but for its end.
    if content[tar.offset : tar.offset + len(_END)] != _END:
        raise ArchiveProblem("This archive is cut off: download it again.")
    return entries


def _metadata(tar: tarfile.TarFile, entries: list[tarfile.TarInfo]) -> dict[str, Any]:
    try:
        metadata = msgspec.json.decode(_read(tar, entries, _METADATA))
    except msgspec.DecodeError as error:
        raise ArchiveProblem("The metadata of this archive is damaged.") from error
    if not isinstance(metadata, dict):
        raise ArchiveProblem("The metadata of this archive is damaged.")
    return metadata


def _read(tar: tarfile.TarFile, entries: list[tarfile.TarInfo], name: str) -> bytes:
    # Of two with one name the last counts, as it does for k6.
    entry = next((entry for entry in reversed(entries) if entry.name == name and entry.isreg()), None)
    file = entry and tar.extractfile(entry)
    if not file:
        raise ArchiveProblem(f"This is not a k6 archive: it has no {name}.")
    return file.read()


def _member(entry: tarfile.TarInfo) -> Member:
    if entry.islnk() or entry.issym():
        return Member(entry.name, "link", 0)
    return Member(entry.name, "file" if entry.isreg() else "directory", entry.size)


def _entry_name(metadata: dict[str, Any], entries: list[tarfile.TarInfo]) -> str:
    link = next((entry.name for entry in entries if entry.islnk() and entry.linkname == _ENTRY), "")
    path = unquote(str(metadata.get("filename") or "")) or link
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2] or "script.js"
