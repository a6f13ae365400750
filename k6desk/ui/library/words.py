"""What the window "Scripts" says of scripts, their versions and their files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from k6desk.api.models import Run
from k6desk.data.scripts import ScriptKind, Sighting
from k6desk.ui import text

if TYPE_CHECKING:
    from k6desk.data.archive import File

AREAS = {
    "entry": "Entry script",
    "local": "Local file",
    "remote": "Remote module",
    "metadata": "Options and metadata",
    "other": "Other file",
}
MOST_NAMED = 10


class Version(NamedTuple):
    """One content of a test's script, and where it was seen."""

    digest: str
    seen: tuple[Sighting, ...]

    @property
    def last_at(self) -> datetime:
        """When it was seen last, anywhere."""
        return max(one.last_at for one in self.seen)


def versions(sightings: Sequence[Sighting], kind: ScriptKind | None, id_: int) -> list[Version]:
    """The different scripts among these, in the order in which they were seen last.

    The first place that a version names is the run or test with this kind and id, if it had that.
    """
    by_digest: dict[str, list[Sighting]] = {}
    for one in sightings:
        by_digest.setdefault(one.digest, []).append(one)
    for seen in by_digest.values():
        seen.sort(key=lambda one: (one.kind, one.id) != (kind, id_))
    return [Version(digest, tuple(seen)) for digest, seen in by_digest.items()]


def version_words(version: Version, runs: Mapping[int, Run], now: datetime) -> str:
    """The first place of a version, and how many more it has: "Run 123, 2 h ago, passed, and 3 more"."""
    first, more = version.seen[0], len(version.seen) - 1
    words = run_words(first.id, runs.get(first.id), now) if first.kind == "run" else _seen_words(first, now)
    return words + (f", and {more:,} more" if more else "")


def version_hint(version: Version, now: datetime) -> str:
    """All the places of a version, or the first of them, and its digest."""
    named = [_seen_words(one, now) for one in version.seen[:MOST_NAMED]]
    more = len(version.seen) - len(named)
    return "\n".join([*named, *([f"and {more:,} more"] if more else []), f"SHA-256 {version.digest}"])


def _seen_words(one: Sighting, now: datetime) -> str:
    whose = "Test’s script," if one.kind == "test" else f"Run {one.id}, seen"
    return f"{whose} {text.when(one.last_at, now)}"


def run_words(run_id: int, run: Run | None, now: datetime) -> str:
    """A run by its id, its age and how it ended, as far as that is known: "Run 123, 2 h ago, passed"."""
    if run is None:
        return f"Run {run_id}"
    return f"Run {run_id}, {text.age((now - run.created_at).total_seconds())}, {text.outcome_word(run).lower()}"


def origin_words(kind: ScriptKind | None, id_: int, name: str) -> str:
    """Whose script it is: "Run 123 of Checkout ramp", "Checkout ramp, the test’s own script"; "" when it is unknown."""
    shown = text.one_line(name, 120)
    if kind == "run" and name != f"run {id_}":
        return f"Run {id_} of {shown}"
    return f"{shown}, the test’s own script" if kind == "test" else shown.capitalize() if kind else ""


def file_words(file: File) -> str:
    """What a file is, and how large: "Local file · 18 B"."""
    return AREAS[file.area] if file.kind == "link" else f"{AREAS[file.area]} · {text.size(file.size)}"


def hidden_words(hidden: int, shown: int) -> str:
    """How many values are masked: "2 values are hidden.", "1 value is hidden, 1 is shown."."""
    words = f"{text.count(hidden, 'value')} {text.is_are(hidden)} hidden" if hidden else "No value is hidden"
    return f"{words}, {shown:,} {text.is_are(shown)} shown." if shown else f"{words}."
