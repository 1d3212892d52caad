"""Measure the models of the folds on pages of sites that they have not seen; write reports/accuracy.md.

The sections of `linesift train --report`, and those about our own collections: `make accuracy FOLDS=...`. Beside the
report stand its JSON form and the scores of single pages, `held_out.json`.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import linesift
from linesift.evaluate.evaluate import Pair, evaluate_pairs, scored_labels
from linesift.evaluate.held_out import HELD_OUT, HeldOut, pairs, write_held_out
from linesift.evaluate.kinds import against_rest
from linesift.evaluate.metrics import label_scores, macro_f1
from linesift.evaluate.read_pages import COLUMNS, count, is_read, score
from linesift.evaluate.report import TITLE, accuracy_report, floor_section, write_report
from linesift.evaluate.sections import Row, Section, Table
from linesift.model.model import Model
from linesift.train.augment import Rendering, rendered
from linesift.train.config import TrainConfig
from linesift.train.folds import CrossFit, classify_held_out, predict_held_out
from linesift.train.sources import Sources, read_sources

ROOT = Path(__file__).parents[1]
_REPORT = ROOT / "reports" / "accuracy.md"

INDONESIAN = "feryandi"
_WCXB = "wcxb"
"""Prefix of two collections from one source: articles, and other pages."""

_MAX_PAGES_PER_RENDERING = 1000

_GOALS: dict[str, dict[str, tuple[float | None, ...]]] = {
    "text": {
        "macro F1": (0.922, 0.939, 0.955, 0.95),
        "headline": (0.900, 0.920, 0.945, None),
        "body": (0.907, 0.924, 0.943, None),
        "timestamp": (0.894, 0.923, 0.945, None),
        "in-body": (0.73, 0.80, 0.90, 0.88),
        "all right": (0.29, 0.35, 0.46, None),
        "article F1": (0.951, 0.962, 0.972, None),
    },
    "HTML": {
        "macro F1": (0.955, 0.967, 0.978, 0.975),
        "headline": (0.975, 0.970, 0.985, None),
        "body": (0.953, 0.967, 0.978, None),
        "timestamp": (0.897, 0.934, 0.96, None),
        "in-body": (0.91, 0.93, 0.97, 0.96),
        "all right": (0.45, 0.54, 0.66, None),
        "article F1": (0.973, 0.978, 0.986, None),
    },
}
"""By form and score, on 743 pages that we do not have: before pages were learnt that had been read line by line, with
them and nothing else changed, and what is wanted; and what is wanted by folds."""


def main() -> int:
    """Read, classify, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="model directory that was trained with the folds")
    parser.add_argument("corpora", type=Path, help="directory of collections")
    parser.add_argument("folds", type=Path, help="models of the folds: linesift train --keep-folds")
    parser.add_argument("--pages", type=Path, action="append", help="pages labelled by hand, as for linesift train")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--out", type=Path, default=_REPORT)
    given = parser.parse_args()
    folds = tuple(linesift.load(path) for path in sorted(given.folds.iterdir()))
    models = CrossFit(folds, linesift.load(given.model))
    sources = Sources(tuple(given.pages or [ROOT / "data" / "pages"]), given.corpora)
    config = TrainConfig(jobs=given.jobs, n_folds=len(folds))
    read = read_sources(sources, config, lambda stage: print(stage, file=sys.stderr, flush=True))
    scored = predict_held_out(models, read.examples)
    write_report(given.out, TITLE, [*accuracy_report(scored, len(folds)), *collection_sections(scored, models)])
    write_held_out(given.out.with_name(HELD_OUT), given.model, evaluate_pairs(pairs(scored, is_html=True)))
    return 0


