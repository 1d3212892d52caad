"""Classes of characters."""

import sys
import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linesift.features.chars import TABLE_SIZE, CharClass, read_chars


def every_char() -> str:
    return "".join(map(chr, range(TABLE_SIZE)))


OLD = unicodedata.ucd_3_2_0
"""Characters that every Python knows; the table is of one version of Unicode, and a newer Python knows more."""


def test_white_space_is_what_python_strips() -> None:
    text = "".join(map(chr, range(sys.maxunicode + 1)))
    spaces = {text[place] for place in np.flatnonzero(read_chars(text).classes == CharClass.SPACE)}
    assert spaces == {char for char in text if char.isspace()}


def test_digits_of_all_scripts_are_ascii_digits() -> None:
    text = "".join(char for char in every_char() if OLD.category(char) == unicodedata.category(char) == "Nd")
    chars = read_chars(text)
    assert set(chars.classes.tolist()) == {CharClass.DIGIT}
    assert "".join(map(chr, chars.folded)) == "".join(str(unicodedata.digit(char)) for char in text)


def test_folding_is_lower_case_where_that_is_one_character() -> None:
    text = "".join(c for c in every_char() if OLD.category(c) in ("Lu", "Lt", "Ll") and len(c.lower()) == 1)
    folded = "".join(map(chr, read_chars(text).folded))
    assert folded == "".join(char.lower() for char in text)


@pytest.mark.parametrize(
    ("chars", "kind"),
    [
        ("azßяμ", CharClass.LOWER),
        ("AZÉЯΜİ", CharClass.UPPER),
        ("عבकமአ", CharClass.CASELESS),
        ("აჯ\u1c90", CharClass.CASELESS),
        ("한글", CharClass.HANGUL),
        ("\u0301\u064b\u093e", CharClass.MARK),
        ("09٣۴५๖９", CharClass.DIGIT),
        ("漢字东々", CharClass.HAN),
        ("ひカー", CharClass.KANA),
        ("กาລខမ", CharClass.UNSPACED),
        (".。！…", CharClass.STOP),
        ("?？؟", CharClass.QUESTION),
        (",、،；", CharClass.COMMA),
        (":：", CharClass.COLON),
        ("\"'«»“’「", CharClass.QUOTE),
        ("([{（", CharClass.OPEN),
        (")]}）", CharClass.CLOSE),
        ("-–—", CharClass.DASH),
        ("|/\\•▪>", CharClass.BAR),
        ("@#$€©", CharClass.MARKER),
        ("😀½\0\x07\ud800\udfff", CharClass.SYMBOL),
        (" \t\r\n\xa0\u2028\u3000", CharClass.SPACE),
    ],
)
def test_classes(chars: str, kind: CharClass) -> None:
    assert [CharClass(found).name for found in read_chars(chars).classes] == [kind.name] * len(chars)


def test_rare_han_ideographs_are_han() -> None:
    assert read_chars("\U00020000\U0002a6df\U00030000").classes.tolist() == [CharClass.HAN] * 3


@given(st.text(st.characters(exclude_categories=[])))
def test_one_entry_per_character(text: str) -> None:
    chars = read_chars(text)
    assert len(chars.folded) == len(chars.classes) == len(text)
    assert chars.newlines.tolist() == [place for place, char in enumerate(text) if char == "\n"]
