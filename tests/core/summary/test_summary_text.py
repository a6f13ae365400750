"""The summary as text, Markdown and JSON: in k6's layout, and with names that stay names."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from PySide6.QtGui import QTextDocument, QTextTable

from k6desk.core.metrics.checks import Check
from k6desk.core.summary.summary import Line, Summary
from k6desk.core.summary.summary_text import as_json, as_markdown, as_text, exported
from k6desk.core.summary.summary_words import figures_of, name_of
from k6desk.core.thresholds.thresholds import Threshold, Verdict, thresholds_of
from tests.core.recording import Recording, k6_summary
from tests.core.summary.test_summary import summed

CANARY = "glsa_CanaryCanaryCanaryCanaryCanary0_deadbeef"
GOLDEN = """\
  █ THRESHOLDS

    http_req_duration
    ✗ 'p(95)<300' p(95)=310.27ms

    http_req_failed{name:GET /cart}
    ✓ 'rate<0.05' no samples

  █ TOTAL RESULTS

    checks_total.......: 4470   27.9375/s
    checks_succeeded...: 98.14% 4387 out of 4470
    checks_failed......: 1.85%  83 out of 4470

    ✓ body is not empty
    ✗ status is 200
      ↳  97% — ✓ 2897 / ✗ 83

    CUSTOM
    basket_size....................: avg=3.25 min=1 med=3 max=12 p(90)=7.5 p(95)=–

    HTTP
    http_req_duration..............: avg=87.07ms min=5.71ms med=54.04ms max=1m2s p(90)=196.26ms p(95)=310.27ms
      { expected_response:true }...: avg=17.3µs  min=0s     med=54.04ms max=1.5s p(90)=196.26ms p(95)=310.27ms
    http_req_failed................: 2.78% 83 out of 2980
    http_reqs......................: 2980  18.625/s

    EXECUTION
    vus............................: 2 min=1 max=30

    NETWORK
    data_received..................: 1.7 MB 11 kB/s
