"""The scripts of the search benches: files for the one side, the search index of k6desk for the other."""

from __future__ import annotations

import hashlib
import os
import random
import time
from pathlib import Path
from typing import NamedTuple

from harness import Setting

from k6desk.data.script_search import ScriptSearch
from k6desk.demo.scripts import script_text
from k6desk.demo.world import World

SCRIPTS = 10_000
SIZE = 4096
STEP = 100


class Needle(NamedTuple):
    """What is looked for: once in every so many scripts."""

    words: str
    every: int
    match_case: bool


NEEDLES = {
    "rare": Needle("x-tenant-7f3", 1000, match_case=True),
    "frequent": Needle("retryAfterTimeout", 11, match_case=True),
    "common": Needle("} from 'k6';", 1, match_case=True),
    "mixed-case": Needle("fallBACKregion", 20, match_case=False),
}
_STANDS_AS = {"fallBACKregion": "FallbackRegion"}


def scripts_of(setting: Setting) -> Path:
    """A folder with one file per script, 4 KB each, and beside it `scripts.db` with the same; made once."""
    folder = setting.folder / "scripts"
    if not folder.exists():
        folder.mkdir()
        search = ScriptSearch(setting.folder / "scripts.db")
        count = min(SCRIPTS, setting.runs)
        texts = _texts(setting, count)
        for number, text in enumerate(texts):
            (folder / f"{number}.js").write_text(text, encoding="utf-8")
        for first in range(0, count, STEP):
            some = texts[first : first + STEP]
            search.add({hashlib.sha256(text.encode()).hexdigest(): [("", text)] for text in some})
        search.close()
        os.sync()  # only what is on the disk can be evicted from memory
    return folder


def _texts(setting: Setting, count: int) -> list[str]:
    """The demo cloud's scripts, each followed by calls of its own until it is long enough."""
    chance = random.Random(4)
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(3, 11))) for _ in range(6000)]
    world = World(time.time, size="small" if setting.is_quick else "large")
    bases = [script_text(test.draft, {"vus": 10}, 1) for test in world.tests[:200]]
    texts = []
    for number in range(count):
        text = bases[number % len(bases)]
        for needle in NEEDLES.values():
            if needle.every > 1 and number % needle.every == 0:
                text += f"// {_STANDS_AS.get(needle.words, needle.words)}\n"
        while len(text) < SIZE:
            one, two, three = chance.choices(words, k=3)
            text += f"  const {one} = {two}('{three.title()}', {chance.randint(1, 9999)});\n"
        texts.append(text)
    return texts
