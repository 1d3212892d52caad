"""What a site repeats: merging, files, and that only lines of the site move."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import linesift
from inventedsite import MENU, NOTICE, invented_page
from linesift.errors import MemoryFileError
from linesift.features.batch import read_batch
from linesift.labels import Label
from linesift.model import memory as memories
from linesift.model.memory import (
    EMPTY,
    N_LINE_BINS,
    N_PAGE_BINS,
    SiteMemory,
    _recurrence_table,
    read_memory,
    write_memory,
)
from linesift.model.model import Model

TEXTS = [invented_page(number).page.text for number in range(8)]
LINES = ["Menu", "Rain", "Sun", "Wind and more", "", "7 comments", "8 comments"]
PAGE = st.lists(st.sampled_from(LINES), max_size=6).map("\n".join)
PAGES = st.lists(PAGE, max_size=5)


def same(one: SiteMemory, other: SiteMemory) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in ("pages", "lines", "counts"))


def merged(one: SiteMemory, other: SiteMemory) -> SiteMemory | None:
    try:
        return one + other
    except MemoryFileError:
        return None


@given(st.lists(PAGE, max_size=5), st.lists(PAGE, max_size=5), st.lists(PAGE, max_size=5))
def test_merging_is_commutative_and_associative(
    first: list[list[str]], second: list[list[str]], third: list[list[str]]
) -> None:
    one, two, three = (EMPTY.learn(["\n".join(page) for page in pages]) for pages in (first, second, third))
    left, right = merged(one, two), merged(two, one)
    assert (left is None) == (right is None)
    if left is not None and right is not None:
        assert same(left, right)
        assert left.n_pages == one.n_pages + two.n_pages
    inner = merged(two, three)
    if left is not None and inner is not None and merged(one, inner) is not None:
        assert same(left + three, one + inner)


@given(PAGES, st.integers(0, 5))
def test_learning_at_once_or_in_parts_is_the_same(texts: list[str], cut: int) -> None:
    assert same(EMPTY.learn(texts), EMPTY.learn(texts[:cut]).learn(texts[cut:]))
    assert same(EMPTY.learn(texts), EMPTY.learn(texts).learn(texts))


@given(PAGES)
def test_files_round_trip(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    memory = EMPTY.learn(texts)
    path = tmp_path_factory.mktemp("memory") / "a.site"
    path.write_text(write_memory(memory), "utf-8")
    assert same(read_memory(path), memory)
    assert write_memory(read_memory(path)) == write_memory(memory)


def test_counts_as_a_plain_loop() -> None:
    batch = read_batch(TEXTS)
    memory = EMPTY.learn(TEXTS[:5])
    found, of = memory.recurrence(batch)
    for row, page in enumerate(batch.page):
        others = [other for other in range(5) if other != page]
        lines = [set(batch.scan.hash[batch.page == other].tolist()) for other in others]
        assert (found[row], of[row]) == (sum(int(batch.scan.hash[row]) in each for each in lines), len(others))


def test_a_file_holds_no_text() -> None:
    text = write_memory(EMPTY.learn(TEXTS))
    assert not any(word in text for word in ("Herald", MENU[2], NOTICE[0][:12]))
    assert json.loads(text)["linesift site memory"] == 1


def test_digits_do_not_count() -> None:
    memory = EMPTY.learn(["7 comments\nRain", "12 comments\nSun"])
    found, of = memory.recurrence(read_batch(["99 comments\nWind"]))
    assert found.tolist()[1] == 0
    assert of.tolist() == [2, 2]
    assert EMPTY.learn(["7 comments", "8 comments\nx"]).recurrence(read_batch(["9 comments\ny"]))[0].tolist() == [2, 0]


def test_recurring_sentences_become_sidebar() -> None:
    """Sentences that a site prints below every article look like body, until one has seen them twice."""
    model = linesift.load()
    page = invented_page(0)
    notice = [index for index, line in enumerate(page.page.lines) if line in NOTICE]
    sidebar = Label.SIDEBAR.column
    before = model.classify(page.page).probabilities[notice, sidebar]
    after = model.with_memory(EMPTY.learn(TEXTS)).classify(page.page).probabilities[notice, sidebar]
    assert (after > before).all()


def test_pages_of_other_sites_come_out_the_same(model: Model) -> None:
    text = "Other menu\nA title that nobody knows\nIt rained in the valley for a day.\nAbout us"
    before, after = (each.classify(text).probabilities for each in (model, model.with_memory(EMPTY.learn(TEXTS))))
    np.testing.assert_array_equal(before, after)


def test_a_memory_of_nothing_changes_nothing(model: Model) -> None:
    before, after = (each.classify(TEXTS[0]).probabilities for each in (model, model.with_memory(EMPTY)))
    np.testing.assert_array_equal(before, after)
    assert model.with_memory(EMPTY).classify("").labels == (None,)


def test_merging_the_same_pages_is_refused() -> None:
    with pytest.raises(MemoryFileError, match=r"2 of the pages are in both"):
        EMPTY.learn(TEXTS[:3]) + EMPTY.learn(TEXTS[1:4])


def test_the_table_has_every_cell_and_leaves_new_lines_alone() -> None:
    table = _recurrence_table().reshape(N_PAGE_BINS, N_LINE_BINS)
    assert (table[:, 0] == 0).all()
    assert (table >= 0).all()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "damaged, or no site memory"),
        ("[]", "not a site memory"),
        ('{"site": 1}', "not a site memory"),
        ('{"linesift site memory": 9}', "of format 9, this linesift reads format 1"),
        ('{"linesift site memory": 1, "pages": []}', "damaged"),
        ('{"linesift site memory": 1, "pages": ["zz"], "lines": {}}', "damaged"),
        ('{"linesift site memory": 1, "pages": ["1", "01"], "lines": {}}', "twice"),
        ('{"linesift site memory": 1, "pages": ["1"], "lines": {"2": 2}}', "between 1 and the number of pages"),
        ('{"linesift site memory": 1, "pages": ["1"], "lines": {"2": "x"}}', "between 1 and the number of pages"),
        ('{"linesift site memory": 1, "pages": ["fffffffffffffffff"], "lines": {}}', "damaged"),
    ],
)
def test_a_damaged_file_is_explained(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "a.site"
    path.write_text(text, "utf-8")
    with pytest.raises(MemoryFileError, match=words) as told:
        read_memory(path)
    assert str(path) in str(told.value)


def test_a_missing_file_is_explained(tmp_path: Path) -> None:
    with pytest.raises(MemoryFileError, match=r"none\.site: no such file; linesift learn-site"):
        read_memory(tmp_path / "none.site")


def test_pages_are_learnt_at_once_as_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memories, "_CHARS_AT_ONCE", 40)
    texts = [f"Home\nNews\nStory {number} of {'x' * number}" for number in range(9)] + ["", "Home\nNews"] * 2
    one_by_one = memories.EMPTY
    for text in texts:
        one_by_one = one_by_one.learn([text])
    assert memories.write_memory(memories.EMPTY.learn_all(iter(texts))) == memories.write_memory(one_by_one)
