"""One pass over the bytes of the page that the parser wrote out: what `walk.Walk` does, compiled.

The parser writes well-formed HTML: every element but void ones has its end tag, values of attributes stand between
double quotes, and `<`, `>`, `&`, `"` and no-break spaces in texts and values are entities. `Walk` is the model of
everything here: functions have the names of its methods, and tests compare both. Where the bytes are not what they have
to be, such as an end tag without its start, the pass gives up, and `Walk` reads the page.
"""

import numpy as np

from linesift.hints import N_LEVELS
from linesift.jit import leaf, maker, outer
from linesift.read.html.compiled.attributes import (
    add_medium,
    find_key,
    find_link,
    is_claim,
    is_hidden,
    read_attributes,
)  # fmt: skip
from linesift.read.html.compiled.layout import (
    BLOCK,
    BLOCK_DEPTH,
    BLOCK_SIZE,
    BLOCKS,
    BODY_TAG,
    BOX,
    BREAK,
    CLAIM_SIZE,
    CLAIMS,
    COUNTS_HIDDEN,
    CUSTOM_FLAG,
    DEPTH,
    DIALOG_TAG,
    ELEMENT,
    FIRST_HEADING,
    FLAGS,
    FLAGS_OF,
    FOREIGN,
    GAP,
    GAP_DUE,
    GLUE,
    GLUED,
    HAS_MATHS,
    HIDDEN,
    HIDDEN_FLAG,
    HREF,
    HREFS,
    INLINE,
    KEEPS,
    KEEPS_LINES,
    KEY,
    KEY_BOUNDS,
    KEY_HASHES,
    KEY_MASK,
    KEY_SLOTS,
    KEY_STAMPS,
    KEYS_END,
    KEYSET,
    KEYSET_SIZE,
    KEYSETS,
    KIND,
    KINDS,
    LAST_HEADING,
    LINE_BREAK,
    LINE_SIZE,
    LINES,
    LINK,
    LINK_FLAG,
    LINK_TAG,
    LINKS,
    LOWEST_DEPTH,
    MAX_WORDS,
    MEDIA,
    MEDIUM,
    MEDIUM_SIZE,
    META,
    N_BLOCKS,
    N_BYTES,
    N_CLAIMS,
    N_HEADER,
    N_INLINE,
    N_KEYS,
    N_KEYSETS,
    N_LINES,
    N_OWN,
    N_PIECES,
    N_SCOPES,
    NAMED,
    NO_SPAN,
    OPEN,
    OPENED,
    OPENED_SIZE,
    OUTER,
    OWN_BLOCK,
    PART_KEYS,
    PIECE_SIZE,
    PIECES,
    PROPERTY,
    ROW_START,
    SCOPE,
    SCOPE_SIZE,
    SCOPES,
    SENTINEL,
    SHOWS_HIDDEN,
    SKIP,
    SPANS,
    STYLE,
    TABLE_ROW,
    TAG,
    TAGS_OF,
    TEXT_END,
    TITLE,
    TRAITS,
    UNREAD,
    VOID,
    WORDS,
)  # fmt: skip
from linesift.read.html.compiled.lines import add_text, flush, join_cells, scope_at
from linesift.read.html.compiled.scan import (
    BANG,
    GT,
    LT,
    SLASH,
    SPACE,
    find_byte,
    is_at,
    is_end,
    push,
    read_name,
    skip,
    skip_comment,
)  # fmt: skip


@leaf
def _push_scope(row, flags, keyset, n_own, block, link, keeps, m):
    """Make a scope that of the element in a row of `OPENED`."""
    number = m[N_SCOPES]
    scope = m[SCOPES] + number * SCOPE_SIZE
    m[scope + FLAGS], m[scope + KEYSET], m[scope + N_OWN] = flags, keyset, n_own
    m[scope + OWN_BLOCK], m[scope + LINK], m[scope + KEEPS] = block, link, keeps
    m[row + SCOPE] = number
    m[N_SCOPES] = number + 1


@leaf
def _push_key(key, keyset, m):
    """Make the set of keys inside an element with a key; gives its number."""
    number = m[N_KEYSETS]
    row, outer_row = m[KEYSETS] + number * KEYSET_SIZE, m[KEYSETS] + keyset * KEYSET_SIZE
    n_keys = min(m[outer_row + N_LEVELS] + 1, N_LEVELS)
    m[row], m[row + N_LEVELS] = key, n_keys
    for level in range(1, n_keys):
        m[row + level] = m[outer_row + level - 1]
    m[N_KEYSETS] = number + 1
    return number


