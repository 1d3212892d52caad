"""Write the card of a model directory from its `model.json`, so that the two cannot differ."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from linesift.atomic import write_atomic
from linesift.errors import ModelError
from linesift.evaluate.sections import Table, markdown_table
from linesift.labels import KINDS, LABELS
from linesift.model.directory import CARD, read_about
from linesift.model.files import brief

_FRONT_MATTER = """\
---
license: apache-2.0
language: multilingual
library_name: linesift
pipeline_tag: text-classification
tags:
- news
- boilerplate-removal
- content-extraction
metrics:
- f1
---

"""
"""YAML that model hubs read at the top of a card, with the keys that they know."""

_INTRO = """\
# {name}

A model of linesift: it says what each line of a news page is, `headline`,
`body`, `timestamp` or `sidebar`. Generated from `model.json`; do not edit.

    linesift classify page.txt --model {name}

```python
import linesift

model = linesift.load("{name}")
print(model.classify(text).article().text)
```
"""

_SCORES = """\
Every page was scored by a model that had not seen its site ({n_folds} folds by site over all collections together).
Article scores compare the text of body lines with the gold text by 4-gram shingles; precision and recall are means over
pages, F1 that of the two means.
"""

_BY_HAND = """\
Headline and date lines of the collections with HTML are found by rules, and so are wrong at times. The pages that were
labelled line by line, each path by itself:
"""

_LICENCE = """\
## Licence

The weights are under Apache-2.0, as linesift is. The pages of the collections belong to their publishers: none of their
text is in this directory, and words stand in the weights as hashes only. The probe, reference pages whose probabilities
the model must give again, is taken from linesift's own pages.
"""

_LIMITS = """\
## Limits

- Made for pages of news and the like, one block of text per line. Lines broken at a fixed width, and pages of shops,
  forums or manuals, come out worse.
- A page in a language or of a layout that the collections lack comes out worse than the scores say; `linesift evaluate`
  on a few pages of your own tells.
