from __future__ import annotations

import gzip
import io
import json
import os
import random
import struct
import tarfile
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from k6desk.data.archive import File, OpenedArchive, without_secrets
from k6desk.data.problems import ArchiveProblem
from k6desk.data.secrets import MASK

RECORDED = Path(__file__).parents[3] / "shared" / "data" / "archives"


def header(name: str, kind: bytes = tarfile.REGTYPE, size: int = 0, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.size, info.linkname = kind, size, link
    return info


def with_raw_header(archive: bytes, block: bytes) -> bytes:
    """The archive with one more header in front; its checksum is put right."""
    block = block[:148] + b" " * 8 + block[156:]
    return block[:148] + b"%06o\0 " % sum(block) + block[156:] + archive


def raw(name: str, size: bytes, kind: bytes = b"0") -> bytes:
    block = bytearray(header(name).tobuf(tarfile.GNU_FORMAT))
    block[124:136] = size.ljust(12, b"\0")
    block[156:157] = kind
    return bytes(block)


def metadata_of(content: bytes) -> dict:
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as tar:
        return json.load(tar.extractfile("metadata.json"))


def test_an_archive_shows_its_entry_script_and_what_it_holds(make_archive):
    archive = OpenedArchive(make_archive("export default 1; // ✓\n", files={"/home/nobody/lib/util.js": "let a"}))
    folder, name = ("home", "nobody", "load-tests"), "file/home/nobody/load-tests/login-smoke.js"
    assert archive.entry == File(name, (*folder, "login-smoke.js"), "entry", "file", 25)
    assert archive.read(name).decode() == "export default 1; // ✓\n"
    assert [file.name for file in archive.files[1:]] == ["metadata.json", "file/home/nobody/lib/util.js"]
    assert (archive.count, archive.k6_version) == (3, "2.2.0")
    assert archive.options == {"vus": 10, "duration": "30s", "tlsAuth": None, "cloud": {"name": "Login smoke"}}


def test_secrets_are_masked_wherever_they_are(make_archive):
    content = make_archive(
        metadata={
            "env": {"API_KEY": "canary", "BASE_URL": "canary"},
            "options": {
                "cloud": {"token": "canary", "name": "shown"},
                "tlsAuth": [{"domains": ["canary"], "cert": "canary", "key": "canary"}],
                "scenarios": {"a": {"env": {"PASSWORD": "canary"}, "exec": "shown"}},
                "thresholds": {"http_req_duration{name:get token}": ["p(95)<500"]},
            },
        }
    )
    hidden = without_secrets(content)
    assert b"canary" not in hidden
    metadata = metadata_of(hidden)
    assert metadata["env"] == {"API_KEY": MASK, "BASE_URL": MASK}
    assert metadata["options"]["cloud"] == {"token": MASK, "name": "shown"}
    assert metadata["options"]["scenarios"]["a"]["exec"] == "shown"
    assert metadata["options"]["thresholds"] == {"http_req_duration{name:get token}": ["p(95)<500"]}


def test_an_archive_without_its_secrets_is_otherwise_the_same(make_archive):
    content = make_archive("let x", metadata={"env": {"A": "b"}}, files={"/ü/" + "long/" * 40 + "x.js": "1"})
    before, after = OpenedArchive(content), OpenedArchive(without_secrets(content))
    assert [file for file in after.files if file.area != "metadata"] == [
        file for file in before.files if file.area != "metadata"
    ]
    assert after.read("data") == before.read("data") == b"let x"
    assert metadata_of(without_secrets(content))["options"] == metadata_of(content)["options"]
    assert without_secrets(make_archive()) == make_archive()


def test_masked_metadata_has_its_lines_where_they_were(make_archive):
    content = make_archive(metadata={"env": {"A": "b"}, "options": {"stages": [], "tags": {}, "tlsAuth": None}})
    before, after = (OpenedArchive(one).read("metadata.json").decode() for one in (content, without_secrets(content)))
    assert after == before.replace('"A": "b"', f'"A": "{MASK}"')


@pytest.mark.parametrize(
    ("filename", "name"),
    [
        ("file:///home/n/my%20tests/login%20%C3%BC.js", "login ü.js"),
        ("file:///C:/tests/login.js", "login.js"),
        ("C:\\tests\\login.js", "login.js"),
        ("https://example.com/a/b.js", "b.js"),
        ("", "script.js"),
        (7, "7"),
        ("file:///../..", "‹..›"),
    ],
)
def test_the_entry_script_is_named_by_its_link_or_else_by_the_metadata(make_archive, filename, name):
    content = tar_of(("metadata.json", json.dumps({"filename": filename})), ("data", "x"))
    assert OpenedArchive(content).entry.path[-1] == name
    assert OpenedArchive(make_archive(metadata={"filename": filename})).entry.path[-1] == "login-smoke.js"


def test_of_two_entry_scripts_the_last_counts_as_in_k6(make_archive):
    first, second = make_archive("first"), make_archive("second")
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:") as out:
        for source in (first, second):
            with tarfile.open(fileobj=io.BytesIO(source)) as tar:
                for info in tar:
                    out.addfile(info, tar.extractfile(info) if info.isreg() else None)
    assert OpenedArchive(content.getvalue()).read("data") == b"second"


HOSTILE = {
    "symbolic link loop": (header("a", tarfile.SYMTYPE, link="b"), header("b", tarfile.SYMTYPE, link="a")),
    "link to itself": (header("a", tarfile.LNKTYPE, link="a"),),
    "link out": (header("a", tarfile.SYMTYPE, link="/etc/passwd"),),
    "odd names": (header("../../x"), header("/etc/passwd"), header("C:\\x"), header("a\x01\x1b[31m\u202e"), header("")),
}


@pytest.mark.parametrize("extra", HOSTILE.values(), ids=HOSTILE)
def test_links_and_odd_names_are_shown_and_never_followed(make_archive, extra):
    content = make_archive(extra=extra)
    shown = OpenedArchive(content).files[-len(extra) :]
    assert [(file.name, file.size) for file in shown] == [(info.name, 0) for info in extra]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"export default function () {}" * 100,
        bytes(10_240),
        os.urandom(10_240),
        b"\xff" * 10_240,
    ],
    ids=["empty", "a script", "zeros", "random", "ones"],
)
def test_what_is_no_archive_is_refused_in_one_sentence(content):
    with pytest.raises(ArchiveProblem, match=r"^This is not a k6 archive|^This archive is cut off") as caught:
        OpenedArchive(content)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "kind", [tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE], ids=["character", "block", "pipe"]
)
def test_devices_are_refused(make_archive, kind):
    with pytest.raises(ArchiveProblem, match="never puts into one"):
        OpenedArchive(make_archive(extra=(header("device", kind),)))


