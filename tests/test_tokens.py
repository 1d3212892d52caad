"""What is read on a line."""

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from linesift.features.batch import read_batch
from linesift.features.tokens import SHORT, TOKEN_BITS, line_tokens
from linesift.page import LabelledPage

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
        n_words = int((batch.lines.word_line == 1).sum())
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
