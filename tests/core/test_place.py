"""Places, as `--show` takes them."""

from __future__ import annotations

import pytest

from k6desk.core.place import LISTS, Place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("run:1234/cost", Place("run", 1234, "cost")),
        ("run:1234", Place("run", 1234)),
        ("test:12", Place("test", 12)),
        ("project:9223372036854775807", Place("project", 2**63 - 1)),
        *((name, Place(name)) for name in LISTS),
    ],
)
def test_a_place_is_read_as_it_is_written(text, place):
    assert Place.parse(text) == place
    assert str(place) == text


def test_blanks_and_capitals_do_not_matter():
    assert Place.parse(" Run:7/Cost\n") == Place("run", 7, "cost")


@pytest.mark.parametrize(
    "text",
    [
        *("", "run", "run:", "run:0", "run:-1", "run:x", "run:1/", "run:1/a/b", "run:" + "9" * 30, f"run:{2**63}"),
        *("run:١٢", "test:1/cost", "running:3", "nowhere", "root:1"),
    ],
)
def test_anything_else_is_refused_with_the_forms_there_are(text):
    with pytest.raises(ValueError, match="run:1234"):
        Place.parse(text)
