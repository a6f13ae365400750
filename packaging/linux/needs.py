"""What a bundle takes from the system it runs on: what its executables and libraries are linked with and it lacks."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import NamedTuple

GLIBC = {
    *("ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"),
    *("libc.so.6", "libdl.so.2", "libm.so.6", "libpthread.so.0", "libresolv.so.2", "librt.so.1", "libutil.so.1"),
}


class Needs(NamedTuple):
    """The oldest glibc that will do, such as "2.36", and the sonames of the other libraries, in order."""

    glibc: str
    libraries: tuple[str, ...]


def needs(bundle: Path) -> Needs:
    """Read it from the headers of everything in `bundle` that the linker made."""
    binaries = [path for path in sorted(bundle.rglob("*")) if path.is_file() and not path.is_symlink() and is_elf(path)]
    headers = subprocess.run(
        ["objdump", "--private-headers", *binaries], check=True, capture_output=True, text=True
    ).stdout
    own = {path.name for path in bundle.rglob("*.so*")}
    linked = set(re.findall(r"^ +NEEDED +(\S+)$", headers, re.MULTILINE))
    versions = re.findall(r" GLIBC_([\d.]+)$", headers, re.MULTILINE)
    glibc = max(versions, key=lambda version: [int(number) for number in version.split(".")])
    return Needs(glibc, tuple(sorted(linked - own - GLIBC)))


def is_elf(path: Path) -> bool:
    """Whether it is an executable or a library of Linux."""
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"
