"""From a parsed page to lines and what the markup says about each, in one walk without recursion.

Tuples instead of classes, and bits instead of sets, because this runs for every node of every page: with named
tuples the walk took half as long again.
"""

from typing import Final, Protocol

from linesift.hints import ANCESTORS, N_LEVELS, TAGS
from linesift.read.html.words import OTHERS, is_hidden

Block = tuple[int, "Block | None", str, str]
"""A block's number, the block above, its name, and its `_find_key`."""
Scope = tuple[int, int, tuple[int, ...], int, int, int, Block]
"""An open element. Its kind; flags of it and all around it; numbers of the keys of the `N_LEVELS` innermost elements
that have one, and how many of those belong to the block or elements in it; the block's place in `TAGS`, depth, and
itself."""
Row = tuple[str, Scope, bool, float, float, int, tuple[int, ...]]
"""A line: text, holder, whether it is in `<time>`, shares of link and emphasis, number of inline elements, and numbers
of the keys of elements inside the line."""
Attributes = dict[str, str | None]
_Element = tuple[int, int, int]
"""What an element's name says: kind, flags, place in `TAGS`."""


class Node(Protocol):
    """What the walk asks of a node of the parser's tree; a text node has the tag `-text`."""

    @property
    def tag(self) -> str | None: ...  # noqa: D102
    @property
    def text_content(self) -> str | None: ...  # noqa: D102
    @property
    def attributes(self) -> "Attributes": ...  # noqa: D102
    @property
    def first_child(self) -> "Node | None": ...  # noqa: D102
    @property
    def next(self) -> "Node | None": ...  # noqa: D102
    def text(self) -> str: ...  # noqa: D102


_SKIP, _INLINE, _NAMED, _BOX, _BLOCK, _ROW, _BREAK = range(7)
# Inline elements of three kinds, for the space between the texts of two that touch (`</a><a>`): plain ones have none,
# they may cut a word in two. Named ones (with a class or the like) have one between each other, boxes (links and the
# like) before any other. On the corpora, gold text has the space at 31 of 31 places where another element follows a
# link, and none at 39 of 39 between plain spans.


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


SKIPPED: Final = _names(
    "script style template noscript head title svg iframe noembed noframes textarea select option optgroup datalist"
    " audio video canvas object embed img input wbr area param source track col colgroup meta link base basefont"
    " bgsound frame frameset"
)
"""Elements without lines, whatever is in them."""
BLOCKS: Final = _names(
    "html body address article aside blockquote button caption center dd details dialog dir div dl dt fieldset"
    " figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup legend li listing main menu multicol nav ol p"
    " plaintext pre search section summary table tbody td tfoot th thead tr ul xmp"
)
"""Elements that begin and end lines. Everything else, elements of unknown name too, stands in a line."""
_INLINES = _names("abbr b big cite code del em font i ins mark q s small span strong sub sup u")
"""Frequent ones of everything else; every other name costs a call of `_Elements.__missing__`."""
_FLAGS = {name: 1 << place for place, name in enumerate(ANCESTORS)}
ANCESTOR_MASK: Final = (1 << 32) - 1
_LINK, _EMPHASIS = _FLAGS.pop("a"), _FLAGS.pop("em")
_TIME = _FLAGS["time"]
_MARKS = _LINK | _EMPHASIS
_HIDDEN = _FLAGS["(hidden)"]
_KEEPS_LINES = 1 << 32
_N_OUTER = N_LEVELS - 1
_WORDY = OTHERS - {"style"}
_DUE = -1
"""Not the kind of an element that leaves a gap."""
_SOFT_HYPHEN = "\xad"
_MAX_CELL = 80
"""Characters. A row with a longer cell, or one with two lines, is layout: its cells are lines of their own."""


class _Elements(dict[str | None, _Element]):
    """Elements by name."""

    def __missing__(self, name: str | None) -> _Element:
        return (_INLINE, _FLAGS["(custom)"] if name and "-" in name else 0, 0)


def _elements() -> _Elements:
    tags = {name: place for place, name in enumerate(TAGS)}
    flags = _FLAGS | dict.fromkeys(("b", "strong", "em"), _EMPHASIS)
    for name in ("pre", "listing", "plaintext", "xmp"):
        flags[name] = _KEEPS_LINES
    table = _Elements(dict.fromkeys((None, "-comment", "-doctype", *SKIPPED), (_SKIP, 0, 0)))
    kinds = dict.fromkeys(BLOCKS, _BLOCK) | {"tr": _ROW, "br": _BREAK, "hr": _BREAK}
    kinds |= dict.fromkeys(("a", "label", "time"), _BOX) | dict.fromkeys(_INLINES, _INLINE)
    table.update({name: (kind, flags.get(name, 0), tags.get(name, len(TAGS) - 1)) for name, kind in kinds.items()})
    return table


