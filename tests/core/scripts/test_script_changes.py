"""Two scripts or archives, file by file: what belongs together, what happened to it, and no secret in any text."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import pytest

from k6desk.api.models import Script
from k6desk.core.scripts.script_changes import METADATA, MOST_SHOWN, script_changes
from k6desk.data.problems import ArchiveProblem

RECORDED = Path(__file__).parents[4] / "shared" / "data" / "archives"
MAIN = 'import { login } from "./lib/login.js";\nexport default function () {\n  login();\n}\n'
LOGIN = "".join(f"export const step{number} = {number};\n" for number in range(20))


def archive(
    files: dict[str, str | bytes] | None = None,
    *,
    main: str = MAIN,
    folder: str = "home/ana/shop",
    entry: str = "main.js",
    env: dict[str, str] | None = None,
    links: dict[str, str] | None = None,
) -> Script:
    """An archive whose files have places below the entry script's folder, or with a leading `/` of their own."""
    metadata = {"filename": f"file:///{folder}/{entry}", "env": env or {}, "options": {"vus": 2}}
    content: dict[str, bytes] = {"metadata.json": json.dumps(metadata).encode(), "data": main.encode()}
    for name, inner in (files or {}).items():
        place = name[1:] if name.startswith("/") else f"file/{folder}/{name}"
        content[place] = inner.encode() if isinstance(inner, str) else inner
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:") as tar:
        for name, inner in content.items():
            member = tarfile.TarInfo(name)
            member.size = len(inner)
            tar.addfile(member, io.BytesIO(inner))
        for name, target in {f"file/{folder}/{entry}": "data", **(links or {})}.items():
            link = tarfile.TarInfo(name)
            link.type, link.linkname = (tarfile.LNKTYPE if target == "data" else tarfile.SYMTYPE), target
            tar.addfile(link)
    return Script(out.getvalue(), is_archive=True)


def plain(text: str) -> Script:
    return Script(text.encode(), is_archive=False)


def kinds(old: Script, new: Script) -> list[tuple[str, str, str]]:
    return [(change.kind, change.old_name, change.name) for change in script_changes(old, new)]


def test_two_plain_scripts_are_one_file():
    (change,) = script_changes(plain("a();\n"), plain("b();\n"))
    assert (change.kind, change.old, change.new, change.remark) == ("changed", "a();\n", "b();\n", "")


def test_the_entry_comes_first_then_what_changed_came_went_and_stayed():
    old = archive({"lib/a.js": "a", "lib/gone.js": "gone", "same.csv": "1,2"})
    new = archive({"lib/a.js": "b", "new.js": LOGIN, "same.csv": "1,2"}, main=MAIN + "//\n")
    assert kinds(old, new) == [
        ("changed", "main.js", "main.js"),
        ("changed", "lib/a.js", "lib/a.js"),
        ("added", "", "new.js"),
        ("removed", "lib/gone.js", "lib/gone.js"),
        ("same", METADATA, METADATA),
        ("same", "same.csv", "same.csv"),
    ]


def test_an_entry_script_is_compared_with_that_of_another_name_and_a_script_with_an_archive():
    old, new = archive(entry="smoke.js"), archive(entry="load.js", main=MAIN + "//\n")
    assert kinds(old, new)[0] == ("changed", "smoke.js", "load.js")
    entry, *others = script_changes(plain(MAIN), archive({"lib/login.js": LOGIN}))
    assert (entry.kind, entry.name, entry.old_name) == ("same", "main.js", "main.js")
    assert [(change.kind, change.name) for change in others] == [("added", METADATA), ("added", "lib/login.js")]


def test_a_checkout_at_another_place_and_an_archive_of_an_old_layout_have_the_same_files():
    old = archive({"lib/login.js": LOGIN}, folder="home/ana/shop")
    new = archive({"lib/login.js": LOGIN + "//\n"}, folder="builds/7/shop")
    assert ("changed", "lib/login.js", "lib/login.js") in kinds(old, new)
    older = archive({"/scripts/_home/ana/shop/lib/login.js": LOGIN, "/scripts/jslib.k6.io/x.js": "x"})
    newer = archive({"lib/login.js": LOGIN, "/https/jslib.k6.io/x.js": "y"})
    assert kinds(older, newer)[1:3] == [
        ("changed", "https://jslib.k6.io/x.js", "https://jslib.k6.io/x.js"),
        ("same", METADATA, METADATA),
    ]


