"""Our own pages with the shipped model: as many lines right as when `data/golden.json` was written, or more, and of
no page the kind wrong that was right.

After training: `pytest tests/test_golden_pages.py --update-golden` writes the file anew, to be read before it is
committed. A page that has become worse is a reason to look at the page, not to update the file.
"""

import json
from functools import cache
from pathlib import Path

import pytest

from conftest import ROOT
from linesift.model.directory import load_model
from linesift.model.model import Model
from linesift.page import LabelledPage
from linesift.read.labelled import read_labelled

GOLDEN = Path(__file__).parent / "data" / "golden.json"
MODEL = ROOT / "models" / "news"


@cache
def shipped() -> Model:
    return load_model(MODEL)


@cache
def found() -> dict[str, tuple[int, int, str]]:
    """Right lines and all non-blank lines of every page, and its kind, by the name of its file."""
    pages = read_labelled(ROOT / "data" / "pages")
    predictions = shipped().classify_batch([page.page for page in pages])
    pairs = zip(pages, predictions, strict=True)
    return {name_of(page): (*count(page, given.labels), str(given.kind)) for page, given in pairs}


def name_of(page: LabelledPage) -> str:
    return Path(page.page.source).stem


def count(page: LabelledPage, labels: tuple[object, ...]) -> tuple[int, int]:
    pairs = [(true, found) for true, found in zip(page.labels, labels, strict=True) if true is not None]
    return sum(true is found for true, found in pairs), len(pairs)


def read_golden() -> dict[str, tuple[int, int, str]]:
    if not GOLDEN.exists():
        return {}
    return {name: (right, lines, kind) for name, (right, lines, kind) in json.loads(GOLDEN.read_text("utf-8")).items()}


@pytest.fixture(scope="module", autouse=True)
def updated(request: pytest.FixtureRequest) -> None:
    """Write the file first where that was asked for."""
    if request.config.getoption("--update-golden"):
        rows = [f'"{name}": [{right}, {lines}, "{kind}"]' for name, (right, lines, kind) in sorted(found().items())]
        GOLDEN.write_text("{\n" + ",\n".join(rows) + "\n}\n", "utf-8")


KINDS = {name_of(page): page.kind for page in read_labelled(ROOT / "data" / "pages")}
PAGES = sorted(KINDS)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_not_become_worse(name: str) -> None:
    golden = read_golden()
    assert name in golden, "a page without a golden number: run pytest tests/test_golden_pages.py --update-golden"
    right, lines, kind = found()[name]
    assert lines == golden[name][1], "the page has changed: run pytest tests/test_golden_pages.py --update-golden"
    assert right >= golden[name][0]
    assert kind in (golden[name][2], KINDS[name])


def test_no_golden_number_of_a_page_that_is_gone() -> None:
    assert sorted(read_golden()) == PAGES
