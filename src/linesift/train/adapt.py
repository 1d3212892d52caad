"""Adapt a model to a site by a few labelled pages of it: the work of `linesift adapt`."""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import linesift
from linesift.errors import InputError
from linesift.evaluate.card import CHECKS, write_card
from linesift.evaluate.evaluate import Report, evaluate
from linesift.evaluate.metrics import Score
from linesift.evaluate.sections import Table, markdown_table
from linesift.model.directory import KEYS_WRITTEN_BY_SAVE, check_place, load_model, read_about, save_model
from linesift.model.model import Model
from linesift.model.prediction import Prediction
from linesift.model.probe import read_probe
from linesift.page import LabelledPage
from linesift.read.find import require_there
from linesift.read.labelled import read_labelled
from linesift.train.align import letters
from linesift.train.config import Progress
from linesift.train.provenance import digest, short_name
from linesift.train.site import with_site
from linesift.write.terminal import count

_MAX_PAGES = 200
"""Most pages; with more, training anew learns more, and a correction overfits single pages."""

_LEAVE_ONE_OUT = 5
"""Number of folds; fewer pages are held out one by one."""

_N_NAMED = 3
"""Sites that a warning names."""

_ONE_GOLDEN_IN = 4
"""Every fourth page of linesift is classified before and after: enough to see harm, and adapting takes seconds."""


@dataclass(frozen=True, slots=True)
class AdaptRequest:
    """Inputs and output of an adaptation."""

    site: str
    """Name of the site, for the card; a correction of the same name in the base is replaced."""
    pages: tuple[Path, ...]
    """Labelled pages of the site."""
    out: Path
    """The model directory, made where it is missing."""
    model: Path | None = None
    """The base; `None` for the model that comes with linesift."""
    golden: Path | None = None
    """Pages that may not come out worse; `None` for every fourth of those that come with linesift."""
    is_forced: bool = False
    """Whether a model that is worse is written all the same."""


@dataclass(frozen=True, slots=True)
class Check:
    """Scores of some pages before and after."""

    name: str
    before: Report
    after: Report

    @property
    def n_wrong(self) -> tuple[int, int]:
        """Wrong lines before and after."""
        before, after = (sum(page.n_wrong for page in report.pages) for report in (self.before, self.after))
        return before, after

    @property
    def is_worse(self) -> bool:
        """Whether more lines are wrong than before."""
        before, after = self.n_wrong
        return after > before


@dataclass(frozen=True, slots=True)
class Adapted:
    """Result of an adaptation."""

    checks: tuple[Check, ...]
    is_written: bool

    @property
    def worse(self) -> list[Check]:
        """Checks that came out worse than before."""
        return [check for check in self.checks if check.is_worse]


def adapt(request: AdaptRequest, progress: Progress) -> Adapted:
    """Fit a correction for a site, check it on pages held out and on the golden pages, and write the model.

    A model that is worse on either is not written unless it is forced.

    Raises:
        InputError: if there are no labelled pages, or too many.
        LabelError: if a page is not in its format.
        ModelError: if the base cannot be read, or `out` is not a place for a model or cannot be written.
    """
    if not request.site.strip():
        raise InputError("the site has no name; give it one: --site mysite")
    require_there(request.pages)
    check_place(request.out)
    base_path = linesift.find_model(request.model)
    base, about = load_model(base_path), read_about(base_path)
    pages = _read(request.pages)
    # Some of our own pages have their HTML beside them, and adapting needs no extra.
    golden = read_labelled(request.golden or linesift.golden(), needs_html=False)
    golden = golden if request.golden else golden[::_ONE_GOLDEN_IN]
    names = [site["name"] for site in about.get("sites", [])]
    place = names.index(request.site) if request.site in names else None
    n_doubtful = sum(len(page.doubtful) for page in pages)
    they_count = "counts as it is" if n_doubtful == 1 else "count as they are"
    doubts = f"; {count(n_doubtful, 'line')} still marked with ? {they_count}" if n_doubtful else ""
    progress(f"{count(len(pages), 'labelled page')} for {request.site}{doubts}")
    if warning := _warning_of_sites(request.site, pages):
        progress(f"warning: {warning}")
    adapted = with_site(base, pages, place)
    checks = []
    if len(pages) > 1:
        progress("holding pages out")
        before, after = base.classify_batch(page.page for page in pages), _held_out(base, pages, place)
        checks.append(Check(CHECKS[0], evaluate(pages, before), evaluate(pages, after)))
    progress(f"{len(golden)} golden pages")
    before, after = (model.classify_batch(page.page for page in golden) for model in (base, adapted))
    checks.append(Check(CHECKS[1], evaluate(golden, before), evaluate(golden, after)))
    is_written = request.is_forced or not any(check.is_worse for check in checks)
    if is_written:
        progress(f"writing {request.out}")
        info = _info(request, about, pages, checks, place)
        # The reference pages of the base: no text of the site goes into the model.
        save_model(adapted, info, read_probe(base_path), request.out)
        write_card(request.out)
    return Adapted(tuple(checks), is_written)


