"""Measure k6desk against others: `python packaging/dev.py bench [NAME…] [--json FILE]`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import msgspec

sys.path.insert(1, str(Path(__file__).parents[2]))  # the program; what is beside this file comes first

from benches import BENCHES
from harness import Setting, compare, table

RUNS, FEW_RUNS = 100_000, 500


def main() -> int:
    """Run the benches that are named, or all; 1 if a goal was missed."""
    parser = argparse.ArgumentParser("bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which to run: {', '.join(BENCHES)} (default: all)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="save the figures of every round")
    parser.add_argument(
        "--quick", action="store_true", help="one round over few runs: shows that it works, not how fast"
    )
    options = parser.parse_args()
    if unknown := set(options.names) - BENCHES.keys():
        parser.error(f"there is no bench called {', '.join(sorted(unknown))}")
    rows = []
    with tempfile.TemporaryDirectory(prefix="k6desk-bench-") as folder:
        setting = Setting(Path(folder), FEW_RUNS if options.quick else RUNS, options.quick)
        for name in options.names or BENCHES:
            print(f"{name}: {BENCHES[name].what}", file=sys.stderr, flush=True)
            rows.append(compare(BENCHES[name], setting))
    print(table(rows))
    if options.json:
        options.json.write_bytes(msgspec.json.format(msgspec.json.encode(rows), indent=1))
    return 1 if any(row.verdict == "NO" for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
