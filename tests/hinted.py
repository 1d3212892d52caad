"""Hints drawn at random for any text, and small HTML pages."""

import numpy as np
from numpy.typing import NDArray

from linesift.hints import ANCESTORS, LINK_KINDS, PART_LEVEL, TAGS, Hints, hash_word
from linesift.page import Page

_WORDS = [hash_word(word) for word in ("article", "body", "teaser", "menu", "date", "share", "comment")]

ARTICLE = """<!DOCTYPE html><html lang=en><title>Ferry returns</title><body class=page>
<nav class="menu main-menu"><ul><li><a href=/>Home</a><li><a href=/sport>Sport pages</a></ul></nav>
<main><article class=story itemprop=articleBody><h1 class=headline>Ferry returns to the harbour</h1>
<div class=byline>By <b>A. Writer</b> <time datetime=2024-03-11>11 March 2024, 09:20</time></div>
<p class=text>The ferry came back to the harbour on Monday after a year in the dock, said its captain.
<p class=text>Its new engine burns a third less than the old one did, said the <a href=/co>harbour company</a>.
<blockquote><p>The last boat leaves at midnight.</blockquote></article>
<aside class="teasers related"><h2>More</h2><a class=teaser href=/1>Bridge shut</a><a class=teaser href=/2>Rain</a>
</aside></main><footer class=foot><a href=/about>About us</a> | <a href=/contact>Contact</a></footer>"""
TABLE = """<table class=results><tr><th>Team<th>Points<tr><td>Harbour<td>12<tr><td>Valley<td>9</table>
<form class=search><label>Search</label><button>Go</button></form><x-card class=card><figure><figcaption>The ferry
</figcaption></figure></x-card><section class=comments><p>水位が上がった。</section>"""
HTML_PAGES = (ARTICLE, TABLE, "<p class=lone>Rain", "<pre class=poem>Rain\n\n  Sun\n</pre>")


def random_hints(text: str, seed: int) -> Hints:
    """Hints with few paths, and with at least one word where the page has lines that are not blank."""
    draw = np.random.default_rng(seed)
    inked = np.array([bool(line.strip()) for line in text.split("\n")])
    n_lines = len(inked)
    paths = draw.integers(0, 1 << 64, 5, np.uint64)
    n_words = np.where(inked, draw.integers(0, 5, n_lines), 0)
    n_words[np.flatnonzero(inked)[:1]] += 1
    word_line = np.repeat(np.arange(n_lines, dtype=np.int32), n_words)

    def share() -> NDArray[np.float32]:
        shares: NDArray[np.float32] = (draw.choice([0, 0, 1, draw.random()], n_lines) * inked).astype(np.float32)
        return shares

    return Hints(
        tag=(draw.integers(1, len(TAGS), n_lines) * inked).astype(np.uint8),
        ancestors=(draw.integers(0, 1 << len(ANCESTORS), (2, n_lines)).prod(axis=0) % (1 << len(ANCESTORS)) * inked)
        .astype(np.uint32),
        depth=(draw.integers(0, 40, n_lines) * inked).astype(np.int16),
        order=(np.sort(draw.random(n_lines)) * inked).astype(np.float32),
        path=draw.choice(paths[:4], n_lines) * inked,
        parent=draw.choice(paths[3:], n_lines) * inked,
        siblings=(draw.integers(1, 9, n_lines) * inked).astype(np.int32),
        link_share=share(),
        emphasis=share(),
        is_time=(draw.random(n_lines) < 0.3) & inked,
        n_inline=(draw.integers(0, 6, n_lines) * inked).astype(np.int16),
        title_share=share(),
        title_cover=share(),
        day_shown=(draw.integers(0, 8, n_lines) * inked).astype(np.uint8),
        n_media=(draw.choice([0, 0, 0, 1, 3], n_lines) * inked).astype(np.int16),
        alt_share=share(),
        link_kind=(draw.choice((0, *LINK_KINDS.values()), n_lines) * inked).astype(np.uint8),
        word_hash=draw.choice(np.array(_WORDS, np.uint64), len(word_line)),
        word_line=word_line,
        word_level=draw.integers(0, PART_LEVEL + 1, len(word_line)).astype(np.uint8),
    )  # fmt: skip


def hinted(text: str, seed: int) -> Page:
    """A page with hints drawn at random."""
    return Page(text, hints=random_hints(text, seed))
