"""Tables of names for the pass, made of those of the walk."""

import operator
from collections.abc import Collection, Iterable, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from linesift.hashing import FNV_PRIME, FNV_START
from linesift.hints import LINK_KINDS, TAGS
from linesift.read.html import walk
from linesift.read.html.compiled import layout
from linesift.read.html.evidence import DATE_META_NAMES
from linesift.read.html.head import TITLES
from linesift.read.html.links import SHARE_SITES
from linesift.read.html.spacing import CLOSING, ENDS, OPENING
from linesift.read.html.words import READ_ATTRIBUTES, WORD_ATTRIBUTES, names

_VOID = names("area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr")
"""Elements that the parser writes without an end tag."""
_RAW = names("iframe noembed noframes noscript plaintext script style xmp")
"""Elements whose text it writes as it is."""
_TRAITS = {
    layout.VOID: _VOID,
    layout.RAW: _RAW,
    layout.LINK_TAG: ["a"],
    layout.DIALOG_TAG: ["dialog"],
    layout.LINE_BREAK: ["br"],
    layout.GLUE: ["wbr"],
    layout.FOREIGN: ["svg", "math"],
    layout.TEMPLATE: ["template"],
    layout.SCRIPT: ["script"],
    layout.META: ["meta"],
    layout.TITLE: ["title"],
    # Their texts are lines, but written as they are, and nothing ends `<plaintext>`.
    layout.UNREAD: ["plaintext", "xmp"],
}
_SPANS = {
    "class": layout.CLASS,
    "href": layout.HREF,
    "hidden": layout.HIDDEN,
    "open": layout.OPEN,
    "style": layout.STYLE,
    "alt": layout.ALT,
    "title": layout.TITLE_ATTRIBUTE,
    "width": layout.WIDTH,
    "height": layout.HEIGHT,
    "property": layout.PROPERTY,
    "name": layout.NAME,
    "content": layout.CONTENT,
    "id": layout.ID,
}
_CONSTANTS = {
    layout.LINK_FLAG: walk.LINK,
    layout.EMPHASIS_FLAG: walk.EMPHASIS,
    layout.TIME_FLAG: walk.TIME,
    layout.HIDDEN_FLAG: walk.HIDDEN,
    layout.CUSTOM_FLAG: walk.CUSTOM,
    layout.FIRST_HEADING: walk.HEADINGS[0],
    layout.LAST_HEADING: walk.HEADINGS[1],
    layout.MAX_CELL: walk.MAX_CELL,
    layout.BODY_TAG: TAGS.index("body"),
    layout.TD_TAG: TAGS.index("td"),
    layout.TH_TAG: TAGS.index("th"),
    layout.LINK_SITE: LINK_KINDS["site"],
    layout.LINK_FRAGMENT: LINK_KINDS["fragment"],
}


def _hash(name: bytes) -> int:
    """The hash `scan.hash_bytes` of a name, without numba."""
    value = int(FNV_START)
    for byte in name:
        value = (value ^ byte) * int(FNV_PRIME) % (1 << 64)
    return value


class _Builder:
    """Array of tables in the making."""

    def __init__(self) -> None:
        self._header = [0] * layout.N_TABLE_HEADER
        self._body: list[int] = []
        self._names = b""

    def set(self, place: int, value: int) -> None:
        """Give a place of the header its value."""
        self._header[place] = value

    def add(self, place: int, values: Iterable[int]) -> None:
        """Add a table, and note in the header where it begins."""
        self.set(place, layout.N_TABLE_HEADER + len(self._body))
        self._body += values

    def add_names(self, place: int, names: Sequence[str]) -> None:
        """Add a hash table of names."""
        slots = [-1] * (1 << (4 * len(names)).bit_length())
        starts = []
        for number, name in enumerate(map(str.encode, names)):
            value = _hash(name)
            slot = (value ^ value >> 29) & (len(slots) - 1)
            while slots[slot] >= 0:
                slot = (slot + 1) & (len(slots) - 1)
            slots[slot] = number
            starts.append(len(self._names))
            self._names += name
        first = layout.N_TABLE_HEADER + len(self._body) + layout.NAME_TABLE_SIZE
        self.add(place, [first, len(slots) - 1, first + len(slots), *slots, *starts, len(self._names)])

    def add_letters(self, place: int) -> None:
        """Add the kinds of all characters of the first two planes; the others have none."""
        letters = np.arange(layout.N_LETTERS, dtype=np.uint32)
        chars = letters.view("U1")
        kinds = layout.UPPER * np.char.isupper(chars) | layout.LOWER * np.char.islower(chars)
        kinds |= layout.DECIMAL * np.char.isdecimal(chars)
        for kind, having in ((layout.CLOSING, CLOSING), (layout.OPENING, OPENING), (layout.ENDING, ENDS)):
            kinds[[ord(char) for char in having]] |= kind
        self.set(place, len(self._names))
        self._names += kinds.astype(np.uint8).tobytes()

    def build(self) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
        """Give the tables, and the names one behind the other."""
        return np.array([*self._header, *self._body], np.int64), np.frombuffer(self._names, np.uint8)


def _last_labels(sites: Collection[str]) -> list[int]:
    """Hashes of the last two labels of sites, backwards."""
    return sorted({_hash(".".join(site.split(".")[-2:]).encode()[::-1]) & 0x7FFFFFFF for site in sites})


@cache
def make_tables() -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Build the tables of a page that was parsed as if scripts ran: `t` of `layout`, and the names."""
    builder = _Builder()
    elements = [name for name in walk.ELEMENTS if name and not name.startswith("-")]
    elements += sorted({name for having in _TRAITS.values() for name in having} - {*elements})
    builder.add_names(layout.ELEMENTS, elements)
    known = [walk.ELEMENTS[name] for name in elements]
    builder.add(layout.KINDS, [kind for kind, _, _ in known])
    builder.add(layout.FLAGS_OF, [flags & walk.ANCESTOR_MASK for _, flags, _ in known])
    builder.add(layout.TAGS_OF, [tag for _, _, tag in known])
    traits = [sum(trait for trait, having in _TRAITS.items() if name in having) for name in elements]
    keeping = [layout.KEEPS_LINES * (flags & walk.KEEPS_LINES != 0) for _, flags, _ in known]
    builder.add(layout.TRAITS, map(operator.or_, traits, keeping))
    attributes = sorted({*READ_ATTRIBUTES, *_SPANS})
    builder.add_names(layout.ATTRIBUTES, attributes)
    builder.add(layout.ATTRIBUTE_SPAN, [_SPANS.get(name, layout.NO_SPAN) for name in attributes])
    builder.add(layout.ATTRIBUTE_WORDS, [name in WORD_ATTRIBUTES for name in attributes])
    builder.add_names(layout.CLAIM_NAMES, sorted((*DATE_META_NAMES, *TITLES)))
    hosts = _last_labels(SHARE_SITES)
    builder.add(layout.HOSTS, hosts)
    builder.set(layout.N_HOSTS, len(hosts))
    builder.add_letters(layout.LETTERS)
    for place, value in _CONSTANTS.items():
        builder.set(place, value)
    return builder.build()
