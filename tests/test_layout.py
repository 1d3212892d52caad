"""Columns of the layout where a page is long; what they mean is tested against the oracle."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linesift.features import layout as room
from linesift.features.batch import read_batch
from linesift.features.layout import _occurrences, same_beginnings, same_lines


@pytest.mark.parametrize("few", [0, 2000])
@given(keys=st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 3), max_size=50))
def test_occurrences(keys: list[int], few: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(room, "_FEW", few)
        found = _occurrences(np.array(keys, np.uint64))
    counts = Counter(keys)
    assert found.tolist() == [counts[key] for key in keys]


def test_occurrences_of_keys_that_share_buckets() -> None:
    keys = np.random.default_rng(1).integers(0, 40_000, 50_000).astype(np.uint64)
    counts = Counter(keys.tolist())
    assert _occurrences(keys).tolist() == [counts[key] for key in keys.tolist()]


def test_a_line_and_its_entry_in_a_list_are_copies() -> None:
    entries = ["• Who will pay", "2. Who will pay", "> WHO WILL PAY »", "“Who will pay?”", "Who will pay"]
    n_same, twin, above, below = same_lines(read_batch(["\n".join([*entries, "Who will pay again", "3.", "4."])]))
    assert np.array(n_same).tolist() == [5, 5, 5, 5, 5, 1, 2, 2]
    assert twin.tolist() == [2, 3, 3, 3, 1, 0, 2, 1]
    np.testing.assert_array_equal(above, [np.nan, 1, 1, 1, 1, np.nan, np.nan, 1])
    np.testing.assert_array_equal(below, [1, 1, 1, 1, np.nan, np.nan, 1, np.nan])


def test_a_title_with_and_without_the_name_of_the_site_begin_alike() -> None:
    lines = ["• Ferry returns to the harbour | Coast News", "Coast", "Ferry returns to the harbour", "Ferry returns"]
    above, below = same_beginnings(read_batch(["\n".join(lines), lines[2]]))
    np.testing.assert_array_equal(above, [np.nan, np.nan, 2, np.nan, np.nan])
    np.testing.assert_array_equal(below, [2, np.nan, np.nan, np.nan, np.nan])
