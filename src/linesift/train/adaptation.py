"""How much labelled pages of a site, and unlabelled ones, help on its other pages: sites of the collections, held out.

Every site is classified by the model of the fold that has not seen it. Pages to learn from are drawn by lot, several
times, with the site's name as seed; what is counted is the wrong lines on the site's other pages.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from linesift.features.batch import Batch, read_batch
from linesift.labels import Label
from linesift.model.classifier import Model, softmax
from linesift.model.decode import DecodeConfig, decode
from linesift.model.memory import EMPTY, N_LINE_BINS, N_PAGE_BINS
from linesift.page import LabelledPage
from linesift.train.folds import site_folds
from linesift.train.site import fit_correction

MIN_PAGES = 6
N_LABELLED, N_UNLABELLED = 3, 10
N_DRAWS = 3
MAX_SITE_PAGES = 20
"""Pages of a site that are looked at; two newspapers have some ninety."""

MEMORY_SIZES = (1, 2, 3, 5, 10, 18)
"""Pages of the memories that the table of recurrence is fitted on."""

_TABLE_PENALTY = 20.0
_NEWTON_STEPS = 30

_FLOORS = (0.0, 1.0, 2.0, 5.0)

Rate = tuple[float, float]
"""Wrong lines for each page, before and after."""


@dataclass(frozen=True, slots=True)
class SiteResult:
    """What came of one site."""

    site: str
    n_pages: int
    labelled: Rate
    """With `N_LABELLED` labelled pages, on the others."""
    most: Rate
    """Each fifth of the pages with the others labelled: what labels of the site can do at most."""
    unlabelled: Rate | None
    """With a memory of `N_UNLABELLED` pages, on the others; `None` where there are too few."""


@dataclass(frozen=True, slots=True)
class Site:
    """Pages of one site, and what the model that has not seen it says of them."""

    name: str
    pages: list[LabelledPage]
    batch: Batch
    labels: NDArray[np.int64]
    base: NDArray[np.float32]
    """Log-odds of every line."""
    decoding: DecodeConfig

    @property
    def every(self) -> NDArray[np.int64]:
        """Indices of all pages."""
        return np.arange(len(self.pages))

    def wrong(self, added: NDArray[np.float32], chosen: NDArray[np.int64]) -> int:
        """Wrong lines of some of the pages where this is added to the log-odds."""
        given = decode(self.batch, softmax(self.base + added), self.decoding)
        return int((given != self.labels)[np.isin(self.batch.page, chosen)].sum())

    def corrected(self, chosen: NDArray[np.int64]) -> NDArray[np.float32]:
        """What a correction that is learnt from some of the pages adds."""
        rows = np.concatenate([np.flatnonzero(self.batch.page == index) for index in chosen])
        learnt = read([self.pages[index] for index in chosen])
        return fit_correction(learnt, self.base[rows], self.labels[rows]).scores(self.batch, self.base)

    def cells(self, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
        """Cells of the table of recurrence, with some of the pages remembered."""
        return EMPTY.learn([self.pages[index].page.text for index in chosen]).cells(self.batch)

    def draws(self, n_pages: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Pages to learn from and the others, `N_DRAWS` times, the same on every run."""
        lot = np.random.default_rng(crc32(self.name.encode()))
        for _ in range(N_DRAWS):
            order = lot.permutation(len(self.pages))
            yield order[:n_pages], order[n_pages:]


def read(pages: Sequence[LabelledPage]) -> Batch:
    """Read pages that all have hints, or none."""
    hints = [page.page.hints for page in pages if page.page.hints is not None]
    return read_batch([page.page.text for page in pages], hints or None)


def read_sites(fold_models: Sequence[Model], pages: Sequence[LabelledPage]) -> list[Site]:
    """Classify all sites with `MIN_PAGES` pages or more; the pages are all of text, or all with hints."""
    by_site: dict[str, list[LabelledPage]] = defaultdict(list)
    for page in pages:
        by_site[page.site].append(page)
    return [
        _read_site(name, found, fold_models[int(site_folds(found[:1], len(fold_models))[0])])
        for name, found in sorted(by_site.items())
        if len(found) >= MIN_PAGES
    ]


def measure(parts: Mapping[str, Sequence[Site]]) -> dict[str, list[SiteResult]]:
    """Measure sites.

    The table of recurrence is fitted on half of the sites of all parts and used on the other half, and vice versa.
    """
    every = [site for sites in parts.values() for site in sites]
    tables = [fit_recurrence([site for site in every if _half(site) == half]) for half in (0, 1)]
    return {name: [_measure_site(site, tables[1 - _half(site)]) for site in sites] for name, sites in parts.items()}


def _half(site: Site) -> int:
    return crc32(site.name.encode()) % 2


def fit_recurrence(sites: Sequence[Site]) -> NDArray[np.float32]:
    """Fit the table of `linesift.model.memory`: what each cell adds to the log-odds of sidebar, shape (n_cells,).

    Logistic regression by Newton's method, drawn to 0. Lines that do not recur are left alone.
    """
    odds, cells, is_sidebar = [], [], []
    for site in sites:
        sidebar = site.base[:, Label.SIDEBAR.column].astype(np.float64)
        others = np.logaddexp.reduce(np.delete(site.base, Label.SIDEBAR.column, axis=1).astype(np.float64), axis=1)
        lot = np.random.default_rng(crc32(site.name.encode()) + 1)
        for size in (size for size in MEMORY_SIZES if size + 2 <= len(site.pages)):
            order = lot.permutation(len(site.pages))
            found = site.cells(order[:size])
            kept = np.isin(site.batch.page, order[size:]) & (found >= 0) & (found % N_LINE_BINS > 0)
            odds.append((sidebar - others)[kept])
            cells.append(found[kept])
            is_sidebar.append(site.labels[kept] == Label.SIDEBAR.column)
    return _newton(np.concatenate(odds), np.concatenate(cells), np.concatenate(is_sidebar))


