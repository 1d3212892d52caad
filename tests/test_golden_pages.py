"""Our own pages with the shipped model: as many lines right as when `data/golden.json` was written, or more.

After training: `pytest tests/test_golden_pages.py --update-golden` writes the file anew, to be read before it is
committed. A page that has become worse is a reason to look at the page, not to update the file.
"""

import json
from functools import cache
from pathlib import Path

import pytest

from conftest import ROOT
from linesift.model.classifier import Model
from linesift.model.directory import load_model
from linesift.page import LabelledPage
from linesift.read.labelled import read_labelled

GOLDEN = Path(__file__).parent / "data" / "golden.json"
MODEL = ROOT / "models" / "news"


@cache
def shipped() -> Model:
    return load_model(MODEL)


@cache
def right_lines() -> dict[str, tuple[int, int]]:
    """Right lines and all non-blank lines of every page, by the name of its file."""
    pages = read_labelled(ROOT / "data" / "pages")
    predictions = shipped().classify_batch([page.page for page in pages])
    return {name_of(page): count(page, found.labels) for page, found in zip(pages, predictions, strict=True)}


def name_of(page: LabelledPage) -> str:
    return Path(page.page.source).stem


def count(page: LabelledPage, labels: tuple[object, ...]) -> tuple[int, int]:
    pairs = [(true, found) for true, found in zip(page.labels, labels, strict=True) if true is not None]
    return sum(true is found for true, found in pairs), len(pairs)


def read_golden() -> dict[str, tuple[int, int]]:
    if not GOLDEN.exists():
        return {}
    return {name: (right, lines) for name, (right, lines) in json.loads(GOLDEN.read_text("utf-8")).items()}


@pytest.fixture(scope="module", autouse=True)
def updated(request: pytest.FixtureRequest) -> None:
    """Write the file first where that was asked for."""
    if request.config.getoption("--update-golden"):
        rows = [f'"{name}": [{right}, {lines}]' for name, (right, lines) in sorted(right_lines().items())]
        GOLDEN.write_text("{\n" + ",\n".join(rows) + "\n}\n", "utf-8")


PAGES = sorted(path.stem for path in (ROOT / "data" / "pages").glob("*.page"))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_not_become_worse(name: str) -> None:
    golden = read_golden()
    assert name in golden, "a page without a golden number: run pytest tests/test_golden_pages.py --update-golden"
    right, lines = right_lines()[name]
    assert lines == golden[name][1], "the page has changed: run pytest tests/test_golden_pages.py --update-golden"
    assert right >= golden[name][0]


def test_no_golden_number_of_a_page_that_is_gone() -> None:
    assert sorted(read_golden()) == PAGES
