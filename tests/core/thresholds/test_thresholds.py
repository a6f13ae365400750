from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k6desk.api.metrics import Matcher, Metric, Query, ThresholdVerdict
from k6desk.api.wire.runs import run_detail
from k6desk.core.metrics.asked import Asked
from k6desk.core.thresholds.thresholds import asks, thresholds_of, verdicts
from tests.measured import total

RECORDED = Path(__file__).parents[4] / "shared" / "data" / "k6-recording-checkout-ramp.summary.json"
METRICS = (
    Metric("http_req_duration", "trend"),
    Metric("http_reqs", "counter"),
    Metric("http_req_failed", "rate"),
    Metric("checks", "rate"),
    Metric("vus", "gauge"),
    Metric("stock", "gauge", is_builtin=False),
)
METHODS = {
    "trend": {
        "avg": "histogram_avg",
        "min": "histogram_min",
        "med": "histogram_quantile(0.5)",
        "max": "histogram_max",
        "p(95)": "histogram_quantile(0.95)",
        "p(99.9)": "histogram_quantile(0.999)",
        "p(0)": "histogram_quantile(0)",
        "p(100)": "histogram_quantile(1)",
    },
    "counter": {"count": "increase", "rate": "rate"},
    "gauge": {"value": "last"},
    "rate": {"rate": "ratio"},
}


def only(expression, metric="http_req_duration"):
    (threshold,) = thresholds_of({"thresholds": {metric: expression}})
    return threshold


def verdict(expression, value, metric="http_req_duration", served=(), detail=None):
    """The verdict of one threshold on a metric that has this value, None for no samples."""
    threshold = only(expression, metric)
    known = dict.fromkeys(asks([threshold], METRICS), total(value))
    return verdicts([threshold], METRICS, known.get, served, detail)[0]


def aborted(message: str, code: int | None = 99, by_user: str | None = None, status: str = "aborted"):
    entry = {"type": "aborted", "entered": "2026-01-01T10:00:00Z"}
    return run_detail(
        json.dumps(
            {
                "id": 1,
                "test_id": 2,
                "project_id": 3,
                "status": status,
                "result": "failed",
                "created": "2026-01-01T09:00:00Z",
                "status_history": [entry | {"extra": {"by_user": by_user, "code": code, "message": message}}],
            }
        ).encode()
    )


# -- the language ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spaced", ["p(95)<300", " p(95) <300", "p(95)<\t300 ", "  p(95)  <  300.0  "])
def test_spaces_mean_nothing_around_the_operator(spaced):
    threshold = only([spaced])
    assert (threshold.aggregate, threshold.share, threshold.operator, threshold.limit) == ("p", 0.95, "<", 300)
    assert threshold.source == spaced
    assert not threshold.problem


@pytest.mark.parametrize(
    ("written", "limit"),
    [("300", 300), ("0.05", 0.05), (".5", 0.5), ("5.", 5), ("1e3", 1000), ("-2", -2), ("0x1p4", 16)],
)
def test_limits_are_numbers_as_go_reads_them(written, limit):
    assert only(f"avg<={written}").limit == limit


@pytest.mark.parametrize(
    "written",
    [
        "",
        "p(95)",
        "<300",
        "p(95)<",
        "p(95)=300",
        "p(95)=>300",
        "p( 95 )<300",
        "p(101)<300",
        "p(-1)<300",
        "p(nan)<300",
        "p()<300",
        "p<300",
        "P(95)<300",
        "mean<300",
        "avg<300ms",
        "avg<1_000",
        "avg<1e999",
        "avg<٣٠٠",
        "avg<300 && max<500",
        "avg<nan",
        "avg<+Inf",
    ],
)
def test_what_k6_refuses_or_nobody_can_compare_has_a_problem_in_one_sentence(written):
    threshold = only(written)
    assert threshold.problem.endswith(".")
    assert threshold.problem.count(". ") == 0
    assert threshold.source == written
    assert threshold.query("trend") is None
    said = verdicts([threshold], METRICS, {}.get, (), None)[0]
    assert (said.state, said.remark) == ("unknown", threshold.problem)