_ELEMENTS = _elements()
_WITHOUT_SCRIPTS = _Elements(_ELEMENTS | {"noscript": (_BLOCK, _HIDDEN, TAGS.index("(other)"))})
_CELLS = (TAGS.index("td"), TAGS.index("th"))
_NOWHERE: Final[Scope] = (_SKIP, 0, (), 0, 0, -1, (0, None, "", ""))


class Walk:
    """Lines of a page in the making.

    The open elements are a stack of scopes. A line collects pieces of text until a block or a line break begins or
    ends. Its holder is the innermost scope that all its pieces share. A page that was parsed as without scripts has
    elements in `<noscript>`, which are lines that nobody sees where scripts run.
    """

    def __init__(self, *, shows_hidden: bool = False, has_scripts: bool = True) -> None:
        self.hidden: list[Node] = []
        """Elements left out because they are hidden; none with `shows_hidden`, which marks their lines instead."""
        self._shows_hidden = shows_hidden
        self._elements = _ELEMENTS if has_scripts else _WITHOUT_SCRIPTS
        self.rows: list[Row] = []
        self.n_blocks = 0
        self._numbers: dict[str, int] = {"": 0}
        self._scopes: list[Scope] = []
        self._row_starts: list[int] = []
        self._pieces: list[str] = []
        self._owners: list[Scope] = []
        self._holder = _NOWHERE
        self._depth = self._low = 0  # of the holder, and the lowest since the last piece
        self._seen = 0  # flags of any piece
        self._n_inline = 0
        self._gap = 0  # kind of the element that has just ended; `_DUE` if another began right after it

    @property
    def attributes(self) -> list[str]:
        """Every distinct key on the page; scopes name them by number."""
        return list(self._numbers)

    def run(self, root: Node) -> None:
        """Visit everything below `root`, which is taken for the body and shown in any case."""
        key = _find_key(root.attributes)
        chain = (self._numbers.setdefault(key, 1),) if key else ()
        self._scopes = [(_BLOCK, 0, chain, len(chain), TAGS.index("body"), 0, (0, None, "body", key))]
        self.n_blocks = 1
        nodes, node = [root], root.first_child
        pieces, elements, enter, leave, scopes = self._pieces, self._elements, self._enter, self._leave, self._scopes
        while node is not None:
            tag = node.tag
            if tag == "-text":
                text = node.text_content
                if text and (pieces or not text.isspace()):
                    self._add(text)
            elif (element := elements[tag])[0] == _BREAK:
                self._flush()
            elif element[0] and enter(node, tag or "", element):
                child = node.first_child
                if child is not None:
                    nodes.append(node)
                    node = child
                    continue
                leave(scopes.pop())
            following = node.next
            while following is None:
                node = nodes.pop()
                if not nodes:
                    break
                closed = scopes.pop()
                if pieces or closed[0] == _ROW:
                    leave(closed)
                following = node.next
            node = following
        self._flush()

    def _enter(self, node: Node, tag: str, element: _Element) -> bool:
        """Open an element; false where it is hidden."""
        kind, flags, place = element
        _, outer_flags, chain, n_own, outer_place, depth, block = self._scopes[-1]
        key, attributes = "", node.attributes
        if attributes:
            if tag == "a" and "href" in attributes:
                flags = _LINK
            if OTHERS.isdisjoint(attributes):
                key = attributes.get("class") or ""
            else:
                if is_hidden(attributes):
                    if not self._shows_hidden:
                        self.hidden.append(node)
                        return False
                    flags |= _HIDDEN
                key = _find_key(attributes)
            if key:
                chain = (self._numbers.setdefault(key, len(self._numbers)), *chain[:_N_OUTER])
                n_own += 1
        if kind > _BOX:
            if self._pieces:
                self._flush()
            self._n_inline = 0
            if kind == _ROW:
                self._row_starts.append(len(self.rows))
            block = (self.n_blocks, block, tag, key)
            self.n_blocks += 1
            self._scopes.append((kind, outer_flags | flags, chain, 1 if key else 0, place, depth + 1, block))
        else:
            if key and kind == _INLINE:
                kind = _NAMED
            self._n_inline += 1
            gap = self._gap
            if gap == _BOX or (gap == _NAMED and kind > _INLINE):
                self._gap = _DUE
            self._scopes.append((kind, outer_flags | flags, chain, n_own, outer_place, depth, block))
        return True

    def _leave(self, scope: Scope) -> None:
        """Close an element, already taken from the stack."""
        kind = scope[0]
        if kind > _BOX:
            self._flush()
            if kind == _ROW:
                self._join_cells(scope, self._row_starts.pop())
        elif self._pieces:
            if kind > self._gap != _DUE:
                self._gap = kind
            if len(self._scopes) < self._low:
                self._low = len(self._scopes)

    def _add(self, text: str) -> None:
        scopes, pieces = self._scopes, self._pieces
        scope = scopes[-1]
        flags = scope[1]
        if flags & _KEEPS_LINES and "\n" in text:
            for line in text.split("\n"):
                self._flush()
                if line and not line.isspace():
                    self._add(line)
        elif pieces and text.isspace():
            pieces.append(" ")
            self._owners.append(_NOWHERE)
        else:
            if not pieces:
                self._holder, self._depth, self._low = scope, len(scopes), len(scopes)
            elif self._low < self._depth:
                self._holder, self._depth = scopes[self._low - 1], self._low
            pieces.append(" " + text if self._gap == _DUE else text)
            self._owners.append(scope)
            self._seen |= flags
            self._gap = 0

    def _flush(self) -> None:
        """End the line, if one has begun."""
        self._gap = 0
        pieces, owners, holder = self._pieces, self._owners, self._holder
        if not pieces:
            return
        text, flags, seen = pieces[0].strip(), holder[1], self._seen
        link = emphasis = 0.0
        parts: tuple[int, ...] = ()
        if len(pieces) > 1:
            text = "".join(pieces).strip()
            chain, n_own = holder[2], holder[3]
            inside = [owner for owner in owners if owner[2] is not chain]
            if inside:
                parts = tuple(dict.fromkeys([number for owner in inside for number in owner[2][: owner[3] - n_own]]))
        # The space is the only white space that is printable; soft hyphens are not shown.
        if not text.isprintable() or "  " in text:
            text = " ".join(text.replace(_SOFT_HYPHEN, "").split())
        if text and seen & _MARKS:
            if seen & _LINK:
                link = 1.0 if flags & _LINK else self._share(_LINK, text)
            if seen & _EMPHASIS:
                emphasis = 1.0 if flags & _EMPHASIS else self._share(_EMPHASIS, text)
        if text:
            self.rows.append((text, holder, seen & _TIME != 0, link, emphasis, self._n_inline, parts))
        pieces.clear()
        owners.clear()
        self._seen = self._n_inline = 0

    def _share(self, flag: int, text: str) -> float:
        """Share of the line's characters in pieces with a flag, spaces not counted."""
        marked = "".join([piece for piece, owner in zip(self._pieces, self._owners, strict=True) if owner[1] & flag])
        return len("".join(marked.replace(_SOFT_HYPHEN, "").split())) / len(text.replace(" ", ""))

    def _join_cells(self, scope: Scope, start: int) -> None:
        """Make one line of a table's row, cells separated by tabs, if every cell is one short line."""
        cells = self.rows[start:]
        blocks = {row[1][6][0] for row in cells}
        if len(cells) < 2 or len(blocks) < len(cells) or max(len(row[0]) for row in cells) > _MAX_CELL:
            return
        if any(row[1][4] not in _CELLS or row[1][6][1] is not scope[6] for row in cells):
            return
        size = sum(len(row[0]) for row in cells)
        link = sum(row[3] * len(row[0]) for row in cells) / size
        emphasis = sum(row[4] * len(row[0]) for row in cells) / size
        parts = dict.fromkeys(number for row in cells for number in (*row[1][2][: row[1][3]], *row[6]))
        text, is_time = "\t".join(row[0] for row in cells), any(row[2] for row in cells)
        self.rows[start:] = [(text, scope, is_time, link, emphasis, sum(row[5] for row in cells), tuple(parts))]


def _find_key(attributes: Attributes) -> str:
    """Class, line end, and the other values that have words."""
    key = attributes.get("class") or ""
    edge = "\n"
    for name in attributes:
        if name in _WORDY and (value := attributes[name]):
            key += edge + value
            edge = " "
    return key
