"""Score the doubtful lines of a page again, with what is known by now of all its lines.

The first scores see a line and those around it. But whose words a line has, those of the article or those of other
stories, can be told only when the lines of the page have labels, at least likely ones. So can the way from a line to
the next sure date, title or paragraph. Lines that are in doubt get a correction from this, by boosted trees.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linesift.fast import Choice, Sizes, make_is_kept
from linesift.features.batch import LONG, Batch, from_fixed, read_batch, running_sum
from linesift.features.chars import nonzero_indices
from linesift.features.markup import Groups
from linesift.features.topic import is_lead, shared_words
from linesift.hints import Hints, no_hints
from linesift.labels import LABELS, Label
from linesift.model.doubt import doubtful
from linesift.model.trees import TreeScorer

_MARKED = {
    "likely_headline": (Label.HEADLINE, 0.5),
    "likely_body": (Label.BODY, 0.5),
    "sure_body": (Label.BODY, 0.9),
    "likely_timestamp": (Label.TIMESTAMP, 0.5),
    "sure_sidebar": (Label.SIDEBAR, 0.9),
}
"""Lines to which the distance is a column: those above this probability of the label."""
_MARKED_COLUMNS = [label.column for label, _ in _MARKED.values()]
_MARKED_BOUNDS = np.array([[bound] for _, bound in _MARKED.values()], np.float32)
_END = 0.5
"""The article ends above a line if the probabilities of body, from this line on, sum up to no more than this."""
_LIKELY_TITLE = 0.2
"""Probability from which the likeliest headline of a page counts as its title."""
_SHARED = (*map(str, LABELS), "lead", "short_body", "long_sidebar", "sidebar_after", "title")
"""Lines in which the words of a doubtful line are looked for; `_weights` says how much each counts."""

_LINKED, _EMPHASISED = 0.5, 0.8
"""Share of a line's characters from which it is a link, and from which it is emphasised."""

LOOK_NAMES = (
    *(f"look.{label}" for label in LABELS),
    "look.words",
    "look.sentences",
    *(f"look.{name}.{side}" for name in _MARKED for side in ("above", "below")),
    *(f"look.words_in_{name}.{what}" for name in _SHARED for what in ("share", "weight")),
)
"""Columns of a doubtful line."""

TEMPLATE_NAMES = ("look.template.body", "look.template.sidebar", "look.template.lines")
"""Further columns of a line of a page with hints: mean probabilities of the other lines of its template, and how many
these are. Lines of one path are of one template if they are links or not, and emphasised or not, alike."""


def look_names(*, is_html: bool) -> tuple[str, ...]:
    """Give the names of the columns of `look_table`."""
    return (*LOOK_NAMES, *TEMPLATE_NAMES) if is_html else LOOK_NAMES


