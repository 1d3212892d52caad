"""Search the thresholds of the decode on pages read line by line, each scored by the model that has not seen its site.

All thresholds are drawn at random at once, and every draw is scored on one half of the sites; the best ones are then
scored on the other half. What is printed is a Markdown table, for `reports/ablation.md`:

    python -m benchmarks.decoding gold/pages.jsonl gold/read.jsonl --corpora corpora --folds models/folds --draws 300
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import linesift
from linesift.features.batch import Batch
from linesift.labels import LABELS, Label
from linesift.model.decode import DecodeConfig, decode
from linesift.model.model import NO_ARTICLE_COLUMNS, Model
from linesift.page import LabelledPage
from linesift.train.config import TrainConfig
from linesift.train.examples import UNKNOWN, label_columns
from linesift.train.folds import fold_of, site_folds
from linesift.train.sources import Sources, read_sources

_BODY, _SIDEBAR = Label.BODY.column, Label.SIDEBAR.column
_PAGES_AT_ONCE = 200
_RANGES: dict[str, tuple[float, float]] = {
    "body_floor": (0.1, 0.5),
    "sure": (0.6, 0.99),
    "body_floor_sure": (0.35, 0.7),
    "headline": (0.2, 0.6),
    "headline_elsewhere": (0.5, 1.0),
    "headline_pair": (0.3, 0.7),
    "timestamp": (0.4, 0.9),
    "timestamp_near": (0.3, 0.7),
    "no_article": (0.5, 0.95),
}
"""Thresholds that are drawn, and from where."""
_N_SHOWN = 5


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Pages of one fold with the probabilities of their lines."""

    batch: Batch
    probabilities: NDArray[np.float32]
    """Shape (n_lines, 4)."""
    no_article: NDArray[np.float32]
    """Shape (n_pages,): probability of the kinds without an article."""
    gold: NDArray[np.int64]
    """Shape (n_lines,), columns of `LABELS` or `UNKNOWN`."""
    half: NDArray[np.int64]
    """Shape (n_pages,): 0 or 1, by site."""


def main() -> int:
    """Read, score every draw on the first half, print the best ones on the second."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path, nargs="+", help="pages read line by line")
    parser.add_argument("--corpora", type=Path, required=True, help="directory of collections, for the HTML")
    parser.add_argument("--folds", type=Path, required=True, help="models of the folds: linesift train --keep-folds")
    parser.add_argument("--draws", type=int, default=300)
    given = parser.parse_args()
    models = [linesift.load(path) for path in sorted(given.folds.iterdir())]
    config = TrainConfig(n_folds=len(models))
    read = read_sources(Sources(tuple(given.pages), given.corpora), config, lambda stage: print(stage, file=sys.stderr))
    examples = [example for example in read.examples if example.origin.is_by_hand]
    for name, pages in (
        ("text", [each.as_text() for each in examples]),
        ("HTML", [each.as_html() for each in examples]),
    ):
        scored = list(_scored(models, [page for page in pages if page is not None]))
        print(f"\n{name}\n")
        print("\n".join(_table(scored, models[0].decoding, given.draws)))
    return 0


def _scored(models: Sequence[Model], pages: Sequence[LabelledPage]) -> Iterator[Scored]:
    folds = site_folds(pages, len(models))
    for fold, model in enumerate(models):
        own = [page for page, number in zip(pages, folds.tolist(), strict=True) if number == fold]
        for start in range(0, len(own), _PAGES_AT_ONCE):
            yield _score(model, own[start : start + _PAGES_AT_ONCE])


def _score(model: Model, pages: Sequence[LabelledPage]) -> Scored:
    batch = model.part_for(pages[0].page).read([page.page for page in pages])
    probabilities = model.probabilities(batch)
    no_article = np.zeros(len(pages), np.float32)
    if model.page_kind is not None:
        kinds = model.page_kind.probabilities(batch, probabilities, decode(batch, probabilities, model.decoding))
        no_article = kinds[:, NO_ARTICLE_COLUMNS].sum(axis=1)
    half = np.array([fold_of(f"half {page.site}", 2) for page in pages])
    return Scored(batch, probabilities, no_article, label_columns(pages), half)


def _table(scored: Sequence[Scored], now: DecodeConfig, n_draws: int) -> Iterator[str]:
    draw = np.random.default_rng(0)
    drawn = [now, *(_drawn(now, draw) for _ in range(n_draws))]
    first = [_scores(scored, config, 0) for config in drawn]
    best = sorted(range(1, len(drawn)), key=lambda number: -sum(first[number]))[:_N_SHOWN]
    yield f"| {' | '.join(_RANGES)} | macro, in-body, all right: chosen on | of other sites |"
    yield f"|{'---|' * (len(_RANGES) + 2)}"
    for number in (0, *best):
        values = asdict(drawn[number])
        cells = [f"{values[name]:.2f}" for name in _RANGES]
        cells += [_written(first[number]), _written(_scores(scored, drawn[number], 1))]
        yield f"| {' | '.join(cells)} |"


def _drawn(now: DecodeConfig, draw: np.random.Generator) -> DecodeConfig:
    values: dict[str, Any] = {name: round(float(draw.uniform(*ends)), 2) for name, ends in _RANGES.items()}
    return replace(now, **values)


def _written(values: Sequence[float]) -> str:
    return " ".join(f"{value:.4f}" for value in values)


def _scores(scored: Sequence[Scored], config: DecodeConfig, half: int) -> tuple[float, float, float]:
    """Macro F1, in-body, and share of the pages that are all right, of one half of the sites."""
    confusion = np.zeros((len(LABELS), len(LABELS)))
    n_inside = n_inside_right = n_right = n_pages = 0
    for each in scored:
        batch, rows = each.batch, np.arange(len(each.gold))
        labels = decode(batch, each.probabilities, config)
        labels[(each.no_article >= config.no_article)[batch.page]] = _SIDEBAR
        counts = (each.half == half)[batch.page] & (each.gold != UNKNOWN)
        np.add.at(confusion, (each.gold[counts], labels[counts]), 1)
        first, last = batch.first_and_last(each.gold == _BODY)
        inside = counts & (each.gold == _SIDEBAR) & (rows > first) & (rows < last)
        n_inside += int(inside.sum())
        n_inside_right += int((labels[inside] == _SIDEBAR).sum())
        wrong = batch.per_page(counts & (labels != each.gold))
        n_right += int((wrong[each.half == half] == 0).sum())
        n_pages += int((each.half == half).sum())
    f1 = 2 * confusion.diagonal() / (confusion.sum(axis=0) + confusion.sum(axis=1))
    return float(f1.mean()), n_inside_right / n_inside, n_right / n_pages


if __name__ == "__main__":
    sys.exit(main())
