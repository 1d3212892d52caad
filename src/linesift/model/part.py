"""Score the lines of pages of one form, plain text or HTML: the fitted part of a model for that form."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from linesift.fast import Choice, Sizes, make_is_kept
from linesift.features.batch import Batch, read_batch
from linesift.features.table import COLUMNS, MARKUP_COLUMNS, extract
from linesift.features.tokens import markup_tokens
from linesift.labels import LABELS
from linesift.model.doubt import lines_to_read
from linesift.model.headline import HeadlineRanker, candidates
from linesift.model.lexicon import Lexicon
from linesift.model.network import Network
from linesift.model.second_look import SecondLook
from linesift.model.window import OWN_BLOCKS, Neighbourhood, own_names
from linesift.page import Page

if TYPE_CHECKING:  # most models have none, and loading their modules is a part of every start
    from linesift.model.memory import SiteMemory
    from linesift.model.site import SiteCorrection

_TILE_LINES = 1 << 14
"""Lines whose tables are made at once: all lines of most batches, and a part of a page of a million lines."""


class Scorer(Protocol):
    """A table of columns to log-odds; see `LinearScorer` and `TreeScorer`."""

    def scores(self, table: NDArray[np.float32]) -> NDArray[np.float32]:
        """Score a table of shape (n_columns, n_lines); the result has shape (n_lines, 4)."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Everything that is fitted for pages of one form; pages with hints have a part of their own.

    A batch given to a part must have been read by `read`: with hints if and only if the part is for HTML.
    """

    lexicon: Lexicon
    """Weights of the words of a line."""
    scorer: Scorer
    """Scores a line by its columns and those of the lines around it."""
    networks: tuple[Network, ...] = ()
    """Score lines of a page in their order. They differ by their seed alone, and the mean of several is better."""
    network_share: float = 0.5
    """Share of the networks' scores in the mean with the scorer's, above 0 and below 1. Fitted on held-out folds."""
    temperature: float = 1.0
    """Temperature scaling: log-odds are divided by it, so that .9 means nine in ten. Fitted on held-out folds."""
    sure_temperature: float = 1.0
    """The same for lines that the networks do not read, where there are networks."""
    markup_lexicon: Lexicon | None = None
    """Weights of the words of attributes; only the part for HTML has it."""
    second_look: SecondLook | None = None
    """Corrects the scores of lines that are in doubt by those of the other lines; without it they stay as they are."""
    headline: HeadlineRanker | None = None
    """Compares the likely headlines of a page with each other; without it their probabilities stay as they are."""
    sites: "tuple[SiteCorrection, ...]" = ()
    """Corrections learnt from labelled pages of single sites."""

    @property
    def is_html(self) -> bool:
        """Whether this part reads pages with hints."""
        return self.markup_lexicon is not None

    @property
    def shares(self) -> tuple[float, float]:
        """Shares of the scorer's and of each network's scores in their mean."""
        n_networks = len(self.networks)
        return (1 - self.network_share, self.network_share / n_networks) if n_networks else (1.0, 0.0)

    def read(self, pages: Sequence[Page]) -> Batch:
        """Read pages into a batch, with their addresses, and with their hints if the part is for HTML."""
        hints = [page.hints for page in pages if page.hints is not None] if self.is_html else None
        return read_batch([page.text for page in pages], hints, [page.url for page in pages])

    def probabilities(self, batch: Batch, memory: "SiteMemory | None" = None) -> NDArray[np.float32]:
        """Probability of each label for every non-blank line.

        Args:
            batch: the pages.
            memory: lines that recur on the pages' site.

        Returns:
            Shape (n_lines, 4), rows sum to 1.
        """
        neighbourhood = self.neighbourhood(batch)
        base = self.look_again(batch, self.first_log_odds(batch, neighbourhood))
        corrections: tuple[SiteCorrection | SiteMemory, ...] = self.sites if memory is None else (*self.sites, memory)
        corrected = sum((correction.scores(batch, base) for correction in corrections), start=base)
        return self.rank_headlines(batch, neighbourhood, softmax(corrected))

    def log_odds(self, batch: Batch) -> NDArray[np.float32]:
        """Score every non-blank line, with the second look and before corrections of sites; shape (n_lines, 4)."""
        return self.look_again(batch, self.first_log_odds(batch, self.neighbourhood(batch)))

    def neighbourhood(self, batch: Batch) -> Neighbourhood:
        """Compute the columns of the lines of a batch and prepare those of the lines around them."""
        return Neighbourhood(batch, self._own_columns(batch))

    def _own_columns(self, batch: Batch) -> NDArray[np.float32]:
        """Columns of the lines themselves, shape (len(own_names(batch)), n_lines)."""
        own = np.empty((len(own_names(batch)), len(batch.page)), np.float32)
        extract(batch, COLUMNS, own[OWN_BLOCKS["columns"]])
        own[OWN_BLOCKS["lexicon"]] = self.lexicon.scores(batch)
        if self.markup_lexicon is not None:
            extract(batch, MARKUP_COLUMNS, own[OWN_BLOCKS["markup"]])
            own[OWN_BLOCKS["markup_lexicon"]] = self.markup_lexicon.scores(batch, markup_tokens)
        return own

    def first_log_odds(self, batch: Batch, neighbourhood: Neighbourhood) -> NDArray[np.float32]:
        """Score every non-blank line by the scorer, and the open ones by the networks too; shape (n_lines, 4)."""
        scores = self.scorer_scores(neighbourhood)
        rows = self.rows_of_networks(batch, scores)
        of_scorer, of_network = self.shares
        own, spans = neighbourhood.own.take(rows, axis=1), spans_of(batch.page.take(rows))
        read = scores.take(rows, axis=0) * np.float32(of_scorer)
        for network in self.networks:
            read += np.float32(of_network) * network.scores(own, spans)
        scores /= np.float32(self.sure_temperature)
        scores[rows] = read / np.float32(self.temperature)
        return scores

    def scorer_scores(self, neighbourhood: Neighbourhood) -> NDArray[np.float32]:
        """Score every non-blank line by the scorer alone; shape (n_lines, 4)."""
        n_lines = neighbourhood.own.shape[1]
        scores = np.empty((n_lines, len(LABELS)), np.float32)
        for start in range(0, n_lines, _TILE_LINES):
            rows = np.arange(start, min(start + _TILE_LINES, n_lines))
            scores[start : start + _TILE_LINES] = self.scorer.scores(neighbourhood.table(rows))
        return scores

    def rows_of_networks(self, batch: Batch, scores: NDArray[np.float32]) -> NDArray[np.int64]:
        """Find the lines that the networks read, by the scores of the scorer.

        Without networks it is all lines: `temperature` is for these, `sure_temperature` for the others.
        """
        return lines_to_read(batch, softmax(scores)) if self.networks else np.arange(len(scores))

    def look_again(self, batch: Batch, log_odds: NDArray[np.float32]) -> NDArray[np.float32]:
        """Correct the log-odds of lines that are in doubt; the result has their shape, (n_lines, 4)."""
        if self.second_look is None:
            return log_odds
        return self.second_look.corrected(batch, log_odds, softmax(log_odds))

    def rank_headlines(
        self, batch: Batch, neighbourhood: Neighbourhood, probabilities: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Compare the likely headlines of each page; the result has the shape of `probabilities`, (n_lines, 4)."""
        if self.headline is None:
            return probabilities
        rows = candidates(probabilities)
        return self.headline.rerank(batch, rows, neighbourhood.table(rows), probabilities)


