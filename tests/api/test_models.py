import pytest

from k6desk.api.models import outcome


@pytest.mark.parametrize(
    ("status", "result", "word"),
    [
        ("running", None, "running"),
        ("running", "failed", "running"),
        ("processing_metrics", "passed", "processing_metrics"),
        ("completed", "passed", "passed"),
        ("completed", None, "completed"),
        ("aborted", "error", "aborted"),
        ("a word from next year", "passed", "a word from next year"),
    ],
)
def test_a_result_counts_when_the_run_has_ended_by_itself(status, result, word):
    assert outcome(status, result) == word
