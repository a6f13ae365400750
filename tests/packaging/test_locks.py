"""The locked versions of Python packages: complete, with hashes, and the same in each of the three locks."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.txt", "requirements-test.txt", "requirements-build.txt")


def locked(name: str) -> dict[str, str]:
    """The versions in a lock, by canonical name."""
    text = (ROOT / "packaging" / name).read_text("utf-8")
    return {canonicalize_name(n): v for n, v in re.findall(r"^([\w.-]+)==([^\s;]+)", text, re.MULTILINE)}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_host_and_no_folder(name):
    text = (ROOT / "packaging" / name).read_text("utf-8")
    assert not re.search(r"://|file:|--(extra-)?index|--find-links|(^|\s)/\w", text)


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_version_has_its_hash(name):
    text = (ROOT / "packaging" / name).read_text("utf-8")
    entries = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]
    assert len(entries) == len(locked(name))
    assert all("--hash=sha256:" in entry for entry in entries)


def test_the_locks_agree_with_each_other_and_with_the_project():
    runtime, test, build = (locked(name) for name in LOCKS)
    assert runtime.items() <= test.items()
    assert runtime.items() <= build.items()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    for lock, lines in (
        (runtime, [*project["project"]["dependencies"], *project["build-system"]["requires"]]),
        (test, project["dependency-groups"]["test"]),
        (build, project["dependency-groups"]["build"]),
    ):
        for requirement in map(Requirement, lines):
            version = lock.get(canonicalize_name(requirement.name))
            assert version in requirement.specifier, f"{requirement} is locked at {version}: lock again, see README.md"
