"""The package for Fedora, openSUSE, RHEL and what descends from them, made by rpmbuild."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from linux import licences
from linux.needs import Needs, needs
from linux.releases import MAINTAINER, rpm_changelog
from linux.tree import PROGRAM, ROOT, put, settle, stage

DATA = ("ca-certificates", "fontconfig", "xkeyboard-config")
"""What libraries in the bundle read, as deb.py has it; time zones are everywhere."""

# The requirements are computed here, so nothing may be sought in the libraries; and nothing may be stripped or
# compressed again, for the bundle shall run as it was tested.
SPEC = """\
%global debug_package %{{nil}}
%global _build_id_links none
%global __os_install_post %{{nil}}
%global use_source_date_epoch_as_buildtime 1
%global _buildhost localhost
%global _binary_payload {payload}

Name: k6desk
Version: {version}
Release: 1
Summary: Run monitor for Grafana Cloud k6
License: Apache-2.0
Group: Development/Tools/Other
Vendor: The k6desk authors
Packager: {maintainer}
URL: https://github.com/k6desk/k6desk
AutoReqProv: no
{requires}
Recommends: gnome-keyring
Recommends: xdg-utils

%description
k6desk is a native desktop window onto load tests in Grafana Cloud k6. It
shows every project, test and run of a stack, follows live what runs now, and
tells why a run ended, what it cost and where its load came from. It starts
and schedules tests, compares runs, and keeps them for good.

Everything is read from a local database, so it opens at once and works
offline. Its demo cloud needs no account.

%install
cp -a {root}/. %{{buildroot}}

%files
{files}

%changelog
{changelog}"""

PAYLOAD = "w{level}T0.xzdio"
"""xz: 10 % smaller than zstd at its best level, and not slower to make."""


def build(bundle: Path, icons: Path, version: str, out: Path, level: int) -> Path:
    """Make `k6desk-VERSION-1.ARCHITECTURE.rpm`; it has no scripts: triggers of the system tell the desktop."""
    architecture = platform.machine()
    with stage(bundle, icons, "rpm") as root, TemporaryDirectory() as work:
        put(ROOT / "LICENSE", root / "usr/share/licenses/k6desk")
        text = licences.copyright_file(root / PROGRAM)
        (root / "usr/share/licenses/k6desk/copyright").write_text(text, "utf-8")
        env = {**os.environ, "SOURCE_DATE_EPOCH": str(settle(root, version))}
        spec = Path(work) / "k6desk.spec"
        spec.write_text(
            SPEC.format(
                payload=PAYLOAD.format(level=level),
                version=version,
                maintainer=MAINTAINER,
                requires="\n".join(f"Requires: {one}" for one in requires(needs(bundle))),
                root=root,
                files="\n".join(files(root)),
                changelog=rpm_changelog(),
            ),
            "utf-8",
        )
        options = {"_topdir": work, "_rpmdir": out, "_build_name_fmt": "%%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm"}
        defines = [word for name, value in options.items() for word in ("--define", f"{name} {value}")]
        command = ["rpmbuild", "-bb", "--quiet", "--target", architecture, *defines, spec]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"k6desk: rpmbuild could not make the .rpm.\n{done.stderr}")
    return out / f"k6desk-{version}-1.{architecture}.rpm"


def requires(needed: Needs) -> list[str]:
    """By soname and symbol version, which all distributions provide, whatever their packages are called."""
    bits = "()(64bit)"
    return [f"libc.so.6(GLIBC_{needed.glibc})(64bit)", *(name + bits for name in needed.libraries), *DATA]


def files(root: Path) -> list[str]:
    """The lines of %files: the program's folder with all that is in it, and each file elsewhere."""
    elsewhere = [path.relative_to(root) for path in sorted((root / "usr").rglob("*")) if not path.is_dir()]
    return [
        "%defattr(-, root, root)",
        f"/{PROGRAM}",
        "%dir /usr/share/licenses/k6desk",
        *(f"%license /{path}" if "licenses" in path.parts else f"/{path}" for path in elsewhere),
    ]
