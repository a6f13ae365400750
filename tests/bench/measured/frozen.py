"""From the start of k6desk to its first picture, seen from outside: a bundle cannot be told to report by itself."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time

from figure import report

SAY_WHAT_IS_PAINTED = {"QT_LOGGING_RULES": "qt.widgets.painting=true", "QT_FORCE_STDERR_LOGGING": "1"}
PAINTED = re.compile("Drawing .* of RunsHeader")
"""Qt paints the rows of the table before their header."""


def main(command: list[str]) -> None:
    """Start a program, and end it when its table of runs is painted."""
    env = {**os.environ, **SAY_WHAT_IS_PAINTED}
    began = time.monotonic()
    with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as program:
        assert program.stderr
        painted = next((line for line in program.stderr if PAINTED.search(line)), "")
        elapsed = (time.monotonic() - began) * 1000
        program.kill()
    assert painted, f"{command[0]} has shown no runs"
    report(elapsed)


if __name__ == "__main__":
    main(sys.argv[1:])
