"""The error for a missing package names a command that installs it."""

import sys
from pathlib import Path

import pytest

from linesift import extras
from linesift.errors import MissingExtraError


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory that linesift runs from, with a Python inside."""
    monkeypatch.setattr(extras, "_ROOT", tmp_path)
    monkeypatch.setattr(sys, "executable", str(tmp_path / ".venv" / "bin" / "python"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_in_a_checkout(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (checkout / "pyproject.toml").touch()
    assert extras.install_command("train") == ".venv/bin/python -m pip install -e '.[train]'"
    (checkout / "deep").mkdir()
    monkeypatch.chdir(checkout / "deep")
    assert extras.install_command("html") == f"{checkout}/.venv/bin/python -m pip install -e '{checkout}[html]'"


@pytest.mark.usefixtures("checkout")
def test_of_an_installed_package() -> None:
    assert extras.install_command("train") == ".venv/bin/python -m pip install 'linesift[train]'"


@pytest.mark.usefixtures("checkout")
def test_a_package_of_no_extra() -> None:
    assert str(extras.missing_package("an address", "s3fs")) == (
        "an address needs s3fs, which is not installed: .venv/bin/python -m pip install s3fs"
    )


@pytest.mark.usefixtures("checkout")
def test_the_first_missing_module_is_named() -> None:
    extras.require_extra("training", "json", "numpy")
    with pytest.raises(MissingExtraError) as raised:
        extras.require_extra("training", "json", "no_such_module", "nor_this")
    assert str(raised.value) == (
        "training needs no_such_module, which is not installed: .venv/bin/python -m pip install 'linesift[train]'"
    )
