"""The parts of the window take each other's place."""

from __future__ import annotations

import pytest
import shiboken6
from PySide6.QtWidgets import QListWidget, QWidget

from k6desk.core.notices import Notice, Notices
from k6desk.ui.body import Body


@pytest.fixture
def body(dressed, shown):
    return shown(Body(Notices()))


async def test_a_page_takes_the_place_of_another_with_its_line_and_gets_the_keyboard(body, until):
    first, line, second = QListWidget(), QWidget(), QListWidget()
    line.setFixedHeight(20)
    body.put(first, line)
    assert (first.isVisible(), line.isVisible()) == (True, True)
    body.put(second)
    assert (first.isVisible(), line.isVisible(), second.isVisible()) == (False, False, True)
    assert body.focusWidget() is second
    await until(lambda: second.height() == body.height())
    await until(lambda: not shiboken6.isValid(first))


async def test_a_notice_stays_at_the_top_before_there_is_a_page(dressed, shown, until):
    notices = Notices()
    body = shown(Body(notices))
    notices.show(Notice("demo", "Starting the demo cloud…"))
    [bar] = [one for one in body.children() if type(one).__name__ == "NoticeBar"]
    await until(lambda: 0 < bar.height() < body.height() / 3)
    assert bar.y() == 0