OPERATORS = ("<", "<=", ">", ">=", "==", "===", "!=")
SPACE = st.text(" \t", max_size=3)
LABELS = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True)
VALUES = st.text(st.characters(exclude_characters=",{}\"'", exclude_categories=("Z", "C")), min_size=1, max_size=8)


@given(
    aggregate=st.sampled_from(["avg", "min", "med", "max", "count", "rate", "value"])
    | st.floats(0, 100).map(lambda percent: f"p({percent!r})"),
    operator=st.sampled_from(OPERATORS),
    limit=st.floats(allow_nan=False, allow_infinity=False),
    spaces=st.tuples(SPACE, SPACE, SPACE, SPACE),
    tags=st.dictionaries(LABELS, VALUES, max_size=3),
    quote=st.sampled_from(["", '"', "'"]),
)
def test_every_threshold_that_can_be_written_is_read(aggregate, operator, limit, spaces, tags, quote):
    before, left, right, after = spaces
    written = ",".join(f" {quote}{name}{quote} :{quote}{value}{quote}" for name, value in tags.items())
    key = f"http_req_duration{{{written}}}" if tags else "http_req_duration"
    threshold = only(f"{before}{aggregate}{left}{operator}{right}{limit!r}{after}", key)
    assert not threshold.problem
    assert threshold.metric == "http_req_duration"
    assert threshold.matchers == tuple(Matcher(name, value) for name, value in tags.items())
    assert (threshold.operator, threshold.limit) == (operator, limit)
    assert threshold.aggregate == ("p" if aggregate.startswith("p(") else aggregate)
    assert 0 <= threshold.share <= 1
    met = {"<", "<=", "!="} if limit > 0 else {">", ">=", "!="} if limit < 0 else {"<=", ">=", "==", "==="}
    assert threshold.is_met(0) == (operator in met)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)


@given(JSON)
def test_nonsense_never_raises(found):
    for options in (found, {"thresholds": found}, {"thresholds": {"http_req_duration": found}}):
        thresholds = thresholds_of(options)
        for said in verdicts(thresholds, METRICS, {}.get, (), None):
            assert said.state in {"unknown", "no samples"}


def test_thresholds_come_as_strings_objects_lists_and_nothing():
    options = {
        "thresholds": {
            "http_reqs": "count>100",
            "checks": None,
            "http_req_failed": [
                "rate<0.1",
                None,
                {"threshold": "rate<0.2", "abortOnFail": True, "delayAbortEval": "1m30s"},
            ],
            "vus": {"threshold": "value<50", "abortOnFail": False, "delayAbortEval": 500},
            "stock": [7],
        }
    }
    found = thresholds_of(options)
    assert [(each.metric, each.source) for each in found] == [
        ("http_reqs", "count>100"),
        ("http_req_failed", "rate<0.1"),
        ("http_req_failed", "rate<0.2"),
        ("vus", "value<50"),
        ("stock", "7"),
    ]
    assert [(each.abort_on_fail, each.delay_s) for each in found[1:4]] == [(False, None), (True, 90), (False, 0.5)]
    assert found[4].problem
    assert thresholds_of(None) == ()


def test_tags_select_samples():
    threshold = only("p(95)<300", "http_req_duration{ name:'GET /cart', group:::browse,status:200}")
    matchers = (Matcher("name", "GET /cart"), Matcher("group", "::browse"), Matcher("status", "200"))
    assert threshold.query("trend") == Query("http_req_duration", "histogram_quantile(0.95)", matchers=matchers)
    assert threshold.subject == "http_req_duration{name:GET /cart,group:::browse,status:200}"


@pytest.mark.parametrize("key", ["a{b:c", "a}b:c{", "a{b:c}d", "a{}", "a{b}", "a{b:}", "a{b:c,}", "a{my-tag:1}"])
def test_tags_that_cannot_be_told_are_a_problem_and_the_key_stays(key):
    threshold = only("avg<1", key)
    assert threshold.metric == threshold.subject == key
    assert threshold.problem


# -- what is asked -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("metric_type", METHODS)
def test_each_aggregate_is_asked_for_by_the_method_of_its_type(metric_type):
    of_type = METHODS[metric_type]
    for aggregate in {name for methods in METHODS.values() for name in methods}:
        query = only(f"{aggregate}<1", "stock").query(metric_type)
        assert (query.method if query else None) == of_type.get(aggregate)


