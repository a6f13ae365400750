"""What was found, in words."""

from __future__ import annotations

from datetime import datetime

from k6desk.core.scripts.script_finder import Finding, FoundFile
from k6desk.data.matcher import Sought
from k6desk.ui import text

_ENTRY = "data"
_WHENCE = "They come as runs and tests are looked at, and in the background."
_TOPS = ("file/", "https/", "files/_/", "files/", "scripts/_/", "scripts/")
"""What an archive puts before the folders of its files, of today's layout and of the old ones."""


def file_name(file: FoundFile) -> tuple[str, str]:
    """The name of a file, and the folder that it is in; both on one line."""
    if file.member == _ENTRY:
        return "Entry script", ""
    folder, _, name = file.member.replace("\\", "/").rstrip("/").rpartition("/")
    top = next((one for one in _TOPS if f"{folder}/".startswith(one)), "")
    return text.one_line(name or file.member), text.one_line(folder[len(top) :])


def used_by(file: FoundFile, now: datetime) -> str:
    """What used a file, and when it was last seen: "run 123 and 4 more, yesterday 14:03"."""
    users = []
    if file.newest_run is not None:
        users.append(f"run {file.newest_run}")
    if file.is_of_test:
        users.append("the test’s script")
    if more := max(0, file.runs - 1):
        users.append(text.count(more, "more run") if file.is_of_test else f"{text.count(more)} more")
    if file.other_tests:
        users.append(text.count(file.other_tests, "other test"))
    if file.has_more:
        users.append("others")
    said = " and ".join([", ".join(users[:-1]), users[-1]] if len(users) > 1 else users)
    return f"{said}, {text.when(file.last_at, now)}" if file.last_at else said


def summary(finding: Finding) -> str:
    """How much was found and how fast: "37 lines in 12 files of 5 tests, 40 ms"."""
    lines = f"More than {text.count(finding.lines, 'line')}" if finding.has_more else text.count(finding.lines, "line")
    files, tests = text.count(finding.files, "file"), text.count(len(finding.tests), "test")
    took = f"{finding.took_s * 1000:.0f} ms" if finding.took_s < 1 else f"{finding.took_s:.1f} s"
    advice = ": type more to narrow it down" if finding.has_more else f", {took}"
    return f"{lines} in {files} of {tests}{advice}"


def kept(scripts: int) -> str:
    """How many scripts there are to search, and where they come from."""
    if not scripts:
        return f"No script is kept on this computer yet. {_WHENCE}"
    return f"{text.count(scripts, 'script')} {text.is_are(scripts)} kept on this computer. {_WHENCE}"


def not_found(query: Sought) -> str:
    """That no script has what was searched."""
    verb = "matches" if query.is_pattern else "holds"
    return f"No script on this computer {verb} “{text.one_line(query.text, 60)}”."
