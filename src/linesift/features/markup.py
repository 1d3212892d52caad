"""Columns of what the markup says of the line; only pages that came as HTML have them.

The words of attributes (`class` and the like) are not read here but in `tokens.markup_tokens`. The model scores them
with a lexicon, whose columns are `markup_lexicon.*`.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from linesift.features.batch import Batch
from linesift.features.columns import Columns, Values
from linesift.hashing import SPREAD
from linesift.hints import ANCESTORS, Hints

MARKUP = Columns("markup")


def _hints(batch: Batch) -> Hints:
    if batch.hints is None:
        raise ValueError("the pages of this batch have no hints")
    return batch.hints


def _inside(batch: Batch, *names: str) -> NDArray[np.bool_]:
    """Whether an element of any of these names is around the line."""
    return (_hints(batch).ancestors & _mask(names)) > 0


@cache
def _mask(names: tuple[str, ...]) -> np.uint32:
    return np.uint32(sum(1 << ANCESTORS.index(name) for name in names))


class Groups:
    """Groups of the lines of one page that share a number, such as `Hints.path`, which stands for one template."""

    def __init__(self, batch: Batch, numbers: NDArray[np.uint64]) -> None:
        self._group = _number_groups(batch, numbers)
        self.size = np.bincount(self._group)[self._group]

    def total(self, values: Values) -> NDArray[np.float64]:
        """Sum of `values` over each line's group, shape (n_lines,)."""
        sums: NDArray[np.float64] = np.bincount(self._group, values)[self._group].astype(np.float64, copy=False)
        return sums


_MOST_PLACES = 8
"""Places of a table of groups for each line; where it would need more, the numbers are sorted."""


