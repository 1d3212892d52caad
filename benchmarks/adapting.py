"""Measure how much labelled or unlabelled pages of a site help on its other pages, for sites held out of training.

Every site is classified by the model of the fold that has not seen it. Pages to learn from are drawn at random, several
times, with the site's name as seed; what is counted is the wrong lines on the site's other pages. Much of what counts
as wrong is the gold's fault, which alignment found in articles; so lines of text are also counted alone whose gold the
model for HTML confirms, that has not seen the site either.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from linesift.evaluate.sections import Row, Table, markdown_table
from linesift.features.batch import Batch, read_batch
from linesift.labels import Label
from linesift.model.decode import decode
from linesift.model.memory import EMPTY, N_LINE_BINS, N_PAGE_BINS
from linesift.model.model import Model
from linesift.model.part import Part, softmax
from linesift.model.prediction import Prediction
from linesift.model.window import Neighbourhood
from linesift.page import LabelledPage
from linesift.train.align import letters
from linesift.train.folds import site_folds
from linesift.train.site import fit_correction

_MIN_PAGES = 6
_N_LABELLED, _N_UNLABELLED = 3, 10
_N_DRAWS = 3
_MAX_SITE_PAGES = 20
"""Most pages of a site that are measured; two newspapers have some ninety."""

_MEMORY_SIZES = (1, 2, 3, 5, 10, 18)
"""Sizes, in pages, of the memories that the table of recurrence is fitted on."""

_TABLE_PENALTY = 3.0
"""Strength of the L2 regularisation of the cells; `reports/ablation.md` has other values."""

_NEWTON_STEPS = 30

_FLOORS = (0.0, 1.0, 2.0, 5.0)

Rate = tuple[float, float]
"""Wrong lines for each page, before and after."""

Chosen = NDArray[np.int64]
"""Indices of some of a site's pages."""


@dataclass(frozen=True, slots=True)
class SiteResult:
    """Result of one site."""

    site: str
    n_pages: int
    labelled: Rate
    """Learnt from `_N_LABELLED` labelled pages, measured on the others."""
    confirmed: Rate | None
    """The same for lines whose gold the HTML confirms; `None` where there is no HTML."""
    most: Rate
    """Each fifth of the pages with all others labelled: the most that labels of the site can do."""
    unlabelled: Rate | None
    """With a memory of `_N_UNLABELLED` pages, measured on the others; `None` where there are too few."""
    unlabelled_confirmed: Rate | None
    """The same for lines whose gold the HTML confirms."""
    recurring: Rate | None
    """The most that such a memory can do: all sidebar lines that it knows are right."""
    n_wrong: tuple[int, int, int]
    """Wrong lines of all pages; of them, those that stand on another page of the site too; of these, the sidebar's."""


