from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from k6desk.api.models import Script
from k6desk.data.library import Library
from k6desk.data.problems import ArchiveProblem
from k6desk.data.scripts import Sighting
from k6desk.data.secrets import MASK

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
ONE, TWO = (Script(f"export default {n}\n".encode(), is_archive=False) for n in (1, 2))


@pytest.fixture
def scripts(tmp_path):
    library = Library(tmp_path / "library.db")
    yield library.scripts
    library.close()


def test_a_script_is_kept_once_however_often_it_is_seen(scripts):
    digest = scripts.keep(ONE, "test", 5, 5, "Checkout", NOW)
    assert digest == hashlib.sha256(ONE.content).hexdigest()
    assert scripts.keep(ONE, "run", 2**40, 5, "Checkout", LATER) == digest
    assert scripts.keep(ONE, "test", 5, 5, "Checkout 2", LATER) == digest
    assert scripts.script(digest) == ONE
    assert scripts.digests() == {digest}
    assert scripts.total_bytes() == len(ONE.content)
    assert scripts.newest("test", 5) == Sighting("test", 5, 5, "Checkout 2", digest, NOW, LATER)
    assert {one.kind for one in scripts.of_test(5)} == {"run", "test"}


def test_what_a_test_has_is_what_was_seen_last(scripts):
    first, second = (scripts.keep(one, "test", 5, 5, "Checkout", NOW) for one in (ONE, TWO))
    scripts.keep(ONE, "test", 5, 5, "Checkout", LATER)
    assert scripts.newest("test", 5).digest == first
    assert [one.digest for one in scripts.of_test(5)] == [first, second]


def test_an_absence_is_known_but_never_shown(scripts):
    scripts.note_absence("run", 7, NOW)
    scripts.note_absence("run", 7, LATER)
    assert scripts.asked("run") == {7: LATER}
    assert scripts.newest("run", 7) is None
    assert scripts.sightings() == []
    scripts.keep(ONE, "run", 7, 5, "Checkout", NOW)
    assert scripts.newest("run", 7).test_id == 5
    assert scripts.asked("run") == {7: LATER}


def test_secrets_of_an_archive_never_reach_the_file(scripts, tmp_path, make_archive):
    archive = make_archive(metadata={"env": {"API_KEY": "canary-of-ours"}})
    digest = scripts.keep(Script(archive, is_archive=True), "run", 1, 5, "Checkout", NOW)
    kept = scripts.script(digest)
    assert kept.is_archive
    assert MASK.encode() in kept.content
    assert digest == hashlib.sha256(kept.content).hexdigest()
    on_disk = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"canary" not in on_disk
    assert b"login-smoke.js" in on_disk


def test_an_archive_that_cannot_be_masked_is_not_kept(scripts):
    with pytest.raises(ArchiveProblem):
        scripts.keep(Script(b"rubbish", is_archive=True), "run", 1, 5, "Checkout", NOW)
    assert scripts.sightings() == []
    assert scripts.script("00" * 32) is None


def test_a_name_that_is_no_valid_text_is_kept_exactly(scripts):
    scripts.keep(ONE, "test", 5, 5, "half a character: \ud83d", NOW)
    assert scripts.newest("test", 5).test_name == "half a character: \ud83d"


def test_a_test_that_was_known_once_stays_known(scripts):
    scripts.keep(ONE, "run", 7, 0, "", NOW)
    scripts.keep(ONE, "run", 7, 5, "Checkout", NOW)
    scripts.keep(ONE, "run", 7, 0, "", LATER)
    assert (scripts.newest("run", 7).test_id, scripts.newest("run", 7).test_name) == (5, "Checkout")
