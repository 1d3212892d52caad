"""Columns of the layout where a page is long; what they mean is tested against the oracle."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linesift.features import layout as room
from linesift.features.layout import _occurrences


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
