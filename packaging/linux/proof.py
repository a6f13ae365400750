#!/usr/bin/env python3
"""Prove a .deb: install it in a fresh Debian without Python, use it as a person does, and remove it.

    python3 packaging/linux/proof.py dist/k6desk_*.deb --out dist/proof

As root, where debootstrap works. The folder `--out` gets pictures of the installed program, the verdicts of its
self-test, and logs. Debian itself and the packages it needs are fetched once and kept in build/proof.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from proof_root import RELEASE, Failed, Root
from proof_screen import Screen, XServer
from proof_steps import Proof

DEBIAN = "http://deb.debian.org/debian"
NEEDED = ("debootstrap", "unshare", "Xvfb", "openbox", "xdotool")
HELP = "apt-get install -y --no-install-recommends debootstrap xvfb openbox xdotool"


def main(argv: list[str]) -> int:
    """Prove the package; 1 if something is not as it should be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("deb", type=Path)
    parser.add_argument("--out", type=Path, default=Path("dist/proof"), help="for pictures, verdicts and logs")
    parser.add_argument("--mirror", help="of Debian; else the one that apt uses here")
    parser.add_argument("--inside", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if options.inside:
        return prove(options)
    if problem := refusal(options.deb):
        print(f"proof.py: {problem}")
        return 2
    return in_namespaces(options)


def refusal(deb: Path) -> str:
    """Why nothing can be proved here, or nothing."""
    if not deb.is_file():
        return f"there is no {deb}."
    if os.geteuid():
        return "only root can make a Debian in a folder."
    if missing := [program for program in NEEDED if not shutil.which(program)]:
        return f"{', '.join(missing)} is missing here; run `{HELP}`."
    return ""


def in_namespaces(options: argparse.Namespace) -> int:
    """Run this script once more, in namespaces whose mounts and processes end with it, and remove the folder."""
    shutil.rmtree(options.out / "logs", ignore_errors=True)
    (options.out / "logs").mkdir(parents=True)
    (options.out / "failed.png").unlink(missing_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="k6desk-proof-"))
    screen = XServer(folder)
    namespaces = ["unshare", "--mount", "--propagation=private", "--pid", "--fork", "--kill-child"]
    again = [sys.executable, __file__, options.deb, "--out", options.out, "--mirror", options.mirror or mirror()]
    inside = subprocess.Popen([*namespaces, *again, "--inside", folder, screen.display], process_group=0)
    try:
        return inside.wait()
    except KeyboardInterrupt:
        return 130
    finally:
        with suppress(ProcessLookupError):
            os.killpg(inside.pid, signal.SIGTERM)
        inside.wait()
        screen.stop()
        shutil.rmtree(folder)


def mirror() -> str:
    """Where apt gets Debian from on this machine."""
    query = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Origin: Debian", f"Codename: {RELEASE}"]
    found = subprocess.run(query, stdout=subprocess.PIPE, text=True).stdout.split()
    return found[0].rstrip("/") if found else DEBIAN


def prove(options: argparse.Namespace) -> int:
    """Take the steps up to the first that fails."""
    folder, display = Path(options.inside[0]), options.inside[1]
    logs = options.out / "logs"
    screen = Screen(display, folder / "Xvfb_screen0", logs)
    proof = Proof(options.deb, options.out, Root(folder / "root", logs), screen)
    began = time.monotonic()
    for name, step in proof.steps(options.mirror).items():
        step_began = time.monotonic()
        print(f"{name:<36}", end="", flush=True)
        try:
            words = step()
        except Failed as problem:
            print(f"{time.monotonic() - step_began:6.1f} s  FAILED\n\n{problem}")
            with suppress(Failed):
                screen.photograph(options.out / "failed.png")
            return 1
        print(f"{time.monotonic() - step_began:6.1f} s  {words}", flush=True)
    print(f"{'all of it':<36}{time.monotonic() - began:6.1f} s  {options.deb.name} is proved; see {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
