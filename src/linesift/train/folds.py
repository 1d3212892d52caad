"""Split pages by site, the only kind of split in linesift, and classify each by a model that has not seen its site."""

import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from linesift.evaluate.held_out import HeldOut
from linesift.example import Example
from linesift.labels import LABELS, Label
from linesift.model.model import Model
from linesift.model.prediction import Prediction
from linesift.page import LabelledPage, LabelSource
from linesift.write.terminal import count

T_co = TypeVar("T_co", covariant=True)
S = TypeVar("S")

_N_NAMED = 3
"""Sites that a message names."""


@dataclass(frozen=True, slots=True)
class CrossFit(Generic[T_co]):
    """Results of a fit: for each fold that of a fit on all other folds, and one of a fit on all pages.

    The first kind scores the pages of its fold, which it has not seen; the last is what users get. Things that such a
    fit needs, or is the same in all of them, come in this form too.
    """

    without_fold: tuple[T_co, ...]
    """For each fold, the result of the fit on all other folds; it has not seen the fold's sites."""
    everything: T_co
    """The result of the fit on all pages."""

    @staticmethod
    def of(fitted: Iterable[S]) -> "CrossFit[S]":
        """Gather the results of the fits without each fold, in order, and last that of the fit on all pages."""
        *without_fold, everything = fitted
        return CrossFit(tuple(without_fold), everything)

    @staticmethod
    def same(one: S, n_folds: int) -> "CrossFit[S]":
        """Give one thing for every fold and for all pages."""
        return CrossFit((one,) * n_folds, one)

    def __iter__(self) -> Iterator[T_co]:
        """Give the results of the fits without each fold, in order, then that of the fit on all pages."""
        yield from self.without_fold
        yield self.everything

    def map(self, change: Callable[[T_co], S]) -> "CrossFit[S]":
        """Apply a function to each of them."""
        return CrossFit.of(map(change, self))


def fold_of(name: str, n_folds: int) -> int:
    """Fold of a site, the same on every run."""
    return zlib.crc32(name.encode("utf-8", "surrogatepass")) % n_folds


def site_folds(pages: Sequence[LabelledPage | Example], n_folds: int) -> NDArray[np.int64]:
    """Fold of every page, shape (n_pages,); a site's pages share a fold, whatever the collection, on every run."""
    return np.array([fold_of(_site(page), n_folds) for page in pages], np.int64)


def fold_problem(pages: Sequence[LabelledPage], n_folds: int) -> str:
    """Say why pages cannot be learnt in so many folds, and what to do; empty if they can.

    Every fold needs a site. Every label has to be in two folds, so that each fit on all other folds learns it.
    """
    labels_of: defaultdict[str, set[Label]] = defaultdict(set)
    for page in pages:
        labels_of[_site(page)].update(label for label in page.labels if label is not None)
    counts = f"{count(len(pages), 'page')} of {count(len(labels_of), 'site')}"
    n_sites = {label: sum(label in own for own in labels_of.values()) for label in LABELS}
    if missing := [label for label, number in n_sites.items() if not number]:
        return f"no line of {counts} has the label {', '.join(missing)}; add pages that have it"
    problem, remedy = _problem(labels_of, n_folds)
    if not problem:
        return ""
    # Fewer folds are rather tried than more, which take longer; none helps where a label is on one site alone.
    most = len(labels_of) if min(n_sites.values()) > 1 else 0
    numbers = (*range(min(n_folds - 1, most), 1, -1), *range(n_folds + 1, most + 1))
    other = next((number for number in numbers if not _problem(labels_of, number)[0]), None)
    return f"{counts}: {problem}; {f'--folds {other} works, or ' if other else ''}{remedy}"


def _site(page: LabelledPage | Example) -> str:
    """Name what is never split: the site of a page; one without a site stands alone."""
    return page.site or page.source


def _problem(labels_of: Mapping[str, AbstractSet[Label]], n_folds: int) -> tuple[str, str]:
    """Give what is wrong with a number of folds, and what to add; empty if nothing is.

    Args:
        labels_of: the labels on the pages of each site.
        n_folds: number of folds.
    """
    folds = {site: fold_of(site, n_folds) for site in labels_of}
    n_empty = n_folds - len(set(folds.values()))
    if n_empty:
        number, are = ("one", "is") if n_empty == 1 else (n_empty, "are")
        return f"{number} of {n_folds} folds {are} empty", "add pages of other sites"
    for label in LABELS:
        sites = [site for site, own in labels_of.items() if label in own]
        if len({folds[site] for site in sites}) == 1:
            named = ", ".join(sites[:_N_NAMED]) + (", ..." if len(sites) > _N_NAMED else "")
            problem = f"all lines with the label {label} are in one of {n_folds} folds ({named})"
            effect = "the model fitted without that fold cannot learn the label"
            return f"{problem}, and {effect}", f"add pages of other sites that have {label} lines"
    return "", ""


def classify_held_out(models: CrossFit[Model], pages: Sequence[LabelledPage | None]) -> list[Prediction | None]:
    """Classify pages, each by the model that has not seen its site; `None` where there is none."""
    given = [(index, page) for index, page in enumerate(pages) if page is not None]
    folds = site_folds([page for _, page in given], len(models.without_fold)).tolist()
    found: list[Prediction | None] = [None] * len(pages)
    for fold, model in enumerate(models.without_fold):
        chosen = [(index, page) for (index, page), own in zip(given, folds, strict=True) if own == fold]
        predictions = model.classify_batch(page.page for _, page in chosen)
        for (index, _), prediction in zip(chosen, predictions, strict=True):
            found[index] = prediction
    return found


def predict_held_out(models: CrossFit[Model], examples: Sequence[Example]) -> list[HeldOut]:
    """Classify both forms of each page whose lines or whose kind have gold, by the model without its site."""
    known = [example for example in examples if example.origin.labels is not LabelSource.MODEL]
    texts = classify_held_out(models, [example.as_text() for example in known])
    htmls = classify_held_out(models, [example.as_html() for example in known])
    return [HeldOut(*parts) for parts in zip(known, texts, htmls, strict=True)]
