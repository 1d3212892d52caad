"""Columns in plain words: which part of the page a column looks at, what it counts there, and how its value reads.

Columns of a line itself have a sentence of their own (`linesift.features.columns`). Names of the others are put
together by `linesift.model.window` and, for what the network sees of other lines, by `linesift.explain.explain`; so are
the words for them here.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from math import isnan

from linesift.features.chars import CharClass
from linesift.features.table import COLUMNS, MARKUP_COLUMNS
from linesift.hints import DAY_PARTS, TAGS


class Part(StrEnum):
    """What of a page a column looks at."""

    LINE = "the line itself"
    WORDS = "its words"
    MARKUP = "its markup"
    NEIGHBOURS = "the lines next to it"
    AROUND = "the lines around it"
    PAGE = "the page"


@dataclass(frozen=True, slots=True)
class Meaning:
    """A column in words."""

    part: Part
    text: str


_NAME = re.compile(
    r"(?P<base>.*?)(?:@(?P<step>[+-]\d+)|@(?P<side>above|below)|\.(?P<span>above|below)(?P<size>\d+)"
    r"|\.(?P<whole>page|share_above))?"
)

_SENTENCES = {column.name: column.description.rstrip(".") for column in (*COLUMNS, *MARKUP_COLUMNS)}
_ASIDE = re.compile(r"; .*|, missing where .*|, as (?:bits|its place) .*|: bits of a date$")
"""What of a sentence is about numbers that `say_value` writes as words, or that is no help on one line."""

_TARGETS = {"after_body": "the end of an article above", "before_body": "the beginning of an article below"}
"""Targets of the lexicon that are no labels."""

_SUMS = {
    "window.words": "words",
    "window.likely": "lines with words of body",
    "window.likely_words": "words in lines with words of body",
    "window.long": "lines of running text",
    "window.short": "lines under four words",
    "window.dated": "lines that show a day and month",
    "window.after_body": "words for the end of an article",
    "window.before_body": "words for the beginning of an article",
    "window.marked": "lines with markup of body",
    "window.marked_words": "words in lines with markup of body",
    "window.linked": "lines that are links",
    "window.after_marked": "markup for the end of an article",
    "window.before_marked": "markup for the beginning of an article",
}
"""What is summed over lines; of likelihoods the sum of probabilities."""

_ALONE = {
    "line.ends_sentence": "ends in",
    "line.date": "date on the line",
    "layout.twin": "same text next to it",
}

_MANY = ("@above", "@below")
"""How names of what the network sees of many lines together end."""

POOLED = {
    "network.above": "strongest signs that the network saw anywhere above",
    "network.below": "strongest signs that the network saw anywhere below",
}
"""What sweeps of the network find from the first line down to this one, and from this one to the last: the highest
values of hidden units, which are no column. The value is the number of the line on which most of it stands."""


@cache
def describe(name: str) -> Meaning:
    """Say what a column of `linesift.model.window.table_names` is, or what the network sees of many lines.

    >>> describe("line.bars@-1").text, describe("window.words.below8").text
    ('line above: bars, slashes, bullets and arrows', 'words in the 8 lines below')
    >>> describe("line.bars@above").text
    'all lines above: bars, slashes, bullets and arrows'
    """
    if name in POOLED:
        return Meaning(Part.PAGE, POOLED[name])
    match = _NAME.fullmatch(name)
    base = match["base"] if match else name
    if match and match["span"]:
        return Meaning(_part(name), f"{_SUMS.get(base, base)} in the {match['size']} lines {match['span']}")
    if match and match["whole"]:
        summed = _SUMS.get(base, base)
        is_page = match["whole"] == "page"
        return Meaning(_part(name), f"{summed} on the page" if is_page else f"share of the page's {summed} above")
    text = _ALONE.get(base) or _of_words(base) or _lowered(_ASIDE.sub("", _SENTENCES.get(base, base)))
    if match and match["step"]:
        step = int(match["step"])
        where = f"{'line' if abs(step) == 1 else f'{abs(step)} lines'} {'below' if step > 0 else 'above'}"
        text = f"{where}: {text}"
    elif match and match["side"]:
        text = f"all lines {match['side']}: {text}"
    return Meaning(_part(name), text)


def say_value(name: str, value: float) -> str:
    """Write the value of a column for people; many lines together have none.

    >>> say_value("markup.link_share@+1", 0.912), say_value("line.length", 12), say_value("line.last_class", 10)
    ('91 %', '12', 'stop')
    """
    if name in POOLED:
        return f"most on line {value:.0f}"
    if name.endswith(_MANY):
        return ""
    if isnan(value):
        return "–"
    base = name.partition("@")[0]
    words = _VALUES.get(base)
    if words is not None:
        return words(int(value))
    if base in _SHARES or base.endswith(".share_above"):
        return f"{value:.0%}".replace("%", " %")
    return f"{value:.0f}" if value == round(value) or abs(value) >= 100 else f"{value:.2g}"


def _part(name: str) -> Part:
    group = name.partition(".")[0]
    if (group == "window" and not name.endswith(".page")) or name.endswith(_MANY):
        return Part.AROUND
    if name.startswith(("layout.page_", "markup.page_")) or name.endswith(".page"):
        return Part.PAGE
    if "@" in name:
        return Part.NEIGHBOURS
    return {"lexicon": Part.WORDS, "markup": Part.MARKUP, "markup_lexicon": Part.MARKUP}.get(group, Part.LINE)


def _of_words(base: str) -> str:
    group, _, target = base.partition(".")
    if group not in {"lexicon", "markup_lexicon"}:
        return ""
    what = "words" if group == "lexicon" else "words of class and id"
    return f"{what} for {_TARGETS.get(target, target)}"


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _is(value: int) -> str:
    return "yes" if value else "no"


def _one_of(*names: str) -> Callable[[int], str]:
    return lambda value: names[value] if value < len(names) else str(value)


def _bits(*names: str) -> Callable[[int], str]:
    def say(value: int) -> str:
        return ", ".join(name for bit, name in enumerate(names) if value >> bit & 1) or "none"

    return say


_VALUES: dict[str, Callable[[int], str]] = {
    **dict.fromkeys(
        ("line.first_class", "line.first_letter", "line.last_class"),
        _one_of(*(kind.name.lower() for kind in CharClass)),
    ),
    "line.part_date": _bits("month", "weekday", "short date", "East Asian units"),
    "layout.repeated_shape": _bits("one", "two", "three", "four"),
    "line.ends_sentence": _one_of("no mark", "stop", "question mark", "colon", "comma"),
    "line.date": _one_of("none", "a part", "clock or age", "day and month", "with year", "with year and clock"),
    "layout.twin": _bits("above", "below"),
    "markup.tag": _one_of(*TAGS),
    "markup.day_shown": _bits(*DAY_PARTS),
    "markup.link_kind": _bits("the page", "its site", "elsewhere", "a person", "share"),
    "markup.in_frame": _bits("nav", "aside", "footer", "header"),
    **dict.fromkeys(("markup.is_time", "markup.in_figure", "markup.in_form", "markup.in_quote"), _is),
}
"""Columns whose values are names or bits."""

_SAID_TO_BE_SHARES = ("Share ", "Digits in", "Capitals in", "Mean link")
_SHARES = frozenset(
    [
        *("line.capitalised_share", "line.mark_share"),
        *(name for name, sentence in _SENTENCES.items() if sentence.startswith(_SAID_TO_BE_SHARES)),
    ]
)
