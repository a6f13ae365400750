"""The report of a run: its words, and the same as HTML and PDF of one page."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QBuffer, QRectF
from PySide6.QtGui import QPageSize, QPdfWriter

from k6desk.api.models import Cost, Node, Run, RunDetail, StatusEntry, Total, ZoneNodes, ZoneShare
from k6desk.core.metrics.checks import Check
from k6desk.core.report import Report
from k6desk.core.summary.summary import STATS, Line, Summary
from k6desk.core.thresholds.thresholds import Verdict, thresholds_of
from k6desk.ui import theme
from k6desk.ui.report_html import html_of
from k6desk.ui.report_page import MOST_ZONES, page_of
from k6desk.ui.report_parts import MOST_ENTRIES, MOST_METRICS
from k6desk.ui.report_pdf import MARGIN_PT, RESOLUTION, SMALLEST, _Sheet, pdf_of

AT = datetime(2026, 11, 21, 14, 3, 22, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>{{ 7 * 7 }}{% raw %}\"'&\u202egnp.exe\x00<img src=x onerror=y>"


def after(seconds: float) -> datetime:
    return AT + timedelta(seconds=seconds)


def run(**more) -> Run:
    facts = {"status": "completed", "result": "failed", "ended_at": after(300), "cost": Total("6.75"), "max_vus": 50}
    facts |= {"started_by": "ada@example.com", "note": "First line\nSecond line"}
    return Run(id=2**53 + 1, test_id=5, project_id=3, created_at=AT, **(facts | more))


def detail(of: Run, **more) -> RunDetail:
    history = (
        StatusEntry("created", AT),
        StatusEntry("running", after(10)),
        StatusEntry("completed", after(300), message="a threshold was crossed", code=99),
    )
    facts = {
        "status_history": history,
        "cost": Cost(6.75, 10.0, 6.75, 0.0, 32.5, {"volume": 10.0, "local_run": 25.0}),
        "distribution": (ZoneShare("amazon:us:ashburn", 60.0), ZoneShare("amazon:ie:dublin", 40.0)),
    }
    return RunDetail(of, **(facts | more))


def report(of: Run | None = None, **more) -> Report:
    of = of or run()
    nodes = (ZoneNodes("amazon:us:ashburn", 60.0, (Node("m5.large", "192.0.2.1"), Node("m5.large", "192.0.2.2"))),)
    facts = {"detail": detail(of), "nodes": nodes, "as_of": after(280), "made_at": after(400)}
    facts |= {"zone_names": {"amazon:us:ashburn": "US East", "amazon:ie:dublin": "EU West"}}
    facts |= {"stack": "team.grafana.net", "link": "https://team.grafana.net/a/k6-app/runs/1"}
    return Report(of, "Checkout", "Shop", **(facts | more))


def measured(name: str, number: int = 1) -> Summary:
    """What a run measured whose thresholds, checks and metrics all have this name."""
    stats = dict(zip(STATS, (87.07, 5.71, 54.0, 851.2, 196.3, 310.27), strict=True))
    made = [f"{at}{name}" for at in range(number)] if number > 1 else [name]
    thresholds = thresholds_of({"thresholds": {each: ["p(95)<300"] for each in made}})
    return Summary(
        lines=(
            *(Line(each, "trend", "", stats) for each in made),
            Line("http_req_duration", "trend", f"name:{name}", stats),
            Line("http_req_blocked", "trend", "", stats),
            Line("http_reqs", "counter", "", {"count": 2980.0, "rate": 18.54}),
            Line("checks", "rate", "", {"value": 0.5, "passes": 5.0, "fails": 5.0}),
        ),
        verdicts=tuple(Verdict(each, 310.27, "failed", aborted=True, unit="ms") for each in thresholds),
        checks=(*(Check(each, f"::{each}", 1444, 46) for each in made), Check("passes", "", 9, 0)),
        duration_s=160.77,
    )


def pdf(of: Report, size: QPageSize.PageSizeId = QPageSize.PageSizeId.A4) -> bytes:
    return pdf_of(page_of(of), QPageSize(size), theme.font("body"))


def pages(content: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", content))


class Read(HTMLParser):
    """The tags, attributes and texts of a page, as a browser would see them."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.feed(content.decode())

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data) -> None:
        if self.tags and self.tags[-1] != "style":
            self.texts.append(data.strip())


# -- words -------------------------------------------------------------------------------------------------------------


def test_the_headline_says_what_happened_and_why():
    page = page_of(report())
    assert (page.title, page.project, page.outcome, page.role) == ("Checkout", "Shop", "Failed", "failed")
    assert page.why == "A threshold was crossed (code 99)"
    facts = dict(page.facts)
    assert facts["VUH"] == "6.75 (billed)"
    assert facts["Duration"] == "5 min 00 s"
    assert facts["Started by"] == "ada@example.com"
    assert facts["Run ID"] == str(2**53 + 1)
    assert page.note == "First line\nSecond line"


