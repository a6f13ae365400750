"""The overview: what is known of a run, fact by fact."""

from __future__ import annotations

from datetime import UTC, datetime

from k6desk.api.models import Run, RunDetail
from k6desk.core.commands import Commands
from k6desk.core.progress import duration_s, progress
from k6desk.core.store import Store
from k6desk.core.tasks import Tasks
from k6desk.core.whole_run import is_whole
from k6desk.ui import keeping_words, text
from k6desk.ui.detail import story
from k6desk.ui.detail.pane import Pane
from k6desk.ui.parts import FactGrid

NAMES = (
    "Result",
    "Status",
    "Test",
    "Project",
    "Run ID",
    "Started by",
    "Started",
    "Ended",
    "Duration",
    "Estimated",
    "Billed time",
    "VUs",
    "Browser VUs",
    "VUH",
    "Thresholds",
    "k6",
    "Dependencies",
    "Note",
    "Starred",
    "Kept here",
    "In Grafana",
    "Updated",
)


class OverviewPane(Pane):
    """Names and values, in one or two columns. Most are known from the row alone."""

    name = "overview"
    title = "Overview"
    moves = True

    def __init__(self, store: Store, commands: Commands, tasks: Tasks) -> None:
        super().__init__(store, commands, tasks)
        self._facts = FactGrid(NAMES)
        self.rows.addWidget(self._facts)
        self.rows.addStretch(1)

    def refresh(self, run: Run, detail: RunDetail | None) -> None:
        now = datetime.now(UTC)
        self._put_identity(run)
        self._put_times(run, now)
        self._put_load(run, detail)
        self._put_keeping(run, now)

    def _put_identity(self, run: Run) -> None:
        put = self._facts.put
        result = text.outcome_word(run) if run.is_finished else "Not yet"
        put("Result", result, text.outcome_meaning(run))
        since = run.status_since
        put("Status", story.status_word(run.status), f"Since {text.exact(since)}" if since else "")
        test, project = self.store.test(run.test_id), self.store.project(run.project_id)
        put("Test", text.one_line(test.name) if test else f"Test {run.test_id}", f"ID {run.test_id}")
        put("Project", text.one_line(project.name) if project else f"Project {run.project_id}", f"ID {run.project_id}")
        put("Run ID", str(run.id))
        put(
            "Started by",
            text.one_line(run.started_by) if run.started_by else "Not by a user",
            "" if run.started_by else "The server names nobody: a schedule or a stack token started it.",
        )
        put("Note", text.one_line(run.note, 160), run.note[:1000])

    def _put_times(self, run: Run, now: datetime) -> None:
        put = self._facts.put
        put("Started", text.when(run.created_at, now), text.exact(run.created_at))
        put(
            "Ended",
            text.when(run.ended_at, now) if run.ended_at else "Not yet",
            text.exact(run.ended_at) if run.ended_at else "",
        )
        until = self.store.seen_until(now)
        overdue = progress(run, until).overdue_s
        late = f", overdue by {text.duration(overdue)}" if overdue is not None else ""
        put("Duration", text.duration(duration_s(run, until)) + late, "From the creation of the run to its end")
        put("Estimated", text.duration(run.estimated_duration_s), "How long the load was expected to last")
        put("Billed time", text.duration(run.execution_duration_s), "The execution time that is billed")

    def _put_load(self, run: Run, detail: RunDetail | None) -> None:
        put = self._facts.put
        put("VUs", _count(run.max_vus), "The most virtual users at any time")
        put(
            "VUH",
            f"{text.vuh(run.vuh)} ({story.vuh_kind(run)})" if run.vuh is not None else "",
            "Virtual user hours: the estimate of the full cost until the run has ended, then what is billed",
        )
        browsers = detail.max_browser_vus if detail else None
        put("Browser VUs", _count(browsers), "The most virtual users with a browser at any time")
        is_known = detail is not None and detail.options is not None
        put("Thresholds", text.count(story.threshold_count(detail)) if is_known else "", _thresholds(detail))
        put("k6", _versions(detail.k6_versions) if detail else "", "What the run used")
        put("Dependencies", _versions(detail.k6_dependencies) if detail else "", "What the script asked for")

    def _put_keeping(self, run: Run, now: datetime) -> None:
        put = self._facts.put
        no_stars, no_retention = self.commands.lack("star"), self.commands.lack("save")
        put("Starred", "" if no_stars else "Yes" if run.is_starred else "No", no_stars or "")
        put("In Grafana", *self._at_grafana(run, no_retention, now))
        put("Kept here", *self._kept_here(run, now))
        if self.fetched_at:
            put("Updated", text.age((now - self.fetched_at).total_seconds()), text.exact(self.fetched_at))
        else:
            put("Updated", "Details have not been loaded yet")

    def _at_grafana(self, run: Run, no_retention: str | None, now: datetime) -> tuple[str, str]:
        kept, expires = self.store.kept(run.id), run.retention_expires_at
        if kept and kept.gone_at:
            return "Deleted", f"Found to be gone at\n{text.exact(kept.gone_at)}"
        if kept and kept.why == "file":
            return "", "The run came from a file, and k6desk does not ask a server for it"
        if expires is None and no_retention:
            return "", "The old API does not say when the results are deleted"
        if expires is None:
            return "Not limited", "The server names no day on which the results are deleted"
        return f"Until {text.when(expires, now)} ({keeping_words.left(run, now)})", text.exact(expires)

    def _kept_here(self, run: Run, now: datetime) -> tuple[str, str]:
        kept = self.store.kept(run.id)
        if kept is None:
            return "No", "What k6desk knows of it goes when Grafana deletes it"
        missing = "" if is_whole(run, self.store) else ", some of it is still to come"
        return f"Since {text.when(kept.kept_at, now)}{missing}", keeping_words.kept_exactly(kept)


def _count(value: int | None) -> str:
    return "" if value is None else text.count(value)


def _versions(versions: dict[str, str]) -> str:
    return ", ".join(text.one_line(f"{name} {version}", 80) for name, version in versions.items())


def _thresholds(detail: RunDetail | None) -> str:
    return "\n".join(text.one_line(str(name), 80) for name in story.thresholds(detail))
