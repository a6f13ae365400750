"""A bundle from elsewhere: it is read as it was meant, or refused with one sentence; nothing else ever happens."""

from __future__ import annotations

import io
import json
import stat
import struct
import warnings
from datetime import UTC, datetime
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from k6desk.api.models import Node, Script, ZoneNodes
from k6desk.data import bundle_members
from k6desk.data.bundle import Bundle, BundledRun
from k6desk.data.bundle_log import log_document
from k6desk.data.bundle_members import BundleProblem
from k6desk.data.bundle_metrics import metrics_documents
from k6desk.data.bundle_reader import read_bundle
from k6desk.data.bundle_writer import bundle_bytes

MADE_AT = datetime(2026, 5, 1, 12, tzinfo=UTC)
RUN_JSON = {
    "id": 5,
    "test_id": 12,
    "project_id": 3,
    "status": "completed",
    "result": "failed",
    "created": "2026-04-01T10:00:00Z",
    "ended": "2026-04-01T10:05:00Z",
    "note": "cold cache",
    "options": {"vus": 3},
    "status_history": [{"type": "created", "entered": "2026-04-01T10:00:00Z"}],
}
METRICS = json.dumps(
    {
        "value": [{"name": "vus", "type": "gauge"}],
        "answers": [
            {
                "query": "last",
                "metric": "vus",
                "over_time": True,
                "asked_at": "2026-05-01T12:00:00Z",
                "is_final": True,
                "result": [{"metric": {}, "values": [[0, 1], [3, "NaN"]]}],
            }
        ],
    }
).encode()
OF_A_RUN = [f"runs/5/{name}" for name in ("run.json", "distribution.json", "metrics.json", "log.jsonl")]
NODES = (ZoneNodes("amazon:us:ashburn", 100.0, (Node("m5.large", "192.0.2.1"),)),)


@pytest.fixture
def bundle(make_run):
    from k6desk.api.wire.runs import run_detail

    detail = json.dumps(RUN_JSON, separators=(",", ":")).encode()
    script = Script(b"export default function () {}", is_archive=False)
    numbers, log = metrics_documents(METRICS), log_document(b'{"at_ns": 5, "level": "info", "text": "ready"}')
    whole = BundledRun(run_detail(detail).run, "Checkout", "Shop", MADE_AT, detail, (NODES,), script, numbers, log)
    return Bundle("https://acme.grafana.net", MADE_AT, (whole, BundledRun(make_run(6), "Other", "", MADE_AT)))


@pytest.fixture
def read(tmp_path):
    def read(content: bytes) -> Bundle:
        path = tmp_path / "some.k6run"
        path.write_bytes(content)
        return read_bundle(path)

    return read


@pytest.fixture
def refusal(read, tmp_path):
    """The one sentence that a file is refused with; nothing of it is on the disk then."""

    def refusal(content: bytes) -> str:
        with pytest.raises(BundleProblem) as raised:
            read(content)
        said = str(raised.value)
        assert said.endswith(".")
        assert said.isprintable()
        assert [path.name for path in tmp_path.iterdir()] == ["some.k6run"]
        return said

    return refusal


