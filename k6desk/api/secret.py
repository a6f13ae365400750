"""A token that cannot be printed by accident."""

from __future__ import annotations

import re

_CARRIABLE = re.compile(r"[\x21-\x7e]{1,1200}")


class Secret:
    """A token. Only the transport and the keyring worker call `reveal`; anything that prints it shows `***`.

    It holds visible ASCII only: a token that a header cannot carry would be quoted by the error about it.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        if not _CARRIABLE.fullmatch(text):
            raise ValueError("A token is 1 to 1,200 visible ASCII characters.")
        self._text = text

    def reveal(self) -> str:
        """The token itself."""
        return self._text

    def __repr__(self) -> str:
        return "***"

    def __reduce__(self) -> str:
        raise TypeError("A token is not written anywhere but the keyring.")
