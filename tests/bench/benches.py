"""The goals: what is compared with what, and what both sides need."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import platformdirs
from curve_server import serving_curves
from harness import ROOT, Bench, Missing, Pair, Setting, Variant
from page_server import LIVE, serving
from scripts import NEEDLES, Needle, scripts_of
from world import cache_of, pages_of, profile_of

DESCRIPTION = ROOT.parent / "shared" / "api" / "openapi-v6-1.12.0.yaml"
UPLOT = "uplot@1.6.32"
GENERATOR = "openapi-python-client==0.29.1"
STREAMED = 20_000


@contextmanager
def _first_paint(setting: Setting) -> Iterator[Pair]:
    yield Pair(
        setting.variant("k6desk", "first_paint", "k6desk", profile_of(setting, "first paint")),
        setting.variant("bare QMainWindow", "first_paint", "bare"),
    )


@contextmanager
def _frozen(setting: Setting) -> Iterator[Pair]:
    program = ROOT / "dist" / ("k6desk.app/Contents/MacOS/k6desk" if sys.platform == "darwin" else "k6desk/k6desk")
    program = program.with_suffix(".exe" if sys.platform == "win32" else "")
    if not program.exists():
        raise Missing("there is no bundle: run packaging/build.py bundle")
    commands = {"the bundle": [program], "from the source": [sys.executable, "-m", "k6desk"]}
    yield Pair(
        *(
            setting.variant(name, "frozen", *command, "--offline", "--profile", profile_of(setting, name))
            for name, command in commands.items()
        )
    )


@contextmanager
def _memory(setting: Setting) -> Iterator[Pair]:
    if not sys.platform.startswith("linux"):
        raise Missing("only Linux tells the memory of processes that share pages")
    browser = _chromium()
    with _screen() as env:
        yield Pair(
            setting.variant("k6desk", "memory", "k6desk", profile_of(setting, "memory"), env=env),
            setting.variant("Chromium", "memory", "chromium", browser, env=env),
        )


@contextmanager
def _listing_generated(setting: Setting) -> Iterator[Pair]:
    python, client = _generated_client()
    with serving(pages_of(setting)) as origin:
        ours = setting.variant("k6desk", "listing", "k6desk", origin, setting.runs)
        theirs = setting.variant("openapi-python-client", "listing", "generated", origin, setting.runs)
        yield Pair(ours, Variant(theirs.name, [str(python), *theirs.command[1:]], {"PYTHONPATH": str(client)}))


@contextmanager
def _listing_floor(setting: Setting) -> Iterator[Pair]:
    with serving(pages_of(setting)) as origin:
        yield Pair(
            setting.variant("k6desk", "listing", "k6desk", origin, setting.runs),
            setting.variant("socket + msgspec", "listing_floor", origin, setting.runs),
        )


@contextmanager
def _gaps(setting: Setting) -> Iterator[Pair]:
    runs = min(STREAMED, setting.runs)
    with serving(pages_of(setting)) as origin:
        yield Pair(
            setting.variant("streaming", "gaps", profile_of(setting, "streaming", knows_runs=False), origin, runs),
            setting.variant("idle", "gaps", profile_of(setting, "idle", knows_runs=False), origin, 0),
        )


@contextmanager
def _keystroke(setting: Setting) -> Iterator[Pair]:
    profile = profile_of(setting, "keystroke")
    yield Pair(
        setting.variant("k6desk", "keystroke", "k6desk", profile, setting.runs),
        setting.variant("QSortFilterProxyModel", "keystroke", "naive", cache_of(profile), setting.runs),
    )


def _charts(what: str) -> Callable[[Setting], AbstractContextManager[Pair]]:
    @contextmanager
    def set_up(setting: Setting) -> Iterator[Pair]:
        if what == "watch" and not sys.platform.startswith("linux"):
            raise Missing("only Linux tells the processor time of other processes")
        browser = _chromium()
        with serving_curves(_uplot()) as origin:
            profile = [profile_of(setting, "watching"), origin] if what == "watch" else []
            yield Pair(
                setting.variant("k6desk", "charts", what, *profile),
                setting.variant("uPlot in Chromium", "chart_page", what, browser, origin),
            )

    return set_up


@contextmanager
def _polling(setting: Setting) -> Iterator[Pair]:
    with serving(pages_of(setting)) as origin:
        yield Pair(
            setting.variant("k6desk", "polling", "k6desk", origin, LIVE),
            setting.variant("a GET per run", "polling", "each", origin, LIVE),
        )


def _script_search(needle: Needle, *, warm: bool) -> Callable[[Setting], AbstractContextManager[Pair]]:
    @contextmanager
    def set_up(setting: Setting) -> Iterator[Pair]:
        if not warm and not hasattr(os, "posix_fadvise"):
            raise Missing("this system cannot be told to forget a file")
        program = shutil.which("rg") or shutil.which("grep")
        if not program:
            raise Missing("there is neither ripgrep nor grep here")
        folder = scripts_of(setting)
        expected = -(-len(list(folder.iterdir())) // needle.every)
        query = (needle.words, needle.match_case, warm, expected)
        name = "ripgrep" if Path(program).name == "rg" else "grep"
        yield Pair(
            setting.variant("k6desk", "script_search", "k6desk", setting.folder / "scripts.db", *query),
            setting.variant(name, "script_search", "grep", program, folder, *query),
        )

    return set_up


BENCHES = {
    bench.name: bench
    for bench in (
        Bench("first-paint", "process start to first picture, every run in the local copy", "ms", 1.4, _first_paint),
        Bench("frozen", "process start to first picture, of the bundle that people install", "ms", 1.0, _frozen),
        Bench("memory", "memory with everything imported, and of a browser's blank page", "MB", 0.25, _memory),
        Bench("list-generated", "processor time of listing every run", "ms", 1 / 12, _listing_generated),
        Bench("list-floor", "processor time of listing every run", "ms", 2.5, _listing_floor),
        Bench("gaps", "longest gap in the event loop while 20,000 runs come in", "ms", 2.0, _gaps),
        Bench("keystroke", "typing “c”, “ch”, “che” into the filter until it is repainted", "ms", 0.08, _keystroke),
        Bench("polling", "processor time of one look at 20 live runs, without TLS", "ms", 0.12, _polling),
        Bench("chart-draw", "drawing 5 lines of 3,600 points, without a graphics card", "ms", 0.5, _charts("draw")),
        Bench(
            "chart-update", "a sample more in 20 lines on 5 charts, until they are drawn", "ms", 0.5, _charts("update")
        ),
        Bench("watching", "processor time of an hour of a live run on 12 charts", "s", 0.5, _charts("watch")),
        *(
            Bench(
                f"search-{kind}-{'warm' if warm else 'cold'}",
                f"looking for “{needle.words}” in 10,000 scripts, the files {'in memory' if warm else 'on the disk'}",
                "ms",
                0.5,
                _script_search(needle, warm=warm),
            )
            for kind, needle in NEEDLES.items()
            for warm in (False, True)
        ),
    )
}


@contextmanager
def _screen() -> Iterator[dict[str, str]]:
    """An X server of our own, so that both sides draw a real window on the same kind of screen."""
    if not shutil.which("Xvfb"):
        raise Missing("there is no Xvfb here")
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout
            yield {"DISPLAY": f":{int(server.stdout.readline())}", "QT_QPA_PLATFORM": "xcb"}
        finally:
            server.terminate()


def _chromium() -> str:
    """The browser that pages are shown in."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if program := shutil.which(name):
            return program
    raise Missing("there is no chromium here")


