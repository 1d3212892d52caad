"""Read a parsed page with the compiled pass: its lines and hints, equal to those of `walk` and `arrays`."""

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from linesift.hints import Hints, no_hints
from linesift.read.html.arrays import MAX_WORDS
from linesift.read.html.compiled import layout
from linesift.read.html.compiled.arrays import make_arrays
from linesift.read.html.compiled.counts import count_prose, count_two, find_keys
from linesift.read.html.compiled.evidence import compare_titles, find_days
from linesift.read.html.compiled.media import find_beside
from linesift.read.html.compiled.run import run
from linesift.read.html.compiled.tables import make_tables
from linesift.read.html.compiled.words import as_words
from linesift.read.html.evidence import HeadClaims, find_day, make_claims, read_days, split_days, split_titles
from linesift.read.html.links import find_kind
from linesift.read.html.media import LONGEST_ALT, compare_alt, join_alt
from linesift.read.html.prose import has_noscript, is_most
from linesift.read.html.words import TIME_HASHES

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

_RAW_IN_DRAWINGS = ", ".join(
    f"{outer} {name}"
    for outer in ("svg", "math")
    for name in ("iframe", "noembed", "noframes", "noscript", "script", "style")
)


_MAX_ROWS = 4_000_000
"""Most tags and line ends of a page; places in the arrays are of 32 bits."""


class _Pass(NamedTuple):
    """What `run` found on a page; rows as in `layout`."""

    text: NDArray[np.uint8]
    lines: NDArray[np.int64]
    shares: NDArray[np.float64]
    blocks: NDArray[np.int64]
    keysets: NDArray[np.int64]
    part_keys: NDArray[np.int64]
    key_bounds: NDArray[np.int64]
    key_bytes: NDArray[np.uint8]
    media: NDArray[np.int64]
    links: NDArray[np.int64]
    hrefs: NDArray[np.int64]
    claims: NDArray[np.int64]
    n_hidden: int
    """Characters of hidden elements that were left out."""
    first_tail: int
    """First of the media behind all lines."""


def read_compiled(tree: "LexborHTMLParser", html: bytes) -> tuple[str, Hints] | None:
    """Read the text and the hints of a page that was parsed as if scripts ran; `None` where only `Walk` can.

    Args:
        tree: the parsed page.
        html: the page in UTF-8, for JSON-LD.
    """
    written = (tree.html or "").encode("utf-8", "replace")
    found = _run(tree, written, shows_hidden=False)
    if found is None:
        return None
    n_visible = count_prose(found.lines, found.shares)
    if has_noscript(tree, n_visible):
        return None
    if found.n_hidden > n_visible:
        with_hidden = _run(tree, written, shows_hidden=True)
        if with_hidden is None:
            return None
        if is_most(count_prose(with_hidden.lines, with_hidden.shares), n_visible):
            found = with_hidden
    return _finish(written, found, html)


def _run(tree: "LexborHTMLParser", written: bytes, *, shows_hidden: bool) -> _Pass | None:
    data = np.frombuffer(written + layout.SENTINEL, np.uint8)
    n_tags, n_newlines = count_two(data, as_words(data), ord("<"), ord("\n"))
    if n_tags + n_newlines > _MAX_ROWS:
        return None
    is_read, m, text, shares, key_bytes = run(data, n_tags, n_newlines, shows_hidden, *make_tables())
    has_raw = m[layout.IS_FOREIGN_RAW]
    if not is_read or (has_raw and any("<" in node.text() for node in tree.css(_RAW_IN_DRAWINGS))):
        return None
    return _Pass(
        text,
        _rows(m, layout.LINES, layout.N_LINES, layout.LINE_SIZE),
        shares,
        _rows(m, layout.BLOCKS, layout.N_BLOCKS, layout.BLOCK_SIZE),
        _rows(m, layout.KEYSETS, layout.N_KEYSETS, layout.KEYSET_SIZE),
        _rows(m, layout.PART_KEYS, layout.N_PART_KEYS, 1).ravel(),
        m[m[layout.KEY_BOUNDS] : m[layout.KEY_BOUNDS] + m[layout.N_KEYS] + 1],
        key_bytes,
        _rows(m, layout.MEDIA, layout.N_MEDIA, layout.MEDIUM_SIZE),
        _rows(m, layout.LINKS, layout.N_LINKS, 2),
        _rows(m, layout.HREFS, layout.N_HREFS, 2),
        _rows(m, layout.CLAIMS, layout.N_CLAIMS, layout.CLAIM_SIZE),
        int(m[layout.N_HIDDEN]),
        int(m[layout.FIRST_MEDIUM]),
    )


def _rows(m: NDArray[np.int64], section: int, count: int, size: int) -> NDArray[np.int64]:
    return m[m[section] : m[section] + m[count] * size].reshape(-1, size)


