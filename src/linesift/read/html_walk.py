"""From a parsed page to lines and what the markup says about each, in one walk without recursion.

Tuples instead of classes, and bits instead of sets, because this runs for every node of every page: with named
tuples the walk took half as long again.
"""

from typing import Final, Protocol

from linesift.hints import ANCESTORS, N_LEVELS, TAGS
from linesift.read.html_words import WANTED, is_hidden, template_path

Block = tuple[int, int, int, int, int, int]
"""Open block element: number among the page's elements, place in `TAGS`, depth, path, and number and path of the
block above."""
Scope = tuple[int, int, tuple[int, ...], int, Block]
"""What holds for text at one place: kind of the innermost element, flags of all elements around, numbers of the
attributes of the `N_LEVELS` innermost elements that have some, how many of those belong to the block or elements in
it, and the block."""
Row = tuple[str, Block, int, bool, float, float, int, tuple[int, ...], int, tuple[int, ...]]
"""A line: text, block, flags, whether it is in `<time>`, shares of link and emphasis, number of inline elements, as in
a scope the numbers of the holder's attributes and how many of them are the block's, and the numbers inside the line."""
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
_FLAGS = {name: 1 << place for place, name in enumerate(ANCESTORS)}
ANCESTOR_MASK: Final = (1 << 32) - 1
_LINK, _EMPHASIS = _FLAGS.pop("a"), _FLAGS.pop("em")
_TIME = _FLAGS["time"]
_MARKS = _LINK | _EMPHASIS
_HIDDEN = _FLAGS["(hidden)"]
_KEEPS_LINES = 1 << 32
_N_OUTER = N_LEVELS - 1
_DUE = -1
"""Not the kind of an element that leaves a gap."""
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
    kinds |= dict.fromkeys(("a", "label", "time"), _BOX) | dict.fromkeys(("b", "strong", "em"), _INLINE)
    table.update({name: (kind, flags.get(name, 0), tags.get(name, len(TAGS) - 1)) for name, kind in kinds.items()})
    return table


_ELEMENTS = _elements()
_CELLS = (TAGS.index("td"), TAGS.index("th"))
_NOWHERE: Scope = (_INLINE, 0, (), 0, (0,) * 6)


