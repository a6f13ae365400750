"""A server that costs as little as possible: pages from memory, a thread and a socket for each client."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

LIVE = 20
PAGE = 1000


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The origin of a server in a process of its own."""
    with subprocess.Popen([sys.executable, __file__, folder], stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.kill()


class Pages:
    """The answers: a page of all runs, the runs created since any time (the newest), or one of these by its place."""

    def __init__(self, folder: Path) -> None:
        self._pages = [(folder / f"{page}.json").read_bytes() for page in range(len(list(folder.glob("*.json"))))]
        runs = msgspec.json.decode(self._pages[-1])["value"][-LIVE:]
        self._runs = [msgspec.json.encode(run) for run in runs]
        self._live = msgspec.json.encode({"value": runs, "@count": len(runs)})

    def answer(self, address: str) -> bytes:
        """The body for a path and query."""
        if one := re.search(r"/test_runs/(\d+)", address):
            return self._runs[int(one[1]) % LIVE]
        if "created_after" in address:
            return self._live
        skip = re.search(r"\$skip=(\d+)", address)
        return self._pages[int(skip[1]) // PAGE if skip else 0]


def _serve(connection: socket.socket, pages: Pages) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n"
    with connection, suppress(OSError), connection.makefile("rb") as requests:
        while request := requests.readline():
            while requests.readline().strip():
                pass
            body = pages.answer(request.split()[1].decode().replace("%24", "$"))
            connection.sendall(head.format(len(body)).encode() + body)


def main() -> None:
    """Serve until killed."""
    pages = Pages(Path(sys.argv[1]))
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        sys.stdout.write(f"{server.getsockname()[1]}\n")
        sys.stdout.flush()
        while True:
            threading.Thread(target=_serve, args=(server.accept()[0], pages), daemon=True).start()


if __name__ == "__main__":
    main()
