from __future__ import annotations

import json
import tarfile
from io import BytesIO

import pytest

from k6desk.demo.archives import script_of


def find(world, shape):
    return next(test for test in world.tests if test.draft.shape == shape)


def read(test):
    script = script_of(test)
    assert script.media_type == "application/x-tar"
    return tarfile.open(fileobj=BytesIO(script.content))


def test_plain_scripts_carry_the_options_of_their_test(world):
    test = next(test for test in world.tests if test.name == "Checkout ramp")
    script = script_of(test)
    assert script.media_type == "text/javascript"
    source = script.content.decode()
    assert "{ duration: '1m30s', target: 15 }" in source
    assert "http_req_duration: ['p(95)<300']" in source
    assert f"projectID: {test.project_id}" in source


@pytest.mark.parametrize("shape", ["archive", "archive with modules", "archive with variables"])
def test_the_entry_script_is_a_hard_link_to_data(world, shape):
    with read(find(world, shape)) as tar:
        members = tar.getmembers()
        assert [member.name for member in members[:2]] == ["metadata.json", "data"]
        metadata = json.load(tar.extractfile("metadata.json"))
        entry = tar.getmember("file" + metadata["filename"].removeprefix("file://"))
        assert entry.islnk()
        assert (entry.linkname, entry.size, entry.mtime) == ("data", 0, 0)
        assert tar.extractfile(entry).read() == tar.extractfile("data").read()
        folders = [member.name for member in members if member.isdir()]
        assert all(member.name.rpartition("/")[0] in ("", *folders) for member in members)


def test_metadata_has_the_members_of_the_k6_cli(world):
    with read(find(world, "archive")) as tar:
        metadata = json.load(tar.extractfile("metadata.json"))
    assert list(metadata) == [
        "type",
        "options",
        "filename",
        "pwd",
        "env",
        "compatibilityMode",
        "k6version",
        "goos",
        "dependencies",
    ]
    assert metadata["options"]["stages"][1] == {"duration": "50m0s", "target": 120}
    assert metadata["options"]["scenarios"] is None
    assert len(metadata["options"]) == 42


def test_archives_with_modules_hold_what_the_entry_imports(world):
    with read(find(world, "archive with modules")) as tar:
        names = tar.getnames()
        source = tar.extractfile("data").read().decode()
    assert "from './lib/checks.js'" in source
    assert "open('./data/users.csv')" in source
    assert sum(name.endswith(("/lib/checks.js", "/data/users.csv")) for name in names) == 2
    assert "https/jslib.k6.io/k6-utils/1.4.0/index.js" in names


def test_archives_with_modules_hold_files_of_many_kinds(world):
    with read(find(world, "archive with modules")) as tar:
        endings = {name.rpartition(".")[2]: name for name in tar.getnames() if name.startswith("file/") and "." in name}
        assert endings.keys() == {"js", "csv", "json", "png", "proto"}
        assert json.load(tar.extractfile(endings["json"]))["catalogueToken"]
        assert tar.extractfile(endings["png"]).read().startswith(b"\x89PNG")
        assert json.load(tar.extractfile("metadata.json"))["env"]["API_KEY"]


def test_one_archive_has_the_layout_of_an_old_k6(world):
    with read(next(test for test in world.tests if test.name == "Route planner")) as tar:
        files = {member.name: tar.extractfile(member).read() for member in tar if member.isfile()}
        filename = json.loads(files["metadata.json"])["filename"]
        assert not any(member.islnk() for member in tar)
    assert files[f"scripts/_{filename}"] == files["data"]
    folder = filename.removesuffix("/main.js")
    assert files.keys() > {f"files/_{folder}/data/users.csv", "scripts/jslib.k6.io/k6-utils/1.4.0/index.js"}


def test_archives_with_variables_hold_secrets_to_be_masked(world):
    with read(find(world, "archive with variables")) as tar:
        metadata = json.load(tar.extractfile("metadata.json"))
    assert "API_KEY" in metadata["env"]
    assert metadata["options"]["cloud"]["token"]


def test_a_run_keeps_the_script_it_started_with(world):
    test = world.tests[1]
    before, after = script_of(test, test.updated_us - 1), script_of(test, test.updated_us)
    assert before != after == script_of(test)


def test_every_test_has_a_script_of_readable_length(world):
    for test in world.tests:
        script = script_of(test)
        if script.media_type == "application/x-tar":
            with read(test) as tar:
                source = tar.extractfile("data").read().decode()
        else:
            source = script.content.decode()
        assert 20 <= source.count("\n") <= 80
        assert source.startswith(f"// {test.name}\n")
