"""What is known of a run for a report, of runs of every kind from a real demo cloud."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from k6desk.api.errors import NotFound
from k6desk.core.report import Report, ask_for_missing, report_of
from k6desk.data.query import Query
from tests.live_session import account, clock, faults, go_live, server, session, tasks, token, world

__all__ = ["account", "clock", "faults", "go_live", "server", "session", "tasks", "token", "world"]

CANARY = "glsa_CanaryCanaryCanaryCanaryCanary0_deadbeef"


@pytest.fixture
async def live(session, go_live, until):
    await session.store.load_index()
    go_live()
    await until(lambda: session.monitor.caught_up, 20)
    return session


def a_run(session, is_wanted):
    store = session.store
    return next(run for run_id in store.select(Query()) if is_wanted(run := store.run(run_id)))


async def asked(session, run) -> Report:
    await ask_for_missing(session, run)
    return report_of(session, run)


@pytest.mark.parametrize("outcome", ["failed", "aborted", "passed", "error", "running"])
async def test_a_report_asks_for_what_is_missing(live, outcome):
    run = a_run(live, lambda run: run.outcome == outcome and run.vuh is not None)
    report = await asked(live, run)
    assert report.run.outcome == outcome
    assert report.test_name == live.store.name_of(run)
    assert report.project_name == live.store.project(run.project_id).name
    assert report.detail.status_history
    assert report.detail.cost.total_vuh == pytest.approx(run.vuh, rel=0.5)
    assert report.as_of <= report.made_at
    assert json.loads(report.document)["id"] == run.id
    assert live.store.distribution(run.id)
    assert report.link.endswith(f"/a/k6-app/runs/{run.id}")


async def test_a_run_without_cost_or_zones_has_none(live):
    run = a_run(live, lambda run: run.outcome == "aborted" and run.vuh is None)
    report = await asked(live, run)
    assert report.detail.cost is None or report.detail.cost.total_vuh is None
    assert list(report.zones()) == []


async def test_the_zones_are_those_configured_with_what_ran_there(live):
    run = a_run(live, lambda run: run.outcome == "aborted" and run.vuh is not None)
    report = await asked(live, run)
    zones = list(report.zones())
    assert [zone.load_zone for zone in zones] == [share.load_zone for share in report.detail.distribution]
    assert all(zone.nodes and zone.name != zone.load_zone for zone in zones)


async def test_without_a_server_it_is_what_the_list_says(live, tasks):
    run = a_run(live, lambda run: run.is_finished and live.store.document(run.id) is None)
    report = report_of(live, run)
    assert (report.run.id, report.detail, report.document, report.nodes, report.as_of) == (
        run.id,
        None,
        b"",
        None,
        None,
    )


async def test_a_server_that_fails_does_not_hinder_it(live, faults, monkeypatch):
    async def gone(_run_id):
        raise NotFound("Not Found", status=404)

    run = a_run(live, lambda run: run.is_finished and live.store.document(run.id) is None)
    monkeypatch.setattr(live.commands._deeds.cloud, "run", gone)
    report = await asked(live, run)
    assert live.store.run(run.id) is None
    assert report.run == run


async def test_the_script_is_named_by_its_digest(live):
    run = a_run(live, lambda run: run.outcome == "passed")
    await live.commands.load_script("run", run.id)
    report = report_of(live, run)
    assert report.script.sha256 in live.store.script_digests()


async def test_no_secret_is_in_it(live):
    run = a_run(live, lambda run: run.outcome == "failed")
    await live.commands.runs.fetch(run.id)
    said = json.loads(live.store.document(run.id).value)
    said["options"] = {"env": {"SECRET": CANARY}, "cloud": {"token": CANARY}}
    said["note"] = f"sign in with {CANARY}"
    said["status_history"][-1]["extra"] = {"message": f"refused {CANARY}"}
    await live.store.put_detail(json.dumps(said).encode(), datetime.now(UTC))
    report = report_of(live, run)
    assert CANARY not in repr(report)
    assert report.run.note.startswith("sign in with")
