"""The benches work; how fast anything is, is theirs to tell and not a test's."""

from __future__ import annotations

import importlib
import json
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

BENCH = Path(__file__).parent


@pytest.fixture
def harness(monkeypatch):
    monkeypatch.syspath_prepend(BENCH)
    return importlib.import_module("harness")


@pytest.fixture
def run(harness, tmp_path):
    """Compare what two Python programs print; a goal of 0.5."""

    def run(a: str, b: str, missing: str = ""):
        @contextmanager
        def set_up(_setting):
            if missing:
                raise harness.Missing(missing)
            yield harness.Pair(
                *(harness.Variant(name, [sys.executable, "-c", code]) for name, code in (("a", a), ("b", b)))
            )

        return harness.compare(harness.Bench("it", "what", "ms", 0.5, set_up), harness.Setting(tmp_path, 10, False))

    return run


def prints(value: str) -> str:
    return f"import json, os; print(json.dumps({{'value': {value}}}))"


def test_the_verdict_is_the_median_of_the_ratios_of_each_round(harness):
    row = harness.Row("it", "what", "ms", 0.5, "a", "b", a=[1, 2, 30], b=[10, 4, 10])
    assert row.ratios == [0.1, 0.5, 3]
    assert row.verdict == "yes"
    assert "0.5 [0.1–3]" in harness.table([row])


def test_both_sides_run_in_processes_of_their_own_the_same_number_of_times(run, harness):
    row = run(prints("1"), prints("4"))
    assert row.a == [1.0] * harness.ROUNDS
    assert row.b == [4.0] * harness.ROUNDS
    assert row.verdict == "yes"


def test_a_missed_goal_is_told(run):
    assert run(prints("3"), prints("4")).verdict == "NO"


def test_sides_are_measured_as_installed_programs_are_with_compiled_modules(run, monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    row = run(prints("1 + __import__('sys').dont_write_bytecode"), prints("float(os.environ['K6DESK_BENCH_STARTED'])"))
    assert set(row.a) == {1.0}
    assert row.b == sorted(row.b)
    assert row.b[0] > 0


def test_what_this_machine_lacks_stands_in_the_row(run, harness):
    row = run(prints("1"), prints("1"), missing="there is no chromium here")
    assert row.verdict == "there is no chromium here"
    assert "there is no chromium here" in harness.table([row])


def test_a_side_that_fails_its_own_check_gives_no_figure(run):
    row = run("assert 0, 'three rows are missing'", prints("1"))
    assert row.verdict == "a failed: AssertionError: three rows are missing"
    assert row.a == []


def test_the_real_benches_measure_the_real_program(tmp_path):
    saved = tmp_path / "figures.json"
    command = [sys.executable, BENCH, "first-paint", "polling", "--quick", "--json", saved]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)
    assert "first-paint" in done.stdout, done.stderr
    rows = json.loads(saved.read_text("utf-8"))
    assert [row["name"] for row in rows] == ["first-paint", "polling"]
    for row in rows:
        assert row["problem"] == ""
        assert row["a"][0] > 0
        assert row["b"][0] > 0


@pytest.mark.skipif(not (shutil.which("rg") or shutil.which("grep")), reason="there is neither ripgrep nor grep here")
def test_both_sides_of_the_search_find_the_same_scripts(tmp_path):
    saved = tmp_path / "figures.json"
    names = ["search-rare-warm", "search-frequent-warm", "search-common-warm", "search-mixed-case-warm"]
    command = [sys.executable, BENCH, *names, "--quick", "--json", saved]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)
    rows = json.loads(saved.read_text("utf-8"))
    assert [row["name"] for row in rows] == names, done.stderr
    assert [row["problem"] for row in rows] == [""] * len(names)


@pytest.mark.skipif(
    not (shutil.which("chromium") and shutil.which("npm")), reason="there is no chromium or no npm here"
)
def test_both_sides_draw_the_curves(tmp_path):
    saved = tmp_path / "figures.json"
    command = [sys.executable, BENCH, "chart-draw", "chart-update", "--quick", "--json", saved]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)
    for row in json.loads(saved.read_text("utf-8")):
        if "could not be fetched" in row["problem"]:
            pytest.skip(row["problem"])
        assert row["problem"] == "", done.stderr
        assert row["a"][0] > 0
        assert row["b"][0] > 0


def test_an_unknown_bench_is_refused():
    command = [sys.executable, BENCH, "speed"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "no bench called speed" in done.stderr
