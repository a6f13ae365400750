"""The locked packages are installed once into each environment, and again when anything has changed."""

from __future__ import annotations

import subprocess

import pytest


def test_packages_are_installed_with_checked_hashes_and_nothing_else_is_downloaded(python_packages, machine):
    python_packages.install_python_packages(python_packages.RUNTIME, python_packages.VENV)
    make, locked, itself = machine.commands
    assert make.endswith("-m venv --clear .venv")
    assert f"--require-hashes --only-binary :all: -r {python_packages.RUNTIME}" in locked
    assert "--no-deps --no-build-isolation -e" in itself
    assert "index" not in locked + itself


def test_uv_is_used_where_it_is(python_packages, machine):
    machine.programs.add("uv")
    python_packages.install_python_packages(python_packages.RUNTIME, python_packages.VENV)
    assert all(line.startswith("uv ") for line in machine.commands)
    assert any("--require-hashes" in line for line in machine.commands)


def test_a_second_start_installs_nothing(python_packages, machine):
    python_packages.install_python_packages(python_packages.RUNTIME, python_packages.VENV)
    machine.commands.clear()
    python_packages.install_python_packages(python_packages.RUNTIME, python_packages.VENV)
    assert machine.commands == []


@pytest.mark.parametrize("changed", ["pyproject.toml", "packaging/requirements.txt"])
def test_a_changed_lock_or_project_installs_again(python_packages, machine, changed):
    python_packages.install_python_packages(python_packages.RUNTIME, python_packages.VENV)
    machine.commands.clear()
    with (machine.root / changed).open("a") as file:
        file.write("# changed\n")
    python_packages.install_python_packages(python_packages.RUNTIME, python_packages.VENV)
    assert machine.did("--require-hashes")


def test_another_python_installs_again(python_packages, machine, monkeypatch):
    python_packages.install_python_packages(python_packages.RUNTIME, python_packages.VENV)
    machine.commands.clear()
    monkeypatch.setattr(python_packages.sys, "version", "3.99.0 (another)")
    python_packages.install_python_packages(python_packages.RUNTIME, python_packages.VENV)
    assert machine.did("--require-hashes")


def test_the_packages_of_the_tests_serve_the_demo_too_but_not_the_other_way_round(python_packages, machine):
    python_packages.install_python_packages(python_packages.RUNTIME, python_packages.VENV)
    python_packages.install_python_packages(python_packages.TEST, python_packages.VENV)
    assert machine.did("requirements-test.txt")
    machine.commands.clear()
    python_packages.install_python_packages(python_packages.RUNTIME, python_packages.VENV)
    assert machine.commands == []


def test_an_interrupted_installation_is_done_again(python_packages, machine):
    machine.failing = {"-e"}
    with pytest.raises(subprocess.CalledProcessError):
        python_packages.install_python_packages(python_packages.RUNTIME, python_packages.VENV)
    machine.failing = set()
    machine.commands.clear()
    python_packages.install_python_packages(python_packages.RUNTIME, python_packages.VENV)
    assert machine.did("--require-hashes")
