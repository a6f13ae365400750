"""Text without case, letter by letter: what is found in it stands at the same place in the text itself."""

from __future__ import annotations

# The lower case of these is not one letter, or depends on its neighbours, or keeps apart what regular expressions
# without case do not.
_ODD = {"İ": "i", "ı": "i", "ſ": "s", "Σ": "σ", "ς": "σ", "µ": "μ"}


def folded(text: str) -> str:
    """The text in lower case, as long as it was."""
    if not text.isascii():
        for odd, plain in _ODD.items():
            text = text.replace(odd, plain)
    return text.lower()
