"""Names that want to be more than names: in every dialog, menu, tooltip, notice and title they are one plain line."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt as Core
from PySide6.QtGui import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QMessageBox,
    QProgressBar,
    QWidget,
)

from k6desk.core.place import Place
from k6desk.core.settings import Settings
from k6desk.ui.main_window import MainWindow
from tests.api.faultserver import Reply
from tests.conftest import assert_plain_text
from tests.faults.acting import ActingStack
from tests.faults.conftest import run_json

BIG = 2**63 - 1
NAMES = {
    "rich": "<b>bold</b><img src='https://evil.example.com/x.png'><a href='file:///etc'>&amp; & &Accelerator</a>",
    "long": "W" * 300,
    "right to left": "\u202edlrow\u2066 \u05e9\u05dc\u05d5\u05dd \u200f",
    "lines": "one\r\ntwo\u2028three\u2029four\x0bfive\tsix\x1b[31m\x07",
    "broken": "half \ud800 of a \udc00 character \x00",
    "empty": "",
    "blank": " \t\n ",
}
ONE_LINERS = {
    *("start", "schedule", "upload", "rename_test", "move", "delete_test", "new_test"),
    *("rename_project", "project_settings", "delete_project", "new_project", "schedules"),
    *("delete_runs", "load_zones", "abort"),
}
BAD = "\r\u2028\u2029\u202e\u2066\u200f\x00\x07\x1b"


@pytest.fixture(params=NAMES)
def name(request):
    return NAMES[request.param]


@pytest.fixture
def stack(name):
    stack = ActingStack()
    stack.projects = [{"id": BIG, "name": name}, {"id": 2, "name": name + "2"}]
    stack.tests = [{"id": BIG, "project_id": BIG, "name": name}]
    more = {"test_id": BIG, "project_id": BIG, "started_by": name, "note": name}
    stack.runs = [run_json(7, **more), run_json(BIG, status="running", **more)]
    stack.schedule |= {"load_test_id": BIG, "created_by": name}
    stack.answers = {
        "/cloud/v6/schedules": Reply({"value": [stack.schedule]}),
        "/cloud/v6/project-limits": Reply({"value": [{"project_id": BIG, "vuh_max_per_month": 5}]}),
        f"/cloud/v6/load_tests/{BIG}/test_runs": Reply({"value": stack.runs}),
        f"/cloud/v6/projects/{BIG}/labels": Reply({"value": [{"key": name, "value": name}]}),
        f"/cloud/v6/projects/{BIG}/allowed_load_zones": Reply({"value": []}),
    }
    return stack


@pytest.fixture
async def window(live, tasks, tmp_path, name):
    window = MainWindow(Settings(tmp_path), live.notices, offline=False)
    window.show_session(live)
    window.complete(tasks)
    window.resize(1000, 600)
    window.show()
    yield window
    window.close()
    window.deleteLater()


def texts(widget: QWidget) -> list[str]:
    """Every text that is to be one line: labels, buttons, titles, spoken names, entries."""
    found = [widget.windowTitle(), widget.accessibleName()]
    for child in widget.findChildren(QWidget):
        found += [child.accessibleName()]
        if isinstance(child, QLabel | QAbstractButton):
            found += [child.text()]
        if isinstance(child, QComboBox):
            found += [child.itemText(row) for row in range(child.count())]
        if isinstance(child, QLineEdit):
            found += [child.placeholderText()]
    return found


def assert_plain(widget: QWidget, where: str) -> None:
    assert_plain_text(widget)
    for text in texts(widget):
        assert not set(text) & set(BAD), (where, text)
        assert "\ntwo" not in text, (where, text)  # other line breaks are ours
        assert not any("\ud800" <= char <= "\udfff" for char in text), (where, text)
    for child in [widget, *widget.findChildren(QWidget)]:
        tip = child.toolTip()
        assert not Qt.mightBeRichText(tip) or tip.startswith("<qt>"), (where, tip)
        assert "<img" not in tip, (where, tip)


def dialogs() -> list[QDialog]:
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, QDialog) and one.isVisible()]


async def test_a_name_is_one_plain_line_wherever_it_stands(window, live, until, name):
    opened = set()
    for place in (Place("run", BIG), Place("run", 7), Place("test", BIG), Place("project", BIG)):
        window.go(place)
        await until(lambda: live.store.is_indexed and window.is_settled(), 15)
        window._allow()
        assert_plain(window, str(place))
        for action in (action for _, action in window.actions_.all()):
            tip = action.toolTip()
            assert not Qt.mightBeRichText(tip) or tip.startswith("<qt>"), tip
            assert "\n" not in action.text()
        window._open_menu(window.rect().center(), "run", "runs", "test", "project")
        (menu,) = [one for one in window.findChildren(QMenu) if one.isVisible()]
        menu.close()
        for action in sorted(ONE_LINERS):
            if action in opened or not window.actions_[action].isEnabled():
                continue
            window.actions_[action].trigger()
            for dialog in dialogs():
                opened.add(action)
                if isinstance(dialog, QFileDialog):
                    dialog.reject()
                    continue
                await until(lambda dialog=dialog: _is_still(dialog), 15)
                assert_plain(dialog, action)
                assert dialog.height() <= 700, (action, dialog.height())
                assert dialog.width() <= 1000, (action, dialog.width())
                if isinstance(dialog, QMessageBox):
                    assert dialog.textFormat() == Core.TextFormat.PlainText
                dialog.reject()
            await until(lambda: not dialogs(), 15)
    assert opened >= ONE_LINERS - {"abort"}, ONE_LINERS - opened


def _is_still(dialog: QDialog) -> bool:
    """Whether no answer is waited for; a bar with an end shows an amount."""
    return not any(bar.isVisible() and bar.maximum() == 0 for bar in dialog.findChildren(QProgressBar))


async def test_what_is_said_of_a_name_is_one_plain_line(window, live, stack, until, name):
    stack.does, stack.how = False, Reply({"error": {"message": f"No {name} here.", "code": name}}, status=409)
    await live.commands.runs.abort(BIG)
    for words in ("Renamed", f"“{name}” was not renamed: {name}"):
        window._effects[0]._say("x", words, "error")
    assert len(live.notices.current()) == 2
    assert_plain(window, "notices")
