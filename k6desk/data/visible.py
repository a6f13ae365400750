"""Text that hides nothing: characters that reorder, hide or silently break it are shown by their number instead.

Whether bytes are text at all is decided here, too.
"""

from __future__ import annotations

import re

# See CVE-2021-42574, "Trojan Source". The letters among these are blank, and names can be made of them.
_HIDDEN = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff"
)
HIDDEN = re.compile(f"[{_HIDDEN}]")
# What colours text in a terminal, names its window, or moves its cursor.
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_NEVER_IN_NAMES = re.compile(f"[{_HIDDEN}\t\n]")


def visible(text: str) -> str:
    """The text with what it hides as `‹U+202E›`; tabs and line feeds stay."""
    return HIDDEN.sub(_number, text)


def visible_name(name: str) -> str:
    """The same for a name, in which tabs and line feeds have no place either."""
    return _NEVER_IN_NAMES.sub(_number, name)


def plain_terminal_text(text: str) -> str:
    """What a program printed, without the colours and movements of a terminal; `visible` otherwise."""
    if text.isprintable():
        return text
    return visible(_ESCAPES.sub("", text.replace("\r\n", "\n")))


def is_text(content: bytes) -> bool:
    """Whether bytes were meant to be text in UTF-8: a few broken ones are forgiven."""
    if b"\0" in content:  # found at once, where decoding would keep every other thread waiting
        return False
    text = content.decode("utf-8", "replace")
    return text.count("\ufffd") <= len(text) / 100 + 3


def _number(character: re.Match[str]) -> str:
    return f"‹U+{ord(character.group()):04X}›"
