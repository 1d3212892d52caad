"""Find out from the whole page which languages it may be in, and whether it writes the day or the month first.

This is done when one of its dates can be read in several ways.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from linesift.article.languages import find_languages
from linesift.dates.context import Context, Order
from linesift.dates.names import fold

_NUMBERS = re.compile(r"(\d(?<![\d./\-].)\d?)([./\-])(\d{1,2})\2((?:19|20)\d\d)(?![\d/\-])")


def add_evidence(lines: Sequence[str], context: Context) -> Context:
    """Add to a context what all lines of the page say; languages that are known already stay."""
    text = fold("\n".join(lines))
    return replace(context, languages=context.languages or find_languages(text), order=find_order(text))


def find_order(text: str) -> Order:
    """Order of day and month in the numeric dates of a text, by numbers above 12; unknown where they disagree."""
    orders = set()
    for first, _, second, _ in _NUMBERS.findall(text):
        if int(first) > 12 >= int(second):
            orders.add(Order.DAY_FIRST)
        elif int(second) > 12 >= int(first):
            orders.add(Order.MONTH_FIRST)
    return orders.pop() if len(orders) == 1 else Order.UNKNOWN
