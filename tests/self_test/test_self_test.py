"""The self-test as a shell sees it, and how it says that something is missing."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from PySide6.QtCore import qVersion

from k6desk import __version__
from k6desk.self_test import CHECKS, Verdict, run
from k6desk.self_test.problem import Problem


def self_test(*arguments: str, **environ: str) -> tuple[int, dict, str]:
    done = subprocess.run(
        [sys.executable, "-m", "k6desk", "--self-test", *arguments],
        env=os.environ | {"HTTPS_PROXY": "http://127.0.0.1:1"} | environ,  # to the server of all users it does not get
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, json.loads(done.stdout), done.stderr


def test_a_complete_program_says_so_in_one_json_object():
    status, verdict, errors = self_test()
    assert (status, errors) == (0, ""), verdict
    assert verdict["ok"] is True
    assert verdict["version"] == __version__
    assert verdict["installed"] == "source"
    assert (verdict["platform"], verdict["qt"]) == ("offscreen", qVersion())
    assert list(verdict["checks"]) == [name for name in CHECKS if name != "secret"]
    assert all(check["ok"] for check in verdict["checks"].values())


def test_without_a_keyring_only_the_secret_that_was_asked_for_fails():
    status, verdict, _ = self_test("secret", PYTHON_KEYRING_BACKEND="keyring.backends.fail.Keyring")
    failed = {name: check["problem"] for name, check in verdict["checks"].items() if not check["ok"]}
    assert failed == {"secret": "This computer offers no keyring to keep the token in."}
    assert (status, verdict["ok"]) == (1, False)
    assert "tokens are kept for one session" in verdict["checks"]["keyring"]["backend"]


def fails(error: Exception) -> None:
    raise error


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (Problem("Nothing is there."), "Nothing is there."),
        (ImportError("No module\nnamed x"), "ImportError: No module named x"),
    ],
)
def test_a_check_that_fails_is_one_sentence_and_the_others_go_on(capsys, error, sentence):
    verdict = Verdict()
    verdict.judge("bad", lambda: fails(error))
    verdict.judge("good", lambda: {"fact": 1})
    assert verdict.say() == 1
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is False
    assert told["checks"]["bad"]["problem"] == sentence
    assert told["checks"]["good"]["fact"] == 1


def test_a_check_that_hangs_ends_the_program_with_a_verdict():
    hang = (
        "import time; from k6desk.self_test import CHECKS, Verdict, run; verdict = Verdict();"
        "verdict.judge('good', dict); verdict.judge('stuck', lambda: time.sleep(60), 0.2)"
    )
    done = subprocess.run([sys.executable, "-c", hang], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    checks = json.loads(done.stdout)["checks"]
    assert checks["good"]["ok"]
    assert checks["stuck"]["problem"] == "It did not end within 0.2 s."


def test_a_file_that_is_missing_costs_its_check_and_not_the_verdict(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("k6desk.ui.theme.resource", tmp_path.joinpath)
    monkeypatch.setattr("k6desk.self_test.CHECKS", {"resources": "window"})
    assert run(with_secret=False) == 1
    assert "Icons are not there" in json.loads(capsys.readouterr().out)["checks"]["resources"]["problem"]
