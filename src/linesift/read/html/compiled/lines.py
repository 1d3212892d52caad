"""Put lines together: `Walk._add`, `Walk._flush` and what they call, once more."""

import numpy as np

from linesift.hints import N_LEVELS
from linesift.jit import inner, leaf
from linesift.read.html.compiled.layout import (
    BLOCK_SIZE,
    BLOCKS,
    CLOSING,
    DECIMAL,
    DEPTH,
    EMPHASIS_FLAG,
    ENDING,
    FIRST_MEDIUM,
    FLAGS,
    GAP,
    GAP_DUE,
    GLUED,
    HOLDER,
    HOLDER_DEPTH,
    IS_APART,
    IS_TIME,
    KEEPS,
    KEY_STAMPS,
    KEYSET,
    KEYSET_SIZE,
    KEYSETS,
    LETTERS,
    LINE_BLOCK,
    LINE_CHARS,
    LINE_END,
    LINE_FLAGS,
    LINE_INLINE,
    LINE_KEYSET,
    LINE_MEDIA,
    LINE_MEDIUM,
    LINE_OWN,
    LINE_SIZE,
    LINE_START,
    LINES,
    LINK,
    LINK_FLAG,
    LINK_KIND,
    LINKS,
    LOWER,
    LOWEST_DEPTH,
    MAX_CELL,
    MEDIA,
    MEDIUM_SIZE,
    N_INLINE,
    N_LETTERS,
    N_LINES,
    N_LINKS,
    N_MEDIA,
    N_OWN,
    N_PART_KEYS,
    N_PARTS,
    N_PIECES,
    OPENED,
    OPENED_SIZE,
    OPENING,
    OUTER,
    OWN_BLOCK,
    PART_KEYS,
    PART_START,
    PIECE_END,
    PIECE_FLAGS,
    PIECE_SCOPE,
    PIECE_SIZE,
    PIECE_START,
    PIECES,
    PLACE,
    SCOPE,
    SCOPE_SIZE,
    SCOPES,
    STAMP,
    TAG,
    TD_TAG,
    TEXT_END,
    TH_TAG,
    TIME_FLAG,
    UPPER,
)  # fmt: skip
from linesift.read.html.compiled.scan import (
    AMPERSAND,
    LF,
    NOT_ASCII,
    SEMICOLON,
    SPACE,
    TAB,
    is_blank,
    read_char,
    to_plain,
)


@leaf
def scope_at(m, depth):
    """Row of the scope of an open element."""
    return m[SCOPES] + m[m[OPENED] + depth * OPENED_SIZE + SCOPE] * SCOPE_SIZE


@leaf
def add_text(data, start, end, m, t, names, text, shares):
    """Add a text, as `Walk.run` and `Walk._add`: in `<pre>` line by line."""
    scope = scope_at(m, m[DEPTH] - 1)
    if not m[N_PIECES] and is_blank(data, start, end):
        return
    stop = start
    if m[scope + KEEPS]:
        while stop < end and data[stop] != LF:
            stop += 1
        if stop < end:
            stop = start
            while stop <= end:
                first = stop
                while stop < end and data[stop] != LF:
                    stop += 1
                if first > start:
                    flush(data, m, t, text, shares)
                if not is_blank(data, first, stop):
                    _add(data, first, stop, scope, m, t, names)
                stop += 1
            return
    _add(data, start, end, scope, m, t, names)


@leaf
def _letter(data, place, t, names):
    """Kinds of the character that begins here."""
    byte = np.int64(data[place])
    if byte < NOT_ASCII:
        code = to_plain(data, place) if byte == AMPERSAND else byte
    elif byte < 0xE0:
        code = (byte & 31) << 6 | data[place + 1] & 63
    elif byte < 0xF0:
        code = (byte & 15) << 12 | (np.int64(data[place + 1]) & 63) << 6 | data[place + 2] & 63
    else:
        code = (byte & 7) << 18 | (np.int64(data[place + 1]) & 63) << 12 | (np.int64(data[place + 2]) & 63) << 6
        code |= data[place + 3] & 63
    return names[t[LETTERS] + code] if code < N_LETTERS else 0


