"""Two scripts or archives side by side, by what a user sees and does."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest

from k6desk.api.models import Script
from k6desk.core.scripts.script_changes import FileChange, Side
from k6desk.ui import theme
from k6desk.ui.colours import DARK, LIGHT
from k6desk.ui.diff_delegate import MARK, TINT
from k6desk.ui.library import compare_files
from k6desk.ui.library.compare_model import CompareModel
from k6desk.ui.library.compare_page import ComparePage
from k6desk.ui.roles import ACCESSIBLE
from tests.conftest import assert_plain_text
from tests.ui.library.conftest import MAIN, archive_of

FUNCTION = "function login() {\n  http.post(url, user);\n}\n"
STEPS = "".join(f"step({number});\n" for number in range(100))


def plain(text: str) -> Script:
    return Script(text.encode(), is_archive=False)


@pytest.fixture
async def page(dressed, tasks, qtbot, until):
    page = ComparePage(tasks)
    qtbot.addWidget(page)
    page.resize(1100, 600)
    page.show()
    page.activateWindow()

    async def compare(old: Script, new: Script) -> None:
        page.compare(Side("Run 1, passed", old), Side("Run 2, failed", new))
        await settled()

    async def settled() -> None:
        await until(lambda: page.model.rowCount() and page.view._sum.text() != "Comparing…")

    page.put, page.settled = compare, settled
    return page


def names(page: ComparePage) -> list[str]:
    return [page.model.index(row).data() for row in range(page.model.rowCount())]


def lines(page: ComparePage) -> list[str]:
    return [page.view.model.index(row).data() for row in range(page.view.model.rowCount())]


async def test_two_plain_scripts_need_no_list_of_files(page):
    await page.put(plain("a();\n"), plain("b();\n"))
    assert not page.files.isVisible()
    assert lines(page) == ["~ a();\t~ b();"]


async def test_the_files_of_archives_are_listed_with_what_happened_and_how_many_lines(page, until, words):
    old = archive_of({"lib/helpers.js": b"a", "gone.js": b"gone", "one.csv": b"1", "two.csv": b"2"})
    new = archive_of(
        {"lib/helpers.js": b"b\nc", "come.js": b"x\ny", "one.csv": b"1", "two.csv": b"2"}, main=MAIN + "//\n"
    )
    await page.put(old, new)
    assert names(page) == ["main.js", "lib/helpers.js", "come.js", "gone.js", "4 unchanged files"]
    await until(lambda: page.model.entry(3).removed)
    spoken = [page.model.index(row).data(ACCESSIBLE) for row in range(5)]
    assert spoken == [
        "main.js, changed, 1 line added",
        "lib/helpers.js, changed, 2 lines added, 1 line removed",
        "come.js, added, 2 lines added",
        "gone.js, removed, 1 line removed",
        "4 unchanged files, not shown",
    ]
    assert_plain_text(page)


async def test_unchanged_files_unfold_by_click_and_fold_by_return(page, words):
    await page.put(archive_of({"a.js": b"1", "b.js": b"2"}), archive_of({"a.js": b"1", "b.js": b"3"}))
    fold = page.model.index(page.model.rowCount() - 1)
    QTest.mouseClick(page.files.viewport(), Qt.MouseButton.LeftButton, pos=page.files.visualRect(fold).center())
    assert names(page) == ["main.js", "b.js", "3 unchanged files", "Options and metadata", "a.js", "current"]
    page.files.setCurrentIndex(page.model.index(4))
    assert "This file is the same in both" in words(page)
    page.files.setCurrentIndex(page.model.index(2))
    QTest.keyClick(page.files, Qt.Key.Key_Return)
    assert names(page)[-1] == "3 unchanged files"


async def test_the_first_file_that_is_different_is_shown_and_another_when_it_is_chosen(page, until):
    await page.put(archive_of({"a.js": b"1", "b.js": b"2"}), archive_of({"a.js": b"10", "b.js": b"20"}))
    await until(lambda: lines(page) == ["− 1\t+ 10"])
    page.files.setCurrentIndex(page.model.index(2))
    await until(lambda: lines(page) == ["− 2\t+ 20"])


async def test_what_a_reader_must_know_stands_above(page, words, until):
    page.compare(Side("Run 1", plain("a")), Side("Today", plain("a\u202eb"), "The test has moved on."))
    await page.settled()
    assert "The test has moved on." in words(page)
    await until(lambda: "Invisible or reordering characters in line 1" in words(page))


async def test_sides_are_swapped_and_the_same_file_stays_chosen(page, until):
    await page.put(archive_of({"a.js": b"1", "b.js": b"2"}), archive_of({"a.js": b"10", "b.js": b"20"}))
    page.files.setCurrentIndex(page.model.index(2))
    QTest.mouseClick(page.head.swap, Qt.MouseButton.LeftButton)
    await until(lambda: lines(page) == ["− 20\t+ 2"])
    assert page.files.currentIndex().data() == "b.js"
    assert page.head._old.text().endswith("Run 2, failed")


async def test_nothing_of_before_stays_while_something_large_is_compared(page, words):
    await page.put(plain("a"), plain("b"))
    page.compare(Side("3", plain("c")), Side("4", plain("d")))
    page._taking_long.timeout.emit()
    assert "Comparing…" in words(page)
    assert not page.model.rowCount()
    page.view.show_difference("c", "d", "3", "4")
    page.view._taking_long.timeout.emit()
    assert not page.view.model.rowCount()


async def test_only_what_was_asked_for_last_is_shown(page, until):
    page.compare(Side("1", plain("a")), Side("2", plain("b")))
    page.compare(Side("3", plain("c")), Side("4", plain("d")))
    await until(lambda: lines(page) == ["− c\t+ d"])
    assert page.head._new.text().endswith("4")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (plain("a"), plain("a"), "The script is the same in both."),
        (archive_of(), archive_of(), "Every file is the same in both."),
        (plain("a"), Script(b"no archive", is_archive=True), "These scripts cannot be compared"),
        (plain("a\r\n"), plain("a\n"), "script.js is different"),
        (archive_of({"x.bin": b"\0"}), archive_of({"x.bin": b"\0\0"}), "This file is not text: 1 byte,"),
        (archive_of({"x.js": b"a();"}), archive_of({"y.js": b"a();"}), "It was x.js."),
    ],
)
async def test_what_cannot_be_shown_line_by_line_is_said(page, until, words, old, new, said):
    page.compare(Side("1", old), Side("2", new))
    await until(lambda: said in words(page))
    assert not page.view.isVisible()


async def test_a_click_on_what_a_move_says_goes_to_its_other_end_and_return_back(page):
    await page.put(plain(FUNCTION + STEPS), plain(STEPS + FUNCTION))
    shown = page.view.list
    row = shown.visualRect(page.view.model.index(0))
    middle = QPoint(shown.viewport().width() // 2 - 30, row.center().y())
    QTest.mouseClick(shown.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    assert shown.currentIndex().data() == "\t↷ function login() {"
    QTest.keyClick(shown, Qt.Key.Key_Return)
    assert shown.currentIndex().data() == "↷ function login() {\t"


async def test_without_room_for_two_columns_lines_are_below_each_other_and_the_place_stays(page):
    await page.put(plain(STEPS + "let a = 1;\n" + STEPS), plain(STEPS + "let a = 2;\n" + STEPS))
    assert page.view.list.currentIndex().data() == "~ let a = 1;\t~ let a = 2;"
    page.resize(600, 600)
    assert page.view.list.currentIndex().data() == "+ let a = 2;"
    assert not page.view._split.isEnabled()
    page.resize(1100, 600)
    assert page.view.list.currentIndex().data() == "~ let a = 1;\t~ let a = 2;"
    QTest.mouseClick(page.view._split, Qt.MouseButton.LeftButton)
    assert page.view.list.currentIndex().data() == "+ let a = 2;"


async def test_the_difference_is_copied_for_other_programs(page, until):
    await page.put(plain("a\n\tb\nc\n"), plain("a\n\td\nc\n"))
    QGuiApplication.clipboard().clear()
    QTest.mouseClick(page.view._copy, Qt.MouseButton.LeftButton)
    await until(QGuiApplication.clipboard().text)
    assert QGuiApplication.clipboard().text() == ("--- script.js\n+++ script.js\n@@ -1,3 +1,3 @@\n a\n-\tb\n+\td\n c\n")


async def test_of_lines_that_are_selected_what_was_removed_is_copied_before_what_was_added(page):
    await page.put(plain("a\nx = 1\ny = 1\n"), plain("a\nx = 2\ny = 2\n"))
    page.view.list.selectAll()
    QTest.keyClick(page.view.list, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "  a\n− x = 1\n− y = 1\n+ x = 2\n+ y = 2"


async def test_numbers_and_signs_stay_when_long_lines_scroll_to_the_side(page):
    await page.put(plain("x" * 500), plain("y" * 500))
    shown = page.view.list
    before = shown.viewport().grab(shown.visualRect(page.view.model.index(0)).intersected(shown.viewport().rect()))
    edge = before.toImage().copy(0, 0, 40, before.height())
    shown.horizontalScrollBar().setValue(shown.horizontalScrollBar().maximum())
    after = shown.viewport().grab(shown.viewport().rect()).toImage()
    assert shown.horizontalScrollBar().maximum() > 100
    assert after.copy(0, 0, 40, edge.height()) == edge


def test_the_model_of_the_files_keeps_qt_in_step():
    model = CompareModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    model.show_changes([FileChange("main.js", "same"), FileChange("a.js", "changed"), FileChange("b.js", "same")])
    for _ in range(2):
        model.toggle_same(2)
        model.set_lines(1, 2, 3)
    assert model.rowCount() == 3
    assert tester


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_words_and_signs_are_readable_on_every_ground(colours):
    tone = {role: QColor(value) for role, value in colours.items()}
    for role in ("passed", "failed", "accent"):
        tint, mark = (theme.blend(tone[role], tone["surface"], share) for share in (TINT, MARK))
        for over, under in ((tone["text"], tint), (tone["text"], mark), (tone["muted"], tint), (tone[role], tint)):
            assert contrast(over, under) >= 4.5, (role, over.name(), under.name())
    assert contrast(tone["muted"], tone["selection"]) >= 4.5
    for _, role in compare_files.SHAPES.values():
        assert contrast(tone[role], theme.blend(tone[role], tone["surface"], compare_files.TINT)) >= 4.5, role


def contrast(one: QColor, other: QColor) -> float:
    darker, lighter = sorted(luminance(colour) for colour in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: QColor) -> float:
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
