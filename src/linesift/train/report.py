"""The accuracy report: how models that had not seen a page's site did on it, in Markdown."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from linesift.labels import LABELS, Label
from linesift.model.prediction import Prediction
from linesift.page import LabelledPage
from linesift.read.labelled import OWN_COLLECTION
from linesift.train.augment import Manner, rendered
from linesift.train.evaluate import Report, evaluate, reliability, table
from linesift.train.fit import Fitted
from linesift.train.kinds import kind_section
from linesift.train.metrics import Score, article_score, label_scores, macro_f1, overlap, shingles

NEWS = ("wcxb_dev", "andy", "fundus", "misinfo")
"""Collections whose mean is the headline figure."""

FEW = 5
"""Lines under which an article is short."""

_N_RESAMPLES = 300
_C4_WORDS = 5
_C4_ENDS = (".", "!", "?", '"', "”", "。", "！", "？", "؟", "।")
_UNSPACED = frozenset(["zh", "ja", "th", "lo", "km", "my"])
_MAX_PAGES_PER_MANNER = 1500


@dataclass(frozen=True, slots=True)
class Slice:
    """Pages that have something in common."""

    name: str
    holds: Callable[[LabelledPage], bool]


SLICES = (
    Slice(f"article of under {FEW} lines", lambda page: page.labels.count(Label.BODY) < FEW),
    Slice("article of over 60 lines", lambda page: page.labels.count(Label.BODY) > 60),
    Slice("scripts without spaces", lambda page: page.lang in _UNSPACED),
    Slice("no blank lines", lambda page: None not in page.labels),
    Slice("over 500 lines", lambda page: len(page.labels) > 500),
    Slice("live pages", lambda page: page.kind == "live"),
)


def accuracy_report(
    fitted: Fitted,
    pages: Sequence[LabelledPage],
    html_pages: Sequence[LabelledPage],
    others: Sequence[LabelledPage] = (),
    html_others: Sequence[LabelledPage] = (),
) -> Iterator[str]:
    """Write the report line by line.

    Args:
        fitted: the models without each fold.
        pages: the training pages as plain text, each scored by the model that has not seen its site.
        html_pages: the same as HTML, or none.
        others: pages that are no articles, of which the kind alone is scored.
        html_others: the same as HTML.
    """
    predictions = fitted.held_out_predictions(pages)
    yield "# Accuracy on sites that were not seen"
    yield ""
    n_sites, n_folds = len({page.site for page in pages}), len(fitted.fold_models)
    yield f"{len(pages)} pages of {n_sites} sites in {n_folds} folds by site."
    yield "Every page is scored by the model fitted without its fold. Article F1: 4-gram shingles of the predicted"
    yield "body against the gold's, precision and recall averaged over pages, F1 of the two averages. Labels of"
    yield "collections come from aligning their gold text with the lines; pages labelled by hand say so."
    yield from _section("Text", pages, predictions)
    yield from _by_hand(pages, predictions)
    yield from _slices(pages, predictions)
    yield from _floors(pages)
    yield from _manners(fitted, pages)
    yield from _calibration(pages, predictions)
    found = [*predictions, *fitted.held_out_predictions(others)]
    yield from kind_section("Kinds of pages", [*pages, *others], found)
    yield from _worst(evaluate(pages, predictions))
    if html_pages:
        predictions = fitted.held_out_predictions(html_pages)
        yield from _section("HTML, with what the markup says", html_pages, predictions)
        found = [*predictions, *fitted.held_out_predictions(html_others)]
        yield from kind_section("Kinds of pages, HTML", [*html_pages, *html_others], found)


def _section(title: str, pages: Sequence[LabelledPage], predictions: Sequence[Prediction]) -> Iterator[str]:
    report = evaluate(pages, predictions)
    yield from ("", f"## {title}", "")
    yield f"Mean article F1 of {', '.join(NEWS)}: **{news_mean(report):.4f}**"
    yield ""
    yield from table(report)


def news_mean(report: Report) -> float:
    """Mean article F1 of the news collections that the report has."""
    found = [report.by_collection[name].f1 for name in NEWS if name in report.by_collection]
    return float(np.mean(found)) if found else 0.0


def _by_hand(pages: Sequence[LabelledPage], predictions: Sequence[Prediction]) -> Iterator[str]:
    """Label scores on the pages labelled by hand, with intervals from resampling pages."""
    pairs = [
        (page, found)
        for page, found in zip(pages, predictions, strict=True)
        if page.by_hand and page.collection != "pages"
    ]
    if not pairs:
        return
    yield from ("", "## Labels on the gold pages", "", "| label | F1 | 95 % interval | lines |", "|---|---|---|---|")
    counts = [_labels(page, found) for page, found in pairs]
    scores = _pooled(counts)
    rng = np.random.default_rng(0)
    draws = [_pooled([counts[i] for i in rng.integers(0, len(counts), len(counts))]) for _ in range(_N_RESAMPLES)]
    for label in LABELS:
        low, high = np.quantile([draw[label].f1 for draw in draws], [0.025, 0.975])
        yield f"| {label} | {scores[label].f1:.4f} | {low:.3f} to {high:.3f} | {scores[label].support} |"
    low, high = np.quantile([macro_f1(draw) for draw in draws], [0.025, 0.975])
    yield f"| macro | {macro_f1(scores):.4f} | {low:.3f} to {high:.3f} | |"
    indonesian = [
        labels for labels, (page, _) in zip(counts, pairs, strict=True) if page.collection.startswith("feryandi")
    ]
    if indonesian:
        yield ""
        score = macro_f1(_pooled(indonesian))
        yield f"The {len(indonesian)} pages of feryandi, Indonesian but for a few: macro F1 {score:.4f}."


def _labels(page: LabelledPage, found: Prediction) -> tuple[list[Label], list[Label]]:
    true = [label for label in page.labels if label is not None]
    return true, [label for label in found.labels if label is not None]


def _pooled(counts: Sequence[tuple[list[Label], list[Label]]]) -> dict[Label, Score]:
    return label_scores(
        [label for true, _ in counts for label in true], [label for _, given in counts for label in given]
    )


def _slices(pages: Sequence[LabelledPage], predictions: Sequence[Prediction]) -> Iterator[str]:
    yield from ("", "## Slices", "", "| pages | article precision | recall | F1 | pages |", "|---|---|---|---|---|")
    for part in SLICES:
        chosen = [pair for pair in zip(pages, predictions, strict=True) if part.holds(pair[0])]
        if chosen:
            score = evaluate([page for page, _ in chosen], [found for _, found in chosen]).article
            yield f"| {part.name} | {score.precision:.4f} | {score.recall:.4f} | {score.f1:.4f} | {score.support} |"


def _floors(pages: Sequence[LabelledPage]) -> Iterator[str]:
    """What no model at all reaches."""
    news = [page for page in pages if page.collection in NEWS]
    floors: dict[str, Callable[[str], bool]] = {
        "every line is body": lambda line: bool(line),
        f"C4's rule: {_C4_WORDS} words or more and a stop at the end": _is_c4,
    }
    yield from ("", "## Floors", "", f"On {', '.join(NEWS)}.", "", "| rule | article precision | recall | F1 |")
    yield "|---|---|---|---|"
    for name, rule in floors.items():
        kept = ["\n".join(line for line in map(str.strip, page.page.lines) if rule(line)) for page in news]
        score = article_score(
            overlap(shingles(page.gold_article), shingles(text)) for page, text in zip(news, kept, strict=True)
        )
        yield f"| {name} | {score.precision:.4f} | {score.recall:.4f} | {score.f1:.4f} |"


def _is_c4(line: str) -> bool:
    return line.endswith(_C4_ENDS) and len(line.split()) >= _C4_WORDS


def _manners(fitted: Fitted, pages: Sequence[LabelledPage]) -> Iterator[str]:
    news = [page for page in pages if page.collection in NEWS][:_MAX_PAGES_PER_MANNER]
    if not news:
        return
    yield from ("", "## Manners of rendering", "", f"The same pages of {', '.join(NEWS)} in other manners.", "")
    yield from ("| manner | mean article F1 |", "|---|---|")
    for manner in Manner:
        shown = [replace(rendered(page, manner), article=page.gold_article) for page in news]
        yield f"| {manner} | {news_mean(evaluate(shown, fitted.held_out_predictions(shown))):.4f} |"


def _calibration(pages: Sequence[LabelledPage], predictions: Sequence[Prediction]) -> Iterator[str]:
    yield from (
        "",
        "## Calibration of the probability of body",
        "",
        "| probability | frequency | lines |",
        "|---|---|---|",
    )
    chance, frequency, lines = reliability(pages, predictions, Label.BODY)
    for row in zip(chance, frequency, lines, strict=True):
        yield "| {:.3f} | {:.3f} | {} |".format(*row)


def _worst(report: Report) -> Iterator[str]:
    yield from ("", "## Worst pages", "", "| page | precision | recall | lines | wrong |", "|---|---|---|---|---|")
    for page in report.worst:
        name = Path(page.name).name if page.collection == OWN_COLLECTION else page.name
        yield f"| {name} | {page.precision:.2f} | {page.recall:.2f} | {page.n_lines} | {page.n_wrong} |"
