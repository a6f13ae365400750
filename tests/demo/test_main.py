from __future__ import annotations

import json
import subprocess
import sys

import httpx
import pytest

from k6desk.demo.__main__ import main

COMMAND = [sys.executable, "-m", "k6desk.demo", "--port", "0"]


def start(*arguments, stdin):
    return subprocess.Popen(
        [*COMMAND, *arguments], stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_it_says_where_it_is_and_ends_when_its_parent_closes_stdin():
    with start("--exit-with-stdin", "--seed", "5", stdin=subprocess.PIPE) as process:
        ready = json.loads(process.stdout.readline())
        assert ready.keys() == {"url", "token", "stack_id", "stack_url", "legacy_token"}
        headers = {"Authorization": f"Bearer {ready['token']}", "X-Stack-Url": ready["stack_url"]}
        with httpx.Client(trust_env=False) as client:
            answer = client.get(f"{ready['url']}/cloud/v6/auth", headers=headers)
            assert answer.json()["stack_id"] == ready["stack_id"]
            headers = {"Authorization": f"Token {ready['legacy_token']}"}
            assert client.get(f"{ready['url']}/cloud/v5/projects", headers=headers).json()["value"]
            process.stdin.close()
            assert process.wait(5) == 0
        assert process.stdout.read() == process.stderr.read() == ""


def test_it_stays_when_started_without_a_terminal():
    with start(stdin=subprocess.DEVNULL) as process:
        try:
            url = json.loads(process.stdout.readline())["url"]
            assert httpx.get(url, trust_env=False).status_code == 200
            assert process.poll() is None
        finally:
            process.kill()


def test_what_is_removed_is_refused():
    with start("--removed", "save,v2", "--exit-with-stdin", stdin=subprocess.PIPE) as process:
        ready = json.loads(process.stdout.readline())
        headers = {"Authorization": f"Token {ready['legacy_token']}"}
        answer = httpx.get(f"{ready['url']}/loadtests/v2/runs/1", headers=headers, trust_env=False)
        process.stdin.close()
    assert answer.status_code == 410


def test_a_taken_port_is_one_clear_sentence():
    with start("--exit-with-stdin", stdin=subprocess.PIPE) as process:
        port = httpx.URL(json.loads(process.stdout.readline())["url"]).port
        second = subprocess.run(
            [*COMMAND, "--port", str(port)], capture_output=True, text=True, timeout=20, check=False
        )
        process.stdin.close()
    assert second.returncode == 1
    assert second.stdout == ""
    assert second.stderr.startswith(f"The demo cloud cannot start on port {port}: ")
    assert second.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["--speed", "0"],
        ["--speed", "nan"],
        ["--error-rate", "2"],
        ["--latency", "-1"],
        ["--size", "huge"],
        ["--removed", "save,v3"],
        ["--removed", ""],
    ],
)
def test_impossible_options_are_refused(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert arguments[0] in capsys.readouterr().err
