"""Walk over a parsed page: from nodes to lines, and what the markup says about each, without recursion.

Take `<p class=lead>a <b>c</b> d</p><p>e</p>` in a `<body>`:

1. `<p>` is a block: it ends the line before (here nothing) and opens a new `Block` and a new `Scope`, which says that
   everything inside has the key `lead` around it.
2. `"a "` is the first piece of a line. Its scope, that of `<p>`, is the line's holder.
3. `<b>` is inline: it opens a scope with the flag of emphasis, and the line goes on.
4. `"c"` is the second piece, and `" d"`, back in the scope of `<p>`, the third.
5. `</p>` ends the line: the pieces become `WalkedLine("a c d", scope of <p>, ..., emphasis=1 / 3, n_inline=1, ...)`.
   The second `<p>` gives the line `e` likewise.

Had the line begun inside `<b>` (`<p><b>c</b> d`), its holder would first be the scope of `<b>`; when that closes and
the line goes on, the holder becomes the scope around it, `<p>`.

All this runs for every node of every page. Therefore blocks and scopes are tuples, read by the names of their places:
as named tuples they made `read_html` 11 to 15 % slower. Elements that add nothing share the scope around them.
"""

from collections.abc import Collection
from typing import Final, NamedTuple

from linesift.hints import ANCESTORS, N_LEVELS, TAGS
from linesift.read.html.node import Node
from linesift.read.html.spacing import has_gap
from linesift.read.html.words import READ_ATTRIBUTES, find_key, is_hidden

Block = tuple[int, "Block | None", str, str, int, int]
"""A block element: `NUMBER` to `DEPTH`."""
NUMBER: Final = 0
"""Blocks of the page that begin before it."""
OUTER: Final = 1
"""The block around it; `None` for `body`."""
NAME: Final = 2
ATTRIBUTE_TEXT: Final = 3
"""Values of its attributes, as `find_key` joins them."""
TAG: Final = 4
"""Place in `TAGS`."""
DEPTH: Final = 5
"""Blocks around it, `body` not counted."""

Scope = tuple[int, tuple[int, ...], int, Block, str]
"""What the open elements around a place say about the text there: `FLAGS` to `HREF`."""
FLAGS: Final = 0
"""Bits of `ANCESTORS`, and `KEEPS_LINES`, of all open elements."""
KEY_NUMBERS: Final = 1
"""Numbers of the keys of the innermost elements that have one, from the inside out, at most `N_LEVELS`."""
N_OWN: Final = 2
"""How many elements in the block, itself included, have a key."""
BLOCK: Final = 3
"""The innermost block."""
HREF: Final = 4
"""Where the link around it leads; empty where there is none."""


class WalkedLine(NamedTuple):
    """A line with what the walk found out about it."""

    text: str
    holder: Scope
    """The innermost scope around the whole line."""
    is_in_time_element: bool
    """Whether a part of it is in `<time>`."""
    link_share: float
    """Share of its characters in links, 0 to 1."""
    emphasis: float
    """The same for `b`, `strong` and `em`."""
    n_inline: int
    """Inline elements that begin in it, or before it in its block."""
    part_keys: tuple[int, ...]
    """Numbers of the keys of elements that hold a part of the line only."""
    hrefs: Collection[str]
    """Where the links around it and in it lead."""


_Element = tuple[int, int, int]
"""What the name of an element says: its kind, one of `_SKIP` to `_MEDIA`; its flags; its place in `TAGS`, used for
blocks only."""


_SKIP, _INLINE, _NAMED, _BOX, _BLOCK, _TABLE_ROW, _BREAK, _MEDIA = range(8)
# Kinds of elements: kinds above `_BOX` end lines, but for `_MEDIA`; `_SKIP` is 0, so false. Inline elements are of
# three kinds, for the space between the texts of two that touch, as in `</a><a>`. Plain ones (`_INLINE`) get none: they
# may cut a word in two. Named ones (with a class or the like) get one between each other, boxes (links and the like)
# before any other. In the gold text of the corpora the space is there at 31 of 31 places where another element follows
# a link, and at 0 of 39 between plain spans.
_GAP_DUE, _GLUED = -1, -2
"""States of `Walk._gap`: the next piece begins with a space, if its characters allow one (`has_gap`); or it goes on
with the word before it, because only a comment or a `<wbr>` is between them. No kind of element has these numbers."""


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


