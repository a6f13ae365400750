"""Links as they are pasted, clicked and written."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from k6desk.api.stack import web_link
from k6desk.core.links import LONGEST, Link, PublicLink, is_link, parse_link
from k6desk.core.place import Place

STACK = "https://myteam.grafana.net"
LARGEST = 2**63 - 1


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("k6desk://run/123", Link(Place("run", 123))),
        ("k6desk://run/123/cost", Link(Place("run", 123, "cost"))),
        ("k6desk://run/123/", Link(Place("run", 123))),
        (" K6DESK://Run/123\n", Link(Place("run", 123))),
        ("k6desk:run/123?stack=myteam", Link(Place("run", 123), STACK)),
        (f"k6desk://test/{LARGEST}", Link(Place("test", LARGEST))),
        ("k6desk://running", Link(Place("running"))),
        ("k6desk://project/3?stack=myteam", Link(Place("project", 3), STACK)),
        (f"k6desk://run/1?from=mail&stack={STACK}/a/k6-app#top", Link(Place("run", 1), STACK)),
        (f"{STACK}/a/k6-app/runs/123", Link(Place("run", 123), STACK)),
        (f"{STACK}/a/k6-app/runs/123?tab=logs&var-x=1#panel", Link(Place("run", 123), STACK)),
        (f"{STACK}/a/k6-app/tests/12/settings", Link(Place("test", 12), STACK)),
        ("http://MyTeam.grafana.net/a/k6-app/projects/3/", Link(Place("project", 3), STACK)),
        ("https://app.k6.io/runs/public/0a1b2c3d-x_Y", PublicLink("0a1b2c3d-x_Y")),
    ],
)
def test_a_link_says_where_and_in_which_stack(text, link):
    assert parse_link(text) == link
    assert parse_link(str(link)) == link


@pytest.mark.parametrize(
    "text",
    [
        "",
        "run:123",
        "k6desk: a search",
        "k6desk://",
        "k6desk://run",
        "k6desk://run/0",
        f"k6desk://run/{LARGEST + 1}",
        "k6desk://run/123/cost/more",
        "k6desk://run/１２３",
        "k6desk://test/12/cost",
        "k6desk://quit",
        "k6desk://run/1?stack=https://me:secret@myteam.grafana.net",
        "k6desk://run/1?stack=" + "&x=1" * 20,
        "k6desk://run/1\x00",
        "k6desk://run/1" + "?" * LONGEST,
        "\u212a6desk://run/1",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://",
        "https://[/a/k6-app/runs/1",
        "https://myteam.grafana.net/a/other-app/runs/1",
        "https://myteam.grafana.net/x/a/k6-app/runs/1",
        "https://user@myteam.grafana.net/a/k6-app/runs/1",
        f"https://myteam.grafana.net/a/k6-app/runs/{LARGEST + 1}",
        "ftp://myteam.grafana.net/a/k6-app/runs/1",
    ],
)
def test_what_leads_nowhere_is_told_in_one_sentence(text):
    with pytest.raises(ValueError, match=r"^[A-Z].*\.$") as refused:
        parse_link(text)
    assert str(refused.value).isprintable()
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("kind", ["runs", "tests", "projects"])
def test_a_copied_link_leads_back(kind):
    link = parse_link(web_link("http://127.0.0.1:8080", kind, LARGEST))
    assert link == Link(Place(kind.removesuffix("s"), LARGEST), "http://127.0.0.1:8080")


PIECES = (
    "k6desk:// k6desk: K6desk: https:// http://127.0.0.1:80 myteam a.b /a/k6-app/runs/ /runs/public/ run test running "
    "cost 7 / ?stack= & # : @ [::1] [ %2F %00 ſ \u212a"
)


@given(st.lists(st.sampled_from(PIECES.split()) | st.text(max_size=3), max_size=12).map("".join) | st.text())
@example("k6desk://run/1?stack=http://[::1%25x]:8080")
def test_any_text_is_a_link_that_can_be_written_again_or_is_refused(text):
    try:
        link = parse_link(text)
    except ValueError:
        return
    assert is_link(text)
    assert parse_link(str(link)) == link
