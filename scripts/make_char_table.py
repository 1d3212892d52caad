"""Write `src/linesift/features/chars.npz`: the class and the folded form of every code point, as ranges.

The table is generated once and committed, so that features do not change with the Unicode version of the
Python that runs them. Run: python scripts/make_char_table.py
"""

import sys
import unicodedata
from pathlib import Path

import numpy as np

from linesift.features.chars import TABLE_SIZE, CharClass

TARGET = Path(__file__).parents[1] / "src/linesift/features/chars.npz"

SPECIAL = {
    CharClass.STOP: ".!。！．｡…۔։።॥।᙮‼",
    CharClass.QUESTION: "?？؟՞⁇",
    CharClass.COMMA: ",;、，；،؛､፣",
    CharClass.COLON: ":：፡∶",
    CharClass.QUOTE: "\"'“”„‟‘’‚‛«»‹›「」『』《》〈〉＂＇`´",
    CharClass.DASH: "-‐‑‒–—―−－~～〜",
    CharClass.BAR: "|/\\·•◦●○■□▪▫▶►▸▹◆◇★☆→←↑↓⇒›>＞<＜»|｜／⋅∙‣⁃※*＊",
    CharClass.MARKER: "@#©®™&%_=+＠＃＆％＝＋$€£¥₹₽₩",
}
UNSPACED = ("THAI ", "LAO ", "KHMER ", "MYANMAR ", "TAI ")
KANA = ("HIRAGANA", "KATAKANA", "HALFWIDTH KATAKANA", "BOPOMOFO")
HAN = ("CJK UNIFIED", "CJK COMPATIBILITY IDEOGRAPH", "IDEOGRAPHIC ITERATION", "IDEOGRAPHIC NUMBER")


def char_class(char: str) -> CharClass:
    """Class of a character: of a special mark, else by its script, else by its general category."""
    for kind, members in SPECIAL.items():
        if char in members:
            return kind
    category, name = unicodedata.category(char), unicodedata.name(char, "")
    if ord(char) == TABLE_SIZE - 1:
        return CharClass.HAN  # stands for everything beyond the table
    if name.startswith("GEORGIAN") and category[0] == "L":
        return CharClass.CASELESS  # has capitals in Unicode, but no text mixes them with small letters
    if char.isspace():
        return CharClass.SPACE  # exactly what str.strip takes for white space, so that both agree on blank lines
    if category == "Cf":
        return CharClass.MARK  # joiners and soft hyphens stand inside words
    if category == "Nd":
        return CharClass.DIGIT
    if category[0] in "LMN" and name.startswith(UNSPACED):
        return CharClass.UNSPACED
    if name.startswith(HAN):
        return CharClass.HAN
    if name.startswith(KANA):
        return CharClass.KANA
    if name.startswith("HANGUL"):
        return CharClass.HANGUL
    simple = {
        "Lu": CharClass.UPPER,
        "Lt": CharClass.UPPER,
        "Ll": CharClass.LOWER,
        "Lo": CharClass.CASELESS,
        "Lm": CharClass.CASELESS,
        "Ps": CharClass.OPEN,
        "Pe": CharClass.CLOSE,
        "Pd": CharClass.DASH,
        "Pi": CharClass.QUOTE,
        "Pf": CharClass.QUOTE,
    }
    if category in simple:
        return simple[category]
    return CharClass.MARK if category[0] == "M" else CharClass.SYMBOL


def folded(char: str) -> int:
    """Code point of the character in lower case; every decimal digit becomes its ASCII digit."""
    if unicodedata.category(char) == "Nd":
        return ord("0") + unicodedata.digit(char)
    lower = char.lower()
    return ord(lower) if len(lower) == 1 else ord(char)


def main() -> None:
    """Collapse both tables to ranges: a class per range, and the distance from a code point to its folded form."""
    classes = np.array([char_class(chr(code)) for code in range(TABLE_SIZE)], np.uint8)
    shifts = np.array([folded(chr(code)) - code for code in range(TABLE_SIZE)], np.int32)
    change = np.flatnonzero((np.diff(classes) != 0) | (np.diff(shifts) != 0)) + 1
    starts = np.concatenate(([0], change)).astype(np.uint32)
    np.savez_compressed(TARGET, starts=starts, classes=classes[starts], shifts=shifts[starts])
    print(f"{TARGET.name}: {len(starts)} ranges, Unicode {unicodedata.unidata_version}", file=sys.stderr)


if __name__ == "__main__":
    main()
