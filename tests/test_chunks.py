"""Items are gathered to chunks, and a page that fails is alone with its error."""

from collections.abc import Iterable
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import predict
from linesift.model.chunks import classify_each, gather
from linesift.model.model import Model
from linesift.model.prediction import Prediction
from linesift.page import Page


@given(st.lists(st.binary(max_size=8)))
def test_chunks_joined_are_the_items(items: list[bytes]) -> None:
    chunks = list(gather(items, len, most_items=3, most_bytes=10))
    assert [item for chunk in chunks for item in chunk] == items
    assert all(len(chunk) <= 3 and sum(map(len, chunk[:-1])) < 10 for chunk in chunks)
    assert all(len(chunk) == 3 or sum(map(len, chunk)) >= 10 for chunk in chunks[:-1])


class _Fragile:
    def classify(self, page: Page) -> Prediction:
        if page.source == "bad":
            raise ArithmeticError("as the test asked")
        return predict(page)

    def classify_batch(self, pages: Iterable[Page]) -> list[Prediction]:
        return [self.classify(page) for page in pages]


@pytest.mark.parametrize("names", [("a", "b"), ("a", "bad", "b"), ("bad",), ()])
def test_the_other_pages_are_classified(names: tuple[str, ...]) -> None:
    pages = [Page("H Rain\nB It rained.", name) for name in names]
    found = list(classify_each(cast(Model, _Fragile()), pages))
    assert [isinstance(each, Exception) for each in found] == [name == "bad" for name in names]
