"""Columns of set phrases that news pages use in every language: "read also", "photo", "by", "share", "updated".

The table `cues.tsv` has some fifty meanings in ninety languages. A column says what a phrase means and not which words
say it, so that what a model learns from one language holds in all others.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from linesift.features.batch import Batch, read_batch
from linesift.features.chars import COLON, nonzero_indices
from linesift.features.columns import Columns, Values
from linesift.hashing import MIX, SPREAD

CUES = Columns("cues")

FAMILIES = {
    "related": ("read_also", "related", "most_read", "latest", "continue_reading", "watch", "more"),
    "picture": ("photo", "caption_credit", "illustration", "gallery", "video"),
    "people": ("by", "editor", "reporter", "about_author", "source"),
    "social": ("share", "comments", "reply", "tags", "topics", "follow_us"),
    "offers": ("subscribe", "newsletter", "advertisement", "donate", "download_app"),
    "notice": ("cookies", "privacy", "copyright", "all_rights", "contact", "report_error"),
    "dated": ("updated", "published"),
    "tools": (
        "read_time", "listen", "print", "views", "loading", "scroll", "next_page", "contents", "back_to_top",
        "home", "login", "search", "menu", "weather",
    ),
    "summary": ("key_points", "correction"),
}  # fmt: skip
"""Meanings in `cues.tsv`, by the column that counts them."""

_ENDS, _BEGINS, _SURELY_BEGINS, _IS = range(1, 5)
"""Values of the columns."""

_SURE, _SURE_VIETNAMESE = 2.0, 3.0
"""Words from which a phrase is not the beginning of an ordinary sentence, as "by", "photo" and "more" can be.

Vietnamese sets a space after every syllable, and most of its words have two.
"""

_NEAR, _NEAR_BY = 20, 6
"""Words of the longest line at whose beginning a shorter phrase counts; the second after "by" and without a colon.

