import os
import stat
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k6desk.data.files import safe_name, set_aside, write_atomically


def test_a_file_is_replaced_whole(tmp_path):
    path = tmp_path / "new" / "script.js"
    write_atomically(path, b"old")
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(path.parent.iterdir()) == [path]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "script.js"
    write_atomically(path, b"old")
    with pytest.raises(TypeError):
        write_atomically(path, "text is not bytes")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name != "posix", reason="POSIX file modes")
def test_a_file_is_private(tmp_path):
    path = tmp_path / "script.js"
    write_atomically(path, b"x")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@given(st.text())
def test_any_text_makes_one_file_name(text):
    name = safe_name(text, ".js")
    assert name.endswith(".js")
    assert len(name) > len(".js")
    assert PurePosixPath(name).name == name == PureWindowsPath(name).name
    assert not name.startswith(".")
    assert Path("folder", name).parent == Path("folder")


def test_what_is_set_aside_keeps_its_content_and_its_companions(tmp_path):
    path = tmp_path / "cache.db"
    for round_ in ("first", "second"):
        path.write_text(round_)
        path.with_name("cache.db-wal").write_text(f"wal of {round_}")
        aside = set_aside(path, "-wal", "-shm")
        assert aside.read_text() == round_
        assert aside.with_name(f"{aside.name}-wal").read_text() == f"wal of {round_}"
    assert len(list(tmp_path.iterdir())) == 4


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Checkout / peak: 2×", "Checkout peak 2×.js"),
        ("../../etc/passwd", "etc passwd.js"),
        ("con", "con_.js"),
        ("\u202egnp", "gnp.js"),
        ("", "script.js"),
    ],
)
def test_awkward_names(text, name):
    assert safe_name(text, ".js") == name
