"""Words and their hashes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linesift.features.chars import find_runs, hash_codes, read_chars
from linesift.features.words import SpanHasher, find_words, mix
from oracle import read_chars_of, read_words

_CODES = st.lists(st.integers(0, 0x1FFFF), min_size=1, max_size=40)


def hash_of(codes: list[int]) -> int:
    hasher = SpanHasher(np.array(codes, np.uint32))
    return int(hasher(np.array([0]), np.array([len(codes)]))[0])


def words_of(text: str) -> list[str]:
    chars = read_chars(text)
    words = find_words(find_runs(chars), SpanHasher(hash_codes(chars)))
    folded = "".join(map(chr, hash_codes(chars)))
    return [folded[start:end] for start, end in zip(words.start, words.end, strict=True)]


@given(_CODES, _CODES, _CODES)
def test_hash_of_a_span_depends_on_its_codes_alone(before: list[int], span: list[int], after: list[int]) -> None:
    hasher = SpanHasher(np.array(before + span + after, np.uint32))
    found = hasher(np.array([len(before)]), np.array([len(before) + len(span)]))
    assert int(found[0]) == hash_of(span)


@given(_CODES, _CODES)
def test_other_codes_have_another_hash(first: list[int], second: list[int]) -> None:
    assert (hash_of(first) == hash_of(second)) == (first == second)


def test_a_nul_at_the_end_changes_the_hash() -> None:
    assert hash_of([97, 0]) != hash_of([97])


def test_hash_is_the_polynomial_of_the_docstring() -> None:
    base = 0x9E3779B97F4A7C15
    total = sum((code + 1) * base**place for place, code in enumerate([5, 7, 11])) % 2**64
    assert hash_of([5, 7, 11]) == int(mix(np.array([total], np.uint64))[0])


def test_spans_far_beyond_the_first_table_of_powers() -> None:
    codes = np.tile(np.array([3, 1, 4, 1, 5], np.uint32), 20_000)
    starts = np.arange(0, len(codes), 5)
    assert len(set(SpanHasher(codes)(starts, starts + 5).tolist())) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Rain, again!", ["rain", "again"]),
        ("it's 12.30", ["it", "s", "00", "00"]),
        ("U2 9am 2024", ["u0", "0am", "0000"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("한국어 뉴스", ["한국어", "뉴스"]),
        ("水位上", ["水位", "位上"]),
        ("水 位", []),
        ("น้ำ", ["น้", "้ำ"]),
        ("東京tower42", ["東京", "tower00"]),
        ("水\n位", []),
        ("a\nb", ["a", "b"]),
        ("...", []),
        ("", []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@given(st.text(st.one_of(st.sampled_from("ab1 .\n漢字かกา한é"), st.characters())))
def test_words_are_those_of_the_loop(text: str) -> None:
    assert words_of(text) == [word.text for word in read_words(read_chars_of(text))]


def test_case_and_digits_do_not_count() -> None:
    chars = read_chars("RAIN rain Rain 12 99 ١٢")
    words = find_words(find_runs(chars), SpanHasher(hash_codes(chars)))
    assert len(set(words.hash[:3].tolist())) == 1
    assert len(set(words.hash[3:].tolist())) == 1
