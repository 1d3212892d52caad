"""Report of pages as one HTML file: lines in the colour of their label, and the article beside them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from linesift.labels import LABELS
from linesift.page import per_cent
from linesift.write import html, tables
from linesift.write.reasons import brief
from linesift.write.terminal import DOUBT, Tally, marked_lines, summary, tally

if TYPE_CHECKING:  # numpy comes with it, and `--help` does not wait for numpy
    from linesift.explain.explain import Explainer
    from linesift.model.prediction import Prediction

_LABELS = "".join(
    f'<label><input type="checkbox" name="no-{label[0]}" checked> {label}</label>' for label in LABELS
)  # fmt: skip
_HEADER = """\
<header>
<h1>{title}</h1>
<div class="tools" hidden>
{labels}
<label><input type="checkbox" name="only-d"> only in doubt</label>
<span><button id="previous" title="Key p">‹ doubt</button> <button id="next" title="Key n">doubt ›</button>
<span id="place" role="status"></span></span>
</div>
<button id="theme" hidden></button>
</header>
"""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A page in the list of pages."""

    number: int
    """Number of the page in the report, from 1."""
    name: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class PageSection:
    """A page as a part of the report."""

    entry: _Entry
    html: str


def report(sections: "Iterable[PageSection]", title: str) -> Iterator[str]:
    """Write the report in pieces; of pages that are written, only names and counts stay in memory.

    The script hides labels, jumps between doubtful lines and shows one page at a time; without it the whole report is
    shown.
    """
    yield from html.document(title, _parts(sections, title), styles=["report.css"], scripts=["report.js"])


def page_section(prediction: "Prediction", number: int, *, explainer: "Explainer | None" = None) -> PageSection:
    """Write the part of a page.

    The label of a line is a word and a colour, its probability a number and the depth of the colour; lines under
    `DOUBT` are marked. Each line has its own writing direction.

    Args:
        prediction: the page.
        number: its number in the report, from 1.
        explainer: gives the reasons of doubtful lines.
    """
    entry = _Entry(number, prediction.page.url or prediction.page.source or "page", tally(prediction))
    return PageSection(entry, "".join(_page(prediction, entry, _reasons(prediction, explainer))))


def _parts(sections: "Iterable[PageSection]", title: str) -> Iterator[str]:
    yield _HEADER.format(title=html.text(title), labels=_LABELS)
    yield '<div id="frame">\n<main>\n'
    entries = []
    for section in sections:
        entries.append(section.entry)
        yield section.html
    yield "</main>\n"
    if len(entries) > 1:
        yield from _list(entries)
    yield "</div>\n"


def _reasons(prediction: "Prediction", explainer: "Explainer | None") -> dict[int, list[str]]:
    """Explain the doubtful lines, by number of the line."""
    if explainer is None:
        return {}
    from linesift.explain.explain import affordable

    asked = affordable(prediction, marked_lines(prediction))
    return {each.index + 1: brief(each) for each in explainer.explain(prediction, asked)}


def _page(prediction: "Prediction", entry: _Entry, reasons: dict[int, list[str]]) -> Iterator[str]:
    yield f'<section class="page" id="p{entry.number}" aria-labelledby="h{entry.number}">\n'
    yield f'<h2 id="h{entry.number}" dir="auto">{html.text(entry.name)}</h2>\n<p>{summary(entry.tally)}</p>\n'
    yield '<div class="both">\n<ol class="lines">\n'
    last = 0
    for row in tables.rows(prediction):
        context = _LineContext(f"p{entry.number}-{row.number}", row.number > last + 1, reasons.get(row.number, []))
        yield _line(row, prediction, context)
        last = row.number
    yield "</ol>\n"
    yield from _article(prediction)
    yield "</div>\n</section>\n"


@dataclass(frozen=True, slots=True)
class _LineContext:
    """Content of the report for a line, in addition to its row."""

    id: str
    is_after_blank: bool
    reasons: list[str]


def _line(row: tables.Row, prediction: "Prediction", context: _LineContext) -> str:
    """Write one line of a page; names of classes are one letter, because there may be a hundred thousand lines."""
    probabilities = prediction.probabilities[row.number - 1]
    ranked = sorted(LABELS, key=lambda label: -probabilities[label.column])
    all_labels = ", ".join(f"{label} {per_cent(probabilities[label.column])}" for label in ranked)
    is_doubtful = row.probability < DOUBT
    classes = [row.label[0], *(["d"] if is_doubtful else []), *(["gap"] if context.is_after_blank else [])]
    other = next(label for label in ranked if label is not row.label)
    alternative = (
        _alternative(f"or {other} {per_cent(probabilities[other.column])}", context.reasons) if is_doubtful else ""
    )
    return (
        f'<li class="{" ".join(classes)}" id="{context.id}" style="--c:{row.probability:.2f}" title="{all_labels}">'
        f'<span class="n">{row.number}</span><span class="l">{row.label}</span>'
        f'<span class="c">{per_cent(row.probability)}{"?" if is_doubtful else ""}</span>'
        f'<span class="x" dir="auto">{html.text(row.text.strip())}</span>{alternative}</li>\n'
    )


def _alternative(text: str, reasons: list[str]) -> str:
    if not reasons:
        return f'<span class="o">{text}</span>'
    items = "".join(f"<li>{html.text(reason)}</li>" for reason in reasons)
    return f'<details class="o"><summary>{text}</summary><ul>{items}</ul></details>'


def _article(prediction: "Prediction") -> Iterator[str]:
    article = prediction.article()
    yield '<aside aria-label="Article">\n'
    if prediction.kind:
        yield f'<p class="about">{html.text(prediction.kind)}</p>\n'
    if article.headline:
        yield f'<h3 dir="auto">{html.text(article.headline)}</h3>\n'
    if article.timestamp:
        yield f'<p class="about" dir="auto">{html.text(article.timestamp)}</p>\n'
    yield from (f'<p class="{part.kind}" dir="auto">{html.text(part.text)}</p>\n' for part in article.body)
    if not (article.headline or article.body):
        yield "<p>No article was found on this page.</p>\n"
    yield "</aside>\n"


def _list(entries: list[_Entry]) -> Iterator[str]:
    yield '<nav id="pages" aria-label="Pages">\n'
    yield '<input id="find" type="search" placeholder="Find a page" aria-label="Find a page">\n<ol>\n'
    for entry in entries:
        n_doubtful = entry.tally.n_doubtful
        count = f'<span class="count">{n_doubtful} ?</span>' if n_doubtful else ""
        name = f'<span class="name" dir="auto">{html.text(entry.name)}</span>'
        yield f'<li><a href="#p{entry.number}">{name}{count}</a></li>\n'
    yield "</ol>\n</nav>\n"
