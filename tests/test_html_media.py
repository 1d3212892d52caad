"""Pictures between lines, and lines that repeat their alternative texts."""

import numpy as np
import pytest

from linesift.hints import Hints
from linesift.read.html.page import read_html


def hints_of(body: str) -> Hints:
    return read_html(f"<html><body>{body}").hints


def n_media(body: str) -> list[int]:
    counts: list[int] = hints_of(body).n_media.tolist()
    return counts


def alt_share(body: str) -> list[float]:
    shares: list[float] = hints_of(body).alt_share.tolist()
    return shares


@pytest.mark.parametrize(("body", "counts"), [
    ("<p>Rain<p>Sun", [0, 0]),
    ("<img src=1><p>Rain<p>Sun<img src=2>", [1, 0]),
    ("<p>Rain<p><img src=1><em>A caption</em><p>Sun", [0, 1, 0]),
    ("<p>Rain<img src=1><br><video></video>Sun<audio></audio><iframe></iframe><p>Wind", [0, 2, 2]),
    ("<figure><picture><source><source><img src=1></picture><figcaption>Rain</figcaption></figure><p>Sun", [1, 0]),
    ("<img width=1 height=1><img height=0><iframe width=1px></iframe><img style=display:none><img hidden>Rain", [0]),
    ("<img width=10><svg></svg><canvas></canvas><noscript><img></noscript><p>Rain", [1]),
    ("<div hidden><img></div><p>Rain", [0]),
    ("<p>It <img alt=:-)> rains<p>Sun", [0, 0]),
    ("<p>Rain <img> <img><p>Sun", [0, 2]),
    ("<p>&shy;<img>&shy;<p>Sun", [1]),
    ("<img><table><tr><td><img>Rain<td><img>Sun<tr><td>3<td>4<img></table><p>Wind", [2, 0, 1]),
    ("<img>", [0]),
    ("<img>" * 40_000 + "Rain", [32767]),
])  # fmt: skip
def test_media_before_a_line(body: str, counts: list[int]) -> None:
    assert n_media(body) == counts


@pytest.mark.parametrize(("body", "shares"), [
    ("<img alt='The ferry at the pier'><p>The ferry leaves, full.", [2 / 4]),
    ("<p>The ferry at the pier.<img alt='Ferry, the'><p>The crew", [2 / 4, 1 / 2]),
    ("<img title='The Ferry'><p>the ferry", [1]),
    ("<img alt='The ferry' title='at the pier'><p>The pier", [1]),
    ("<img alt='The ferry'><img><p>The ferry", [0]),
    ("<img><img alt='The ferry'><p>The ferry<img alt=Rain><p>The ferry", [1, 0]),
    ("<img alt=渡し船が戻った港の写真><p>渡し船が戻った<p>渡し船", [1, 0]),
    ("<img alt=渡し船><p>渡し船が戻った", [3 / 7]),
    ("<p>The ferry<p>Rain", [0, 0]),
    ("<img alt=''><p>Rain", [0]),
    ("<img alt=Rain width=1><p>Rain", [0]),
    (f"<img alt=ferry><p>{'ferry ' * 300}", [0]),
])  # fmt: skip
def test_lines_that_repeat_alternative_texts(body: str, shares: list[float]) -> None:
    assert alt_share(body) == pytest.approx(shares)


def test_a_page_without_pictures_and_links_says_nothing_of_them() -> None:
    hints = hints_of("<h1>Rain</h1><p>It <b>rains</b>.<table><tr><td>1<td>2</table>")
    for values in (hints.n_media, hints.alt_share, hints.link_kind):
        assert not values.any()
    assert [values.dtype for values in (hints.n_media, hints.alt_share, hints.link_kind)] == [
        np.int16, np.float32, np.uint8,
    ]  # fmt: skip
