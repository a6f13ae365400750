"""The line at the bottom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtWidgets import QProgressBar, QPushButton

from k6desk.api.errors import CloudError, SignedOut, TryLater, Unreachable
from k6desk.core.connection import Connection
from k6desk.ui.status_line import StatusLine
from k6desk.ui.text import PlainLabel


@pytest.fixture
def connection():
    return Connection()


@pytest.fixture
def line(connection, qtbot):
    line = StatusLine(connection)
    qtbot.addWidget(line)
    line.show()
    return line


def said(line):
    return next(label.text() for label in line.findChildren(PlainLabel) if label.accessibleName() == "Connection")


def button(line):
    found = line.findChild(QPushButton)
    return found.text() if found.isVisible() else None


async def answer(connection, error: CloudError | None = None):
    async def request():
        if error:
            raise error

    if error:
        with pytest.raises(CloudError):
            await connection.ask(request)
    else:
        await connection.ask(request)


async def test_first_it_connects(line):
    assert said(line) == "Connecting…"
    assert button(line) is None


async def test_live_says_how_fresh_it_is(line, connection):
    await answer(connection)
    assert said(line) == "Live. Updated just now."
    assert button(line) is None


async def test_offline_says_since_when_and_when_it_tries_again(line, connection):
    await answer(connection, Unreachable("No answer."))
    assert said(line).startswith("Offline since today ")
    assert "Showing what was seen before." in said(line)
    assert "Next try in" in said(line)
    assert button(line) == "Try now"
    asked = []
    line.try_again.connect(lambda: asked.append("now"))
    line.findChild(QPushButton).click()
    assert asked == ["now"]


async def test_a_server_with_a_problem_is_quoted_with_its_reason(line, connection):
    await answer(connection, TryLater("The server has a problem.", status=500))
    assert said(line).startswith("The server has a problem. ")
    assert button(line) == "Try now"


async def test_signed_out_offers_to_sign_in(line, connection):
    await answer(connection, SignedOut("The token is not accepted.", status=401))
    assert said(line).endswith("The token is not accepted.")
    assert button(line) == "Sign in"
    asked = []
    line.sign_in.connect(lambda: asked.append("sign in"))
    line.findChild(QPushButton).click()
    assert asked == ["sign in"]


async def test_started_offline_promises_nothing(connection, qtbot):
    connection.stay_offline()
    line = StatusLine(connection)
    qtbot.addWidget(line)
    line.show()
    assert said(line) == "Started offline. Showing what was seen before."
    assert button(line) is None


async def test_what_an_earlier_start_has_seen_has_an_age(connection, qtbot):
    connection.fresh_at = datetime.now(UTC) - timedelta(hours=3)
    connection.stay_offline()
    line = StatusLine(connection)
    qtbot.addWidget(line)
    assert said(line) == "Started offline. Updated 3 h ago."
    connection.sign_out("There is no token.")
    assert "Updated 3 h ago." in said(line)


async def test_runs_from_files_are_not_offline_and_nothing_is_tried(connection, qtbot):
    connection.use_files()
    line = StatusLine(connection)
    qtbot.addWidget(line)
    line.show()
    assert said(line) == "These runs are from files: there is no server behind them."
    assert button(line) is None


async def test_reading_shows_how_far_it_is_and_goes_when_it_is_done(line):
    bar = line.findChild(QProgressBar)
    line.show_reading(5_000, 20_000)
    assert bar.isVisible()
    assert bar.value() / bar.maximum() == 0.25
    assert any("5,000 of 20,000" in label.text() for label in line.findChildren(PlainLabel))
    line.show_reading(20_000, 20_000)
    assert not bar.isVisible()
