"""packaging/dev.py runs the demo, the checks and the benches; here nothing is installed or run for real."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = ("build", "bundle", "command_line", "dev", "python_packages", "system_packages")


def test_an_old_python_is_told_which_version_is_needed(command_line):
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer, and this is 3\.9") as left:
        command_line.check_python((3, 9))
    assert "\n" not in left.value.code


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (4, 0)])
def test_a_new_python_is_welcome(command_line, version):
    command_line.check_python(version)


@pytest.mark.parametrize("name", SCRIPTS)
def test_an_old_python_can_read_the_scripts_far_enough_to_say_so(name):
    ast.parse((ROOT / "packaging" / f"{name}.py").read_text("utf-8"), feature_version=(3, 9))


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], ["--screenshot", "k6desk-demo.png"]),
        (["--theme", "dark"], ["--theme", "dark", "--screenshot", "k6desk-demo.png"]),
        (["--screenshot", "a b.png", "--size", "800x600"], ["--size", "800x600", "--screenshot", "a b.png"]),
        (["--screenshot=mine.png"], ["--screenshot", "mine.png"]),
    ],
)
def test_without_a_display_the_demo_is_drawn_into_a_picture(dev, machine, monkeypatch, capsys, arguments, expected):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert dev.main(["demo", *arguments]) == 0
    assert machine.commands[-1].endswith(" ".join(["-m k6desk --demo", *expected]))
    assert machine.environments[-1]["QT_QPA_PLATFORM"] == "offscreen"
    assert "no display" in capsys.readouterr().out


@pytest.mark.parametrize("display", ["DISPLAY", "WAYLAND_DISPLAY"])
def test_with_a_display_the_demo_opens_its_window(dev, machine, monkeypatch, display):
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    monkeypatch.setenv(display, ":7")
    assert dev.main(["demo", "--theme", "dark"]) == 0
    assert machine.commands[-1].endswith("-m k6desk --demo --theme dark")
    assert "QT_QPA_PLATFORM" not in machine.environments[-1]


def test_a_qt_platform_chosen_by_the_user_is_kept(dev, machine):
    assert not dev.is_headless({"QT_QPA_PLATFORM": "vnc"})
    assert dev.is_headless({"QT_QPA_PLATFORM": "offscreen"})


def test_all_checks_run_offscreen_and_those_that_fail_are_named(dev, machine, monkeypatch, capsys):
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    dev.install_python_packages(dev.TEST, dev.VENV)
    machine.commands.clear()
    machine.failing = {"ruff format", "lint-imports"}
    assert dev.main(["test"]) == 1
    assert len(machine.commands) == sum(map(len, dev.LANES)) == 7
    assert {env["QT_QPA_PLATFORM"] for env in machine.environments[-7:]} == {"offscreen"}
    assert capsys.readouterr().out.splitlines()[-1] == "k6desk: failed: ruff format, lint-imports."


def test_the_tests_pass_when_every_check_does(dev, machine):
    assert dev.main(["test"]) == 0
    assert machine.did("packaging/build.py rehearse")


def test_what_runs_beside_the_others_is_shown_after_them_and_fails_like_them(dev, machine, capfdbinary):
    dev.install_python_packages(dev.TEST, dev.VENV)
    machine.failing = {"=ci tests/ui"}
    assert dev.main(["test"]) == 1
    heard = capfdbinary.readouterr().out
    assert heard.index(b"k6desk: lint-imports") < heard.index(b"k6desk: pytest tests/ui\nsaid by a check\n")
    assert heard.endswith(b"k6desk: failed: pytest tests/ui.\n")


def test_with_arguments_only_pytest_runs(dev, machine):
    dev.install_python_packages(dev.TEST, dev.VENV)
    machine.commands.clear()
    machine.failing = {"pytest"}
    assert dev.main(["test", "tests/api", "-x"]) == 1
    assert [line.partition(" ")[2] for line in machine.commands] == ["-m pytest tests/api -x"]


def test_benches_run_with_what_the_program_itself_needs(dev, machine):
    assert dev.main(["bench", "polling", "--quick"]) == 0
    assert machine.commands[-1] == f".venv/bin/python {machine.root}/tests/bench polling --quick"
    assert machine.did("-r " + str(dev.RUNTIME))


@pytest.mark.parametrize(("argv", "code"), [([], 2), (["install"], 2), (["--help"], 0)])
def test_anything_else_is_answered_with_the_usage(dev, machine, capsys, argv, code):
    assert dev.main(argv) == code
    assert "python3 packaging/dev.py demo" in capsys.readouterr().out
    assert machine.commands == []
