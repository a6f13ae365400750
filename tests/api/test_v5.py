"""The metrics of runs: what is asked of API v5 with either kind of token, and what comes of the answers."""

from __future__ import annotations

import asyncio
import json
import threading
from array import array
from datetime import UTC, datetime

import pytest

from k6desk.api.errors import (
    BadAnswer,
    Forbidden,
    NotFound,
    NotOffered,
    Redirected,
    Refused,
    SignedOut,
    TryLater,
    Unreachable,
)
from k6desk.api.metrics import Answer, Matcher, Metric, Query, Series, ThresholdVerdict, quantile
from k6desk.api.wire import metrics
from tests.api.faultserver import Reply

RUN, TEST = "/cloud/v5/test_runs/7", "/cloud/v5/load_tests/3"
P95 = Query("http_req_duration", quantile(0.95))
P95_TEXT = "query='histogram_quantile(0.95)',metric='http_req_duration'"
BY_NAME = Query("http_reqs", "rate", by=("name", "status"), matchers=(Matcher("status", "0", "!="),))
BY_NAME_TEXT = "query='rate%20by%20(name,status)',metric='http_reqs%7Bstatus%21=%220%22%7D'"
START, END = datetime(2026, 4, 6, 19, tzinfo=UTC), datetime(2026, 4, 6, 20, tzinfo=UTC)
SPAN = "start=2026-04-06T19:00:00Z,end=2026-04-06T20:00:00Z"

SAMPLES = {"data": {"result": [{"metric": {"__name__": "m", "name": "a"}, "values": [[10, 1], [15, "2.5"]]}]}}
READ = Answer((Series({"name": "a"}, array("d", [10, 15]).tobytes(), array("d", [1, 2.5]).tobytes()),))
LISTED = {"value": [{"name": "vus", "type": "gauge", "origin": "builtin"}]}
VUS = (Metric("vus", "gauge"),)
NO_DATA = {"data": {"result": []}}

ASKED = {
    f"{RUN}/metrics": (lambda c: c.metrics(7), LISTED, VUS),
    f"{TEST}/metrics(test_run_count=5)": (lambda c: c.test_metrics(3, 5), LISTED, VUS),
    f"{RUN}/series?match[]=vus": (lambda c: c.series(7, "vus"), {"data": [{"a": "b"}]}, ({"a": "b"},)),
    f"{RUN}/labels": (lambda c: c.metric_labels(7), {"data": ["name"]}, ("name",)),
    f"{RUN}/labels?match[]=vus": (lambda c: c.metric_labels(7, "vus"), {"data": []}, ()),
    f"{RUN}/label/my%20tag/values": (lambda c: c.label_values(7, "my tag"), {"data": ["x"]}, ("x",)),
    f"{RUN}/label/a/values?match[]=vus": (lambda c: c.label_values(7, "a", "vus"), {"data": None}, ()),
    f"{RUN}/query_range_k6({P95_TEXT},step=5)": (lambda c: c.curve(7, P95, 5), SAMPLES, READ),
    f"{RUN}/query_range_k6({BY_NAME_TEXT},step=60,{SPAN})": (
        lambda c: c.curve(7, BY_NAME, 60, START, END),
        NO_DATA,
        Answer(),
    ),
    f"{RUN}/query_aggregate_k6({P95_TEXT})": (lambda c: c.total(7, P95), SAMPLES, READ),
    f"{TEST}/query_aggregate_k6({P95_TEXT},test_run_ids=%5B9,8%5D)": (
        lambda c: c.totals_of_runs(3, P95, [9, 8, 9]),
        SAMPLES,
        READ,
    ),
    f"{TEST}/query_aggregate_k6({P95_TEXT},test_run_count=10)": (lambda c: c.newest_totals(3, P95, 10), SAMPLES, READ),
}

QUESTIONS = pytest.mark.parametrize(
    "ask",
    [
        lambda c: c.curve(7, Query("a', x='", "rate"), 5),
        lambda c: c.total(7, Query("a", "rate", matchers=(Matcher("b", "\ud800"),))),
        lambda c: c.totals_of_runs(3, Query("a", "rate", by=("b)",)), [1]),
        lambda c: c.newest_totals(3, Query("a", "rate", matchers=(Matcher("b", "x" * 70_000),)), 10),
        lambda c: c.label_values(7, ".."),
        lambda c: c.series(7, "\ud800"),
    ],
)


@pytest.fixture(params=["cloud", "legacy"])
def either(request):
    """A client with a token of either kind."""
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("target", ASKED)
async def test_a_question_is_asked_as_documented_and_its_answer_read(either, target):
    ask, answer, read = ASKED[target]
    client = await either(Reply(answer))
    assert await ask(client) == read
    (request,) = client.server.requests
    assert (request.method, request.target) == ("GET", target)


