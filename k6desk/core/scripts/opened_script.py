"""A script or an archive to look around in: its files as text that deceives nobody and gives no secret away."""

from __future__ import annotations

import json
import re
from functools import cached_property
from typing import Any, Literal
from uuid import uuid4

from msgspec import Struct

from k6desk.api.models import Script
from k6desk.core.scripts.source import Hidden as Hidden
from k6desk.core.scripts.source import looked_at
from k6desk.data.archive import File, OpenedArchive
from k6desk.data.secrets import MASK, Span, masked_text, replaced
from k6desk.data.visible import is_text

Language = Literal["javascript", "typescript", "json", "csv", "protobuf", "text"]

_LANGUAGES: dict[str, Language] = {
    **dict.fromkeys(("js", "mjs", "cjs", "jsx"), "javascript"),
    **dict.fromkeys(("ts", "mts", "cts", "tsx"), "typescript"),
    **dict.fromkeys(("json", "har", "geojson", "map"), "json"),
    **dict.fromkeys(("csv", "tsv"), "csv"),
    "proto": "protobuf",
    **dict.fromkeys(("txt", "md", "xml", "html", "svg", "css", "yaml", "yml", "pem", "crt", "key", "sql"), "text"),
}
_IMAGES = re.compile(rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|GIF8[79]a|BM|RIFF....WEBP", re.DOTALL)
_SCRIPT = re.compile(
    r"^[ \t]*(?:(?:import|export|const|let|var|function|class|async)\b|['\"]use strict|//|/\*|!function\b|!?\()",
    re.MULTILINE,
)
_PROTOBUF = re.compile(r"^[ \t]*syntax\s*=\s*['\"]proto[23]['\"]", re.MULTILINE)
_LOOKED_AT = 4096  # characters that tell a language


class TextFile(Struct, frozen=True):
    """A file as text to look at: what it hides is made visible, what looks like a secret is masked."""

    name: str
    shown: str
    language: Language
    hidden: tuple[Hidden, ...] = ()
    warnings: tuple[str, ...] = ()


class BinaryFile(Struct, frozen=True):
    """A file that is no text; `is_image` for the PNG, JPEG, GIF, BMP and WebP that their first bytes tell."""

    name: str
    content: bytes
    is_image: bool = False


class OpenedScript:
    """A script or archive opened in memory; raises `ArchiveProblem`.

    What it gives is made when asked for, and that blocks: for a worker thread. `entry` is the `File.name` of the entry
    script, `name` what to call it.
    """

    def __init__(self, script: Script) -> None:
        self._content = script.content
        self._archive = OpenedArchive(script.content) if script.is_archive else None
        self.is_archive = script.is_archive
        if self._archive:
            self.files, self.count = self._archive.files, self._archive.count
            self.k6_version = self._archive.k6_version
        else:
            self.files, self.count = (File("script.js", ("script.js",), "entry", "file", len(script.content)),), 1
            self.k6_version = ""
        self.entry = self.files[0].name
        self.name = self.files[0].path[-1]

    @cached_property
    def is_masked(self) -> bool:
        """Whether the secrets of the metadata were masked when it was kept: only its source still has the values."""
        return MASK in self._secrets.values()

    def content(self, name: str) -> bytes:
        """The bytes of one file by its `File.name`; raises `ArchiveProblem`."""
        return self._archive.read(name) if self._archive else self._content

    def read(self, name: str, revealed: frozenset[int] = frozenset()) -> TextFile | BinaryFile:
        """One file by its `File.name`, the secrets with the numbers `revealed` shown; raises `ArchiveProblem`."""
        file = next((file for file in self.files if file.name == name), None)
        content = self.content(name)
        if not is_text(content):
            return BinaryFile(name, content, _IMAGES.match(content) is not None)
        text = content.decode("utf-8-sig", "replace")
        secrets: list[Span] = []
        if file and file.area == "metadata" and self._archive:
            text, secrets = _as_json(self._archive.metadata)
        shown, hidden, warnings = looked_at(text, secrets, revealed)
        if file and file.copies > 1:
            warnings += (f"The archive holds {file.copies:,} files of this name; this is the last, which k6 uses.",)
        return TextFile(name, shown, _language(file, text), hidden, warnings)

    def metadata(self, revealed: frozenset[str] = frozenset()) -> dict[str, Any]:
        """The metadata of an archive, secrets masked but those at these paths; empty for a plain script."""
        secrets = self._secrets.keys() - revealed

        def masked(path: str, text: str, is_secret: bool) -> str:
            return _masked(text, is_secret) if path in secrets else text

        return dict(replaced(self._archive.metadata, masked)) if self._archive else {}

    def secret_paths(self) -> tuple[str, ...]:
        """Where the metadata has secrets: `env.API_KEY`, `options.tlsAuth.0.key`; lists count from 0."""
        return tuple(self._secrets)

    @cached_property
    def _secrets(self) -> dict[str, str]:
        """The secret texts of the metadata by their paths: by their names, or because they look like it."""
        found: dict[str, str] = {}

        def note(path: str, text: str, is_secret: bool) -> str:
            if _masked(text, is_secret) != text or (is_secret and text == MASK):
                found[path] = text
            return text

        if self._archive:
            replaced(self._archive.metadata, note)
        return found


def _as_json(metadata: dict[str, Any]) -> tuple[str, list[Span]]:
    """The metadata to be read by people, and where in it the secrets are that their names tell."""
    mark = uuid4().hex
    secrets: list[tuple[str, str]] = []

    def marked(path: str, text: str, is_secret: bool) -> str:
        if is_secret:
            secrets.append((path, _json(text)[1:-1]))
        return mark if is_secret else text

    text, *pieces = _json(replaced(metadata, marked)).split(mark)
    spans = []
    for (path, secret), piece in zip(secrets, pieces, strict=True):
        spans.append(Span(len(text), len(text) + len(secret), f"value of {path}"))
        text += secret + piece
    return text, spans


def _masked(text: str, is_secret: bool) -> str:
    return MASK if is_secret else masked_text(text)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _language(file: File | None, text: str) -> Language:
    """The language that the name tells, or else the text: modules from the web often have no ending."""
    stem, dot, ending = file.path[-1].rpartition(".") if file else ("", "", "")
    if stem and dot and (known := _LANGUAGES.get(ending.lower())):
        return known
    begins = text[:_LOOKED_AT]
    if _PROTOBUF.search(begins):
        return "protobuf"
    if begins.lstrip()[:1] in ("{", "["):
        return "json"
    if file and (file.area == "entry" or _SCRIPT.search(begins)):
        return "javascript"
    return "text"
