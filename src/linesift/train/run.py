"""Train a model on labelled pages and corpora, score it, and write its directory: the work of `linesift train`.

1. Read the pages (`linesift.train.sources`).
2. For each fold, fit one model on all other folds; and one on all pages (`linesift.train.fit`,
   `linesift.train.page_kind`).
3. Classify every page by the model that has not seen its site, and score the predictions.
4. Write the directory with its card, and the accuracy report where one is asked for.
"""

import json
import platform
import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from linesift.errors import InputError
from linesift.evaluate.card import write_card
from linesift.evaluate.evaluate import Report, collection_names, evaluate_pairs
from linesift.evaluate.held_out import HELD_OUT, HeldOut, pairs, write_held_out
from linesift.evaluate.kinds import KindReport, evaluate_kinds
from linesift.evaluate.report import TITLE, accuracy_report, write_report
from linesift.example import Example
from linesift.extras import require_extra
from linesift.model.directory import check_place, save_model
from linesift.read.find import require_there
from linesift.train.config import Learner, Progress, TrainConfig
from linesift.train.corpora import KIND_GOLD, corpus_files
from linesift.train.dataset import check_dataset
from linesift.train.fit import fit
from linesift.train.folds import predict_held_out
from linesift.train.page_kind import fit_page_kind
from linesift.train.probe import probe_pages
from linesift.train.provenance import digest, short_name
from linesift.train.sources import Sources, TrainingPages, read_sources


@dataclass(frozen=True, slots=True)
class TrainRequest:
    """Inputs, configuration and outputs of a training run."""

    pages: tuple[Path, ...]
    """Pages labelled line by line: `.page` files, directories of them, JSON lines."""
    out: Path
    """The model directory, made where it is missing."""
    corpora: Path | None = None
    """A directory of collections with gold; `linesift.train.corpora` aligns them."""
    config: TrainConfig = field(default_factory=TrainConfig)
    report: Path | None = None
    """Where to write the accuracy report in full, as Markdown and beside it as JSON; the card has its main figures."""
    datasets: tuple[str, ...] = ()
    """Datasets by path or name; see `linesift.train.dataset`."""
    keep_folds: Path | None = None
    """Directory for the model of each fold, which has not seen its sites, to measure it there; `None` to drop them."""


@dataclass(frozen=True, slots=True)
class Trained:
    """Directory of a new model, and scores of pages by models that have not seen their sites."""

    directory: Path
    report: Report
    reports_by_path: dict[str, Report]
    """The same for the pages of each path in `TrainRequest.pages`; empty where that is all pages."""
    html: Report | None = None
    """The same for the pages read as HTML; `None` without any."""
    kinds: KindReport | None = None
    """Predicted kinds of the pages as text; `None` where the model gives no kinds."""


def train(request: TrainRequest, progress: Progress) -> Trained:
    """Read, fit, score by site-grouped folds, save the model and write its card.

    Raises:
        InputError: if there is nothing to read, or the report is not `.md`.
        LabelError: if a page is not in its format, the pages are of too few sites, or a label is on too few of them.
        MissingExtraError: if the packages of the train extra are missing.
        ModelError: if `out` is not a place for a model, or cannot be written.
    """
    _check_packages(request)
    _check_places(request)
    data = read_sources(Sources(request.pages, request.corpora, request.datasets), request.config, progress)
    probe = probe_pages()
    models = fit_page_kind(fit(data.examples, request.config, progress), data.examples, request.config, progress)
    progress("scoring the held-out folds")
    scored = predict_held_out(models, data.examples)
    trained = _trained(request.out, data, scored)
    progress(f"writing {request.out}")
    info = _info(request, data, trained)
    if request.keep_folds is not None:
        for fold, model in enumerate(models.without_fold):
            save_model(model, info, probe, request.keep_folds / str(fold))
    save_model(models.everything, info, probe, request.out)
    write_card(request.out)
    if request.report is not None:  # after the model, which took longer
        progress(f"writing {request.report}")
        write_report(request.report, TITLE, list(accuracy_report(scored, request.config.n_folds)))
        if trained.html is not None:
            write_held_out(request.report.with_name(HELD_OUT), request.out, trained.html)
    return trained


def _trained(directory: Path, data: TrainingPages, scored: Sequence[HeldOut]) -> Trained:
    """Score the held-out predictions."""
    texts, htmls = pairs(scored), pairs(scored, is_html=True)
    reports = {
        path: evaluate_pairs([pair for pair in texts if pair[0].source in names])
        for path, names in data.page_names.items()
        if len(names) < len(texts)
    }
    return Trained(
        directory,
        report=evaluate_pairs(texts),
        reports_by_path=reports,
        html=evaluate_pairs(htmls) if htmls else None,
        kinds=evaluate_kinds(pairs(scored, with_kind_only=True)),
    )


