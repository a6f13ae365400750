"""Looking into scripts and archives."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QPushButton, QToolButton

from k6desk.api.errors import TryLater
from k6desk.api.models import Script
from k6desk.data.problems import ArchiveProblem
from k6desk.data.secrets import MASK
from k6desk.ui.library.browse_page import BrowsePage
from k6desk.ui.library.files_model import FILE
from k6desk.ui.roles import ACCESSIBLE
from tests.conftest import assert_plain_text
from tests.ui.library.conftest import HOME, MAIN, archive_of

RECORDED = Path(__file__).parents[4] / "shared" / "data" / "archives"


@pytest.fixture
def page(stack, shown):
    return shown(BrowsePage(stack.session, stack.tasks, stack.notices), 1000, 700)


def select(page, ending: str) -> None:
    """Choose the file whose name ends like this in the tree."""
    name = next(file.name for file in page.view.loaded.opened.files if file.name.endswith(ending))
    page.view.tree.setCurrentIndex(page.view.model.index_of(name))


def chosen(page) -> str:
    return page.view.tree.currentIndex().data(FILE).path[-1]


def button(page, words: str) -> QToolButton:
    return next(
        one for one in page.findChildren(QToolButton) if words in {one.text(), one.accessibleName()} and one.isVisible()
    )


def press(page, words: str) -> None:
    next(one for one in page.findChildren(QPushButton) if one.text() == words and one.isVisible()).click()


def secret(page, path: str):
    """The index of a row of the metadata by its names."""
    model = page.view.file_view.metadata.model
    index = model.index(-1, 0)
    for name in path.split("."):
        rows = (model.index(row, 0, index) for row in range(model.rowCount(index)))
        index = next(row for row in rows if model.node(row).name == name)
    return index


# -- opening ---------------------------------------------------------------------------------------------------------


async def test_it_begins_with_the_entry_script_and_its_secrets_hidden(stack, page, until, words):
    await stack.keep("run", 2, archive_of())
    page.browse_run(stack.run(2))
    await until(page.is_settled)
    assert chosen(page) == "main.js"
    assert MASK in page.view.file_view.code.toPlainText()
    assert "glc_" not in page.view.file_view.code.toPlainText()
    said = words(page)
    assert "Run 2 of Checkout · k6 archive with 2 files, made by k6 0.56.0 · last seen today" in said
    assert "1 value is hidden." in said
    assert_plain_text(page)
    assert not stack.cloud.asked


async def test_what_is_not_here_is_loaded_and_a_failure_can_be_tried_again(stack, page, until, words):
    stack.cloud.scripts["run", 2] = archive_of()
    stack.cloud.error = TryLater("The server has a problem.", status=503)
    page.browse_run(stack.run(2))
    await until(page.is_settled)
    assert "The script cannot be shown\nThe server has a problem." in words(page)
    stack.cloud.error = None
    press(page, "Try again")
    await until(page.is_settled)
    assert chosen(page) == "main.js"


async def test_offline_it_says_so_and_loads_it_when_the_server_is_back(stack, page, until, words):
    await stack.go_offline()
    stack.cloud.scripts["run", 2] = archive_of()
    page.browse_run(stack.run(2))
    assert "The script was never loaded on this computer" in words(page)
    stack.cloud.error = None
    stack.session.connection.forget_failures()
    await stack.session.connection.ask(lambda: stack.cloud.run_script(2))
    await until(lambda: page.is_settled() and page.currentIndex() == 0)
    assert chosen(page) == "main.js"


async def test_todays_script_is_asked_for_and_an_older_copy_serves_without_a_server(stack, page, until, words):
    await stack.keep("test", 10, archive_of(main="old"))
    stack.cloud.scripts["test", 10] = archive_of(main="new")
    page.browse_test(stack.test)
    await until(page.is_settled)
    assert page.view.file_view.code.toPlainText() == "new"
    stack.cloud.error = TryLater("The server has a problem.", status=503)
    page.browse_test(stack.test)
    await until(page.is_settled)
    assert page.view.file_view.code.toPlainText() == "new"
    assert "it may be another by now. The server has a problem." in words(page)


async def test_what_is_no_archive_is_one_sentence(stack, page, until, words):
    stack.cloud.scripts["run", 2] = Script(b"not a tar", is_archive=True)
    page.browse_run(stack.run(2))
    await until(page.is_settled)
    assert "The script cannot be shown" in words(page)


async def test_a_script_without_an_account(stack, shown, until):
    page = shown(BrowsePage(None, stack.tasks, stack.notices), 1000, 700)
    page.browse_script(Script(b"// alone", is_archive=False), "alone.js")
    await until(page.is_settled)
    assert page.view.file_view.code.toPlainText() == "// alone"


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded archives are not here")
@pytest.mark.parametrize(
    ("name", "entry", "secrets"),
    [
        ("checkout-multi-file", "main.js", ()),
        ("login-smoke", "login-smoke.js", ()),
        ("with-env", "login-smoke.js", ("env.API_KEY",)),
    ],
)
async def test_recorded_archives_open_with_their_secrets_hidden(page, until, name, entry, secrets):
    page.browse_script(Script((RECORDED / f"{name}.tar").read_bytes(), is_archive=True), f"{name}.tar")
    await until(page.is_settled)
    assert chosen(page) == entry
    assert "export default function" in page.view.file_view.code.toPlainText()
    select(page, "metadata.json")
    await until(page.is_settled)
    for path in secrets:
        assert page.view.file_view.metadata.model.node(secret(page, path)).value == MASK


async def test_the_last_one_asked_for_is_the_one_that_is_shown(stack, page, until):
    for number in (1, 2, 3):
        await stack.keep("run", number, archive_of({"big.bin": bytes(2**20 * (4 - number))}, main=f"// run {number}"))
    for number in (1, 2, 3):
        page.browse_run(stack.run(number))
    await until(page.is_settled)
    assert page.view.file_view.code.toPlainText() == "// run 3"


# -- files -----------------------------------------------------------------------------------------------------------


async def test_each_kind_of_file_has_its_view(stack, page, until, words):
    files = {"data/users.csv": b"name\nana\n", "blob.bin": bytes(range(256)), "empty.txt": b""}
    await stack.keep("run", 2, archive_of(files))
    page.browse_run(stack.run(2))
    await until(page.is_settled)
    view = page.view.file_view
    for ending, shown in (("users.csv", view.code), ("blob.bin", view.bytes), ("metadata.json", view.metadata)):
        select(page, ending)
        await until(page.is_settled)
        assert shown.isVisible(), ending
    select(page, "empty.txt")
    await until(page.is_settled)
    assert "This file is empty" in words(page)
    select(page, "current")
    assert "A link to /etc/passwd" in words(page)


async def test_a_place_is_opened_at_its_line(stack, page, until):
    await stack.keep("run", 2, archive_of({"lib/long.js": b"//\n" * 30_000}))
    [seen] = stack.store.sightings(10)
    for line in (29_000, 5):
        page.browse_digest(seen.digest, f"{HOME}/lib/long.js", line)
        await until(page.is_settled)
        assert chosen(page) == "long.js"
        assert page.view.file_view.code.line == line
        assert page.view.file_view.code.textCursor().blockNumber() == line - 1


async def test_a_line_of_the_metadata_is_shown_as_text_and_the_tree_is_one_click_away(stack, page, until, words):
    await stack.keep("run", 2, archive_of())
    [seen] = stack.store.sightings(10)
    page.browse_digest(seen.digest, "metadata.json", 3)
    await until(page.is_settled)
    view = page.view.file_view
    assert view.code.isVisible()
    assert view.code.line == 3
    assert "key of the shop" not in view.code.toPlainText()
    assert "2 values are hidden." in words(page)
    assert not [one for one in page.findChildren(QToolButton) if one.text() == "Show value" and one.isVisible()]
    switch = next(one for one in page.findChildren(QCheckBox) if one.text() == "As text")
    assert switch.isChecked()
    switch.click()
    await until(page.is_settled)
    assert view.metadata.isVisible()


async def test_a_file_stays_chosen_when_one_comes_back_to_its_script(stack, page, until):
    await stack.keep("run", 1, archive_of({"lib/a.js": b"a"}, main="1"))
    await stack.keep("run", 2, archive_of({"lib/b.js": b"b"}, main="2"))
    page.browse_run(stack.run(1))
    await until(page.is_settled)
    select(page, "a.js")
    page.browse_run(stack.run(2))
    await until(page.is_settled)
    assert chosen(page) == "main.js"
    page.browse_run(stack.run(1))
    await until(page.is_settled)
    assert chosen(page) == "a.js"


# -- versions --------------------------------------------------------------------------------------------------------


async def test_equal_scripts_are_one_version_and_another_is_one_choice_away(stack, page, until):
    await stack.keep("run", 1, archive_of(main="old"))
    await stack.keep("run", 2, archive_of(main="new"))
    await stack.keep("run", 3, archive_of(main="new"))
    page.browse_run(stack.run(2))
    await until(page.is_settled)
    combo = page.findChild(QComboBox)
    assert [combo.itemText(at) for at in range(combo.count())] == [
        "Run 2, 8 h ago, failed, and 1 more",
        "Run 1, 9 h ago, passed",
    ]
    assert combo.currentIndex() == 0
    combo.setCurrentIndex(1)
    combo.activated.emit(1)
    await until(page.is_settled)
    assert page.view.file_view.code.toPlainText() == "old"


async def test_another_version_is_compared_the_older_one_first(stack, page, until):
    await stack.keep("run", 1, archive_of(main="old"))
    await stack.keep("run", 2, archive_of(main="new"))
    page.browse_run(stack.run(1))
    await until(page.is_settled)
    got = []
    page.view.compare_wanted.connect(got.append)
    button(page, "Compare").menu().actions()[0].trigger()
    old, new = await got[0]()
    assert (old.label, new.label) == ("Run 1, 9 h ago, passed", "Run 2, 8 h ago, failed")


async def test_the_keyboard_is_in_the_tree_once_there_is_one(stack, page, until, qtbot):
    with qtbot.waitActive(page):
        page.window().activateWindow()
    page.setFocus()
    await stack.keep("run", 1, archive_of())
    page.browse_run(stack.run(1))
    await until(page.is_settled)
    assert page.view.tree.hasFocus()


async def test_a_file_of_this_computer_is_compared(stack, page, until, tmp_path):
    await stack.keep("run", 1, archive_of())
    page.browse_run(stack.run(1))
    await until(page.is_settled)
    got = []
    page.view.compare_wanted.connect(got.append)
    file = tmp_path / "mine.js"
    button(page, "Compare").menu().actions()[-1].trigger()
    [dialog] = page.window().findChildren(QFileDialog)
    dialog.fileSelected.emit(str(file))
    dialog.close()
    dialog.deleteLater()
    with pytest.raises(ArchiveProblem, match=r"mine\.js"):
        await got[0]()
    file.write_text("export default () => {};")
    old, new = await got[0]()
    assert (old.label, new.label) == ("Run 1, 9 h ago, passed", "mine.js")
    assert new.script.content == file.read_bytes()


async def test_a_version_that_is_new_here_is_offered_at_once(stack, page, until):
    await stack.keep("run", 1, archive_of(main="old"))
    page.browse_run(stack.run(1))
    await until(page.is_settled)
    combo = page.findChild(QComboBox)
    assert combo.count() == 1
    await stack.keep("run", 2, archive_of(main="new"))
    assert [combo.itemText(at) for at in range(combo.count())] == ["Run 2, 8 h ago, failed", "Run 1, 9 h ago, passed"]
    assert combo.currentIndex() == 1
    assert page.view.file_view.code.toPlainText() == "old"


# -- secrets ---------------------------------------------------------------------------------------------------------


async def test_a_value_is_shown_alone_and_hidden_again(stack, page, until, words):
    main = MAIN + 'const other = "glc_eyJvIjoiOTk5OTk5IiwibiI6InRlc3QiLCJrIjoiYWJjZGVmMTIzNDU2Nzg5MCJ9";\n'
    await stack.keep("run", 2, archive_of(main=main))
    page.browse_run(stack.run(2))
    await until(page.is_settled)
    menu = button(page, "Show value").menu()
    menu.aboutToShow.emit()
    assert [action.text().split(":")[0] for action in menu.actions()] == ["Line 3", "Line 7"]
    menu.actions()[1].trigger()
    await until(page.is_settled)
    shown = page.view.file_view.code.toPlainText()
    assert "glc_eyJvIjoiOTk5" in shown
    assert "glc_eyJvIjoiMTIz" not in shown
    assert "1 value is hidden, 1 is shown." in words(page)
    button(page, "Hide again").click()
    await until(page.is_settled)
    assert "glc_" not in page.view.file_view.code.toPlainText()


async def test_copying_takes_masks(stack, page, until):
    await stack.keep("run", 2, archive_of())
    page.browse_run(stack.run(2))
    await until(page.is_settled)
    button(page, "Copy the text as it is shown").click()
    assert "glc_" not in QGuiApplication.clipboard().text()
    page.view.file_view.code.selectAll()
    page.view.file_view.code.copy()
    assert "glc_" not in QGuiApplication.clipboard().text()


async def test_a_button_goes_from_one_hidden_value_to_the_next(stack, page, until):
    await stack.keep("run", 2, archive_of())
    page.browse_run(stack.run(2))
    await until(page.is_settled)
    select(page, "metadata.json")
    await until(page.is_settled)
    metadata, gone_to = page.view.file_view.metadata, []
    for _ in range(3):
        button(page, "Next hidden value").click()
        gone_to.append(metadata.model.path(metadata.tree.currentIndex()))
    assert gone_to == ["env.API_KEY", "env.USER", "env.API_KEY"]
    assert metadata.tree.currentIndex().siblingAtColumn(1).data(ACCESSIBLE) == "hidden"


async def test_values_that_are_not_kept_are_loaded_and_stay_in_memory(stack, page, until, words):
    await stack.keep("run", 2, archive_of())
    page.browse_run(stack.run(2))
    await until(page.is_settled)
    select(page, "metadata.json")
    await until(page.is_settled)
    assert "2 values are hidden. The values are not kept on this computer." in words(page)
    button(page, "Load them from Grafana").click()
    await until(lambda: "2 values are hidden." in words(page).split("\n"))
    metadata = page.view.file_view.metadata
    metadata.tree.setCurrentIndex(secret(page, "env.API_KEY"))
    button(page, "Show value").click()
    await until(lambda: metadata.model.node(secret(page, "env.API_KEY")).value == "key of the shop")
    assert metadata.model.node(secret(page, "env.USER")).value == MASK
    assert b"key of the shop" not in stack.store.script("run", 2).value.content
    button(page, "Hide value").click()
    await until(lambda: metadata.model.node(secret(page, "env.API_KEY")).value == MASK)


async def test_a_shown_value_is_hidden_when_the_file_is_opened_again(stack, page, until):
    page.browse_script(archive_of(), "x.tar")
    await until(page.is_settled)
    select(page, "metadata.json")
    await until(page.is_settled)
    metadata = page.view.file_view.metadata
    metadata.tree.setCurrentIndex(secret(page, "env.API_KEY"))
    button(page, "Show value").click()
    await until(lambda: metadata.model.node(secret(page, "env.API_KEY")).value != MASK)
    select(page, "current")
    select(page, "metadata.json")
    await until(page.is_settled)
    assert metadata.model.node(secret(page, "env.API_KEY")).value == MASK


async def test_offline_the_values_are_not_loaded_and_it_says_why(stack, page, until):
    await stack.keep("run", 2, archive_of())
    await stack.go_offline()
    page.browse_run(stack.run(2))
    await until(page.is_settled)
    select(page, "metadata.json")
    await until(page.is_settled)
    load = button(page, "Load them from Grafana")
    assert not load.isEnabled()
    assert "server cannot be reached" in load.toolTip()


async def test_the_values_of_a_tests_former_script_are_not_those_of_its_present_one(stack, page, until):
    await stack.keep("test", 10, archive_of(main="old"))
    page.browse_test(stack.test)
    await until(page.is_settled)
    stack.cloud.scripts["test", 10] = archive_of(main="new")
    select(page, "metadata.json")
    await until(page.is_settled)
    button(page, "Load them from Grafana").click()
    await until(lambda: stack.notices.current())
    assert "another script by now" in stack.notices.current()[0].text
    assert page.view.loaded.is_masked


# -- saving ----------------------------------------------------------------------------------------------------------


async def save(page, until, words: str, path) -> None:
    button(page, words).click()
    [dialog] = page.window().findChildren(QFileDialog)
    dialog.fileSelected.emit(str(path))
    dialog.close()
    dialog.deleteLater()
    await until(path.exists)


async def test_one_file_is_saved_as_it_is(stack, page, until, tmp_path):
    await stack.keep("run", 2, archive_of({"blob.bin": b"\x00\x01"}))
    page.browse_run(stack.run(2))
    await until(page.is_settled)
    select(page, "blob.bin")
    await until(page.is_settled)
    await save(page, until, "Save file as…", tmp_path / "saved.bin")
    assert (tmp_path / "saved.bin").read_bytes() == b"\x00\x01"
    await until(lambda: stack.notices.current())
    assert stack.notices.current()[0].text == "The file was saved as saved.bin."


async def test_saving_a_masked_archive_says_so(stack, page, until, tmp_path):
    await stack.keep("run", 2, archive_of())
    page.browse_run(stack.run(2))
    await until(page.is_settled)
    await save(page, until, "Save archive…", tmp_path / "saved.tar")
    assert (tmp_path / "saved.tar").read_bytes() == stack.store.script("run", 2).value.content
    await until(lambda: stack.notices.current())
    assert "secrets are masked" in stack.notices.current()[0].text


async def test_find_opens_in_the_text(stack, page, until):
    await stack.keep("run", 2, archive_of())
    page.browse_run(stack.run(2))
    await until(page.is_settled)
    page.activateWindow()
    page.view.file_view.code.setFocus()
    QTest.keyClick(page.view.file_view.code, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert page.view.file_view.find_bar.isVisible()
