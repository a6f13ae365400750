"""Files as desktops name them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k6desk.data.file_urls import is_file_url, path_of, url_of

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="paths as Unix has them")


@given(st.binary(min_size=1, max_size=60).filter(lambda name: b"\0" not in name))
def test_every_file_has_a_url_that_leads_back_to_it(name):
    path = Path("/some where", os.fsdecode(name).strip("/"))
    url = url_of(str(path))
    assert is_file_url(url)
    assert url.isascii()
    assert path_of(url) == path


def test_a_file_is_named_from_where_one_is(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert path_of(url_of("two runs.k6run")) == tmp_path / "two runs.k6run"
    assert url_of("file:///a.k6run") == "file:///a.k6run"
    assert path_of("file://localhost/a%20b") == Path("/a b")


@pytest.mark.parametrize("url", ["file://server/share/a.k6run", "file:a.k6run", "file://[/a", "file:///a%00b", "file:"])
def test_what_is_no_file_of_this_computer_is_refused_in_one_sentence(url):
    with pytest.raises(ValueError, match=r"^[A-Z].*\.$"):
        path_of(url)
