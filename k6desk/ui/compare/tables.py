"""What the tables of a comparison say: titles and rows, made of what is known of the runs now."""

from __future__ import annotations

from collections.abc import Sequence

from k6desk.core.compared_runs import ComparedRuns
from k6desk.core.run_comparison import (
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
from k6desk.core.run_differences import Difference, cost_differences, option_differences, place_differences
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
NOTHING = "–"
LONGEST = 200
_MS = Figure("Time", "ms", "lower")
_SHARE = Figure("Failed", "share", "lower")
_COUNT = Figure("Requests", "count", "neither")


def figures(runs: ComparedRuns, tolerance: Tolerance) -> Table:
    """The figures of the runs, and what became of those of the first."""
    known = [_figures(runs, run_id) for run_id in runs.run_ids]
    reference = f"run {runs.run_ids[0]}"
    rows = []
    for row in compare_figures(known, tolerance):
        cells = [Cell(row.figure.title)]
        for at, (value, became) in enumerate(zip(row.values, row.changes, strict=True)):
            cells.append(_figure_cell(row.figure, value, became if at else Change(), reference))
        rows.append(cells)
    return _titles("Figure", runs), rows


def requests(runs: ComparedRuns, old: int, new: int, tolerance: Tolerance) -> Table:
    """What became of the requests of one run in another, the greatest damage first."""
    titles = [
        Cell("Request"),
        Cell("What became of it", hint="The greatest damage comes first: new failures, then time lost by all requests"),
        Cell("Requests", hint=f"In run {new}, and below it against run {old}"),
        Cell("Average", hint="The average response time"),
        Cell("p95", hint="95 % of the responses took no longer"),
        Cell("Failed"),
    ]
    one, other = requests_of(runs.known(old)), requests_of(runs.known(new))
    if one is None or other is None:
        return titles, []
    return titles, [_request_row(each, f"run {old}", tolerance) for each in compare_requests(one, other, tolerance)]


def differences(runs: ComparedRuns) -> Table:
    """Script, cost, places and options where they are not the same in all runs."""
    details = [runs.detail(run_id) for run_id in runs.run_ids]
    first = runs.run_ids[0]
    scripts = [Cell("Script", "of the run")]
    for run_id in runs.run_ids:
        change_ = runs.script_change(first, run_id)
        is_known = run_id == first or change_ is not None
        words = "Reference" if run_id == first and is_known else script_words(change_)
        scripts.append(Cell(words, hint=words))
    rows = [scripts]
    there = [detail for detail in details if detail]
    if len(there) == len(details):
        for kind, found in (
            ("cost", cost_differences(there)),
            ("where and with what", place_differences(there)),
            ("option", option_differences(there)),
        ):
            rows += [_difference_row(kind, each) for each in found]
    return _titles("Difference", runs), rows


def _titles(first: str, runs: ComparedRuns) -> list[Cell]:
    names = [Cell(f"Run {run_id}", hint=f"Run {run_id}") for run_id in runs.run_ids]
    return [Cell(first), *names]


def _figures(runs: ComparedRuns, run_id: int) -> dict[Figure, float | None]:
    run = runs.run(run_id)
    return figures_of(run, runs.known(run_id)) if run else dict.fromkeys(FIGURES)


def _figure_cell(figure: Figure, value: float | None, became: Change, reference: str) -> Cell:
    return Cell(
        value_words(figure, value),
        change_words(figure, became),
        VERDICT_ROLES.get(became.verdict, "muted"),
        change_hint(figure, value, became, reference),
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