@leaf
def _enter(row, element, kind, data, m, t, text, keys, shares):
    """Open an element whose attributes were read, as `Walk._enter`; gives its kind, `SKIP` where it is hidden.

    Args:
        row: its row of `OPENED`, which is not counted yet.
        element: its number, or what `read_name` gives instead.
        kind: its kind by its name.
        data: the page.
        m: the arrays of the pass.
        t: tables.
        text: text of the lines.
        keys: bytes of the keys.
        shares: shares of the lines.
    """
    scope = scope_at(m, m[DEPTH] - 1)
    outer_flags, keyset, n_own, block, link = (
        m[scope + FLAGS], m[scope + KEYSET], m[scope + N_OWN], m[scope + OWN_BLOCK], m[scope + LINK],
    )  # fmt: skip
    flags, keeps, is_left_out = 0, m[scope + KEEPS], False
    if element >= 0:
        flags, traits = t[t[FLAGS_OF] + element], t[t[TRAITS] + element]
        keeps |= (traits & KEEPS_LINES) != 0
        is_left_out = traits & DIALOG_TAG != 0 and m[m[SPANS] + OPEN] == 0
        if traits & LINK_TAG and m[m[SPANS] + HREF]:
            flags = t[LINK_FLAG]
            link = find_link(data, m[m[SPANS] + HREF], m[m[SPANS] + HREF + 1], m, t)
    elif element == -2:
        flags = t[CUSTOM_FLAG]
    if is_left_out or ((m[m[SPANS] + HIDDEN] or m[m[SPANS] + STYLE]) and is_hidden(data, m)):
        if not m[SHOWS_HIDDEN]:
            return SKIP
        flags |= t[HIDDEN_FLAG]
    key = find_key(data, m, keys)
    if key:
        keyset = _push_key(key, keyset, m)
        n_own += 1
    flags |= outer_flags
    if kind > BOX:
        flush(data, m, t, text, shares)
        m[N_INLINE] = 0
        number = m[N_BLOCKS]
        inside = m[BLOCKS] + number * BLOCK_SIZE
        m[inside + OUTER], m[inside + ELEMENT], m[inside + KEY] = block, element, key
        m[inside + TAG], m[inside + BLOCK_DEPTH] = (
            t[t[TAGS_OF] + element],
            m[m[BLOCKS] + block * BLOCK_SIZE + BLOCK_DEPTH] + 1,
        )
        m[N_BLOCKS] = number + 1
        _push_scope(row, flags, keyset, key > 0, number, link, keeps, m)
        return kind
    if key and kind == INLINE:
        kind = NAMED
    m[N_INLINE] += 1
    if m[GAP] == BOX or (m[GAP] == NAMED and kind > INLINE):
        m[GAP] = GAP_DUE
    elif m[GAP] == GLUED:
        m[GAP] = 0
    if key or flags != outer_flags or keeps != m[scope + KEEPS]:
        _push_scope(row, flags, keyset, n_own, block, link, keeps, m)
    else:
        m[row + SCOPE] = m[m[OPENED] + (m[DEPTH] - 1) * OPENED_SIZE + SCOPE]
    return kind


@leaf
def _leave(data, m, t, text, shares):
    """Close the innermost element, as `Walk._leave`."""
    depth = m[DEPTH] - 1
    row = m[OPENED] + depth * OPENED_SIZE
    kind = m[row + KIND]
    m[DEPTH] = depth
    if kind > BOX:
        flush(data, m, t, text, shares)
        if kind == TABLE_ROW:
            join_cells(scope_at(m, depth), m[row + ROW_START], m, t, text, shares)
    elif m[N_PIECES]:
        if kind > m[GAP] and m[GAP] != GAP_DUE:
            m[GAP] = kind
        m[LOWEST_DEPTH] = min(m[LOWEST_DEPTH], depth)


_HEAD_END, _HTML, _HEAD, _BODY = b"</head>", b"<html", b"<head", b"<body"


