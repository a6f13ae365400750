from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from k6desk.data.kept import KeptRun
from k6desk.data.library import Library
from k6desk.data.stored import Stored

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
BEFORE = NOW - timedelta(hours=1)
LATER = NOW + timedelta(hours=1)
BIG = 2**63 - 1


@pytest.fixture
def kept(tmp_path):
    library = Library(tmp_path / "library.db")
    yield library.kept
    library.close()


def test_a_kept_run_is_there_with_its_documents(kept, make_run):
    run = make_run(BIG, note="“quoted” <b>")
    kept.put(
        run,
        "Checkout",
        "Shop",
        "chosen",
        {"run": Stored(b'{"id":1}', BEFORE), "distribution": Stored(b"\xc0", NOW)},
        NOW,
    )
    assert kept.run(BIG) == KeptRun(run, "Checkout", "Shop", NOW, "chosen", None)
    assert kept.document(BIG, "run") == Stored(b'{"id":1}', BEFORE)
    assert kept.document(BIG, "distribution") == Stored(b"\xc0", NOW)
    assert kept.document(BIG, "metrics") is None
    assert kept.ids() == {BIG}
    assert kept.total_bytes() == 9


def test_keeping_it_again_brings_it_up_to_date_and_keeps_since_when_and_why(kept, make_run):
    kept.put(make_run(1), "Checkout", "Shop", "rule", {"run": Stored(b"{}", NOW)}, NOW)
    kept.put(make_run(1, note="seen"), "Checkout", "Shop", "chosen", {"distribution": Stored(b"\xc0", NOW)}, LATER)
    known = kept.run(1)
    assert (known.run.note, known.kept_at, known.why) == ("seen", NOW, "rule")
    assert kept.document(1, "run") == Stored(b"{}", NOW)


def test_what_the_server_says_later_is_kept_too_and_only_of_kept_runs(kept, make_run):
    kept.put(make_run(1), "Checkout", "Shop", "chosen", {}, NOW)
    kept.note_gone([1], NOW)
    kept.refresh([make_run(1, note="seen"), make_run(2)], {1: b'{"id":1}'}, LATER)
    assert kept.ids() == {1}
    assert (kept.run(1).run.note, kept.run(1).gone_at) == ("seen", None)
    assert kept.document(1, "run") == Stored(b'{"id":1}', LATER)


def test_when_it_went_is_when_that_was_first_found(kept, make_run):
    for run_id in (1, 2):
        kept.put(make_run(run_id), "Checkout", "Shop", "chosen", {}, NOW)
    kept.note_gone({1}, NOW)
    kept.note_gone({1, 3}, LATER)
    assert [known.gone_at for known in kept.all()] == [NOW, None]
    assert replace(kept.run(1), gone_at=None) == KeptRun(make_run(1), "Checkout", "Shop", NOW, "chosen", None)


def test_the_user_can_decide_otherwise(kept, make_run):
    kept.put(make_run(1), "Checkout", "Shop", "chosen", {"run": Stored(b"{}", NOW)}, NOW)
    kept.remove(1)
    assert kept.run(1) is None
    assert kept.document(1, "run") is None


def test_secrets_never_reach_the_file(kept, make_run, tmp_path):
    secret = b'{"options":{"cloud":{"token":"canary-1"}}}'
    kept.put(make_run(1), "Checkout", "Shop", "chosen", {"run": Stored(secret, NOW)}, NOW)
    kept.refresh([make_run(1)], {1: secret}, LATER)
    kept.put_document(1, "run", secret, LATER)
    on_disk = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"canary" not in on_disk
    assert b"options" in on_disk
