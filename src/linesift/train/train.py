"""Labelled pages and corpora to a model directory with its card: what `linesift train` does."""

import json
import platform
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from linesift.atomic import write_atomic
from linesift.errors import InputError
from linesift.evaluate.card import write_card
from linesift.evaluate.evaluate import Report, evaluate
from linesift.evaluate.held_out import HELD_OUT, write_held_out
from linesift.evaluate.kinds import KindReport, evaluate_kinds
from linesift.evaluate.report import TITLE, accuracy_report
from linesift.evaluate.sections import Section, as_json, markdown
from linesift.extras import require_extra
from linesift.model.directory import save_model
from linesift.page import LabelledPage, Page
from linesift.read.labelled import LABELLED_SUFFIX, OWN_COLLECTION, read_labelled
from linesift.train.align import carry_over
from linesift.train.corpora import KIND_GOLD, corpus_files, read_corpora, read_kinds, read_unlabelled
from linesift.train.dataset import read_dataset
from linesift.train.examples import Progress, TrainConfig
from linesift.train.fit import fit
from linesift.train.folds import site_folds
from linesift.train.page_kind import fit_page_kind
from linesift.train.provenance import digest, short_name
from linesift.train.pseudo_labels import UnlabelledPage

BY_HAND = " by hand"
"""Ends the collection of pages from JSON lines, to tell them from the aligned pages of the same collection."""

N_PROBES = 2


@dataclass(frozen=True, slots=True)
class TrainRequest:
    """What to train on, how, and where to."""

    pages: tuple[Path, ...]
    """Pages labelled line by line: `.page` files, directories of them, JSON lines; some `.page` file among them."""
    out: Path
    """The model directory, made where it is missing."""
    corpora: Path | None = None
    """A directory of collections with gold; `linesift.train.corpora` aligns them."""
    config: TrainConfig = field(default_factory=TrainConfig)
    report: Path | None = None
    """Where to write the accuracy report in full, as Markdown and beside it as JSON; the card has its main figures."""
    datasets: tuple[str, ...] = ()
    """Datasets by path or name; see `linesift.train.dataset`."""
    folds: Path | None = None
    """Where to keep the model of each fold, for whatever else is measured on pages of sites that it has not seen."""


@dataclass(frozen=True, slots=True)
class Trained:
    """The directory of a new model, and how models that had not seen a page's site did on it."""

    directory: Path
    report: Report
    by_hand: dict[str, Report]
    """The same for the pages of each path in `TrainRequest.pages`; empty where that is all pages."""
    html: Report | None = None
    """The same for the pages read as HTML; `None` without any."""
    kinds: KindReport | None = None
    """What the pages were taken for, as plain text; `None` where the model gives no kinds."""


@dataclass(frozen=True, slots=True)
class _Data:
    """The pages of a training run."""

    pages: list[LabelledPage]
    by_hand: dict[str, range]
    """Which of them each path of pages labelled line by line gave."""
    left_out: Counter[str]
    html_pages: list[LabelledPage] = field(default_factory=list)
    """With hints: pages labelled line by line that have their HTML, and the corpora's pages again, read as HTML."""
    unlabelled: list[UnlabelledPage] = field(default_factory=list)
    """The corpora's pages without gold, and not labelled by hand either."""
    others: list[LabelledPage] = field(default_factory=list)
    """Pages of which the kind alone is known, for the model of page kinds."""
    html_others: list[LabelledPage] = field(default_factory=list)


def train(request: TrainRequest, progress: Progress) -> Trained:
    """Read, fit, score by site-grouped folds, save the model and write its card.

    Raises:
        InputError: if there is nothing to read, or `out` is not a place for a model.
        LabelError: if a page is not in its format, or the pages are of too few sites.
        MissingExtraError: if the packages of the train extra are missing.
        ModelError: if the model cannot be written.
    """
    _check_packages(request)
    _check_place(request.out)
    data, digests = _with_datasets(_read(request, progress), request, progress)
    probe = _probe(data)
    fitted = fit(data.pages, request.config, progress, data.html_pages, data.unlabelled)
    known = ([*data.pages, *data.others], [*data.html_pages, *data.html_others])
    fitted = fit_page_kind(fitted, *known, request.config, progress)
    progress("scoring the held-out folds")
    held_out = fitted.held_out_predictions(data.pages)
    report = evaluate(data.pages, held_out)
    parts = {name: slice(rows.start, rows.stop) for name, rows in data.by_hand.items() if len(rows) < len(data.pages)}
    by_hand = {name: evaluate(data.pages[rows], held_out[rows]) for name, rows in parts.items()}
    html = None
    if data.html_pages:
        html = evaluate(data.html_pages, fitted.held_out_predictions(data.html_pages))
    kinds = evaluate_kinds(known[0], [*held_out, *fitted.held_out_predictions(data.others)])
    trained = Trained(request.out, report, by_hand, html, kinds)
    progress(f"writing {request.out}")
    about = _about(request, data, trained)
    about = {**about, "files": about["files"] | digests}
    if request.folds is not None:
        for fold, model in enumerate(fitted.fold_models):
            save_model(model, about, probe, request.folds / str(fold))
    save_model(fitted.model, about, probe, request.out)
    write_card(request.out)
    if request.report is not None:  # after the model, which took longer
        progress(f"writing {request.report}")
        sections = accuracy_report(fitted, data.pages, data.html_pages, data.others, data.html_others)
        write_report(request.report, TITLE, list(sections))
        if html is not None:
            write_held_out(request.report.with_name(HELD_OUT), request.out, html)
    return trained


