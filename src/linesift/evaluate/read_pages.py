"""Scores of pages that were read line by line: labels, the inside of the article, whole pages, and kinds of faults.

Gold that was aligned from the text of an article says little about captions, "read also" lines and lists. These scores
are therefore of pages alone whose every line was labelled by a person.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linesift.evaluate.evaluate import Pair
from linesift.evaluate.metrics import harmonic, overlap, shingles
from linesift.evaluate.sections import Part, Row, Section, Table
from linesift.features.batch import LONG, read_batch
from linesift.features.cues import CUES
from linesift.features.table import extract
from linesift.labels import LABELS, Label
from linesift.page import LabelledPage
from linesift.read.labelled import PAGE_FILE_COLLECTION

_MIN_PAGES = 20
"""Least number of pages of a language, or of a collection, for a row of its own."""

_N_RESAMPLES = 200
_HEADLINE, _BODY, _TIMESTAMP, _SIDEBAR = (label.column for label in Label)
_UNKNOWN = -1
_SHORT, _LIST = 8, 3
"""Words under which a line is short; neighbouring short body lines from which they are a list or a table."""


@dataclass(frozen=True, slots=True, eq=False)
class PageCounts:
    """Counts of one page."""

    site: str
    collection: str
    lang: str
    confusion: NDArray[np.int64]
    """Shape (4, 4): lines by gold label, then by predicted label."""
    n_inside: int
    """Sidebar lines between the first and the last body line."""
    n_inside_right: int
    is_right: bool
    """Whether every line has its label."""
    has_exact_headline: bool | None
    """Whether the lines of the headline are those of the gold; `None` without a headline in the gold."""
    article: tuple[float, float] | None
    """Precision and recall of the article's shingles; `None` without an article in the gold."""
    faults: Counter[str]
    """Wrong lines by kind."""


COLUMNS = ("macro F1", *map(str, LABELS), "in-body", "all right", "exact headline", "article F1")


def score(pages: Sequence[PageCounts]) -> tuple[float, ...]:
    """Give the scores named in `COLUMNS`; `nan` where no page counts."""
    confusion = np.sum([page.confusion for page in pages], axis=0)
    right, total = confusion.diagonal(), confusion.sum(axis=0) + confusion.sum(axis=1)
    f1 = [2 * float(n) / int(whole) if whole else float("nan") for n, whole in zip(right, total, strict=True)]
    n_inside = sum(page.n_inside for page in pages)
    headlines = [page.has_exact_headline for page in pages if page.has_exact_headline is not None]
    articles = [page.article for page in pages if page.article is not None]
    precision, recall = np.mean(articles, axis=0) if articles else (float("nan"), float("nan"))
    return (
        float(np.nanmean(f1)),
        *f1,
        sum(page.n_inside_right for page in pages) / n_inside if n_inside else float("nan"),
        sum(page.is_right for page in pages) / len(pages),
        sum(headlines) / len(headlines) if headlines else float("nan"),
        harmonic(float(precision), float(recall)),
    )


def count(pair: Pair) -> PageCounts:
    """Compare the prediction of a page with its gold."""
    page, prediction = pair
    gold, given = (
        np.array([_UNKNOWN if label is None else label.column for label in labels])
        for labels in (page.labels, prediction.labels)
    )
    known = gold != _UNKNOWN
    confusion = np.zeros((len(LABELS), len(LABELS)), np.int64)
    np.add.at(confusion, (gold[known], given[known]), 1)
    body = np.flatnonzero(gold == _BODY)
    rows = np.arange(len(gold))
    is_inside = (gold == _SIDEBAR) & (rows > body[0]) & (rows < body[-1]) if len(body) else np.zeros(len(gold), bool)
    lines = page.page.lines
    texts = [
        "\n".join(lines[row] for row in np.flatnonzero(labels == _BODY))
        for labels in (gold, np.where(known, given, _UNKNOWN))
    ]
    is_headline = gold == _HEADLINE
    return PageCounts(
        site=page.site,
        collection=page.origin.collection,
        lang=page.lang,
        confusion=confusion,
        n_inside=int(is_inside.sum()),
        n_inside_right=int((given[is_inside] == _SIDEBAR).sum()),
        is_right=bool((gold[known] == given[known]).all()),
        has_exact_headline=bool((is_headline == (given == _HEADLINE))[known].all()) if is_headline.any() else None,
        article=overlap(*map(shingles, texts)) if len(body) else None,
        faults=Counter(_faults(lines, gold, given, body)),
    )


