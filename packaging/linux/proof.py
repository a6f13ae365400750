#!/usr/bin/env python3
"""Prove a .deb: install it in a fresh Debian without Python, use it as a person does, and remove it.

    python3 packaging/linux/proof.py dist/k6desk_*.deb --out dist/proof

As root, where debootstrap works. The folder `--out` gets pictures of the installed program, the verdicts of its
self-test, and logs. Debian itself and the packages it needs are fetched once and kept in build/proof.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from fnmatch import fnmatch
from pathlib import Path

from proof_root import HOME, RELEASE, Failed, Root
from proof_screen import Screen, XServer
from proof_session import Session

CACHE = Path(__file__).resolve().parents[2] / "build" / "proof"
DEBIAN = "http://deb.debian.org/debian"
NEEDED = ("debootstrap", "unshare", "Xvfb", "openbox", "xdotool")
HELP = "apt-get install -y --no-install-recommends debootstrap xvfb openbox xdotool"
OF_THE_DESKTOP = (
    "dbus",
    "gnome-keyring",
    "libsecret-tools",
    "desktop-file-utils",
    "shared-mime-info",
    "libglib2.0-bin",
    "fonts-wqy-microhei",
)
"""What a desktop has and a minimal Debian does not: the session, file types, and a font for the demo's Japanese names.

It comes after the program has run once without any of it.
"""

LONGEST_PROBLEM = 500
PERSON = HOME.lstrip("/")
MAY_STAY = {
    "the user's data": (f"{PERSON}/.local/share/k6desk", f"{PERSON}/.local/share/k6desk/*", f"{PERSON}/*.k6run"),
    "the user's keyring": (f"{PERSON}/.local/share/keyrings", f"{PERSON}/.local/share/keyrings/*"),
    "Fontconfig's cache": (f"{PERSON}/.cache/fontconfig*",),
    "the session's own": (
        *(f"{PERSON}/{name}" for name in (".local", ".local/share", ".cache", ".runtime", ".runtime/*")),
        "tmp/dbus-*",
    ),
}
"""What may be left after the removal, and whose it is."""

MAY_GO = {"opt"}
"""What the removal may take of others: dpkg removes an empty folder that no package owns."""

NAMES_IT = (f"{PERSON}/*", "var/lib/apt/*", "var/lib/dpkg/*-old", "var/log/*")
"""Where k6desk may still be named: in what is the user's, and in what apt and dpkg remember for themselves."""


