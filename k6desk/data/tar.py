"""The headers of a tar, walked in memory: limits before contents, and in linear time whatever they claim.

`tarfile` reads the single header, and no more of it is used: what may follow one, a crafted archive can make it parse
for hours or without an end.
"""

from __future__ import annotations

import tarfile
from typing import Literal

from msgspec import Struct

from k6desk.data.problems import ArchiveProblem

MAX_MEMBERS = 5000
MAX_BYTES = 64 * 2**20

_MOST_HEADERS = 3 * MAX_MEMBERS  # a member may have two more before its own
_LONGEST_NAME = 4096
_LONGEST_EXTENSION = 64 * 1024
_BLOCK = tarfile.BLOCKSIZE
_ZEROS = bytes(_BLOCK)
_EXTENSIONS = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK)
_KINDS: dict[bytes, Literal["file", "directory", "link"]] = {
    tarfile.REGTYPE: "file",
    tarfile.AREGTYPE: "file",
    tarfile.CONTTYPE: "file",
    tarfile.DIRTYPE: "directory",
    tarfile.LNKTYPE: "link",
    tarfile.SYMTYPE: "link",
}

NO_ARCHIVE = "This is not a k6 archive that k6desk can read: it is damaged or something else."
_DAMAGED = "This archive is damaged, so another copy of it is needed."
_CUT_OFF = "This archive is cut off before its end, so another copy of it is needed."
_ALIEN = "This archive holds something that k6 never puts into one, so k6desk does not open it."
_TOO_LARGE = f"This archive has more than {MAX_MEMBERS:,} files or {MAX_BYTES >> 20} MiB, so k6desk does not open it."


class Entry(Struct, frozen=True):
    """One member of a tar. Its headers begin at `start`; its `size` bytes are at `data`, the next member is at `end`.

    The name is the archive's own and may be anything but long. `target` is what a link names.
    """

    name: str
    kind: Literal["file", "directory", "link"]
    size: int
    start: int
    data: int
    end: int
    target: str = ""
    is_hard_link: bool = False


def entries_of(content: bytes) -> tuple[Entry, ...]:
    """Every member of a tar, in its order; raises `ArchiveProblem`."""
    entries: list[Entry] = []
    extensions: dict[str, str] = {}
    left, start, offset = MAX_BYTES, 0, 0
    for _ in range(_MOST_HEADERS):
        block = content[offset : offset + _BLOCK]
        if block == _ZEROS:
            # One that was cut between two files looks whole but for its end.
            if content[offset + _BLOCK : offset + 2 * _BLOCK] != _ZEROS:
                raise ArchiveProblem(_CUT_OFF)
            return tuple(entries)
        header = _header(block, is_first=not offset)
        offset += _BLOCK
        if is_extension := header.type in _EXTENSIONS:
            size = _checked(header.size, _LONGEST_EXTENSION, _ALIEN)
        else:
            if len(entries) == MAX_MEMBERS:
                raise ArchiveProblem(_TOO_LARGE)
            entries.append(_entry(header, extensions, start, offset, left))
            size, start, extensions = entries[-1].size, entries[-1].end, {}
        if offset + size > len(content):
            raise ArchiveProblem(_CUT_OFF)
        if is_extension:
            extensions |= _said(header.type, content[offset : offset + size])
        left -= size
        offset += _padded(size)
    raise ArchiveProblem(_TOO_LARGE)


def _header(block: bytes, *, is_first: bool) -> tarfile.TarInfo:
    if len(block) < _BLOCK:
        raise ArchiveProblem(NO_ARCHIVE if is_first else _CUT_OFF)
    try:
        return tarfile.TarInfo.frombuf(block, "utf-8", "replace")
    except (tarfile.TarError, ValueError, ArithmeticError) as error:
        raise ArchiveProblem(NO_ARCHIVE if is_first else _DAMAGED) from error


def _entry(header: tarfile.TarInfo, extensions: dict[str, str], start: int, data: int, left: int) -> Entry:
    kind = _KINDS.get(header.type)
    name, target = extensions.get("path", header.name), extensions.get("linkpath", header.linkname)
    if kind is None or len(name) > _LONGEST_NAME or len(target) > _LONGEST_NAME:
        raise ArchiveProblem(_ALIEN)
    if kind == "file" and header.type == tarfile.AREGTYPE and name.endswith("/"):
        kind = "directory"
    if kind != "file":
        is_hard = header.type == tarfile.LNKTYPE
        return Entry(name.rstrip("/"), kind, 0, start, data, data, target if kind == "link" else "", is_hard)
    size = _checked(_number(extensions["size"]) if "size" in extensions else header.size, left, _TOO_LARGE)
    return Entry(name, kind, size, start, data, data + _padded(size))


def _said(kind: bytes, body: bytes) -> dict[str, str]:
    """What an extended header says of the member after it: its `path`, `linkpath`, `size`."""
    if kind == tarfile.XGLTYPE:
        return {}
    if kind == tarfile.XHDTYPE:
        return _records(body)
    text = body.partition(b"\0")[0].decode("utf-8", "replace")
    return {"path" if kind == tarfile.GNUTYPE_LONGNAME else "linkpath": text}


def _records(body: bytes) -> dict[str, str]:
    """The records `LENGTH NAME=VALUE\\n` of an extended header."""
    records: dict[str, str] = {}
    at = 0
    while at < len(body) and body[at]:
        digits = body[at : at + 10].partition(b" ")[0]
        length = _number(digits.decode("ascii", "replace"))
        name, equals, value = body[at + len(digits) + 1 : at + length].partition(b"=")
        if not equals or not value.endswith(b"\n") or at + length > len(body):
            raise ArchiveProblem(_DAMAGED)
        if name.startswith(b"GNU.sparse"):
            raise ArchiveProblem(_ALIEN)
        records[name.decode("utf-8", "replace")] = value[:-1].decode("utf-8", "replace")
        at += length
    return records


def _number(digits: str) -> int:
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 20:
        raise ArchiveProblem(_DAMAGED)
    return int(digits)


def _checked(size: int, most: int, problem: str) -> int:
    # A negative size would lead back to its own header for ever.
    if size < 0:
        raise ArchiveProblem(_DAMAGED)
    if size > most:
        raise ArchiveProblem(problem)
    return size


def _padded(size: int) -> int:
    return size + -size % _BLOCK
