"""Describe columns in plain words: where on the page a column looks, what it counts there, and its value.

Columns of the line itself have a description (`linesift.features.columns`). The names of the others are put together
by `linesift.model.window`, and their words here, in the same way.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from math import isnan

from linesift.features.chars import CharClass
from linesift.features.cues import CUES
from linesift.features.table import COLUMNS, MARKUP_COLUMNS
from linesift.hints import DAY_PARTS, TAGS
from linesift.labels import LABELS
from linesift.page import per_cent


class Scope(StrEnum):
    """Where on the page a column looks."""

    LINE = "the line itself"
    WORDS = "its words"
    MARKUP = "its markup"
    NEIGHBOURS = "the lines next to it"
    AROUND = "the lines around it"
    PAGE = "the page"
    SITE = "its site"


@dataclass(frozen=True, slots=True)
class Meaning:
    """A column in words."""

    scope: Scope
    text: str


_NAME = re.compile(
    r"(?P<base>.*?)(?:@(?P<step>[+-]\d+)|\.(?P<span>above|below)(?P<size>\d+)"
    r"|\.(?P<whole>page|share_above))?"
)

_SENTENCES = {column.name: column.description.rstrip(".") for column in (*COLUMNS, *MARKUP_COLUMNS)}
_LEFT_OUT = re.compile(r"; .*|, missing (?:where|at) .*|, as (?:bits|its place) .*|: bits of a date$")
"""Parts of a description that are left out: those about numbers that `say_value` writes as words."""

_TARGETS = {
    "headline": "a headline",
    "timestamp": "a timestamp",
    "after_body": "lines after an article",
    "before_body": "lines before an article",
    "inside": "sidebar inside an article",
    "item": "short lines of an article",
    "opening": "the opening of an article",
    "closing": "lines right below an article",
}
"""Targets of the lexicon in words; the others are labels that need none."""

_SUMS = {
    "window.words": "words",
    "window.likely": "lines whose words are typical of body",
    "window.likely_words": "words in lines whose words are typical of body",
    "window.long": "lines of running text",
    "window.short": "lines under four words",
    "window.dated": "lines that show a day and month",
    "window.after_body": "words typical of lines after an article",
    "window.before_body": "words typical of lines before an article",
    "window.marked": "lines whose markup is typical of body",
    "window.marked_words": "words in lines whose markup is typical of body",
    "window.linked": "lines that are links",
    "window.after_marked": "markup typical of lines after an article",
    "window.before_marked": "markup typical of lines before an article",
}
"""Words for what windows sum; "lines whose words are typical of body" are a sum of probabilities."""

_ALONE = {
    "line.ends_sentence": "ends in",
    "line.date": "date on the line",
    "layout.twin": "same text next to it",
    "run.colon": "colon at the end of the line above the run",
    "line.n_chars": "characters",
    "layout.short_run": "short lines in a row, less than zero for longer lines",
    "topic.shared_weight": "how often its words occur in running text elsewhere on the page",
    "topic.run_share": "how many words it and its neighbours share with other lines of running text",
}

_LOOKS = {
    "headline": "lines likely to be headline",
    "body": "lines likely to be body",
    "timestamp": "lines likely to be timestamp",
    "sidebar": "lines likely to be sidebar",
    "lead": "the first lines likely to be body",
    "short_body": "short lines likely to be body",
    "long_sidebar": "long lines likely to be sidebar",
    "sidebar_after": "sidebar lines with no body below them",
    "title": "the likeliest headline",
    "likely_headline": "a likely headline",
    "likely_body": "a line likely to be body",
    "sure_body": "a line that is surely body",
    "likely_timestamp": "a likely timestamp",
    "sure_sidebar": "a line that is surely sidebar",
}
"""Lines that the second look compares a line with, by the names of its columns (`linesift.model.second_look`)."""

_TEMPLATE = "the other lines of its template"

TOGETHER = "network.line"
NETWORK = {
    TOGETHER: "several things about the line at once",
    "network.above": "the lines above, read one after the other",
    "network.below": "the lines below, read one after the other",
}
"""Rows that only the network has, without a value (`linesift.explain.occlusion`): what columns of the line add together
and none adds by itself, and what the other lines of the page add."""


SECOND_LOOK = "look.base"
"""A row without a value: what the second look adds to the lines in doubt that it learnt from, on the whole."""

LABELLED_PAGES, REPEATED_LINES = "site.labelled", "site.repeated"
SITE = {
    LABELLED_PAGES: "what the labelled pages of its site say",
    REPEATED_LINES: "what its site repeats",
}
"""Rows without a value: what an adapted model adds (`linesift.model.site`), and a site's memory
(`linesift.model.memory`)."""


@cache
def describe(name: str) -> Meaning:
    """Say what a column of `linesift.model.window.table_names` or of `linesift.model.second_look` is, or another row.

    >>> describe("line.bars@-1").text, describe("window.words.below8").text
    ('line above: bars, slashes, bullets and arrows', 'words in the 8 lines below')
    """
    if name in NETWORK:
        return Meaning(Scope.LINE if name == TOGETHER else Scope.AROUND, NETWORK[name])
    if name in SITE:
        return Meaning(Scope.SITE, SITE[name])
    if name == SECOND_LOOK:
        return Meaning(Scope.PAGE, "a line in doubt, at the second look")
    if name.startswith("look."):
        return Meaning(Scope.PAGE, _of_look(*name.split(".")[1:]))
    match = _NAME.fullmatch(name)
    base = match["base"] if match else name
    if match and match["span"]:
        return Meaning(_scope(name), f"{_SUMS.get(base, base)} in the {match['size']} lines {match['span']}")
    if match and match["whole"]:
        summed = _SUMS.get(base, base)
        is_page = match["whole"] == "page"
        return Meaning(_scope(name), f"{summed} on the page" if is_page else f"share of the page's {summed} above")
    text = _ALONE.get(base) or _of_words(base) or _lowered(_LEFT_OUT.sub("", _SENTENCES.get(base, base)))
    if match and match["step"]:
        step = int(match["step"])
        where = f"{'line' if abs(step) == 1 else f'{abs(step)} lines'} {'below' if step > 0 else 'above'}"
        text = f"{where}: {text}"
    return Meaning(_scope(name), text)


def say_value(name: str, value: float) -> str:
    """Write the value of a column for people; empty for a row without a value.

    >>> say_value("markup.link_share@+1", 0.912), say_value("line.length", 12), say_value("line.last_class", 10)
    ('91 %', '12', 'stop')
    """
    if name in NETWORK or name in SITE or name == SECOND_LOOK:
        return ""
    if isnan(value):
        return "–"
    base = name.partition("@")[0]
    words = _VALUES.get(base)
    if words is not None:
        return words(int(value))
    if base in _SHARES or base.endswith((".share_above", ".share")):
        return per_cent(value)
    return f"{value:.0f}" if value == round(value) or abs(value) >= 100 else f"{value:.2g}"


def _scope(name: str) -> Scope:
    group = name.partition(".")[0]
    if group == "window" and not name.endswith(".page"):
        return Scope.AROUND
    if name.startswith(("layout.page_", "markup.page_")) or name.endswith(".page"):
        return Scope.PAGE
    if "@" in name:
        return Scope.NEIGHBOURS
    return {"lexicon": Scope.WORDS, "markup": Scope.MARKUP, "markup_lexicon": Scope.MARKUP}.get(group, Scope.LINE)


def _of_look(what: str, detail: str = "") -> str:
    """Describe a column of the second look; `detail` is the part of its name behind the second dot."""
    if what.startswith("words_in_"):
        where = _LOOKS[what.removeprefix("words_in_")]
        return f"{'share of its words' if detail == 'share' else 'how often its words occur'} in {where}"
    if what == "template":
        return "other lines of its template" if detail == "lines" else f"mean probability of {detail} of {_TEMPLATE}"
    if detail:
        return f"lines from here {'up' if detail == 'above' else 'down'} to {_LOOKS[what]}"
    if what in ("words", "sentences"):
        return f"{'words' if what == 'words' else 'ends of sentences'}, at the second look"
    return f"probability of {what} at the first look"


def _of_words(base: str) -> str:
    group, _, target = base.partition(".")
    if group not in {"lexicon", "markup_lexicon"}:
        return ""
    what = "words" if group == "lexicon" else "words of class and id"
    return f"{what} typical of {_TARGETS.get(target, target)}"


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
    "markup.link_kind": _bits("the page", "its site", "", "a person", "share"),
    "markup.in_frame": _bits("nav", "aside", "footer", "header"),
    **dict.fromkeys(("markup.is_time", "markup.in_figure", "markup.in_form", "markup.in_quote", "run.colon"), _is),
    **dict.fromkeys(
        (column.name for column in CUES),
        _one_of("none", "at the end", "perhaps at the beginning", "at the beginning", "the whole line"),
    ),
}
"""Columns whose values are names or bits."""

_BEGINNINGS_OF_SHARES = ("Share ", "Digits in", "Capitals in", "Mean link", "Mean share")
_SHARES = frozenset(
    [
        *("line.capitalised_share", "line.mark_share"),
        *(f"look.{label}" for label in LABELS),
        *(name for name, sentence in _SENTENCES.items() if sentence.startswith(_BEGINNINGS_OF_SHARES)),
    ]
)
