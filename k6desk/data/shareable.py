"""Scripts to be given away: nothing is left in them that is secret by its name or looks like a secret."""

from __future__ import annotations

import tarfile

from k6desk.api.exchange import SCRIPT_LIMIT
from k6desk.api.models import Script
from k6desk.data.archive import METADATA, without_secrets
from k6desk.data.export_json import masked_document
from k6desk.data.problems import ArchiveProblem
from k6desk.data.secrets import masked_text
from k6desk.data.tar import Entry, entries_of


def shareable(script: Script) -> Script:
    """The script with its secrets masked; raises `ArchiveProblem` where that cannot be done."""
    if not script.is_archive:
        return _checked(_masked(script.content), is_archive=False)
    content = without_secrets(script.content)
    pieces, kept_to = [], 0
    for entry in entries_of(content):
        before = content[entry.data : entry.data + entry.size]
        after = _masked_member(entry, before) if entry.kind == "file" else before
        if after != before:
            pieces += [content[kept_to : entry.start], _member(entry, after)]
            kept_to = entry.end
    return _checked(b"".join([*pieces, content[kept_to:]]), is_archive=True)


def _checked(content: bytes, *, is_archive: bool) -> Script:
    if len(content) > SCRIPT_LIMIT:
        raise ArchiveProblem("This script is too large to be given away.")
    return Script(content, is_archive=is_archive)


def _masked_member(entry: Entry, content: bytes) -> bytes:
    return masked_document(content) or b"{}" if entry.name == METADATA else _masked(content)


def _masked(content: bytes) -> bytes:
    if b"\0" in content:
        return content  # an image, or whatever else is no text
    # Whatever could be text is looked through; a byte that is none stays what it is.
    return masked_text(content.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


def _member(entry: Entry, content: bytes) -> bytes:
    header = tarfile.TarInfo(entry.name)
    header.size = len(content)
    return header.tobuf(tarfile.PAX_FORMAT) + content + bytes(-len(content) % tarfile.BLOCKSIZE)
