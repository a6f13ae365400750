"""TLS in the self-test: what is a problem, and what is only how things are."""

from __future__ import annotations

import asyncio
import socket

import pytest

from k6desk.self_test import network
from k6desk.self_test.problem import Problem
from tests.api.conftest import _direct_connections, serve
from tests.api.test_transport import Authority, authority

__all__ = ["_direct_connections", "authority", "serve"]


async def check(origin: str, monkeypatch) -> dict:
    monkeypatch.setattr(network, "ORIGIN", origin)
    return await asyncio.to_thread(network.check_tls)


async def test_the_cloud_is_reached_with_the_certificates_of_the_system_and_without_a_token(
    serve, authority, monkeypatch
):
    server = await serve(tls=authority.server())
    facts = await check(server.origin, monkeypatch)
    assert (facts["k6_cloud"], facts["store"]) == ("reached", str(authority.file))
    assert facts["roots"] > 0
    assert "authorization" not in {name.lower() for name in server.requests[0].headers}


async def test_a_cloud_that_is_not_there_is_no_fault_of_the_program(serve, monkeypatch):
    facts = await check("https://127.0.0.1:1", monkeypatch)
    assert (
        facts["k6_cloud"]
        == "not reached: The connection was refused by 127.0.0.1; it may be down, or its address wrong."
    )


async def test_a_certificate_that_is_not_trusted_is(serve, tmp_path, monkeypatch):
    server = await serve(tls=Authority(tmp_path).server())
    with pytest.raises(Problem, match="comes from an issuer that this computer does not trust"):
        await check(server.origin, monkeypatch)


async def test_a_cloud_that_says_nothing_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(network, "REACH_S", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        facts = await check(f"https://127.0.0.1:{silent.getsockname()[1]}", monkeypatch)
    assert facts["k6_cloud"] == "not reached: No answer came from 127.0.0.1 in time."


async def test_a_computer_without_certificates_is_told_where_to_get_some(tmp_path, monkeypatch):
    (tmp_path / "certs").mkdir()
    (tmp_path / "empty.pem").write_text("")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "empty.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "certs"))
    with pytest.raises(Problem, match="install the package ca-certificates"):
        await check("https://127.0.0.1:1", monkeypatch)