@leaf
def _last_letter(data, end, t, names):
    """Kinds of the character that ends before a place, but `CLOSING`. Semicolons and entities have none."""
    if data[end - 1] == SEMICOLON:
        return 0
    place = end - 1
    while data[place] & 0xC0 == 0x80:
        place -= 1
    return _letter(data, place, t, names)


@leaf
def _has_gap(data, last, start, end, is_due, t, names):
    """Say whether there is a space between two texts, as `spacing.has_gap`.

    Args:
        data: the page.
        last: kinds of the last character of the first text.
        start: where the second text begins.
        end: where it ends.
        is_due: whether the elements are of kinds that are set apart.
        t: tables.
        names: their names.
    """
    first = _letter(data, start, t, names)
    if is_due:
        return first & CLOSING == 0 and last & OPENING == 0
    if first & UPPER:
        return last & (LOWER | DECIMAL | ENDING) != 0
    if first & DECIMAL == 0 or last & LOWER == 0:
        return False
    second = start + (read_char(data, start) >> 2)
    return second < end and _letter(data, second, t, names) & DECIMAL != 0


@leaf
def _add(data, start, end, scope, m, t, names):
    """Add a piece of text to the line, or begin one, as `Walk._add`."""
    number = m[N_PIECES]
    row = m[PIECES] + number * PIECE_SIZE
    m[row + PIECE_START], m[row + PIECE_END], m[row + PIECE_SCOPE], m[row + IS_APART] = start, end, -1, 1
    m[N_PIECES] = number + 1
    if is_blank(data, start, end):
        return
    if not number:
        m[HOLDER], m[HOLDER_DEPTH], m[LOWEST_DEPTH] = scope, m[DEPTH], m[DEPTH]
    elif m[LOWEST_DEPTH] < m[HOLDER_DEPTH]:
        m[HOLDER], m[HOLDER_DEPTH] = scope_at(m, m[LOWEST_DEPTH] - 1), m[LOWEST_DEPTH]
    m[row + PIECE_SCOPE], m[row + IS_APART] = scope, 0
    if number:
        before = row - PIECE_SIZE
        last = 0 if m[before + PIECE_SCOPE] < 0 else _last_letter(data, m[before + PIECE_END], t, names)
        may_be_apart = m[GAP] != GLUED and not m[scope + KEEPS]
        m[row + IS_APART] = may_be_apart and _has_gap(data, last, start, end, m[GAP] == GAP_DUE, t, names)
    m[PIECE_FLAGS] |= m[scope + FLAGS]
    m[GAP] = 0


@leaf
def _is_invisible(text, place, end):
    """Say whether a text has only spaces and characters that are not shown, those of `walk._INVISIBLE`."""
    while place < end:
        first = text[place]
        if first == SPACE:
            place += 1
            continue
        if first != 0xE2 and first != 0xEF:
            return False
        second, third = text[place + 1], text[place + 2]
        if first == 0xEF:
            is_shown = second != 0xBB or third != 0xBF
        elif second == 0x80:
            is_shown = not (0x8B <= third <= 0x8F or 0xAA <= third <= 0xAE)
        else:
            is_shown = second != 0x81 or not 0xA0 <= third <= 0xAF
        if is_shown:
            return False
        place += 3
    return True


