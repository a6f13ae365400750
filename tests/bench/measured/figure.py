"""What a measured process hands over. Standard library only: its import must not weigh on what is measured."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

STARTED = "K6DESK_BENCH_STARTED"
"""The environment variable that tells a process when it was started, on the monotonic clock of the whole system."""


def report(value: float) -> None:
    """Hand the figure over, after having checked what was done, and end at once: ending is nobody's figure."""
    sys.stdout.write(json.dumps({"value": value}) + "\n")
    sys.stdout.flush()
    os._exit(0)


def since_start_ms() -> float:
    """How long ago this process was started, the loading of Python included."""
    return (time.monotonic() - float(os.environ[STARTED])) * 1000


def cpu_ms() -> float:
    """The processor time of this process so far, the loading of Python included."""
    return time.process_time() * 1000


def cpu_s(*pids: int) -> float:
    """The processor time of processes so far; Linux only."""
    ticks = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def pss_mb(*pids: int) -> float:
    """The memory of processes, each page divided by the number of processes that share it; Linux only."""
    total = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue  # it has just ended
        total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024
