"""Opens the library of an earlier version, which migrates it: `migrates.py FOLDER`; says when it begins and is done."""

from __future__ import annotations

import sys
from pathlib import Path

from k6desk.data.library import Library

print("begins", flush=True)  # noqa: T201
library = Library(Path(sys.argv[1]) / "library.db")
print("done" if library.problem is None else library.problem, flush=True)  # noqa: T201
sys.stdin.read()
