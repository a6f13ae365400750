from __future__ import annotations

import asyncio
import contextlib
import datetime
import ipaddress
import ssl

import httpx
import pytest
import respx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from k6desk.api.errors import Unreachable, Untrusted
from k6desk.api.exchange import Exchange
from k6desk.api.secret import Secret
from k6desk.api.transport import TokenTransport
from tests.api.conftest import CANARY
from tests.api.faultserver import Reply

NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)


@pytest.mark.parametrize(
    "url",
    [
        "http://api.k6.io/cloud/v6/x",
        "https://api.k6.io:444/x",
        "https://api.k6.io.evil.example/x",
        "https://api.k6.io@evil.example/x",
        "https://api.k6.io./x",
        "https://api.k6.io\\@evil.example/x",
        "https://xn--pi-7kc.k6.io/x",
        "https://evil.example/?https://api.k6.io/",
        "//evil.example/x",
        "https://user:pw@api.k6.io/x",
        "https://user@api.k6.io/x",
        "https://127.0.0.1/x",
        "http://[::1]/x",
        "/cloud/v6/x",
    ],
)
async def test_a_request_to_any_other_origin_is_refused_before_anything_is_sent(url):
    sent = []

    async def answer(request):
        sent.append(request)
        return httpx.Response(200)

    transport = TokenTransport(httpx.MockTransport(answer), "https://api.k6.io", Secret(CANARY), 42)
    try:
        request = httpx.Request("GET", url)
    except httpx.InvalidURL:
        return
    with pytest.raises(Untrusted) as refusal:
        await transport.handle_async_request(request)
    assert not sent
    assert CANARY not in str(refusal.value)


async def test_the_request_that_callers_hold_never_has_the_token():
    sent = []

    async def answer(request):
        sent.append(request)
        return httpx.Response(200)

    transport = TokenTransport(httpx.MockTransport(answer), "https://api.k6.io", Secret(CANARY), None)
    for url in ("https://api.k6.io/x", "https://API.k6.io:443/x"):
        request = httpx.Request("GET", url)
        await transport.handle_async_request(request)
        assert "authorization" not in request.headers
    assert [request.headers["authorization"] for request in sent] == [f"Bearer {CANARY}"] * 2
    assert "x-stack-id" not in sent[0].headers


async def test_a_token_of_the_older_api_is_named_as_that_api_does(serve):
    server = await serve()
    wire = Exchange(server.origin, Secret(CANARY), None, "Token")
    await wire.get("/cloud/v5/projects")
    await wire.aclose()
    (request,) = server.requests
    assert (request.headers["authorization"], request.headers.get("x-stack-id")) == (f"Token {CANARY}", None)


async def test_an_evil_server_sees_nothing(serve, evil):
    server = await serve()
    transport = TokenTransport(httpx.AsyncHTTPTransport(), server.origin, Secret(CANARY), 42)
    with pytest.raises(Untrusted):
        await transport.handle_async_request(httpx.Request("GET", f"{evil.origin}/cloud/v6/test_runs"))
    await transport.aclose()


class Authority:
    """A certificate authority that makes TLS contexts for servers."""

    def __init__(self, folder):
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
        certificate = self._build(self.name, self.key.public_key(), NOW - DAY, NOW + DAY, authority=True)
        self.file = folder / "authority.pem"
        self.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def server(self, *, host="127.0.0.1", starts=NOW - DAY, ends=NOW + DAY) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        certificate = self._build(name, key.public_key(), starts, ends, host=host)
        file = self.folder / "server.pem"
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _build(self, name, public_key, starts, ends, *, host=None, authority=False):
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(self.name).public_key(public_key)
        builder = builder.serial_number(x509.random_serial_number()).not_valid_before(starts).not_valid_after(ends)
        builder = builder.add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        if host:
            try:
                names = [x509.IPAddress(ipaddress.ip_address(host))]
            except ValueError:
                names = [x509.DNSName(host)]
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(self.key, hashes.SHA256())


@pytest.fixture
def authority(tmp_path, monkeypatch) -> Authority:
    """An authority that this computer trusts, as far as OpenSSL is asked."""
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    return authority


async def ask(origin: str) -> bytes:
    wire = Exchange(origin, Secret(CANARY), 42)
    try:
        return await wire.get("/cloud/v6/x")
    finally:
        await wire.aclose()


async def test_a_server_that_the_system_trusts_is_spoken_to(serve, authority):
    server = await serve(Reply({"a": 1}), tls=authority.server())
    assert await ask(server.origin) == b'{"a": 1}'


@pytest.mark.parametrize(
    ("certificate", "says"),
    [
        ({"starts": NOW - 2 * DAY, "ends": NOW - DAY}, "has expired"),
        ({"starts": NOW + DAY, "ends": NOW + 2 * DAY}, "not valid yet"),
        ({"host": "192.0.2.1"}, "another name"),
        ({"host": "elsewhere.example"}, "another name"),
    ],
)
async def test_what_is_wrong_with_a_certificate_is_said_and_nothing_is_sent(serve, authority, certificate, says):
    server = await serve(tls=authority.server(**certificate))
    with pytest.raises(Untrusted, match=says):
        await ask(server.origin)
    assert not server.requests