class Proof:
    """The steps, in their order. Each returns what is to be said of it, or raises `Failed`."""

    def __init__(self, deb: Path, out: Path, root: Root, screen: Screen) -> None:
        self._deb = deb
        self._out = out
        self._root = root
        self._screen = screen
        self._others: set[str] = set()  # the files of all other packages, and what they made
        self._session: Session | None = None

    def steps(self, mirror: str) -> dict[str, Callable[[], str]]:
        """What is done, by its name."""
        return {
            f"Debian ({RELEASE}) without Python": lambda: self._debian(mirror),
            "what k6desk depends on": self._dependencies,
            "apt-get install k6desk": self._install,
            "self-test, nothing else installed": self._bare_self_test,
            "D-Bus, keyring, file types": self._furnish,
            "self-test with a secret": self._self_test_with_secret,
            "first start, sign in, quit": self._sign_in,
            "token only in the keyring": self._token,
            "second start from the menu": self._second_start,
            "a link goes to the same window": self._link,
            "a browser gets nothing of it": self._browser,
            "what it is made of": self._about,
            "a .k6run goes to the same window": self._file,
            "apt-get purge k6desk": self._purge,
        }

    def _debian(self, mirror: str) -> str:
        self._root.make(mirror, CACHE)
        self._root.furnish(CACHE / "packages")
        self._root.run("apt", ["apt-get", "update", "-q"])
        self._without_python()
        return f"{len(self._root.packages())} packages"

    def _dependencies(self) -> str:
        before = self._root.packages()
        field = subprocess.run(["dpkg-deb", "-f", self._deb, "Depends"], check=True, stdout=subprocess.PIPE, text=True)
        self._apt("satisfy", field.stdout.strip())
        new = {name: size for name, size in self._root.packages().items() if name not in before}
        self._without_python()
        self._others = self._root.files()
        return f"{len(new)} packages, {sum(new.values()) / 1024:.0f} MB"

    def _install(self) -> str:
        before = self._root.packages()
        shutil.copy(self._deb, self._root.path / "k6desk.deb")
        self._apt("install", "/k6desk.deb")
        (self._root.path / "k6desk.deb").unlink()
        new = {name: size for name, size in self._root.packages().items() if name not in before}
        if list(new) != ["k6desk"]:
            raise Failed(f"This was to install k6desk alone and installed {', '.join(new) or 'nothing'}")
        return f"{new['k6desk'] / 1024:.0f} MB"

    def _bare_self_test(self) -> str:
        return self._self_test("self-test", [], {"DISPLAY": self._screen.display})

    def _furnish(self) -> str:
        before = self._root.files()
        self._apt("install", *OF_THE_DESKTOP)
        made = self._root.files() - before  # also of k6desk's own files, for the desktop to find them
        self._others |= {name for name in made if "k6desk" not in name}
        self._session = Session(self._root, self._screen)
        self._session.check_types()
        return f"{len(self._root.packages())} packages"

    def _self_test_with_secret(self) -> str:
        return self._self_test("self-test-secret", ["secret"], self._desk.env)

    def _sign_in(self) -> str:
        self._screen.manage_windows()
        self._desk.start_cloud()
        self._desk.open_program()
        self._picture("1-first-start")
        self._desk.sign_in()
        self._picture("2-sign-in")
        self._desk.submit()
        count = self._desk.wait_for_runs()
        self._picture("3-signed-in")
        return f"{count} runs; quit in {self._desk.quit():.1f} s"

    def _token(self) -> str:
        self._desk.log_in_anew()
        if self._desk.token_in_keyring() != self._desk.login["token"]:
            raise Failed("The token is not in the keyring")
        if found := self._desk.files_with_token():
            raise Failed(f"The token is in {', '.join(found)}")
        return "in no file"

    def _second_start(self) -> str:
        self._desk.open_from_menu()
        self._desk.wait_for_runs()
        self._picture("4-second-start")
        return f"{len(self._desk.running())} process"

    def _link(self) -> str:
        run_id = self._desk.open_link()
        self._picture("5-link")
        return f"run {run_id}"

    def _browser(self) -> str:
        if own := self._desk.open_in_browser():
            raise Failed(f"What k6desk opens gets {own}")
        return "the environment and the umask of the session"

    def _about(self) -> str:
        with self._desk.about():
            self._picture("6-about")
        return "About k6desk"

    def _file(self) -> str:
        self._desk.open_file()
        self._picture("7-file")
        return f"quit in {self._desk.quit():.1f} s"

    def _purge(self) -> str:
        self._desk.end()
        self._apt("purge", "k6desk")
        left = sorted(self._root.files() - self._others - self._root.owned())
        (self._out / "left.txt").write_text("\n".join(left) + "\n")
        by = {name: next((who for who, globs in MAY_STAY.items() if _fits(name, globs)), "") for name in left}
        if stray := [name for name, who in by.items() if not who]:
            raise Failed(f"{len(stray)} files were left behind, such as {', '.join(stray[:5])}: see left.txt")
        if lost := self._others - self._root.files() - MAY_GO:
            raise Failed(f"The removal took files of others with it, such as {min(lost)}")
        system = (name for name in self._root.files() if not _fits(name, NAMES_IT))
        if naming := self._root.naming(b"k6desk", system):
            raise Failed(f"k6desk is still named in {', '.join(naming)}")
        return "left: " + ", ".join(f"{who} ({count})" for who in MAY_STAY if (count := list(by.values()).count(who)))

    @property
    def _desk(self) -> Session:
        assert self._session
        return self._session

    def _apt(self, *arguments: str) -> None:
        self._root.run("apt", ["apt-get", arguments[0], "-q", "-y", *arguments[1:]])

    def _without_python(self) -> None:
        if found := sorted(name for name in self._root.packages() if "python" in name):
            raise Failed(f"Python is installed: {', '.join(found)}")

    def _self_test(self, name: str, arguments: list[str], env: dict[str, str]) -> str:
        text = self._root.run(name, ["k6desk", "--self-test", *arguments], env, statuses=(0, 1))
        target = self._out / f"{name}.json"
        target.write_text(text)
        try:
            verdict = json.loads(text)
        except ValueError:
            raise Failed(f"The self-test gave no verdict: see {target}") from None
        problems = [f"{check}: {said['problem']}" for check, said in verdict["checks"].items() if not said["ok"]]
        if problems or not verdict["ok"]:
            raise Failed(f"{target.name} is not ok. {' '.join(problems)}"[:LONGEST_PROBLEM])
        if verdict["installed"] != "deb":
            raise Failed(f"The program believes that it was installed by {verdict['installed']!r}")
        return f"{len(verdict['checks'])} checks ok: {', '.join(verdict['checks'])}"

    def _picture(self, name: str) -> None:
        time.sleep(1)  # what has arrived is to be painted, too
        self._screen.photograph(self._out / f"{name}.png")


def _fits(name: str, globs: tuple[str, ...]) -> bool:
    return any(fnmatch(name, glob) for glob in globs)


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