"""


def trend(*values: float) -> dict[str, float]:
    return dict(zip(("avg", "min", "med", "max", "p(90)", "p(95)"), values, strict=False))


def small() -> Summary:
    crossed, met = thresholds_of(
        {"thresholds": {"http_req_duration": ["p(95)<300"], "http_req_failed{ name:GET /cart }": ["rate<0.05"]}}
    )
    return Summary(
        lines=(
            Line("http_req_duration", "trend", "", trend(87.0743, 5.7167, 54.0497, 62_040, 196.2666, 310.2709)),
            Line(
                "http_req_duration",
                "trend",
                "expected_response:true",
                trend(0.0173, 0, 54.0497, 1500, 196.2666, 310.2709),
            ),
            Line("http_req_failed", "rate", "", {"value": 83 / 2980, "passes": 83.0, "fails": 2897.0}),
            Line("http_reqs", "counter", "", {"count": 2980.0, "rate": 18.625}),
            Line("basket_size", "trend", "", trend(3.25, 1, 3, 12, 7.5)),
            Line("vus", "gauge", "", {"value": 2.0, "min": 1.0, "max": 30.0}),
            Line("data_received", "counter", "", {"count": 1_712_630.0, "rate": 10_703.9}),
            Line("checks", "rate", "", {"value": 4387 / 4470, "passes": 4387.0, "fails": 83.0}),
        ),
        verdicts=(
            Verdict(crossed, 310.2709, "failed", unit="ms"),
            Verdict(met, None, "no samples", unit="share"),
        ),
        checks=(Check("body is not empty", "::browse", 1490, 0), Check("status is 200", "::browse", 2897, 83)),
        duration_s=160.0,
    )


# -- as k6 prints it ---------------------------------------------------------------------------------------------------


def test_the_text_has_the_layout_of_k6():
    assert as_text(small()) == GOLDEN


def test_nothing_known_is_still_a_summary():
    assert as_text(Summary()) == "  █ TOTAL RESULTS\n"
    assert as_markdown(Summary()) == "\n"
    assert json.loads(as_json(Summary()))["metrics"] == {}


def test_metrics_without_samples_and_those_to_come_are_told_apart():
    lines = (Line("empty", "trend"), Line("late", "trend", is_known=False))
    text = as_text(Summary(lines=lines))
    assert "empty...: no samples" in text
    assert "late....: –" in text


# -- Markdown ----------------------------------------------------------------------------------------------------------


def first_cells(markdown: str) -> list[tuple[str, bool]]:
    """What stands in the first cells of the rows of a table for one who reads Markdown, and whether it is a link."""
    document = QTextDocument()
    document.setMarkdown(markdown, QTextDocument.MarkdownFeature.MarkdownDialectGitHub)
    (table,) = [each for each in document.rootFrame().childFrames() if isinstance(each, QTextTable)]
    found = []
    for row in range(1, table.rows()):
        cell = table.cellAt(row, 0)
        cursor = cell.firstCursorPosition()
        cursor.setPosition(cell.lastCursorPosition().position(), cursor.MoveMode.KeepAnchor)
        found.append((cursor.selectedText(), cursor.charFormat().isAnchor()))
    return found


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from("ab1 `*_[]()<>|\\~!#-+.&;:/@$\n\u202e"), min_size=1, max_size=24))
def test_names_are_no_markup(name):
    check = Check(f"x{name}x", "", 1, 0)  # white space at the ends does not count
    ((shown, is_link),) = first_cells(as_markdown(Summary(checks=(check,))))
    assert shown.replace(" ", "") == name_of(check.name).replace(" ", "")  # readers of Markdown fold spaces
    assert not is_link


@pytest.mark.parametrize(
    "name", ["https://evil.example/x", "www.evil.example", "a@evil.example", "<img src=x>", "![a](b)"]
)
def test_addresses_and_pictures_are_no_links(name):
    ((shown, is_link),) = first_cells(as_markdown(Summary(checks=(Check(name, "", 1, 0),))))
    assert (shown, is_link) == (name, False)


def test_tables_have_the_figures_of_the_window():
    text = as_markdown(small())
    assert "| ✗ failed | http_req_duration | p(95)\\<300 | 310 ms |" in text
    assert "| Failed requests | 2.79 % | 83 of 2,980 |" in text
    assert "| Response time {expected_response:true} | 17.3 µs | 0 ms |" in text


# -- JSON --------------------------------------------------------------------------------------------------------------


def test_json_has_the_shape_of_an_exported_summary():
    found, truth = json.loads(as_json(summed(Recording()))), k6_summary()
    assert set(found) == set(truth)
    assert set(found["metrics"]) == set(truth["metrics"])
    for name, of_metric in truth["metrics"].items():
        assert set(found["metrics"][name]) == set(of_metric)
        assert found["metrics"][name].get("thresholds") == of_metric.get("thresholds")


def test_json_names_every_threshold_also_those_that_nobody_can_judge():
    verdicts = (
        Verdict(Threshold("gone", source="avg<1"), state="no samples"),
        Verdict(Threshold("odd{", source="avg<1", problem="It cannot be read."), state="unknown"),
    )
    assert exported(Summary(verdicts=verdicts))["metrics"] == {
        "gone": {"thresholds": {"avg<1": False}},
        "odd{": {"thresholds": {"avg<1": None}},
    }


def test_groups_and_checks_have_the_ids_that_k6_gives_them():
    truth = k6_summary()["root_group"]
    checks = [
        Check(each["name"], group["path"], each["passes"], each["fails"])
        for group in truth["groups"].values()
        for each in group["checks"].values()
    ]
    assert json.loads(as_json(Summary(checks=tuple(checks))))["root_group"] == truth


def test_names_that_only_begin_alike_stay_apart_in_json():
    checks = tuple(Check("x" * 500 + str(at), "", 1, 0) for at in range(2))
    assert len(json.loads(as_json(Summary(checks=checks)))["root_group"]["checks"]) == 2


# -- secrets -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [as_text, as_markdown, as_json])
def test_no_secret_is_passed_on(form):
    (threshold,) = thresholds_of({"thresholds": {f"http_reqs{{key:{CANARY}}}": ["count>1"]}})
    summary = replace(
        small(),
        lines=(Line("http_reqs", "counter", f"key:{CANARY}", {"count": 1.0}),),
        verdicts=(Verdict(threshold, 1.0, "failed", unit="count"),),
        checks=(Check(f"sent {CANARY}", f"::{CANARY}", 1, 1),),
    )
    assert CANARY not in form(summary)


def test_long_names_and_lines_do_not_break_the_layout():
    text = as_text(Summary(checks=(Check("a\nb" + "x" * 10_000, "", 1, 0),)))
    assert max(map(len, text.splitlines())) < 200
    assert "‹U+000A›" in text


def test_microseconds_are_worded_as_such():
    assert figures_of(Line("http_req_sending", "trend", "", trend(0.0505, 0, 1.2)))[:3] == ("50.5 µs", "0 ms", "1.2 ms")
