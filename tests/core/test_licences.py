"""What the program is made of, read from metadata as libraries really write it."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from k6desk.core import licences

TEXTS = Path(__file__).parents[2] / "resources" / "licences"


@pytest.fixture
def install(tmp_path, monkeypatch):
    """`install(name, *fields, files={...})` makes a distribution that importlib.metadata finds."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def make(name: str, *fields: str, files: dict[str, str] | None = None) -> None:
        folder = tmp_path / f"{name}-1.0.dist-info"
        head = ["Metadata-Version: 2.4", f"Name: {name}", "Version: 1.0", *fields]
        for path, text in {"METADATA": "\n".join(head) + "\n\n", **(files or {})}.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        listed = [f"{folder.name}/{path},," for path in ("METADATA", *(files or {}), "RECORD")]
        (folder / "RECORD").write_text("\n".join([*listed, "one/LICENSE.txt,,"]) + "\n")

    return make


def by_name() -> dict[str, licences.Part]:
    return {part.name: part for part in licences.parts(TEXTS)}


def test_every_library_below_ours_is_named_once_and_what_is_not_installed_is_left_out(install):
    install(
        "k6desk",
        "Requires-Dist: one>=1,<2",
        "Requires-Dist: of_windows>=1; sys_platform == 'win32'",
        "Requires-Dist: wanted-by-nobody; extra == 'more'",
    )
    install("one", "Requires-Dist: T.wo", "Requires-Dist: k6desk")
    install("t_wo")
    install("wanted-by-nobody")
    assert list(by_name()) == ["k6desk", "Qt", "Libraries in Qt", "Python", "OpenSSL", "SQLite", "one", "t-wo"]


@pytest.mark.parametrize(
    ("fields", "licence"),
    [
        (["License-Expression: MIT", "License: Something else"], "MIT"),
        (["License: BSD-3-Clause", "Classifier: License :: OSI Approved :: BSD License"], "BSD-3-Clause"),
        (["License: Permission is hereby granted" + ", free" * 20, "Classifier: License :: OSI Approved :: X"], "X"),
        (["Classifier: License :: OSI Approved :: A", "Classifier: License :: B", "Classifier: Other :: C"], "A AND B"),
        ([], ""),
    ],
)
def test_a_licence_is_named_where_the_library_names_it(install, fields, licence):
    install("k6desk", *fields)
    assert by_name()["k6desk"].licence == licence


@pytest.mark.parametrize(
    ("fields", "homepage"),
    [
        (["Home-page: https://a", "Project-URL: Source, https://b"], "https://a"),
        (["Project-URL: Tracker, https://c", "Project-URL: Source, https://b"], "https://b"),
        (["Project-URL: Tracker, https://c"], ""),
    ],
)
def test_the_homepage_is_where_people_look_first(install, fields, homepage):
    install("k6desk", *fields)
    assert by_name()["k6desk"].homepage == homepage


def test_a_library_brings_its_licences_and_only_those(install):
    files = {"licenses/LICENSE": "Take it.\n\n", "licenses/vendored/COPYING": "That, too.", "entry_points.txt": "no"}
    install("k6desk", "License-Expression: GPL-3.0-only", files=files)
    assert licences.text_of(by_name()["k6desk"]) == "Take it.\n\nThat, too."


def test_what_brings_none_gets_the_ones_it_names(install):
    install("k6desk", "License: LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only")
    text = licences.text_of(by_name()["k6desk"])
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in text
    assert "\n                    GNU GENERAL PUBLIC LICENSE\n" in text


def test_all_that_is_below_python_has_its_licence():
    for part in licences.parts(TEXTS)[1:6]:
        assert part.version[0].isdigit()
        assert len(licences.text_of(part)) > 200


def test_what_qt_is_made_with_is_there_in_full():
    text = licences.text_of(by_name()["Libraries in Qt"])
    listed, _, texts = text.partition("\n\nbrg-endian\n---")
    named = re.findall(r"^    Licence: (?!none)(.+)$", listed, re.MULTILINE)
    for licence in {each for line in named for each in line.split(" and ")} - {"brg-endian", "Apache-2.0"}:
        assert f"\n{licence}\n---" in texts, licence
    assert "\nICU\n===" in texts
    assert by_name()["k6desk"].licence == "Apache-2.0"  # where the text says that this one is to be found


def test_a_package_for_linux_brings_libraries_of_the_system_and_their_texts(tmp_path, monkeypatch):
    install_at = tmp_path / licences.SYSTEM
    install_at.mkdir()
    for name in ("libgcc-s1_12.2.0-14+deb12u1.txt", "zlib1g_1.2.13.dfsg-1.txt", "GPL-3"):
        (install_at / name).write_text(f"The text of {name}.")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "k6desk"))
    assert "zlib1g" not in by_name()
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    gcc, zlib = licences.parts(TEXTS)[-2:]
    assert (gcc.name, gcc.version) == ("libgcc-s1", "12.2.0-14+deb12u1")
    assert (zlib.name, zlib.version) == ("zlib1g", "1.2.13.dfsg-1")
    assert licences.text_of(zlib) == "The text of zlib1g_1.2.13.dfsg-1.txt."
    monkeypatch.setattr(sys, "executable", str(tmp_path / "elsewhere" / "k6desk"))
    assert "zlib1g" not in by_name()
