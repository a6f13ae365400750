"""A column of values that repeat: each distinct value once, and per row its number."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import Any, Generic, TypeVar

W = TypeVar("W")

_BYTE = 256


class Words(Generic[W]):
    """`distinct[codes[row]]` is the value of a row. Values that no row has any more stay in `distinct`.

    Up to 256 values cost a byte per row, and looking for them costs next to nothing.
    """

    def __init__(self) -> None:
        self.distinct: list[W] = []
        self.codes: bytearray | array[int] = bytearray()
        self._code_of: dict[W, int] = {}

    def extend(self, values: Iterable[W]) -> None:
        """Add a row for each value."""
        codes = list(map(self._code, values))  # which may exchange `self.codes`
        self.codes.extend(codes)

    def replace(self, row: int, value: W) -> bool:
        """Give a row another value; whether it had another before."""
        code = self._code(value)
        is_other = self.codes[row] != code
        self.codes[row] = code
        return is_other

    def rows(self, wanted: list[bool]) -> int:
        """The rows with the wanted of the distinct values, as a number whose byte `row` is 1 for each."""
        if True not in wanted:
            return 0
        if isinstance(self.codes, bytearray):
            members = self.codes.translate(bytes(wanted).ljust(_BYTE))
        else:
            members = bytearray(map(wanted.__getitem__, self.codes))
        return int.from_bytes(members, "little")

    def ranks(self, keys: list[Any]) -> list[int]:
        """For each row the place of its value, given what to sort the distinct ones by; -1 where that is None."""
        rank = {key: place for place, key in enumerate(sorted(set(keys) - {None}))}
        table = [rank.get(key, -1) for key in keys]
        return [table[code] for code in self.codes]

    def _code(self, value: W) -> int:
        """The number of this value, new or known."""
        code = self._code_of.get(value)
        if code is None:
            code = self._code_of[value] = len(self.distinct)
            self.distinct.append(value)
            if code == _BYTE:
                self.codes = array("i", list(self.codes))  # of a bytearray it would take four bytes as one number
        return code