def test_a_file_under_a_new_name_is_known_by_its_content_or_most_of_it():
    old = archive({"login.js": LOGIN, "data.bin": b"\0\1\2", "empty.js": ""})
    new = archive({"steps.js": LOGIN + "export const last = 1;\n", "users.bin": b"\0\1\2", "nothing.js": ""})
    found = {change.name: change for change in script_changes(old, new)}
    assert (found["steps.js"].kind, found["steps.js"].old_name) == ("renamed", "login.js")
    assert found["steps.js"].old == LOGIN
    assert (found["users.bin"].kind, found["users.bin"].old_name) == ("renamed", "data.bin")
    assert found["nothing.js"].kind == "added"  # every empty file is like every other


def test_what_is_no_text_and_links_are_told_by_a_remark():
    old = archive({"data.bin": b"\0\1"}, links={"file/home/ana/shop/current": "/etc/passwd"})
    new = archive({"data.bin": b"\0\1\2"}, links={"file/home/ana/shop/current": "/etc/shadow"})
    found = {change.name: change for change in script_changes(old, new)}
    assert (found["data.bin"].old, found["data.bin"].new) == (None, None)
    assert found["data.bin"].remark.startswith("This file is not text: 2 bytes, SHA-256 ")
    assert found["current"].remark == "A link to /etc/passwd → /etc/shadow. k6desk follows no links."


def test_no_secret_is_in_any_text_and_values_that_are_masked_are_not_told_apart():
    old = archive(env={"API_KEY": "one-of-the-shop", "USER": "ana"})
    new = archive(env={"API_KEY": "another-of-the-shop", "USER": "ana", "STAGE": "test"})
    for changes in (script_changes(old, new), script_changes(plain(MAIN), new)):
        assert "of-the-shop" not in repr(changes)
    metadata = next(change for change in script_changes(old, new) if change.name == METADATA)
    assert metadata.kind == "changed"
    masked_only = archive(env={"API_KEY": "another-of-the-shop", "USER": "ana"})
    assert ("same", METADATA, METADATA) in kinds(old, masked_only)
    token = 'const token = "glc_%s";\n'
    (change,) = script_changes(plain(token % ("ab12cd34ef" * 6)), plain(token % ("zz98yy76xx" * 6)))
    assert change.old == change.new
    assert "ab12" not in repr(change)
    assert change.remark.startswith("What is different is hidden here")


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded archives are not beside this checkout")
def test_archives_written_by_k6_are_compared_and_their_key_is_in_no_text():
    old, new = (
        Script((RECORDED / name).read_bytes(), is_archive=True) for name in ("checkout-multi-file.tar", "with-env.tar")
    )
    assert kinds(old, new) == [
        ("changed", "main.js", "login-smoke.js"),
        ("changed", METADATA, METADATA),
        ("removed", "data/users.csv", "data/users.csv"),
        ("removed", "lib/helpers.js", "lib/helpers.js"),
    ]
    assert "canary" not in repr(script_changes(old, new))
    assert b"canary" in new.content


def test_what_a_text_hides_is_said_of_the_side_that_hides_it():
    (change,) = script_changes(plain("a\u202eb"), plain("ab"))
    assert change.remark.startswith("In the older file: Invisible or reordering characters in line 1")


def test_a_damaged_archive_is_one_sentence():
    with pytest.raises(ArchiveProblem):
        script_changes(plain(MAIN), Script(b"no archive", is_archive=True))


def test_thousands_of_files_that_all_went_and_came_are_told_without_comparing_each_with_each():
    old = archive({f"old/{number}.js": f"a{number}" for number in range(2000)})
    new = archive({f"new/{number}.js": f"b{number}" for number in range(2000)})
    counted = [change.kind for change in script_changes(old, new)]
    assert (counted.count("added"), counted.count("removed")) == (2000, 2000)


def test_archives_that_are_different_throughout_do_not_fill_the_memory():
    blob = "x = 1;\n" * 280_000
    old = archive({f"{number}.js": blob for number in range(12)})
    new = archive({f"{number}.js": f"//\n{blob}" for number in range(12)})
    changes = script_changes(old, new)
    assert any("too much" in change.remark for change in changes)
    assert 0 < sum(len(change.old or "") + len(change.new or "") for change in changes) <= MOST_SHOWN