def test_times_are_clear_at_any_later_time():
    facts = dict(page_of(report()).facts)
    assert re.fullmatch(r"\w{3} \d+ Nov 2026, \d\d:\d\d:\d\d \S+.*", facts["Started"])
    said = html_of(page_of(report())).decode()
    assert not re.search(r"\b(today|yesterday)\b", said)


def test_every_status_is_named_with_its_time_and_length():
    chapter = page_of(report()).timeline
    assert [line.cells[0] for line in chapter.entries] == ["Created", "Running", "Completed"]
    assert [line.cells[2] for line in chapter.entries] == ["10 s", "4 min 50 s", ""]
    assert [part.size for part in chapter.segments] == [10.0, 290.0]
    assert "a threshold was crossed (code 99)" in chapter.entries[-1].below


def test_the_cost_goes_from_base_to_billed():
    chapter = page_of(report()).cost
    assert chapter.figure == "6.75 VUH billed"
    lines = [line.cells for line in chapter.entries]
    assert lines[:4] == [
        ("Base", "", "10.00"),
        ("Volume", "−10 %", "−1.00"),
        ("Local run", "−25 %", "−2.25"),
        ("Billed", "", "6.75"),
    ]


def test_zones_have_percents_and_nodes():
    first, second = page_of(report()).zones
    assert (first.name, first.percent, first.figure) == ("US East", 60.0, "60 %")
    assert first.below == "2 load generators: 2 × m5.large"
    assert (second.name, second.below) == ("EU West", "")


def test_thresholds_and_checks_come_first_and_then_the_metrics():
    page = page_of(report(summary=measured("http_req_duration")))
    thresholds, checks = page.outcomes
    assert (thresholds.title, thresholds.figure) == ("Thresholds", "1 stopped the run")
    assert thresholds.entries[0].cells == ("http_req_duration  p(95)<300", "310 ms", "failed, aborted the run")
    assert thresholds.remark == "Computed by k6desk from the metrics of the run."
    assert checks.figure == "46 of 1,499 failed"
    assert checks.entries[0].cells == ("http_req_duration › http_req_duration", "46 of 1,490", "failed")
    assert checks.remark == "1 other check passed every time."
    rows = {row.name: row.figures for row in page.metrics.rows}
    assert rows["Response time"] == ("87.1 ms", "5.71 ms", "54 ms", "851 ms", "196 ms", "310 ms")
    assert rows["Requests"] == ("2,980", "18.5/s")
    assert "Blocked" not in rows
    assert "Checks" not in rows


def test_the_page_shows_the_metrics():
    texts = Read(html_of(page_of(report(summary=measured("http_req_duration"))))).texts
    for words in ("Thresholds", "Checks", "Metrics", "p(95)", "Response time", "310 ms", "2,980", "18.5/s"):
        assert words in texts


def test_metrics_that_do_not_fit_are_counted():
    metrics = page_of(report(summary=measured("own", number=40))).metrics
    assert len(metrics.rows) == MOST_METRICS
    assert metrics.remark == "24 more metrics not shown here."


def test_a_secret_in_a_name_is_masked():
    canary = "glsa_CanaryCanaryCanaryCanaryCanary0_deadbeef"
    assert canary.encode() not in html_of(page_of(report(summary=measured(f"send {canary}"))))


def test_a_run_that_has_not_ended_is_told_as_of_then():
    live = run(status="running", result=None, ended_at=None)
    page = page_of(report(live, detail=detail(live, status_history=(StatusEntry("running", AT),))))
    facts = dict(page.facts)
    assert facts["Ended"] == "Not yet"
    assert facts["Duration"] == "6 min 40 s so far"
    assert facts["VUH"] == "6.75 (estimate)"
    assert page.timeline.segments[0].figure == "6 min 40 s so far"
    assert page.timeline.ends[1].endswith("(not ended)")


def test_what_is_not_known_is_said_in_a_sentence():
    bare = page_of(report(run(cost=None, note=""), detail=None, nodes=None, as_of=None))
    assert not bare.outcomes
    for words in (bare.timeline.remark, bare.cost.remark, bare.zones_remark, bare.metrics.remark):
        assert words.endswith(".")
    assert not bare.timeline.segments
    assert not bare.cost.entries
    assert "never loaded" in " ".join(bare.footer)


def test_the_footer_has_the_run_the_time_and_the_age_of_the_data():
    page = page_of(report(gone_at=after(390)))
    first, made, gone = page.footer
    assert first == f"Grafana Cloud k6 · team.grafana.net · run {2**53 + 1}"
    assert made.startswith("Made with k6desk on ")
    assert made.endswith("from what the server said 2 min ago.")
    assert gone.startswith("Found to be deleted at Grafana on ")


@pytest.mark.parametrize("word", ["passed", "error", "a_new_word", None])
def test_the_word_of_the_outcome_is_not_said_twice(word):
    page = page_of(report(run(result=word), detail=None))
    assert page.outcome
    assert not page.why.startswith(f"{page.outcome}:")


# -- HTML --------------------------------------------------------------------------------------------------------------


