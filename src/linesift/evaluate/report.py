"""The accuracy report: how models that had not seen a page's site did on it."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from linesift.evaluate.evaluate import Report, evaluate
from linesift.evaluate.kinds import kind_section
from linesift.evaluate.languages import SURE, checked
from linesift.evaluate.metrics import Score, article_score, label_scores, macro_f1, n_tokens, overlap, shingles
from linesift.evaluate.scores import calibration_section, confusion_section, score_sections, worst_section
from linesift.evaluate.sections import Part, Row, Section, Table
from linesift.hints import PART_LEVEL, hash_word
from linesift.labels import LABELS, Label
from linesift.model.prediction import Prediction
from linesift.page import LabelledPage
from linesift.read.labelled import OWN_COLLECTION
from linesift.train.augment import Manner, rendered
from linesift.train.fit import Fitted

TITLE = "Accuracy on sites that were not seen"

NEWS = ("wcxb_dev", "andy", "fundus", "misinfo")
"""Collections whose mean is the headline figure."""

FEW = 5
"""Lines under which an article is short."""

_N_RESAMPLES = 300
_C4_WORDS = 5
_C4_ENDS = (".", "!", "?", '"', "”", "。", "！", "？", "؟", "।")
_UNSPACED = frozenset(["zh", "ja", "th", "lo", "km", "my"])
_MAX_PAGES_PER_MANNER = 1500


ITEMS = 3
"""List items from which an article has a list."""

_ITEM = re.compile(r"\s*(?:[•◦▪●○■*·\-–]|\d{1,3}[.)])\s+\S")


@dataclass(frozen=True, slots=True)
class Slice:
    """Pages that have something in common."""

    name: str
    holds: Callable[[LabelledPage], bool]


def has_list(page: LabelledPage) -> bool:
    """Whether enough body lines begin with a bullet or a number, as renderers write list items."""
    lines = zip(page.page.lines, page.labels, strict=True)
    return sum(label is Label.BODY and _ITEM.match(line) is not None for line, label in lines) >= ITEMS


SLICES = (
    Slice(f"article of under {FEW} lines", lambda page: page.labels.count(Label.BODY) < FEW),
    Slice("article of over 60 lines", lambda page: page.labels.count(Label.BODY) > 60),
    Slice(f"article with a list of {ITEMS} items or more", has_list),
    Slice("scripts without spaces", lambda page: page.lang in _UNSPACED),
    Slice("no blank lines", lambda page: None not in page.labels),
    Slice("over 500 lines", lambda page: len(page.labels) > 500),
    Slice("live pages", lambda page: page.kind == "live"),
)


COMMENTS = 3
"""Lines of comments from which a page is one with comments."""

_COMMENT_WORDS = 8
_COMMENT_NAMES = (
    "comment comments commentlist disqus reply replies respond kommentar kommentare kommentarer commentaire"
    " commentaires comentario comentarios komentarz komentarze komentar"
)


def accuracy_report(
    fitted: Fitted,
    pages: Sequence[LabelledPage],
    html_pages: Sequence[LabelledPage],
    others: Sequence[LabelledPage] = (),
    html_others: Sequence[LabelledPage] = (),
) -> Iterator[Section]:
    """Score every page by the model that has not seen its site, and give the sections of the report.

    Args:
        fitted: the models without each fold.
        pages: the training pages as plain text.
        html_pages: the same as HTML, or none.
        others: pages that are no articles, of which the kind alone is scored.
        html_others: the same as HTML.

    Raises:
        ImportError: if py3langid, of the extra `train`, is not installed.
    """
    predictions = fitted.held_out_predictions(pages)
    said = pages
    pages = checked(pages)
    report = evaluate(pages, predictions)
    yield _intro(fitted, said, pages)
    yield from _scores("Text", report)
    yield from _by_hand(pages, predictions)
    yield _slices(pages, predictions, pages_with_comments(html_pages))
    yield from _floors(pages)
    yield from _manners(fitted, pages)
    yield confusion_section(report)
    yield calibration_section(report)
    found = [*predictions, *fitted.held_out_predictions(others)]
    if kinds := kind_section("Kinds of pages", [*pages, *others], found):
        yield kinds
    yield worst_section(report)
    if html_pages:
        predictions = fitted.held_out_predictions(html_pages)
        yield from _scores("HTML, with what the markup says", evaluate(checked(html_pages), predictions))
        found = [*predictions, *fitted.held_out_predictions(html_others)]
        if kinds := kind_section("Kinds of pages, HTML", [*html_pages, *html_others], found):
            yield kinds


def _intro(fitted: Fitted, said: Sequence[LabelledPage], pages: Sequence[LabelledPage]) -> Section:
    n_sites, n_folds = len({page.site for page in pages}), len(fitted.fold_models)
    n_empty = sum(not before.lang and bool(page.lang) for before, page in zip(said, pages, strict=True))
    n_other = sum(bool(before.lang) and before.lang != page.lang for before, page in zip(said, pages, strict=True))
    return Section(
        "",
        (
            f"{len(pages)} pages of {n_sites} sites in {n_folds} folds by site. Every page is scored by the model "
            "fitted without its fold. Labels of collections come from aligning their gold text with the lines; pages "
            "labelled by hand say so.",
            "Article F1: 4-gram shingles of the predicted body against the gold's, precision and recall averaged over "
            "pages, F1 of the two averages. Word F1: the same with single words, wherever they stand.",
            f"Languages are those of the article's text where py3langid is sure of them (from {SURE:.0%} on), else "
            f"those that the collection gives; {n_empty} pages had none, and {n_other} had another one.",
        ),
    )


def _scores(title: str, report: Report) -> Iterator[Section]:
    labels, articles = score_sections(report)
    mean = f"Mean article F1 of {', '.join(NEWS)}: **{news_mean(report):.4f}**"
    yield Section(title, (mean, *labels.parts, *articles.parts))


def news_mean(report: Report) -> float:
    """Mean article F1 of the news collections that the report has."""
    found = [report.by_collection[name].f1 for name in NEWS if name in report.by_collection]
    return float(np.mean(found)) if found else 0.0


def _by_hand(pages: Sequence[LabelledPage], predictions: Sequence[Prediction]) -> Iterator[Section]:
    """Label scores on the pages labelled by hand, with intervals from resampling pages."""
    pairs = [
        (page, found)
        for page, found in zip(pages, predictions, strict=True)
        if page.by_hand and page.collection != OWN_COLLECTION
    ]
    if not pairs:
        return
    counts = [_labels(page, found) for page, found in pairs]
    scores = _pooled(counts)
    rng = np.random.default_rng(0)
    draws = [_pooled([counts[i] for i in rng.integers(0, len(counts), len(counts))]) for _ in range(_N_RESAMPLES)]
    rows: list[Row] = []
    for label in LABELS:
        score = scores[label]
        rows.append((str(label), score.f1, _interval([draw[label].f1 for draw in draws]), score.support))
    rows.append(("macro", macro_f1(scores), _interval([macro_f1(draw) for draw in draws]), len(pairs)))
    parts: list[Part] = [Table(("label", "F1", "95 % interval", "lines, or pages"), tuple(rows))]
    indonesian = [
        labels for labels, (page, _) in zip(counts, pairs, strict=True) if page.collection.startswith("feryandi")
    ]
    if indonesian:
        score_of_them = macro_f1(_pooled(indonesian))
        parts.append(
            f"The {len(indonesian)} pages of feryandi, Indonesian but for a few: macro F1 {score_of_them:.4f}."
        )
    yield Section("Labels on the gold pages", parts)


def _interval(values: Sequence[float]) -> str:
    low, high = np.quantile(values, [0.025, 0.975])
    return f"{low:.3f} to {high:.3f}"


def _labels(page: LabelledPage, found: Prediction) -> tuple[list[Label], list[Label]]:
    true = [label for label in page.labels if label is not None]
    return true, [label for label in found.labels if label is not None]


def _pooled(counts: Sequence[tuple[list[Label], list[Label]]]) -> dict[Label, Score]:
    return label_scores(
        [label for true, _ in counts for label in true], [label for _, given in counts for label in given]
    )


def pages_with_comments(html_pages: Iterable[LabelledPage]) -> frozenset[str]:
    """Sources of pages with readers' comments.

    They have `COMMENTS` lines or more that are sidebar, have some words, and stand in an element that a class, an id or
    the like calls comments or replies.
    """
    names = np.array([hash_word(name) for name in _COMMENT_NAMES.split()], np.uint64)
    found = set()
    for page in html_pages:
        hints = page.page.hints
        if hints is None:
            continue
        inside = hints.word_line[np.isin(hints.word_hash, names) & (hints.word_level < PART_LEVEL)]
        lines = page.page.lines
        is_comment = [
            page.labels[line] is Label.SIDEBAR and n_tokens(lines[line]) >= _COMMENT_WORDS
            for line in set(inside.tolist())
        ]
        if sum(is_comment) >= COMMENTS:
            found.add(page.page.source)
    return frozenset(found)


def _slices(pages: Sequence[LabelledPage], predictions: Sequence[Prediction], commented: frozenset[str]) -> Section:
    slices = (*SLICES, Slice("with readers' comments", lambda page: page.page.source in commented))
    rows: list[Row] = []
    for part in slices:
        chosen = [pair for pair in zip(pages, predictions, strict=True) if part.holds(pair[0])]
        if chosen:
            report = evaluate([page for page, _ in chosen], [found for _, found in chosen])
            score = report.article
            rows.append((part.name, score.precision, score.recall, score.f1, report.words.f1, score.support))
    table = Table(("pages", "article precision", "recall", "F1", "word F1", "pages scored"), tuple(rows))
    about = (
        f"Pages with readers' comments have {COMMENTS} sidebar lines or more of {_COMMENT_WORDS} words or more in "
        "elements whose class or id calls them comments or replies; where the page came without HTML, it is not known."
    )
    return Section("Slices", (table, about))


def _floors(pages: Sequence[LabelledPage]) -> Iterator[Section]:
    """What no model at all reaches."""
    news = [page for page in pages if page.collection in NEWS]
    if not news:
        return
    floors: dict[str, Callable[[str], bool]] = {
        "every line is body": bool,
        f"C4's rule: {_C4_WORDS} words or more and a stop at the end": _is_c4,
    }
    rows: list[Row] = []
    for name, rule in floors.items():
        kept = ["\n".join(line for line in map(str.strip, page.page.lines) if rule(line)) for page in news]
        score, words = (
            article_score(
                overlap(shingles(page.gold_article, size), shingles(text, size))
                for page, text in zip(news, kept, strict=True)
            )
            for size in (4, 1)
        )
        rows.append((name, score.precision, score.recall, score.f1, words.f1))
    table = Table(("rule", "article precision", "recall", "F1", "word F1"), tuple(rows))
    yield Section("Floors", (f"On {', '.join(NEWS)}.", table))


def _is_c4(line: str) -> bool:
    return line.endswith(_C4_ENDS) and len(line.split()) >= _C4_WORDS


def _manners(fitted: Fitted, pages: Sequence[LabelledPage]) -> Iterator[Section]:
    news = [page for page in pages if page.collection in NEWS][:_MAX_PAGES_PER_MANNER]
    if not news:
        return
    rows: list[Row] = []
    for manner in Manner:
        shown = [replace(rendered(page, manner), article=page.gold_article) for page in news]
        rows.append((str(manner), news_mean(evaluate(shown, fitted.held_out_predictions(shown)))))
    yield Section(
        "Manners of rendering",
        (f"The same pages of {', '.join(NEWS)} in other manners.", Table(("manner", "mean article F1"), tuple(rows))),
    )
