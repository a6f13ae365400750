"""What this program is made of, and under which licences: read from the metadata that every library brings along."""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

QT_LIST = "https://doc.qt.io/qt-6/licenses-used-in-qt.html"
SYSTEM = "licences"
"""The folder beside the program with the texts of the system's libraries that a package for Linux brings."""

LONGEST_NAME = 80
"""A longer “name” of a licence is its whole text."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_OPTIONAL = re.compile(r";.*\bextra\s*==")
_TEXT = re.compile(r"(?i)(licen[cs]e|copying|notice|authors)\b")
_HOMEPAGES = ("homepage", "source", "source code", "repository", "documentation")


@dataclass(frozen=True)
class Part:
    """Something that is not ours; `texts` are the files with its licences, `licence` is their name."""

    name: str
    version: str
    licence: str
    homepage: str
    texts: tuple[Path, ...]


def parts(texts: Path) -> list[Part]:
    """k6desk itself, what lies below Python, every library by name, and what is of the system that k6desk was built on.

    `texts` is the folder with the licences of what brings none, each named like its licence. Takes some tenths of a
    second.
    """
    import sqlite3  # what is not needed before somebody asks
    import ssl

    from PySide6.QtCore import qVersion

    ours: list[Part] = []
    libraries: list[Part] = []
    for each in sorted(_libraries("k6desk"), key=lambda each: each.metadata["Name"].casefold()):
        (ours if _plain(each.metadata["Name"]) == "k6desk" else libraries).append(_part(each, texts))
    openssl = ssl.OPENSSL_VERSION.split()[1]
    below = [
        Part(name, version, licence, homepage, _common(licence, texts))
        for name, version, licence, homepage in (
            ("Qt", qVersion(), "LGPL-3.0-only OR GPL-3.0-only", "https://www.qt.io"),
            ("Python", platform.python_version(), "PSF-2.0", "https://www.python.org"),
            ("OpenSSL", openssl, "Apache-2.0", "https://www.openssl.org"),
            ("SQLite", sqlite3.sqlite_version, "blessing", "https://www.sqlite.org"),
        )
    ]
    in_qt = Part("Libraries in Qt", qVersion(), "several", QT_LIST, (texts / "Qt-third-party.txt",))
    return [*ours, below[0], in_qt, *below[1:], *libraries, *_of_the_system()]


def text_of(part: Part) -> str:
    """The licences of a part in full."""
    return "\n\n".join(path.read_text(encoding="utf-8", errors="replace").strip("\n") for path in part.texts)


def _of_the_system() -> list[Part]:
    """What packaging/linux has put beside a bundled program: a text for each library, `NAME_VERSION.txt`."""
    if not getattr(sys, "frozen", False):
        return []
    found = []
    for path in sorted((Path(sys.executable).parent / SYSTEM).glob("*_*.txt")):
        name, _, version = path.stem.partition("_")
        found.append(Part(name, version, "see below", "", (path,)))
    return found


def _libraries(name: str) -> Iterator[metadata.Distribution]:
    """A distribution and all that it needs; what is only for other systems is not installed, and is left out."""
    waiting, seen = [name], {_plain(name)}
    while waiting:
        try:
            library = metadata.distribution(waiting.pop())
        except metadata.PackageNotFoundError:
            continue
        yield library
        for requirement in library.requires or ():
            found = _NAME.match(requirement)
            if found and not _OPTIONAL.search(requirement) and _plain(found[0]) not in seen:
                seen.add(_plain(found[0]))
                waiting.append(found[0])


def _part(library: metadata.Distribution, texts: Path) -> Part:
    about = library.metadata
    licence = _licence(about)
    own = [path for path in library.files or () if path.parts[0].endswith(".dist-info") and _is_text(path)]
    found = tuple(path for each in own if (path := Path(str(library.locate_file(each)))).is_file())
    return Part(
        about["Name"].replace("_", "-"), library.version, licence, _homepage(about), found or _common(licence, texts)
    )


def _is_text(path: metadata.PackagePath) -> bool:
    return path.parts[1] == "licenses" or _TEXT.match(path.name) is not None


def _common(licence: str, texts: Path) -> tuple[Path, ...]:
    return tuple(path for each in re.split(r"\W+(?:OR|AND)\W+", licence) if (path := texts / f"{each}.txt").is_file())


def _licence(about: metadata.PackageMetadata) -> str:
    for field in ("License-Expression", "License"):
        words = (about.get(field) or "").strip()  # type: ignore[attr-defined]
        if words and "\n" not in words and len(words) <= LONGEST_NAME:
            return str(words)
    named = [each.rpartition(" :: ")[2] for each in about.get_all("Classifier") or () if each.startswith("License :: ")]
    return " AND ".join(named)


def _homepage(about: metadata.PackageMetadata) -> str:
    links = (each.partition(", ") for each in about.get_all("Project-URL") or ())
    known = {label.casefold(): link for label, _, link in links}
    if "Home-page" in about:
        known["homepage"] = about["Home-page"]
    return next((known[label] for label in _HOMEPAGES if label in known), "")


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
