"""What is asked of GitHub about new versions, and what becomes of odd answers."""

import asyncio
import gzip

import pytest
import respx

from k6desk.api import releases
from k6desk.api.errors import BadAnswer, NotSent, Unreachable, Untrusted
from k6desk.api.releases import ORIGIN, PATH, Release, newest
from tests.api.faultserver import Reply
from tests.api.test_transport import Authority

RELEASE = {
    "tag_name": "v0.2.0",
    "html_url": "https://github.com/k6desk/k6desk/releases/tag/v0.2.0",
    "draft": False,
    "prerelease": False,
    "assets": [{"browser_download_url": "https://example.com/k6desk.exe"}],
}


@respx.mock(base_url=ORIGIN)
async def test_github_is_asked_over_https_and_told_nothing_but_the_version(respx_mock):
    route = respx_mock.get(PATH).respond(json=RELEASE)
    assert await newest() == Release("v0.2.0")
    sent = route.calls.last.request.headers
    assert sorted(sent) == ["accept", "accept-encoding", "host", "user-agent", "x-github-api-version"]


async def test_a_real_answer_is_read_and_its_connection_closed(serve, until):
    server = await serve(Reply(gzip.compress(b'{"tag_name": "v1.2.3"}'), headers={"Content-Encoding": "gzip"}))
    assert await newest(server.origin) == Release("v1.2.3")
    [request] = server.requests
    assert (request.method, request.target, request.body) == ("GET", PATH, b"")
    await until(lambda: not server.open_connections)


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply(b"<html>Sign in</html>"), "not what its API promises"),
        (Reply({"tag_name": None}), "not what its API promises"),
        (Reply({"tag_name": "v0.2.0", "draft": "no"}), "not what its API promises"),
        (Reply(["v0.2.0"]), "not what its API promises"),
        (Reply(b'{"tag_name": "\xff"}'), "not what its API promises"),
        (Reply(b"[" * 60_000), "not what its API promises"),
        (Reply({"message": "Not Found"}, status=404), "named no release .HTTP 404"),
        (Reply({"message": "API rate limit exceeded"}, status=403), "named no release .HTTP 403"),
        (Reply(b" " * (64 << 10) + b"{}"), "larger than 64 KiB"),
        (Reply(gzip.compress(b" " * (8 << 20)), headers={"Content-Encoding": "gzip"}), "larger than 64 KiB"),
        (Reply(b"?", headers={"Content-Encoding": "br"}), "packed its answer"),
    ],
)
async def test_a_useless_answer_is_one_sentence(serve, reply, why):
    server = await serve(reply)
    with pytest.raises(BadAnswer, match=why):
        await newest(server.origin)
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [301, 302, 307])
async def test_a_redirect_leads_nowhere(serve, evil, status):
    server = await serve(Reply(status=status, headers={"Location": f"{evil.origin}{PATH}"}))
    with pytest.raises(BadAnswer, match=f"HTTP {status}"):
        await newest(server.origin)


async def test_a_server_that_says_nothing_is_given_up(serve, monkeypatch, until):
    monkeypatch.setattr(releases, "DEADLINE_S", 0.2)
    server = await serve(Reply(silent=True))
    with pytest.raises(Unreachable, match="did not answer"):
        await newest(server.origin)
    await until(lambda: not server.open_connections)


async def test_without_a_connection_nothing_was_sent(serve):
    server = await serve()
    await server.__aexit__()
    with pytest.raises(NotSent, match="refused"):
        await newest(server.origin)


async def test_the_proxy_of_the_environment_is_used(serve, monkeypatch):
    proxy = await serve(Reply(status=403))
    monkeypatch.setenv("HTTPS_PROXY", proxy.origin)
    with pytest.raises(NotSent, match="check the proxy"):
        await newest()
    [request] = proxy.requests
    assert (request.method, request.target) == ("CONNECT", "api.github.com:443")


async def test_a_certificate_that_this_computer_does_not_trust_is_refused(serve, tmp_path):
    server = await serve(Reply(RELEASE), tls=Authority(tmp_path).server())
    with pytest.raises(Untrusted, match="issuer that this computer does not trust"):
        await newest(f"https://localhost:{server.port}")
    assert not server.requests


async def test_it_can_be_broken_off_at_any_time(serve, until):
    server = await serve(Reply(silent=True))
    asking = asyncio.get_running_loop().create_task(newest(server.origin))
    await until(lambda: server.requests)
    asking.cancel()
    await asyncio.wait([asking])
    assert asking.cancelled()
    await until(lambda: not server.open_connections)
