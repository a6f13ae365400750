"""A script or archive to look around in."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k6desk.api.models import Script
from k6desk.core.scripts.opened_script import BinaryFile, Hidden, OpenedScript
from k6desk.core.scripts.source import LONGEST_LINE
from k6desk.data.archive import without_secrets
from k6desk.data.problems import ArchiveProblem
from k6desk.data.secrets import MASK, masked_text

RECORDED = Path(__file__).parents[4] / "shared" / "data" / "archives"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"


def plain(text: str | bytes) -> OpenedScript:
    return OpenedScript(Script(text.encode() if isinstance(text, str) else text, is_archive=False))


def archive(files: dict[str, bytes | str] | None = None, *, entry: str = "let x", **metadata) -> OpenedScript:
    content = io.BytesIO()
    whole = {"filename": "file:///t/main.js", "k6version": "2.2.0", "options": {}} | metadata
    with tarfile.open(fileobj=content, mode="w:") as tar:
        for name, data in ({"metadata.json": json.dumps(whole), "data": entry} | (files or {})).items():
            data = data.encode() if isinstance(data, str) else data
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
        link = tarfile.TarInfo("file/t/main.js")
        link.type, link.linkname = tarfile.LNKTYPE, "data"
        tar.addfile(link)
    return OpenedScript(Script(content.getvalue(), is_archive=True))


def secrets_in(opened: OpenedScript, name: str) -> list[str]:
    """What the masks of a file hide, each revealed alone."""
    everything = opened.read(name)
    found = []
    for mask in everything.hidden:
        assert everything.shown[mask.start : mask.end] == MASK
        alone = opened.read(name, frozenset({mask.number}))
        assert mask.number not in {other.number for other in alone.hidden}
        assert len(alone.hidden) == len(everything.hidden) - 1
        grown = len(alone.shown) - len(everything.shown)
        found.append(alone.shown[mask.start : mask.end + grown])
    return found


def test_a_plain_script_is_one_file():
    opened = plain("export default function () {}")
    assert (opened.name, opened.entry, opened.is_archive, opened.k6_version) == ("script.js", "script.js", False, "")
    assert [(file.name, file.area) for file in opened.files] == [("script.js", "entry")]
    assert opened.read(opened.entry).shown == "export default function () {}"
    assert (opened.metadata(), opened.secret_paths(), opened.is_masked) == ({}, (), False)


def test_an_archive_is_called_like_its_entry_script():
    opened = archive({"https/a.b/c.js": "web"})
    assert (opened.name, opened.entry, opened.k6_version) == ("main.js", "file/t/main.js", "2.2.0")
    assert opened.read(opened.entry).shown == "let x"
    assert opened.read("https/a.b/c.js").shown == "web"


def test_secrets_in_text_are_masked_and_revealed_one_at_a_time():
    opened = plain("\u200bconst token = 'one';\r\nfetch('https://a:second@b.c'); // 😀 password: 'third\u202e'\n")
    text = opened.read("script.js")
    assert text.shown == (f"‹U+200B›const token = '{MASK}';\nfetch('https://a:{MASK}@b.c'); // 😀 password: '{MASK}'\n")
    assert [(mask.what, mask.number) for mask in text.hidden] == [
        ("value of token", 0),
        ("password in an address", 1),
        ("value of password", 2),
    ]
    assert secrets_in(opened, "script.js") == ["one", "second", "third‹U+202E›"]
    two = opened.read("script.js", frozenset({0, 2}))
    assert [mask.number for mask in two.hidden] == [1]
    assert "one" in two.shown
    assert "second" not in two.shown


def test_what_is_shown_is_what_is_masked_anywhere_else():
    text = "const apiKey = 'abc';\n-----BEGIN PRIVATE KEY-----\n" + "MIIE" * 16 + "\n-----END PRIVATE KEY-----\n"
    assert plain(text).read("script.js").shown == masked_text(text)


def test_masks_in_long_lines_are_where_they_are_said_to_be_and_none_is_cut_open():
    filler = "x" * (LONGEST_LINE - 30)
    opened = plain(f"token = 'first'; {filler} token = 'second'; token = 'third';\ntoken = 'last';")
    text = opened.read("script.js")
    assert "cut off here" in text.warnings[0]
    assert [mask.number for mask in text.hidden] in ([0, 3], [0, 1, 3])
    assert all(text.shown[mask.start : mask.end] == MASK for mask in text.hidden)
    assert not any(word in text.shown for word in ("first", "sec", "third", "last"))
    assert secrets_in(plain("token = 'abc';" * 3 + "\n" + filler * 2), "script.js") == ["abc"] * 3


def test_metadata_is_indented_json_with_the_values_masked_that_names_or_looks_tell():
    key = '"quoted" \n ü \u202e'
    opened = archive(
        env={"API_KEY": key, "EMPTY": ""},
        options={"tlsAuth": [{"key": "k1"}, {"key": "k2"}], "tags": {"note": "https://u:pw1234@h.i", "safe": "shown"}},
    )
    text = opened.read("metadata.json")
    assert text.language == "json"
    assert '\n  "k6version": "2.2.0",\n' in text.shown
    assert secrets_in(opened, "metadata.json") == ["k1", "k2", "pw1234", r"\"quoted\" \n ü ‹U+202E›"]
    assert [mask.what for mask in text.hidden][::3] == ["value of options.tlsAuth.0.key", "value of env.API_KEY"]
    paths = ("options.tlsAuth.0.key", "options.tlsAuth.1.key", "options.tags.note", "env.API_KEY")
    assert opened.secret_paths() == paths
    hidden = opened.metadata()
    assert hidden["env"] == {"API_KEY": MASK, "EMPTY": ""}
    assert hidden["options"]["tags"] == {"note": f"https://u:{MASK}@h.i", "safe": "shown"}
    assert opened.metadata(frozenset({"env.API_KEY"}))["env"]["API_KEY"] == key
    assert opened.metadata(frozenset({paths[0]}))["options"]["tlsAuth"] == [{"key": "k1"}, {"key": MASK}]


def test_an_archive_that_was_kept_says_that_its_secrets_are_not_here():
    opened = archive(env={"A": "x"})
    kept = OpenedScript(Script(without_secrets(opened._content), is_archive=True))
    assert (opened.is_masked, kept.is_masked) == (False, True)
    assert kept.secret_paths() == ("env.A",)
    assert [mask.what for mask in kept.read("metadata.json").hidden] == ["value of env.A"]


@pytest.mark.parametrize(
    ("name", "text", "language"),
    [
        ("a.mjs", "", "javascript"),
        ("a.TS", "", "typescript"),
        ("a.json", "", "json"),
        ("a.csv", "", "csv"),
        ("a.proto", "", "protobuf"),
        ("a.txt", "import x", "text"),
        ("index", "// a module\nexport const x = 1;", "javascript"),
        ("x.min", "!function(){}()", "javascript"),
        ("answer", ' {"a": 1}', "json"),
        ("api", '// v1\nsyntax = "proto3";', "protobuf"),
        ("LICENSE", "All rights", "text"),
        (".js", "words", "text"),
    ],
)
def test_the_language_is_told_by_the_name_or_else_by_the_text(name, text, language):
    assert archive({f"file/{name}": text}).read(f"file/{name}").language == language


def test_an_entry_script_without_an_ending_is_javascript():
    assert archive(entry="x()", filename="file:///-").read("file/t/main.js").language == "javascript"


@pytest.mark.parametrize(
    ("content", "is_image"),
    [
        (PNG, True),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", True),
        (b"GIF89a\1\0\1\0", True),
        (b"BM\0\0\0", True),
        (b"RIFF\0\0\0\0WEBPVP8 ", True),
        (b"RIFF\0\0\0\0WAVEfmt ", False),
        (b"\x7fELF\0", False),
        (bytes(range(128, 256)) * 4, False),
    ],
)
def test_what_is_no_text_is_bytes_and_maybe_an_image(content, is_image):
    assert archive({"file/x.js": content}).read("file/x.js") == BinaryFile("file/x.js", content, is_image)


def test_text_that_begins_like_an_image_is_text():
    assert archive({"file/x": "BM is short for bookmark"}).read("file/x").shown == "BM is short for bookmark"
    assert archive({"file/x": b"\xef\xbb\xbfGIF89a"}).read("file/x").shown == "GIF89a"


def test_a_second_file_of_one_name_is_said():
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:") as tar:
        for name, data in (("metadata.json", b"{}"), ("data", b"1"), ("data", b"2")):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    opened = OpenedScript(Script(content.getvalue(), is_archive=True))
    text = opened.read(opened.entry)
    assert (text.shown, text.warnings) == (
        "2",
        ("The archive holds 2 files of this name; this is the last, which k6 uses.",),
    )


def test_what_cannot_be_read_is_one_sentence():
    with pytest.raises(ArchiveProblem):
        OpenedScript(Script(b"junk", is_archive=True))
    with pytest.raises(ArchiveProblem, match="it has no file/none"):
        archive().read("file/none")


@given(
    st.lists(
        st.sampled_from(["token='", "abc", "'", "\n", "\r", "\u202e", "😀", "://a:", "@b", "x" * 6000]), max_size=30
    )
)
def test_every_mask_is_where_it_is_said_to_be(parts):
    text = plain("".join(parts)).read("script.js")
    assert all(text.shown[mask.start : mask.end] == MASK for mask in text.hidden)
    assert text.shown.count(MASK) == len(text.hidden)
    assert list(text.hidden) == sorted(text.hidden)


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded archives are not beside this checkout")
def test_the_key_in_an_archive_written_by_k6_is_masked():
    opened = OpenedScript(Script((RECORDED / "with-env.tar").read_bytes(), is_archive=True))
    text = opened.read("metadata.json")
    assert f'"API_KEY": "{MASK}"' in text.shown
    assert "canary" not in text.shown + json.dumps(opened.metadata())
    first = text.hidden[0]
    assert first == Hidden(first.start, first.start + len(MASK), "value of env.API_KEY", 0)
    assert '"API_KEY": "canary-do-not-show"' in opened.read("metadata.json", frozenset({0})).shown
    assert opened.secret_paths() == ("env.API_KEY", "env.BASE_URL")
    assert opened.read(opened.entry).shown.startswith("import http")
