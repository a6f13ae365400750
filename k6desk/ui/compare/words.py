"""What the window "Compare runs" says of figures, of what became of them, and of runs."""

from __future__ import annotations

from datetime import datetime
from math import isfinite

from k6desk.core.compare.compared_runs import ComparedRuns, ScriptChange
from k6desk.core.compare.run_comparison import Change, Figure, RequestChange, requests_left_out
from k6desk.core.metrics.units import NO_VALUE, figure, words
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
    if value is None or not isfinite(value):
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
        points = f"{abs(amount) * 100:.2f} points"
        return f"{sign}{points}" if abs(amount) >= 0.00005 else f"±{points}"
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
        return f"×{figure(1 + change.relative)}" if percent > 0 else f"{sign}{size:,.0f} %"
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
    if not isfinite(change.damage):
        return ""
    if change.kind == "new failures":
        return f"{figure(max(1, round(change.damage)))} more failed"
    if change.old is None or change.new is None:
        return "only in this run" if change.new else "only in reference"
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


def remarks(runs: ComparedRuns, now: datetime) -> list[str]:
    """What a reader must know of these runs, a sentence for each thing and the runs that it is about."""
    found: dict[str, list[int]] = {}
    for run_id in runs.run_ids:
        if sentence := _remark(runs, run_id, now):
            found.setdefault(sentence, []).append(run_id)
    return [f"{_named(ids)}: {sentence}" for sentence, ids in found.items()]


def _remark(runs: ComparedRuns, run_id: int, now: datetime) -> str:
    run, problems = runs.run(run_id), runs.problems(run_id)
    if run is None:
        return problems[0] if problems else "not known on this computer."
    said = ""
    if problems:
        said = f"not all of it was loaded on this computer. {problems[0]}"
    elif runs.has_no_metrics(run_id):
        when = "the run ended before it measured anything" if run.is_finished else "nothing was measured so far"
        said = f"no metrics, for {when}."
    elif left_out := requests_left_out(runs.known(run_id)):
        said = f"{left_out:,} requests were too many to be read; what is called new or gone may be one of them."
    elif not run.is_finished and runs.can_ask():
        said = "not finished yet; the figures are those up to now, and are asked for again every 15 s."
    if not run.is_finished and not runs.can_ask() and (as_of := runs.as_of(run_id)):
        said = " ".join(filter(None, (said, f"It was not finished when it was read: as of {text.when(as_of, now)}.")))
    return said


def _named(ids: list[int]) -> str:
    if len(ids) == 1:
        return f"Run {ids[0]}"
    return f"Runs {', '.join(map(str, ids[:-1]))} and {ids[-1]}"
