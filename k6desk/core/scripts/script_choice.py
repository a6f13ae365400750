"""A script or archive on this computer that a test is to run: read whole, and checked before anything is sent."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from msgspec import Struct

from k6desk.api.exchange import SCRIPT_LIMIT
from k6desk.api.models import Script
from k6desk.data.archive import OpenedArchive
from k6desk.data.problems import ArchiveProblem

SUFFIXES = (".js", ".ts", ".mjs", ".tar")
LONGEST_NAME = 300
"""Characters of a test's name, by the API's description."""

_MAGIC = slice(257, 262)  # where a tar says `ustar`
_NAMED = re.compile(
    r"""['"]?\b(?:cloud|loadimpact)['"]?\s*:\s*\{[^{}]*?\bname['"]?\s*:\s*(["'`])(?P<name>(?:\\.|(?!\1)[^\\\n])+)\1"""
)


class ChoiceProblem(ValueError):
    """The file cannot become a test's script; `str()` is one sentence for people."""


class ScriptChoice(Struct, frozen=True):
    """A file that can be sent. `name` is what its test may be called, `archive` what it holds if it is one."""

    file_name: str
    script: Script
    name: str
    archive: OpenedArchive | None = None


def read_choice(path: Path) -> ScriptChoice:
    """Read and check a file. Blocks; raises `ChoiceProblem`."""
    content = _content(path)
    if path.suffix.lower() == ".tar" or content[_MAGIC] == b"ustar":
        try:
            archive = OpenedArchive(content)
            source = archive.read(archive.entry.name).decode("utf-8-sig", "replace")
        except ArchiveProblem as error:
            raise ChoiceProblem(str(error)) from error
        name = _name_in(archive.options) or _name_in_text(source) or Path(archive.entry.path[-1]).stem
        return ScriptChoice(path.name, Script(content, is_archive=True), name[:LONGEST_NAME], archive)
    try:
        source = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        source = "\0"
    if "\0" in source:
        raise ChoiceProblem(f"{path.name} is neither text (UTF-8) nor a k6 archive.")
    if not source.strip():
        raise ChoiceProblem(f"{path.name} is empty.")
    name = _name_in_text(source) or path.stem
    return ScriptChoice(path.name, Script(content, is_archive=False), name[:LONGEST_NAME])


def _content(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise ChoiceProblem(f"{path.name} is not a file.")
        with path.open("rb") as file:
            content = file.read(SCRIPT_LIMIT + 1)
    except OSError as error:
        raise ChoiceProblem(f"{path.name} cannot be read: {error.strerror or error}.") from error
    if len(content) > SCRIPT_LIMIT:
        raise ChoiceProblem(
            f"{path.name} is larger than {SCRIPT_LIMIT >> 20} MiB, which is more than Grafana Cloud k6 takes."
        )
    return content


def _name_in(options: dict[str, Any] | None) -> str:
    """The name of the test in k6 options, at its place of today or the one before."""
    options = options or {}
    ext = options.get("ext")
    for place in (options.get("cloud"), ext.get("loadimpact") if isinstance(ext, dict) else None):
        if isinstance(place, dict) and isinstance(place.get("name"), str) and place["name"].strip():
            return str(place["name"]).strip()
    return ""


def _name_in_text(source: str) -> str:
    """The name of the test in a script's options, if it stands there as plain text."""
    found = _NAMED.search(source)
    return found["name"].strip() if found and "${" not in found["name"] else ""
