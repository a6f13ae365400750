"""Which program the demo cloud is; that it runs is seen by everything that uses it."""

from __future__ import annotations

import sys

import pytest

from k6desk.program.demo_process import command


def test_a_checkout_has_python_to_run_it():
    assert command() == [sys.executable, "-m", "k6desk.demo"]


@pytest.mark.parametrize(("program", "demo"), [("k6desk", "k6desk-demo"), ("k6desk.exe", "k6desk-demo.exe")])
def test_a_bundle_has_it_beside_the_program(tmp_path, monkeypatch, program, demo):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / program))
    assert command() == [str(tmp_path / demo)]
