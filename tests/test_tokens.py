"""What is read on a line."""

from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinted import HTML_PAGES, hinted, random_hints
from linesift.features.batch import read_batch
from linesift.features.tokens import MARKUP_BITS, SHORT, TOKEN_BITS, line_tokens, markup_tokens
from linesift.hints import no_hints
from linesift.page import LabelledPage, Page
from linesift.read.html.page import read_html

_LINE = st.lists(st.sampled_from(["rain", "Sun", "12", "水位", "•", ",", "the"]), max_size=12).map(" ".join)


def tokens_of(*lines: str) -> list[list[int]]:
    """Sorted buckets of every non-blank line."""
    batch = read_batch(["\n".join(lines)])
    found: dict[int, list[int]] = defaultdict(list)
    for row, bucket in zip(*line_tokens(batch), strict=True):
        found[int(row)].append(int(bucket))
    return [sorted(found[row]) for row in range(len(batch.page))]


@given(st.lists(_LINE, max_size=6))
def test_tokens_of_a_line_do_not_depend_on_the_others(lines: list[str]) -> None:
    inked = [line for line in lines if line.strip()]
    words = [line for line in inked if any(char.isalnum() for char in line)]
    if words:
        assert tokens_of(*lines) == [tokens_of("rain", line)[1] for line in inked]


@given(_LINE)
def test_words_pairs_ends_and_the_whole_line(line: str) -> None:
    batch = read_batch([f"rain\n{line}"])
    if len(batch.page) == 2:
        n_words = int((batch.scan.word_line == 1).sum())
        is_short = bool(batch.length[1] <= SHORT)
        wanted = n_words + max(n_words - 1, 0) + 2 * (n_words > 0) + is_short
        assert len(tokens_of("rain", line)[1]) == wanted


def test_order_of_words_counts() -> None:
    first, second, third = tokens_of("read more", "more read", "READ MORE")
    assert len(set(first) & set(second)) == 2
    assert first == third


def test_dates_of_one_form_share_their_tokens() -> None:
    first, second = tokens_of("21 October 2024", "12 October 1999")
    assert first == second


def test_no_words() -> None:
    row, bucket = line_tokens(read_batch(["\n \n"]))
    assert len(row) == len(bucket) == 0


def test_buckets_fit_and_spread(pages: list[LabelledPage]) -> None:
    _, bucket = line_tokens(read_batch([page.page.text for page in pages]))
    assert bucket.min() >= 0
    assert 1 << (TOKEN_BITS - 1) < bucket.max() < 1 << TOKEN_BITS
    _, low = line_tokens(read_batch([" ".join(f"w{chr(97 + i)}{chr(97 + j)}" for i in range(26) for j in range(26))]))
    assert len(set(low[:676].tolist())) > 650


# --- words of attributes ----------------------------------------------------------------------------------------------

_PAIR, _MIX, _MASK = 0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93, (1 << 64) - 1


def markup_tokens_of(*pages: Page) -> list[list[int]]:
    """Sorted buckets of every non-blank line."""
    batch = read_batch([page.text for page in pages], [page.hints for page in pages if page.hints is not None])
    found: dict[int, list[int]] = defaultdict(list)
    for row, bucket in zip(*markup_tokens(batch), strict=True):
        found[int(row)].append(int(bucket))
    return [sorted(found[row]) for row in range(len(batch.page))]


def slow_markup_tokens(page: Page) -> list[list[int]]:
    """The same, one line and word at a time: the block's name, and every word without and with its level."""
    hints = page.hints
    assert hints is not None
    keys = [[int(tag) * _PAIR + 29] for tag in hints.tag]
    for line, word, level in zip(hints.word_line, hints.word_hash, hints.word_level, strict=True):
        keys[line] += [int(word), int(word) ^ ((int(level) + 11) * _PAIR & _MASK)]
    inked = [found for found, line in zip(keys, page.lines, strict=True) if line.strip()]
    return [sorted((key * _MIX & _MASK) >> (64 - MARKUP_BITS) for key in found) for found in inked]


_PAGE = st.builds(hinted, st.lists(_LINE, min_size=1, max_size=5).map("\n".join), st.integers(0, 999))


@given(st.lists(_PAGE, min_size=1, max_size=3))
def test_markup_tokens_are_those_of_the_loop(pages: list[Page]) -> None:
    assert markup_tokens_of(*pages) == [line for page in pages for line in slow_markup_tokens(page)]


@pytest.mark.parametrize("html", HTML_PAGES)
def test_markup_tokens_of_html_pages(html: str) -> None:
    page = read_html(html).page
    assert markup_tokens_of(page) == slow_markup_tokens(page)


def test_pages_without_hints_have_no_markup_tokens() -> None:
    for batch in (read_batch(["Rain\nSun"]), read_batch(["\n"], [no_hints(2)])):
        rows, buckets = markup_tokens(batch)
        assert rows.dtype == buckets.dtype == np.int64
        assert len(rows) == len(buckets) == 0


def test_markup_tokens_of_a_page_without_words_do_not_depend_on_the_others() -> None:
    bare = read_html("<p>Rain").page
    assert markup_tokens_of(bare) == markup_tokens_of(read_html("<p class=text>Sun").page, bare)[1:]


def test_the_level_of_a_word_counts() -> None:
    hints = replace(random_hints("rain", 0), word_level=np.zeros(0, np.uint8))
    n_words = len(hints.word_line)
    near, far = (
        markup_tokens_of(Page("rain", hints=replace(hints, word_level=np.full(n_words, level, np.uint8))))[0]
        for level in (0, 5)
    )
    assert len(near) == len(far) == 1 + 2 * n_words
    assert len(set(near) & set(far)) == len(set(near)) - len(set(hints.word_hash.tolist()))
