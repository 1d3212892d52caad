"""Read the pages of a training run from all of its sources, and join what belongs to one page."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from linesift.example import Example
from linesift.labels import Label
from linesift.page import LabelSource
from linesift.read.labelled import read_labelled
from linesift.train.align import carry_over
from linesift.train.config import Progress, TrainConfig
from linesift.train.corpora import left_out, read_corpora, read_kinds
from linesift.train.dataset import read_dataset
from linesift.train.folds import fold_problem
from linesift.train.provenance import short_name
from linesift.write.terminal import count


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the pages of a training run come from."""

    pages: tuple[Path, ...]
    """Pages labelled line by line: `.page` files, directories of them, JSON lines."""
    corpora: Path | None = None
    """A directory of collections with gold; `linesift.train.corpora` aligns them."""
    datasets: tuple[str, ...] = ()
    """Datasets by path or name; see `linesift.train.dataset`."""


@dataclass(frozen=True, slots=True)
class TrainingPages:
    """The pages of a training run."""

    examples: list[Example]
    page_names: dict[str, frozenset[str]]
    """Names of the pages (`Example.source`) that came from each path of pages labelled line by line."""
    left_out: Counter[str]
    """Pages whose text is not learnt from, by `"<collection>: <reason>"`."""
    digests: dict[str, str]
    """SHA-256 of the rows of each dataset."""


def read_sources(sources: Sources, config: TrainConfig, progress: Progress) -> TrainingPages:
    """Read all pages; one that is labelled by hand and stands in a collection too is one example.

    Raises:
        InputError: if there is nothing to read at a path.
        LabelError: if a page is not in its format.
    """
    examples: list[Example] = []
    page_names: dict[str, frozenset[str]] = {}
    for path in sources.pages:
        known = _places_by_text(examples)
        found = [Example.of_page(page) for page in read_labelled(path)]
        places = [known.get(_text_of(example)) for example in found]
        page_names[short_name(path)] = frozenset(
            (example if place is None else examples[place]).source for example, place in zip(found, places, strict=True)
        )
        examples += [example for example, place in zip(found, places, strict=True) if place is None]
        if n_known := len(places) - places.count(None):
            progress(f"{path}: {count(n_known, 'page')} of {len(found)} read already, and not learnt twice")
    progress(f"{count(len(examples), 'page')} labelled line by line")
    counts = Counter[str]()
    digests: dict[str, str] = {}
    kinds: list[Example] = []
    if sources.corpora is not None:
        progress(f"reading and aligning {sources.corpora}")
        found = read_corpora(sources.corpora, frozenset(example.source for example in examples), jobs=config.jobs)
        examples, left = _joined(examples, found, progress, "corpora")
        counts += left
        kinds = read_kinds(sources.corpora, jobs=config.jobs)
        progress(f"{count(len(kinds), 'page')} of which the kind alone is known")
    for name in sources.datasets:
        dataset = read_dataset(name, jobs=config.jobs)
        examples, left = _joined(examples, dataset.examples, progress, name)
        counts += left
        digests[short_name(Path(name)) if Path(name).exists() else name] = dataset.digest
    return TrainingPages(_enough_html([*examples, *kinds], config, progress), page_names, counts, digests)


def _places_by_text(examples: Sequence[Example]) -> dict[tuple[str, str], int]:
    """Give the places of the pages labelled by hand by what they are known by under another name: site and text.

    A `.page` file has the name of its path; exported, the page has an id.
    """
    return {_text_of(example): place for place, example in enumerate(examples) if example.origin.is_by_hand}


def _text_of(example: Example) -> tuple[str, str]:
    return example.site, example.text.text


def _joined(
    known: Sequence[Example], found: Sequence[Example], progress: Progress, name: str
) -> tuple[list[Example], Counter[str]]:
    """Add pages to known ones, which keep their labels and get the HTML, and count the pages left out as text."""
    places, places_by_text = {example.source: place for place, example in enumerate(known)}, _places_by_text(known)
    joined, counts = list(known), left_out(found)
    new: list[Example] = []
    for example in found:
        place = places.get(example.source)
        if place is None and example.origin.is_by_hand:
            place = places_by_text.get(_text_of(example))
        if place is None:
            new.append(example)
            continue
        joined[place] = _with_html(joined[place], example)
        if example.text_labels is not None:
            reason = "read already" if example.origin.is_by_hand else "labelled by hand"
            counts[f"{example.origin.collection}: {reason}"] += 1
    n_texts = sum(example.text_labels is not None for example in new)
    n_unlabelled = sum(example.origin.labels is LabelSource.MODEL for example in new)
    progress(f"{count(n_texts, 'page')} of {name}, {counts.total()} left out; {n_unlabelled} without gold")
    return [*joined, *new], counts


def _with_html(example: Example, other: Example) -> Example:
    """Give a page that was labelled as text the HTML of the same page, with its labels carried over to the lines.

    Lines of the HTML whose label stays unknown are not learnt. A page that has HTML of its own stays as it is, and so
    does one whose other page has none.
    """
    if example.html is not None or other.html is None or example.text_labels is None:
        return example
    lines, labels = example.text.lines, example.text_labels
    # Labels of some lines of the HTML may stay unknown, so the article is that of the text.
    body = (line.strip() for line, label in zip(lines, labels, strict=True) if label is Label.BODY)
    carried = carry_over(lines, labels, other.html.lines)
    return replace(example, html=other.html, html_labels=carried, article=example.article or "\n".join(body))


def _enough_html(examples: Iterable[Example], config: TrainConfig, progress: Progress) -> list[Example]:
    """Take the HTML away where its pages cannot be learnt in the folds."""
    examples = list(examples)
    pages = [page for page in (example.as_html() for example in examples if example.has_line_gold) if page is not None]
    progress(f"{count(len(pages), 'page')} as HTML")
    problem = fold_problem(pages, config.n_folds) if pages else ""
    if not problem:
        return examples
    progress(f"markup is not learnt, and pages as HTML count as text: {problem}")
    return [replace(example, html=None, html_labels=None) for example in examples]