Of the lines of up to 20 words that begin with one, 97 % were menus, credits and the like on pages read line by line; of
longer lines less than half. Words for "by" are prepositions of other languages too: "di" begins Indonesian titles.
"""
_ALL = 255
"""Stands for lines of any length."""

_FORWARD, _BACKWARD = SPREAD, np.uint64(0xC2B2AE3D27D4EB4F)
"""Hashes of no words, for phrases that are read from the first word on and from the last word on."""
_FILTER_BITS = 19

Hashes = NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False)
class CueTable:
    """Phrases by the hash of their words, once from the first word on and once from the last word on."""

    keys: Hashes
    """Shape (n_keys,), ascending."""
    families: NDArray[np.uint16]
    """Shape (n_keys,): bits of `FAMILIES`."""
    near: NDArray[np.uint8]
    """Shape (n_keys,): words of the longest line at whose beginning the phrase counts; `_ALL` of a sure one."""
    beginnings: NDArray[np.uint8]
    """Shape (2 ** _FILTER_BITS / 8,): bits, set at the first bits of the hashes of all phrases and their beginnings."""

    def may_hold(self, hashes: Hashes) -> NDArray[np.int64]:
        """Find the hashes that can be of phrases or their beginnings; of others, one in twelve passes too."""
        # As bits it stays in the processor's cache, which one byte for each would not.
        bit = (hashes >> np.uint64(64 - _FILTER_BITS)).astype(np.uint8) & np.uint8(7)
        bits: NDArray[np.uint8] = self.beginnings.take((hashes >> np.uint64(67 - _FILTER_BITS)).view(np.int64))
        return nonzero_indices(bits >> bit & np.uint8(1))


def _add_word(hashes: Hashes, words: Hashes) -> Hashes:
    chained: Hashes = (hashes ^ words) * MIX
    return chained ^ (chained >> np.uint64(29))


_OTHER_FORMS = {"ro": str.maketrans("șț", "şţ"), "fa": str.maketrans("یک", "يك")}
"""Letters that keyboards write instead of those of the table, by language."""


def spellings(phrase: str, language: str) -> Iterator[str]:
    """Spell a phrase of the table in all ways in which lines have it.

    Folding goes letter by letter, and some capitals do not fold to the small letter of their language: those of the
    Turkish i, the German sharp s, and Greek letters, whose accents are left out. Romanian and Persian have letters of
    two forms.

    >>> [*spellings("schließen", "de")], [*spellings("și", "ro")]
    (['schließen', 'SCHLIESSEN'], ['și', 'ȘI', 'şi', 'ŞI'])
    >>> [*spellings("ilgili", "tr")], [*spellings("σχετικά νέα", "el")][1]
    (['ilgili', 'İLGİLİ', 'İlgili'], 'ΣΧΕΤΙΚΑ ΝΕΑ')
    """
    for variant in dict.fromkeys((phrase, phrase.translate(_OTHER_FORMS.get(language, {})))):
        yield variant
        if language in ("tr", "az"):
            yield variant.replace("i", "İ").upper()
            yield " ".join([word.replace("i", "İ", 1) if word[0] == "i" else word for word in variant.split()])
        elif language == "el":
            yield unicodedata.normalize("NFD", variant).replace("\u0301", "").upper()
        else:
            yield variant.upper()


def read_phrases(meanings: AbstractSet[str]) -> Iterator[str]:
    """Read the phrases of some meanings from the table, in all their spellings: as long as a page takes to label."""
    rows = _rows((Path(__file__).parent / "cues.tsv").read_text("utf-8"))
    return (form for meaning, language, phrase in rows if meaning in meanings for form in spellings(phrase, language))


def _rows(table: str) -> list[list[str]]:
    """Split the text of `cues.tsv` into meaning, language and phrase."""
    return [row.split("\t") for row in table.splitlines() if not row.startswith("#")][1:]  # the first is the heading


def hash_cues(table: str) -> CueTable:
    """Compute what `cues.npz` holds of the text of `cues.tsv`."""
    of_meaning = {meaning: 1 << bit for bit, meanings in enumerate(FAMILIES.values()) for meaning in meanings}
    rows = _rows(table)
    spelt = [(form, *row) for row in rows for form in spellings(row[2], row[1])]
    batch = read_batch(["\n".join([form for form, *_ in spelt])])
    n_words = np.bincount(batch.scan.word_line, minlength=len(spelt))
    end = n_words.cumsum()
    keys: list[Hashes] = []
    beginnings = np.zeros(1 << _FILTER_BITS, np.bool_)
    for seed, first, step in ((_FORWARD, end - n_words, 1), (_BACKWARD, end - 1, -1)):
        hashes = np.full(len(spelt), seed)
        for number in range(n_words.max()):
            more = nonzero_indices(n_words > number)
            hashes[more] = _add_word(hashes[more], batch.scan.word_hash[first[more] + step * number])
            beginnings[hashes[more] >> np.uint64(64 - _FILTER_BITS)] = True
        keys.append(hashes)
    families = np.array([of_meaning[meaning] for _, meaning, *_ in spelt], np.uint16)
    surely = np.array([_SURE_VIETNAMESE if language == "vi" else _SURE for _, _, language, _ in spelt])
    near = np.array([_NEAR_BY if meaning == "by" else _NEAR for _, meaning, *_ in spelt])
    near[batch.length >= surely] = _ALL
    order = np.argsort(np.concatenate(keys), kind="stable")
    ordered = np.concatenate(keys)[order]
    heads = nonzero_indices(np.diff(ordered, prepend=ordered[0] - np.uint64(1)))
    return CueTable(
        keys=ordered[heads],
        families=np.bitwise_or.reduceat(np.tile(families, 2)[order], heads),
        near=np.maximum.reduceat(np.tile(near, 2)[order], heads).astype(np.uint8),
        beginnings=np.packbits(beginnings, bitorder="little"),
    )


@cache
def _table() -> tuple[CueTable, NDArray[np.bool_]]:
    """The table, and its families one by one, shape (n_keys, n_families)."""
    # Not from the table of phrases, which takes longer to read than a page to label.
    with (Path(__file__).parent / "cues.npz").open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
        table = CueTable(**stored)
    bits = np.uint16(1) << np.arange(len(FAMILIES), dtype=np.uint16)
    return table, (table.families[:, None] & bits) > 0


@dataclass(frozen=True, slots=True, eq=False)
class CuesFound:
    """Phrases that lines begin or end with; all arrays have shape (n_found,), and a line can have several."""

    row: NDArray[np.int64]
    key: NDArray[np.int64]
    """Index in `CueTable.keys`."""
    is_begin: NDArray[np.bool_]
    """False for the end of a line."""
    is_whole: NDArray[np.bool_]
    """The line has no other words."""


def find_cues(batch: Batch) -> CuesFound:
    """Look up the first one, two, three ... words of every line, and the last ones, as long as a phrase has them."""
    table, n_lines, words = _table()[0], len(batch.page), batch.scan.word_hash
    n_words = np.bincount(batch.scan.word_line, minlength=n_lines)
    end = n_words.cumsum()
    # Every line twice: from its first word on, and from its last word on.
    place = np.concatenate((end - n_words, end - 1))
    n_words = np.concatenate((n_words, n_words))
    slots = nonzero_indices(n_words)
    hashes = np.where(slots < n_lines, _FORWARD, _BACKWARD)
    found: list[tuple[NDArray[np.int64], Hashes, NDArray[np.bool_]]] = []
    while not found or len(slots):
        step = np.where(slots < n_lines, len(found), -len(found))
        hashes = _add_word(hashes, words.take(place.take(slots) + step))
        likely = table.may_hold(hashes)
        slots, hashes = slots[likely], hashes[likely]
        is_whole = n_words.take(slots) == len(found) + 1
        found.append((slots, hashes, is_whole))
        slots, hashes = slots[~is_whole], hashes[~is_whole]
    slot, hashes, is_whole = (np.concatenate(parts) for parts in zip(*found, strict=True))
    key = table.keys.searchsorted(hashes)
    known = nonzero_indices(table.keys.take(key, mode="clip") == hashes)
    slot = slot[known]
    return CuesFound(slot % max(n_lines, 1), key[known], slot < n_lines, is_whole[known])


@CUES.columns(
    **{
        name: f"Set phrases such as {', '.join(meanings).replace('_', ' ')}; "
        "4 where the line is one, 3 where it begins with one of two words or more, three in Vietnamese, or has a "
        "colon, up to twenty words and begins with a shorter one, 2 where it has up to twenty words, six for by, and "
        "begins with a shorter one, 1 where it ends with one of two words or more."
        for name, meanings in FAMILIES.items()
    }
)
def phrases(batch: Batch) -> Sequence[Values]:
    """Set phrases that a line is, begins with or ends with."""
    table, of_family = _table()
    cues = find_cues(batch)
    near = table.near[cues.key]
    is_sure = near == _ALL
    is_marked = is_sure | (batch.scan.counts[cues.row, COLON] > 0)
    is_near = is_sure | (batch.length[cues.row] <= np.where(is_marked, _NEAR, near))
    begins = np.where(is_marked, _SURELY_BEGINS, _BEGINS) * is_near
    value = np.where(cues.is_whole, _IS, np.where(cues.is_begin, begins, _ENDS * is_sure))
    order = np.argsort(value, kind="stable")
    cue, family = of_family[cues.key[order]].nonzero()
    out = np.zeros((len(FAMILIES), len(batch.page)), np.uint8)
    # Of several phrases on a line the greatest value is written last.
    out[family, cues.row[order[cue]]] = value[order[cue]]
    return list(out)
