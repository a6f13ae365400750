"""What the README says of the program is what the program says of itself."""

import re
from pathlib import Path

from k6desk.__main__ import parser
from k6desk.ui.actions import TABLE

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def test_every_shortcut_is_in_the_table():
    for spec in TABLE:
        if spec.keys:
            keys = ", ".join(f"`{key}`" for key in spec.keys)
            assert f"| {keys} | {spec.text.rstrip('…')} |" in README


def test_every_option_is_explained():
    options = {option for action in parser()._actions for option in action.option_strings if option.startswith("--")}
    assert options - {"--help"} <= set(re.findall(r"--[a-z-]+", README))


def test_every_picture_exists():
    pictures = re.findall(r"\]\((resources/[^)]+)\)", README)
    assert pictures
    assert [picture for picture in pictures if not (ROOT / picture).is_file()] == []