def _warning_of_sites(name: str, pages: Sequence[LabelledPage]) -> str:
    """Say how many pages are of other sites by their headers; empty if none is.

    The name of a site is free: `gazette` fits `www.gazette.example`.
    """
    wanted = letters(name)
    sites = [(page.site, letters(page.site)) for page in pages if page.site]
    others = [site for site, own in sites if wanted not in own and own not in wanted]
    if not others:
        return ""
    names = sorted(set(others))
    named = ", ".join(names[:_N_NAMED]) + (", ..." if len(names) > _N_NAMED else "")
    which = f"{len(others)} of {count(len(pages), 'page')}"
    return f"by their headers, {which} are of other sites ({named}); adapt to one at a time"


def check_lines(check: Check) -> Iterator[str]:
    """A check as lines of Markdown: per label and in sum."""
    n_lines = sum(page.n_lines for page in check.before.pages)
    before, after = check.n_wrong
    yield f"## {check.name[0].upper()}{check.name[1:]}: {before} of {n_lines} lines wrong before, {after} after"
    yield ""
    columns = ("label", "precision", "recall", "F1 before", "precision", "recall", "F1 after", "lines")
    rows = tuple(
        (label, *_cells(check.before.labels[label]), *_cells(check.after.labels[label]), score.support)
        for label, score in check.before.labels.items()
    )
    yield from markdown_table(Table(columns, rows))


def _cells(score: Score) -> tuple[str, str, str]:
    return f"{score.precision:.3f}", f"{score.recall:.3f}", f"{score.f1:.3f}"


def folds(n_pages: int) -> NDArray[np.int64]:
    """Fold of each page: one page each below `_LEAVE_ONE_OUT` pages, else as many folds."""
    return np.arange(n_pages) % min(n_pages, _LEAVE_ONE_OUT)


def _held_out(base: Model, pages: Sequence[LabelledPage], place: int | None) -> list[Prediction]:
    """Classify each page by a model adapted on the pages of the other folds."""
    fold = folds(len(pages)).tolist()
    found: dict[int, Prediction] = {}
    for held in range(max(fold) + 1):
        chosen = [index for index, own in enumerate(fold) if own == held]
        model = with_site(base, [page for page, own in zip(pages, fold, strict=True) if own != held], place)
        found |= zip(chosen, model.classify_batch(pages[index].page for index in chosen), strict=True)
    return [found[index] for index in range(len(pages))]


def _read(paths: Sequence[Path]) -> list[LabelledPage]:
    pages = [page for path in paths for page in read_labelled(path)]
    pages = [page for page in pages if any(label is not None for label in page.labels)]
    if not pages:
        raise InputError(f"{', '.join(map(str, paths))}: no page has a line; label some: linesift label")
    if len(pages) > _MAX_PAGES:
        raise InputError(f"{len(pages)} pages: too many to adapt to (at most {_MAX_PAGES}); train with them instead")
    return pages


def _info(
    request: AdaptRequest,
    base: dict[str, Any],
    pages: Sequence[LabelledPage],
    checks: Sequence[Check],
    place: int | None,
) -> dict[str, Any]:
    """Collect what `model.json` keeps: all of the base's, and the pages and scores of each site.

    Args:
        request: the inputs and the name of the site.
        base: what `model.json` of the base holds.
        pages: the labelled pages.
        checks: what was counted before and after.
        place: index of the site among those of the base; `None` for a new one.
    """
    site = {
        "name": request.site,
        "command": _command(request),
        "pages": len(pages),
        "html_pages": sum(page.page.hints is not None for page in pages),
        "lines": sum(label is not None for page in pages for label in page.labels),
        "wrong_lines": {check.name: list(check.n_wrong) for check in checks},
    }
    sites = base.get("sites", [])
    place = len(sites) if place is None else place
    return {
        **{key: value for key, value in base.items() if key not in KEYS_WRITTEN_BY_SAVE},
        "name": request.out.resolve().name,
        "files": base.get("files", {}) | {short_name(path): digest(path) for path in request.pages},
        "sites": [*sites[:place], site, *sites[place + 1 :]],
    }


def _command(request: AdaptRequest) -> str:
    words = ["linesift", "adapt", "--site", request.site, *map(short_name, request.pages)]
    words += ["--model", short_name(request.model)] if request.model is not None else []
    words += ["--force"] if request.is_forced else []
    return shlex.join([*words, "--out", short_name(request.out)])
