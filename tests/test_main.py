"""The command line, as a shell sees it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from k6desk import __main__ as program
from k6desk import __version__
from k6desk.__main__ import parser
from k6desk.data.bundle_writer import bundle_bytes
from k6desk.data.library import Library
from tests.core.test_imported import bundle_of, one_run

ROOT = Path(__file__).parents[1]
UNTIL_THE_FIRST_PICTURE = """
import os, sys, types
from k6desk.__main__ import load, parser
run = load()
from PySide6 import QtWidgets

class Live:
    def __init__(self, *_):
        print(*vars(QtWidgets), flush=True)
        os._exit(0)

sys.modules["k6desk.program.live"] = live = types.ModuleType("live")
live.Live = Live
run(parser().parse_args(sys.argv[1:]))
"""


def python(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"} | environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_version_is_told_without_qt():
    told = python("-X", "importtime", "-m", "k6desk", "--version")
    assert told.stdout.strip() == f"k6desk {__version__}"
    assert "PySide6" not in told.stderr


def test_the_first_picture_needs_no_network_keyring_or_event_loop():
    loaded = python("-c", "import k6desk.program.app, sys; print(*sys.modules)").stdout.split()
    assert "k6desk.ui.main_window" in loaded
    late = (
        "asyncio",
        "httpx",
        "keyring",
        "pygments",
        "qasync",
        "truststore",
        "tarfile",
        "PySide6.QtNetwork",
        "k6desk.data.bundle_reader",
        "k6desk.ui.detail.detail_view",
    )
    assert [name for name in late if name in loaded] == []


@pytest.mark.parametrize(("text", "size"), [("1280x800", (1280, 800)), ("3840x2160", (3840, 2160))])
def test_a_size_is_two_numbers(text, size):
    assert parser().parse_args(["--size", text]).size == size


@pytest.mark.parametrize("arguments", [["--size", "big"], ["--theme", "purple"], ["--unheard-of"]])
def test_a_wrong_option_says_what_is_right(arguments, capsys):
    with pytest.raises(SystemExit):
        parser().parse_args(arguments)
    assert "usage:" in capsys.readouterr().err


def test_a_place_that_is_none_is_refused_before_a_window_opens(tmp_path):
    refused = python("-m", "k6desk", f"--profile={tmp_path}", "--show", "nowhere")
    assert refused.returncode == 2
    assert "There is no such place" in refused.stderr


def test_a_first_start_shows_how_to_begin(tmp_path):
    picture = tmp_path / "window.png"
    shown = python("-m", "k6desk", f"--profile={tmp_path / 'profile'}", f"--screenshot={picture}", "--size=900x600")
    assert shown.returncode == 0, shown.stderr
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_a_start_that_nobody_looks_at_has_a_window_all_the_same(tmp_path):
    picture = tmp_path / "window.png"
    shown = python("-m", "k6desk", "--minimized", f"--profile={tmp_path / 'profile'}", f"--screenshot={picture}")
    assert shown.returncode == 0, shown.stderr
    assert picture.read_bytes().startswith(b"\x89PNG")


def kept_in(profile: Path) -> list[int]:
    """The runs of the account that runs from files are in."""
    library = Library(profile / "accounts" / "imported" / "library.db")
    try:
        return sorted(library.kept.ids())
    finally:
        library.close()


@pytest.fixture
def bundle(tmp_path):
    """A file with two runs, named as in a folder that it was called from."""
    path = tmp_path / "two runs.k6run"
    path.write_bytes(bundle_bytes(bundle_of(one_run(5), one_run(6))))
    return path


def test_a_file_of_runs_is_opened_without_any_account(tmp_path, bundle):
    picture, profile = tmp_path / "window.png", tmp_path / "profile"
    shown = python("-m", "k6desk", f"--profile={profile}", f"--screenshot={picture}", str(bundle))
    assert shown.returncode == 0, shown.stderr
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert kept_in(profile) == [5, 6]
    assert not (profile / "accounts.toml").exists()
    again = python("-m", "k6desk", f"--profile={profile}", f"--screenshot={picture}", "--show=run:6/cost", "--offline")
    assert again.returncode == 0, again.stderr


def test_the_first_picture_has_only_those_widgets_prepared_that_it_may_show(tmp_path, bundle):
    profile = tmp_path / "profile"
    filled = python("-m", "k6desk", f"--profile={profile}", f"--screenshot={tmp_path / 'a.png'}", str(bundle))
    assert filled.returncode == 0, filled.stderr
    prepared = python("-c", UNTIL_THE_FIRST_PICTURE, f"--profile={profile}", "--offline").stdout.split()
    assert "QTableView" in prepared
    assert {"QWizard", "QFileDialog", "QMessageBox"}.isdisjoint(prepared)


def test_a_bad_file_of_runs_opens_the_window_nevertheless(tmp_path):
    (tmp_path / "bad.k6run").write_bytes(b"hello")
    picture, profile = tmp_path / "window.png", tmp_path / "profile"
    files = [str(tmp_path / "bad.k6run"), str(tmp_path / "missing.k6run")]
    shown = python("-m", "k6desk", f"--profile={profile}", f"--screenshot={picture}", *files)
    assert shown.returncode == 0, shown.stderr
    assert picture.exists()
    assert not (profile / "accounts").exists(), "nothing of it is kept"


def test_what_is_named_becomes_a_url(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    named = [
        "a b.k6run",
        "K6DESK://run/1",
        "k6desk:run/1",
        "https://myteam.grafana.net/a/k6-app/runs/1",
        "file:///c.js",
    ]
    assert parser().parse_args(named).urls == [(tmp_path / "a b.k6run").as_uri(), *named[1:]]


@pytest.mark.parametrize(
    ("arguments", "environ"),
    [(["--demo"], {}), (["--screenshot=a.png"], {}), (["k6desk://run/1"], {"K6_CLOUD_TOKEN": "secret"})],
)
def test_what_is_for_itself_is_handed_to_nobody(arguments, environ, tmp_path, monkeypatch):
    started = []
    monkeypatch.setattr(program, "load", lambda: lambda *of: started.append(len(of)) or 7)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert program.main([f"--profile={tmp_path}", *arguments]) == 7
    assert started == [1], "it was given no claim on the profile"


def test_help_names_files():
    told = " ".join(python("-m", "k6desk", "--help").stdout.split())
    assert "[FILE_OR_LINK ...]" in told
    assert ".k6run" in told


def test_a_login_in_the_environment_that_is_no_use_is_explained(tmp_path):
    picture = tmp_path / "window.png"
    shown = python(
        "-m", "k6desk", f"--profile={tmp_path / 'profile'}", f"--screenshot={picture}", K6_CLOUD_TOKEN="too short"
    )
    assert shown.returncode == 0, shown.stderr
    assert picture.exists()


def test_the_demo_opens_closes_and_leaves_nothing_behind(tmp_path):
    picture = tmp_path / "window.png"
    shown = python("-m", "k6desk", "--demo", f"--screenshot={picture}", TMPDIR=str(tmp_path))
    assert shown.returncode == 0, shown.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["window.png"]