@leaf
def _read_head(data, words, place, m, t, names, keys):
    """Read the elements of the head up to its end tag; place behind it, or -1. Notes `<title>` and some `<meta>`."""
    while 0 <= place < m[N_BYTES]:
        if data[place] != LT:
            place = find_byte(data, words, place, LT)
        elif data[place + 1] == BANG:
            place = skip_comment(data, words, place, m[N_BYTES])
        elif data[place + 1] == SLASH:
            return place + 7 if is_at(data, place, _HEAD_END) else -1
        else:
            name_end, element = read_name(data, place + 1, t, names)
            traits = t[t[TRAITS] + element] if element >= 0 else 0
            claim = m[CLAIMS] + m[N_CLAIMS] * CLAIM_SIZE
            if traits & META:
                place = read_attributes(data, words, name_end, m, t, names)
                if place >= 0 and is_claim(data, m, t, names, keys):
                    span = m[SPANS] + PROPERTY  # then those of `NAME` and `CONTENT`
                    for offset in range(CLAIM_SIZE):
                        m[claim + offset] = m[span + offset]
                    m[N_CLAIMS] += 1
            else:
                if traits & TITLE:
                    start = find_byte(data, words, place, GT) + 1
                    m[claim] = m[claim + 2] = -1
                    m[claim + 4], m[claim + 5] = start, find_byte(data, words, start, LT)
                    m[N_CLAIMS] += 1
                place = skip(data, words, place, m, t, names)
    return -1


@leaf
def _is_tag(data, place, tag):
    """Say whether a start tag of this name stands here."""
    return is_at(data, place, tag) and (data[place + len(tag)] == GT or data[place + len(tag)] == SPACE)


@leaf
def _open_body(data, words, m, t, names, keys):
    """Read what stands before the body, and open it; place behind its start tag, or -1. It is shown in any case."""
    place = 0
    while 0 <= place < m[N_BYTES]:
        if data[place] != LT:
            place += 1
        elif data[place + 1] == BANG:
            place = skip_comment(data, words, place, m[N_BYTES])
        elif _is_tag(data, place, _HTML):
            place = read_attributes(data, words, place + len(_HTML), m, t, names)
        elif _is_tag(data, place, _HEAD):
            place = read_attributes(data, words, place + len(_HEAD), m, t, names)
            if place >= 0:
                place = _read_head(data, words, place, m, t, names, keys)
        elif _is_tag(data, place, _BODY):
            row = push(m, place + 1, place + len(_BODY))
            place = read_attributes(data, words, place + len(_BODY), m, t, names)
            key = find_key(data, m, keys)
            m[m[KEYSETS]], m[m[KEYSETS] + N_LEVELS] = key, key > 0
            body = m[BLOCKS]
            m[body + OUTER], m[body + ELEMENT], m[body + KEY] = -1, -1, key
            m[body + TAG], m[body + BLOCK_DEPTH] = t[BODY_TAG], 0
            m[N_KEYSETS] = m[N_BLOCKS] = m[N_SCOPES] = 1
            m[row + KIND] = BLOCK
            scope = m[SCOPES]
            m[scope : scope + SCOPE_SIZE] = m[row + SCOPE] = 0
            m[scope + N_OWN] = key > 0
            return place
        else:
            return -1
    return -1


@leaf
def _open(data, words, place, m, t, names, text, keys, shares):
    """Visit the start tag at `place`; gives the place behind it, or behind the whole element where that is left out."""
    name_end, element = read_name(data, place + 1, t, names)
    kind, traits = BOX if element == -2 else INLINE, 0
    if element >= 0:
        kind, traits = t[t[KINDS] + element], t[t[TRAITS] + element]
    if traits & UNREAD:
        return -1
    m[HAS_MATHS] |= (traits & FOREIGN) != 0
    if kind == SKIP:
        if traits & GLUE and not m[GAP]:
            m[GAP] = GLUED
        return skip(data, words, place, m, t, names)
    if kind == BREAK:
        block = m[scope_at(m, m[DEPTH] - 1) + OWN_BLOCK]
        tag = m[m[BLOCKS] + block * BLOCK_SIZE + TAG]
        if traits & LINE_BREAK and m[GAP] != GAP_DUE and t[FIRST_HEADING] <= tag <= t[LAST_HEADING]:
            m[GAP] = GAP_DUE
        else:
            flush(data, m, t, text, shares)
        return find_byte(data, words, name_end, GT) + 1
    after = read_attributes(data, words, name_end, m, t, names)
    if after < 0:
        return -1
    if kind == MEDIUM:
        add_medium(data, m)
        return after if traits & VOID else skip(data, words, place, m, t, names)
    row = m[OPENED] + m[DEPTH] * OPENED_SIZE
    kind = _enter(row, element, kind, data, m, t, text, keys, shares)
    if kind == SKIP:
        m[COUNTS_HIDDEN] = 1
        after = skip(data, words, place, m, t, names)
        m[COUNTS_HIDDEN] = 0
        return after
    push(m, place + 1, name_end)
    m[row + KIND], m[row + ROW_START] = kind, m[N_LINES]
    if traits & VOID:
        _leave(data, m, t, text, shares)
    return after


