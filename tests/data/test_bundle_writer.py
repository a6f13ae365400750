"""What is written into a bundle, and what never is."""

from __future__ import annotations

import io
import json
import tarfile
from datetime import UTC, datetime
from zipfile import ZipFile

import pytest
from msgspec.structs import replace

from k6desk.api.models import Node, Script, ZoneNodes
from k6desk.api.wire.runs import run_detail
from k6desk.data.bundle import MOST_RUNS, Bundle, BundledRun
from k6desk.data.bundle_members import BundleProblem
from k6desk.data.bundle_writer import bundle_bytes

MADE_AT = datetime(2026, 5, 1, 12, tzinfo=UTC)
CANARY = "canary-that-nobody-should-see"
RUN_JSON = {
    "id": 5,
    "test_id": 12,
    "project_id": 3,
    "status": "completed",
    "result": "failed",
    "created": "2026-04-01T10:00:00Z",
    "ended": "2026-04-01T10:05:00Z",
    "note": "=HYPERLINK(1)",
    "options": {"env": {"API_KEY": CANARY}, "cloud": {"token": CANARY}, "tlsAuth": [{"key": CANARY}]},
    "status_history": [
        {"type": "created", "entered": "2026-04-01T10:00:00Z"},
        {
            "type": "aborted",
            "entered": "2026-04-01T10:04:00Z",
            "extra": {"by_user": "ada", "message": "stop", "code": 5},
        },
    ],
    "distribution": [{"load_zone": "ashburn", "percent": 60}, {"load_zone": "dublin", "percent": 40}],
}
NODES = (ZoneNodes("dublin", 41.0, (Node("m5.large", "192.0.2.1"), Node("m5.large", "192.0.2.2"))),)


@pytest.fixture
def whole() -> BundledRun:
    detail = json.dumps(RUN_JSON).encode()
    return BundledRun(run_detail(detail).run, "=Checkout", "Shop", MADE_AT, detail, (NODES,))


def bundle_of(*runs: BundledRun) -> Bundle:
    return Bundle("https://acme.grafana.net", MADE_AT, runs)