def _check_packages(request: TrainRequest) -> None:
    require_extra("training", "joblib", "sklearn", "scipy", "threadpoolctl")
    if request.config.learner == Learner.BOOSTING:
        require_extra("training boosted trees", "catboost")
    if request.corpora is not None or request.datasets:
        require_extra("reading collections", "datasets", "resiliparse")
    if request.report is not None:
        if request.report.suffix != ".md":
            raise InputError(f"{request.report}: the report is Markdown, with JSON beside it; name it .md")
        require_extra("the accuracy report", "py3langid")


def _check_places(request: TrainRequest) -> None:
    """Refuse at once what could not be read or written after minutes of reading and fitting."""
    require_there(request.pages)
    if request.corpora is not None:
        corpus_files(request.corpora)
    for name in request.datasets:
        check_dataset(name)
    check_place(request.out)
    if request.keep_folds is not None:
        for fold in range(request.config.n_folds):
            check_place(request.keep_folds / str(fold))


def _info(request: TrainRequest, data: TrainingPages, trained: Trained) -> dict[str, Any]:
    """Collect what `model.json` keeps of the training: inputs, settings, versions and scores."""
    files = list(request.pages)
    if request.corpora is not None:
        files += [*corpus_files(request.corpora), *request.corpora.glob(f"{KIND_GOLD}.parquet")]
    texts = [each for each in data.examples if each.has_line_gold and each.text_labels is not None]
    return {
        "name": request.out.resolve().name,
        "command": _command(request),
        "config": asdict(request.config),
        "versions": dict(_versions(request)),
        "files": {short_name(path): digest(path) for path in files} | data.digests,
        "collections": _collections(texts, data.left_out),
        "total": {**_counts(texts), "left_out": data.left_out.total()},
        "scores": {
            "all": _scores(trained.report),
            "html": _scores(trained.html) if trained.html is not None else None,
            "by_hand": {name: _scores(report) for name, report in trained.reports_by_path.items()},
            "kinds": None if trained.kinds is None else trained.kinds.to_dict(),
        },
    }


def _command(request: TrainRequest) -> str:
    config = request.config
    words = ["linesift", "train"]
    for path in request.pages:
        words += ["--pages", short_name(path)]
    words += ["--corpora", short_name(request.corpora)] if request.corpora is not None else []
    for name in request.datasets:
        words += ["--dataset", short_name(Path(name)) if Path(name).exists() else name]
    words += [] if config.learn_aligned else ["--no-learn-aligned"]
    words += ["--model-kind", config.learner, "--folds", str(config.n_folds), "--seed", str(config.seed)]
    return shlex.join([*words, "--jobs", str(config.jobs), "--out", short_name(request.out)])


def _versions(request: TrainRequest) -> Iterator[tuple[str, str]]:
    yield "python", platform.python_version()
    names = ["linesift", "numpy", "scikit-learn"]
    names += ["catboost"] if request.config.learner == Learner.BOOSTING else []
    names += ["datasets", "resiliparse"] if request.corpora is not None else []
    for name in names:
        try:
            yield name, version(name)
        except PackageNotFoundError:  # a checkout on the path, not installed
            yield name, "unknown"


def _collections(examples: Sequence[Example], left_out: Counter[str]) -> dict[str, Any]:
    reasons: dict[str, dict[str, int]] = {}
    for key, count in left_out.items():
        name, _, reason = key.partition(": ")
        reasons.setdefault(name, {})[reason] = count
    groups = collection_names([example.origin for example in examples])
    return {
        name: {
            **_counts([example for example, group in zip(examples, groups, strict=True) if group == name]),
            "left_out": reasons.get(name, {}),
        }
        for name in sorted({*groups, *reasons})
    }


def _counts(examples: Sequence[Example]) -> dict[str, int]:
    labels = (label for example in examples for label in example.text_labels or ())
    return {
        "pages": len(examples),
        "sites": len({example.site for example in examples}),
        "lines": sum(label is not None for label in labels),
    }


def _scores(report: Report) -> dict[str, Any]:
    """Select what `model.json` keeps of a report: the scores, not the pages."""
    scores: dict[str, Any] = json.loads(report.to_json())
    return {
        key: scores[key] for key in ("labels", "macro_f1", "article", "by_collection", "words", "calibration_error")
    }