def _number_groups(batch: Batch, numbers: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Number the groups of lines of one page that share a number; shape (n_lines,)."""
    most = _MOST_PLACES * len(numbers)
    if int(numbers.max(initial=0)) < most:
        # Readers number the paths of a page from 1, so each page has a row of places in a table.
        n_places = np.maximum.reduceat(numbers, batch.nonempty_starts).astype(np.int64) + 1
        ends = n_places.cumsum()
        if ends[-1] <= most:
            places: NDArray[np.int64] = numbers.astype(np.int64) + (ends - n_places).repeat(batch.nonempty_sizes)
            return places
    keys = numbers * SPREAD + batch.page.astype(np.uint64)
    groups: NDArray[np.int64] = np.unique(keys, return_inverse=True)[1]
    return groups


def _page_share(batch: Batch, totals: Values, values: Values) -> NDArray[np.float64]:
    """Share that `totals`, sums of `values` over some lines, have in the sum over the page; 0 where that is 0.

    All arrays have shape (n_lines,).
    """
    whole = batch.per_page(values).repeat(batch.lines_per_page)
    share = np.zeros(len(whole))
    np.divide(totals, whole, out=share, where=whole > 0)
    return share


@MARKUP.column("Share of the line's characters inside links.")
def link_share(batch: Batch) -> Values:
    return _hints(batch).link_share


@MARKUP.column("Share of the line's characters in `b`, `strong` or `em`.")
def emphasis(batch: Batch) -> Values:
    return _hints(batch).emphasis


@MARKUP.column("Inline elements that begin in the line.")
def inline(batch: Batch) -> Values:
    return _hints(batch).n_inline


@MARKUP.column("Name of the block, as its place in a list of names.")
def tag(batch: Batch) -> Values:
    return _hints(batch).tag


@MARKUP.column("Blocks on the way from `body` to the line's block, which counts too.")
def depth(batch: Batch) -> Values:
    return _hints(batch).depth


@MARKUP.column("Share of the page's blocks that begin before the line's block.")
def order(batch: Batch) -> Values:
    return _hints(batch).order


@MARKUP.column("Blocks of the same path around which the same block stands.")
def siblings(batch: Batch) -> Values:
    return _hints(batch).siblings


@MARKUP.column("Whether the markup says that the line holds a time.")
def is_time(batch: Batch) -> Values:
    return _hints(batch).is_time


@MARKUP.column("Inside `article` (1), `main` (2), both (3).")
def in_article(batch: Batch) -> Values:
    return _inside(batch, "article") + 2 * _inside(batch, "main").astype(np.uint8)


@MARKUP.column("Inside `nav`, `aside`, `footer`, `header`, as bits.")
def in_frame(batch: Batch) -> Values:
    names = ("nav", "aside", "footer", "header")
    bits = np.zeros(len(batch.page), np.uint8)
    for place, name in enumerate(names):
        bits |= _inside(batch, name).view(np.uint8) << np.uint8(place)
    return bits


@MARKUP.column("Inside `figure` or `figcaption`.")
def in_figure(batch: Batch) -> Values:
    return _inside(batch, "figure", "figcaption")


@MARKUP.column("Inside a form, button, label, dialog or foldable part.")
def in_form(batch: Batch) -> Values:
    return _inside(batch, "form", "button", "label", "dialog", "details")


@MARKUP.column("Inside a list (1), a table (2), both (3).")
def in_list(batch: Batch) -> Values:
    return _inside(batch, "ul", "ol", "dl", "li") + 2 * _inside(batch, "table").astype(np.uint8)


@MARKUP.column("Inside a quotation.")
def in_quote(batch: Batch) -> Values:
    return _inside(batch, "blockquote")


_FIRST_LEVEL = np.uint32(ANCESTORS.index("h1"))
_LEVELS = np.array([0, *((bits & -bits).bit_length() for bits in range(1, 1 << 6))], np.uint8)
"""The highest level among the bits of `h1` to `h6`."""


@MARKUP.column("Level of the heading that the line is, 0 where it is none.")
def heading(batch: Batch) -> Values:
    # The names stand side by side, so their bits are a number.
    return _LEVELS.take(_hints(batch).ancestors >> _FIRST_LEVEL & np.uint32(len(_LEVELS) - 1))


@MARKUP.column("Inside a section (1), an element with a name of the site's own (2), both (3).")
def in_section(batch: Batch) -> Values:
    return _inside(batch, "section") + 2 * _inside(batch, "(custom)").astype(np.uint8)


@MARKUP.columns(
    path_lines="Lines of the page with the same path.",
    path_words="Share of the page's words in lines with the same path.",
    path_length="Mean words of the lines with the same path.",
    path_links="Mean link share of the lines with the same path.",
)
def paths(batch: Batch) -> Sequence[Values]:
    """Size and links of the lines of one template."""
    group, links = Groups(batch, _hints(batch).path), _hints(batch).link_share
    words = group.total(batch.length)
    return group.size, _page_share(batch, words, batch.length), words / group.size, group.total(links) / group.size


@MARKUP.columns(
    parent_words="Share of the page's words in lines with the same path around their block.",
    parent_long="Share of the page's words of running text outside links "
    "in lines with the same path around their block.",
    parent_links="Mean link share of the lines with the same path around their block.",
)
def parents(batch: Batch) -> Sequence[Values]:
    """Size and links of the lines of neighbouring blocks."""
    group, links = Groups(batch, _hints(batch).parent), _hints(batch).link_share
    text = batch.length * batch.is_long * (1 - links)
    words = _page_share(batch, group.total(batch.length), batch.length)
    return words, _page_share(batch, group.total(text), text), group.total(links) / group.size


@MARKUP.column("Mean link share of the page's lines.")
def page_links(batch: Batch) -> Values:
    sums = batch.per_page(_hints(batch).link_share) / np.maximum(batch.lines_per_page, 1)
    return sums.repeat(batch.lines_per_page)


@MARKUP.columns(
    title_share="Share of the line's words that the title in the page's head has.",
    title_cover="Share of the words of the title in the page's head that the line has.",
    title_likeness="How much the line is like that title, of what the likeliest line of the page is.",
)
def titles(batch: Batch) -> Sequence[Values]:
    """Likeness to the title in the head, which may have the site's name too: so also beside the page's best."""
    share, cover = _hints(batch).title_share, _hints(batch).title_cover
    likeness = share * cover
    best = likeness
    if len(likeness):
        best = np.maximum.reduceat(likeness, batch.nonempty_starts).repeat(batch.nonempty_sizes)
    return share, cover, np.divide(likeness, best, out=np.zeros_like(likeness), where=best > 0)


@MARKUP.column("Parts of the day and clock that the page's head gives, as bits.")
def day_shown(batch: Batch) -> Values:
    return _hints(batch).day_shown


@MARKUP.columns(
    media_above="Pictures, videos and frames between the line above and the line.",
    media_below="Pictures, videos and frames between the line and the line below.",
    media_rows_above="Lines between the line and the nearest picture above, missing where there is none.",
    media_rows_below="Lines between the line and the nearest picture below, missing where there is none.",
)
def media(batch: Batch) -> Sequence[Values]:
    """Pictures next to the line; behind the last line of a page none are known."""
    n_media = _hints(batch).n_media
    size = len(n_media)
    rows = np.arange(size)
    has_media = n_media > 0
    above = np.maximum.accumulate(np.where(has_media, rows, -1))
    below = np.full(size + 1, size)
    np.minimum.accumulate(np.where(has_media, rows, size)[::-1], out=below[-2::-1])
    # A picture stands above its row: the nearest one below the line stands above a row further down.
    below = below[1:]
    n_below = np.zeros_like(n_media)
    n_below[:-1] = n_media[1:]
    n_below[batch.own_page_end[batch.nonempty_starts] - 1] = 0
    rows_above = np.where(above >= batch.own_page_start, rows - above, np.float32(np.nan))
    rows_below = np.where(below < batch.own_page_end, below - rows - 1, np.float32(np.nan))
    return n_media, n_below, rows_above, rows_below


@MARKUP.column("Share of the line's words that the alternative text of a picture next to it has.")
def alt_share(batch: Batch) -> Values:
    return _hints(batch).alt_share


@MARKUP.column(
    "Where the line's links lead: within the page, to its site by a relative address, to a person, "
    "to share it, as bits."
)
def link_kind(batch: Batch) -> Values:
    return _hints(batch).link_kind
