"""Reading the members of a ZIP from elsewhere in memory: what it says of itself first, its contents within limits.

Nothing is ever extracted: a name from inside is compared and shown, and never becomes a path on this computer.
"""

from __future__ import annotations

import stat
import struct
import unicodedata
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from k6desk.api.lenient import line

MAX_MEMBERS = 5000
MAX_BYTES = 256 * 2**20

_MAX_DIRECTORY = 4 * 2**20  # of the list of the members, which is read as a whole
_END = struct.Struct("<4s4H2LH")  # where a ZIP without a comment tells of that list
_LOCATOR = 20  # what is before it in a ZIP of the larger form
_LOCAL = 30  # what is before every member, without its name
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_PIECE = 2**16


class BundleProblem(ValueError):
    """The file is no bundle that can be used; `str()` is one sentence for people, without the name of the file."""


DAMAGED = "It is damaged or something else: get it anew from where it was made."
TOO_LARGE = f"It holds more than {MAX_MEMBERS:,} files or {MAX_BYTES >> 20} MiB, so k6desk does not open it."


class Members:
    """The files in a ZIP by their names."""

    def __init__(self, archive: ZipFile, members: dict[str, ZipInfo]) -> None:
        self._archive = archive
        self._members = members
        self._left = MAX_BYTES

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def read(self, name: str, most: int) -> bytes:
        """The content of a member of at most so many bytes. Raises `BundleProblem`."""
        member = self._members.get(name)
        if member is None:
            raise BundleProblem(f"It lacks {line(name, 60)}, which it should hold: get it anew from where it was made.")
        most = min(most, self._left)
        content = bytearray()
        if member.file_size <= most:
            with self._archive.open(member) as file:
                while piece := file.read(_PIECE):
                    content += piece
                    if len(content) > most:
                        break
        if member.file_size > most or len(content) > most:
            raise BundleProblem(f"Its {line(name, 60)} is larger than k6desk reads.")
        if len(content) != member.file_size:
            raise BundleProblem(DAMAGED)
        self._left -= len(content)
        return bytes(content)


@contextmanager
def opened(path: Path) -> Iterator[Members]:
    """The members of a ZIP while it is open. Raises `BundleProblem`, also from within."""
    if path.exists() and not path.is_file():
        raise BundleProblem("It is not a file.")
    try:
        with path.open("rb") as file:
            _check_end(file)
            with ZipFile(file) as archive:
                yield Members(archive, _checked(archive))
    except BundleProblem:
        raise
    except OSError as error:
        why = error.strerror or str(error)
        raise BundleProblem(f"It cannot be read: {why}.") from error
    # zipfile and zlib let all of these through when what a ZIP says of itself is nonsense.
    except (BadZipFile, zlib.error, struct.error, EOFError, ArithmeticError, LookupError, ValueError) as error:
        raise BundleProblem(DAMAGED) from error
    except (NotImplementedError, RuntimeError) as error:
        raise BundleProblem("It is packed in a way that k6desk does not read.") from error


def _check_end(file: BinaryIO) -> None:
    """See that the list of members is where it should be and small, before zipfile reads all of it into memory."""
    size = file.seek(0, 2)
    if size < _END.size:
        raise BundleProblem(DAMAGED)
    start = max(0, size - _END.size - _LOCATOR)
    file.seek(start)
    tail = file.read()
    mark, *_, directory, offset, comment = _END.unpack(tail[-_END.size :])
    if mark != b"PK\x05\x06" or comment or tail[: -_END.size].startswith(b"PK\x06\x07"):
        raise BundleProblem(DAMAGED)
    if size > MAX_BYTES + _MAX_DIRECTORY or directory > _MAX_DIRECTORY:
        raise BundleProblem(TOO_LARGE)
    if offset + directory + _END.size != size:
        raise BundleProblem(DAMAGED)


def _checked(archive: ZipFile) -> dict[str, ZipInfo]:
    """The files of a ZIP, after all that its list says was looked at."""
    entries = archive.infolist()
    if len(entries) > MAX_MEMBERS or sum(entry.file_size for entry in entries) > MAX_BYTES:
        raise BundleProblem(TOO_LARGE)
    files: dict[str, ZipInfo] = {}
    names: set[str] = set()
    for entry in entries:
        _check_name(entry.orig_filename)
        if entry.orig_filename.casefold() in names:
            raise BundleProblem("Two files in it have the same name, so k6desk does not open it.")
        names.add(entry.orig_filename.casefold())
        if entry.flag_bits & _ENCRYPTED:
            raise BundleProblem("It is locked with a password, and k6desk opens only files without one.")
        if entry.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
            raise BundleProblem("It is packed in a way that k6desk does not read.")
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
            raise BundleProblem("It holds a link or a device, which k6desk never puts into one.")
        if not entry.orig_filename.endswith("/"):
            files[entry.orig_filename] = entry
    _check_room(entries, archive.start_dir)
    return files


def _check_name(name: str) -> None:
    parts = name.removesuffix("/").split("/")
    is_odd = any(unicodedata.category(character)[0] == "C" for character in name)
    if is_odd or "\\" in name or ":" in name or any(part in {"", ".", ".."} for part in parts):
        raise BundleProblem("A file in it has a name that leads elsewhere or cannot be shown; k6desk does not open it.")


def _check_room(entries: list[ZipInfo], end: int) -> None:
    """See that no two members share bytes, which makes a small file of enormous contents."""
    for entry in sorted(entries, key=lambda entry: entry.header_offset, reverse=True):
        if entry.header_offset < 0 or entry.header_offset + _LOCAL + entry.compress_size > end:
            raise BundleProblem(DAMAGED)
        end = entry.header_offset
