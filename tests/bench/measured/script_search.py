"""From a text that is looked for to the scripts that hold it: ours, and a program that reads every file."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from figure import report


def k6desk(index: str, words: str, match_case: bool, warm: bool, expected: int) -> None:
    """The search of the program, its file opened anew; warm: searched before."""
    from k6desk.data.matcher import Sought
    from k6desk.data.script_search import MOST_LINES, ScriptSearch

    query = Sought(words, match_case)
    path = Path(index)
    if warm:
        search = ScriptSearch(path)
        search.find(query)
    else:
        _evict(path)
    began = time.perf_counter()
    if not warm:
        search = ScriptSearch(path)
    found = search.find(query)
    taken = time.perf_counter() - began
    assert search.problem is None
    assert found.has_more or len(found.texts) == expected, len(found.texts)
    assert not found.has_more or sum(len(text.lines) for text in found.texts) == MOST_LINES < expected
    report(taken * 1000)


def grep(program: str, folder: str, words: str, match_case: bool, warm: bool, expected: int) -> None:
    """ripgrep, or grep where there is none, on the same scripts as files."""
    command = [program, "-lF" if Path(program).name == "rg" else "-rlF", *([] if match_case else ["-i"]), words, folder]
    if warm:
        subprocess.run(command, capture_output=True, check=True)
    else:
        for path in Path(folder).iterdir():
            _evict(path)
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, check=True)
    taken = time.perf_counter() - began
    assert len(done.stdout.splitlines()) == expected, len(done.stdout.splitlines())
    report(taken * 1000)


def _evict(path: Path) -> None:
    file = os.open(path, os.O_RDONLY)
    os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(file)


if __name__ == "__main__":
    side, *subject, words, match_case, warm, expected = sys.argv[1:]
    {"k6desk": k6desk, "grep": grep}[side](*subject, words, match_case == "True", warm == "True", int(expected))