async def test_an_unknown_issuer_is_refused(serve, tmp_path, monkeypatch):
    server = await serve(tls=Authority(tmp_path).server())
    with pytest.raises(Untrusted, match="does not trust"):
        await ask(server.origin)
    assert not server.requests


async def test_a_missing_certificate_file_only_means_less_trust(serve, tmp_path, monkeypatch):
    server = await serve(tls=Authority(tmp_path).server())
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "not there.pem"))
    with pytest.raises(Untrusted, match="does not trust"):
        await ask(server.origin)


async def test_a_server_without_tls_is_no_safe_connection():
    heard = []

    async def answer(reader, writer):
        heard.append(await reader.read(4000))
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        with pytest.raises(Untrusted, match="No safe connection"):
            await ask(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    assert heard
    assert all(CANARY.encode() not in data for data in heard)


async def test_old_tls_is_refused(serve, authority):
    context = authority.server()
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    server = await serve(tls=context)
    with pytest.raises(Untrusted):
        await ask(server.origin)
    assert not server.requests


async def test_half_read_answers_over_tls_end_cleanly(serve, authority, monkeypatch, until):
    monkeypatch.setattr("k6desk.api.exchange.JSON_LIMIT", 1000)
    server = await serve(Reply(b"1" * 500_000), tls=authority.server())
    with pytest.raises(Exception, match="larger than"):
        await ask(server.origin)
    await until(lambda: server.open_connections == 0)


PROXY_VARIABLES = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]


@pytest.mark.parametrize("variable", PROXY_VARIABLES)
@pytest.mark.parametrize(
    "value",
    [
        "socks5://user:pa55word@proxy.example:1080",
        "ftp://user:pa55word@proxy.example",
        "http://user:pa55word@proxy.example:99999999",
        "user:pa55word@[::1",
        "http://",
        "http://:3128",
    ],
)
async def test_a_broken_proxy_setting_is_named_without_its_password(monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)
    with pytest.raises(Unreachable) as raised:
        await ask("https://api.k6.invalid")
    assert variable in str(raised.value)
    assert "pa55word" not in str(raised.value)


async def test_the_token_goes_through_a_proxy_only_inside_tls(serve, monkeypatch):
    proxy = await serve(Reply(b"", 407))
    monkeypatch.setenv("HTTPS_PROXY", proxy.origin.replace("://", "://user:pa55word@"))
    with pytest.raises(Unreachable, match="proxy"):
        await ask("https://api.k6.invalid")
    (request,) = proxy.requests
    assert (request.method, request.target) == ("CONNECT", "api.k6.invalid:443")
    assert CANARY not in str(request)


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_an_answer_comes_through_a_proxy(serve, authority, monkeypatch, scheme):
    server = await serve(Reply({"a": 1}), tls=authority.server())

    async def pipe(reader, writer):
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                writer.write(data)
        writer.close()

    async def forward(reader, writer):
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        there, back = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await asyncio.gather(pipe(reader, back), pipe(there, writer))

    asked: list[bytes] = []
    tls = authority.server() if scheme == "https" else None
    async with await asyncio.start_server(forward, "127.0.0.1", 0, ssl=tls) as proxy:
        port = proxy.sockets[0].getsockname()[1]
        monkeypatch.setenv("HTTPS_PROXY", f"{scheme}://127.0.0.1:{port}")
        assert await ask(server.origin) == b'{"a": 1}'
    assert asked[0].startswith(f"CONNECT 127.0.0.1:{server.port} ".encode())
    assert CANARY.encode() not in asked[0]


async def test_a_proxy_that_is_not_there_is_named(serve, monkeypatch):
    proxy = await serve()
    await proxy.__aexit__()
    monkeypatch.setenv("HTTPS_PROXY", f"user:pa55word@127.0.0.1:{proxy.port}")
    with pytest.raises(Unreachable, match=f"refused by the proxy 127.0.0.1:{proxy.port}"):
        await ask("https://api.k6.invalid")


async def test_plain_http_to_this_computer_never_uses_a_proxy(serve, evil, monkeypatch):
    server = await serve(Reply({"a": 1}))
    for variable in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(variable, evil.origin)
    assert await ask(server.origin) == b'{"a": 1}'


@pytest.mark.parametrize("exception", ["*", "api.k6.invalid", ".k6.invalid", "[::1],k6.invalid"])
async def test_no_proxy_is_honoured(evil, monkeypatch, exception):
    monkeypatch.setenv("HTTPS_PROXY", evil.origin)
    monkeypatch.setenv("NO_PROXY", exception)
    with pytest.raises(Unreachable, match=r"No address is known for api\.k6\.invalid"):
        await ask("https://api.k6.invalid")


@respx.mock(base_url="https://api.k6.io")
async def test_the_api_itself_is_asked_over_https(respx_mock):
    route = respx_mock.get("/cloud/v6/x").respond(json={"a": 1})
    assert await ask("https://api.k6.io") == b'{"a":1}'
    assert route.calls.last.request.headers["authorization"] == f"Bearer {CANARY}"
