"""From a script as the server keeps it to text that can be looked at without being deceived."""

from __future__ import annotations

import re
from dataclasses import dataclass

from k6desk.api.models import Script
from k6desk.data.archive import ArchiveProblem, read_archive

MOST_CHARACTERS = 2_000_000
LONGEST_LINE = 10_000

# What reorders, hides or silently breaks text: shown by its number instead. See CVE-2021-42574, "Trojan Source".
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufdd0-\ufdef\ufeff\ufff9-\ufffb]"
)
_NEW_LINES = re.compile("\r\n?")


@dataclass(frozen=True, slots=True)
class Source:
    """A script to look at: `text` is the script itself, `shown` the same with what it hides made visible.

    `origin` says what it was taken from, `warnings` what a reader should know.
    """

    name: str
    text: str
    shown: str
    origin: str = ""
    warnings: tuple[str, ...] = ()


def open_source(script: Script) -> Source:
    """Read a script or an archive's entry script. Raises `ArchiveProblem`, with one sentence for people."""
    name, origin = "script.js", ""
    if script.is_archive:
        archive = read_archive(script.content)
        files = sum(member.kind == "file" for member in archive.members)
        name, text = archive.entry_name, archive.entry_source
        made_by = f", made by k6 {archive.k6_version}" if archive.k6_version else ""
        origin = f"Entry script of a k6 archive with {files:,} files{made_by}"
    else:
        text = script.content.decode("utf-8-sig", "replace")
    if "\0" in text or text.count("\ufffd") > len(text) / 100 + 3:
        raise ArchiveProblem("This script is not text, so k6desk does not show it; it can still be downloaded.")
    shown, warnings = _visible(_NEW_LINES.sub("\n", text))
    return Source(name, text, shown, origin, warnings)


def _visible(text: str) -> tuple[str, tuple[str, ...]]:
    warnings = []
    if len(text) > MOST_CHARACTERS:
        text = text[:MOST_CHARACTERS]
        warnings.append(
            f"Only the first {MOST_CHARACTERS:,} characters are shown; download the script to read the rest."
        )
    lines = text.split("\n")
    suspicious = [number for number, line in enumerate(lines, 1) if _HIDDEN.search(line)]
    if suspicious:
        named = ", ".join(map(str, suspicious[:5])) + (" and more" if len(suspicious) > 5 else "")
        plural = "s" * (len(suspicious) > 1)
        warnings.append(f"Invisible or reordering characters in line{plural} {named} are shown as ‹U+…›.")
    if any(len(line) > LONGEST_LINE for line in lines):
        warnings.append(f"Lines longer than {LONGEST_LINE:,} characters are cut off here.")
    shown = (_HIDDEN.sub(_named, line[:LONGEST_LINE]) + "…" * (len(line) > LONGEST_LINE) for line in lines)
    return "\n".join(shown), tuple(warnings)


def _named(character: re.Match[str]) -> str:
    return f"‹U+{ord(character.group()):04X}›"
