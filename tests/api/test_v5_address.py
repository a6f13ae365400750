"""What is asked of API v5 arrives as it was meant, whatever is in it."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import unquote, urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from k6desk.api.errors import Refused
from k6desk.api.metrics import Matcher, Query, quantile
from k6desk.api.v5_address import call, checked, label, matching

ARGUMENT = re.compile(r"(\w+)=(?:'((?:[^']|'')*)'|([^',]*|\[[\d,]*\]))(?:,|$)")
MATCHER = re.compile(r'([^=!~]+)(=~|!~|!=|=)("(?:[^"\\]|\\.)*")(?:,|$)')

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def arguments_of(address: str) -> dict[str, str]:
    """What a server makes of the parentheses, once they have been through httpx."""
    target = httpx.URL(f"https://api.k6.io{address}").raw_path.decode("ascii")
    path, query = urlsplit(target).path, urlsplit(target).query
    assert not query
    assert path.startswith("/cloud/v5/test_runs/1/query_range_k6(")
    assert "/" not in path.removeprefix("/cloud/v5/test_runs/1/")
    inner = unquote(path, errors="strict").removeprefix("/cloud/v5/test_runs/1/query_range_k6(").removesuffix(")")
    found, at = {}, 0
    while at < len(inner):
        argument = ARGUMENT.match(inner, at)
        assert argument, inner[at:]
        name, quoted, plain = argument.groups()
        assert name not in found
        found[name] = plain if quoted is None else quoted.replace("''", "'")
        at = argument.end()
    return found


def matchers_of(selector: str) -> tuple[str, list[Matcher]]:
    """The metric and the conditions that a selector has."""
    metric, brace, inner = selector.partition("{")
    assert selector.endswith("}") or not brace
    found, at = [], 0
    inner = inner[:-1]
    while at < len(inner):
        matcher = MATCHER.match(inner, at)
        assert matcher, inner[at:]
        found.append(Matcher(matcher[1], json.loads(matcher[3]), matcher[2]))
        at = matcher.end()
    return metric, found


@given(query=texts, metric=texts, step=st.integers(1, 10**6), start=st.datetimes(timezones=st.just(UTC)))
def test_arguments_come_back_as_they_were(query, metric, step, start):
    address = call("/cloud/v5/test_runs/1/query_range_k6", query=query, metric=metric, step=step, start=start, end=None)
    assert arguments_of(address) == {
        "query": query,
        "metric": metric,
        "step": str(step),
        "start": start.replace(microsecond=0).isoformat().replace("+00:00", "Z"),
    }


@given(
    st.builds(
        Query,
        metric=st.sampled_from(["http_reqs", "my metric (old)/ü"]),
        method=st.sampled_from(["rate", "max_rate(s)", quantile(0.95), quantile(1e-7), "histogram_avg"]),
        by=st.tuples(st.sampled_from(["name", "my-tag"])),
        matchers=st.lists(
            st.builds(Matcher, st.sampled_from(["name", "url"]), texts, st.sampled_from(["=", "!=", "=~", "!~"])),
            max_size=3,
        ).map(tuple),
    )
)
def test_no_value_of_a_label_breaks_out_of_its_condition(query):
    checked(query)
    found = arguments_of(
        call("/cloud/v5/test_runs/1/query_range_k6", query=query.expression, metric=query.selector, step=5)
    )
    assert found["query"] == query.expression
    assert matchers_of(found["metric"]) == (query.metric, list(query.matchers))


def test_the_written_form_is_the_documented_one():
    starts = datetime(2026, 4, 6, 21, tzinfo=timezone(timedelta(hours=2)))
    address = call("/x/query_range_k6", query="rate by (a,b)", metric='m{s!="0"}', step=5, start=starts)
    assert (
        address
        == "/x/query_range_k6(query='rate%20by%20(a,b)',metric='m%7Bs%21=%220%22%7D',step=5,start=2026-04-06T19:00:00Z)"
    )
    assert call("/x", test_run_ids=[1, 2**62]) == f"/x(test_run_ids=%5B1,{2**62}%5D)"
    assert call("/x", metric="it's") == "/x(metric='it%27%27s')"
    assert matching("/x/series", 'm{a="b&c"}') == "/x/series?match[]=m%7Ba=%22b%26c%22%7D"
    assert matching("/x/labels", "") == "/x/labels"


@given(st.text(max_size=40))
def test_no_name_breaks_out_of_its_place(name):
    try:
        step = label(name)
    except Refused:
        return
    target = httpx.URL(f"https://api.k6.io/a/label/{step}/values").raw_path.decode("ascii")
    assert target.split("/")[1:-1] == ["a", "label", step]
    assert unquote(step) == name


@pytest.mark.parametrize(
    "query",
    [
        Query('a{b="c"}', "rate"),
        Query("a',step=1,x='", "rate"),
        Query('a"', "rate"),
        Query("", "rate"),
        Query("a\n", "rate"),
        Query("a\ud800", "rate"),
        Query("a" * 129, "rate"),
        Query("a", "rate) or sum(rate"),
        Query("a", "rate by (x)"),
        Query("a", "rate", by=("a,b",)),
        Query("a", "rate", by=("a)",)),
        Query("a", "rate", fold="sum", fold_by=("",)),
        Query("a", "rate", matchers=(Matcher('a="",b', "x"),)),
    ],
    ids=repr,
)
def test_a_name_that_would_make_another_query_is_refused(query):
    with pytest.raises(Refused, match=r"^“.*” is no name that a (metric|label|method) can have.*\.$") as refused:
        checked(query)
    assert refused.value.status == 400
    str(refused.value).encode()


@pytest.mark.parametrize("name", ["", ".", "..", "...", "a\n", "\ud800", "a?b", "a'b"])
def test_a_step_of_a_path_is_never_a_step_up(name):
    with pytest.raises(Refused):
        label(name)


def test_a_text_that_cannot_be_sent_is_refused_with_a_sentence():
    for ask in (lambda: call("/x", metric="a\ud800b"), lambda: matching("/x", "a\ud800b")):
        with pytest.raises(Refused, match=r"^“a.b” has a character that cannot be sent") as refused:
            ask()
        str(refused.value).encode()


def test_a_value_of_10_kb_is_sent_and_an_endless_one_is_not():
    long = call("/cloud/v5/test_runs/1/query_range_k6", metric=str(Matcher("url", "ש" * 5_000)))
    assert arguments_of(long)["metric"].count("ש") == 5_000
    with pytest.raises(Refused, match="longer than a server takes") as refused:
        call("/x", metric="ש" * 15_000)
    assert refused.value.status == 414
