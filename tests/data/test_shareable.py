"""Scripts that are given away."""

from __future__ import annotations

import io
import tarfile

import pytest

from k6desk.api.models import Script
from k6desk.data.archive import OpenedArchive
from k6desk.data.problems import ArchiveProblem
from k6desk.data.secrets import MASK
from k6desk.data.shareable import shareable

CANARY = "canary"


@pytest.fixture(autouse=True)
def _look_for_canaries(monkeypatch):
    monkeypatch.setattr("k6desk.data.shareable.masked_text", lambda text: text.replace(CANARY, MASK))


def test_what_looks_like_a_secret_is_masked_in_every_text_of_an_archive(make_archive):
    name = "/home/nobody/" + "long-" * 40 + "ä/util.js"
    archive = make_archive(f"let a = '{CANARY}'", metadata={"env": {"K": CANARY}}, files={name: CANARY, "/b.js": "b"})
    cleaned = shareable(Script(archive, is_archive=True)).content
    assert CANARY.encode() not in cleaned
    assert OpenedArchive(cleaned).read("data").decode() == f"let a = '{MASK}'"
    with tarfile.open(fileobj=io.BytesIO(cleaned)) as tar, tarfile.open(fileobj=io.BytesIO(archive)) as before:
        assert tar.getnames() == before.getnames()
        assert tar.extractfile(f"file{name}").read().decode() == MASK
        assert tar.extractfile("file/b.js").read() == b"b"


def test_what_has_no_secret_stays_as_it_is(make_archive):
    for script in (Script(make_archive(), is_archive=True), Script(b"let a = 1", is_archive=False)):
        assert shareable(script) == script
    image = Script(b"\x89PNG\r\n\x1a\n\0\0\0 canary", is_archive=False)
    assert shareable(image) == image


def test_a_plain_script_is_masked_too():
    assert shareable(Script(CANARY.encode(), is_archive=False)).content == MASK.encode()


def test_a_byte_that_is_no_text_saves_no_secret_and_stays(make_archive):
    script = Script(b"// caf\xe9 \xfc\xe4\xf6\xdf " + CANARY.encode(), is_archive=False)
    assert shareable(script).content == b"// caf\xe9 \xfc\xe4\xf6\xdf " + MASK.encode()


def test_metadata_are_masked_by_what_a_text_looks_like_too(make_archive):
    token = "glc_" + "eyJvIjoiMTIzNDU2Nzg5MCIsIm4iOiJhIn0"
    archive = make_archive(metadata={"options": {"tags": {"note": token}}})
    assert token.encode() not in shareable(Script(archive, is_archive=True)).content


def test_a_damaged_archive_is_not_given_away(make_archive):
    with pytest.raises(ArchiveProblem):
        shareable(Script(make_archive()[:600], is_archive=True))