@leaf
def _write(data, line, m, t, text, shares):
    """Write the text of a line, white space collapsed and soft hyphens left out, and its shares of characters.

    Returns the number of characters.
    """
    number = m[N_LINES]
    first = m[TEXT_END] + (number > 0)
    place, n_chars, n_solid, n_linked, n_emphasised, is_due = first, 0, 0, 0, 0, False
    for row in range(m[PIECES], m[PIECES] + m[N_PIECES] * PIECE_SIZE, PIECE_SIZE):
        is_due = is_due or m[row + IS_APART] != 0
        scope = m[row + PIECE_SCOPE]
        if scope < 0:
            continue
        before, at, end = n_solid, m[row + PIECE_START], m[row + PIECE_END]
        while at < end:
            char = read_char(data, at)
            if char & 3 == 1:
                is_due = True
            elif char & 3 == 0:
                if is_due and n_chars:
                    text[place] = SPACE
                    place += 1
                    n_chars += 1
                is_due = False
                if data[at] == AMPERSAND:
                    text[place] = to_plain(data, at)
                    place += 1
                else:
                    for offset in range(char >> 2):
                        text[place] = data[at + offset]
                        place += 1
                n_chars += 1
                n_solid += 1
            at += char >> 2
        if m[scope + FLAGS] & t[LINK_FLAG]:
            n_linked += n_solid - before
        if m[scope + FLAGS] & t[EMPHASIS_FLAG]:
            n_emphasised += n_solid - before
    if _is_invisible(text, first, place):
        n_chars = 0
    if n_chars:
        holder_flags = m[m[HOLDER] + FLAGS]
        shares[number, 0] = 1.0 if holder_flags & t[LINK_FLAG] else n_linked / n_solid
        shares[number, 1] = 1.0 if holder_flags & t[EMPHASIS_FLAG] else n_emphasised / n_solid
        if number:
            text[first - 1] = LF
        m[TEXT_END] = place
    m[line + LINE_START], m[line + LINE_END], m[line + LINE_CHARS] = first, place, n_chars
    return n_chars


@leaf
def _add_key(key, m):
    """Add a key to those of the parts of a line, once; it is marked by the stamp."""
    if m[m[KEY_STAMPS] + key] != m[STAMP]:
        m[m[KEY_STAMPS] + key] = m[STAMP]
        m[m[PART_KEYS] + m[N_PART_KEYS]] = key
        m[N_PART_KEYS] += 1


@leaf
def _add_keys(keyset, n_keys, m):
    """Add the first keys of a set to those of the parts of a line."""
    row = m[KEYSETS] + keyset * KEYSET_SIZE
    for level in range(min(n_keys, m[row + N_LEVELS])):
        _add_key(m[row + level], m)


@leaf
def _add_link(link, number, line, m):
    """Add the kind of an address to those of a line, or note that Python has to find it."""
    if link > 0:
        m[line + LINK_KIND] |= link - 1
    elif link < 0:
        row = m[LINKS] + 2 * m[N_LINKS]
        m[row], m[row + 1] = number, -1 - link
        m[N_LINKS] += 1


@inner
def flush(data, m, t, text, shares):
    """End the line, if one has begun, as `Walk._flush`."""
    m[GAP] = 0
    if not m[N_PIECES]:
        return
    number = m[N_LINES]
    line = m[LINES] + number * LINE_SIZE
    n_chars = _write(data, line, m, t, text, shares)
    m[line + LINE_MEDIUM] = m[line + LINE_MEDIA] = 0
    if m[FIRST_MEDIUM] < m[N_MEDIA]:
        _close_gap(line, n_chars > 0, m)
    if n_chars:
        holder = m[HOLDER]
        m[line + LINE_FLAGS], m[line + LINE_BLOCK] = m[holder + FLAGS], m[holder + OWN_BLOCK]
        m[line + LINE_KEYSET], m[line + LINE_OWN] = m[holder + KEYSET], m[holder + N_OWN]
        m[line + LINE_INLINE], m[line + IS_TIME] = m[N_INLINE], (m[PIECE_FLAGS] & t[TIME_FLAG]) != 0
        m[line + PART_START], m[line + LINK_KIND] = m[N_PART_KEYS], 0
        m[STAMP] += 1
        _add_scopes(number, line, (m[PIECE_FLAGS] & t[LINK_FLAG]) != 0, m)
        m[line + N_PARTS] = m[N_PART_KEYS] - m[line + PART_START]
        m[N_LINES] = number + 1
    m[N_PIECES] = m[PIECE_FLAGS] = m[N_INLINE] = 0


