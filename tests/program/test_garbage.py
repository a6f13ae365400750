"""Garbage is sought in the thread of the window, and only when there is much of it."""

from __future__ import annotations

import gc
import os
import platform
from pathlib import Path

import pytest

from k6desk.program import garbage


@pytest.fixture
def collected(monkeypatch):
    ages = []
    monkeypatch.setattr(garbage.gc, "collect", lambda *age: ages.extend(age))
    return ages


@pytest.mark.parametrize(
    ("count", "expected"),
    [((19_999, 0, 0), []), ((20_000, 0, 0), [0]), ((20_000, 20, 0), [1]), ((30_000, 25, 50), [2]), ((5, 20, 0), [1])],
)
def test_the_oldest_age_that_has_enough_is_looked_at(monkeypatch, collected, count, expected):
    monkeypatch.setattr(gc, "get_count", lambda: count)
    garbage.seek()
    assert collected == expected


async def test_nothing_else_seeks_any_more(qapp, until, monkeypatch):
    sought = []
    monkeypatch.setattr(garbage, "LOOK_MS", 1)
    monkeypatch.setattr(garbage, "seek", lambda: sought.append(1))
    gc.enable()
    timer = garbage.seek_here(qapp)
    try:
        assert not gc.isenabled()
        await until(lambda: sought)
    finally:
        timer.stop()
        timer.deleteLater()


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc keeps what was freed")
def test_what_was_freed_goes_back_to_the_system():
    pieces = [bytearray(10_000) for _ in range(4000)]
    del pieces[::2]  # which leaves no end of the memory free
    before = _resident_bytes()
    garbage.give_back()
    assert before - _resident_bytes() > 5_000_000


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
