"""A site of invented pages whose layout fools a model: sentences above and below the article that are none of it."""

from random import Random

from linesift.labels import Label
from linesift.page import LabelledPage, LabelSource, Origin, Page

_PLACES = ["harbour", "bridge", "market", "school", "valley", "mill", "quay", "library", "station", "orchard", "ferry"]
_DOERS = ["council", "baker", "captain", "teacher", "farmer", "mayor", "ranger", "clerk", "sailor", "gardener"]
_DEEDS = ["repaired", "opened", "painted", "closed", "measured", "counted", "moved", "sold", "rented", "cleaned"]
_WHENS = ["on Monday", "last week", "before the rain", "without much ado", "for the third time", "after a long winter"]

MENU = ("Harbour Herald", "Front page", "Town", "Tides", "Letters to the editor", "Subscribe")
NOTICE = (
    "The Herald is written by people who live here, and nobody pays them to write what they do not think is so.",
    "If you have seen something that the town should know about, come by the office or put a note under the door.",
)
VOICES = "Heard on the quay"


def sentence(draw: Random) -> str:
    """A sentence with a subject, a deed and a time."""
    doer, place, other = draw.choice(_DOERS), draw.choice(_PLACES), draw.choice(_PLACES)
    return f"The {doer} {draw.choice(_DEEDS)} the {place} by the {other} {draw.choice(_WHENS)}."


def invented_page(number: int, *, site: str = "herald.example") -> LabelledPage:
    """A page of the site; another number gives other sentences between the same lines."""
    draw = Random(number)  # noqa: S311 - sentences, not secrets
    title = f"The {draw.choice(_PLACES)} and the {draw.choice(_PLACES)}"
    rows: list[tuple[str, Label | None]] = [(line, Label.SIDEBAR) for line in MENU]
    rows += [("", None), (VOICES, Label.SIDEBAR)]
    rows += [(f"“{sentence(draw)} {sentence(draw)}”", Label.SIDEBAR) for _ in range(draw.randint(3, 5))]
    rows += [("", None), ("Today in the Herald", Label.SIDEBAR), (title, Label.HEADLINE)]
    rows += [(f"Set on {draw.randint(1, 28)} May 2024", Label.TIMESTAMP)]
    rows += [
        (" ".join(sentence(draw) for _ in range(draw.randint(1, 3))), Label.BODY) for _ in range(draw.randint(4, 7))
    ]
    rows += [("", None), ("What others say", Label.SIDEBAR)]
    rows += [(f"{sentence(draw)} {sentence(draw)} {sentence(draw)}", Label.SIDEBAR) for _ in range(draw.randint(4, 6))]
    rows += [(line, Label.SIDEBAR) for line in NOTICE]
    text = "\n".join(line for line, _ in rows)
    origin = Origin(labels=LabelSource.BY_HAND)
    return LabelledPage(Page(text, f"page{number}"), tuple(label for _, label in rows), site=site, origin=origin)
