"""What the self-test says of a bundle from which something is missing."""

from __future__ import annotations

import pkgutil
import sys
from importlib import import_module, metadata

import pytest

from k6desk.self_test import bundle
from k6desk.self_test.problem import Problem


@pytest.mark.parametrize(
    ("module", "imported"),
    [
        ("k6desk.program.live", ("qasync", "")),
        ("k6desk.ui.report_html", ("jinja2", "Environment")),  # in a function
        ("k6desk.core.system_keyring", ("keyring.backend", "KeyringBackend")),  # for types
        ("k6desk.ui.dialogs.about", ("k6desk.core", "licences")),  # a module, by its package
    ],
)
def test_all_that_a_module_imports_anywhere_is_wanted(module, imported):
    package = import_module(module.rpartition(".")[0])
    info = next(each for each in pkgutil.iter_modules(package.__path__, f"{package.__name__}.") if each.name == module)
    assert imported in bundle._imported_by(info)


@pytest.mark.parametrize("name", ["jinja2", "k6desk.ui.dialogs.about", "python_multipart", "tarfile"])
def test_a_module_that_is_missing_is_named(monkeypatch, name):
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(Problem, match=rf"\b{name} \(ModuleNotFoundError: "):
        bundle.check_imports()


def test_a_library_without_metadata_is_named(monkeypatch):
    def version(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", version)
    with pytest.raises(Problem, match="The metadata of cronsim are not there"):
        bundle.check_licences()


def test_parts_without_a_licence_are_named(monkeypatch, tmp_path):
    monkeypatch.setattr("k6desk.ui.icons.resource", lambda *_: tmp_path)
    with pytest.raises(Problem, match="Qt, Python, OpenSSL, SQLite"):
        bundle.check_licences()
