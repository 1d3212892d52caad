"""The same page in other renderings of rendering."""

from dataclasses import replace

import numpy as np
import pytest

from hinted import random_hints
from linesift.features.batch import read_batch
from linesift.features.tokens import TOKEN_BITS, line_tokens
from linesift.labels import Label
from linesift.page import LabelledPage, Page
from linesift.train.augment import Rendering, as_unknown_language, excerpts, rendered, varied
from linesift.train.synthetic import synthetic_pages

H, B, T, S = Label

TEXT = "  • Home\n\n\nFerry returns\n 3. First - point\n•\n"
LABELS = (S, None, None, H, B, S, None)


@pytest.fixture
def page() -> LabelledPage:
    return LabelledPage(Page(TEXT, "a"), LABELS, site="a.example", doubtful=frozenset({3}))


@pytest.mark.parametrize(
    ("rendering", "text"),
    [
        (Rendering.AS_IS, TEXT),
        (Rendering.DENSE, "  • Home\nFerry returns\n 3. First - point\n•"),
        (Rendering.BARE, "Home\n\n\nFerry returns\nFirst - point\n•\n"),
        (Rendering.SPACED, "  • Home\n\nFerry returns\n\n 3. First - point\n\n•\n"),
        (Rendering.PLAIN, "Home\nFerry returns\nFirst - point\n•"),
    ],
)
def test_text(page: LabelledPage, rendering: Rendering, text: str) -> None:
    assert rendered(page, rendering).page.text == text


@pytest.mark.parametrize("rendering", Rendering)
def test_no_line_is_lost_and_every_label_kept(pages: list[LabelledPage], rendering: Rendering) -> None:
    for page in pages:
        given = rendered(page, rendering)  # a page that does not fit its labels is refused as it is made
        assert [label for label in given.labels if label] == [label for label in page.labels if label]
        assert given.gold_article.count("\n") == page.gold_article.count("\n")
        assert (given.site, given.page.source) == (page.site, page.page.source)


def test_varied_is_the_same_on_every_run(pages: list[LabelledPage]) -> None:
    once = varied(pages)
    assert [page.page.source for page in once] == [page.page.source for page in pages]
    assert once == varied(pages)
    assert sum(new.page.text != old.page.text for new, old in zip(once, pages, strict=True)) > len(pages) / 4


def test_what_is_drawn_for_a_page_does_not_depend_on_where_it_lies(pages: list[LabelledPage]) -> None:
    moved = [replace(page, page=replace(page.page, source=f"/elsewhere/{number}")) for number, page in enumerate(pages)]
    for made in (varied, lambda given: list(excerpts(given)), synthetic_pages):
        assert [page.page.text for page in made(moved)] == [page.page.text for page in made(pages)]


@pytest.mark.parametrize("rendering", Rendering)
def test_page_without_text(rendering: Rendering) -> None:
    page = LabelledPage(Page("\n \n", "a"), (None, None, None), site="a.example")
    assert rendered(page, rendering) is page


def is_part(short: list[tuple[str, Label]], whole: list[tuple[str, Label]]) -> bool:
    """Whether the lines of a page are lines of another, or beginnings of them, with their labels and in their order."""
    rest = iter(whole)
    return all(any(line.startswith(part) and label is other for line, other in rest) for part, label in short)


def labelled(page: LabelledPage) -> list[tuple[str, Label]]:
    return [(line, label) for line, label in zip(page.page.lines, page.labels, strict=True) if label is not None]


def test_excerpts_are_parts_of_their_pages(pages: list[LabelledPage]) -> None:
    with_body = [page for page in pages if B in page.labels]
    short = list(excerpts(pages))
    assert [page.page.source for page in short] == [page.page.source for page in with_body]
    for part, whole in zip(short, with_body, strict=True):
        assert is_part(labelled(part), labelled(whole))
        first = next(line for line, label in labelled(whole) if label is B)
        assert any(label is B and first.startswith(line) for line, label in labelled(part))  # the first paragraph stays
        for label in (H, T):
            assert part.labels.count(label) == whole.labels.count(label)
        assert (part.site, part.origin) == (whole.site, whole.origin)


def test_excerpts_are_short_and_of_many_kinds(pages: list[LabelledPage]) -> None:
    short = list(excerpts(pages))
    sizes = [len(labelled(page)) for page in short]
    before = [len(labelled(page)) for page in pages if B in page.labels]
    assert sum(sizes) < 0.6 * sum(before)
    assert 0 < sum("" in page.page.lines for page in short) < len(short) / 2
    whole = {line for page in pages for line in page.page.lines}
    n_cut = sum(line not in whole for page in short for line, label in labelled(page) if label is B)
    assert n_cut > 20
    for page, again in zip(short, excerpts(pages), strict=True):
        assert labelled(again) == labelled(page)


def test_a_paragraph_is_cut_after_its_first_sentence() -> None:
    line = "The ferry is back after a year on the slip, they said. It sails at ten."
    pages = [LabelledPage(Page(f"Ferry {number}\n{line}", "a"), (H, B), site="a.example") for number in range(9)]
    found = {page.page.lines[-1] or page.page.lines[-2] for page in excerpts(pages)}
    assert found == {line, "The ferry is back after a year on the slip, they said."}


def test_words_of_an_unknown_language_are_the_same_ones_in_other_buckets() -> None:
    batch = read_batch(["Baca juga\nBaca berita lain", "新闻 更多\n\nЧитайте также"])
    row, bucket = line_tokens(batch, slice(None))
    other_row, other = as_unknown_language(line_tokens, TOKEN_BITS)(batch, slice(None))
    np.testing.assert_array_equal(other_row, row)
    assert (other != bucket).all()
    assert ((other >= 0) & (other < 1 << TOKEN_BITS)).all()
    pairs = set(zip(bucket.tolist(), other.tolist(), strict=True))
    assert len(pairs) == len(set(bucket.tolist())) == len(set(other.tolist()))
    rows, read = slice(1, 3), as_unknown_language(line_tokens, TOKEN_BITS)
    np.testing.assert_array_equal(read(batch, rows)[1], other[(row >= 1) & (row < 3)])


def test_excerpts_with_hints_count_what_is_left(pages: list[LabelledPage]) -> None:
    whole = [
        replace(page, page=replace(page.page, hints=random_hints(page.page.text, seed)))
        for seed, page in enumerate(rendered(page, Rendering.DENSE) for page in pages)
    ]
    short = list(excerpts(whole))
    assert len(short) > 20
    for page in short:
        hints = page.page.hints
        assert hints is not None
        assert all(page.page.lines)
        assert hints.n_lines == len(page.page.lines)
        assert hints.order.min() == 0
        assert hints.order.max() < 1
        places = [*zip(hints.path.tolist(), hints.parent.tolist(), strict=True)]
        blocks = set(zip(places, hints.order.tolist(), strict=True))
        for place, siblings in zip(places, hints.siblings.tolist(), strict=True):
            assert siblings <= sum(block[0] == place for block in blocks)
