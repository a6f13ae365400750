"""The columns of the table of runs: what each is called, how wide it likes to be, and what it says of a run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import NamedTuple

from PySide6.QtGui import QFontMetrics

from k6desk.api.models import Run
from k6desk.core.progress import duration_s, progress
from k6desk.core.store import Store
from k6desk.data.query import Column as Sort
from k6desk.ui import keeping_words, text, theme

SHAPE = 14
"""The side of the picture of a state."""


class Column(NamedTuple):
    """A column; the most important (`rank` 0) are the last to go when there is no room for all."""

    title: str
    sample: str
    """Lines that should fit; the width follows from the font, which every desktop has its own of."""
    rank: int
    say: Callable[[Run, Store, datetime], str]
    explain: Callable[[Run, Store, datetime], str] = lambda _run, _store, _now: ""
    sort: Sort | None = None
    descending_first: bool = False
    is_figure: bool = False
    picture: int = 0
    """Room for what is painted before the text."""
    is_optional: bool = False
    """Shown only when the user asks for it."""

    @property
    def width(self) -> int:
        """How wide the column likes to be, in pixels."""
        widest = max(map(_metrics().horizontalAdvance, self.sample.split("\n")))
        return widest + 2 * theme.GAP + self.picture + theme.UNIT  # slanted figures lean over


@cache
def _metrics() -> QFontMetrics:
    return QFontMetrics(theme.font("body"))


def status(run: Run, store: Store, _now: datetime) -> str:
    """What is being done to the run, or else its outcome."""
    return store.intent(run.id) or text.outcome_word(run)


def is_baseline(run: Run, store: Store) -> bool:
    """Whether the other runs of its test are compared with this run."""
    test = store.test(run.test_id)
    return test is not None and test.baseline_run_id == run.id


def failed_checks(run: Run, store: Store) -> int:
    """How many checks failed in a run that passed, as far as is known: the others say enough by themselves."""
    return (store.failed_checks(run.id) or 0) if run.outcome == "passed" else 0


def _status_explained(run: Run, store: Store, now: datetime) -> str:
    fails = failed_checks(run, store)
    checks = f"{text.count(fails, 'check')} failed all the same: checks never fail a run." if fails else ""
    mark = "Baseline: other runs of the test are compared with this one." if is_baseline(run, store) else ""
    known = store.kept(run.id)
    keeping = keeping_words.kept(known, now) if known else ""
    return "\n".join(filter(None, (text.outcome_meaning(run), checks, mark, keeping)))


def test(run: Run, store: Store, _now: datetime) -> str:
    """The name of the test, or the run's id while the test is not known."""
    known = store.test(run.test_id)
    return text.one_line(known.name) if known else f"Run {run.id}"


def project(run: Run, store: Store) -> str:
    """The name of the project, empty while it is not known."""
    known = store.project(run.project_id)
    return text.one_line(known.name) if known else ""


def _test_explained(run: Run, store: Store, now: datetime) -> str:
    return "\n".join(filter(None, (test(run, store, now), project(run, store), f"Run {run.id}")))


def _started(run: Run, _store: Store, now: datetime) -> str:
    return text.when(run.created_at, now)


def _started_explained(run: Run, _store: Store, _now: datetime) -> str:
    return text.exact(run.created_at)


def duration(run: Run, store: Store, now: datetime) -> str:
    """How long the run took, or how far it is, as far as it was seen."""
    now = store.seen_until(now)
    if run.status != "running":
        return text.duration(duration_s(run, now))
    state = progress(run, now)
    if state.overdue_s is not None:
        return f"overdue by {text.about(state.overdue_s)}"
    if state.fraction is not None:
        return f"{text.percent(int(state.fraction * 100))} · {text.about(state.remaining_s or 0)} left"
    return text.duration(duration_s(run, now))