def members_of(bundle: Bundle) -> dict[str, bytes]:
    with ZipFile(io.BytesIO(bundle_bytes(bundle))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(members: dict[str, bytes] | list[tuple[str | ZipInfo, bytes]], how: int = ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with warnings.catch_warnings(), ZipFile(file, "w", how) as archive:
        warnings.simplefilter("ignore")  # zipfile's about names that are there twice
        for name, content in members.items() if isinstance(members, dict) else members:
            archive.writestr(name, content)
    return file.getvalue()


def changed(bundle: Bundle, name: str, change) -> bytes:
    """The file of a bundle with another content of one of its JSON members."""
    members = members_of(bundle)
    value = json.loads(members[name])
    members[name] = json.dumps(change(value) or value).encode()
    return zipped(members)


def test_what_was_written_is_read(bundle, read):
    assert read(bundle_bytes(bundle)) == bundle


def test_any_tool_may_have_packed_it_and_added_folders_and_files(bundle, read):
    members = {"runs/": b"", "runs/5/": b""} | members_of(bundle) | {"later/more.bin": b"\0", "README": b"hello"}
    assert read(zipped(members, ZIP_STORED)) == bundle


@pytest.mark.parametrize("nodes", [None, (None,), ((),), (NODES,)])
def test_what_is_not_known_and_what_is_not_there_stay_apart(bundle, read, nodes):
    one = replace(bundle.runs[0], nodes=nodes)
    assert read(bundle_bytes(replace(bundle, runs=(one,)))).runs[0].nodes == nodes


# -- what the ZIP says of itself ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content", [b"", b"PK", b"PK\x05\x06", b"\0" * 1000, b"PK\x05\x06" + b"\xff" * 18, b"hello" * 99]
)
def test_what_is_no_zip(refusal, content):
    assert refusal(content) == "It is damaged or something else: get it anew from where it was made."


def test_a_file_that_was_cut_off_anywhere(bundle, refusal):
    whole = bundle_bytes(bundle)
    for end in range(0, len(whole), 97):
        assert "damaged" in refusal(whole[:end])


def test_what_is_not_there_and_what_is_no_file(tmp_path):
    with pytest.raises(BundleProblem, match="No such file"):
        read_bundle(tmp_path / "none.k6run")
    with pytest.raises(BundleProblem, match="not a file"):
        read_bundle(tmp_path)


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "../up",
        "runs/../../up",
        "C:/x",
        "c:x",
        "\\\\host\\x",
        "a//b",
        "./a",
        "a\u202egnp.exe",
        "a\nb",
        "\u200e",
    ],
)
def test_a_name_that_leads_elsewhere_or_cannot_be_shown(bundle, refusal, name):
    assert "has a name that leads elsewhere or cannot be shown" in refusal(zipped(members_of(bundle) | {name: b"x"}))


def test_a_name_with_a_zero_in_it_is_not_cut_there(bundle, refusal):
    content = zipped(members_of(bundle) | {"runs/5/extra.txtX": b"x"})
    assert "has a name" in refusal(content.replace(b"extra.txtX", b"extra.txt\0"))


@pytest.mark.parametrize("other", ["bundle.json", "BUNDLE.json", "bundle.JSON"])
def test_two_of_one_name(bundle, refusal, other):
    members = [*members_of(bundle).items(), (other, b"{}")]
    assert "have the same name" in refusal(zipped(members))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFBLK, stat.S_IFSOCK])
def test_a_link_or_a_device(bundle, refusal, kind):
    link = ZipInfo("runs/5/link")
    link.create_system, link.external_attr = 3, (kind | 0o777) << 16
    assert "a link or a device" in refusal(zipped([*members_of(bundle).items(), (link, b"/etc/passwd")]))


def test_one_with_a_password(bundle, refusal):
    content = bytearray(zipped(members_of(bundle)))
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1
    assert "locked with a password" in refusal(bytes(content))


def test_another_way_of_packing(bundle, refusal):
    assert "packed in a way" in refusal(zipped(members_of(bundle), ZIP_BZIP2))


def test_too_many_members(bundle, refusal):
    assert "more than 5,000 files" in refusal(zipped({f"f{number}": b"" for number in range(5001)}))


def test_a_small_file_of_enormous_contents(bundle, refusal, monkeypatch):
    many = {f"zeros{number}": bytes(2**20) for number in range(257)}
    content = zipped(members_of(bundle) | many)
    assert len(content) < 2**20
    assert "256 MiB" in refusal(content)


def with_size(content: bytes, name: str, size: int) -> bytes:
    """The same ZIP, whose list says that a member is of another size."""
    changed, at = bytearray(content), content.index(b"PK\x01\x02")
    while content[at + 46 : at + 46 + len(name)] != name.encode():
        at = content.index(b"PK\x01\x02", at + 4)
    changed[at + 24 : at + 28] = struct.pack("<L", size)
    return bytes(changed)


def test_a_member_that_says_less_or_more_than_it_holds(bundle, refusal):
    members = members_of(bundle)
    large = zipped(members | {"runs/5/run.json": members["runs/5/run.json"] + b" " * 3_000_000})
    assert "damaged" in refusal(with_size(large, "runs/5/run.json", 700))
    assert "damaged" in refusal(with_size(large, "runs/5/run.json", 3_500_000))


def test_members_that_share_their_bytes(bundle, refusal):
    content = bytearray(zipped(members_of(bundle) | {"a": b"x" * 100, "b": b"x" * 100}))
    at = content.rindex(b"PK\x01\x02")
    before = content.rindex(b"PK\x01\x02", 0, at)
    content[at + 42 : at + 46] = content[before + 42 : before + 46]
    assert "damaged" in refusal(bytes(content))


def test_a_wrong_checksum(bundle, refusal):
    content = bytearray(zipped(members_of(bundle), ZIP_STORED))
    at = content.index(b"cold cache")
    content[at : at + 4] = b"warm"
    assert "damaged" in refusal(bytes(content))


