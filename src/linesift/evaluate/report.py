"""The accuracy report: scores of pages by models that have not seen their sites."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from linesift.atomic import write_atomic
from linesift.errors import InputError
from linesift.evaluate.evaluate import Pair, Report, evaluate_pairs
from linesift.evaluate.held_out import HeldOut, pairs
from linesift.evaluate.kinds import kind_section
from linesift.evaluate.languages import MIN_PROBABILITY, with_languages
from linesift.evaluate.metrics import article_score, n_tokens, overlap, shingles
from linesift.evaluate.read_pages import read_section
from linesift.evaluate.scores import calibration_section, confusion_section, score_sections, worst_section
from linesift.evaluate.sections import Row, Section, Table, as_json, markdown
from linesift.hints import PART_LEVEL, hash_word
from linesift.labels import Label
from linesift.page import LabelledPage

TITLE = "Accuracy on sites that were not seen"

_FEW = 5
"""Number of lines below which an article is short."""

_C4_WORDS = 5
_C4_ENDS = (".", "!", "?", '"', "”", "。", "！", "？", "؟", "।")
_UNSPACED = frozenset(["zh", "ja", "th", "lo", "km", "my"])

_ITEMS = 3
"""Least number of list items of an article with a list."""

_ITEM = re.compile(r"\s*(?:[•◦▪●○■*·\-–]|\d{1,3}[.)])\s+\S")


@dataclass(frozen=True, slots=True)
class _Slice:
    """Pages that have a property."""

    name: str
    holds: Callable[[LabelledPage], bool]


def has_list(page: LabelledPage) -> bool:
    """Whether enough body lines begin with a bullet or a number, as renderers write list items."""
    lines = zip(page.page.lines, page.labels, strict=True)
    return sum(label is Label.BODY and _ITEM.match(line) is not None for line, label in lines) >= _ITEMS


_SLICES = (
    _Slice(f"article of under {_FEW} lines", lambda page: page.labels.count(Label.BODY) < _FEW),
    _Slice("article of over 60 lines", lambda page: page.labels.count(Label.BODY) > 60),
    _Slice(f"article with a list of {_ITEMS} items or more", has_list),
    _Slice("scripts without spaces", lambda page: page.lang in _UNSPACED),
    _Slice("no blank lines", lambda page: None not in page.labels),
    _Slice("over 500 lines", lambda page: len(page.labels) > 500),
    _Slice("live pages", lambda page: page.kind == "live"),
)


_COMMENTS = 3
"""Least number of lines of comments on a page with comments."""

_COMMENT_WORDS = 8
_COMMENT_NAMES = (
    "comment comments commentlist disqus reply replies respond kommentar kommentare kommentarer commentaire"
    " commentaires comentario comentarios komentarz komentarze komentar"
)


def accuracy_report(held_out: Sequence[HeldOut], n_folds: int) -> Iterator[Section]:
    """Give the sections of the report on pages that were classified by models that had not seen their sites.

    Args:
        held_out: the pages with their predictions.
        n_folds: of the training.

    Raises:
        ImportError: if py3langid, of the extra `train`, is not installed.
    """
    own, htmls = pairs(held_out), pairs(held_out, is_html=True)
    texts = _with_languages(own)
    report = evaluate_pairs(texts)
    yield _intro(own, texts, n_folds)
    if read := read_section("Pages read line by line, text", texts):
        yield read
    html_texts = _with_languages(htmls)
    if read := read_section("Pages read line by line, HTML", html_texts):
        yield read
    yield _scores("Text", report)
    yield _slices(texts, pages_with_comments(page for page, _ in htmls))
    yield floor_section("Floors", [page for page, _ in texts])
    yield confusion_section(report)
    yield calibration_section(report)
    if kinds := kind_section("Kinds of pages", pairs(held_out, with_kind_only=True)):
        yield kinds
    yield worst_section(report)
    if htmls:
        yield _scores("HTML, with what the markup says", evaluate_pairs(html_texts))
        if kinds := kind_section("Kinds of pages, HTML", pairs(held_out, is_html=True, with_kind_only=True)):
            yield kinds


def write_report(path: Path, title: str, sections: Sequence[Section]) -> None:
    """Write a report as Markdown, and beside it as JSON.

    Raises:
        InputError: if it cannot be written.
    """
    texts = {path: "\n".join(markdown(title, sections)) + "\n", path.with_suffix(".json"): as_json(title, sections)}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for place, text in texts.items():
            write_atomic(place, text.encode("utf-8", "backslashreplace"))  # names may have lone surrogates
    except OSError as error:
        raise InputError(f"{path}: cannot write the report: {error.strerror or error}") from error


def _with_languages(texts: Sequence[Pair]) -> list[Pair]:
    """Replace the languages of pages by those of their articles' texts."""
    return list(zip(with_languages([page for page, _ in texts]), (found for _, found in texts), strict=True))