def _duration_explained(run: Run, store: Store, now: datetime) -> str:
    until = store.seen_until(now)
    end = "the end" if run.is_finished else "now" if until == now else "when it was last seen"
    lines = [f"{text.duration(duration_s(run, until))} from creation to {end}"]
    if run.estimated_duration_s is not None and not run.is_finished:
        lines.append(f"{text.duration(run.estimated_duration_s)} of load expected")
        state = progress(run, until)
        if state.overdue_s is not None:
            lines.append(f"Overdue by {text.duration(state.overdue_s)}")
        elif state.remaining_s is not None:
            lines.append(f"{text.duration(state.remaining_s)} left")
    if run.execution_duration_s is not None and run.is_finished:
        lines.append(f"{text.duration(run.execution_duration_s)} of load billed")
    return "\n".join(lines)


def _vus(run: Run, _store: Store, _now: datetime) -> str:
    return text.count(run.max_vus)


def _vus_explained(run: Run, _store: Store, _now: datetime) -> str:
    return "" if run.max_vus is None else f"At most {text.count(run.max_vus)} virtual users at once"


def vuh(run: Run, _store: Store, _now: datetime) -> str:
    """The cost; "~" before an estimate."""
    figure = text.vuh(run.vuh)
    return figure if run.is_finished or run.vuh is None else f"~{figure}"


def _vuh_explained(run: Run, _store: Store, _now: datetime) -> str:
    if run.vuh is None:
        return "The cost is not known."
    kind = "billed" if run.is_finished else "estimated for the whole run"
    return f"{text.vuh(run.vuh)} virtual user hours, {kind}"


def _person(run: Run, _store: Store, _now: datetime) -> str:
    return text.one_line(run.started_by or "")


def note(run: Run, _store: Store, _now: datetime) -> str:
    """The first line of the note."""
    return text.one_line(run.note.strip().partition("\n")[0]) if run.note else ""


def _note_explained(run: Run, _store: Store, _now: datetime) -> str:
    return run.note[:2000]


def _star(run: Run, _store: Store, _now: datetime) -> str:
    return "starred" if run.is_starred else ""


def _expires(run: Run, _store: Store, now: datetime) -> str:
    return keeping_words.left(run, now)


def _expires_explained(run: Run, _store: Store, _now: datetime) -> str:
    return keeping_words.expires_exactly(run)


def _id(run: Run, _store: Store, _now: datetime) -> str:
    return str(run.id)


_STATUS_WORDS = "\n".join(word for word, _ in text.OUTCOMES.values())
_MOMENTS = "Wed 30 Nov 23:59\nMon 30 Aug 23:59"

COLUMNS = (
    Column("Status", _STATUS_WORDS, 0, status, _status_explained, "status", picture=SHAPE + 3 * theme.GAP + theme.UNIT),
    Column("Test", "A test with a name", 0, test, _test_explained, "test"),
    Column(
        "Started",
        _MOMENTS,
        1,
        _started,
        _started_explained,
        "created",
        descending_first=True,
    ),
    Column("Duration", "62 % · 59 min left", 2, duration, _duration_explained, "duration", descending_first=True),
    Column("VUs", "100,000", 5, _vus, _vus_explained, "vus", descending_first=True, is_figure=True),
    Column("VUH", "~999.99", 4, vuh, _vuh_explained, "vuh", descending_first=True, is_figure=True),
    Column("Started by", "first.last@example.com", 7, _person, _person, "person"),
    Column("Note", "A few words on it", 6, note, _note_explained, "note", picture=SHAPE + 6),
    Column("Starred", "", 3, _star, picture=theme.WIDE),
    Column("Expires", "in 199 days", 0, _expires, _expires_explained, "expires", is_optional=True),
    Column("Run ID", "9007199254740993", 8, _id, is_figure=True, is_optional=True),
)
STATUS, TEST, STARTED, DURATION, VUS, VUH, PERSON, NOTE, STAR, EXPIRES, ID = range(len(COLUMNS))
