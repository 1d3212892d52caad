"""How much labelled pages of a site, and unlabelled ones, help on its other pages: sites of the collections, held out.

Every site is classified by the model of the fold that has not seen it. Pages to learn from are drawn by lot, several
times, with the site's name as seed; what is counted is the wrong lines on the site's other pages.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from linesift.features.batch import Batch, read_batch
from linesift.labels import Label
from linesift.model.classifier import Model, predictions, softmax
from linesift.model.memory import EMPTY, N_LINE_BINS, N_PAGE_BINS
from linesift.page import LabelledPage
from linesift.train.folds import site_folds
from linesift.train.site import with_site

MIN_PAGES = 6
N_LABELLED, N_UNLABELLED = 3, 10
N_DRAWS = 3
MAX_SITE_PAGES = 30
"""Pages of a site that are looked at; two newspapers have some ninety."""

MEMORY_SIZES = (1, 2, 3, 5, 10, 18)
"""Pages of the memories that the table of recurrence is fitted on."""

_TABLE_PENALTY = 20.0
_NEWTON_STEPS = 30

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
class _Site:
    """Pages of one site and the model that has not seen it."""

    name: str
    pages: list[LabelledPage]
    model: Model

    def wrong(self, model: Model, chosen: NDArray[np.int64]) -> int:
        """Wrong lines of a model on some of the pages."""
        found = model.classify_batch(self.pages[index].page for index in chosen.tolist())
        return sum(
            own != given
            for index, prediction in zip(chosen.tolist(), found, strict=True)
            for own, given in zip(self.pages[index].labels, prediction.labels, strict=True)
        )

    def adapted(self, chosen: NDArray[np.int64]) -> Model:
        """The model adapted to some of the pages."""
        return with_site(self.model, [self.pages[index] for index in chosen.tolist()])

    def draws(self, n_pages: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Pages to learn from and the others, `N_DRAWS` times, the same on every run."""
        lot = np.random.default_rng(crc32(self.name.encode()))
        for _ in range(N_DRAWS):
            order = lot.permutation(len(self.pages))
            yield order[:n_pages], order[n_pages:]


def measure(fold_models: Sequence[Model], pages: Sequence[LabelledPage]) -> list[SiteResult]:
    """Measure all sites with `MIN_PAGES` pages or more; pages are all of text, or all with hints.

    The table of recurrence is fitted twice, each time on half of the sites, and used on the other half.
    """
    sites = list(_sites(fold_models, pages))
    halves = [[site for site in sites if crc32(site.name.encode()) % 2 == half] for half in (0, 1)]
    tables = [_fit_table(half) for half in halves]
    return [_measure_site(site, tables[1 - crc32(site.name.encode()) % 2]) for site in sites]


def recurrence_table(
    fold_models: Sequence[Model], pages: Sequence[LabelledPage], html_pages: Sequence[LabelledPage]
) -> NDArray[np.float64]:
    """Fit the table of `linesift.model.memory` on all sites, text and HTML; shape (N_PAGE_BINS, N_LINE_BINS)."""
    sites = [*_sites(fold_models, pages), *_sites(fold_models, html_pages)]
    return _fit_table(sites).reshape(N_PAGE_BINS, N_LINE_BINS)


