"""What is known of one run at one moment, for a file that others read: complete, and without its secrets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from k6desk.api.errors import CloudError
from k6desk.api.models import Run, RunDetail, ZoneNodes
from k6desk.api.stack import web_link
from k6desk.core.session import Session
from k6desk.core.summary.summary import Summary, summary_of
from k6desk.core.thresholds.served_thresholds import verdicts_now
from k6desk.core.thresholds.thresholds import thresholds_of
from k6desk.data.run_tables import ZoneFact, zones_of

FRESH = timedelta(minutes=1)
"""What the server said within this time is not asked for again."""


class ScriptFact(Struct, frozen=True):
    """The script that the run used: the SHA-256 of the copy kept on this computer, and when the server last gave it."""

    sha256: str
    as_of: datetime


class Report(Struct, frozen=True):
    """One run. Names, `detail`, `document` (JSON as received) and `nodes` are empty or None where that is not known."""

    run: Run
    test_name: str
    project_name: str
    stack: str
    link: str
    """The run in the web app; empty if the stack's web address is not known."""
    made_at: datetime
    detail: RunDetail | None = None
    document: bytes = b""
    as_of: datetime | None = None
    """When the server said the details."""
    nodes: tuple[ZoneNodes, ...] | None = None
    zone_names: dict[str, str] = {}
    script: ScriptFact | None = None
    summary: Summary | None = None
    """What it measured; None if no metrics of it are known."""
    gone_at: datetime | None = None
    """When the server was found to have it no more."""

    def zones(self) -> Iterator[ZoneFact]:
        """Every load zone that was configured or that ran something."""
        return zones_of(self.detail, self.nodes, self.zone_names)


async def ask_for_missing(session: Session, run: Run) -> None:
    """Ask the server for what a report misses or what may be old, if it can be asked.

    It does not matter if the server does not answer: a report says how old its facts are.
    """
    from k6desk.core.whole_numbers import get_whole  # the first picture needs none of it

    store, commands = session.store, session.commands
    if commands.why_not_connected() is not None:
        return
    try:
        stored = store.document(run.id)
        if stored is None or stored.fetched_at < datetime.now(UTC) - FRESH:
            await commands.runs.fetch(run.id)
        if store.distribution(run.id) is None:
            await commands.load_distribution(run.id)
        await get_whole(run.id, session.numbers, store)
        await session.served_thresholds.get(run.id)
    except CloudError:
        pass  # also that the run is gone, which the window shows


def report_of(session: Session, run: Run) -> Report:
    """The report of a run as it is known here; `run` is its row for the case that it is known no more."""
    from k6desk.api.wire.runs import run_detail  # the first picture needs none of these
    from k6desk.data.export_json import masked_document
    from k6desk.data.secrets import masked_text

    store, account = session.store, session.account
    run = store.run(run.id) or run
    stored, nodes, kept = store.document(run.id), store.distribution(run.id), store.kept(run.id)
    document = masked_document(stored.value) if stored else b""
    detail = run_detail(document) if document else None
    test_name, project_name = store.names_of(run)
    zones = {share.load_zone for share in (detail and detail.distribution) or ()}
    zones |= {zone.load_zone for zone in (nodes and nodes.value) or ()}
    seen = next((each for each in store.sightings(run.test_id) if (each.kind, each.id) == ("run", run.id)), None)
    return Report(
        run=replace(run, note=masked_text(run.note)),
        test_name=test_name,
        project_name=project_name,
        stack=account.stack_url.partition("://")[2] or account.name,
        link=web_link(account.stack_url, "runs", run.id) if account.stack_url else "",
        made_at=datetime.now(UTC),
        detail=detail,
        document=document,
        as_of=stored.fetched_at if stored else None,
        nodes=nodes.value if nodes else None,
        zone_names={zone: store.zone_name(zone) for zone in zones},
        script=ScriptFact(seen.digest, seen.last_at) if seen and seen.digest else None,
        summary=_summary(session, run, detail),
        gone_at=kept.gone_at if kept else None,
    )


def _summary(session: Session, run: Run, detail: RunDetail | None) -> Summary | None:
    metrics = session.numbers.metrics(run.id)
    if not metrics:
        return None
    wanted = thresholds_of(detail.options) if detail else ()
    verdicts = verdicts_now(run.id, wanted, detail, session.numbers, session.served_thresholds)
    made = summary_of(metrics, wanted, session.numbers.known_of(run.id), detail, verdicts)
    return made if made.checks or any(line.values for line in made.lines) else None
