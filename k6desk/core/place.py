"""Where in the program one can be, and how it is written: `run:1234/cost`, `test:12`, `project:3`, `running`."""

from __future__ import annotations

import re
from typing import Literal, cast, get_args

from msgspec import Struct

ListName = Literal["running", "recent", "failed", "starred", "kept", "expiring", "all"]
Kind = Literal["running", "recent", "failed", "starred", "kept", "expiring", "all", "project", "test", "run"]
LISTS: tuple[ListName, ...] = get_args(ListName)

_FORM = re.compile(r"(?P<kind>[a-z]+)(:(?P<id>[1-9][0-9]{0,18})(/(?P<pane>[a-z]+))?)?")


class Place(Struct, frozen=True):
    """One list, project, test or run; `id` is 0 for the lists, `pane` only goes with a run and may be empty."""

    kind: Kind
    id: int = 0
    pane: str = ""

    @classmethod
    def parse(cls, text: str) -> Place:
        """Read a place as `str()` writes it; `ValueError` says which forms there are."""
        found = _FORM.fullmatch(text.strip().lower())
        kind, number, pane = found.group("kind", "id", "pane") if found else ("", None, None)
        is_list = kind in LISTS
        is_known = kind in get_args(Kind) and is_list is not bool(number) and int(number or 0) < 2**63
        if not is_known or (pane and kind != "run"):
            raise ValueError(
                "There is no such place; write run:1234, run:1234/cost, test:12, project:3 or one of "
                f"{', '.join(LISTS)}."
            )
        return cls(cast("Kind", kind), int(number or 0), pane or "")

    def __str__(self) -> str:
        return self.kind + (f":{self.id}" if self.id else "") + (f"/{self.pane}" if self.pane else "")