def write_report(path: Path, title: str, sections: Sequence[Section]) -> None:
    """Write a report as Markdown, and beside it as JSON, both aside and renamed.

    Raises:
        InputError: if it cannot be written.
    """
    texts = {path: "\n".join(markdown(title, sections)) + "\n", path.with_suffix(".json"): as_json(title, sections)}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for place, text in texts.items():
            write_atomic(place, text.encode("utf-8"))
    except OSError as error:
        raise InputError(f"{path}: cannot write the report: {error.strerror or error}") from error


def _check_packages(request: TrainRequest) -> None:
    require_extra("training", "sklearn", "scipy")
    if request.config.kind == "boosting":
        require_extra("training boosted trees", "catboost")
    if request.corpora is not None or request.datasets:
        require_extra("reading corpora", "datasets", "resiliparse")
    if request.report is not None:
        if request.report.suffix == ".json":
            raise InputError(f"{request.report}: the report is Markdown, with JSON beside it; name it .md")
        require_extra("the accuracy report", "py3langid")


def _check_place(out: Path) -> None:
    """Refuse at the start what would fail or do harm after minutes of fitting."""
    if out.is_dir() and any(out.iterdir()) and not (out / "model.json").is_file():
        raise InputError(f"{out}: holds files but no model; name a new directory or that of a model to replace")
    if out.exists() and not out.is_dir():
        raise InputError(f"{out}: is a file; name a directory")
    there = next(place for place in (out, *out.absolute().parents) if place.exists())
    try:
        with TemporaryDirectory(dir=there, prefix=".linesift-"):
            pass
    except OSError as error:
        raise InputError(f"{out}: cannot be written ({(error.strerror or str(error)).lower()})") from error


def _read(request: TrainRequest, progress: Progress) -> _Data:
    """Read all pages; an aligned page that was also labelled by hand is left out. Hints are for the HTML part alone."""
    pages: list[LabelledPage] = []
    hinted: list[LabelledPage] = []
    by_hand: dict[str, range] = {}
    for path in request.pages:
        start = len(pages)
        found = list(_by_hand(path))
        hinted += [page for page in found if page.page.hints is not None]
        pages += [replace(page, page=replace(page.page, hints=None)) for page in found]
        by_hand[short_name(path)] = range(start, len(pages))
    progress(f"{len(pages)} pages labelled line by line")
    if request.corpora is None:
        return _Data(pages, by_hand, Counter(), hinted)
    progress(f"reading and aligning {request.corpora}")
    known = {page.page.source: page for page in pages}
    corpora = read_corpora(request.corpora, jobs=request.config.jobs)
    left_out = corpora.left_out + Counter(
        f"{page.collection}: labelled by hand" for page in corpora.pages if page.page.source in known
    )
    kept = [page for page in corpora.pages if page.page.source not in known]
    progress(f"{len(kept)} pages of corpora, {left_out.total()} left out")
    progress(f"reading {request.corpora} as HTML")
    html = read_corpora(request.corpora, jobs=request.config.jobs, is_html=True).pages
    unlabelled = read_unlabelled(request.corpora, jobs=request.config.jobs)
    seen_twice = [page.page for page in html if page.page.source in known]
    seen_twice += [page.html for page in unlabelled if page.html.source in known]
    hinted += [page for page in (_carried(known[html.source], html) for html in seen_twice) if page is not None]
    hinted += [page for page in html if page.page.source not in known]
    unlabelled = [page for page in unlabelled if page.html.source not in known]
    progress(f"{len(hinted)} pages as HTML, {len(unlabelled)} pages without gold")
    kinds = [read_kinds(request.corpora, jobs=request.config.jobs, is_html=is_html) for is_html in (False, True)]
    progress(f"{len(kinds[0])} pages of which the kind alone is known")
    return _Data(pages + kept, by_hand, left_out, hinted, unlabelled, *kinds)


def _carried(page: LabelledPage, html: Page) -> LabelledPage | None:
    """A page that was labelled by hand as text, with its labels on the lines of its HTML."""
    labels = carry_over(page.page.lines, page.labels, html.lines)
    return None if labels is None else replace(page, page=html, labels=tuple(labels), doubtful=frozenset())


