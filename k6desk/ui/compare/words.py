"""What the window "Compare runs" says of figures, of what became of them, and of runs."""

from __future__ import annotations

from datetime import datetime

from k6desk.api.models import Run
from k6desk.core.compared_runs import ComparedRuns, ScriptChange
from k6desk.core.run_comparison import Change, Figure, RequestChange
from k6desk.core.units import NO_VALUE, figure, words
from k6desk.ui import text

VERDICT_ROLES = {"better": "passed", "worse": "failed", "different": "text"}
KIND_ROLES = {"new failures": "failed", "slower": "failed", "faster": "passed"}
KIND_WORDS = {
    "new failures": "Fails more",
    "slower": "Slower",
    "only in the second": "New",
    "only in the first": "Gone",
    "about the same": "About the same",
    "faster": "Better",
}


def value_words(figure_: Figure, value: float | None) -> str:
    """A figure of a run: "310 ms", "18.5/s", "3 min 00 s", "0.42 VUH"."""
    if value is None:
        return NO_VALUE
    if figure_.unit == "s":
        return text.duration(value)
    if figure_.unit == "VUH":
        return f"{text.vuh(value)} VUH"
    if figure_.unit == "count":
        return words(value if figure_.per_s else round(value), "count", per_s=figure_.per_s)
    return words(value, figure_.unit)


def absolute_words(figure_: Figure, change: Change) -> str:
    """By how much: "+102 ms"; shares in percentage points."""
    amount = change.absolute
    if amount is None:
        return ""
    sign = "+" if amount > 0 else "−" if amount < 0 else "±"
    if figure_.unit == "share":
        return f"{sign}{figure(abs(amount) * 100)} points"
    return f"{sign}{value_words(figure_, abs(amount))}"


def relative_words(change: Change) -> str:
    """By what part: "+33 %"; "" where there is none."""
    if change.relative is None:
        return ""
    percent = change.relative * 100
    if abs(percent) < 0.05:
        return "±0 %"
    sign = "+" if percent > 0 else "−"
    size = abs(percent)
    if size >= 1000:
        return f"{sign}{figure(size / 100)} times" if percent > 0 else f"{sign}{size:,.0f} %"
    return f"{sign}{size:.0f} %" if size >= 10 else f"{sign}{size:.1f} %"


def change_words(figure_: Figure, change: Change) -> str:
    """What became of a figure, on one line, with the most important first: "worse +33 %, +102 ms"."""
    if not change.verdict:
        return ""
    if not change.absolute:
        return "the same"
    amounts = ", ".join(filter(None, (relative_words(change), absolute_words(figure_, change))))
    word = "" if change.verdict == "different" else "≈ " if change.verdict == "about the same" else f"{change.verdict} "
    return f"{word}{amounts}"


def change_hint(figure_: Figure, value: float | None, change: Change, reference: str) -> str:
    """The same in full, for the tooltip."""
    if not change.verdict:
        return value_words(figure_, value)
    amounts = " and ".join(filter(None, (absolute_words(figure_, change), relative_words(change))))
    meaning = {
        "better": "Better",
        "worse": "Worse",
        "about the same": "About the same: the difference is within the tolerance",
        "different": "Neither way is better",
    }[change.verdict]
    return f"{value_words(figure_, value)}\n{amounts} against {reference}\n{meaning}"


def damage_words(change: RequestChange) -> str:
    """What a request costs more than before: "12 more failed", "+3 min 20 s in all"."""
    if change.kind == "new failures":
        return f"{figure(max(1, round(change.damage)))} more failed"
    if change.old is None or change.new is None:
        return "only in this run" if change.new else "only in the reference"
    if abs(change.damage) < 1:
        return ""
    return f"{'+' if change.damage > 0 else '−'}{words(abs(change.damage), 'ms')} in all"


def script_words(change: ScriptChange | None) -> str:
    """What became of a script: "The same", "12 lines added, 3 removed", "… in 2 files"."""
    if change is None:
        return "Not known"
    if change.problem:
        return change.problem
    if change.is_same:
        return "The same"
    if not change.added and not change.removed:
        return f"{text.count(change.files, 'file')} different, not in text"
    lines = f"{text.count(change.added, 'line')} added, {change.removed:,} removed"
    return f"{lines} in {change.files:,} files" if change.files > 1 else lines


def chip_words(run_id: int, run: Run | None, now: datetime) -> str:
    """Which run it is: "Run 123 · today 14:03 · Passed"."""
    if run is None:
        return f"Run {run_id}"
    return f"Run {run_id} · {text.when(run.created_at, now)} · {text.outcome_word(run)}"


def remarks(runs: ComparedRuns) -> list[str]:
    """What a reader must know of these runs, a sentence for each thing."""
    found = []
    for run_id in runs.run_ids:
        run, problems = runs.run(run_id), runs.problems(run_id)
        if run is None:
            found.append(f"Run {run_id}: {problems[0] if problems else 'It is not known on this computer.'}")
        elif problems:
            found.append(f"Run {run_id}: some figures are missing. {problems[0]}")
        elif runs.has_no_metrics(run_id):
            when = "it ended before it measured anything" if run.is_finished else "it has measured nothing so far"
            found.append(f"Run {run_id} has no metrics: {when}.")
        elif not run.is_finished:
            found.append(f"Run {run_id} is not finished: its figures are those up to now.")
    return found
