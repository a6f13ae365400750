"""The texts of a script as they may be searched: every file that is text, with its secrets masked."""

from __future__ import annotations

from collections.abc import Iterator

from k6desk.api.models import Script
from k6desk.core.scripts.opened_script import OpenedScript, TextFile
from k6desk.data.problems import ArchiveProblem
from k6desk.data.secrets import masked_text
from k6desk.data.visible import is_text


def texts_of(script: Script) -> list[tuple[str, str]]:
    """The name (`File.name`) and the text of each file, in the lines in which it is shown; blocks.

    What cannot be read has no texts: it is kept all the same, and says itself what is wrong when it is opened.
    """
    try:
        return list(_texts(script))
    except ArchiveProblem:
        return []


def _texts(script: Script) -> Iterator[tuple[str, str]]:
    opened = OpenedScript(script)
    for file in opened.files:
        if file.area == "metadata":  # written anew for people, and with it its lines
            shown = opened.read(file.name)
            if isinstance(shown, TextFile):
                yield file.name, shown.shown
        elif file.kind == "file":
            content = opened.content(file.name)
            if is_text(content):
                yield file.name, masked_text(content.decode("utf-8-sig", "replace"))
