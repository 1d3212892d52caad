"""Compare the accuracy of the shipped model with the committed figures of `reports/gate.json`.

The pages are our own and, where the shared folder is beside the checkout, the gold pages and the seed page. The model
was trained on the first two, so the figures say nothing about other pages (its card does, by folds over sites). They
notice a change of reading, features or decode that makes the same model label the same pages worse.
"""

import argparse
import json
import sys
from pathlib import Path

import linesift
from linesift.errors import LinesiftError
from linesift.evaluate.evaluate import evaluate
from linesift.page import LabelledPage, Page
from linesift.read.labelled import read_labelled

ROOT = Path(__file__).parents[1]
_SHARED = ROOT.parent / "shared"
_FIGURES = ROOT / "reports" / "gate.json"

_TOLERANCE = 0.002
"""Largest fall of a figure: one of some hundred lines of a rare label. Processors differ by far less."""

_Figures = dict[str, dict[str, float]]


def main() -> int:
    """Measure and compare, or with `--update` write; 0 where nothing is worse."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true", help="write the figures instead of comparing them")
    is_update = parser.parse_args().update
    try:
        found = measure()
    except LinesiftError as error:
        print(f"gate: {error}", file=sys.stderr)
        return 1
    committed: _Figures = json.loads(_FIGURES.read_text("utf-8")) if _FIGURES.is_file() else {}
    if is_update:
        _FIGURES.write_text(json.dumps(committed | found, indent=1) + "\n", "utf-8")
        return 0
    return compare(found, committed)


def measure() -> _Figures:
    """Score the shipped model on every set of pages that is there."""
    found = {"data/pages": scores(read_labelled(ROOT / "data" / "pages"))}
    if (_SHARED / "gold" / "pages.jsonl").is_file():
        found["gold"] = scores(read_labelled(_SHARED / "gold" / "pages.jsonl"))
    if (_SHARED / "seed" / "page.txt").is_file():
        found["seed"] = scores([seed_page(_SHARED / "seed")])
    return found


def scores(gold: list[LabelledPage]) -> dict[str, float]:
    """Compute the figures of some pages."""
    report = evaluate(gold, linesift.load().classify_batch(page.page for page in gold))
    right = 1 - sum(page.n_wrong for page in report.pages) / sum(page.n_lines for page in report.pages)
    return {"right": round(right, 4), "macro_f1": round(report.macro_f1, 4), "article_f1": round(report.article.f1, 4)}


def seed_page(folder: Path) -> LabelledPage:
    """Read the page that came with the request for linesift; it is not part of the project."""
    text, words = ((folder / name).read_text("utf-8") for name in ("page.txt", "labels.txt"))
    labels = [linesift.Label(word) if word else None for word in words.split("\n")]
    return LabelledPage(Page(text, "seed"), tuple(labels))


def compare(found: _Figures, committed: _Figures) -> int:
    """Print every figure beside the committed one; 1 if one fell by more than the tolerance, or is not committed."""
    n_worse = 0
    for name, figures in found.items():
        for key, value in figures.items():
            wanted = committed.get(name, {}).get(key)
            is_worse = wanted is None or value < wanted - _TOLERANCE
            n_worse += is_worse
            remark = "" if not is_worse else "  not committed: make gate-update" if wanted is None else "  WORSE"
            print(f"{name:10}  {key:10}  {value:.4f}  committed {wanted}{remark}")
    return 1 if n_worse else 0


if __name__ == "__main__":
    sys.exit(main())