@QUESTIONS
async def test_what_cannot_be_asked_is_refused_and_nothing_sent(cloud, ask):
    client = await cloud()
    with pytest.raises(Refused):
        await ask(client)
    assert client.server.requests == []


async def test_of_no_runs_nothing_is_asked(cloud):
    client = await cloud()
    assert await client.totals_of_runs(3, P95, []) == Answer()
    assert client.server.requests == []


async def test_a_method_of_another_type_is_a_refusal_in_the_servers_words(cloud):
    client = await cloud(Reply({"error": {"message": "rate is no method of a gauge", "code": "error"}}, 400))
    with pytest.raises(Refused, match="“rate is no method of a gauge”"):
        await client.total(7, Query("vus", "rate"))
    client.server.script = Reply({}, 404)
    with pytest.raises(NotFound):
        await client.total(7, P95)


async def test_50_000_series_are_read_while_the_event_loop_goes_on(cloud, monkeypatch):
    rows = [{"metric": {"name": f"https://shop.example.com/{n}"}, "values": [[5, n]]} for n in range(50_000)]
    client = await cloud(Reply(json.dumps({"data": {"result": rows}})))
    threads = []
    read_answer = metrics.answer
    monkeypatch.setattr(metrics, "answer", lambda body: threads.append(threading.get_ident()) or read_answer(body))
    answer = await client.total(7, Query("http_reqs", "rate", by=("name",)))
    assert (len(answer.series), answer.left_out) == (metrics.MOST_SERIES, 50_000 - metrics.MOST_SERIES)
    assert threading.get_ident() not in threads
    client.server.script = Reply(SAMPLES)
    assert await client.total(7, P95) == READ
    assert threads[-1] == threading.get_ident()  # a thread costs more than it saves


async def test_a_large_answer_that_is_none_is_a_bad_answer(cloud):
    client = await cloud(Reply(b'{"data":' + b" " * 200_000))
    with pytest.raises(BadAnswer):
        await client.total(7, P95)


# -- verdicts on thresholds --------------------------------------------------------------------------------------------

CROSSED = {"id": 1, "name": "http_req_duration", "stat": "p(95)<300", "value": 300, "calculated_value": "310.5"}
API_404 = Reply({"error": {"message": "Test run does not exist", "code": 4}}, 404)
GONE = {
    "404 of a server": Reply("<html>Not found</html>", 404, content_type="text/html"),
    "404 without a word": Reply(b"", 404),
    "405": Reply({"error": {"message": "Method not allowed", "code": 405}}, 405),
    "410": Reply({"error": {"message": "Removed", "code": 410}}, 410),
    "401": Reply({"error": {"message": "Invalid token", "code": 401}}, 401),
    "web page": Reply("<!doctype html><html></html>", content_type="text/html"),
}


async def test_the_verdicts_of_the_server(either):
    client = await either(Reply({"k6-thresholds": [CROSSED | {"tainted": True}]}))
    assert await client.verdicts(7) == (ThresholdVerdict("http_req_duration", "p(95)<300", 300, 310.5, True),)
    assert client.server.requests[0].target == "/loadtests/v2/thresholds?test_run_id=7"


@pytest.mark.parametrize("reply", GONE.values(), ids=GONE)
async def test_once_the_verdicts_have_gone_nobody_is_asked_again(either, reply):
    client = await either(reply)
    for _ in range(2):
        with pytest.raises(NotOffered, match=r"^The server does not tell .*; k6desk computes .*\.$"):
            await client.verdicts(7)
    assert len(client.server.requests) == 1


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (API_404, NotFound),
        (Reply({}, 403), Forbidden),
        (Reply({}, 503), TryLater),
        (Reply(b"{", 200), BadAnswer),
        (Reply(b"", 302, {"Location": "https://login.example.com/"}), Redirected),
        (Reply(reset=True), Unreachable),
    ],
)
async def test_another_error_says_nothing_of_the_next_time(cloud, reply, error):
    client = await cloud(reply)
    with pytest.raises(error):
        await client.verdicts(7)
    client.server.script = Reply({"k6-thresholds": []})
    assert await client.verdicts(7) == ()


async def test_a_token_that_is_refused_elsewhere_still_signs_out(cloud):
    client = await cloud(Reply({}, 401))
    with pytest.raises(SignedOut):
        await client.metrics(7)


async def test_questions_at_once_are_answered_each_for_itself(cloud):
    def script(request):
        run = int(request.path.split("/")[4])
        return Reply({"data": {"result": [{"metric": {"run": str(run)}, "values": [[1, run]]}]}})

    client = await cloud(script)
    answers = await asyncio.gather(*(client.total(run, P95) for run in range(20)))
    assert [answer.series[0].labels["run"] for answer in answers] == [str(run) for run in range(20)]