def report_lines(parts: Mapping[str, Sequence[SiteResult]]) -> Iterator[str]:
    """The report as lines of Markdown, a section for each part: medians and sums first, then every site."""
    for name, results in parts.items():
        yield f"## {name}"
        yield ""
        yield (
            f"| sites with wrong lines a page | {N_LABELLED} labelled pages | all other pages labelled | "
            f"{N_UNLABELLED} unlabelled pages |"
        )
        yield "|---|---|---|---|"
        for floor in _FLOORS:
            yield _summary(results, floor)
        yield ""
        yield (
            f"| site | pages | wrong lines a page | with {N_LABELLED} labelled pages | with all others labelled | "
            f"wrong, without memory | with {N_UNLABELLED} pages remembered |"
        )
        yield "|---|---|---|---|---|---|---|"
        for site in sorted(results, key=lambda each: (-each.labelled[0], each.site)):
            memory = f"{site.unlabelled[0]:.1f} | {site.unlabelled[1]:.1f}" if site.unlabelled else " | "
            rates = f"{site.labelled[0]:.1f} | {site.labelled[1]:.1f} | {site.most[1]:.1f}"
            yield f"| {site.site} | {site.n_pages} | {rates} | {memory} |"
        yield ""


def _summary(results: Sequence[SiteResult], floor: float) -> str:
    """One row: median over sites of wrong lines after by wrong lines before, the same for all lines, better, worse."""
    cells = []
    for rates in (
        [site.labelled for site in results],
        [site.most for site in results],
        [site.unlabelled for site in results if site.unlabelled],
    ):
        kept = [rate for rate in rates if rate[0] >= max(floor, 1e-9)]
        if not kept:
            cells.append("")
            continue
        median = float(np.median([after / before for before, after in kept]))
        total = sum(after for _, after in kept) / sum(before for before, _ in kept)
        better, worse = sum(after < before for before, after in kept), sum(after > before for before, after in kept)
        cells.append(f"{median:.2f} ({total:.2f} in sum); {better} better, {worse} worse of {len(kept)}")
    return f"| {floor:g} or more | {' | '.join(cells)} |"


def _read_site(name: str, found: Sequence[LabelledPage], model: Model) -> Site:
    order = np.random.default_rng(crc32(name.encode())).permutation(len(found))[:MAX_SITE_PAGES]
    pages = [found[index] for index in order]
    batch = read(pages)
    part = model if batch.hints is None or model.html is None else model.html
    labels = np.array([label.column for page in pages for label in page.labels if label is not None], np.int64)
    return Site(name, pages, batch, labels, part.log_odds(batch), part.decoding)


def _measure_site(site: Site, table: NDArray[np.float32]) -> SiteResult:
    nothing = np.zeros_like(site.base)
    fifth, n_pages = site.every % 5, len(site.pages)
    most = sum(site.wrong(site.corrected(site.every[fifth != held]), site.every[fifth == held]) for held in range(5))
    return SiteResult(
        site.name,
        n_pages,
        _rate(
            [
                (site.wrong(nothing, rest), site.wrong(site.corrected(learnt), rest), len(rest))
                for learnt, rest in site.draws(N_LABELLED)
            ]
        ),
        (site.wrong(nothing, site.every) / n_pages, most / n_pages),
        _rate(
            [
                (site.wrong(nothing, rest), site.wrong(_added(site, learnt, table), rest), len(rest))
                for learnt, rest in site.draws(N_UNLABELLED)
            ]
        )
        if n_pages >= N_UNLABELLED + 2
        else None,
    )


def _added(site: Site, learnt: NDArray[np.int64], table: NDArray[np.float32]) -> NDArray[np.float32]:
    """What a memory of some pages adds, by this table."""
    cells, added = site.cells(learnt), np.zeros_like(site.base)
    added[:, Label.SIDEBAR.column] = np.where(cells < 0, np.float32(0), table[cells])
    return added


def _rate(counts: Sequence[tuple[int, int, int]]) -> Rate:
    before, after, n_pages = (sum(values) for values in zip(*counts, strict=True))
    return before / n_pages, after / n_pages


def _newton(odds: NDArray[np.float64], cells: NDArray[np.int64], is_sidebar: NDArray[np.bool_]) -> NDArray[np.float32]:
    n_cells = N_PAGE_BINS * N_LINE_BINS
    added = np.zeros(n_cells)
    for _ in range(_NEWTON_STEPS):
        chance = 1 / (1 + np.exp(-(odds + added[cells])))
        slope = np.bincount(cells, chance - is_sidebar, n_cells) + _TABLE_PENALTY * added
        curve = np.bincount(cells, chance * (1 - chance), n_cells) + _TABLE_PENALTY
        added -= np.clip(slope / curve, -1, 1)
    return added.astype(np.float32)
