"""The scoring of `benchmarks/compare.py`; its other tools are not installed here."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks import compare_cases, compare_report, peers
from tinycorpus import PARAGRAPHS, row, write_corpus


def score(*pages: tuple[Sequence[str], Sequence[str], str | None]) -> tuple[float, ...]:
    """Precision, recall, F1, failed and empty pages, in that order."""
    cases = [compare_cases.Case("a.example", b"", must, mustnot) for must, mustnot, _ in pages]
    return tuple(compare_cases.score(cases, [text for _, _, text in pages]).values())


def test_strings_are_counted_over_all_pages() -> None:
    # Three of four found, one of three that should not be: not the mean of the pages.
    first, second = (["one", "two"], ["menu"], "one and two"), (["three", "four"], ["login", "share"], "three, login")
    assert score(first, second) == pytest.approx((3 / 4, 3 / 4, 3 / 4, 0, 0))


def test_white_space_is_collapsed_on_both_sides() -> None:
    assert score((["a  b\nc"], ["x\ty"], "a\u00a0b \n\n c x y")) == pytest.approx((1 / 2, 1, 2 / 3, 0, 0))


@pytest.mark.parametrize(("text", "n_failed", "n_empty"), [(None, 1, 0), ("", 0, 1), (" \n", 0, 1)])
def test_a_page_without_text_misses_everything(text: str | None, n_failed: int, n_empty: int) -> None:
    assert score((["one"], ["menu"], "one"), (["two"], ["menu"], text)) == pytest.approx(
        (1, 1 / 2, 2 / 3, n_failed, n_empty)
    )
    assert score((["two"], [], text)) == (0, 0, 0, n_failed, n_empty)


def test_a_peer_that_raises_has_failed() -> None:
    def extract(html: str) -> str | None:
        return {"<p>one": "one", "<p>": None}[html]

    assert peers.peer(extract)([b"<p>one", b"<p>", b"<p>other"]) == ["one", "", None]


def test_pages_of_a_collection_are_those_that_were_read_and_kept(tmp_path: Path) -> None:
    write_corpus(tmp_path / "tiny.parquet", [row(number) for number in range(6)])
    text = "\n".join(PARAGRAPHS)
    gold = {row(number)["id"]: text for number in (1, 2, 3, 4, 5)}
    kept = [row(number)["id"] for number in (0, 1, 2, 4, 5)]
    articles = compare_cases.read_articles(tmp_path / "tiny.parquet", gold, kept, 2)
    assert [page.name for page in articles] == [row(1)["id"], row(4)["id"]]
    assert articles[0].gold == text
    assert compare_cases.score_articles(articles, [text, text]) == 1
    assert compare_cases.score_articles(articles, [text, None]) == pytest.approx(0.5)


def test_the_table_of_collections() -> None:
    scores = {"one": {"linesift, HTML": 0.98, "jusText": 0.9}, "two": {"linesift, HTML": 0.97, "jusText": 0.8}}
    assert compare_report.collection_table(scores, {"one": 3, "two": 4}).splitlines()[2:] == [
        "| tool | one (3 pages) | two (4 pages) |",
        "|---|---|---|",
        "| linesift, HTML | 0.9800 | 0.9700 |",
        "| jusText | 0.9000 | 0.8000 |",
    ]
