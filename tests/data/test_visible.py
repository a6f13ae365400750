"""What is text, and what hides in it."""

from __future__ import annotations

import pytest

from k6desk.data.visible import is_text, plain_terminal_text, visible, visible_name


@pytest.mark.parametrize(
    ("content", "is_one"),
    [
        (b"", True),
        ("größer → ok 😀".encode(), True),
        (b"\xef\xbb\xbflet a", True),
        (b"// caf\xe9, in Latin-1", True),
        (b"a\0b", False),
        (b"\x89PNG\r\n\x1a\n", True),
        (b"\x89PNG\r\n\x1a\n\0", False),
        (bytes(range(128, 256)), False),
    ],
)
def test_a_few_broken_bytes_are_forgiven(content, is_one):
    assert is_text(content) is is_one


def test_what_hides_is_named_and_names_have_no_lines():
    assert visible("a\u202eb\tc\n") == "a‹U+202E›b\tc\n"
    assert visible_name("a\tb\u3164") == "a‹U+0009›b‹U+3164›"


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("plain", "plain"),
        ("\x1b[31;1mred\x1b[0m", "red"),
        ("\x1b[38;2;1;2;3mmany\x1b[K colours", "many colours"),
        ("\x1b]0;title\x07named \x1b]8;;https://x\x1b\\link", "named link"),
        ("\x1bMup", "up"),
        ("half \x1b[31", "half ‹U+001B›[31"),
        ("a\r\nb\tc\rd", "a\nb\tc‹U+000D›d"),
        ("\u202eevil", "‹U+202E›evil"),
    ],
)
def test_what_a_program_printed_has_no_colours_and_hides_nothing(printed, shown):
    assert plain_terminal_text(printed) == shown
