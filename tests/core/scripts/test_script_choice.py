"""A file is read and understood before anything of it is sent; what cannot be sent is said in one sentence."""

from __future__ import annotations

import pytest

from k6desk.core.scripts import script_choice
from k6desk.core.scripts.script_choice import ChoiceProblem, read_choice


@pytest.fixture
def file(tmp_path):
    def write(content: bytes | str, name: str = "login-smoke.js"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("export default function () {}", "login-smoke"),
        ("export const options = { vus: 1, cloud: { projectID: 3, name: 'Login: a \"smoke\"' } };", 'Login: a "smoke"'),
        ('options = { ext: { "loadimpact": { "name": "Old place" } } };', "Old place"),
        ("const options = { cloud: { name: `run ${day}` } };", "login-smoke"),
        ("const options = { cloud: { name: '' } };", "login-smoke"),
        ("const scenario = { name: 'not of the cloud' };", "login-smoke"),
        ("const options = { cloud: { name: 'never closed } };", "login-smoke"),
    ],
)
def test_the_name_is_that_of_the_options_or_else_of_the_file(file, source, name):
    choice = read_choice(file(source))
    assert (choice.name, choice.script.is_archive, choice.archive) == (name, False, None)
    assert choice.script.content.decode() == source


def test_an_archive_is_known_by_what_it_holds_whatever_it_is_called(file, make_archive):
    content = make_archive(files={"/lib/a.js": "let a"}, metadata={"env": {"API_KEY": "k", "EMPTY": ""}})
    choice = read_choice(file(content, "from the pipeline"))
    assert choice.script.is_archive
    assert choice.script.content == content
    assert (choice.name, choice.archive.entry.path[-1]) == ("Login smoke", "login-smoke.js")
    assert choice.archive.secrets == ("env.API_KEY",)


def test_an_archive_without_a_name_in_its_options_takes_that_of_its_script(file, make_archive):
    content = make_archive(metadata={"options": {}})
    assert read_choice(file(content, "x.tar")).name == "login-smoke"


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "a.js", "is empty"),
        (b" \n", "a.js", "is empty"),
        (b"\xff\xfe\x00", "a.js", "neither text (UTF-8) nor a k6 archive"),
        (b"a\0b", "a.js", "neither text (UTF-8) nor a k6 archive"),
        (b"no tar", "a.tar", "not a k6 archive"),
    ],
)
def test_what_cannot_be_a_script_is_said(file, content, name, said):
    with pytest.raises(ChoiceProblem, match=said.replace("(", r"\(").replace(")", r"\)")):
        read_choice(file(content, name))


def test_a_file_that_is_too_large_is_not_read_to_its_end(file, monkeypatch):
    monkeypatch.setattr(script_choice, "SCRIPT_LIMIT", 1 << 20)
    assert read_choice(file(b"a" * (1 << 20)))
    with pytest.raises(ChoiceProblem, match="larger than 1 MiB"):
        read_choice(file(b"a" * ((1 << 20) + 1)))


def test_what_is_not_there_or_no_file_is_said(tmp_path):
    for path in (tmp_path, tmp_path / "gone.js"):
        with pytest.raises(ChoiceProblem, match="is not a file"):
            read_choice(path)