def test_virtual_users_of_all_load_generators_are_added_up():
    assert only("value<50", "vus").query("gauge").expression == "sum(last by (instance_id))"


def test_what_two_thresholds_need_is_asked_once_and_only_of_metrics_that_are_there():
    options = {"thresholds": {"checks": ["rate>0.9", "rate>0.5"], "http_req_duration": ["count<5"], "gone": ["rate<1"]}}
    assert asks(thresholds_of(options), METRICS) == (Asked(Query("checks", "ratio")),)


# -- verdicts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("metric", "expression", "value", "state", "margin", "share"),
    [
        ("http_req_duration", "p(95)<300", 310, "failed", -10, -10 / 300),
        ("http_req_duration", "p(95)<300", 300, "failed", 0, 0),
        ("http_req_duration", "p(95)<=300", 300, "passed", 0, 0),
        ("http_req_duration", "p(95)<300", 240, "passed", 60, 0.2),
        ("http_reqs", "rate>10", 8, "failed", -2, -0.2),
        ("checks", "rate>0.95", 0.98, "passed", 0.03, 0.6),
        ("checks", "rate>=0.95", 0.9, "failed", -0.05, -1),
        ("http_req_failed", "rate<0.05", 0.04, "passed", 0.01, 0.2),
        ("http_reqs", "count==3", 3, "passed", 0, None),
        ("http_reqs", "count===3", 5, "failed", -2, None),
        ("http_reqs", "count!=3", 5, "passed", 2, None),
        ("http_req_failed", "rate<=0", 0.5, "failed", -0.5, None),
    ],
)
def test_a_value_is_compared_with_the_limit(metric, expression, value, state, margin, share):
    said = verdict(expression, value, metric)
    assert (said.state, said.value, said.is_computed) == (state, value, True)
    assert said.margin == pytest.approx(margin)
    assert said.margin_share == (share if share is None else pytest.approx(share))


def test_a_threshold_that_passes_only_just_is_near_to_failing():
    assert verdict("p(95)<300", 290).is_near
    assert not verdict("p(95)<300", 260).is_near
    assert not verdict("p(95)<300", 310).is_near
    assert not verdict("rate>0.95", 0.98, "checks").is_near
    assert verdict("rate>0.95", 0.9501, "checks").is_near


def test_values_are_said_in_the_unit_of_the_metric():
    assert verdict("p(95)<300", 310.27).words(310.27) == "310 ms"
    assert verdict("rate>5", 9.27, "http_reqs").words(9.27) == "9.27/s"
    assert verdict("rate>0.95", 0.9814, "checks").words(0.9814) == "98.1 %"


def test_without_samples_a_threshold_passes_and_that_is_said():
    assert verdict("p(95)<300", None).state == "no samples"
    assert verdict("p(95)<300", 1, "never_used").state == "no samples"
    assert verdict("p(95)<300", float("nan")).state == "no samples"


def test_it_is_said_why_nothing_is_known():
    threshold = only("p(95)<300")
    assert "metrics" in verdicts([threshold], None, {}.get, (), None)[0].remark
    assert "value" in verdicts([threshold], METRICS, {}.get, (), None)[0].remark
    wrong = verdict("count<3", 1)
    assert (wrong.state, wrong.remark) == ("unknown", "The metric is a trend, and there is no “count” of that.")


@pytest.mark.parametrize("stat", ["p(95)<300", " p(95) < 300.0", "p(95)"])
def test_the_word_of_the_server_goes_before_our_own(stat):
    served = (
        ThresholdVerdict("http_req_duration", "p(95)<200", 200, 299.0, tainted=True),
        ThresholdVerdict("http_req_duration{a:b}", stat, 300, 1.0, tainted=True),
        ThresholdVerdict("http_req_duration", stat, 300, 299.5, tainted=False),
    )
    said = verdict("p(95)<300", 301, served=served)
    assert (said.state, said.value, said.is_computed) == ("passed", 299.5, False)
    assert said.remark == "Grafana Cloud k6 says “passed”, and that is shown here; k6desk finds “failed” with 301 ms."
    assert not verdict("p(95)<300", 298, served=served).remark


