"""What the tables of a comparison say: titles and rows, made of what is known of the runs now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from k6desk.core.compare.compared_runs import ComparedRuns
from k6desk.core.compare.run_comparison import (
    COST,
    FIGURES,
    Change,
    Direction,
    Figure,
    RequestChange,
    Tolerance,
    change,
    compare_figures,
    compare_requests,
    figures_of,
    requests_of,
)
from k6desk.core.compare.run_differences import Difference, cost_differences, option_differences, place_differences
from k6desk.ui import text
from k6desk.ui.compare.cells import Cell
from k6desk.ui.compare.words import (
    KIND_ROLES,
    KIND_WORDS,
    VERDICT_ROLES,
    change_hint,
    change_words,
    damage_words,
    script_words,
    value_words,
)

Table = tuple[list[Cell], list[list[Cell]]]
Lines = Callable[[int], int]
"""The role of a run's lines by its id."""
NOTHING = "–"
LONGEST = 200
_MS = Figure("Time", "ms", "lower")
_SHARE = Figure("Failed", "share", "lower")
_COUNT = Figure("Requests", "count", "neither")


def figures(runs: ComparedRuns, line: Lines, tolerance: Tolerance) -> Table:
    """The figures of the runs, and what became of those of the first."""
    known = [_figures(runs, run_id) for run_id in runs.run_ids]
    reference = f"run {runs.run_ids[0]}"
    rows = []
    is_whole = runs.done == runs.total
    for row in compare_figures(known, tolerance, is_whole=is_whole):
        cells = [Cell(row.figure.title)]
        for at, (value, became) in enumerate(zip(row.values, row.changes, strict=True)):
            is_coming = value is None and not is_whole
            shown = _figure_cell(row.figure, value, became if at else Change(), reference)
            if row.figure is COST and value is not None and not _is_finished(runs, runs.run_ids[at]):
                shown = shown._replace(words=f"~{shown.words}", hint="An estimate until the run has ended")
            cells.append(Cell("…", hint="Loading") if is_coming else shown)
        rows.append(cells)
    return _titles("Figure", runs, line), rows


def requests(runs: ComparedRuns, old: int, new: int, tolerance: Tolerance) -> Table:
    """What became of the requests of one run in another, the greatest damage first."""
    titles = [
        Cell("Request"),
        Cell(
            "Change",
            hint="The greatest damage comes first: new failures, then the time that all requests lost",
        ),
        Cell("Requests", hint=f"In run {new}, and below it against run {old}"),
        Cell("Average", hint="The average response time"),
        Cell("p95", hint="95 % of the responses took no longer"),
        Cell("Failed"),
    ]
    one, other = requests_of(runs.known(old)), requests_of(runs.known(new))
    if one is None or other is None:
        return titles, []
    return titles, [_request_row(each, f"run {old}", tolerance) for each in compare_requests(one, other, tolerance)]


def differences(runs: ComparedRuns, line: Lines) -> Table:
    """Script, cost, places and options where they are not the same in all runs."""
    details = [runs.detail(run_id) for run_id in runs.run_ids]
    first = runs.run_ids[0]
    scripts = [Cell("Script", "all of its files")]
    for run_id in runs.run_ids:
        became = runs.script_change(first, run_id)
        hint = "Reference" if run_id == first else script_words(became)
        has_lines = became is not None and (became.added or became.removed)
        words = f"+{became.added:,} −{became.removed:,} lines" if became and has_lines else hint
        scripts.append(Cell(words, hint=hint))
    rows = [scripts]
    there = [detail for detail in details if detail]
    if len(there) < len(details):
        known = [Cell("Known" if detail else "Not known") for detail in details]
        return _titles("Difference", runs, line), [*rows, [Cell("Options and cost", "of the run"), *known]]
    same = [Cell("Reference"), *[Cell("The same")] * (len(details) - 1)]
    for kind, title, found in (
        ("cost", "Cost", cost_differences(there)),
        ("where and with what", "Load zones and versions", place_differences(there)),
        ("option", "Options", option_differences(there)),
    ):
        rows += [_difference_row(kind, each) for each in found] or [[Cell(title, "all of them"), *same]]
    return _titles("Difference", runs, line), rows


def _titles(first: str, runs: ComparedRuns, line: Lines) -> list[Cell]:
    hints = ["The others are compared with this run", *[""] * (len(runs.run_ids) - 1)]
    names = [Cell(str(run_id), hint=hint, line=line(run_id)) for run_id, hint in zip(runs.run_ids, hints, strict=True)]
    return [Cell(first), *names]


def _is_finished(runs: ComparedRuns, run_id: int) -> bool:
    run = runs.run(run_id)
    return run is not None and run.is_finished


def _figures(runs: ComparedRuns, run_id: int) -> dict[Figure, float | None]:
    run = runs.run(run_id)
    return figures_of(run, runs.detail(run_id), runs.known(run_id)) if run else dict.fromkeys(FIGURES)


def _figure_cell(figure: Figure, value: float | None, became: Change, reference: str) -> Cell:
    return Cell(
        value_words(figure, value),
        change_words(figure, became),
        VERDICT_ROLES.get(became.verdict, "muted"),
        partial(change_hint, figure, value, became, reference),
    )


def _request_row(each: RequestChange, reference: str, tolerance: Tolerance) -> list[Cell]:
    old, new = each.old, each.new

    def cell(figure: Figure, one: float | None, other: float | None, better: Direction) -> Cell:
        became = change(one, other, figure.unit, better, tolerance)
        return _figure_cell(figure, other if new else one, became, reference)

    name = text.one_line(each.either.name, LONGEST) or "(no name)"
    return [
        Cell(name, text.one_line(each.either.method, 20) or NOTHING, "muted", each.either.name),
        Cell(KIND_WORDS[each.kind], damage_words(each), KIND_ROLES.get(each.kind, "muted")),
        cell(_COUNT, old.count if old else None, new.count if new else None, "neither"),
        cell(_MS, old.average if old else None, new.average if new else None, "lower"),
        cell(_MS, old.p95 if old else None, new.p95 if new else None, "lower"),
        cell(_SHARE, old.failed if old else None, new.failed if new else None, "lower"),
    ]


def _difference_row(kind: str, found: Difference) -> list[Cell]:
    cells = [Cell(text.one_line(found.name, LONGEST), kind, "muted", found.name)]
    values: Sequence[str | None] = found.values
    for value in values:
        words = NOTHING if value is None else text.one_line(value, LONGEST)
        cells.append(Cell(words, hint="It has none." if value is None else value[:2000]))
    return cells