def _finish(written: bytes, found: _Pass, html: bytes) -> tuple[str, Hints] | None:
    if not len(found.lines):
        return "", no_hints(1)
    _find_left_links(written, found)
    *of_blocks, link_kind, word_hash, word_line, word_level = make_arrays(
        found.lines, found.shares, found.blocks, found.keysets, found.part_keys, found.key_bounds, found.key_bytes,
        TIME_HASHES,
    )  # fmt: skip
    if len(word_hash) > MAX_WORDS:  # some are left out
        return None
    text = found.text.tobytes().decode()
    lines = text.split("\n")
    of_head = _find_evidence(lines, found, _read_claims(written, found, html))
    of_media = _find_pictures(written, lines, found)
    in_order = [*of_blocks, *of_head, *of_media, link_kind, word_hash, word_line, word_level]
    return text, Hints(*in_order)


def _decode(written: bytes, start: int, end: int) -> str:
    """Text of a value, its entities decoded."""
    value = written[start:end].decode()
    if "&" in value:
        for entity, char in (("&nbsp;", "\xa0"), ("&quot;", '"'), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
            value = value.replace(entity, char)
    return value


def _find_left_links(written: bytes, found: _Pass) -> None:
    """Find the kinds of addresses that the pass left alone, and add them to those of their lines."""
    if len(found.links):
        kinds: dict[int, int] = {}
        hrefs, link_kind = found.hrefs.tolist(), found.lines[:, layout.LINK_KIND]
        for line, number in found.links.tolist():
            if number not in kinds:
                kinds[number] = find_kind(_decode(written, *hrefs[number]))
            link_kind[line] |= kinds[number]


def _read_claims(written: bytes, found: _Pass, html: bytes) -> HeadClaims:
    named, titles = [], []
    for claim in found.claims.tolist():
        key, name, value = (_decode(written, *claim[place : place + 2]) for place in (0, 2, 4))
        if claim[0] < 0:
            titles.append(value)
        else:
            named.append((key or name, value))
    data = np.frombuffer(html, np.uint8)
    return make_claims(named, titles, read_days(html, find_keys(data, as_words(data)).tolist()))


def _find_evidence(
    lines: list[str], found: _Pass, claims: HeadClaims
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.uint8]]:
    n_lines = len(lines)
    n_chars = np.ascontiguousarray(found.lines[:, layout.LINE_CHARS])
    share, cover, shown = np.zeros(n_lines, np.float32), np.zeros(n_lines, np.float32), np.zeros(n_lines, np.uint8)
    if titles := split_titles(claims.titles):
        wholes = [whole.encode() for whole, _ in titles]
        words = [(number, word.encode()) for number, (_, own) in enumerate(titles) for word in own]
        share, cover = compare_titles(
            found.text,
            found.lines,
            n_chars,
            _folding(),
            np.frombuffer(b"".join(wholes), np.uint8),
            np.cumsum([*map(len, wholes)], dtype=np.int32),
            np.frombuffer(b"".join(word for _, word in words), np.uint8),
            np.cumsum([len(word) for _, word in words], dtype=np.int32),
            np.array([number for number, _ in words], np.int32),
        )
    if sought := split_days(claims.days):
        shown, is_left = find_days(found.text, found.lines, n_chars, np.array(sought, np.int64), _digits())
        for index in np.flatnonzero(is_left).tolist():
            shown[index] = find_day(lines[index], sought)
    return share, cover, shown


def _find_pictures(written: bytes, lines: list[str], found: _Pass) -> tuple[NDArray[np.int16], NDArray[np.float32]]:
    """Count the media before every line, and compare it with their alternative texts, as `media.find_pictures` does."""
    alt_share = np.zeros(len(lines), np.float32)
    n_media, pairs = find_beside(found.lines, found.media, found.first_tail)
    spans = found.media[pairs[:, 1], layout.ALT_START :].tolist()
    for place, (start, end, title_start, title_end) in zip(pairs[:, 0].tolist(), spans, strict=True):
        alt = join_alt(_decode(written, start, end), _decode(written, title_start, title_end))
        alt_share[place] = max(alt_share[place], compare_alt(lines[place], alt[:LONGEST_ALT]))
    return n_media, alt_share


@cache
def _folding() -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """What characters of the first two planes are folded to, as `compare_titles` takes it; no others are."""
    folded = [char.casefold() for char in map(chr, range(1 << 17))]
    changed = [fold.encode() if fold != chr(code) else b"" for code, fold in enumerate(folded)]
    starts = np.cumsum([0, *map(len, changed)], dtype=np.int32)
    return starts, np.frombuffer(b"".join(changed), np.uint8)


@cache
def _digits() -> NDArray[np.bool_]:
    r"""Whether each character of the first plane is what `\d` matches."""
    found = np.zeros(1 << 16, np.bool_)
    found[[match.start() for match in re.finditer(r"\d", "".join(map(chr, range(1 << 16))))]] = True
    return found
