"""The keyring's part of the self-test, with a real one."""

from __future__ import annotations

import threading

import pytest

from k6desk.self_test import keys
from k6desk.self_test.problem import Problem
from tests.keyring_session import keyring_session

__all__ = ["keyring_session"]


def test_a_real_keyring_is_named_and_keeps_a_secret_for_a_moment(keyring_session):
    assert keys.check_keyring() == {"backend": "keyring.backends.SecretService.Keyring", "is_secure": True}
    assert keys.check_secret() == {"kept_read_and_removed": True}
    import secretstorage

    connection = secretstorage.dbus_init()
    try:
        assert list(secretstorage.search_items(connection, {"service": keys.SERVICE})) == []
    finally:
        connection.close()


class Forgetful:
    def set_password(self, *_):
        pass

    def get_password(self, *_):
        return None

    def delete_password(self, *_):
        pass


class Broken(Forgetful):
    def get_password(self, *_):
        raise RuntimeError("the value was canary")


@pytest.mark.parametrize(
    ("backend", "sentence"),
    [(Forgetful, "The keyring accepted a secret but did not keep it."), (Broken, "The keyring failed (RuntimeError).")],
)
def test_a_keyring_that_does_not_work_is_a_problem_without_the_value(monkeypatch, backend, sentence):
    monkeypatch.setattr(keys, "secure_backend", backend)
    with pytest.raises(Problem) as raised:
        keys.check_secret()
    assert str(raised.value) == sentence


def test_a_keyring_that_does_not_answer_is_left_behind(monkeypatch):
    answers = threading.Event()
    monkeypatch.setattr(keys, "secure_backend", answers.wait)
    monkeypatch.setattr(keys, "KEEP_S", 0.2)
    monkeypatch.setattr(keys, "FIND_S", 0.2)
    with pytest.raises(Problem, match="it may wait for its password"):
        keys.check_secret()
    assert keys.check_keyring()["is_secure"] is False
    answers.set()
