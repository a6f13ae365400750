"""Runs on their way from one computer to another, through the very start-up of the program."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def test_runs_are_given_from_one_k6desk_to_another(tmp_path):
    environ = os.environ | {
        "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen"),
        "PYTHONPATH": str(HERE.parents[1]),
        "NO_PROXY": "127.0.0.1",
        "TMPDIR": str(tmp_path),
    }
    program = [sys.executable, "-X", "dev", "-W", "error", str(HERE / "pass_on.py"), str(tmp_path)]
    run = subprocess.run(program, env=environ, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    story = [json.loads(line) for line in run.stdout.splitlines()]
    many = story[0]["runs"]
    assert many > 3
    assert story == [
        {"did": "exported", "runs": many},
        {"did": "opened it beside the demo"},
        {"did": "went back to the demo"},
        {"did": "took them", "runs": many},
        {"did": "has them at the next start", "runs": many, "tests": True},
    ]