SKIPPED: Final = _names(
    "script style template noscript head title svg iframe noembed noframes textarea select option optgroup datalist"
    " audio video canvas object embed img input wbr area param source track col colgroup meta link base basefont"
    " bgsound frame frameset rt rp annotation annotation-xml meter progress"
)
"""Elements without lines, whatever is in them. `<rt>` only says how the words before it are pronounced, `<annotation>`
is the source of a formula, and what is in `<meter>` and `<progress>` is for browsers that do not know them."""
_GLUE = frozenset(["-comment", "wbr"])
"""Those that may stand inside a word."""
_SEEN = _names("img video audio iframe")
"""Those that show something between the lines; a `<picture>` has an `<img>`."""
BLOCKS: Final = _names(
    "html body address article aside blockquote button caption center dd details dialog dir div dl dt fieldset"
    " figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup legend li listing main menu multicol nav ol p"
    " plaintext pre search section summary table tbody td tfoot th thead tr ul xmp"
)
"""Elements that begin and end lines. All others, unknown ones too, are inline."""
_FREQUENT_INLINES = _names("abbr b big cite code del em font i ins mark q s small span strong sub sup u")
"""Listed for speed only: every other inline element costs a call of `_Elements.__missing__`."""
_FLAGS = {name: 1 << place for place, name in enumerate(ANCESTORS)}
ANCESTOR_MASK: Final = (1 << 32) - 1
"""Flags that are bits of `ANCESTORS`."""
LINK: Final = _FLAGS.pop("a")
EMPHASIS: Final = _FLAGS.pop("em")
TIME: Final = _FLAGS["time"]
CUSTOM: Final = _FLAGS["(custom)"]
HEADINGS: Final = TAGS.index("h1"), TAGS.index("h6")
"""First and last of the blocks that are titles and subheads. A single line break in one is a matter of layout: it stays
one line. Two of them part paragraphs, as everywhere: some pages have all of their text in headings."""
_SHARE_FLAGS = LINK | EMPHASIS
"""Flags for which a line has a share of its characters."""
HIDDEN: Final = _FLAGS["(hidden)"]
KEEPS_LINES: Final = 1 << 32
"""Flag of `<pre>` and its like, above those of `ANCESTORS`."""
DIALOG: Final = 1 << 33
"""Flag of `<dialog>`, which is hidden without the attribute `open`."""
_N_OUTER = N_LEVELS - 1
_SOFT_HYPHEN = "\xad"
_INVISIBLE = "".join(map(chr, (0x20, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF)))
"""Characters that are not shown, such as the zero width space; a line of nothing else is none."""
MAX_CELL: Final = 80
"""Most characters of a cell. A table row with a longer one, or with one of two lines, is layout: its cells are lines of
their own."""


class _Elements(dict[str | None, _Element]):
    """What is known of elements, by name."""

    def __missing__(self, name: str | None) -> _Element:
        # A style sheet can set any element apart, and those of a site's own mostly are.
        return (_BOX, CUSTOM, 0) if name and "-" in name else (_INLINE, 0, 0)


def _elements() -> _Elements:
    tags = {name: place for place, name in enumerate(TAGS)}
    flags = _FLAGS | dict.fromkeys(("b", "strong", "em"), EMPHASIS)
    for name in ("pre", "listing", "plaintext", "xmp"):
        flags[name] = KEEPS_LINES
    flags["dialog"] = DIALOG
    table = _Elements(dict.fromkeys((None, "-comment", "-doctype", *SKIPPED), (_SKIP, 0, 0)))
    kinds = (
        dict.fromkeys(BLOCKS, _BLOCK) | {"tr": _TABLE_ROW, "br": _BREAK, "hr": _BREAK} | dict.fromkeys(_SEEN, _MEDIA)
    )
    kinds |= dict.fromkeys(("a", "label", "time"), _BOX) | dict.fromkeys(_FREQUENT_INLINES, _INLINE)
    for name, kind in kinds.items():
        table[name] = kind, flags.get(name, 0), tags.get(name, len(TAGS) - 1)
    return table


