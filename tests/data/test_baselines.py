"""The runs that the user chose on this computer to compare others with."""

from __future__ import annotations

import pytest

from k6desk.data.library import Library
from k6desk.data.schema import LIBRARY
from k6desk.data.sqlite import Database


@pytest.fixture
def path(tmp_path):
    return tmp_path / "library.db"


def test_a_test_has_one_baseline_at_most_and_it_stays(path):
    library = Library(path)
    for run_id in (2**40, 2**62):
        library.baselines.put(10, run_id)
    library.baselines.put(11, 5)
    library.baselines.put(11, None)
    library.close()
    again = Library(path)
    assert again.baselines.of(10) == 2**62
    assert again.baselines.of(11) is None
    assert again.problem is None
    again.close()


def test_a_library_without_them_gets_them(path):
    Database(path, LIBRARY[:4], name="old library", durable=True).close()
    library = Library(path)
    library.baselines.put(1, 2)
    assert library.baselines.of(1) == 2
    library.close()