def report_lines(text: Sequence[SiteResult], html: Sequence[SiteResult]) -> Iterator[str]:
    """The report as lines of Markdown."""
    for name, results in (("Text", text), ("HTML", html)):
        yield f"## {name}"
        yield ""
        yield (
            f"| sites with wrong lines a page | {N_LABELLED} labelled pages | all others labelled | "
            f"{N_UNLABELLED} unlabelled pages |"
        )
        yield "|---|---|---|---|"
        for floor in (0.0, 1.0, 2.0, 5.0):
            yield _summary(results, floor)
        yield ""
        yield (
            f"| site | pages | wrong lines a page | with {N_LABELLED} labelled | with all others labelled | "
            f"before, {N_UNLABELLED} unlabelled | after |"
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
        cells.append(f"{median:.2f} median, {total:.2f} in sum; {better} better, {worse} worse of {len(kept)}")
    return f"| {floor:g} or more | {' | '.join(cells)} |"


def _sites(fold_models: Sequence[Model], pages: Sequence[LabelledPage]) -> Iterator[_Site]:
    by_site: dict[str, list[LabelledPage]] = defaultdict(list)
    for page in pages:
        by_site[page.site].append(page)
    for name, found in sorted(by_site.items()):
        if len(found) >= MIN_PAGES:
            order = np.random.default_rng(crc32(name.encode())).permutation(len(found))[:MAX_SITE_PAGES]
            model = fold_models[int(site_folds(found[:1], len(fold_models))[0])]
            yield _Site(name, [found[index] for index in order.tolist()], model)


def _measure_site(site: _Site, table: NDArray[np.float64]) -> SiteResult:
    before = after = rest = 0
    for learnt, others in site.draws(N_LABELLED):
        before, after = before + site.wrong(site.model, others), after + site.wrong(site.adapted(learnt), others)
        rest += len(others)
    fifth = np.arange(len(site.pages)) % 5
    every = np.arange(len(site.pages))
    most = sum(site.wrong(site.adapted(every[fifth != held]), every[fifth == held]) for held in range(5))
    first = site.wrong(site.model, every)
    return SiteResult(
        site.name,
        len(site.pages),
        (before / rest, after / rest),
        (first / len(every), most / len(every)),
        _measure_memory(site, table) if len(site.pages) >= N_UNLABELLED + 2 else None,
    )


def _measure_memory(site: _Site, table: NDArray[np.float64]) -> Rate:
    before = after = rest = 0
    for learnt, others in site.draws(N_UNLABELLED):
        batch, part, labels = _read(site, others)
        base = part.log_odds(batch)
        cells = EMPTY.learn([site.pages[index].page.text for index in learnt.tolist()]).cells(batch)
        added = np.zeros_like(base)
        added[:, Label.SIDEBAR.column] = np.where(cells < 0, 0, table[cells])
        pages = [site.pages[index].page for index in others.tolist()]
        for scores, is_after in ((base, False), (base + added, True)):
            found = predictions(pages, batch, softmax(scores), part.decoding)
            given = [label.column for each in found for label in each.labels if label is not None]
            n_wrong = int((np.array(given) != labels).sum())
            before, after = before + n_wrong * (not is_after), after + n_wrong * is_after
        rest += len(others)
    return before / rest, after / rest


def _read(site: _Site, chosen: NDArray[np.int64]) -> tuple[Batch, Model, NDArray[np.int64]]:
    """Lines of some pages, the part of the model that reads them, and their labels."""
    pages = [site.pages[index] for index in chosen.tolist()]
    hints = [page.page.hints for page in pages if page.page.hints is not None]
    batch = read_batch([page.page.text for page in pages], hints or None)
    part = site.model.html if hints and site.model.html is not None else replace(site.model, html=None)
    return batch, part, np.array([label.column for page in pages for label in page.labels if label is not None])


def _fit_table(sites: Sequence[_Site]) -> NDArray[np.float64]:
    """Fit what each cell adds to the log-odds of sidebar: logistic regression by Newton's method, drawn to 0."""
    odds, cells, is_sidebar = [], [], []
    for site in sites:
        lot = np.random.default_rng(crc32(site.name.encode()) + 1)
        for size in (size for size in MEMORY_SIZES if size + 2 <= len(site.pages)):
            order = lot.permutation(len(site.pages))
            batch, part, labels = _read(site, order[size:])
            base = part.log_odds(batch).astype(np.float64)
            sidebar = Label.SIDEBAR.column
            others = np.logaddexp.reduce(np.delete(base, sidebar, axis=1), axis=1)
            odds.append(base[:, sidebar] - others)
            cells.append(EMPTY.learn([site.pages[index].page.text for index in order[:size].tolist()]).cells(batch))
            is_sidebar.append(labels == sidebar)
    return _newton(np.concatenate(odds), np.concatenate(cells), np.concatenate(is_sidebar))


def _newton(odds: NDArray[np.float64], cells: NDArray[np.int64], is_sidebar: NDArray[np.bool_]) -> NDArray[np.float64]:
    n_cells = N_PAGE_BINS * N_LINE_BINS
    kept = (cells >= 0) & (cells % N_LINE_BINS > 0)
    odds, cells, is_sidebar = odds[kept], cells[kept], is_sidebar[kept]
    added = np.zeros(n_cells)
    for _ in range(_NEWTON_STEPS):
        chance = 1 / (1 + np.exp(-(odds + added[cells])))
        slope = np.bincount(cells, chance - is_sidebar, n_cells) + _TABLE_PENALTY * added
        curve = np.bincount(cells, chance * (1 - chance), n_cells) + _TABLE_PENALTY
        added -= np.clip(slope / curve, -1, 1)
    return added