- Teasers in whole sentences, comments and a second article below the first are what it most often takes for body.
- It labels what is on the page. It does not know whether the article is true, whole, or the one you wanted.
"""

CHECKS = ("held-out pages of the site", "golden pages")
"""Names of the pages that an adapted model is checked on (`linesift.train.adapt`)."""

About = Mapping[str, Any]
"""Contents of `model.json`, as `linesift.model.directory.read_about` gives them."""


def card(about: About) -> str:
    """Write the card of a trained model as Markdown.

    Raises:
        ModelError: if something is missing that the training wrote, or is of another type.
    """
    try:
        return _card(about)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise ModelError(
            f"model.json: what the card says of the training is incomplete ({brief(str(error))}); copy the model again"
        ) from error


def _card(about: About) -> str:
    parts = [
        _INTRO.format(name=about["name"]),
        *(["\n".join(_sites(about))] if about.get("sites") else []),
        "\n".join(_trained_on(about)),
        "\n".join(_scores(about)),
        "\n".join(_made(about)),
        _LIMITS,
        _LICENCE,
    ]
    return _FRONT_MATTER + "\n".join(part.rstrip("\n") + "\n" for part in parts)


def write_card(directory: Path) -> None:
    """Write `README.md` of a model directory from its `model.json`.

    Raises:
        ModelError: if the directory is not a model, or cannot be written.
    """
    text = card(read_about(directory))
    try:
        write_atomic(directory / CARD, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise ModelError(f"{directory}: cannot write the card: {error.strerror or error}") from error


def _sites(about: About) -> Iterator[str]:
    yield "## Adapted to\n"
    yield "Wrong lines before and after; the scores below are those of the base model.\n"
    rows = []
    for site in about["sites"]:
        wrong = site["wrong_lines"]
        checks = (" → ".join(map(str, wrong[name])) if name in wrong else "" for name in CHECKS)
        rows.append((site["name"], site["pages"], site["html_pages"], f"{site['lines']:,}", *checks))
    yield from markdown_table(Table(("site", "pages", "with HTML", "lines", *CHECKS), tuple(rows)))
    yield ""
    for site in about["sites"]:
        yield f"    {site['command']}"


def _trained_on(about: About) -> Iterator[str]:
    collections = about["collections"]
    yield "## Trained on\n"
    rows = [
        (name, *_counts(part), "; ".join(f"{count:,}: {reason}" for reason, count in sorted(part["left_out"].items())))
        for name, part in sorted(collections.items())
    ]
    rows.append(("all", *_counts(about["total"]), f"{about['total']['left_out']:,}"))
    yield from markdown_table(Table(("collection", "pages", "sites", "lines", "left out"), tuple(rows)))


def _counts(part: About) -> tuple[str, str, str]:
    return f"{part['pages']:,}", f"{part['sites']:,}", f"{part['lines']:,}"


def _scores(about: About) -> Iterator[str]:
    scores = about["scores"]
    yield "## Scores\n"
    yield _SCORES.format(n_folds=about["config"]["n_folds"])
    yield from _label_table(scores["all"])
    if scores["by_hand"]:
        yield f"\n{_BY_HAND.rstrip()}"
    for name, part in scores["by_hand"].items():
        yield f"\n### {name}\n"
        yield from _label_table(part)
    yield from _article_table(scores["all"], "article text")
    if scores["html"] is not None:
        yield "\nPages with HTML, read with what their markup says:\n"
        yield from _label_table(scores["html"])
        yield from _article_table(scores["html"], "article text, from HTML")
    if scores.get("kinds"):
        yield from _kinds(scores["kinds"])


def _kinds(scores: About) -> Iterator[str]:
    article = scores["article"]
    n_others = sum(map(sum, scores["counts"].values())) - article["support"]
    yield "\nWhat the pages are (rows), and what they were taken for:\n"
    rows = tuple((kind, *(f"{count:,}" for count in row)) for kind, row in scores["counts"].items())
    yield from markdown_table(Table(("kind", *KINDS), rows))
    yield ""
    columns = ("", "precision", "recall", "F1", "articles", "others")
    row = ("article or live against the rest", *_cells(article), f"{n_others:,}")
    yield from markdown_table(Table(columns, (row,)))


def _article_table(scores: About, title: str) -> Iterator[str]:
    yield ""
    groups = {**scores["by_collection"], "all": scores["article"]}
    rows = tuple((name, *_cells(score)) for name, score in groups.items())
    yield from markdown_table(Table((title, "precision", "recall", "F1", "pages"), rows))


def _label_table(scores: About) -> Iterator[str]:
    rows = tuple((label, *_cells(scores["labels"][label])) for label in LABELS)
    yield from markdown_table(Table(("label", "precision", "recall", "F1", "lines"), rows))
    article, calibration = scores["article"]["f1"], scores["calibration_error"]
    yield f"\nMacro F1 {scores['macro_f1']:.3f}; article F1 {article:.3f}; body calibration error {calibration:.3f}."


def _cells(score: About) -> tuple[str, str, str, str]:
    return f"{score['precision']:.3f}", f"{score['recall']:.3f}", f"{score['f1']:.3f}", f"{score['support']:,}"


def _temperatures(about: About) -> str:
    parts = {form: about[key] for form, key in (("text", "text"), ("HTML", "html")) if about[key] is not None}
    every = [f"{part['temperature']} for {form}" for form, part in parts.items()]
    if about["config"]["learner"] == "boosting":
        others = (f"{part['sure_temperature']} for {form}" for form, part in parts.items())
        every.append(f"and of lines that no network reads {', '.join(others)}")
    return f"temperatures {', '.join(every)}"


def _made(about: About) -> Iterator[str]:
    yield "## Made by\n"
    yield f"    {about['command']}\n"
    yield f"Features `{about['fingerprint']}`, {_temperatures(about)}."
    for title in ("config", "decoding", "versions"):
        values = ", ".join(f"{key} {value}" for key, value in about[title].items())
        yield f"{title.capitalize()}: {values}."
    yield ""
    rows = tuple((name, f"`{digest}`") for name, digest in about["files"].items())
    yield from markdown_table(Table(("file read", "SHA-256"), rows))
