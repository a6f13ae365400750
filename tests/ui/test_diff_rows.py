"""Both ways to lay out a difference tell every line once and in order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtTest import QAbstractItemModelTester

from k6desk.ui.diff_model import DiffModel
from k6desk.ui.diff_rows import Row, compared, copied
from k6desk.ui.roles import ACCESSIBLE

LINES = st.sampled_from(["", "}", "  a();", "const url = one;", "const url = two;", "x" * 41, "\tb(1);"])
TEXT = st.lists(LINES, max_size=40).map("\n".join)
FUNCTION = ["function login() {", "  http.post(url, user);", "}"]
STEPS = [f"step({number});" for number in range(40)]


def model_of(old: list[str], new: list[str], *, side_by_side: bool = True) -> DiffModel:
    model = DiffModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    model.show_rows(compared("\n".join(old), "\n".join(new)), side_by_side=side_by_side)
    return model


def texts(model: DiffModel) -> list[str]:
    return [model.index(row).data() for row in range(model.rowCount())]


@given(TEXT, TEXT)
def test_rows_of_both_layouts_have_every_line_of_both_texts_once_and_in_order(old, new):
    rows = compared(old, new)
    for layout in (rows.unified, rows.split):
        for side, lines in (("old", rows.comparison.old), ("new", rows.comparison.new)):
            numbers = []
            for row in layout:
                first = getattr(row, side)
                numbers += range(first, first + max(1, row.folded)) if first else []
            assert numbers == list(range(1, len(lines) + 1))


@given(TEXT, TEXT)
def test_when_every_fold_is_open_nothing_is_folded_and_nothing_lost(old, new):
    model = DiffModel()
    model.show_rows(compared(old, new), side_by_side=True)
    for at in reversed(range(model.rowCount())):
        if model.row(at).folded:
            model.unfold(at)
    lines = [model.row(at).new for at in range(model.rowCount()) if model.row(at).new]
    assert lines == list(range(1, len(model.comparison.new) + 1))


@given(TEXT, TEXT)
def test_what_is_copied_of_either_layout_is_the_new_text_without_its_removed_lines(old, new):
    rows = compared(old, new)
    for layout in (rows.unified, rows.split):
        whole = [row for row in layout if not row.folded]
        kept = [line[2:] for line in copied(rows.comparison, whole).split("\n") if whole and line[0] in " +"]
        assert kept == [rows.comparison.new[row.new - 1] for row in whole if row.new]


def test_side_by_side_a_changed_line_faces_what_it_became():
    model = model_of(["a", "const url = one;", "gone", "b"], ["a", "const url = two;", "b", "new"])
    assert texts(model) == ["  a\t  a", "~ const url = one;\t~ const url = two;", "− gone\t", "  b\t  b", "\t+ new"]


def test_below_each_other_a_changed_line_is_removed_and_added():
    model = model_of(["const url = one;"], ["const url = two;"], side_by_side=False)
    assert texts(model) == ["− const url = one;", "+ const url = two;"]


def test_a_moved_block_says_where_it_went_and_where_it_came_from():
    model = model_of([*FUNCTION, *STEPS], [*STEPS, *FUNCTION])
    gone = model.cell(0, is_new=False)
    assert (gone.sign, gone.note, gone.goes_to, gone.is_noted) == ("↷", "moved to line 41", 41, True)
    assert not model.cell(1, is_new=False).is_noted
    assert model.cell(0, is_new=True) is None
    come = model.cell(model.rowCount() - 3, is_new=True)
    assert (come.note, come.goes_to) == ("moved from line 1", 1)
    assert model.row_of(41, is_new=True) == model.rowCount() - 3


def test_each_row_is_spoken():
    model = model_of([*FUNCTION, *STEPS, "const url = one;"], [*STEPS, "const url = two;", *FUNCTION, "x"])
    spoken = [model.index(row).data(ACCESSIBLE) for row in range(model.rowCount())]
    assert spoken[0] == "old line 1 moved to line 42: function login() {"
    assert spoken[3] == "line 1 unchanged: step(0);"
    assert spoken[6] == "… 34 unchanged lines"
    assert spoken[10:12] == [
        "line 41 changed: const url = two;; old line 44: const url = one;",
        "line 42 moved from line 1: function login() {",
    ]
    assert spoken[-1] == "line 45 added: x"


def test_the_marked_part_stays_at_its_place_when_tabs_become_blanks():
    model = model_of(["\tlet a = 1;"], ["\tlet a = 25;"])
    cell = model.cell(0, is_new=True)
    assert [cell.words[slice(*part)] for part in cell.parts] == ["25"]


def test_a_fold_over_very_many_lines_gives_some_of_them_and_another_fold():
    lines = [f"line {number}" for number in range(20_000)]
    model = model_of(["old", *lines], ["new", *lines])
    model.unfold(4)
    assert model.row(4) == Row(5, 5)
    assert model.row(5_004) == Row(5005, 5005, 14_997)


def test_changes_are_gone_to_around_the_end():
    model = model_of(["a", *STEPS, "b"], ["x", *STEPS, "y"])
    last = model.rowCount() - 1
    assert [model.next_change(at, 1) for at in (-1, 0, last)] == [0, last, 0]
    assert [model.next_change(at, -1) for at in (last, 0)] == [0, last]
    assert model_of(["a"], ["a"]).next_change(0, 1) == -1
