from datetime import UTC, datetime, timedelta

from k6desk.api.models import Run
from k6desk.core.intents import PATIENCE, Intents

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
RUNNING = Run(id=7, test_id=1, project_id=1, status="running", created_at=NOW)


def test_an_accepted_intent_is_over_when_the_run_has_ended_or_nothing_came_of_it():
    intents = Intents()
    intents.begin("run", 7, "Aborting…")
    assert not intents.settled_by(RUNNING, NOW + 2 * PATIENCE)
    intents.accept("run", 7, NOW)
    assert not intents.settled_by(RUNNING, NOW + timedelta(seconds=1))
    assert intents.settled_by(RUNNING, NOW + 2 * PATIENCE)


def test_what_is_begun_anew_is_not_accepted_yet():
    intents = Intents()
    intents.begin("run", 7, "Aborting…")
    intents.accept("run", 7, NOW)
    intents.begin("run", 7, "Aborting…")
    assert not intents.settled_by(RUNNING, NOW + 2 * PATIENCE)


def test_runs_tests_and_projects_of_one_id_are_different_things():
    intents = Intents()
    intents.begin("test", 7, "Moving…")
    assert intents.get("run", 7) is None
    intents.forget("run", 7)
    assert intents.get("test", 7) == "Moving…"