def test_the_page_has_all_that_the_report_says():
    texts = " ".join(Read(html_of(page_of(report()))).texts)
    for words in ("Checkout", "Shop", "Failed", "First line\nSecond line", "Running", "4 min 50 s", "6.75 VUH billed"):
        assert words in texts
    for words in ("Local run", "US East", "60 %", "2 × m5.large", "team.grafana.net", str(2**53 + 1)):
        assert words in texts


def test_nothing_is_run_or_fetched():
    content = html_of(page_of(report()))
    read = Read(content)
    assert not {"script", "link", "img", "iframe", "object", "form", "svg"} & set(read.tags)
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'") in read.attributes
    loaded = [value for name, value in read.attributes if name in {"src", "srcset", "data", "action"}]
    assert not loaded
    assert not re.search(rb"@import|url\(", content)


def test_hostile_texts_stay_texts():
    of = run(note=HOSTILE, started_by=HOSTILE, status=HOSTILE)
    history = (StatusEntry(HOSTILE, AT, by_user=HOSTILE, message=HOSTILE), StatusEntry("x" * 5000, after(1)))
    cost = Cost(6.75, 10.0, 6.75, 0.0, 32.5, {HOSTILE: 32.5})
    bad = detail(of, status_history=history, cost=cost, distribution=(ZoneShare(HOSTILE, 250.0),))
    hostile = report(of, detail=bad, zone_names={HOSTILE: HOSTILE}, nodes=None, stack=HOSTILE)
    hostile = replace(hostile, summary=measured(HOSTILE))
    usual = Read(html_of(page_of(report(summary=measured("GET /cart")))))
    read = Read(html_of(page_of(replace(hostile, test_name=HOSTILE, project_name=HOSTILE))))
    assert set(read.tags) <= set(usual.tags)
    assert {name for name, _ in read.attributes} <= {name for name, _ in usual.attributes}
    texts = " ".join(read.texts)
    assert "{{ 7 * 7 }}" in texts
    assert "<script>alert(1)</script>" in texts
    assert "\u202e" not in texts
    styles = [value for name, value in read.attributes if name == "style"]
    assert all(re.fullmatch(r"[a-z0-9 :;#.%-]*", value, re.IGNORECASE) for value in styles), styles


# -- PDF ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [QPageSize.PageSizeId.A4, QPageSize.PageSizeId.Letter])
def test_the_pdf_is_one_page_of_the_paper(size):
    content = pdf(report(), size)
    assert content.startswith(b"%PDF-")
    assert pages(content) == 1
    width, height = (float(number) for number in re.search(rb"/MediaBox \[0 0 (\S+) (\S+)\]", content).groups())
    paper = QPageSize(size).size(QPageSize.Unit.Point)
    assert (width, height) == pytest.approx((paper.width(), paper.height()), abs=1)


def test_however_much_there_is_it_stays_one_page():
    history = tuple(StatusEntry("running", after(at), message="why " * 300) for at in range(200))
    shares = tuple(ZoneShare(f"zone-{at}", 1.0) for at in range(100))
    cost = Cost(1.0, 10.0, 1.0, 0.0, 90.0, {f"reduction {at}": 0.5 for at in range(60)})
    of = run(note="A long line of a note. " * 60 + "\n" * 50 + "end")
    full = report(of, detail=detail(of, status_history=history, distribution=shares, cost=cost))
    page = page_of(full)
    assert len(page.timeline.entries) == MOST_ENTRIES
    assert page.cost.entries[-3].cells[0] == "Billed"
    assert page.timeline.remark.startswith("184 more status entries")
    assert len(page.zones) == MOST_ZONES
    assert page.zones_remark.startswith("89 more load zones")
    assert pages(pdf(full)) == 1


def test_the_worst_that_there_can_be_is_not_cut():
    wide = "WM漢" * 500
    history = tuple(StatusEntry(wide, after(at * 86400), message=wide, by_user=wide) for at in range(30))
    nodes = tuple(
        ZoneNodes(f"{at}{wide}", 2.0, tuple(Node(f"{size}{wide}", "192.0.2.1") for size in range(20)))
        for at in range(30)
    )
    of = run(note="\n".join([wide] * 30), started_by=wide)
    cost = Cost(1.0, 10.0, 1.0, 0.0, 90.0, {f"{at}{wide}": 0.5 for at in range(30)})
    full = report(of, detail=detail(of, status_history=history, cost=cost), nodes=nodes, zone_names={}, stack=wide)
    device = QPdfWriter(QBuffer())
    device.setResolution(RESOLUTION)
    letter = QPageSize(QPageSize.PageSizeId.Letter).size(QPageSize.Unit.Point)
    room = QRectF(MARGIN_PT, MARGIN_PT, letter.width() - 2 * MARGIN_PT, letter.height() - 2 * MARGIN_PT)
    page = page_of(replace(full, test_name=wide, project_name=wide, gone_at=AT, summary=measured(wide, number=30)))
    assert _Sheet(device, theme.font("body"), room, SMALLEST).lay_out(page) <= room.height()


@pytest.mark.parametrize("of", [run(cost=None), run(status="running", result=None, ended_at=None), run(note=HOSTILE)])
def test_any_run_can_be_a_pdf(of):
    assert pages(pdf(report(of, detail=None, nodes=None, as_of=None))) == 1