def _faults(
    lines: Sequence[str], gold: NDArray[np.int64], given: NDArray[np.int64], body: NDArray[np.int64]
) -> Iterator[str]:
    """Name the kind of every wrong line, by its labels, its place, its length and its set phrases."""
    wrong = np.flatnonzero((gold != given) & (gold != _UNKNOWN))
    if not len(wrong):
        return
    batch = read_batch(["\n".join(lines)])
    row = np.full(len(lines), -1)
    row[batch.number] = np.arange(len(batch.number))
    cues = dict(zip((column.name for column in CUES), extract(batch, tuple(CUES)) >= _MEANT, strict=True))
    n_words = batch.length
    for index in wrong.tolist():
        own = {name.partition(".")[2] for name, has in cues.items() if has[row[index]]}
        if gold[index] == _BODY:
            yield _missed(index, body, n_words[row])
        elif _TIMESTAMP in (gold[index], given[index]):
            yield "timestamp missed" if gold[index] == _TIMESTAMP else "other line called timestamp"
        elif _HEADLINE in (gold[index], given[index]):
            yield "headline missed" if gold[index] == _HEADLINE else "other line called headline"
        else:
            yield _leaked(index, own, body, float(n_words[row[index]]))


_MEANT = 2
"""Least value of a column of `cues` for a line that begins with a set phrase, or is one."""


def _missed(index: int, body: NDArray[np.int64], n_words: NDArray[np.float32]) -> str:
    place = int(np.searchsorted(body, index))
    short = [n_words[near] < _SHORT for near in body[max(place - _LIST + 1, 0) : place + _LIST]]
    if n_words[index] < _SHORT:
        return "body missed: list or table" if sum(short) >= _LIST else "body missed: subhead or short line"
    return "body missed: standfirst or first lines" if place < 2 else "body missed: paragraph"


def _leaked(index: int, cues: set[str], body: NDArray[np.int64], n_words: float) -> str:
    if not len(body):
        return "called body: page without an article"
    kinds = {"picture": "caption or credit", "related": "read also", "offers": "notice", "notice": "notice"}
    for family, kind in kinds.items():
        if family in cues:
            return f"called body: {kind}"
    length = "sentence" if n_words >= LONG else "short line"
    where = "inside the article" if body[0] < index < body[-1] else "below it" if index > body[-1] else "above it"
    return f"called body: {length} {where}"


def read_section(title: str, pairs: Sequence[Pair]) -> Section | None:
    """Give the section on pages labelled by hand but our own, with intervals by sites; none without such pages."""
    pages = [count(pair) for pair in pairs if is_read(pair[0])]
    if not pages:
        return None
    intervals = (_interval(column) for column in np.array(list(_resampled(pages))).T)
    rows: list[Row] = [("all", *score(pages), len(pages))]
    rows.append(("95 % interval", *intervals, len(pages)))
    parts: list[Part] = [
        f"{len(pages)} pages of {len({page.site for page in pages})} sites whose every line was read. In-body: of the "
        "sidebar lines between the first and the last line of the article, the share called sidebar. All right: pages "
        "without one wrong line. Intervals are from drawing sites.",
        Table(("pages", *COLUMNS, "number"), tuple(rows)),
        _groups("collection", pages, lambda page: page.collection),
        _groups("language", pages, lambda page: page.lang),
    ]
    faults = sum((page.faults for page in pages), Counter[str]())
    counts = tuple((kind, n, n / faults.total()) for kind, n in faults.most_common())
    parts += ["Wrong lines by kind, as a rule names them:", Table(("kind", "lines", "share"), counts)]
    return Section(title, parts)


def _interval(values: NDArray[np.float64]) -> str:
    known = values[~np.isnan(values)]
    return "{:.3f} to {:.3f}".format(*np.quantile(known, [0.025, 0.975])) if len(known) else ""


def is_read(page: LabelledPage) -> bool:
    """Whether a person labelled the page, and the label of some line came over to this form of it."""
    is_known = any(label is not None for label in page.labels)
    return is_known and page.origin.is_by_hand and page.origin.collection != PAGE_FILE_COLLECTION


def _resampled(pages: Sequence[PageCounts]) -> Iterator[tuple[float, ...]]:
    """Score random draws of sites, as many as there are, with replacement."""
    by_site: dict[str, list[PageCounts]] = {}
    for page in pages:
        by_site.setdefault(page.site, []).append(page)
    sites = list(by_site.values())
    rng = np.random.default_rng(0)
    for _ in range(_N_RESAMPLES):
        yield score([page for site in rng.integers(0, len(sites), len(sites)) for page in sites[site]])


def _groups(name: str, pages: Sequence[PageCounts], key: Callable[[PageCounts], str]) -> Table:
    """Score the pages of each collection or language that has enough of them."""
    sizes = Counter(map(key, pages))
    rows: tuple[Row, ...] = tuple(
        (group, *score([page for page in pages if key(page) == group]), n)
        for group, n in sizes.most_common()
        if n >= _MIN_PAGES and group
    )
    return Table((name, *COLUMNS, "pages"), rows)
