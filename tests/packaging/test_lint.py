"""packaging/linux/lint.py asks programs that know what packages have to be like, and passes on what they say."""

from __future__ import annotations

import sys

import pytest

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="packages for Linux are looked at there")


def test_a_complaint_is_passed_on_in_its_own_words(linux, tmp_path, monkeypatch, capsys):
    lint = linux.lint
    monkeypatch.setattr(lint, "commands", lambda _folder: [["sh", "-c", "echo fine"]])
    lint.main(tmp_path)
    assert "fine" not in capsys.readouterr().out
    monkeypatch.setattr(lint, "commands", lambda _folder: [["sh", "-c", "echo 'E: no icon'; exit 1"], ["true"]])
    with pytest.raises(SystemExit, match="E: no icon"):
        lint.main(tmp_path)


@pytest.mark.parametrize(
    ("system", "is_known"),
    [
        ({"ID": "debian", "NAME": "Debian GNU/Linux", "VERSION_ID": "12"}, True),
        ({"ID": "debian", "NAME": "Debian GNU/Linux"}, True),
        ({"ID": "debian", "NAME": "Debian GNU/Linux", "VERSION_ID": "11"}, False),
        ({"ID": "ubuntu", "NAME": "Ubuntu", "VERSION_ID": "22.04"}, False),
    ],
)
def test_packages_are_judged_only_where_the_judges_are_known(linux, monkeypatch, system, is_known):
    monkeypatch.setattr(linux.lint.platform, "freedesktop_os_release", lambda: system)
    assert (linux.lint.why_not() == "") is is_known


def test_nothing_built_is_nothing_to_look_at(linux, tmp_path):
    with pytest.raises(SystemExit, match=r"there is no \*\.deb in .*: run packaging/build\.py linux first"):
        linux.lint.main(tmp_path)