def _uplot() -> Path:
    """The folder of what uPlot is built into; fetched once."""
    folder = Path(platformdirs.user_cache_dir("k6desk-bench", appauthor=False)) / UPLOT
    built = folder / "node_modules" / "uplot" / "dist"
    if not (folder / "complete").exists():
        npm = shutil.which("npm")
        if not npm:
            raise Missing("there is no npm here to fetch uPlot with")
        folder.mkdir(parents=True, exist_ok=True)
        command = [npm, "install", "--prefix", str(folder), "--ignore-scripts", "--no-audit", "--no-fund", UPLOT]
        if subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
            raise Missing(f"{UPLOT} could not be fetched with npm")
        (folder / "complete").touch()
    return built


def _generated_client() -> tuple[Path, Path]:
    """A Python that has what a generated client needs, and the folder to import `client` from; both made once."""
    if not DESCRIPTION.exists():
        raise Missing(f"the API's description is not at {DESCRIPTION}")
    digest = hashlib.sha256(GENERATOR.encode() + DESCRIPTION.read_bytes()).hexdigest()[:12]
    folder = Path(platformdirs.user_cache_dir("k6desk-bench", appauthor=False)) / digest
    binaries = folder / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
    if not (folder / "complete").exists():
        venv.create(folder / "venv", with_pip=True, clear=True)
        pip = [binaries / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", GENERATOR]
        generate = [binaries / "openapi-python-client", "generate", "--path", DESCRIPTION]
        generate += ["--meta", "none", "--overwrite", "--output-path", folder / "client"]
        for command in (pip, generate):
            if subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
                raise Missing(f"{GENERATOR} could not be installed and run")
        (folder / "complete").touch()
    return binaries / "python", folder