def collection_sections(scored: Sequence[HeldOut], models: CrossFit[Model]) -> Iterator[Section]:
    """Give the sections about our own collections."""
    texts = pairs(scored)
    yield _goals_section({"text": texts, "HTML": pairs(scored, is_html=True)})
    read = [pair for pair in texts if is_read(pair[0])]
    yield _address_section({"text": texts, "HTML": pairs(scored, is_html=True)}, models)
    yield floor_section("Floors on pages read line by line", [page for page, _ in read])
    rows = tuple((str(rendering), _rendered_f1(models, read, rendering)) for rendering in Rendering)
    about = f"The first {_MAX_PAGES_PER_RENDERING} of the pages read line by line, in other renderings."
    yield Section("Renderings", (about, Table(("rendering", "article F1"), rows)))
    by_hand = [pair for pair in texts if pair[0].origin.is_by_hand]
    indonesian = [pair for pair in by_hand if pair[0].origin.collection == INDONESIAN]
    if indonesian:
        score = macro_f1(label_scores(*scored_labels(indonesian)))
        sentence = f"The {len(indonesian)} pages of {INDONESIAN}, Indonesian but for a few: macro F1 {score:.4f}."
        yield Section("Labels on the Indonesian gold pages", (sentence,))
    forms = (("text", False), ("HTML", True))
    every = {name: pairs(scored, is_html=is_html, with_kind_only=True) for name, is_html in forms}
    groups = {
        f"{_WCXB}, {name}": [pair for pair in found if pair[0].origin.collection.startswith(_WCXB)]
        for name, found in every.items()
    }
    yield Section(f"Kinds of pages of {_WCXB}", (against_rest(groups),))


def _goals_section(every: Mapping[str, Sequence[Pair]]) -> Section:
    """Give the scores on pages read line by line beside those that are wanted."""
    about = (
        "The first three columns are of 743 other pages, of sites that occur in no collection here: before pages were "
        "learnt that had been read line by line, with them and nothing else changed, and what is wanted. The last two "
        "are of the pages here, by folds."
    )
    rows: list[Row] = []
    for form, found in every.items():
        scores = dict(zip(COLUMNS, score([count(pair) for pair in found if is_read(pair[0])]), strict=True))
        rows += [
            (f"{form}, {name}", *("" if goal is None else f"{goal:.3f}" for goal in goals), scores[name])
            for name, goals in _GOALS[form].items()
        ]
    columns = ("score", "before", "with read pages", "wanted", "wanted by folds", "here, by folds")
    return Section("Beside what is wanted", (about, Table(columns, tuple(rows))))


def _address_section(every: Mapping[str, Sequence[Pair]], models: CrossFit[Model]) -> Section:
    """Give the scores of pages read line by line whose address is known, without it and with it."""
    rows: list[Row] = []
    for form, found in every.items():
        known = [pair for pair in found if is_read(pair[0]) and pair[0].url]
        pages = [replace(page, page=replace(page.page, url=page.url)) for page, _ in known]
        with_address = zip(pages, classify_held_out(models, pages), strict=True)
        given = [(page, prediction) for page, prediction in with_address if prediction is not None]
        rows.append((form, *score([count(pair) for pair in known]), len(known)))
        rows.append((f"{form}, with the address", *score([count(pair) for pair in given]), len(given)))
    about = (
        "Pages read line by line whose address is known. All other scores here are of pages without it; archives and "
        "tables of pages have it. Some addresses have no words of the title, or are those of the site's front page. "
        "From HTML the title in the head says as much, and the address is not asked for."
    )
    return Section("With the address of the page", (about, Table(("pages", *COLUMNS, "number"), tuple(rows))))


def _rendered_f1(models: CrossFit[Model], read: Sequence[Pair], rendering: Rendering) -> float:
    """Article F1 of pages in another rendering."""
    some = [page for page, _ in read[:_MAX_PAGES_PER_RENDERING]]
    shown = [replace(rendered(page, rendering), article=page.gold_article) for page in some]
    predictions = classify_held_out(models, shown)
    scored = [(page, found) for page, found in zip(shown, predictions, strict=True) if found is not None]
    return evaluate_pairs(scored).article.f1


if __name__ == "__main__":
    sys.exit(main())
