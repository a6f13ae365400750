"""The files by which a desktop knows k6desk say the same as the program."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from k6desk.__main__ import parser
from k6desk.core import installation
from k6desk.core.links import SCHEME
from k6desk.data.bundle import SUFFIX
from k6desk.demo.__main__ import _parser as demo_parser

ROOT = Path(__file__).parents[2]
FILES = ROOT / "packaging" / "linux" / "files"
ID = installation.ID


def desktop_entry() -> configparser.SectionProxy:
    entry = configparser.RawConfigParser(delimiters="=")
    entry.optionxform = str
    entry.read(FILES / f"{ID}.desktop", "utf-8")
    return entry["Desktop Entry"]


def test_the_desktop_knows_what_the_program_knows():
    entry, metainfo = desktop_entry(), ElementTree.parse(FILES / f"{ID}.metainfo.xml").getroot()
    file_type = ElementTree.parse(FILES / f"{ID}.xml").getroot()[0]
    spaces = {"": "http://www.freedesktop.org/standards/shared-mime-info"}
    assert metainfo.findtext("id") == entry["Icon"] == installation.ID
    assert metainfo.findtext("launchable") == f"{ID}.desktop"
    assert file_type.find("glob", spaces).attrib["pattern"] == f"*{SUFFIX}"
    opened = {f"x-scheme-handler/{SCHEME.removesuffix('://')}", file_type.attrib["type"]}
    assert set(entry["MimeType"].strip(";").split(";")) == opened
    assert {one.text for one in metainfo.iterfind("provides/mediatype")} == opened


def test_every_picture_of_the_metainfo_is_in_the_repository():
    metainfo = ElementTree.parse(FILES / f"{ID}.metainfo.xml").getroot()
    pictures = [image.text for image in metainfo.iterfind("screenshots/screenshot/image")]
    homepage = "https://raw.githubusercontent.com/k6desk/k6desk/main/"
    assert len(pictures) >= 3
    assert all((ROOT / picture.removeprefix(homepage)).is_file() for picture in pictures)


def test_the_menu_starts_what_the_program_understands():
    starts = re.findall(r"^Exec=k6desk (.+)$", (FILES / f"{ID}.desktop").read_text("utf-8"), re.MULTILINE)
    assert starts[0] == "%U"
    for options in starts[1:]:
        parser().parse_args(options.split())


@pytest.mark.parametrize(("page", "options"), [("k6desk", parser), ("k6desk-demo", demo_parser)])
def test_the_manual_names_every_option(page, options):
    manual = (FILES / f"{page}.1").read_text("utf-8").replace("\\-", "-")
    described = set(re.findall(r"^\.B\S* (--[\w-]+)", manual, re.MULTILINE)) | {"--help"}
    assert described == {name for action in options()._actions for name in action.option_strings if name != "-h"}


@pytest.mark.skipif(not shutil.which("desktop-file-validate"), reason="desktop-file-utils is not here")
def test_the_menu_entry_is_valid():
    done = subprocess.run(
        ["desktop-file-validate", FILES / f"{ID}.desktop"], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.returncode) == ("", 0)
