"""Reading a script without being deceived."""

from __future__ import annotations

import io
import json
import tarfile
import time

import pytest

from k6desk.api.models import Script
from k6desk.core.scripts.source import LONGEST_LINE, MOST_CHARACTERS, open_source
from k6desk.data.problems import ArchiveProblem
from k6desk.data.secrets import MASK


def plain(content: bytes) -> Script:
    return Script(content, is_archive=False)


def archive(source: bytes) -> Script:
    """A k6 archive as k6 writes it: the entry script's own place is a hard link to `data`."""
    content = io.BytesIO()
    metadata = json.dumps({"type": "js", "filename": "file:///home/ci/main.js", "k6version": "2.2.0", "options": {}})
    with tarfile.open(fileobj=content, mode="w:") as tar:
        for name, data in (("metadata.json", metadata.encode()), ("data", source)):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
        link = tarfile.TarInfo("file/home/ci/main.js")
        link.type, link.linkname = tarfile.LNKTYPE, "data"
        tar.addfile(link)
    return Script(content.getvalue(), is_archive=True)


def test_an_archive_opens_its_entry_script_and_says_what_it_is():
    source = open_source(archive(b"export default function () {}\n"))
    assert source.name == "main.js"
    assert source.shown == "export default function () {}\n"
    assert source.origin == "Entry script of a k6 archive with 2 files, made by k6 2.2.0"


def test_new_lines_of_every_system_are_lines():
    assert open_source(plain(b"\xef\xbb\xbfa\r\nb\rc\n")).shown == "a\nb\nc\n"


def test_what_hides_or_reorders_is_made_visible_and_named():
    source = open_source(plain("ok\nif (admin\u202e) {\u200b}\n".encode()))
    assert source.shown == "ok\nif (admin‹U+202E›) {‹U+200B›}\n"
    assert source.warnings == ("Invisible or reordering characters in line 2 are shown as ‹U+…›.",)
    assert "\u202e" in source.text, "what is copied is the script itself"


def test_what_looks_like_a_secret_is_masked_where_it_is_shown():
    source = open_source(plain(b"const token = 'canary';"))
    assert source.shown == f"const token = '{MASK}';"
    assert source.text == "const token = 'canary';"


def test_ordinary_scripts_have_no_warnings():
    assert open_source(plain("// größer → ok 😀\n\tfoo()".encode())).warnings == ()


def test_long_lines_are_cut_and_said():
    source = open_source(plain(b"x" * (LONGEST_LINE + 5)))
    assert source.shown == "x" * LONGEST_LINE + "…"
    assert source.warnings


def test_huge_scripts_are_cut_and_said():
    source = open_source(plain(b"x\n" * MOST_CHARACTERS))
    assert len(source.shown) == MOST_CHARACTERS
    assert "save the file" in source.warnings[0]


@pytest.mark.parametrize("content", [b"\x7fELF\x00\x01", bytes(range(128, 256)) * 4])
def test_binary_content_is_one_sentence(content):
    with pytest.raises(ArchiveProblem, match="not text"):
        open_source(plain(content))


def test_a_damaged_archive_is_one_sentence():
    with pytest.raises(ArchiveProblem):
        open_source(Script(archive(b"x").content[:1500], is_archive=True))


def test_what_is_hidden_may_make_a_line_short_and_that_it_was_cut_is_still_said():
    source = open_source(plain(b"token = '" + b"ab1" * LONGEST_LINE + b"'; let hidden_behind;\nnext"))
    assert source.shown == f"token = '{MASK}\nnext"
    assert "cut off here" in source.warnings[0]


def test_a_huge_line_is_not_looked_through_to_its_end():
    begun = time.process_time()
    for content in ("\u200b" * 1_900_000, "token='a1b';" * 150_000, "\n".join(["x" * (LONGEST_LINE + 4000)] * 130)):
        assert len(open_source(plain(content.encode())).shown) < 130 * (LONGEST_LINE + 2)
    assert time.process_time() - begun < 3