@pytest.mark.parametrize("size", [b"\x80" + struct.pack(">q", 8 * 2**30).rjust(11, b"\0"), b"77777777777"])
def test_a_claim_of_gigabytes_is_refused_unread(make_archive, size):
    with pytest.raises(ArchiveProblem):
        OpenedArchive(with_raw_header(make_archive(), raw("big", size)))


@pytest.mark.parametrize("size", [-512, -1024, -1, -(2**40)])
def test_a_negative_size_ends_at_once(make_archive, size):
    with pytest.raises(ArchiveProblem):
        OpenedArchive(with_raw_header(make_archive(), raw("back", struct.pack(">q", size).rjust(12, b"\xff"))))


def test_sparse_files_are_refused(make_archive):
    block = bytearray(raw("sparse", b"%011o" % 0, kind=b"S"))
    for place in (386, 398):
        block[place : place + 12] = b"%011o\0" % 0
    block[483:495] = b"%011o\0" % (8 * 2**30 - 1)
    with pytest.raises(ArchiveProblem, match="never puts into one"):
        OpenedArchive(with_raw_header(make_archive(), bytes(block)))


def test_too_many_members_are_refused(make_archive):
    many = tuple(header(f"f{n}") for n in range(5_000))
    with pytest.raises(ArchiveProblem, match=r"more than 5,000 files or 64 MiB"):
        OpenedArchive(make_archive(extra=many))


def test_too_many_bytes_are_refused():
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:") as tar:
        for n in range(5):
            tar.addfile(header(f"f{n}", size=15 * 2**20), io.BytesIO(bytes(15 * 2**20)))
    with pytest.raises(ArchiveProblem, match=r"more than 5,000 files or 64 MiB"):
        OpenedArchive(content.getvalue())


def test_compressed_archives_are_refused(make_archive):
    with pytest.raises(ArchiveProblem):
        OpenedArchive(gzip.compress(make_archive()))


@pytest.mark.parametrize(
    "metadata", [b"", b"{", b"[]", b'"x"', b"[" * 100_000, b'{"env":5,"options":[],"filename":{}}']
)
def test_odd_metadata_is_refused_or_ignored(make_archive, metadata):
    content = make_archive(metadata=metadata)
    if metadata.startswith(b'{"'):
        assert OpenedArchive(content).k6_version == ""
    else:
        with pytest.raises(ArchiveProblem):
            OpenedArchive(content)


