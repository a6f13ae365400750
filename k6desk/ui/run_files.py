"""The files that one run is exported as."""

from __future__ import annotations

from typing import NamedTuple

from k6desk.core.report import Report
from k6desk.ui import theme


class Form(NamedTuple):
    """A file of a run: its words and a line on what one gets, what notices call it, and its kind of file."""

    words: str
    what: str
    files: str
    about: str = ""


FORMS = {
    "pdf": Form(
        "Report as PDF", "The report", "PDF", "One page to send or to print: result, metrics, timeline, cost and zones"
    ),
    "html": Form(
        "Report as HTML", "The report", "HTML", "The same page for a browser, in one file that needs no network"
    ),
    "json": Form("Everything as JSON", "The run", "JSON", "All that is known, for other programs; secrets are masked"),
    "summary": Form("Summary of the metrics as CSV", "The summary", "CSV"),
    "thresholds": Form("Thresholds as CSV", "The list of thresholds", "CSV"),
    "checks": Form("Checks as CSV", "The list of checks", "CSV"),
    "history": Form("Status history as CSV", "The status history", "CSV"),
    "cost": Form("Cost as CSV", "The cost", "CSV"),
    "zones": Form("Load zones as CSV", "The list of load zones", "CSV"),
}


async def run_file(report: Report, name: str) -> tuple[bytes, str]:
    """The file with this name of `FORMS`, and a remark on what is not in it."""
    import asyncio  # the first picture needs none of it

    if name in {"pdf", "html"}:
        from k6desk.ui.report_html import html_of
        from k6desk.ui.report_page import page_of
        from k6desk.ui.report_pdf import paper, pdf_of

        page = page_of(report)
        if name == "html":
            return await asyncio.to_thread(html_of, page), _remark(report)
        return await asyncio.to_thread(pdf_of, page, paper(), theme.font("body")), _remark(report)
    if name == "json":
        return await asyncio.to_thread(_json, report), _remark(report)
    from k6desk.data.export_csv import csv_bytes
    from k6desk.ui import export_tables

    table = {
        "summary": export_tables.summary,
        "thresholds": export_tables.thresholds,
        "checks": export_tables.checks,
        "history": export_tables.history,
        "cost": export_tables.costs,
        "zones": export_tables.zones,
    }[name](report)
    return await asyncio.to_thread(csv_bytes, table.header, table.rows), table.remark


def _json(report: Report) -> bytes:
    from k6desk.core.summary.summary_text import exported
    from k6desk.data.export_json import run_json

    run = report.run
    facts = {
        "exported_at": report.made_at,
        "id": run.id,
        "test_id": run.test_id,
        "test_name": report.test_name,
        "project_id": run.project_id,
        "project_name": report.project_name,
        "stack": report.stack,
        "link": report.link or None,
        "gone_at": report.gone_at,
        "script": report.script,
    }
    summary = exported(report.summary) if report.summary else None
    return run_json(report.document, report.as_of, report.nodes, facts, report.run, summary)


def _remark(report: Report) -> str:
    if report.detail is None:
        return "Its details were never loaded on this computer and are not in it."
    has_zones = bool(report.detail.distribution)
    return "Its load generators are not known and are not in it." if has_zones and not report.nodes else ""
