"""The steps of the proof: what is done with the package, and what must be true after each."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from proof_person import Person
from proof_removal import judge_removal
from proof_root import RELEASE, Failed, Root
from proof_screen import Screen
from proof_session import Session

CACHE = Path(__file__).resolve().parents[2] / "build" / "proof"
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


class Proof:
    """The steps, in their order. Each returns what is to be said of it, or raises `Failed`."""

    def __init__(self, deb: Path, out: Path, root: Root, screen: Screen) -> None:
        self._deb = deb
        self._out = out
        self._root = root
        self._screen = screen
        self._others: set[str] = set()  # the files of all other packages, and what they made
        self._somebody: Person | None = None  # who comes when there is a session

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
        self._somebody = Person(Session(self._root, self._screen.display), self._screen)
        self._person.check_types()
        return f"{len(self._root.packages())} packages"

    def _self_test_with_secret(self) -> str:
        return self._self_test("self-test-secret", ["secret"], self._person.session.env)

    def _sign_in(self) -> str:
        self._screen.manage_windows()
        self._person.session.start_cloud()
        self._person.open_program()
        self._picture("1-first-start")
        self._person.sign_in()
        self._picture("2-sign-in")
        self._person.submit()
        count = self._person.wait_for_runs()
        self._picture("3-signed-in")
        return f"{count} runs; quit in {self._person.quit():.1f} s"

    def _token(self) -> str:
        session = self._person.session
        session.log_in_anew()
        if session.token_in_keyring() != session.login["token"]:
            raise Failed("The token is not in the keyring")
        if found := session.files_with_token():
            raise Failed(f"The token is in {', '.join(found)}")
        return "in no file"

    def _second_start(self) -> str:
        self._person.open_from_menu()
        self._person.wait_for_runs()
        self._picture("4-second-start")
        return f"{len(self._person.running())} process"

    def _link(self) -> str:
        run_id = self._person.open_link()
        self._picture("5-link")
        return f"run {run_id}"

    def _browser(self) -> str:
        if own := self._person.open_in_browser():
            raise Failed(f"What k6desk opens gets {own}")
        return "the environment and the umask of the session"

    def _about(self) -> str:
        with self._person.about():
            self._picture("6-about")
        return "About k6desk"

    def _file(self) -> str:
        self._person.open_file()
        self._picture("7-file")
        return f"quit in {self._person.quit():.1f} s"

    def _purge(self) -> str:
        self._person.session.end()
        self._apt("purge", "k6desk")
        return judge_removal(self._root, self._others, self._out / "left.txt")

    @property
    def _person(self) -> Person:
        assert self._somebody
        return self._somebody

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
