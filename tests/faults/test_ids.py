"""An action hits the run that its question named, whatever moves meanwhile, and however large the ids are."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime

import pytest
from PySide6.QtWidgets import QApplication, QMessageBox

from k6desk.api.wire.runs import runs_page
from k6desk.core.notices import Notices
from k6desk.core.place import Place
from k6desk.core.settings import Settings
from k6desk.ui.main_window import MainWindow
from tests.api.faultserver import Reply
from tests.faults.conftest import run_json

IDS = (5, 2**31 - 1, 2**31, 2**32 + 5, 2**53, 2**53 + 1, 2**63 - 2, 2**63 - 1)
TRIES = 300


@pytest.fixture
async def window(live, tasks, tmp_path):
    window = MainWindow(Settings(tmp_path), Notices(), offline=False)
    window.show_session(live)
    window.complete(tasks)
    window.show()
    yield window
    window.close()
    window.deleteLater()


@pytest.fixture
def stack(stack):
    stack.runs = [run_json(id_, status="running", created=f"2026-03-01T10:00:{n:02}Z") for n, id_ in enumerate(IDS)]
    for id_ in IDS:
        answer = Reply({"error": {"message": "It has ended.", "code": "conflict"}}, status=409)
        stack.answers[f"/cloud/v6/test_runs/{id_}/abort"] = answer
    return stack


def question() -> QMessageBox | None:
    return next((w for w in QApplication.topLevelWidgets() if isinstance(w, QMessageBox) and w.isVisible()), None)


async def test_every_id_comes_through_the_whole_chain(window, live, server, until):
    window.go(Place("all"))
    table = window.workspace.runs
    for id_ in IDS:
        assert table.select_run(id_)
        assert window.workspace.run.id == id_
        assert live.store.run(id_).id == id_
    requests = len(server.requests)
    live.monitor.focus_run(IDS[-1])
    path = f"/cloud/v6/test_runs/{IDS[-1]}"
    await until(lambda: any(request.path == path for request in server.requests[requests:]))
    assert live.store.detail(IDS[-1]).value.run.id == IDS[-1]


async def test_an_abort_is_for_the_run_that_was_named(window, live, server, tasks, until):
    chance = random.Random(11)
    window.go(Place("running"))
    for _ in range(TRIES):
        chosen = chance.choice(IDS)
        await until(lambda chosen=chosen: window.workspace.runs.select_run(chosen))
        await until(window.actions_["abort"].isEnabled)
        window.actions_["abort"].trigger()
        box = question()
        named = int(box.informativeText().split(",")[0].removeprefix("Run "))
        # Meanwhile rows come, go and change places, and another run is chosen.
        order = chance.sample(range(60), len(IDS))
        asked_at = datetime.now(UTC)
        await live.store.put_runs(_rows(order), asked_at)
        window.workspace.runs.select_run(chance.choice(IDS))
        sent = len(server.requests)
        keep = chance.random() < 0.2
        next(b for b in box.buttons() if b.text() == ("Keep running" if keep else "Abort run")).click()
        if not keep:
            await until(lambda sent=sent: any(r.method == "POST" for r in server.requests[sent:]))
            await until(lambda named=named: f"abort:{named}" not in tasks._by_key)
        paths = [request.path for request in server.requests[sent:] if request.method == "POST"]
        assert paths == ([] if keep else [f"/cloud/v6/test_runs/{named}/abort"])
        await until(lambda: question() is None)


def _rows(seconds: list[int]):
    rows = [
        run_json(id_, status="running", created=f"2026-03-01T10:01:{s:02}Z")
        for id_, s in zip(IDS, seconds, strict=True)
    ]
    return runs_page(json.dumps({"value": rows}).encode())[0].rows
