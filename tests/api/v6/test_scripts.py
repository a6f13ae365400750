from __future__ import annotations

import gzip

import pytest

from k6desk.api.errors import BadAnswer
from k6desk.api.models import LoadTest, Script
from tests.api.faultserver import Reply

SCRIPT = b"import http from 'k6/http';\n"
TAR = b"data".ljust(257, b"\0") + b"ustar\0" + b"\0" * 761


@pytest.mark.parametrize(
    ("content", "content_type", "is_archive"),
    [
        (SCRIPT, "text/javascript; charset=utf-8", False),
        (SCRIPT, "application/octet-stream", False),
        (SCRIPT, None, False),
        (b"", "text/javascript", False),
        (TAR, "application/x-tar", True),
        (TAR, "text/javascript", True),
        (TAR, None, True),
    ],
)
async def test_a_script_is_what_its_bytes_say(cloud, content, content_type, is_archive):
    client = await cloud(Reply(content, content_type=content_type))
    for script in (await client.run_script(1), await client.test_script(2)):
        assert (script.content, script.is_archive) == (content, is_archive)
    run, test = client.server.requests
    assert (run.path, test.path) == ("/cloud/v6/test_runs/1/script", "/cloud/v6/load_tests/2/script")
    assert run.headers["accept"] == "text/javascript, application/x-tar"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(SCRIPT, content_type="application/x-tar"),
        Reply("<html>Sign in</html>", content_type="text/html"),
        Reply(TAR, content_type="application/x-tar", framing="close"),
        Reply(gzip.compress(TAR)[:-4], headers={"Content-Encoding": "gzip"}, content_type="application/x-tar"),
    ],
    ids=["no archive", "portal", "no end", "half"],
)
async def test_what_may_not_be_the_whole_script_is_refused(cloud, reply):
    client = await cloud(reply)
    with pytest.raises(BadAnswer):
        await client.run_script(1)


async def test_a_scripts_limit_is_its_own(cloud, monkeypatch):
    monkeypatch.setattr("k6desk.api.exchange.JSON_LIMIT", 10)
    client = await cloud(Reply(SCRIPT, content_type="text/javascript"))
    assert (await client.run_script(1)).content == SCRIPT
    monkeypatch.setattr("k6desk.api.exchange.SCRIPT_LIMIT", 10)
    with pytest.raises(BadAnswer, match="larger"):
        await client.run_script(1)


JAVASCRIPT, ARCHIVE = Script(SCRIPT + b"--\r\n", False), Script(TAR * 200, True)


@pytest.mark.parametrize("script", [JAVASCRIPT, ARCHIVE, Script(b"", False)], ids=["script", "archive", "empty"])
async def test_a_script_is_uploaded_as_it_is(cloud, script):
    client = await cloud(Reply(b"", 204))
    await client.upload_script(7, script)
    (request,) = client.server.requests
    assert (request.method, request.target) == ("PUT", "/cloud/v6/load_tests/7/script")
    assert request.headers["content-type"] == "application/octet-stream"
    assert request.body == script.content


@pytest.mark.parametrize(
    ("script", "kind"), [(JAVASCRIPT, b"text/javascript"), (ARCHIVE, b"application/x-tar")], ids=["script", "archive"]
)
async def test_a_test_is_created_by_a_form_with_its_name_and_script(cloud, script, kind):
    client = await cloud(Reply({"id": 7, "project_id": 2, "name": "T"}, 201))
    assert await client.create_test(2**62, 'Ü "q"\ud800', script) == LoadTest(7, 2, "T")
    (request,) = client.server.requests
    assert (request.method, request.target) == ("POST", f"/cloud/v6/projects/{2**62}/load_tests")
    kind_of_form, _, boundary = request.headers["content-type"].partition("; boundary=")
    assert kind_of_form == "multipart/form-data"
    _, name, file, end = request.body.split(f"--{boundary}".encode())
    assert name.partition(b"\r\n\r\n")[0].strip() == b'Content-Disposition: form-data; name="name"'
    assert name.partition(b"\r\n\r\n")[2] == 'Ü "q"\ufffd\r\n'.encode()
    head, _, content = file.partition(b"\r\n\r\n")
    assert b'name="script"; filename="' in head
    assert b"Content-Type: " + kind in head
    assert content == script.content + b"\r\n"
    assert end == b"--\r\n"