@dataclass(frozen=True, slots=True, eq=False)
class SecondLook:
    """Corrects the scores of doubtful lines."""

    trees: TreeScorer
    """Their scores are added to the log-odds."""

    def corrected(
        self, batch: Batch, log_odds: NDArray[np.float32], probabilities: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Correct the scores of all lines that are in doubt.

        Args:
            batch: the pages.
            log_odds: shape (n_lines, 4).
            probabilities: shape (n_lines, 4), those of the log-odds.

        Returns:
            Shape (n_lines, 4), a copy.
        """
        rows, result = doubtful(probabilities), log_odds.copy()
        result[rows] += self.trees.scores(look_table(batch, rows, probabilities))
        return result


def look_table(batch: Batch, rows: NDArray[np.int64], probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
    """Compute the columns of some lines.

    Args:
        batch: the pages.
        rows: the lines, ascending.
        probabilities: shape (n_lines, 4), of all lines.

    Returns:
        Shape (n_columns, n_rows), the columns of `look_names`; `nan` where the page has no such line, or where no word
        of the line has `linesift.features.topic.SHORTEST` letters.
    """
    if not len(rows):
        return np.empty((len(look_names(is_html=batch.has_hints)), 0), np.float32)
    compute = COMPILED.choose(len(batch.page)) or table_plain
    return compute(batch, rows, probabilities)


def table_plain(batch: Batch, rows: NDArray[np.int64], probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
    """Do what `look_table` does by numpy alone, but for the shared words, whose code is a choice of its own."""
    weights = _weights(batch, probabilities)
    # In the order of `look_names`.
    blocks: list[Any] = [
        probabilities.take(rows, axis=0).T,
        (batch.length.take(rows), batch.scan.n_sentences.take(rows)),
        _distances(batch, rows, probabilities),
        shared_words(batch, np.array([weights[name] for name in _SHARED]), rows).reshape(2 * len(_SHARED), -1),
        *([] if batch.hints is None else [_templates(batch, batch.hints, rows, probabilities)]),
    ]
    return np.concatenate(blocks, dtype=np.float32)


def _distances(batch: Batch, rows: NDArray[np.int64], probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
    """Count the lines to the nearest line of the page above, and below, that is one of `_MARKED`, two rows for each."""
    n_lines = len(probabilities)
    # Of each kind all lines, with a marked one before and behind them.
    is_marked = np.ones((len(_MARKED), n_lines + 2), np.bool_)
    np.greater(probabilities.T.take(_MARKED_COLUMNS, axis=0), _MARKED_BOUNDS, out=is_marked[:, 1:-1])
    place = rows + np.arange(1, is_marked.size, n_lines + 2)[:, None]
    marked = nonzero_indices(is_marked.ravel())
    nearest = marked.searchsorted(place)
    above = place - marked.take(nearest - 1)
    below = marked.take(nearest + is_marked.ravel().take(place)) - place
    out = np.array((above, below), np.float32)
    out[0, above > rows - batch.own_page_start.take(rows)] = np.nan
    out[1, below >= batch.own_page_end.take(rows) - rows] = np.nan
    return out.swapaxes(0, 1).reshape(-1, len(rows))


def _templates(
    batch: Batch, hints: Hints, rows: NDArray[np.int64], probabilities: NDArray[np.float32]
) -> tuple[NDArray[np.float64], ...]:
    """Compute `TEMPLATE_NAMES`, shape (n_rows,) each; the means are `nan` on lines that are alone."""
    is_linked, is_emphasised = hints.link_share > np.float32(_LINKED), hints.emphasis > np.float32(_EMPHASISED)
    group = Groups(batch, hints.path * np.uint64(4) + 2 * is_linked.astype(np.uint64) + is_emphasised)
    n_others = (group.size.take(rows) - 1).astype(np.float64)

    def mean_of_others(label: Label) -> NDArray[np.float64]:
        of_label = np.ascontiguousarray(probabilities[:, label.column])
        means = np.full(len(rows), np.nan)
        np.divide(group.total(of_label).take(rows) - of_label.take(rows), n_others, out=means, where=n_others > 0)
        return means

    return mean_of_others(Label.BODY), mean_of_others(Label.SIDEBAR), n_others


def _weights(batch: Batch, probabilities: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
    """Weigh all lines for each of `_SHARED`; shape (n_lines,)."""
    of_label = {str(label): np.ascontiguousarray(probabilities[:, label.column]) for label in LABELS}
    headline, body, sidebar = (of_label[label] for label in (Label.HEADLINE, Label.BODY, Label.SIDEBAR))
    is_long = batch.length >= np.float32(LONG)
    sums = running_sum(body)
    body_from_here = from_fixed(sums[batch.own_page_end] - sums[:-1])
    best = np.maximum.reduceat(headline, batch.nonempty_starts).repeat(batch.nonempty_sizes)
    is_title = (headline >= best) & (headline > np.float32(_LIKELY_TITLE))
    return {
        **of_label,
        "lead": body * is_lead(batch, body),
        "short_body": body * ~is_long,
        "long_sidebar": sidebar * is_long,
        "sidebar_after": sidebar * (body_from_here <= _END),
        "title": is_title.astype(np.float32),
    }


def _load() -> Callable[[Batch, NDArray[np.int64], NDArray[np.float32]], NDArray[np.float32]] | None:
    """Load the compiled loops; `None` where they come to other numbers."""
    from linesift.model.compiled.second_look import look_table as compiled

    texts = ["Rain in May.\nSun\n" * 30, "", "Rain, and rain again, in the hills. " * 3]
    batch = read_batch(texts, [no_hints(text.count("\n") + 1) for text in texts])
    probabilities = np.cos(np.arange(4 * len(batch.page), dtype=np.float32)).reshape(-1, 4) ** 2
    arguments = batch, np.arange(0, len(batch.page), 2), probabilities
    return compiled if np.array_equal(compiled(*arguments), table_plain(*arguments), equal_nan=True) else None


COMPILED = Choice(_load, make_is_kept("linesift.model.compiled.second_look.fill_look"), Sizes(200_000, 5_000_000))
"""By lines."""
