"""Places in the arrays of the compiled pass: everything in it is an integer in one of a few arrays.

Functions of numba take time to call by the number of their arrays, and to compile by that of their types. So all that
`walk` keeps in tuples and lists lies in one array `m` of integers: first the counters and the beginnings of the
sections, then the sections, each a table of rows of the same size. Row 3 of the scopes begins at `m[SCOPES] + 3 *
SCOPE_SIZE`, and its flags stand at `FLAGS` from there. The tables of names lie in an array `t` in the same way.
"""

from linesift.hints import N_LEVELS

# Kinds of elements, in the order of those of `walk`.
SKIP, INLINE, NAMED, BOX, BLOCK, TABLE_ROW, BREAK, MEDIUM = range(8)
GAP_DUE, GLUED = -1, -2

# Traits of elements, as bits.
VOID, RAW, LINK_TAG, FOREIGN, TEMPLATE, SCRIPT, META, TITLE, UNREAD, DIALOG_TAG, LINE_BREAK, GLUE, KEEPS_LINES = (
    1 << bit for bit in range(13)
)

# Where the value of an attribute begins, counted from `m[SPANS]`; it ends at the next place. 0 and 0 where the tag has
# no such attribute. `NO_SPAN` for others that have words.
CLASS, HREF, HIDDEN, OPEN, STYLE, ALT, TITLE_ATTRIBUTE, WIDTH, HEIGHT, PROPERTY, NAME, CONTENT, ID, NO_SPAN = range(
    0, 28, 2
)

# Header of `m`: counters,
(
    DEPTH, N_SCOPES, N_KEYSETS, N_BLOCKS, N_KEYS, KEYS_END, N_LINES, TEXT_END, N_PIECES, PIECE_FLAGS, HOLDER,
    HOLDER_DEPTH, LOWEST_DEPTH, N_INLINE, GAP, N_MEDIA, FIRST_MEDIUM, N_PART_KEYS, N_LINKS, N_HREFS, N_HIDDEN,
    IS_FOREIGN_RAW, HAS_MATHS, COUNTS_HIDDEN, STAMP, N_WORDS, N_CLAIMS, N_BYTES, SHOWS_HIDDEN,
    # and beginnings of sections.
    OPENED, SCOPES, KEYSETS, BLOCKS, PIECES, LINES, MEDIA, PART_KEYS, LINKS, HREFS, KEY_SLOTS, KEY_MASK, KEY_BOUNDS,
    KEY_HASHES, KEY_STAMPS, SPANS, WORDS, CLAIMS, N_HEADER,
) = range(48)  # fmt: skip

# Rows of `OPENED`: elements that are open; `NAME_START` and `NAME_END` are places in the page.
NAME_START, NAME_END, KIND, SCOPE, ROW_START, OPENED_SIZE = range(6)
# Rows of `SCOPES`; `NO_HREF`, or the kind of a link and 1, or the address for Python, counted down from -1.
FLAGS, KEYSET, N_OWN, OWN_BLOCK, LINK, KEEPS, SCOPE_SIZE = range(7)
# Rows of `KEYSETS`: keys from the inside out, and how many there are.
KEYSET_SIZE = N_LEVELS + 1
# Rows of `BLOCKS`; `ELEMENT` is the number of its name.
OUTER, ELEMENT, KEY, TAG, BLOCK_DEPTH, BLOCK_SIZE = range(6)
# Rows of `PIECES`; `PIECE_SCOPE` is -1 for white space.
PIECE_START, PIECE_END, PIECE_SCOPE, IS_APART, PIECE_SIZE = range(5)
# Rows of `LINES`.
(
    LINE_START, LINE_END, LINE_CHARS, LINE_FLAGS, LINE_BLOCK, LINE_KEYSET, LINE_OWN, LINE_INLINE, PART_START, N_PARTS,
    LINK_KIND, LINE_MEDIUM, LINE_MEDIA, IS_TIME, LINE_SIZE,
) = range(15)  # fmt: skip
# Rows of `MEDIA`: then places of the alternative text and of the title.
PLACE, IS_SHOWN, ALT_START, ALT_END, ALT_TITLE_START, ALT_TITLE_END, MEDIUM_SIZE = range(7)
CLAIM_SIZE = 6
MAX_WORDS = 64

# Header of `t`: three tables of names,
(
    ELEMENTS, ATTRIBUTES, CLAIM_NAMES,
    # tables of what belongs to a name,
    KINDS, FLAGS_OF, TAGS_OF, TRAITS, ATTRIBUTE_SPAN, ATTRIBUTE_WORDS, HOSTS, N_HOSTS,
    # and constants of `walk`.
    LINK_FLAG, EMPHASIS_FLAG, TIME_FLAG, HIDDEN_FLAG, CUSTOM_FLAG, MAX_CELL, BODY_TAG, TD_TAG, TH_TAG, FIRST_HEADING,
    LAST_HEADING, LINK_SITE, LINK_FRAGMENT,
    # Where the kinds of letters begin in the array of names, one byte for each character.
    LETTERS, N_TABLE_HEADER,
) = range(26)  # fmt: skip
# A table of names: places of its slots, of their number less 1, and of the beginnings of the names.
SLOTS, MASK, STARTS, NAME_TABLE_SIZE = range(4)

# Kinds of letters, as bits.
UPPER, LOWER, DECIMAL, CLOSING, OPENING, ENDING = (1 << bit for bit in range(6))
N_LETTERS = 1 << 17

SENTINEL = b'="><' * 8
"""Ends every search for a byte; follows the page."""
