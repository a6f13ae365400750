"""`python -m k6desk.demo`: start the demo cloud and say where it is."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress

from k6desk.demo.faults import Faults
from k6desk.demo.removals import REMOVABLE
from k6desk.demo.server import create_app, serve
from k6desk.demo.world import World


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until interrupted, or until stdin ends if asked to; return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        asyncio.run(_run(options))
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        sys.stderr.write(f"The demo cloud cannot start on port {options.port}: {error.strerror}. Try --port 0.\n")
        return 1
    return 0


async def _run(options: argparse.Namespace) -> None:
    world = World(time.time, options.seed, options.size, options.speed)
    token = f"demo-token-of-seed-{options.seed}"
    faults = Faults(options.latency, options.error_rate, options.rate_limit)
    stop = asyncio.Event()
    legacy_token = f"demo-legacy-token-of-seed-{options.seed}"
    app = create_app(world, token=token, legacy_token=legacy_token, removed=options.removed, faults=faults)
    async with serve(app, options.port) as url:
        ready = {
            "url": url,
            "token": token,
            "stack_id": world.stack_id,
            "stack_url": world.stack_url,
            "legacy_token": legacy_token,
        }
        sys.stdout.write(json.dumps(ready) + "\n")
        sys.stdout.flush()
        if options.exit_with_stdin:
            _watch_stdin(asyncio.get_running_loop(), stop)
        await stop.wait()


def _watch_stdin(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Set `stop` when the other end of stdin is closed, which the death of the parent does on every system."""

    def read() -> None:
        # Not sys.stdin: its lock, held by a thread that is still reading, makes the interpreter's exit fail.
        with suppress(OSError):
            while os.read(0, 4096):
                pass
        loop.call_soon_threadsafe(stop.set)

    threading.Thread(target=read, name="stdin", daemon=True).start()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("k6desk-demo", description="A simulated Grafana Cloud k6 on loopback.")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 picks a free one (default)")
    parser.add_argument("--seed", type=int, default=1, help="which world to make (default: 1)")
    parser.add_argument("--speed", type=_positive, default=1, help="how many times faster runs pass (default: 1)")
    parser.add_argument("--size", choices=("small", "large"), default="small", help="600 or 100,000 runs")
    parser.add_argument("--latency", type=_not_negative, default=0, metavar="S", help="seconds added to every answer")
    parser.add_argument("--error-rate", type=_share, default=0, metavar="F", help="share of requests that fail, 0 to 1")
    parser.add_argument("--rate-limit", type=_not_negative, default=0, metavar="N", help="requests per second; 0 = any")
    parser.add_argument(
        "--removed",
        type=_removals,
        default=frozenset(),
        metavar="LIST",
        help=f"act as a server that has dropped these, with commas between: {', '.join(REMOVABLE)}",
    )
    parser.add_argument("--exit-with-stdin", action="store_true", help="end when stdin is closed")
    return parser


def _positive(text: str) -> float:
    if not 0 < (value := float(text)) < float("inf"):
        raise argparse.ArgumentTypeError("must be more than 0")
    return value


def _not_negative(text: str) -> float:
    if not 0 <= (value := float(text)) < float("inf"):
        raise argparse.ArgumentTypeError("must be 0 or more")
    return value


def _share(text: str) -> float:
    if not 0 <= (value := float(text)) <= 1:
        raise argparse.ArgumentTypeError("must be between 0 and 1")
    return value


def _removals(text: str) -> frozenset[str]:
    names = frozenset(text.split(","))
    if unknown := names - set(REMOVABLE):
        raise argparse.ArgumentTypeError(f"{min(unknown)!r} cannot be removed, only {', '.join(REMOVABLE)}")
    return names


if __name__ == "__main__":
    sys.exit(main())
