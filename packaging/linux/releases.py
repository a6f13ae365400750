"""What has been released and when, from the metainfo file: the one place where that is written."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

FILES = Path(__file__).parent / "files"
ID = "io.github.k6desk.k6desk"
METAINFO = FILES / f"{ID}.metainfo.xml"
MAINTAINER = "The k6desk authors <k6desk@users.noreply.github.com>"


class Release(NamedTuple):
    """One version: its day, at midnight UTC, and what is new in it."""

    version: str
    day: datetime
    notes: list[str]


def releases() -> list[Release]:
    """All of them, the newest first."""
    found = ElementTree.parse(METAINFO).getroot().iterfind("releases/release")  # noqa: S314 - our own file
    return [
        Release(
            release.attrib["version"],
            datetime.fromisoformat(release.attrib["date"]).replace(tzinfo=UTC),
            [" ".join((note.text or "").split()) for note in release.iterfind("description//") if note.text],
        )
        for release in found
    ]


def newest(version: str) -> Release:
    """The release that is being packaged; leaves with one sentence if nothing is written about it yet."""
    release = releases()[0]
    if release.version != version:
        raise SystemExit(f"k6desk: {METAINFO.name} begins with {release.version}: write the notes of {version} first.")
    return release


def debian_changelog() -> str:
    """In the format of deb-changelog(5)."""
    return "\n".join(
        f"k6desk ({version}) unstable; urgency=medium\n\n"
        + "".join(f"  * {note}\n" for note in notes)
        + f"\n -- {MAINTAINER}  {day:%a, %d %b %Y %H:%M:%S %z}\n"
        for version, day, notes in releases()
    )


def rpm_changelog() -> str:
    """The lines under %changelog."""
    return "\n".join(
        f"* {day:%a %b %d %Y} {MAINTAINER} - {version}-1\n" + "".join(f"- {note}\n" for note in notes)
        for version, day, notes in releases()
    )