def _intro(own: Sequence[Pair], texts: Sequence[Pair], n_folds: int) -> Section:
    n_sites = len({page.site for page, _ in texts})
    languages = [(before.lang, page.lang) for (before, _), (page, _) in zip(own, texts, strict=True)]
    n_empty = sum(not before and bool(after) for before, after in languages)
    n_other = sum(bool(before) and before != after for before, after in languages)
    return Section(
        "",
        (
            f"{len(texts)} pages of {n_sites} sites in {n_folds} folds by site. Every page is scored by the model "
            "fitted without its fold. Labels of collections come from aligning their gold text with the lines; pages "
            "labelled by hand say so.",
            "Article F1: 4-gram shingles of the predicted body against the gold's, precision and recall averaged over "
            "pages, F1 of the two averages. Word F1: the same with single words, wherever they stand.",
            "Languages are those of the article's text where py3langid is sure of them "
            f"(from {MIN_PROBABILITY:.0%} on), else those that the collection gives; {n_empty} pages had none, and "
            f"{n_other} had another one.",
        ),
    )


def _scores(title: str, report: Report) -> Section:
    return Section(title, [part for section in score_sections(report) for part in section.parts])


def pages_with_comments(html_pages: Iterable[LabelledPage]) -> frozenset[str]:
    """Find the sources of pages with readers' comments.

    They have `_COMMENTS` sidebar lines or more with some words, in elements whose class, id or the like calls them
    comments or replies.
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
        if sum(is_comment) >= _COMMENTS:
            found.add(page.page.source)
    return frozenset(found)


def _slices(pages: Sequence[Pair], commented: frozenset[str]) -> Section:
    slices = (*_SLICES, _Slice("with readers' comments", lambda page: page.page.source in commented))
    rows: list[Row] = []
    for part in slices:
        chosen = [pair for pair in pages if part.holds(pair[0])]
        if chosen:
            report = evaluate_pairs(chosen)
            score = report.article
            rows.append((part.name, score.precision, score.recall, score.f1, report.words.f1, score.support))
    table = Table(("pages", "article precision", "recall", "F1", "word F1", "pages scored"), tuple(rows))
    about = (
        f"Pages with readers' comments have {_COMMENTS} sidebar lines or more of {_COMMENT_WORDS} words or more in "
        "elements whose class or id calls them comments or replies; where the page came without HTML, it is not known."
    )
    return Section("Slices", (table, about))


def floor_section(title: str, pages: Sequence[LabelledPage]) -> Section:
    """Scores of rules that need no model."""
    floors: dict[str, Callable[[str], bool]] = {
        "every line is body": bool,
        f"C4's rule: {_C4_WORDS} words or more and a stop at the end": _is_c4,
    }
    rows: list[Row] = []
    for name, rule in floors.items():
        kept = ["\n".join(line for line in map(str.strip, page.page.lines) if rule(line)) for page in pages]
        score, words = (
            article_score(
                overlap(shingles(page.gold_article, size), shingles(text, size))
                for page, text in zip(pages, kept, strict=True)
            )
            for size in (4, 1)
        )
        rows.append((name, score.precision, score.recall, score.f1, words.f1))
    table = Table(("rule", "article precision", "recall", "F1", "word F1"), tuple(rows))
    return Section(title, (table,))


def _is_c4(line: str) -> bool:
    return line.endswith(_C4_ENDS) and len(line.split()) >= _C4_WORDS
