"""Under which licences the libraries in a bundle are: their texts in one folder, and a list of them (DEP-5).

A bundle is built on Debian or Ubuntu: the libraries that come from there have their texts under `/usr/share/doc`. Those
that come as Python packages have theirs in their `.dist-info`, which is in the bundle. k6desk shows all of them in its
dialog About.
"""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
from email.parser import HeaderParser
from functools import cache
from pathlib import Path
from typing import NamedTuple

FOLDER = "licences"
COMMON = Path("/usr/share/common-licenses")
SOURCES = {
    "debian": "https://snapshot.debian.org/package/{name}/{version}/",
    "ubuntu": "https://launchpad.net/ubuntu/+source/{name}/{version}",
}
"""Where each version of a source package stays, by the id of the system."""

OURS = "_internal/k6desk/resources/licences"
"""Where k6desk itself has the texts of those that bring none."""

# Of the stanzas that fit a file, the last one counts.
HEAD = f"""\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: k6desk
Upstream-Contact: https://github.com/k6desk/k6desk/issues
Source: https://github.com/k6desk/k6desk
Comment: k6desk brings the libraries it uses. PySide6 and Qt are used under the
 LGPL-3: they are shared libraries in opt/k6desk/_internal, where other builds
 of the same versions may take their place. Their source, version {{qt}}, is at
 https://download.qt.io/official_releases/ (qt and QtForPython); what Qt itself
 is made with is in /opt/k6desk/{OURS}/Qt-third-party.txt.
 Where the source of each other library is, its text in /opt/k6desk/{FOLDER}
 says.

Files: *
Copyright: 2026 The k6desk authors
License: Apache-2.0

Files: opt/k6desk/_internal/*
Copyright: 2001-2026 Python Software Foundation
License: PSF-2.0
 The text is in /opt/k6desk/{OURS}/PSF-2.0.txt.
Comment: All that is not named below is the standard library of Python.

Files: opt/k6desk/_internal/k6desk/* opt/k6desk/_internal/k6desk-*
Copyright: 2026 The k6desk authors
License: Apache-2.0

License: Apache-2.0
 On Debian systems the text is in /usr/share/common-licenses/Apache-2.0, on
 others in /usr/share/licenses/k6desk/LICENSE.
"""


class Component(NamedTuple):
    """Something that was bundled: its name, its files in the bundle, its licence in short, where the text is."""

    name: str
    files: list[str]
    licence: str
    text: str


def collect(bundle: Path) -> None:
    """Put the licence texts that the bundle lacks into its folder `licences`: those of the system's libraries."""
    folder = bundle / FOLDER
    folder.mkdir()
    for package in sorted(set(packages_of(system_libraries(bundle)).values())):
        text = Path("/usr/share/doc", package, "copyright").read_text("utf-8", "replace")
        (folder / text_of(package)).write_text(f"Its source: {source_of(package)}\n\n{text}", "utf-8")
    words = " ".join(text.read_text("utf-8", "replace") for text in folder.iterdir())
    for name in sorted(set(re.findall(rf"{COMMON}/([\w.-]*\w)", words))):  # which those texts refer to
        if (COMMON / name).is_file():
            shutil.copyfile(COMMON / name, folder / name)


def copyright_file(bundle: Path) -> str:
    """The machine-readable list, for a bundle whose texts were collected."""
    components = python_packages(bundle) + system_packages(bundle)
    (qt,) = bundle.glob("_internal/pyside6_essentials-*.dist-info")
    return HEAD.format(qt=qt.name.removesuffix(".dist-info").rpartition("-")[2]) + "".join(
        f"\nFiles: {' '.join(f'opt/k6desk/{name}' for name in one.files)}\n"
        f"Copyright: the authors of {one.name}, as named in {one.text}\n"
        f"License: {one.licence}\n The text is in /opt/k6desk/{one.text}.\n"
        for one in components
    )


def python_packages(bundle: Path) -> list[Component]:
    """Those with a `.dist-info`, but for k6desk itself."""
    found = []
    for info in sorted(bundle.glob("_internal/*.dist-info")):
        metadata = HeaderParser().parsestr((info / "METADATA").read_text("utf-8"))
        if metadata["Name"] == "k6desk":
            continue
        tops = {re.split("[/,]", line)[0] for line in (info / "RECORD").read_text("utf-8").splitlines()} - {".."}
        here = [path for path in (info.parent / top for top in sorted({*tops, info.name})) if path.exists()]
        files = [f"_internal/{path.name}" + "/*" * path.is_dir() for path in here]
        licence = short_licence(
            metadata.get_all("Classifier", []), metadata["License-Expression"] or metadata["License"]
        )
        text = f"{OURS}/LGPL-3.0-only.txt" if "LGPL-3" in licence else f"_internal/{info.name}"
        found.append(Component(metadata["Name"], files, licence, text))
    return found


def system_packages(bundle: Path) -> list[Component]:
    """Those of the system that the bundle was built on."""
    found: dict[str, list[str]] = {}
    for name, package in packages_of(system_libraries(bundle)).items():
        found.setdefault(package, []).append(f"_internal/{name}")
    return [Component(name, files, name, f"{FOLDER}/{text_of(name)}") for name, files in sorted(found.items())]


def text_of(package: str) -> str:
    """What the text of a Debian package is called in the folder: by name and version, for the dialog About."""
    return f"{package}_{ask_dpkg(package)[0].rpartition(':')[2]}.txt"


def source_of(package: str) -> str:
    """Where the source of a Debian package is, of the version that is installed here."""
    _own, name, version = ask_dpkg(package)
    return SOURCES.get(platform.freedesktop_os_release()["ID"], SOURCES["debian"]).format(name=name, version=version)


@cache
def ask_dpkg(package: str) -> list[str]:
    """The version of a package that is installed here, its source package and the version of that.

    Of several architectures they are the same.
    """
    query = ["dpkg-query", "--show", "--showformat=${Version} ${source:Package} ${source:Version}\n", package]
    return subprocess.run(query, check=True, capture_output=True, text=True).stdout.splitlines()[0].split()


def short_licence(classifiers: list[str], said: str | None) -> str:
    """The licence in the words of the package, as the one short name that DEP-5 has room for."""
    if not said or "\n" in said:
        said = next((line.rpartition(" :: ")[2] for line in classifiers if line.startswith("License ::")), "its-own")
    return said.replace(" OR ", " or ").replace(" AND ", " and ").replace(" License", "")


def system_libraries(bundle: Path) -> list[str]:
    """The names of the libraries that lie beside the Python packages: PyInstaller puts those of the system there.

    That of Python itself lies there, too, wherever it is from.
    """
    found = (path.name for path in bundle.glob("_internal/lib*.so*") if not path.is_symlink())
    return sorted(name for name in found if not name.startswith("libpython"))


def packages_of(libraries: list[str]) -> dict[str, str]:
    """Which Debian package each of them is from; leaves out what none is."""
    paths = [f"{folder}/{platform.machine()}-linux-gnu/{name}" for name in libraries for folder in ("/lib", "/usr/lib")]
    # It says which of the paths it does not know, and fails, because of those that are not there.
    found = subprocess.run(["dpkg-query", "--search", *paths], check=False, capture_output=True, text=True).stdout
    return {Path(path).name: owner.split(":")[0] for owner, path in re.findall(r"^(\S+): (/\S+)$", found, re.MULTILINE)}