ELEMENTS: Final = _elements()
_ELEMENTS_WITHOUT_SCRIPTS = _Elements(ELEMENTS | {"noscript": (_BLOCK, HIDDEN, TAGS.index("(other)"))})
_CELLS = (TAGS.index("td"), TAGS.index("th"))
_NO_SCOPE: Final[Scope] = (0, (), 0, (0, None, "", "", 0, -1), "")
"""Scope of white space between elements, which says nothing."""


def _is_heading(tag: int) -> bool:
    return HEADINGS[0] <= tag <= HEADINGS[1]


class Walk:
    """Lines of a page in the making.

    The open elements are a stack of scopes. A line collects pieces of text until a block or a line break begins or
    ends.
    """

    def __init__(self, *, shows_hidden: bool = False, has_scripts: bool = True) -> None:
        """Prepare a walk.

        Args:
            shows_hidden: give lines for hidden elements too, with the flag `(hidden)`.
            has_scripts: false for a page that was parsed as if scripts did not run; then `<noscript>` has elements,
                whose lines get the flag `(hidden)`, because nobody sees them where scripts run.
        """
        self.hidden: list[Node] = []
        """Elements left out because they are hidden; none with `shows_hidden`."""
        self.lines: list[WalkedLine] = []
        self.n_blocks = 0
        self._shows_hidden = shows_hidden
        self._elements = ELEMENTS if has_scripts else _ELEMENTS_WITHOUT_SCRIPTS
        self._key_numbers: dict[str, int] = {"": 0}
        self.gaps: dict[int, list[Node]] = {}
        """Pictures and the like before a line and behind the line before it, by the line's index."""
        self._media: list[tuple[int, Node]] = []
        """The same since the last line, each with the number of pieces of the line before it."""
        self._scopes: list[Scope] = []
        """Scopes of the open elements, the outermost first."""
        self._row_starts: list[int] = []
        """Per open `<tr>`: how many lines there were when it began."""
        # Of the line that has begun:
        self._pieces: list[str] = []
        self._piece_scopes: list[Scope] = []
        self._piece_flags = 0  # flags of all its pieces together
        self._holder = _NO_SCOPE
        self._holder_depth = 0  # scopes on the stack up to the holder
        self._lowest_depth = 0  # fewest scopes on the stack since the last piece
        self._n_inline = 0
        self._gap = 0  # kind of the inline element that ended last; `_GAP_DUE` if another began right behind it

    @property
    def keys(self) -> list[str]:
        """Every distinct key of an element on the page; scopes and lines name them by their place here."""
        return list(self._key_numbers)

    def run(self, root: Node) -> None:
        """Visit everything below `root`, which is taken for the body and shown in any case."""
        key = find_key(root.attributes)
        keys = (self._key_numbers.setdefault(key, 1),) if key else ()
        self._scopes = [(0, keys, len(keys), (0, None, "body", key, TAGS.index("body"), 0), "")]
        self.n_blocks = 1
        nodes, kinds, node = [root], [_BLOCK], root.first_child
        pieces, elements, enter, leave, scopes = self._pieces, self._elements, self._enter, self._leave, self._scopes
        while node is not None:
            tag = node.tag
            if tag == "-text":
                text = node.text_content
                if text and (pieces or not text.isspace()):
                    self._add(text)
            elif (kind := (element := elements[tag])[0]) >= _BREAK:
                if kind == _BREAK:
                    if tag == "br" and self._gap != _GAP_DUE and _is_heading(scopes[-1][BLOCK][TAG]):
                        self._gap = _GAP_DUE
                    else:
                        self._flush()
                else:
                    self._media.append((len(pieces), node))
            elif kind and (kind := enter(node, tag or "", element)):
                child = node.first_child
                if child is not None:
                    nodes.append(node)
                    kinds.append(kind)
                    node = child
                    continue
                leave(kind, scopes.pop())
            elif tag in _GLUE and not self._gap:
                self._gap = _GLUED
            following = node.next
            while following is None:
                node, kind = nodes.pop(), kinds.pop()
                if not nodes:
                    break
                closed = scopes.pop()
                if pieces or kind == _TABLE_ROW:
                    leave(kind, closed)
                following = node.next
            node = following
        self._flush()
        if self._media:
            self.gaps[len(self.lines)] = [seen for _, seen in self._media]

    def _enter(self, node: Node, name: str, element: _Element) -> int:
        """Open an element: push its scope. Returns its kind, `_SKIP` where it is hidden and nothing was opened."""
        kind, flags, tag = element
        outer = self._scopes[-1]
        outer_flags, keys, n_own, block, href = outer
        key, attributes = "", node.attributes
        is_left_out = flags & DIALOG != 0 and "open" not in attributes
        if attributes:
            if name == "a" and "href" in attributes:
                flags, href = LINK, attributes["href"] or ""
            if READ_ATTRIBUTES.isdisjoint(attributes):
                key = attributes.get("class") or ""
            else:
                if ("style" in attributes or "hidden" in attributes) and is_hidden(attributes):
                    is_left_out = True
                key = find_key(attributes)
        if is_left_out:
            if not self._shows_hidden:
                self.hidden.append(node)
                return _SKIP
            flags |= HIDDEN
        if key:
            keys = (self._key_numbers.setdefault(key, len(self._key_numbers)), *keys[:_N_OUTER])
            n_own += 1
        if kind > _BOX:
            if self._pieces:
                self._flush()
            self._n_inline = 0
            if kind == _TABLE_ROW:
                self._row_starts.append(len(self.lines))
            block = (self.n_blocks, block, name, key, tag, block[DEPTH] + 1)
            self.n_blocks += 1
            self._scopes.append((outer_flags | flags, keys, 1 if key else 0, block, href))
            return kind
        if key and kind == _INLINE:
            kind = _NAMED
        self._n_inline += 1
        gap = self._gap
        if gap == _BOX or (gap == _NAMED and kind > _INLINE):
            self._gap = _GAP_DUE
        elif gap == _GLUED:
            self._gap = 0
        flags |= outer_flags
        self._scopes.append((flags, keys, n_own, block, href) if key or flags != outer_flags else outer)
        return kind

    def _leave(self, kind: int, scope: Scope) -> None:
        """Close an element, whose scope is no longer on the stack."""
        if kind > _BOX:
            self._flush()
            if kind == _TABLE_ROW:
                self._join_cells(scope, self._row_starts.pop())
        elif self._pieces:
            # Of elements that end together, as in `<span><a>a</a></span>`, the highest kind counts. A space that is due
            # stays due: in `<a>a</a><i></i>b` it is from `<i>` on, and `</i>` does not change that.
            if kind > self._gap and self._gap != _GAP_DUE:
                self._gap = kind
            if len(self._scopes) < self._lowest_depth:
                self._lowest_depth = len(self._scopes)

    def _add(self, text: str) -> None:
        """Add a piece of text to the line, or begin one."""
        scopes, pieces = self._scopes, self._pieces
        scope = scopes[-1]
        flags = scope[FLAGS]
        if flags & KEEPS_LINES and "\n" in text:
            first, *others = text.split("\n")
            if first and not first.isspace():
                self._add(first)  # goes on with what stands before it
            for line in others:
                self._flush()
                if line and not line.isspace():
                    self._add(line)
        elif pieces and text.isspace():
            pieces.append(" ")
            self._piece_scopes.append(_NO_SCOPE)
        else:
            if not pieces:
                self._holder, self._holder_depth, self._lowest_depth = scope, len(scopes), len(scopes)
            elif self._lowest_depth < self._holder_depth:
                self._holder, self._holder_depth = scopes[self._lowest_depth - 1], self._lowest_depth
            # White space in `<pre>` is what stands there.
            may_be_apart = pieces and self._gap != _GLUED and not flags & KEEPS_LINES
            is_apart = may_be_apart and has_gap(pieces[-1][-1], text, is_due=self._gap == _GAP_DUE)
            pieces.append(" " + text if is_apart else text)
            self._piece_scopes.append(scope)
            self._piece_flags |= flags
            self._gap = 0

    def _flush(self) -> None:
        """End the line, if one has begun."""
        self._gap = 0
        pieces, piece_scopes, holder = self._pieces, self._piece_scopes, self._holder
        if not pieces:
            return
        text, piece_flags = pieces[0].strip(), self._piece_flags
        flags, keys, n_own, _, href = holder
        link_share = emphasis = 0.0
        part_keys: tuple[int, ...] = ()
        hrefs: Collection[str] = ()
        if len(pieces) > 1:
            text = "".join(pieces).strip()
            inside = [scope for scope in piece_scopes if scope[KEY_NUMBERS] is not keys]
            if inside:
                # Keys stand from the inside out, and the first `N_OWN` are of elements in the block. Of a piece's own
                # keys the last `n_own` are those of the holder, which are around the whole line.
                part_keys = tuple(
                    dict.fromkeys([key for scope in inside for key in scope[KEY_NUMBERS][: scope[N_OWN] - n_own]])
                )
        # The space is the only white space that is printable; soft hyphens are not shown.
        if not text.isprintable() or "  " in text:
            text = " ".join(text.replace(_SOFT_HYPHEN, "").split())
            if not text.strip(_INVISIBLE):
                text = ""
        if text and piece_flags & _SHARE_FLAGS:
            if piece_flags & LINK:
                link_share = 1.0 if flags & LINK else self._share(LINK, text)
                hrefs = (href,) if href else {scope[HREF] for scope in piece_scopes}
            if piece_flags & EMPHASIS:
                emphasis = 1.0 if flags & EMPHASIS else self._share(EMPHASIS, text)
        if self._media:
            self._close_gap(text)
        if text:
            is_in_time = piece_flags & TIME != 0
            self.lines.append(
                WalkedLine(text, holder, is_in_time, link_share, emphasis, self._n_inline, part_keys, hrefs)
            )
        pieces.clear()
        piece_scopes.clear()
        self._piece_flags = self._n_inline = 0

    def _close_gap(self, text: str) -> None:
        """Give the media before a line that ends to it; those behind its text stay for the next.

        Media between its first text and its last, such as a smiley, stand beside no line, and are left out.
        """
        last = 0
        if text:
            if before := [node for place, node in self._media if not place]:
                self.gaps[len(self.lines)] = before
            last = max(place for place, scope in enumerate(self._piece_scopes, 1) if scope is not _NO_SCOPE)
        self._media = [(0, node) for place, node in self._media if place >= last]

    def _share(self, flag: int, text: str) -> float:
        """Share of the line's characters in pieces with a flag, spaces not counted."""
        pairs = zip(self._pieces, self._piece_scopes, strict=True)
        flagged = "".join([piece for piece, scope in pairs if scope[FLAGS] & flag])
        return len("".join(flagged.replace(_SOFT_HYPHEN, "").split())) / len(text.replace(" ", ""))

    def _join_cells(self, scope: Scope, start: int) -> None:
        """Make one line of the lines of a `<tr>`, cells separated by tabs, if every cell is one short line."""
        numbers = set()
        # One by one, because a row of a table around others has all their lines.
        for index in range(start, len(self.lines)):
            line = self.lines[index]
            block = line.holder[BLOCK]
            if len(line.text) > MAX_CELL or block[TAG] not in _CELLS or block[OUTER] is not scope[BLOCK]:
                return
            numbers.add(block[NUMBER])
        cells = self.lines[start:]
        if not 2 <= len(cells) == len(numbers):
            return
        for index in range(start + 1, len(self.lines)):
            self.gaps.pop(index, None)
        size = sum(len(cell.text) for cell in cells)
        keys = (key for cell in cells for key in (*cell.holder[KEY_NUMBERS][: cell.holder[N_OWN]], *cell.part_keys))
        self.lines[start:] = [
            WalkedLine(
                text="\t".join(cell.text for cell in cells),
                holder=scope,
                is_in_time_element=any(cell.is_in_time_element for cell in cells),
                link_share=sum(cell.link_share * len(cell.text) for cell in cells) / size,
                emphasis=sum(cell.emphasis * len(cell.text) for cell in cells) / size,
                n_inline=sum(cell.n_inline for cell in cells),
                part_keys=tuple(dict.fromkeys(keys)),
                hrefs={href for cell in cells for href in cell.hrefs},
            )
        ]