def test_while_a_run_goes_on_the_newer_value_is_our_own():
    served = [ThresholdVerdict("http_req_duration", "p(95)<300", 300, 128.0, tainted=False)]
    live = aborted("", status="running")
    said = verdict("p(95)<300", 312, served=served, detail=live)
    assert (said.state, said.value, said.is_computed, said.remark) == ("failed", 312, True, "")
    of_server = verdicts([only("p(95)<300")], METRICS, {}.get, served, live)[0]
    assert (of_server.state, of_server.value, of_server.is_computed) == ("passed", 128, False)


def test_a_verdict_of_the_server_needs_no_value():
    said = verdict(
        "avg<+Inf", None, served=[ThresholdVerdict("http_req_duration", "avg<+Inf", None, None, tainted=True)]
    )
    assert (said.state, said.is_computed, said.margin) == ("failed", False, None)


def test_what_the_server_finds_good_has_samples_though_nobody_knows_the_value():
    served = [ThresholdVerdict("http_req_duration", "p(95)<300", 300, None, tainted=False)]
    unknown = verdicts([only("p(95)<300")], METRICS, {}.get, served, None)[0]
    assert (unknown.state, unknown.value, unknown.is_computed) == ("passed", None, False)
    assert verdict("p(95)<300", None, served=served).state == "no samples"


def test_tags_of_the_server_may_come_in_another_order():
    served = [ThresholdVerdict("http_req_duration{b:2,a:1}", "avg<5", 5, 9.0, tainted=True)]
    assert verdict("avg<5", 1, "http_req_duration{a:1,b:2}", served).state == "failed"


# -- which threshold stopped the run -----------------------------------------------------------------------------------


def stopped(detail, **expressions):
    options = {
        "thresholds": {
            metric: [{"threshold": source, "abortOnFail": True} for source in sources]
            for metric, sources in expressions.items()
        }
    }
    found = verdicts(thresholds_of(options), METRICS, {}.get, (), detail)
    assert all(each.state == "failed" for each in found if each.aborted)
    return [each.threshold.source for each in found if each.aborted]


def test_the_threshold_that_stopped_a_run_is_named_by_the_server():
    message = "Thresholds on metric 'checks' have been crossed: rate>0.9. abortOnFail stopped the test."
    thresholds = {"http_req_duration": ["avg<5"], "checks": ["rate>0.9", "rate>0.5"]}
    assert stopped(aborted(message), **thresholds) == ["rate>0.9"]
    assert stopped(aborted("thresholds on metrics 'checks' were crossed", None), **thresholds) == [
        "rate>0.9",
        "rate>0.5",
    ]
    assert stopped(aborted("", 8), **thresholds) == []
    assert stopped(aborted("", 8), checks=["rate>0.9"]) == ["rate>0.9"]


def test_nobody_says_that_a_threshold_stopped_a_run_that_a_person_stopped():
    assert stopped(aborted("Aborted by user.", 5, "ana@example.com"), checks=["rate>0.9"]) == []
    assert stopped(aborted("Lost contact with the load generators.", 7020), checks=["rate>0.9"]) == []
    assert stopped(None, checks=["rate>0.9"]) == []


def test_the_verdicts_on_the_recorded_run_are_those_of_k6():
    if not RECORDED.exists():
        pytest.skip("the recorded run is not there")
    measured = json.loads(RECORDED.read_bytes())["metrics"]
    options = {
        "thresholds": {name: list(metric["thresholds"]) for name, metric in measured.items() if "thresholds" in metric}
    }
    thresholds = thresholds_of(options)
    values = {
        Query("http_req_duration", "histogram_quantile(0.95)"): measured["http_req_duration"]["p(95)"],
        Query("http_req_failed", "ratio"): measured["http_req_failed"]["value"],
        Query("checks", "ratio"): measured["checks"]["value"],
    }
    known = {Asked(query): total(value) for query, value in values.items()}
    assert set(asks(thresholds, METRICS)) == set(known)
    crossed = {
        each.threshold.metric: each.state == "failed" for each in verdicts(thresholds, METRICS, known.get, (), None)
    }
    assert crossed == {name: next(iter(measured[name]["thresholds"].values())) for name in crossed}
    assert crossed == {"http_req_duration": True, "http_req_failed": False, "checks": False}