@leaf
def _add_scopes(number, line, is_linked, m):
    """Add to a line what the scopes of its pieces say: keys of its parts, and links."""
    holder = m[HOLDER]
    if is_linked and m[holder + LINK]:
        _add_link(m[holder + LINK], number, line, m)
        is_linked = False
    for row in range(m[PIECES], m[PIECES] + m[N_PIECES] * PIECE_SIZE, PIECE_SIZE):
        scope = m[row + PIECE_SCOPE]
        if scope < 0:
            continue
        if m[scope + KEYSET] != m[holder + KEYSET]:
            _add_keys(m[scope + KEYSET], m[scope + N_OWN] - m[holder + N_OWN], m)
        if is_linked:
            _add_link(m[scope + LINK], number, line, m)


@leaf
def _close_gap(line, has_text, m):
    """Give the media before a line to it; those behind its text stay for the next, as `Walk._close_gap`."""
    media = m[MEDIA]
    first, last = m[FIRST_MEDIUM], m[N_MEDIA]
    if has_text:
        m[line + LINE_MEDIUM] = first
        last_piece = 0
        for place in range(m[N_PIECES]):
            if m[m[PIECES] + place * PIECE_SIZE + PIECE_SCOPE] >= 0:
                last_piece = place + 1
        while first < last and m[media + first * MEDIUM_SIZE + PLACE] == 0:
            first += 1
        m[line + LINE_MEDIA] = first - m[line + LINE_MEDIUM]
        while first < last and m[media + first * MEDIUM_SIZE + PLACE] < last_piece:
            first += 1
        m[FIRST_MEDIUM] = first
    for number in range(first, last):
        m[media + number * MEDIUM_SIZE + PLACE] = 0


@leaf
def _are_cells(scope, start, m, t):
    """Say whether the lines of a `<tr>` are its cells, each of one short line."""
    before = -1
    for number in range(start, m[N_LINES]):
        line = m[LINES] + number * LINE_SIZE
        block = m[BLOCKS] + m[line + LINE_BLOCK] * BLOCK_SIZE
        # Lines of one cell stand side by side.
        if m[line + LINE_CHARS] > t[MAX_CELL] or m[block + OUTER] != m[scope + OWN_BLOCK] or block == before:
            return False
        if m[block + TAG] != t[TD_TAG] and m[block + TAG] != t[TH_TAG]:
            return False
        before = block
    return m[N_LINES] - start > 1


@leaf
def join_cells(scope, start, m, t, text, shares):
    """Make one line of the lines of a `<tr>`, as `Walk._join_cells`."""
    if not _are_cells(scope, start, m, t):
        return
    joined, part_start = m[LINES] + start * LINE_SIZE, m[N_PART_KEYS]
    size, linked, emphasised = 0, 0.0, 0.0
    m[STAMP] += 1
    for number in range(start, m[N_LINES]):
        line = m[LINES] + number * LINE_SIZE
        n_chars = m[line + LINE_CHARS]
        size += n_chars
        linked += shares[number, 0] * n_chars
        emphasised += shares[number, 1] * n_chars
        _add_keys(m[line + LINE_KEYSET], m[line + LINE_OWN], m)
        for place in range(m[line + PART_START], m[line + PART_START] + m[line + N_PARTS]):
            _add_key(m[m[PART_KEYS] + place], m)
        if number > start:
            text[m[line + LINE_START] - 1] = TAB
            m[joined + LINE_CHARS] += 1 + n_chars
            m[joined + LINE_INLINE] += m[line + LINE_INLINE]
            m[joined + IS_TIME] |= m[line + IS_TIME]
            m[joined + LINK_KIND] |= m[line + LINK_KIND]
    m[joined + LINE_END] = m[TEXT_END]
    shares[start, 0], shares[start, 1] = linked / size, emphasised / size
    m[joined + LINE_FLAGS], m[joined + LINE_BLOCK] = m[scope + FLAGS], m[scope + OWN_BLOCK]
    m[joined + LINE_KEYSET], m[joined + LINE_OWN] = m[scope + KEYSET], m[scope + N_OWN]
    m[joined + PART_START], m[joined + N_PARTS] = part_start, m[N_PART_KEYS] - part_start
    m[N_LINES] = start + 1
    for row in range(m[LINKS] + 2 * (m[N_LINKS] - 1), m[LINKS] - 1, -2):
        if m[row] <= start:
            break
        m[row] = start