def _with_datasets(data: _Data, request: TrainRequest, progress: Progress) -> tuple[_Data, dict[str, str]]:
    """Add the pages of datasets that are not there already, and give the digests of their rows."""
    known = {page.page.source for page in data.pages}
    digests: dict[str, str] = {}
    for name in request.datasets:
        found = read_dataset(name, jobs=request.config.jobs)
        added = [_marked(page) for page in found.pages if page.page.source not in known]
        known |= {page.page.source for page in added}
        hinted = {page.page.source for page in data.html_pages}
        html = [page for page in found.html_pages if page.page.source not in hinted]
        progress(f"{len(added)} pages of {name}, {found.left_out.total()} left out")
        data = replace(
            data,
            pages=data.pages + added,
            html_pages=data.html_pages + html,
            left_out=data.left_out + found.left_out,
        )
        digests[short_name(Path(name)) if Path(name).exists() else name] = found.digest
    n_folds = request.config.n_folds
    if data.html_pages and len(set(site_folds(data.html_pages, n_folds).tolist())) < n_folds:
        progress(f"{len(data.html_pages)} pages with HTML are of too few sites to learn markup; they count as text")
        data = replace(data, html_pages=[])
    return data, digests


def _by_hand(path: Path) -> Iterator[LabelledPage]:
    yield from map(_marked, read_labelled(path))


def _marked(page: LabelledPage) -> LabelledPage:
    """The page in a collection whose name says that it was labelled by hand; our own need no mark."""
    has_mark = not page.by_hand or page.collection == OWN_COLLECTION
    return page if has_mark else replace(page, collection=page.collection + BY_HAND)


def _probe(data: _Data) -> dict[str, str]:
    """Choose the pages that the saved model must reproduce: `.page` files, because their text stands in the directory.

    All from the first path that has enough, so that with `data/pages` before the pages of sites none of a site's is.
    """
    parts = [data.pages[rows.start : rows.stop] for rows in data.by_hand.values()]
    for part in (*parts, data.pages):
        own = [page.page for page in part if page.collection == OWN_COLLECTION and page.labels]
        if len(own) >= N_PROBES:
            step = len(own) // N_PROBES
            return {Path(page.source).name: page.text for page in own[::step][:N_PROBES]}
    raise InputError(
        f"{len(own)} {LABELLED_SUFFIX} files among the pages; a model needs {N_PROBES} for its probe, "
        "because pages of other collections may not be copied into it"
    )


def _about(request: TrainRequest, data: _Data, trained: Trained) -> dict[str, Any]:
    files = list(request.pages)
    if request.corpora is not None:
        files += [*corpus_files(request.corpora), *request.corpora.glob(f"{KIND_GOLD}.parquet")]
    return {
        "name": request.out.resolve().name,
        "command": _command(request),
        "config": asdict(request.config),
        "versions": dict(_versions(request)),
        "files": {short_name(path): digest(path) for path in files},
        "collections": _collections(data),
        "total": {**_counts(data.pages), "left_out": data.left_out.total()},
        "scores": {
            "all": _scores(trained.report),
            "html": _scores(trained.html) if trained.html is not None else None,
            "by_hand": {name: _scores(report) for name, report in trained.by_hand.items()},
            "kinds": None if trained.kinds is None else trained.kinds.to_dict(),
        },
    }


def _command(request: TrainRequest) -> str:
    words = ["linesift train"]
    words += [f"--pages {short_name(path)}" for path in request.pages]
    words += [f"--corpora {short_name(request.corpora)}"] if request.corpora is not None else []
    words += [f"--dataset {short_name(Path(name)) if Path(name).exists() else name}" for name in request.datasets]
    config = request.config
    words += [f"--model-kind {config.kind} --folds {config.n_folds} --seed {config.seed} --jobs {config.jobs}"]
    return " ".join([*words, f"--out {short_name(request.out)}"])


def _versions(request: TrainRequest) -> Iterator[tuple[str, str]]:
    yield "python", platform.python_version()
    names = ["linesift", "numpy", "scikit-learn"]
    names += ["catboost"] if request.config.kind == "boosting" else []
    names += ["datasets", "resiliparse"] if request.corpora is not None else []
    for name in names:
        try:
            yield name, version(name)
        except PackageNotFoundError:  # a checkout on the path, not installed
            yield name, "unknown"


def _collections(data: _Data) -> dict[str, Any]:
    reasons: dict[str, dict[str, int]] = {}
    for key, count in data.left_out.items():
        name, _, reason = key.partition(": ")
        reasons.setdefault(name, {})[reason] = count
    names = sorted({page.collection for page in data.pages} | reasons.keys())
    return {
        name: {
            **_counts([page for page in data.pages if page.collection == name]),
            "left_out": reasons.get(name, {}),
        }
        for name in names
    }


def _counts(pages: Sequence[LabelledPage]) -> dict[str, int]:
    return {
        "pages": len(pages),
        "sites": len({page.site for page in pages}),
        "lines": sum(label is not None for page in pages for label in page.labels),
    }


def _scores(report: Report) -> dict[str, Any]:
    """What `model.json` keeps of a report: the scores, not the pages."""
    scores: dict[str, Any] = json.loads(report.to_json())
    return {
        key: scores[key] for key in ("labels", "macro_f1", "article", "by_collection", "words", "calibration_error")
    }
