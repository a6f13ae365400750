#!/usr/bin/env python3
"""Make the pictures of the README: `.venv/bin/python packaging/screenshots.py [NAME...]`, with or without a screen.

Each picture is the real program against a fresh demo cloud, taken with k6desk's own `--screenshot`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode
from urllib.request import Request, urlopen

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "resources" / "screenshots"
WINDOW = "1280x800"
DIALOGS = (
    "start",
    "schedule",
    "schedules",
    "upload",
    "move",
    "limits",
    "several",
    "browse",
    "search",
    "compare",
    "kept",
    "alone",
    "compare-runs",
    "trend",
)
RESULTS = ("charts", "requests", "thresholds", "checks", "summary", "log")


class DemoCloud:
    """A demo cloud, and a login for it."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "k6desk.demo", "--port=0", "--seed=1", "--exit-with-stdin"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)
        assert self._process.stdout
        self.login = json.loads(self._process.stdout.readline())

    def runs(self) -> list[dict]:
        """The runs of the demo, newest first."""
        query = urlencode({"created_after": "2000-01-01T00:00:00Z"})
        headers = {"Authorization": f"Bearer {self.login['token']}", "X-Stack-Id": str(self.login["stack_id"])}
        request = Request(f"{self.login['url']}/cloud/v6/test_runs?{query}", headers=headers)  # noqa: S310 - our own
        with urlopen(request) as answer:  # noqa: S310
            return json.load(answer)["value"][::-1]

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait()


def places(runs: list[dict]) -> dict[str, tuple[str, str]]:
    """Which place shows best what each picture is about: name → (place, theme)."""

    def run(pane: str, fits: Callable[[dict], bool]) -> str:
        return f"run:{next(run['id'] for run in runs if fits(run))}/{pane}"

    def reduced(run: dict) -> bool:
        breakdown = (run["cost"] or {}).get("breakdown", {})
        return run["status"] == "completed" and len(breakdown.get("reduction_rate_breakdown") or {}) > 1

    def by_a_person(run: dict) -> bool:
        return run["status"] == "aborted" and any(
            (step.get("extra") or {}).get("by_user") for step in run["status_history"]
        )

    live = run("overview", lambda run: run["status"] == "running")
    failed = run("overview", lambda run: run["result"] == "failed" and run["status"] == "completed")
    ramp = run("overview", lambda run: run["result"] == "failed" and run["max_vus"] == 30 and run["execution_duration"])
    measured = {
        name + suffix: (ramp.replace("overview", name), theme)
        for name in RESULTS
        for suffix, theme in (("", "light"), ("-dark", "dark"))
    }
    return measured | {
        "timeline": (run("timeline", by_a_person), "light"),
        "timeline-dark": (run("timeline", by_a_person), "dark"),
        "cost": (run("cost", reduced), "light"),
        "cost-dark": (run("cost", reduced), "dark"),
        "zones": (run("zones", lambda run: len(run["distribution"] or []) > 2 and run["result"]), "light"),
        "zones-dark": (run("zones", lambda run: len(run["distribution"] or []) > 2 and run["result"]), "dark"),
        "options": (failed.replace("overview", "options"), "light"),
        "options-dark": (failed.replace("overview", "options"), "dark"),
        "script": (failed.replace("overview", "script"), "light"),
        "script-dark": (failed.replace("overview", "script"), "dark"),
        "note": (run("note", lambda run: "\n" in run["note"]), "light"),
        "note-dark": (run("note", lambda run: "\n" in run["note"]), "dark"),
        "window-light": (live, "light"),
        "window-dark": (failed, "dark"),
    }


def photograph(names: list[str], theme: str, login: dict[str, str]) -> None:
    """Take pictures of what `--screenshot` cannot open."""
    if names:
        command = [sys.executable, str(ROOT / "packaging" / "pictures_of_dialogs.py"), str(PICTURES), theme, *names]
        subprocess.run(command, env=os.environ | login | {"PYTHONPATH": str(ROOT)}, cwd=ROOT, check=True)


def legacy_login(cloud: DemoCloud, login: dict[str, str]) -> dict[str, str]:
    """The login of a token without a stack."""
    return {name: value for name, value in login.items() if not name.startswith("K6_CLOUD_STACK")} | {
        "K6_CLOUD_TOKEN": cloud.login["legacy_token"]
    }


def main(wanted: list[str]) -> int:
    """Take the pictures, all or those named."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    cloud = DemoCloud()
    login = {
        "K6_CLOUD_HOST_V6": cloud.login["url"],
        "K6_CLOUD_TOKEN": cloud.login["token"],
        "K6_CLOUD_STACK_ID": str(cloud.login["stack_id"]),
        "K6_CLOUD_STACK_URL": cloud.login["stack_url"],
    }
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")) and sys.platform == "linux":
        login["QT_QPA_PLATFORM"] = "offscreen"
    try:
        with TemporaryDirectory() as profile:
            for name, (place, theme) in places(cloud.runs()).items():
                if wanted and name not in wanted:
                    continue
                command = [
                    sys.executable,
                    "-m",
                    "k6desk",
                    f"--profile={profile}",
                    f"--size={WINDOW}",
                    f"--theme={theme}",
                ]
                command += [f"--show={place}", f"--screenshot={PICTURES / name}.png"]
                subprocess.run(command, env=os.environ | login, cwd=ROOT, check=True)
                print(name)
        for theme in ("light", "dark"):
            photograph([name for name in DIALOGS if not wanted or name in wanted], theme, login)
        photograph(["legacy"] if not wanted or "legacy" in wanted else [], "light", legacy_login(cloud, login))
    finally:
        cloud.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
