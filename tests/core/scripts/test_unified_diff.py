"""What is copied for other programs is what `patch` understands."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k6desk.core.scripts.comparison import compare_texts
from k6desk.core.scripts.unified_diff import unified_diff

LINES = st.sampled_from(["", "}", "  a();", "  b(1);", "const url = one;", "const url = two;"])
TEXT = st.lists(LINES, max_size=40).map("\n".join)


@pytest.mark.skipif(shutil.which("patch") is None, reason="there is no patch program")
@settings(max_examples=30)
@given(TEXT, TEXT)
def test_patch_understands_the_unified_diff(tmp_path_factory, old, new):
    old, new = (text + "\n" if text else "" for text in (old, new))
    diff = unified_diff(compare_texts(old, new), "a.js", "b.js")
    file = tmp_path_factory.mktemp("patch") / "a.js"
    file.write_text(old)
    if diff:
        subprocess.run(["patch", "-s", str(file)], input=diff, text=True, check=True)
    assert (file.read_text() if file.exists() else "") == new


def test_nothing_different_is_no_unified_diff():
    assert unified_diff(compare_texts("a\nb", "a\nb\n"), "a", "b") == ""