def test_an_archive_cut_anywhere_is_refused(make_archive):
    content = make_archive("x" * 2000, files={"/a.js": "y" * 1500})
    end = len(content.rstrip(b"\0"))
    end += -end % 512
    for length in range(0, end + 1024, 256):
        with pytest.raises(ArchiveProblem, match=r"cut off|not a k6 archive"):
            OpenedArchive(content[:length])
    assert OpenedArchive(content[: end + 1024]).read("data") == b"x" * 2000


def test_no_damage_does_worse_than_a_refusal(make_archive):
    content = make_archive("x" * 500, metadata={"env": {"A": "b"}}, files={"/" + "long/" * 40 + "ü.js": "y"})
    chance = random.Random(3)
    refused = 0
    for _ in range(1500):
        broken = bytearray(content)
        block = chance.randrange(len(content) // 512) * 512
        for _ in range(chance.randrange(1, 8)):
            broken[min(block + chance.randrange(512), len(content) - 1)] = chance.randrange(256)
        repaired = broken[:block] + with_raw_header(b"", bytes(broken[block : block + 512])) + broken[block + 512 :]
        for mutant in (broken, repaired):
            try:
                assert OpenedArchive(bytes(mutant)).files
                without_secrets(bytes(mutant))
            except ArchiveProblem:
                refused += 1
    assert refused > 500


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded archives are not beside this checkout")
@pytest.mark.parametrize(
    ("file", "entry", "members"),
    [
        ("checkout-multi-file.tar", "main.js", 12),
        ("login-smoke.tar", "login-smoke.js", 7),
        ("with-env.tar", "login-smoke.js", 7),
    ],
)
def test_archives_written_by_k6_are_read(file, entry, members):
    content = (RECORDED / file).read_bytes()
    archive = OpenedArchive(content)
    assert (archive.entry.path[-1], len(archive.entries), archive.k6_version) == (entry, members, "2.2.0")
    assert b"export default function" in archive.read(archive.entry.name)
    assert b"canary" not in without_secrets(content)
    env = metadata_of(without_secrets(content)).get("env") or {}
    assert env == ({"API_KEY": MASK, "BASE_URL": MASK} if "env" in file else {})


def test_what_is_masked_is_named_but_for_what_is_empty(make_archive):
    options = {"vus": 1, "cloud": {"token": "t", "name": "n"}}
    content = make_archive(metadata={"env": {"A": "x", "B": ""}, "options": options})
    assert OpenedArchive(content).secrets == ("options.cloud.token", "env.A")
    assert OpenedArchive(make_archive()).secrets == ()


def tar_of(*members: tuple[str | tarfile.TarInfo, bytes | str]) -> bytes:
    """A tar of these: named contents, or headers of their own."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:") as tar:
        for name, data in members:
            data = data.encode() if isinstance(data, str) else data
            tar.addfile(header(name, size=len(data)) if isinstance(name, str) else name, io.BytesIO(data))
    return content.getvalue()


def listed(content: bytes) -> list[tuple[str, str, bytes]]:
    """Area, path and content of the files of an archive."""
    archive = OpenedArchive(content)
    return [
        (file.area, "/".join(file.path), archive.read(file.name))
        for file in archive.files
        if file.kind == "file" and file.area != "metadata"
    ]


LAYOUTS = {
    "today's": (
        "file:///home/nobody/t/main.js",
        [
            ("data", "entry"),
            (header("file/home", tarfile.DIRTYPE), ""),
            ("file/home/nobody/t/lib/a.js", "a"),
            (header("file/home/nobody/t/main.js", tarfile.LNKTYPE, link="data"), ""),
            ("https/jslib.k6.io/utils/1.4.0/index.js", "web"),
        ],
        [
            ("entry", "home/nobody/t/main.js", b"entry"),
            ("local", "home/nobody/t/lib/a.js", b"a"),
            ("remote", "jslib.k6.io/utils/1.4.0/index.js", b"web"),
        ],
    ),
    "files/ and scripts/": (
        "/home/nobody/t/main.js",
        [
            ("data", "entry"),
            ("scripts/_/home/nobody/t/main.js", "entry"),
            ("scripts/_/home/nobody/t/a.js", "a"),
            ("scripts/cdnjs.com/x.js", "web"),
            ("files/_/home/nobody/t/users.csv", "csv"),
            ("files/example.com/x.json", "{}"),
        ],
        [
            ("entry", "home/nobody/t/main.js", b"entry"),
            ("local", "home/nobody/t/a.js", b"a"),
            ("remote", "cdnjs.com/x.js", b"web"),
            ("local", "home/nobody/t/users.csv", b"csv"),
            ("remote", "example.com/x.json", b"{}"),
        ],
    ),
    "a second copy that differs": (
        "file:///t/main.js",
        [("data", "entry"), ("file/t/main.js", "other")],
        [("entry", "t/main.js", b"entry"), ("local", "t/main.js", b"other")],
    ),
    "Windows": (
        "file:///C:/t/main.js",
        [
            ("data", "entry"),
            (header("file/C:\\t\\main.js", tarfile.LNKTYPE, link="data"), ""),
            ("file/C:\\t\\a.js", "a"),
        ],
        [("entry", "C:/t/main.js", b"entry"), ("local", "C:/t/a.js", b"a")],
    ),
    "an entry script from the web": (
        "https://example.com/t/main.js",
        [("data", "entry"), (header("https/example.com/t/main.js", tarfile.LNKTYPE, link="data"), "")],
        [("entry", "example.com/t/main.js", b"entry")],
    ),
    "several links to data": (
        "file:///b.js",
        [
            ("data", "entry"),
            (header("file/a.js", tarfile.LNKTYPE, link="data"), ""),
            (header("file/b.js", tarfile.LNKTYPE, link="data"), ""),
        ],
        [("entry", "b.js", b"entry")],
    ),
    "no place at all": ("", [("data", "entry")], [("entry", "script.js", b"entry")]),
    "odd names": (
        "file:///a.js",
        [
            ("data", "entry"),
            ("../../x", "1"),
            ("/etc/passwd", "2"),
            ("file/../a\x01\u202eb\t.js", "3"),
            ("", "4"),
            ("loose", "5"),
        ],
        [
            ("entry", "a.js", b"entry"),
            ("other", "‹..›/‹..›/x", b"1"),
            ("other", "etc/passwd", b"2"),
            ("local", "‹..›/a‹U+0001›‹U+202E›b‹U+0009›.js", b"3"),
            ("other", "‹no name›", b"4"),
            ("other", "loose", b"5"),
        ],
    ),
}


@pytest.mark.parametrize(("filename", "members", "expected"), LAYOUTS.values(), ids=LAYOUTS)
def test_every_layout_is_a_tree_with_the_entry_script_first(filename, members, expected):
    content = tar_of(("metadata.json", json.dumps({"filename": filename})), *members)
    assert listed(content) == expected
    assert [file.path for file in OpenedArchive(content).files if file.area == "metadata"] == [("metadata.json",)]


def test_folders_of_a_whole_area_are_no_entries(make_archive):
    content = make_archive(extra=(header("https", tarfile.DIRTYPE), header("file/home", tarfile.DIRTYPE)))
    folders = [file for file in OpenedArchive(content).files if file.kind == "directory"]
    assert folders == [File("file/home", ("home",), "local", "directory", 0)]


def test_other_links_are_shown_with_their_target_and_not_followed(make_archive):
    links = (
        header("file/a", tarfile.SYMTYPE, link="/etc/\u202epasswd"),
        header("file/b", tarfile.SYMTYPE, link="data"),
    )
    content = make_archive(extra=links)
    shown = OpenedArchive(content).files[-2:]
    assert [(file.kind, file.path, file.target) for file in shown] == [
        ("link", ("a",), "/etc/‹U+202E›passwd"),
        ("link", ("b",), "data"),
    ]
    for file in shown:
        with pytest.raises(ArchiveProblem, match="follows no links"):
            OpenedArchive(content).read(file.name)


def test_of_two_files_with_one_name_the_last_counts_and_that_is_said():
    metadata = ("metadata.json", json.dumps({"filename": "file:///a.js"}))
    content = tar_of(metadata, ("data", "1"), ("file/b.js", "first"), ("file/b.js", "last"), ("data", "2"))
    entry, _, other = OpenedArchive(content).files
    assert (entry.copies, other.copies) == (2, 2)
    assert (OpenedArchive(content).read(entry.name), OpenedArchive(content).read(other.name)) == (b"2", b"last")


def test_what_is_not_there_is_one_sentence(make_archive):
    for name in ("file/none.js", "file"):
        with pytest.raises(ArchiveProblem, match=f"it has no {name}"):
            OpenedArchive(make_archive()).read(name)


def test_of_two_metadata_no_secret_of_either_is_kept():
    first, last = json.dumps({"env": {"A": "canary"}}), json.dumps({"env": {}})
    content = tar_of(("metadata.json", first), ("data", "1"), ("metadata.json", last))
    assert b"canary" in content
    hidden = without_secrets(content)
    assert b"canary" not in hidden
    assert OpenedArchive(hidden).read("data") == b"1"


def extended(body: bytes, kind: bytes = tarfile.XHDTYPE, size: int | None = None) -> bytes:
    block = header("x", kind, len(body) if size is None else size).tobuf(tarfile.USTAR_FORMAT)
    return block + body + bytes(-len(body) % 512)


HEADERS = {
    "records that overlap": extended(b"2 " * 30_000 + b"a=b\n"),
    "no record": extended(b"nonsense"),
    "a length of nothing": extended(b"0 a=b\n"),
    "a length beyond the end": extended(b"99 a=b\n"),
    "a length of many digits": extended(b"9" * 5000 + b" a=b\n"),
    "a negative size": extended(b"12 size=-512\n"),
    "gigabytes": extended(b"19 size=8589934592\n"),
    "sparse": extended(b"22 GNU.sparse.major=1\n"),
    "a long name": extended(b"a/" * 4096, tarfile.GNUTYPE_LONGNAME),
    "a longer name": extended(b"a" * 70_000, tarfile.GNUTYPE_LONGNAME),
    "negative itself": with_raw_header(b"", raw("x", struct.pack(">q", -512).rjust(12, b"\xff"), b"x")),
    "so many that they never end": extended(b"6 a=b\n") * 20_000,
}


@pytest.mark.parametrize("headers", HEADERS.values(), ids=HEADERS)
def test_headers_that_would_keep_a_reader_busy_are_refused_at_once(make_archive, headers):
    begun = time.process_time()
    with pytest.raises(ArchiveProblem):
        OpenedArchive(headers + make_archive())
    assert time.process_time() - begun < 2


def test_long_and_foreign_names_are_read_in_every_format(make_archive):
    name = "file/" + "lang/" * 40 + "ü.js"
    for form in (tarfile.PAX_FORMAT, tarfile.GNU_FORMAT):
        extra = header(name, size=1).tobuf(form) + b"x" + bytes(511)
        content = extra + extended(b"16 comment=none\n", tarfile.XGLTYPE) + make_archive()
        assert OpenedArchive(content).read(name) == b"x"


def test_folders_without_an_end_are_refused(make_archive):
    with pytest.raises(ArchiveProblem, match="64 deep"):
        assert OpenedArchive(make_archive(files={"/" + "a/" * 100: "x"})).files


_CONTENT = tar_of(
    ("metadata.json", json.dumps({"filename": "file:///a/main.js", "env": {"A": "canary"}})),
    ("data", "x" * 600),
    ("file/" + "long/" * 40 + "ü.js", "y"),
    (header("file/a/main.js", tarfile.LNKTYPE, link="data"), ""),
    (header("file/b", tarfile.SYMTYPE, link="file/a"), ""),
).rstrip(b"\0") + bytes(2048)


@given(
    st.lists(st.tuples(st.integers(0, len(_CONTENT) - 1), st.integers(0, 255)), max_size=6),
    st.lists(st.integers(0, len(_CONTENT) // 512), max_size=4),
    st.booleans(),
)
@settings(max_examples=400, deadline=2000, suppress_health_check=[HealthCheck.too_slow])
def test_a_mutated_archive_is_read_or_refused(changes, order, repair):
    broken = bytearray(_CONTENT)
    for at, byte in changes:
        broken[at] = byte
        if repair:
            block = at // 512 * 512
            broken[block : block + 512] = with_raw_header(b"", bytes(broken[block : block + 512]))
    blocks = [bytes(broken[at : at + 512]) for at in range(0, len(broken), 512)]
    for at in order:
        blocks.insert(at, blocks[-at])
    content = b"".join(blocks)
    try:
        for file in OpenedArchive(content).files:
            assert file.path
            assert all(part.isprintable() for part in file.path)
            if file.kind == "file":
                assert len(OpenedArchive(content).read(file.name)) == file.size
        hidden = without_secrets(content)
    except ArchiveProblem:
        pass
    else:
        assert OpenedArchive(hidden).files[0] == OpenedArchive(content).files[0]
        assert without_secrets(hidden) == hidden


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded archives are not beside this checkout")
def test_the_files_of_an_archive_written_by_k6():
    content = (RECORDED / "checkout-multi-file.tar").read_bytes()
    assert [(area, path, len(data)) for area, path, data in listed(content)] == [
        ("entry", "home/nobody/load-tests/checkout/main.js", 524),
        ("local", "home/nobody/load-tests/checkout/data/users.csv", 18),
        ("local", "home/nobody/load-tests/checkout/lib/helpers.js", 121),
    ]
