"""A batch of pages is the pages one by one."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from linesift.features.batch import read_batch
from linesift.features.table import FEATURE_NAMES, extract, features_digest
from linesift.page import LabelledPage

_PAGE = st.lists(
    st.sampled_from([
        "", " ", "Home | News", "page 5", "October rain", "21 October 2024, 9:20", "• Sport", "12 comments",
        "ago",
        "It rained in the valley for the third day and the river came over the road again.", "水位が上がった。",
        "12.30",
        "The river came over the road, said the mayor of the valley, and the rain goes on.", "น้ำท่วมสูง", "More",
    ]),
    max_size=12,
).map("\n".join)  # fmt: skip


def differing(texts: list[str]) -> set[str]:
    together = extract(read_batch(texts))
    alone = np.concatenate([extract(read_batch([text])) for text in texts], axis=1)
    same = (together == alone) | (np.isnan(together) & np.isnan(alone))
    return {name for name, row in zip(FEATURE_NAMES, same, strict=True) if not row.all()}


@given(st.lists(_PAGE, min_size=1, max_size=4))
def test_a_batch_is_its_pages_one_by_one(texts: list[str]) -> None:
    assert not differing(texts)


def test_a_batch_of_our_pages(pages: list[LabelledPage]) -> None:
    assert not differing([page.page.text for page in pages])


def test_dates_do_not_see_other_pages() -> None:
    assert not differing(["page 5", "October rain"])


@given(st.lists(_PAGE, min_size=1, max_size=4))
def test_shapes(texts: list[str]) -> None:
    batch = read_batch(texts)
    inked = [[number for number, line in enumerate(text.split("\n")) if line.strip()] for text in texts]
    assert batch.number.tolist() == [number for page in inked for number in page]
    assert batch.page.tolist() == [index for index, page in enumerate(inked) for _ in page]
    assert batch.row_in_page.tolist() == [row for page in inked for row in range(len(page))]
    assert batch.lines_per_page.tolist() == [len(page) for page in inked]
    assert batch.lines_per_page_with_blanks.tolist() == [text.count("\n") + 1 for text in texts]
    assert batch.per_page(np.ones(len(batch.page))).tolist() == [len(page) for page in inked]


def test_length_counts_letters_of_scripts_without_spaces_as_fractions() -> None:
    batch = read_batch(["three words here\n水位水位\nひらがなです\nน้ำท่วมสู\n10月"])
    assert batch.length.round(3).tolist() == [3.0, 2.5, 2.5, 2.0, 1.625]


def test_long_lines_are_sentences_of_twelve_words() -> None:
    twelve = "one two three four five six seven eight nine ten eleven twelve"
    batch = read_batch([f"{twelve}\n{twelve}.\n{twelve[4:]}.\n{twelve}?)"])
    assert batch.is_long.tolist() == [False, True, False, True]


def test_names_are_unique_and_the_fingerprint_is_stable() -> None:
    assert len(set(FEATURE_NAMES)) == len(FEATURE_NAMES)
    assert features_digest() == features_digest()
    assert len(features_digest()) == 16


@given(st.lists(_PAGE, min_size=1, max_size=4))
def test_first_and_last_marked_line_as_a_plain_loop(texts: list[str]) -> None:
    batch = read_batch(texts)
    marked = batch.length > 2
    rows = [[row for row in np.flatnonzero(marked) if batch.page[row] == page] for page in batch.page]
    first, last = batch.first_and_last(marked)
    assert first.tolist() == [found[0] if found else len(marked) for found in rows]
    assert last.tolist() == [found[-1] if found else -1 for found in rows]
