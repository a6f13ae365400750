import logging

import pytest

from k6desk.program import log


@pytest.fixture
def logging_to(tmp_path):
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in log.LOUD}
    log.start(tmp_path)
    yield tmp_path / "k6desk.log"
    for handler in [handler for handler in root.handlers if handler not in before]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    for name, former in levels.items():
        logging.getLogger(name).setLevel(former)


@pytest.mark.parametrize(
    "words",
    [
        "Authorization: Bearer canary-0123456789abcdef",
        "{'Authorization': 'Token canary-0123456789abcdef'}",
        "token=canary-0123456789abcdef&x=1",
        'password: "canary-0123456789abcdef"',
    ],
)
def test_a_secret_is_in_no_file_and_no_diagnostics(logging_to, words):
    logging.getLogger("somebody").warning("sent %s", words)
    logging.getLogger("somebody").error("failed", exc_info=RuntimeError(words))
    assert "canary" not in logging_to.read_text()
    assert "canary" not in log.diagnostics()
    assert "***" in logging_to.read_text()


def test_loud_libraries_are_quiet(logging_to):
    logging.getLogger("httpx").info("GET https://api.k6.io/cloud/v6/test_runs?x=1")
    logging.getLogger("qasync").debug("set_password('canary')")
    assert logging_to.read_text() == ""


def test_a_folder_that_cannot_be_written_costs_only_the_file(tmp_path):
    taken = tmp_path / "taken"
    taken.write_text("")
    before = logging.getLogger().handlers[:]
    log.start(taken)
    logging.getLogger("somebody").warning("still here")
    assert "still here" in log.diagnostics()
    for handler in [handler for handler in logging.getLogger().handlers if handler not in before]:
        logging.getLogger().removeHandler(handler)
