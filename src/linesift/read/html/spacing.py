"""Decide whether two texts of one line are set apart, where the page has no white space between them."""

CLOSING = frozenset(",.;:!?…)]}[’”、。，：；！？）】」』،؛؟।")
"""Characters before which no space is due, as in `<a>harbour</a><b>,</b>`; footnotes in brackets among them."""
OPENING = frozenset("([{#$@“（【「『")
"""Characters behind which none is."""
ENDS = frozenset(".!?")
"""Characters that end a sentence."""


def has_gap(last: str, text: str, *, is_due: bool) -> bool:
    """Say whether there is a space between two texts.

    A style sheet can set any two elements apart, and it is not read. So there is a space where one is due by the kinds
    of the elements, and where the characters show that a word has ended: a capital letter behind a small one, a number
    or a sentence, and a number behind a small letter.

    On 1,677 pages of the corpora the characters change 1,546 of 301,009 lines. Of the places before a comma, full stop
    and the like where a space is due, the gold text has 306 of 55 sites without one, and 8 of one site with one. Of the
    places where a word has ended, it has 10 with a space, and 10 without: footnotes and sentences that it glues itself.

    Args:
        last: the last character of the first text.
        text: the second text, not empty.
        is_due: whether the elements are of kinds that are set apart, such as two links.

    >>> has_gap("e", "Lorry sheds its load", is_due=False), has_gap("d", "15 October", is_due=False)
    (True, True)
    >>> has_gap("m", "2", is_due=False), has_gap("r", ", said Ann", is_due=True)
    (False, False)
    """
    first = text[0]
    if is_due:
        return first not in CLOSING and last not in OPENING
    if first.isupper():
        return last.islower() or last.isdecimal() or last in ENDS
    return first.isdecimal() and last.islower() and text[1:2].isdecimal()