def test_a_list_that_is_too_long_is_not_read_at_all(bundle, refusal, monkeypatch):
    monkeypatch.setattr(bundle_members, "_MAX_DIRECTORY", 100)
    assert "256 MiB" in refusal(bundle_bytes(bundle))


def test_a_list_that_leads_to_another_list(bundle, refusal):
    last = ZipInfo("later")
    last.comment = b"PK\x06\x07" + struct.pack("<LQL", 0, 0, 1)
    assert "damaged" in refusal(zipped([*members_of(bundle).items(), (last, b"")]))


@pytest.mark.parametrize("extra", [b"PK\x06\x07" + bytes(16), b"x" * 20])
def test_something_between_the_list_and_the_end(bundle, refusal, extra):
    whole = bundle_bytes(bundle)
    assert "damaged" in refusal(whole[:-22] + extra + whole[-22:])
    assert "damaged" in refusal(whole + extra)
    assert "damaged" in refusal(extra + whole)


# -- what is in it -----------------------------------------------------------------------------------------------------


def test_another_zip(refusal):
    assert refusal(zipped({"hello.txt": b"hello"})) == "It is not a file of runs: it has no bundle.json."


def test_a_newer_form(bundle, refusal):
    content = changed(bundle, "bundle.json", lambda said: {"format": "k6run", "version": 2, "runs": "elsewhere"})
    assert refusal(content) == "It was made by a newer k6desk: update k6desk to open it."


def set_first(name: str, value: object):
    def change(said: dict) -> None:
        said["runs"][0][name] = value

    return change


BAD_LISTS = {
    "no object": lambda said: [1],
    "another format": lambda said: said | {"format": "zip"},
    "version 0": lambda said: said | {"version": 0},
    "version true": lambda said: said | {"version": "1"},
    "no runs": lambda said: said | {"runs": None},
    "a run that is none": lambda said: said | {"runs": [5]},
    "id 0": set_first("id", 0),
    "a negative id": set_first("id", -5),
    "an id of 65 bits": set_first("id", 2**64),
    "an id of a hundred digits": set_first("id", 10**99),
    "an id that is text": set_first("id", "5"),
    "an id with a point": set_first("id", 5.5),
    "a negative test": set_first("test", {"id": -1, "name": "x"}),
    "a test without a name": set_first("test", {"id": 1}),
    "a name without end": set_first("test", {"id": 1, "name": "x" * 10_000}),
    "a date that is none": set_first("as_of", "yesterday"),
    "the year 1": set_first("as_of", "0001-01-01T00:00:00Z"),
    "the year 9999": set_first("as_of", "9999-12-31T23:59:59-12:00"),
    "a script elsewhere": set_first("script", "../../script.js"),
    "a script that is none": set_first("script", "runs.csv"),
    "a script without a place": set_first("script", ""),
    "a stack that is none": lambda said: said | {"stack_url": "javascript:alert(1)"},
    "a stack with a password": lambda said: said | {"stack_url": "https://a:b@acme.grafana.net"},
}


@pytest.mark.parametrize("change", BAD_LISTS.values(), ids=BAD_LISTS.keys())
def test_a_list_of_contents_that_is_not_as_it_should_be(bundle, refusal, change):
    assert "Its bundle.json is not as it should be" in refusal(changed(bundle, "bundle.json", change))


def test_a_list_that_is_nested_without_end(bundle, refusal):
    for content in (b'{"format":"k6run","version":1,"runs":' + b"[" * 100_000, b"\xff\xfe", b"", b"null"):
        assert "bundle.json is not" in refusal(zipped(members_of(bundle) | {"bundle.json": content}))


def test_lists_that_are_empty_too_long_or_repeat(bundle, refusal):
    said = json.loads(members_of(bundle)["bundle.json"])["runs"]
    for runs, words in (([], "no runs"), (said[:1] * 501, "more than 500"), (said[:1] * 2, "lists a run twice")):
        assert words in refusal(changed(bundle, "bundle.json", lambda all_, runs=runs: all_ | {"runs": runs}))


@pytest.mark.parametrize("name", ["runs/5/run.json", "runs/5/distribution.json", "runs/5/script.js", "runs/6/run.json"])
def test_what_is_listed_and_not_there(bundle, refusal, name):
    members = members_of(bundle)
    del members[name]
    assert refusal(zipped(members)).startswith(f"It lacks {name}, which it should hold")