class Walk:
    """Lines of a page in the making.

    The open elements are a stack of scopes. A line collects pieces of text until a block or a line break begins or
    ends. Its holder is the innermost scope that all its pieces share.
    """

    def __init__(self, *, shows_hidden: bool = False) -> None:
        self.hidden: list[Node] = []
        """Elements left out because they are hidden; none with `shows_hidden`, which marks their lines instead."""
        self._shows_hidden = shows_hidden
        self.rows: list[Row] = []
        self.n_blocks = 0
        self.attributes: list[str] = [""]
        """Joined values of every distinct set of attributes on the page; scopes and rows name them by number."""
        self._numbers: dict[str, int] = {"": 0}
        self._paths: dict[tuple[int, str, str | None], int] = {}
        self._scopes: list[Scope] = []
        self._row_starts: list[int] = []
        self._pieces: list[str] = []
        self._owners: list[Scope] = []
        self._holder = _NOWHERE
        self._depth = self._low = 0  # of the holder, and the lowest since the last piece
        self._seen = 0  # flags of any piece
        self._n_inline = 0
        self._gap = 0  # kind of the element that has just ended; `_DUE` if another began right after it

    def run(self, root: Node) -> None:
        """Visit everything below `root`, which is taken for the body."""
        self._scopes.append((_BLOCK, 0, (), 0, (0, 0, -1, 0, 0, 0)))
        self._enter_block(root, "body", _ELEMENTS["body"])
        nodes, node = [root], root.first_child
        pieces, elements, leave, scopes = self._pieces, _ELEMENTS, self._leave, self._scopes
        inline, block = self._enter_inline, self._enter_block
        enter = (self._skip, inline, inline, inline, block, block, self._break)
        while node is not None:
            tag = node.tag
            if tag == "-text":
                text = node.text_content
                if text and not text.isspace():
                    self._add(text)
                elif pieces:
                    self._add_space(text or "")
            else:
                element = elements[tag]
                kind = element[0]
                if kind and enter[kind](node, tag or "", element):
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
                leave(scopes.pop())
                following = node.next
            node = following
        self._flush()

    def _skip(self, _node: Node, _tag: str, _element: _Element) -> bool:
        return False

    def _break(self, _node: Node, _tag: str, _element: _Element) -> bool:
        self._flush()
        return False

    def _enter_inline(self, node: Node, tag: str, element: _Element) -> bool:
        """Open an inline element; false where it is hidden."""
        kind, flags, _ = element
        _, outer_flags, chain, n_own, block = self._scopes[-1]
        attributes = node.attributes
        if attributes:
            if tag == "a" and "href" in attributes:
                flags |= _LINK
            key = attributes.get("class")
            if key is None or len(attributes) > 1:
                if ("style" in attributes or "hidden" in attributes) and is_hidden(attributes):
                    if not self._shows_hidden:
                        self.hidden.append(node)
                        return False
                    flags |= _HIDDEN
                key = " ".join([value for name, value in attributes.items() if name in WANTED and value])
            if key:
                chain = (self._numbers.get(key) or self._number(key), *chain[:_N_OUTER])
                n_own += 1
                kind = max(kind, _NAMED)
        self._n_inline += 1
        gap = self._gap
        if gap == _BOX or (gap == _NAMED and kind > _INLINE):
            self._gap = _DUE
        self._scopes.append((kind, outer_flags | flags, chain, n_own, block))
        return True

    def _enter_block(self, node: Node, tag: str, element: _Element) -> bool:
        """Open a block element; false where it is hidden."""
        kind, flags, place = element
        scopes = self._scopes
        _, outer_flags, chain, _, outer = scopes[-1]
        n_own, classes, attributes = 0, None, node.attributes
        if attributes:
            key = classes = attributes.get("class")
            if key is None or len(attributes) > 1:
                if ("style" in attributes or "hidden" in attributes) and is_hidden(attributes) and len(scopes) > 1:
                    if not self._shows_hidden:
                        self.hidden.append(node)
                        return False
                    flags |= _HIDDEN
                key = " ".join([value for name, value in attributes.items() if name in WANTED and value])
            if key:
                chain = (self._numbers.get(key) or self._number(key), *chain[:_N_OUTER])
                n_own = 1
        if self._pieces:
            self._flush()
        self._n_inline = 0
        template = (outer[3], tag, classes)
        path = self._paths.get(template) or self._path(template)
        number = self.n_blocks
        self.n_blocks = number + 1
        block = (number, place, len(scopes) - 1, path, outer[0], outer[3])
        scopes.append((kind, outer_flags | flags, chain, n_own, block))
        if kind == _ROW:
            self._row_starts.append(len(self.rows))
        return True

    def _number(self, key: str) -> int:
        """Number of an entry in `attributes` that is not there yet."""
        self._numbers[key] = number = len(self.attributes)
        self.attributes.append(key)
        return number

    def _path(self, template: tuple[int, str, str | None]) -> int:
        self._paths[template] = path = template_path(*template)
        return path

    def _leave(self, scope: Scope) -> None:
        """Close the element that opened a scope, already taken from the stack."""
        kind = scope[0]
        if kind > _BOX:
            if self._pieces:
                self._flush()
            self._n_inline = 0
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
        if scope[1] & _KEEPS_LINES and "\n" in text:
            for line in text.split("\n"):
                self._flush()
                if line and not line.isspace():
                    self._add(line)
            return
        if not pieces:
            self._holder, self._depth, self._low = scope, len(scopes), len(scopes)
        elif self._low < self._depth:
            self._holder, self._depth = scopes[self._low - 1], self._low
        pieces.append(" " + text if self._gap == _DUE else text)
        self._owners.append(scope)
        self._seen |= scope[1]
        self._gap = 0

    def _add_space(self, text: str) -> None:
        if self._scopes[-1][1] & _KEEPS_LINES and "\n" in text:
            self._flush()
            return
        self._pieces.append(" ")
        self._owners.append(_NOWHERE)

    def _flush(self) -> None:
        """End the line, if one has begun."""
        pieces, owners = self._pieces, self._owners
        self._gap = 0
        if not pieces:
            return
        _, flags, chain, n_own, block = self._holder
        link = emphasis = 0.0
        parts: tuple[int, ...] = ()
        seen = self._seen
        if len(pieces) == 1:
            text = " ".join(pieces[0].split())
        else:
            text = " ".join("".join(pieces).split())
            inside = [owner for owner in owners if owner[2] is not chain]
            if inside:
                parts = tuple(dict.fromkeys([number for owner in inside for number in owner[2][: owner[3] - n_own]]))
        if seen & _MARKS:
            if seen & _LINK:
                link = 1.0 if flags & _LINK else self._share(_LINK, text)
            if seen & _EMPHASIS:
                emphasis = 1.0 if flags & _EMPHASIS else self._share(_EMPHASIS, text)
        is_time = seen & _TIME != 0
        self.rows.append((text, block, flags, is_time, link, emphasis, self._n_inline, chain, n_own, parts))
        pieces.clear()
        owners.clear()
        self._seen = self._n_inline = 0

    def _share(self, flag: int, text: str) -> float:
        """Share of the line's characters in pieces with a flag, spaces not counted."""
        marked = "".join([piece for piece, owner in zip(self._pieces, self._owners, strict=True) if owner[1] & flag])
        return len("".join(marked.split())) / len(text.replace(" ", ""))

    def _join_cells(self, scope: Scope, start: int) -> None:
        """Make one line of a table's row, cells separated by tabs, if every cell is one short line."""
        rows, (_, flags, chain, n_own, block) = self.rows, scope
        cells = rows[start:]
        blocks = {row[1] for row in cells}
        if len(cells) < 2 or len(blocks) < len(cells) or max(len(row[0]) for row in cells) > _MAX_CELL:
            return
        if any(own[1] not in _CELLS or own[4] != block[0] for own in blocks):
            return
        size = sum(len(row[0]) for row in cells)
        link = sum(row[4] * len(row[0]) for row in cells) / size
        emphasis = sum(row[5] * len(row[0]) for row in cells) / size
        parts = tuple(dict.fromkeys(number for row in cells for number in (*row[7][: row[8]], *row[9])))
        text, is_time = "\t".join(row[0] for row in cells), any(row[3] for row in cells)
        n_inline = sum(row[6] for row in cells)
        rows[start:] = [(text, block, flags, is_time, link, emphasis, n_inline, chain, n_own, parts)]
