"""The scoring of `scripts/compare.py`; its other tools are not installed here."""

import runpy
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

SCRIPT: dict[str, Any] = runpy.run_path(str(Path(__file__).parents[1] / "scripts" / "compare.py"))


def score(*pages: tuple[Sequence[str], Sequence[str], str | None]) -> tuple[float, ...]:
    """Precision, recall, F1, failed and empty pages, in that order."""
    cases = [SCRIPT["Case"]("a.example", b"", must, mustnot) for must, mustnot, _ in pages]
    return tuple(SCRIPT["score"](cases, [text for _, _, text in pages]).values())


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

    assert SCRIPT["peer"](extract)([b"<p>one", b"<p>", b"<p>other"]) == ["one", "", None]