BAD_RUNS = {
    "another id": lambda run: run | {"id": 7},
    "no status": lambda run: run | {"status": None},
    "a negative test": lambda run: run | {"test_id": -1},
    "no start": lambda run: run | {"created": "0001-01-01T00:00:00Z"},
    "a status without end": lambda run: run | {"status": "x" * 1000},
    "a list": lambda run: [run],
}


@pytest.mark.parametrize("change", BAD_RUNS.values(), ids=BAD_RUNS.keys())
def test_a_run_that_is_not_as_it_should_be(bundle, refusal, change):
    content = changed(bundle, "runs/5/run.json", change)
    assert refusal(content).startswith("Its runs/5/run.json is not as it should be")


def test_a_run_that_had_not_ended_would_move_for_ever(bundle, refusal):
    content = changed(bundle, "runs/5/run.json", lambda run: run | {"status": "running"})
    assert refusal(content).startswith("Run 5 had not ended")


@pytest.mark.parametrize("name", OF_A_RUN[:3])  # a log may be empty
@pytest.mark.parametrize(
    "content", [b"", b"[" * 100_000, b"{" * 9, b"\0\xff", b"1e999", b'{"a":' * 5000 + b"1" + b"}" * 5000]
)
def test_json_that_is_none(bundle, refusal, name, content):
    assert f"Its {name} is not as it should be" in refusal(zipped(members_of(bundle) | {name: content}))


def test_a_document_without_end(bundle, refusal):
    content = zipped(members_of(bundle) | {"runs/5/run.json": b" " * (9 * 2**20)})
    assert refusal(content) == "Its runs/5/run.json is larger than k6desk reads."


def test_what_is_read_is_clean(bundle, read):
    odd = {"deep": [[[[]]]], "word": "a\0\x1b\ud800b", "amount": float("nan"), "huge": 10**400}
    for _ in range(200):
        odd = {"in": odd}
    content = changed(bundle, "runs/5/run.json", lambda run: run | {"options": {"env": {"KEY": "canary"}}, "odd": odd})
    kept = read(content).runs[0].detail
    assert b"canary" not in kept
    assert b"NaN" not in kept
    assert "odd" in json.loads(kept)


def test_an_archive_among_the_scripts_is_opened_by_its_own_rules(bundle, refusal, read, make_archive):
    def with_archive(content: bytes) -> bytes:
        members = members_of(bundle) | {"runs/5/script.tar": content}
        said = json.loads(members["bundle.json"])
        said["runs"][0]["script"] = "runs/5/script.tar"
        return zipped(members | {"bundle.json": json.dumps(said).encode()})

    kept = read(with_archive(make_archive(metadata={"env": {"API_KEY": "canary"}}))).runs[0].script
    assert kept.is_archive
    assert b"canary" not in kept.content
    assert refusal(with_archive(make_archive()[:700])).startswith(
        "A script in it cannot be used. This archive is cut off"
    )


# -- anything at all ---------------------------------------------------------------------------------------------------


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_changed_in_a_bundle_it_is_read_whole_or_refused(bundle, tmp_path, data):
    content = bytearray(bundle_bytes(bundle))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        match data.draw(st.sampled_from(["set", "cut", "double"])):
            case "set":
                content[at] = data.draw(st.integers(0, 255))
            case "cut":
                del content[at : at + data.draw(st.integers(1, 40))]
            case "double":
                content[at:at] = content[at : at + data.draw(st.integers(1, 40))]
        if not content:
            break
    path = tmp_path / "odd.k6run"
    path.write_bytes(content)
    try:
        found = read_bundle(path)
    except BundleProblem:
        return
    assert found == bundle


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ),
    data=st.data(),
)
def test_whatever_stands_in_its_json_it_is_read_or_refused(bundle, tmp_path, value, data):
    def change(said):
        path = data.draw(
            st.sampled_from([(), ("runs",), ("runs", 0), ("id",), ("status_history",), ("note",), ("options",)])
        )
        place = said
        for step in path[:-1]:
            place = place.get(step, {}) if isinstance(place, dict) else place
        if path and isinstance(place, dict | list):
            place[path[-1]] = value
            return said
        return value

    member = data.draw(st.sampled_from(["bundle.json", *OF_A_RUN]))
    path = tmp_path / "odd.k6run"
    path.write_bytes(changed(bundle, member, change))
    try:
        found = read_bundle(path)
    except BundleProblem:
        return
    assert [one.run.id for one in found.runs] == [5, 6]
