"""A Debian of its own in a folder, to install a package in and to look at what that leaves."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

RELEASE = "bookworm"
USER = "tester"
HOME = f"/home/{USER}"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
X_SOCKETS = "tmp/.X11-unix"
ARCHIVES = "var/cache/apt/archives"
MOUNTED = {"proc", "dev/shm", X_SOCKETS, ARCHIVES}
APT_CONF = """\
Acquire::Languages "none";
APT::Install-Recommends "false";
APT::Sandbox::User "root";
"""


class Failed(Exception):
    """What was to be proved is not so; `str()` is one clear sentence."""


@dataclass(frozen=True)
class Root:
    """The folder that is `/` to what runs in it, and the folder for the logs of that."""

    path: Path
    logs: Path

    def make(self, mirror: str, cache: Path) -> None:
        """Unpack Debian; the first time it is made and put into the cache."""
        kept = cache / f"{RELEASE}.tar"
        self.path.mkdir(parents=True)
        if kept.exists():
            self._outside("unpack", ["tar", "--numeric-owner", "-xpf", kept, "-C", self.path])
            return
        cache.mkdir(parents=True, exist_ok=True)
        self._outside("debootstrap", ["debootstrap", "--variant=minbase", RELEASE, self.path, mirror])
        unfinished = kept.with_suffix(".part")
        self._outside("pack", ["tar", "--numeric-owner", "-cf", unfinished, "-C", self.path, "."])
        unfinished.rename(kept)

    def furnish(self, packages: Path) -> None:
        """Mount what programs need, and add a user. All mounts are in a namespace that ends with this process.

        Packages that are fetched go to a folder outside, for the next time.
        """
        packages.mkdir(parents=True, exist_ok=True)
        for name in MOUNTED:
            (self.path / name).mkdir(parents=True, exist_ok=True)
        for command in (
            ["mount", "-t", "proc", "proc", self.path / "proc"],
            ["mount", "-t", "tmpfs", "tmpfs", self.path / "dev" / "shm"],
            ["mount", "--bind", packages, self.path / ARCHIVES],
            ["mount", "--bind", f"/{X_SOCKETS}", self.path / X_SOCKETS],
        ):
            self._outside("mount", command)
        shutil.copy("/etc/resolv.conf", self.path / "etc" / "resolv.conf")
        (self.path / "etc" / "apt" / "apt.conf.d" / "99proof").write_text(APT_CONF)
        (self.path / "etc" / "dpkg" / "dpkg.cfg.d" / "proof").write_text("force-unsafe-io\n")  # nobody needs it again
        policy = self.path / "usr" / "sbin" / "policy-rc.d"  # no service is to be started here
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)
        self.run("useradd", ["useradd", "--create-home", USER])

    def run(
        self, name: str, command: Sequence[str], env: dict[str, str] | None = None, *, statuses: Sequence[int] = (0,)
    ) -> str:
        """Run a command as root in here, or with an environment as the user, and give what it prints.

        All of it is in a log of that name, too. Raises `Failed` if it ends with another than these exit statuses.
        """
        log = self.logs / f"{name}.log"
        with log.open("a") as errors, TemporaryFile() as output:  # a pipe would stay open in what a command starts
            errors.write(f"$ {' '.join(command)}\n")
            errors.flush()
            done = subprocess.run(self._inside(command, env), env=_whole(env), stdout=output, stderr=errors)
            output.seek(0)
            text = output.read().decode(errors="replace")
            errors.write(text)
        if done.returncode not in statuses:
            raise Failed(f"{command[0]} ended with {done.returncode}: see {log}")
        return text

    def start(self, name: str, command: Sequence[str], env: dict[str, str]) -> subprocess.Popen[str]:
        """Start a program as the user; it reads and writes to this process, its errors go to a log."""
        with (self.logs / f"{name}.log").open("a") as errors:
            return subprocess.Popen(
                self._inside(command, env),
                env=_whole(env),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )

    def processes(self, program: str) -> list[int]:
        """The ids, as in here, of the processes that run an executable."""
        found = []
        for folder in (self.path / "proc").glob("[0-9]*"):
            try:
                target = (folder / "exe").readlink()
            except OSError:  # it has just ended, or is the kernel's
                continue
            if target == self.path / program.lstrip("/"):
                found.append(int(folder.name))
        return found

    def user_file(self, name: str) -> Path:
        """A file in the user's home, as it is called from outside."""
        return self.path / HOME.lstrip("/") / name

    def files(self) -> set[str]:
        """Every file, folder and link, without what is mounted."""
        return set(self._walk(self.path))

    def packages(self) -> dict[str, int]:
        """What is installed, and how large it is in KiB."""
        lines = self.run("dpkg", ["dpkg-query", "-W", "-f", "${db:Status-Abbrev}\t${Package}\t${Installed-Size}\n"])
        rows = [line.split("\t") for line in lines.splitlines()]
        return {name: int(size or 0) for status, name, size in rows if status.startswith("ii")}

    def owned(self) -> set[str]:
        """Every file of a package that is installed; links such as `/lib` are followed."""
        merged = {name.name: str(name.readlink()) for name in self.path.iterdir() if name.is_symlink()}
        found = set()
        for listing in (self.path / "var" / "lib" / "dpkg" / "info").glob("*.list"):
            for line in listing.read_text().splitlines():
                first, _, rest = line.lstrip("/").partition("/")
                found.add("/".join(filter(None, (merged.get(first, first), rest))))
        return found

    def naming(self, word: bytes, where: Iterable[str]) -> list[str]:
        """Those of these files that hold a word."""
        paths = ((name, self.path / name) for name in sorted(where))
        return [name for name, path in paths if path.is_file() and not path.is_symlink() and word in path.read_bytes()]

    def _walk(self, folder: Path) -> Iterator[str]:
        for entry in os.scandir(folder):
            name = os.path.relpath(entry.path, self.path)
            if name in MOUNTED:
                continue
            yield name
            if entry.is_dir(follow_symlinks=False):
                yield from self._walk(Path(entry.path))

    def _inside(self, command: Sequence[str], env: dict[str, str] | None) -> list[str]:
        who = [] if env is None else [f"--userspec={USER}:{USER}"]
        return ["chroot", *who, str(self.path), *command]

    def _outside(self, name: str, command: Sequence[str | Path]) -> None:
        log = self.logs / f"{name}.log"
        with log.open("a") as output:
            if subprocess.run(command, stdout=output, stderr=subprocess.STDOUT).returncode:
                raise Failed(f"{command[0]} could not do its part: see {log}")


def _whole(env: dict[str, str] | None) -> dict[str, str]:
    """What the user's programs see of the environment, or root's: the way to the network is all that is passed on."""
    if env is not None:
        return {"PATH": PATH, "HOME": HOME, "USER": USER, "LANG": "C.UTF-8"} | env
    network = {name: value for name, value in os.environ.items() if name.lower() in ("http_proxy", "https_proxy")}
    return {"PATH": PATH, "HOME": "/root", "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"} | network
