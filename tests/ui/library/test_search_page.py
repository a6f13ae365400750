"""The search as it is used: typed into, walked through with the keyboard, over a real library."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from k6desk.api.models import Script
from k6desk.core.scripts.script_finder import Finding, FoundFile, FoundTest
from k6desk.data.text_lines import Line
from k6desk.ui.library.code_line import CodeLine
from k6desk.ui.library.result_words import file_name, summary, used_by
from k6desk.ui.library.results_model import ResultsModel
from k6desk.ui.library.search_page import SearchPage
from tests.conftest import assert_plain_text

Key = Qt.Key
NOW = datetime.now(UTC)
SCRIPTS = {
    1: "import http from 'k6/http';\n\n// checkout of the shop\nexport default () => http.get(BASE_URL);\n",
    2: "import http from 'k6/http';\nconst BASE_url = '<b>shop</b>';\n",
    3: "a" * 5000,
}


@pytest.fixture
async def page(session, tasks, dressed, shown, until):
    """The page over three scripts, the highest the newest."""
    library = session.store._library.scripts
    for number, text in SCRIPTS.items():
        seen = NOW - timedelta(days=9 - number)
        library.keep(Script(text.encode(), is_archive=False), "run", 900 + number, number, f"Test {number}", seen)
    await session.store.load_index()
    page = shown(SearchPage(session, tasks), 900, 600)
    await until(lambda: session.finder.is_in_step)
    return page


@pytest.fixture
def find(page, until):
    """`await find(words)` types them and waits for the answer; gives what the rows say."""

    async def find(words: str) -> list[str]:
        page.line.clear()
        QTest.keyClicks(page.line, words)
        await until(lambda: page.is_settled())
        return [page.results.index(row).data() for row in range(page.results.rowCount())] if page.shows_results else []

    return find


async def test_results_stand_below_their_test_and_file_the_newest_first(page, find):
    assert await find("http'") == [
        "Test 2",
        used("script.js", 902, 7),
        "Line 1: import http from 'k6/http';",
        "Test 1",
        used("script.js", 901, 8),
        "Line 1: import http from 'k6/http';",
    ]
    assert page.said.text().startswith("2 lines in 2 files of 2 tests, ")
    assert_plain_text(page)


def used(name: str, run: int, days: int) -> str:
    file = FoundFile("", "m", (), newest_run=run, runs=1, last_at=NOW - timedelta(days=days))
    return f"{name}, {used_by(file, NOW)}"


async def test_case_and_patterns_count_when_they_are_switched_on(page, find, until):
    assert len(await find("base_url")) == 6
    page.line.setText("BASE_URL")
    page.match_case.click()
    await until(page.is_settled)
    assert page.said.text().startswith("1 line in 1 file of 1 test")
    page.is_pattern.click()
    assert await find(r"^(ex|im)port .*;$")
    assert page.said.text().startswith("3 lines in 2 files")


async def test_what_is_no_pattern_is_said_below_the_line_and_forgotten_with_the_next_letter(page, find, words):
    await find("no such text")
    page.is_pattern.click()
    await find("(http")
    assert "Nothing found" not in words(page)
    assert page.said.text().startswith("This is not a regular expression: ")
    assert page.line.text() == "(http"
    await find("(http)'")
    assert page.said.text().startswith("2 lines")


async def test_a_pattern_that_takes_too_long_is_said(page, find):
    page.is_pattern.click()
    await find("(a+a+)+b")
    assert "takes too long" in page.said.text()


async def test_nothing_found_and_nothing_typed_are_said(page, find, words):
    assert "3 scripts are kept on this computer." in words(page)
    await find("no such text")
    assert "No script on this computer holds “no such text”." in words(page)
    page.line.clear()
    assert "3 scripts are kept on this computer." in words(page)


async def test_without_scripts_it_says_how_they_come(session, tasks, dressed, shown, words, until):
    await session.store.load_index()
    page = shown(SearchPage(session, tasks))
    await until(lambda: session.finder.is_in_step)
    assert "No script is kept on this computer yet." in words(page)


async def test_return_opens_what_is_chosen_while_one_types(page, find):
    chosen = []
    page.place_chosen.connect(lambda *place: chosen.append(place))
    await find("no such text")
    QTest.keyClick(page.line, Key.Key_Return)
    assert not chosen
    await find("checkout of")
    QTest.keyClick(page.line, Key.Key_Return)
    assert [line for *_, line in chosen] == [3]


async def test_the_keyboard_is_enough(page, find, qtbot):
    chosen = []
    page.place_chosen.connect(lambda *place: chosen.append(place))
    page.window().activateWindow()
    page.focus_line()
    await find("http")
    QTest.keyClick(page.line, Key.Key_Down)
    assert page.view.hasFocus()
    assert page.view.currentIndex().data() == "Line 1: import http from 'k6/http';"
    QTest.keyClick(page.view, Key.Key_Down)  # over the rows of a test and a file
    QTest.keyClick(page.view, Key.Key_Down)
    QTest.keyClick(page.view, Key.Key_Return)
    ((digest, member, line),) = chosen
    assert page._finder._store.script_by_digest(digest).content.decode() == SCRIPTS[1]
    assert (member, line) == ("script.js", 4)
    QTest.keyClick(page.view, Key.Key_Escape)
    assert page.line.hasFocus()
    assert page.line.selectedText() == "http"


async def test_f3_goes_around(page, find):
    await find("http")
    rows = []
    for _ in range(3):
        QTest.keyClick(page.line, Key.Key_F3)
        rows.append(page.view.currentIndex().row())
    assert rows == [5, 6, 2]
    QTest.keyClick(page.line, Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
    assert page.view.currentIndex().row() == 6


async def test_the_lines_around_the_chosen_one_are_shown(page, find, until):
    await find("checkout")
    await until(lambda: page.context.accessibleDescription())
    assert page.context.accessibleDescription() == SCRIPTS[1].rstrip("\n") + "\n"


async def test_a_line_can_be_copied(page, find):
    await find("of the shop")
    QTest.keyClick(page.view, Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "// checkout of the shop"


async def test_what_comes_while_one_reads_is_found_and_the_chosen_line_stays(page, find, session, until):
    await find("import")
    QTest.keyClick(page.view, Key.Key_Down)
    before = page.view.currentIndex().data(), page.view.currentIndex().row()
    await session.store.put_script("test", 77, Script(b"import more from 'k6';", is_archive=False))
    await until(lambda: page.results.rowCount() == 9)
    assert page.view.currentIndex().data() == before[0]
    assert page.view.currentIndex().row() == before[1] + 3


# -- parts -----------------------------------------------------------------------------------------------------------


def finding_of(lines: int) -> Finding:
    file = FoundFile("d", "m", tuple(Line(number, "text", ((0, 4),)) for number in range(1, lines + 1)))
    return Finding((FoundTest(1, "T", (file,)),))


def test_rows_of_a_long_list_are_made_when_they_are_asked_for(qtmodeltester):
    model = ResultsModel()
    model.show_finding(finding_of(10_000))
    assert model.rowCount() == 10_002
    assert model.row(10_001).line.number == 10_000
    assert model.row_of(("d", "m", 500)) == 501
    assert model.row_of(("d", "m", 10_001)) is None
    model.show_finding(finding_of(3))
    qtmodeltester.check(model)


def test_summary_in_words():
    assert summary(finding_of(1)) == "1 line in 1 file of 1 test, 0 ms"
    more = Finding(finding_of(1000).tests, has_more=True)
    assert summary(more) == "More than 1,000 lines in 1 file of 1 test: type more to narrow it down"


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ({"newest_run": 123, "runs": 5}, "run 123 and 4 more"),
        ({"newest_run": 123, "runs": 1}, "run 123"),
        ({"is_of_test": True}, "the test’s script"),
        ({"newest_run": 1, "runs": 2, "is_of_test": True}, "run 1, the test’s script and 1 more run"),
        ({"newest_run": 1, "runs": 1, "other_tests": 2, "has_more": True}, "run 1, 2 other tests and others"),
    ],
)
def test_users_in_words(file, expected):
    assert used_by(FoundFile("d", "m", (), **file), NOW) == expected


@pytest.mark.parametrize("before", ["", "x" * 5000, "き" * 500, "\t\t", "🦊" * 300])
def test_a_match_is_in_sight_however_long_the_line_is(dressed, before):
    code = CodeLine()
    line = f"{before}needle{'y' * 3000}"
    at = len(before)
    shown, (mark, *_) = code.cut(line, [(at, at + 6)], 400)
    assert shown[slice(*mark)] == "needle"
    assert code._metrics.horizontalAdvance(shown[: mark[1]]) <= 400
    assert code._metrics.horizontalAdvance(shown) <= 400


def test_what_reorders_or_hides_text_is_a_dot(dressed):
    shown, marks = CodeLine().cut("a\u202eb\u200bneedle\u3164", [(4, 10)], 400)
    assert shown == "a·b·needle·"
    assert marks == [(4, 10)]


@pytest.mark.parametrize("top", ["file/", "https/", "files/_/", "scripts/_/"])
def test_what_an_archive_puts_before_a_folder_is_not_shown(top):
    assert file_name(FoundFile("", f"{top}shop/lib/pay.js", ())) == ("pay.js", "shop/lib")
    assert file_name(FoundFile("", f"{top}pay.js", ())) == ("pay.js", "")