@leaf
def _run(data, words, place, m, t, names, text, keys, shares):
    """Visit everything in the body, as `Walk.run`; place of its end, or -1."""
    while 0 <= place < m[N_BYTES]:
        if data[place] != LT:
            start = place
            place = find_byte(data, words, place, LT)
            add_text(data, start, place, m, t, names, text, shares)
        elif data[place + 1] == SLASH:
            if not is_end(data, m, place):
                return -1
            if m[DEPTH] == 1:
                flush(data, m, t, text, shares)
                return place
            _leave(data, m, t, text, shares)
            place = find_byte(data, words, place, GT) + 1
        elif data[place + 1] == BANG:
            if not m[GAP]:
                m[GAP] = GLUED
            place = skip_comment(data, words, place, m[N_BYTES])
        else:
            place = _open(data, words, place, m, t, names, text, keys, shares)
    return -1


@maker
def _make_room(n_bytes, n_tags, n_newlines):
    """Make the array `m` for a page of so many tags, and line ends in its text."""
    n_rows, n_pieces, n_slots = n_tags + 3, n_tags + n_newlines + 3, 64
    while n_slots < 2 * n_tags:
        n_slots *= 2
    sizes = (
        (OPENED, n_rows * OPENED_SIZE), (SCOPES, n_rows * SCOPE_SIZE), (KEYSETS, n_rows * KEYSET_SIZE),
        (BLOCKS, n_rows * BLOCK_SIZE), (PIECES, n_pieces * PIECE_SIZE), (LINES, n_pieces * LINE_SIZE),
        (MEDIA, n_rows * MEDIUM_SIZE), (PART_KEYS, 3 * N_LEVELS * n_pieces), (LINKS, 4 * n_pieces), (HREFS, 2 * n_rows),
        (KEY_SLOTS, n_slots), (KEY_BOUNDS, n_rows), (KEY_HASHES, n_rows), (KEY_STAMPS, n_rows), (SPANS, NO_SPAN),
        (WORDS, 2 * MAX_WORDS), (CLAIMS, n_rows * CLAIM_SIZE),
    )  # fmt: skip
    total = N_HEADER
    for _, size in sizes:
        total += size
    m = np.empty(total, np.int64)
    m[:N_HEADER] = 0
    place = N_HEADER
    for section, size in sizes:
        m[section] = place
        place += size
    for section, size in ((KEY_SLOTS, n_slots), (KEY_STAMPS, n_rows)):
        m[m[section] : m[section] + size] = 0
    m[KEY_MASK], m[N_BYTES], m[N_KEYS] = n_slots - 1, n_bytes, 1
    m[m[KEY_BOUNDS]] = m[m[KEY_BOUNDS] + 1] = 0
    return m


@outer
def run(data, n_tags, n_newlines, shows_hidden, t, names):
    """Cut the lines of a page.

    Args:
        data: the page as the parser writes it, and `SENTINEL`.
        n_tags: places of `<` in it, at least.
        n_newlines: line ends in it, at least, if it may have elements that keep them; else 0.
        shows_hidden: whether to give lines for hidden elements, too.
        t: tables of `tables.make_tables`.
        names: their names.

    Returns:
        Whether the page could be read; the array `m`; text of the lines in UTF-8; shares of their characters in links
        and with emphasis, shape (n_lines, 2); bytes of the keys.
    """
    n_bytes = len(data) - len(SENTINEL)
    m = _make_room(n_bytes, n_tags, n_newlines)
    m[SHOWS_HIDDEN] = shows_hidden
    text, keys = np.empty(n_bytes + 8, np.uint8), np.empty(n_bytes + 64, np.uint8)
    shares = np.empty((n_tags + n_newlines + 3, 2), np.float64)
    words = data[: len(data) & ~7].view(np.uint64)
    place = _open_body(data, words, m, t, names, keys)
    if place >= 0:
        place = _run(data, words, place, m, t, names, text, keys, shares)
    return place >= 0, m, text[: m[TEXT_END]], shares[: m[N_LINES]], keys[: m[KEYS_END]]
