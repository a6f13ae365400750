"""The same curves drawn by uPlot, on a page of headless Chromium."""

from __future__ import annotations

import sys
import time
from urllib.parse import urlencode

import curves
from browser import browsing
from figure import cpu_s, report

SLACK_S = 0.5
ASKED = {
    "draw": {
        "lines": curves.DRAWN_LINES,
        "points": curves.DRAWN_POINTS,
        "turns": curves.TURNS,
        "width": curves.DRAWN_SIZE[0],
        "height": curves.DRAWN_SIZE[1],
    },
    "update": {
        "charts": curves.UPDATED_CHARTS,
        "lines": curves.UPDATED_LINES,
        "points": curves.UPDATED_POINTS,
        "turns": curves.TURNS,
        "width": curves.UPDATED_SIZE[0],
        "height": curves.UPDATED_SIZE[1] // curves.UPDATED_CHARTS,
    },
    "watch": {
        "charts": curves.WATCHED_CHARTS,
        "idle": curves.SETTLE_S + curves.IDLE_S + SLACK_S,
        "watched": curves.WATCHED_S,
        "period": curves.STEP_S / curves.FASTER,
        "width": curves.WATCHED_SIZE[0] // 2,
        "height": curves.WATCHED_SIZE[1] // (curves.WATCHED_CHARTS // 2),
    },
}
WINDOWS = {"draw": curves.DRAWN_SIZE, "update": curves.UPDATED_SIZE, "watch": curves.WATCHED_SIZE}


def main(what: str, program: str, origin: str) -> None:
    """Let the page do it."""
    address = f"{origin}/page?{urlencode({'what': what, **ASKED[what]})}"
    width, height = WINDOWS[what]
    with browsing(program, address, "--headless=new", f"--window-size={width},{height}") as browser:
        if what == "watch":
            browser.title("ready", "failed")
            ready = time.monotonic()
            processes = browser.processes()
            time.sleep(curves.SETTLE_S)
            began, since = cpu_s(*processes), time.monotonic()
            time.sleep(curves.IDLE_S)
            idle = (cpu_s(*processes) - began) / (time.monotonic() - since)
            time.sleep(ready + curves.SETTLE_S + curves.IDLE_S + SLACK_S - time.monotonic())
            began = cpu_s(*processes)
            time.sleep(curves.WATCHED_S)
            busy = cpu_s(*processes) - began
        word, _, told = browser.title("done", "failed").partition(" ")
    assert word == "done", told
    report(curves.per_hour(idle, busy, int(told)) if what == "watch" else float(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
