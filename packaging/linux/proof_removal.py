"""What the removal of a package may leave behind, and what it may take with it."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path

from proof_root import HOME, Failed, Root

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


def judge_removal(root: Root, others: set[str], listing: Path) -> str:
    """Say whose the files are that are neither of `others` nor of a package; all that is left is written to `listing`.

    Raises `Failed` if anything was left that is nobody's, if files of others are gone, or if k6desk is still named.
    """
    left = sorted(root.files() - others - root.owned())
    listing.write_text("\n".join(left) + "\n")
    by = {name: next((who for who, globs in MAY_STAY.items() if fits(name, globs)), "") for name in left}
    if stray := [name for name, who in by.items() if not who]:
        raise Failed(f"{len(stray)} files were left behind, such as {', '.join(stray[:5])}: see {listing.name}")
    if lost := others - root.files() - MAY_GO:
        raise Failed(f"The removal took files of others with it, such as {min(lost)}")
    system = (name for name in root.files() if not fits(name, NAMES_IT))
    if naming := root.naming(b"k6desk", system):
        raise Failed(f"k6desk is still named in {', '.join(naming)}")
    return "left: " + ", ".join(f"{who} ({count})" for who in MAY_STAY if (count := list(by.values()).count(who)))


def fits(name: str, globs: tuple[str, ...]) -> bool:
    """Whether any of the patterns fits a file."""
    return any(fnmatch(name, glob) for glob in globs)