def spans_of(page: NDArray[np.integer]) -> NDArray[np.int64]:
    """Count the lines of each page that has some, from the number of the page of each line."""
    spans = np.bincount(page)
    return spans[spans > 0]


def softmax(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn log-odds of shape (n, m) into probabilities; each row sums to 1."""
    compute = COMPILED.choose(len(scores)) or softmax_plain
    return compute(scores)


def softmax_plain(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Do what `softmax` does by numpy alone."""
    # Column by column, because numpy's own reductions over an axis of four take longer than all the rest.
    powers: NDArray[np.float32] = np.exp(scores - reduce(np.maximum, scores.T)[:, None])
    powers /= reduce(np.add, powers.T)[:, None]
    return powers


def _load() -> Callable[[NDArray[np.float32]], NDArray[np.float32]] | None:
    """Load the compiled loops; `None` where they come to other numbers."""
    from linesift.model.compiled.softmax import softmax as compiled

    scores = 9 * np.cos(np.arange(400, dtype=np.float32)).reshape(-1, 4)
    return compiled if np.array_equal(compiled(scores), softmax_plain(scores)) else None


COMPILED = Choice(_load, make_is_kept("linesift.model.compiled.softmax.divide_by_sum"), Sizes(1_000_000, 25_000_000))
"""By lines."""