def inside(bundle: Bundle) -> dict[str, bytes]:
    with ZipFile(io.BytesIO(bundle_bytes(bundle))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def lines(content: bytes) -> list[str]:
    return content.decode("utf-8-sig").splitlines()


def test_a_run_is_a_folder_that_people_can_read(whole):
    members = inside(bundle_of(replace(whole, script=Script(b"export default 1", is_archive=False))))
    assert set(members) == {
        "bundle.json",
        "runs.csv",
        "runs/5/run.json",
        "runs/5/distribution.json",
        "runs/5/status_history.csv",
        "runs/5/zones.csv",
        "runs/5/script.js",
    }
    contents = json.loads(members["bundle.json"])
    assert (contents["format"], contents["version"], contents["made_at"]) == ("k6run", 1, "2026-05-01T12:00:00Z")
    assert contents["runs"] == [
        {
            "id": 5,
            "as_of": "2026-05-01T12:00:00Z",
            "test": {"id": 12, "name": "=Checkout"},
            "project": {"id": 3, "name": "Shop"},
            "has_details": True,
            "has_distribution": True,
            "script": "runs/5/script.js",
            "has_metrics": False,
            "has_log": False,
        }
    ]
    assert lines(members["runs/5/status_history.csv"])[1:] == [
        '"created","2026-04-01T10:00:00Z","","",""',
        '"aborted","2026-04-01T10:04:00Z","ada",5,"stop"',
    ]
    assert lines(members["runs/5/zones.csv"])[1:] == [
        '"ashburn",60.0,"","",""',
        '"dublin",40.0,41.0,2,"m5.large"',
    ]


def test_no_cell_of_a_table_is_a_formula(whole):
    [_, line] = lines(inside(bundle_of(whole))["runs.csv"])
    assert """"'=Checkout",""" in line
    assert line.endswith(""","'=HYPERLINK(1)\"""")


def test_the_same_runs_are_the_same_bytes_but_for_the_date(whole):
    one, later = bundle_of(whole), replace(bundle_of(whole), made_at=datetime(2027, 1, 1, tzinfo=UTC))
    assert bundle_bytes(one) == bundle_bytes(one)
    old, new = inside(one), inside(later)
    assert {name for name in old if old[name] != new[name]} == {"bundle.json"}


def test_a_clock_that_stands_before_zip_files_stops_nothing(whole):
    assert inside(replace(bundle_of(whole), made_at=datetime(1970, 1, 1, tzinfo=UTC)))


def test_secrets_are_in_no_member(whole, make_archive):
    archive = make_archive(metadata={"env": {"API_KEY": CANARY}, "options": {"cloud": {"token": CANARY}}})
    assert CANARY.encode() in archive
    members = inside(bundle_of(replace(whole, script=Script(archive, is_archive=True))))
    assert [name for name, content in members.items() if CANARY.encode() in content] == []
    with tarfile.open(fileobj=io.BytesIO(members["runs/5/script.tar"])) as tar:
        assert "data" in tar.getnames()


def test_what_looks_like_a_token_is_in_no_member_either(whole, make_archive):
    token = "glc_" + "eyJvIjoiMTIzNDU2IiwibiI6ImNpIiwiayI6InNlY3JldCJ9"
    archive = make_archive(f"const token = '{token}';", files={"/home/nobody/.env": f"K6_CLOUD_TOKEN={token}"})
    entry = {"type": "aborted", "entered": "2026-04-01T10:04:00Z", "extra": {"message": f"no: {token}"}}
    said = json.dumps(RUN_JSON | {"note": f"it was {token}", "status_history": [entry]}).encode()
    one = replace(whole, run=run_detail(said).run, detail=said, script=Script(archive, is_archive=True))
    plain = BundledRun(replace(one.run, id=6), "", "", MADE_AT, script=Script(token.encode(), is_archive=False))
    members = inside(bundle_of(one, plain))
    assert {"runs/5/script.tar", "runs/6/script.js"} <= members.keys()
    assert [name for name, content in members.items() if token.encode() in content] == []


def test_an_archive_in_which_secrets_cannot_be_found_is_left_out(whole, make_archive):
    members = inside(bundle_of(replace(whole, script=Script(make_archive()[:900] + CANARY.encode(), is_archive=True))))
    assert "runs/5/script.tar" not in members
    assert json.loads(members["bundle.json"])["runs"][0]["script"] is None


def test_runs_of_one_script_share_it(whole, make_run):
    script = Script(b"export default 1", is_archive=False)
    others = [BundledRun(make_run(id_), "", "", MADE_AT, script=script) for id_ in (6, 7)]
    members = inside(bundle_of(replace(whole, script=script), *others))
    assert [name for name in members if "script" in name] == ["runs/5/script.js"]
    assert {entry["script"] for entry in json.loads(members["bundle.json"])["runs"]} == {"runs/5/script.js"}


def test_what_was_said_of_a_run_after_its_details_is_in_it(whole):
    newer = replace(whole, run=replace(whole.run, note="It was the cache.", is_starred=True))
    said = json.loads(inside(bundle_of(newer))["runs/5/run.json"])
    assert (said["note"], said["is_starred"]) == ("It was the cache.", True)
    assert said["status_history"] == RUN_JSON["status_history"]


def test_a_run_without_details_says_so(make_run):
    members = inside(bundle_of(BundledRun(make_run(6), "Checkout", "Shop", MADE_AT)))
    assert set(members) == {"bundle.json", "runs.csv", "runs/6/run.json"}
    assert run_detail(members["runs/6/run.json"]).run == make_run(6)
    [entry] = json.loads(members["bundle.json"])["runs"]
    assert (entry["has_details"], entry["has_distribution"], entry["script"]) == (False, False, None)


def test_it_never_becomes_larger_than_what_is_read(whole, make_run, monkeypatch):
    with pytest.raises(BundleProblem, match="at most 500 runs"):
        bundle_bytes(bundle_of(*(BundledRun(make_run(id_), "", "", MADE_AT) for id_ in range(1, MOST_RUNS + 2))))
    with pytest.raises(BundleProblem, match="run 5"):
        bundle_bytes(bundle_of(replace(whole, run=replace(whole.run, note="x" * 9 * 2**20))))
    monkeypatch.setattr("k6desk.data.bundle_writer.MAX_BYTES", 1000)
    with pytest.raises(BundleProblem, match="choose fewer runs"):
        bundle_bytes(bundle_of(whole))


def test_progress_is_told(make_run):
    told: list[int] = []
    bundle_bytes(bundle_of(*(BundledRun(make_run(id_), "", "", MADE_AT) for id_ in (1, 2, 3))), told.append)
    assert told == [1, 2, 3]
