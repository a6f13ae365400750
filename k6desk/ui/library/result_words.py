"""What was found, in words."""

from __future__ import annotations

from datetime import datetime

from k6desk.core.script_finder import Finding, FoundFile
from k6desk.ui import text

_ENTRY = "data"
_TOP = ("file", "https")


def file_name(file: FoundFile) -> tuple[str, str]:
    """The name of a file, and the folder that it is in; both on one line."""
    if file.member == _ENTRY:
        return "Entry script", ""
    folder, _, name = file.member.replace("\\", "/").rstrip("/").rpartition("/")
    top, _, rest = folder.partition("/")
    return text.one_line(name or file.member), text.one_line(rest if top in _TOP else folder)


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
        return "No script is kept on this computer yet. They come as runs and tests are looked at."
    are = "is" if scripts == 1 else "are"
    return f"{text.count(scripts, 'script')} {are} kept on this computer. They come as runs and tests are looked at."