@dataclass(frozen=True, slots=True)
class Site:
    """Pages of one site with the log-odds of the model that has not seen it."""

    name: str
    pages: list[LabelledPage]
    batch: Batch
    labels: NDArray[np.int64]
    is_confirmed: NDArray[np.bool_] | None
    """Whether the model gives a line its gold label in the HTML; `None` where there is no HTML."""
    model: Model
    part: Part
    """The part of the model that reads the pages."""
    base: NDArray[np.float32]
    """Log-odds of every line."""
    neighbourhood: Neighbourhood
    """Columns of every line, for the choice of the headline."""

    @property
    def every(self) -> NDArray[np.int64]:
        """Indices of all pages."""
        return np.arange(len(self.pages))

    def is_wrong(self, added: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Whether each line is wrong once `added` is added to the log-odds."""
        probabilities = self.part.rank_headlines(self.batch, self.neighbourhood, softmax(self.base + added))
        wrong: NDArray[np.bool_] = decode(self.batch, probabilities, self.model.decoding) != self.labels
        return wrong

    def is_on(self, chosen: Chosen) -> NDArray[np.bool_]:
        """Whether each line stands on one of some pages."""
        return np.isin(self.batch.page, chosen)

    def is_recurring(self) -> NDArray[np.bool_]:
        """Whether each line stands on another page of the site too."""
        seen = np.unique(np.stack((self.batch.scan.hash, self.batch.page.astype(np.uint64))), axis=1)[0]
        hashes, n_pages = np.unique(seen, return_counts=True)
        return np.isin(self.batch.scan.hash, hashes[n_pages > 1])

    def corrected(self, chosen: Chosen) -> NDArray[np.float32]:
        """Log-odds that a correction learnt from the chosen pages adds."""
        rows = np.concatenate([np.flatnonzero(self.batch.page == index) for index in chosen])
        learnt = read([self.pages[index] for index in chosen])
        return fit_correction(learnt, self.base[rows], self.labels[rows]).scores(self.batch, self.base)

    def cells(self, chosen: Chosen) -> NDArray[np.int64]:
        """Cell of each line in the table of recurrence, with the chosen pages in memory."""
        return EMPTY.learn([self.pages[index].page.text for index in chosen]).cells(self.batch)

    def draws(self, n_pages: int) -> Iterator[tuple[Chosen, Chosen]]:
        """Draw pages to learn from and give the others, `_N_DRAWS` times, the same on every run."""
        draw = np.random.default_rng(crc32(self.name.encode()))
        for _ in range(_N_DRAWS):
            order = draw.permutation(len(self.pages))
            yield order[:n_pages], order[n_pages:]


def read(pages: Sequence[LabelledPage]) -> Batch:
    """Read pages that all have hints, or none."""
    hints = [page.page.hints for page in pages if page.page.hints is not None]
    return read_batch([page.page.text for page in pages], hints or None)


def read_sites(
    fold_models: Sequence[Model], pages: Sequence[LabelledPage], html_pages: Sequence[LabelledPage] = ()
) -> list[Site]:
    """Classify all sites with `_MIN_PAGES` pages or more.

    Args:
        fold_models: the models, by fold; one for all, where it has seen none of the sites.
        pages: all of text, or all with hints.
        html_pages: the same pages as HTML, to confirm the gold of those of text; found by their source.
    """
    by_site: dict[str, list[LabelledPage]] = defaultdict(list)
    for page in pages:
        by_site[page.site].append(page)
    by_source = {page.page.source: page for page in html_pages}
    return [
        _read_site(name, found, fold_models[int(site_folds(found[:1], len(fold_models))[0])], by_source)
        for name, found in sorted(by_site.items())
        if len(found) >= _MIN_PAGES
    ]


def confirmed(page: LabelledPage, html: Prediction | None) -> list[bool]:
    """Whether a model gives each line of text that is not blank its gold label on the same page's HTML.

    Lines are the same by their letters, the second of them by the second there. One that is not there is not confirmed.
    """
    given: dict[str, list[Label]] = defaultdict(list)
    for line, label in zip(html.page.lines, html.labels, strict=True) if html else ():
        if label is not None:
            given[letters(line)].append(label)
    found = []
    for line, label in zip(page.page.lines, page.labels, strict=True):
        if label is not None:
            there = given[letters(line)]
            found.append(bool(there) and (there.pop(0) if len(there) > 1 else there[0]) is label)
    return found


def measure(parts: Mapping[str, Sequence[Site]]) -> dict[str, list[SiteResult]]:
    """Measure the sites of each part.

    The table of recurrence is fitted on half of the sites of all parts and used on the other half, and vice versa.
    """
    every = [site for sites in parts.values() for site in sites]
    tables = [fit_recurrence([site for site in every if _half(site) == half]) for half in (0, 1)]
    return {name: [_measure_site(site, tables[1 - _half(site)]) for site in sites] for name, sites in parts.items()}


def _half(site: Site) -> int:
    return crc32(site.name.encode()) % 2


def fit_recurrence(sites: Sequence[Site]) -> NDArray[np.float32]:
    """Fit the table of `linesift.model.memory`: what each cell adds to the log-odds of sidebar, shape (n_cells,).

    Logistic regression by Newton's method, drawn to 0, on lines of confirmed gold where there are html_pages. Lines
    that do not recur are left alone.
    """
    odds, cells, is_sidebar = [np.zeros(0)], [np.zeros(0, np.int64)], [np.zeros(0, bool)]
    for site in sites:
        sidebar = site.base[:, Label.SIDEBAR.column].astype(np.float64)
        others = np.logaddexp.reduce(np.delete(site.base, Label.SIDEBAR.column, axis=1).astype(np.float64), axis=1)
        draw = np.random.default_rng(crc32(site.name.encode()) + 1)
        for size in (size for size in _MEMORY_SIZES if size + 2 <= len(site.pages)):
            order = draw.permutation(len(site.pages))
            found = site.cells(order[:size])
            kept = site.is_on(order[size:]) & _is_known(found)
            if site.is_confirmed is not None:
                kept &= site.is_confirmed
            odds.append((sidebar - others)[kept])
            cells.append(found[kept])
            is_sidebar.append(site.labels[kept] == Label.SIDEBAR.column)
    return _newton(np.concatenate(odds), np.concatenate(cells), np.concatenate(is_sidebar))


def report_lines(parts: Mapping[str, Sequence[SiteResult]]) -> Iterator[str]:
    """Write the report line by line, a section for each part: medians and sums first, then every site."""
    for name, results in parts.items():
        yield f"## {name}"
        yield ""
        has_html = any(site.confirmed for site in results)
        rows = tuple(_summary(results, floor, has_html=has_html) for floor in _FLOORS)
        yield from markdown_table(Table(("wrong lines a page", *_heads(has_html)), rows))
        yield ""
        yield _recurrence(results)
        yield ""
        in_order = sorted(results, key=lambda each: (-each.labelled[0], each.site))
        yield from markdown_table(Table(_SITE_COLUMNS, tuple(map(_site_row, in_order))))
        yield ""


def _recurrence(results: Sequence[SiteResult]) -> str:
    n_wrong, n_recurring, n_sidebar = (sum(site.n_wrong[place] for site in results) for place in range(3))
    shares = [count / max(n_wrong, 1) for count in (n_recurring, n_sidebar)]
    return (
        f"Without help {n_wrong} lines are wrong. {shares[0]:.0%} of them stand on another page of the site too, and "
        f"{shares[1]:.0%} are sidebar besides: these are the lines that a memory can mend."
    )


_SITE_COLUMNS = (
    "site",
    "pages",
    "wrong lines a page",
    f"with {_N_LABELLED} labelled pages",
    "with all others labelled",
    "wrong, without memory",
    f"with {_N_UNLABELLED} pages remembered",
)


def _site_row(site: SiteResult) -> Row:
    """Give the row of one site, in the order of `_SITE_COLUMNS`."""
    rates = (*site.labelled, site.most[1], *(site.unlabelled or ()))
    cells = [f"{rate:.1f}" for rate in rates]
    return (site.site, site.n_pages, *cells, *[""] * (len(_SITE_COLUMNS) - 2 - len(cells)))


def _heads(has_html: bool) -> list[str]:
    labelled, unlabelled = f"{_N_LABELLED} labelled pages", f"{_N_UNLABELLED} unlabelled pages"
    return [
        labelled,
        *[f"{labelled}, confirmed lines"] * has_html,
        "all other pages labelled",
        unlabelled,
        *[f"{unlabelled}, confirmed lines"] * has_html,
        f"all that {_N_UNLABELLED} pages know right",
    ]


def _summary(results: Sequence[SiteResult], floor: float, *, has_html: bool) -> Row:
    """Give a row: median over sites of wrong lines after by before, the same for all lines, sites better, worse."""
    columns: list[list[Rate | None]] = [[site.labelled for site in results]]
    columns += [[site.confirmed for site in results]] * has_html
    columns += [[site.most for site in results], [site.unlabelled for site in results]]
    columns += [[site.unlabelled_confirmed for site in results]] * has_html
    columns += [[site.recurring for site in results]]
    return (f"{floor:g} or more", *(_cell([rate for rate in rates if rate], floor) for rates in columns))


def _cell(rates: Sequence[Rate], floor: float) -> str:
    kept = [rate for rate in rates if rate[0] >= max(floor, 1e-9)]
    if not kept:
        return ""
    median = float(np.median([after / before for before, after in kept]))
    total = sum(after for _, after in kept) / sum(before for before, _ in kept)
    better, worse = sum(after < before for before, after in kept), sum(after > before for before, after in kept)
    return f"{median:.2f} ({total:.2f} in sum); {better} better, {worse} worse of {len(kept)}"


def _read_site(name: str, found: Sequence[LabelledPage], model: Model, by_source: Mapping[str, LabelledPage]) -> Site:
    order = np.random.default_rng(crc32(name.encode())).permutation(len(found))[:_MAX_SITE_PAGES]
    pages = [found[index] for index in order]
    batch = read(pages)
    part = model.part_for(batch)
    labels = np.array([label.column for page in pages for label in page.labels if label is not None], np.int64)
    is_confirmed = None
    if by_source:
        asked = [by_source[page.page.source].page for page in pages if page.page.source in by_source]
        predicted = {prediction.page.source: prediction for prediction in model.classify_batch(asked)}
        is_confirmed = np.array(
            [one for page in pages for one in confirmed(page, predicted.get(page.page.source))], bool
        )
    return Site(name, pages, batch, labels, is_confirmed, model, part, part.log_odds(batch), part.neighbourhood(batch))


def _measure_site(site: Site, table: NDArray[np.float32]) -> SiteResult:
    before = site.is_wrong(np.zeros_like(site.base))
    fifth, n_pages = site.every % 5, len(site.pages)
    fifths = [(site.every[fifth != held], site.every[fifth == held]) for held in range(5)]
    labelled = [(site.is_wrong(site.corrected(learnt)), rest) for learnt, rest in site.draws(_N_LABELLED)]
    most = [(site.is_wrong(site.corrected(learnt)), rest) for learnt, rest in fifths]
    counted, is_sidebar = site.is_confirmed, site.labels == Label.SIDEBAR.column
    is_recurring = before & site.is_recurring()
    draws = list(site.draws(_N_UNLABELLED)) if n_pages >= _N_UNLABELLED + 2 else []
    remembered = [(site.is_wrong(_added(site, learnt, table)), rest) for learnt, rest in draws]
    best = [(before & ~(is_sidebar & _is_known(site.cells(learnt))), rest) for learnt, rest in draws]
    return SiteResult(
        site=site.name,
        n_pages=n_pages,
        labelled=rate(site, before, labelled),
        confirmed=None if counted is None else rate(site, before, labelled, counted),
        most=rate(site, before, most),
        unlabelled=rate(site, before, remembered) if remembered else None,
        unlabelled_confirmed=None if counted is None or not remembered else rate(site, before, remembered, counted),
        recurring=rate(site, before, best) if best else None,
        n_wrong=(int(before.sum()), int(is_recurring.sum()), int((is_recurring & is_sidebar).sum())),
    )


def _is_known(cells: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether the memory knows each line, on pages that it recognises as the site's."""
    known: NDArray[np.bool_] = (cells >= 0) & (cells % N_LINE_BINS > 0)
    return known


def _added(site: Site, learnt: Chosen, table: NDArray[np.float32]) -> NDArray[np.float32]:
    """Log-odds that a memory of the chosen pages adds by a table of recurrence."""
    cells, added = site.cells(learnt), np.zeros_like(site.base)
    added[:, Label.SIDEBAR.column] = np.where(cells < 0, np.float32(0), table[cells])
    return added


def rate(
    site: Site,
    before: NDArray[np.bool_],
    runs: Sequence[tuple[NDArray[np.bool_], Chosen]],
    counted: NDArray[np.bool_] | None = None,
) -> Rate:
    """Wrong lines per page on the other pages of all runs; only lines in `counted` count, all if `None`."""
    every = np.ones_like(before) if counted is None else counted
    counts = [
        ((before & every & site.is_on(rest)).sum(), (after & every & site.is_on(rest)).sum(), len(rest))
        for after, rest in runs
    ]
    n_before, n_after, n_pages = (int(sum(values)) for values in zip(*counts, strict=True))
    return n_before / n_pages, n_after / n_pages


def _newton(odds: NDArray[np.float64], cells: NDArray[np.int64], is_sidebar: NDArray[np.bool_]) -> NDArray[np.float32]:
    n_cells = N_PAGE_BINS * N_LINE_BINS
    added = np.zeros(n_cells)
    for _ in range(_NEWTON_STEPS):
        probability = 1 / (1 + np.exp(-(odds + added[cells])))
        gradient = np.bincount(cells, probability - is_sidebar, n_cells) + _TABLE_PENALTY * added
        curvature = np.bincount(cells, probability * (1 - probability), n_cells) + _TABLE_PENALTY
        added -= np.clip(gradient / curvature, -1, 1)
    return added.astype(np.float32)
