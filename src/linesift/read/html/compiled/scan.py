"""Read bytes of the page that the parser wrote out: characters, names, and what is skipped."""

import numpy as np

from linesift.hashing import FNV_PRIME, FNV_START
from linesift.jit import inner, leaf
from linesift.read.html.compiled.layout import (
    COUNTS_HIDDEN,
    DEPTH,
    ELEMENTS,
    FOREIGN,
    HAS_MATHS,
    IS_FOREIGN_RAW,
    KIND,
    MASK,
    N_BYTES,
    N_HIDDEN,
    NAME_END,
    NAME_START,
    OPENED,
    OPENED_SIZE,
    RAW,
    SCRIPT,
    SKIP,
    SLOTS,
    STARTS,
    TEMPLATE,
    TRAITS,
    UNREAD,
    VOID,
)  # fmt: skip
from linesift.read.html.compiled.words import find_hits

TAB, LF, SPACE, QUOTE, HASH, AMPERSAND, DASH, DOT, SLASH, COLON, SEMICOLON, LT, EQUALS, GT, QUESTION, AT, BANG = map(
    ord, '\t\n "#&-./:;<=>?@!'
)
NOT_ASCII = 0x80


@leaf
def step(value, byte):
    """Take a byte into a hash (FNV-1a)."""
    return (value ^ np.uint64(byte)) * FNV_PRIME


@leaf
def hash_bytes(data, start, end):
    """Hash bytes of a name."""
    value = FNV_START
    for place in range(start, end):
        value = step(value, data[place])
    return value


@leaf
def to_slot(value, mask):
    """Slot of a hash in a table with `mask + 1` of them."""
    return np.int64(value ^ (value >> np.uint64(29))) & mask


@leaf
def shorten(value):
    """Cut a hash to 31 bits."""
    return np.int64(value & np.uint64(0x7FFFFFFF))


@leaf
def find_name(value, data, start, end, t, names, table):
    """Find a name in a table of `t` by its hash; -1 where it is not."""
    slots, mask, starts = t[table + SLOTS], t[table + MASK], t[table + STARTS]
    slot = to_slot(value, mask)
    while t[slots + slot] >= 0:
        number = t[slots + slot]
        first = t[starts + number]
        if t[starts + number + 1] - first == end - start:
            place = start
            while place < end and data[place] == names[first + place - start]:
                place += 1
            if place == end:
                return np.int64(number)
        slot = (slot + 1) & mask
    return np.int64(-1)


@leaf
def is_white(byte):
    """Say whether a byte of ASCII is white space for Python."""
    return byte == SPACE or 9 <= byte <= 13 or 28 <= byte <= 31


@leaf
def read_char(data, place):
    """Read a character of a text: four times its bytes, and 1 for white space or 2 for a soft hyphen."""
    byte = data[place]
    if byte < NOT_ASCII:
        if byte != AMPERSAND:
            return 5 if is_white(byte) else 4
        first = data[place + 1]
        if first == 110:  # &nbsp;
            return 25
        if first == 113:  # &quot;
            return 24
        return 20 if first == 97 else 16  # &amp;, or &lt; and &gt;
    second = data[place + 1]
    if byte < 0xE0:
        if byte == 0xC2 and (second == 0xA0 or second == 0x85):
            return 9
        return 10 if byte == 0xC2 and second == 0xAD else 8
    if byte >= 0xF0:
        return 16
    third = data[place + 2]
    is_space = False
    if byte == 0xE2:
        if second == 0x80:
            is_space = third <= 0x8A or third == 0xA8 or third == 0xA9 or third == 0xAF
        else:
            is_space = second == 0x81 and third == 0x9F
    elif byte == 0xE3:
        is_space = second == 0x80 and third == 0x80
    elif byte == 0xE1:
        is_space = second == 0x9A and third == 0x80
    return 13 if is_space else 12


@leaf
def to_plain(data, place):
    """Give the character that an entity stands for, but a no-break space."""
    first = data[place + 1]
    if first == 97:
        return AMPERSAND
    if first == 108:
        return LT
    return GT if first == 103 else QUOTE


@leaf
def is_blank(data, start, end):
    """Say whether a text is white space."""
    while start < end:
        char = read_char(data, start)
        if char & 3 != 1:
            return False
        start += char >> 2
    return True


@leaf
def find_byte(data, words, place, byte):
    """Place of the next such byte; `SENTINEL` has those that are looked for.

    Args:
        data: the page.
        words: the same bytes, eight at a time.
        place: where to begin.
        byte: the byte.
    """
    while place & 7:
        if data[place] == byte:
            return place
        place += 1
    word = place >> 3
    while not find_hits(words[word], byte):
        word += 1
    place = word << 3
    while data[place] != byte:
        place += 1
    return place


@leaf
def is_at(data, place, text):
    """Say whether these bytes stand here."""
    for offset in range(len(text)):
        if data[place + offset] != text[offset]:
            return False
    return True


@leaf
def read_name(data, place, t, names):
    """Read the name of a tag: place behind it, and number of the element, -1 for another, -2 for one with a dash."""
    start, value, has_dash = place, FNV_START, False
    byte = data[place]
    while byte != SPACE and byte != GT:
        value = step(value, byte)
        has_dash |= byte == DASH
        place += 1
        byte = data[place]
    number = find_name(value, data, start, place, t, names, t[ELEMENTS])
    return place, np.int64(-2) if has_dash and number < 0 else number


@leaf
def push(m, start, end):
    """Open an element, which is skipped unless its row gets another kind; gives the row."""
    row = m[OPENED] + m[DEPTH] * OPENED_SIZE
    m[row + NAME_START], m[row + NAME_END], m[row + KIND] = start, end, SKIP
    m[DEPTH] += 1
    return row


@leaf
def is_end(data, m, place):
    """Say whether the end tag at `place` is that of the innermost element."""
    row = m[OPENED] + (m[DEPTH] - 1) * OPENED_SIZE
    start = m[row + NAME_START]
    size = m[row + NAME_END] - start
    for offset in range(size):
        if data[place + 2 + offset] != data[start + offset]:
            return False
    return data[place + 2 + size] == GT


@leaf
def _is_script_tag(data, place, name):
    """Say whether a tag of a script stands here, in letters of any case."""
    for offset in range(len(name)):
        byte = data[place + offset]
        if (byte + 32 if 65 <= byte <= 90 else byte) != name[offset]:
            return False
    byte = data[place + len(name)]
    return byte == GT or byte == SLASH or byte == SPACE or 9 <= byte <= 13


_COMMENT_START, _COMMENT_END, _SCRIPT_START, _SCRIPT_END = b"<!--", b"-->", b"<script", b"</script"


@leaf
def _skip_script(data, words, place, n_bytes):
    """Place of the end tag of a script. In a comment, another script may begin and end (HTML, 13.2.5.15 to 31)."""
    level = 0  # 1 in a comment, 2 in a script in it
    while place < n_bytes:
        if level == 0:
            place = find_byte(data, words, place, LT)
        byte = data[place]
        if byte == LT:
            if level == 0 and is_at(data, place, _COMMENT_START):
                level = 1
                place += 2  # `<!-->` is a whole comment
                continue
            if level == 1 and _is_script_tag(data, place, _SCRIPT_START):
                level = 2
            elif _is_script_tag(data, place, _SCRIPT_END):
                if level < 2:
                    return place
                level = 1
        elif byte == DASH and level and is_at(data, place, _COMMENT_END):
            level = 0
        place += 1
    return -1


@inner
def _skip_raw(data, words, place, n_bytes, t, names, element):
    """Place of the end tag of an element whose text is written as it is; `place` is behind its start tag. Else -1."""
    if t[t[TRAITS] + element] & SCRIPT:
        return _skip_script(data, words, place, n_bytes)
    first = t[t[t[ELEMENTS] + STARTS] + element]
    size = t[t[t[ELEMENTS] + STARTS] + element + 1] - first
    while True:
        place = find_byte(data, words, place, LT)
        if place >= n_bytes:
            return -1
        if data[place + 1] == SLASH:
            offset = 0
            while offset < size and data[place + 2 + offset] == names[first + offset]:
                offset += 1
            if offset == size and data[place + 2 + size] == GT:
                return place
        place += 1


@leaf
def skip_comment(data, words, place, n_bytes):
    """Place behind a comment or a document type, or -1; `place` is at its `<`."""
    if data[place + 2] != DASH:
        return find_byte(data, words, place, GT) + 1
    first = place + 6
    while place < n_bytes:
        place = find_byte(data, words, place, GT) + 1
        if place > first and data[place - 2] == DASH and data[place - 3] == DASH:
            return place
    return -1


@leaf
def _count_chars(data, start, end, is_raw):
    n_chars = 0
    while start < end:
        start += 1 if is_raw and data[start] == AMPERSAND else read_char(data, start) >> 2
        n_chars += 1
    return n_chars


@inner
def skip(data, words, place, m, t, names):
    """Skip the element that begins at `place`, with all in it; place behind it, or -1.

    If `COUNTS_HIDDEN` is set, its characters are added to those that are hidden. In an SVG drawing, elements with the
    names of void or raw ones may be neither.

    Args:
        data: the page.
        words: the same bytes, eight at a time.
        place: where the element begins.
        m: the arrays of the pass.
        t: tables.
        names: their names.
    """
    n_bytes, base = m[N_BYTES], m[DEPTH]
    foreign_depth = template_depth = n_bytes  # depths at which a drawing and a template were opened
    while 0 <= place < n_bytes:
        if data[place] != LT:
            end = find_byte(data, words, place, LT)
            if m[COUNTS_HIDDEN] and template_depth >= m[DEPTH]:
                m[N_HIDDEN] += _count_chars(data, place, end, False)
            place = end
        elif data[place + 1] == BANG:
            place = skip_comment(data, words, place, n_bytes)
        elif data[place + 1] == SLASH:
            if is_end(data, m, place):
                m[DEPTH] -= 1
                if m[DEPTH] == base:
                    return find_byte(data, words, place, GT) + 1
                if m[DEPTH] <= foreign_depth:
                    foreign_depth = n_bytes
                if m[DEPTH] <= template_depth:
                    template_depth = n_bytes
            else:
                _, element = read_name(data, place + 2, t, names)
                if element < 0 or not t[t[TRAITS] + element] & VOID or foreign_depth >= m[DEPTH]:
                    return -1
            place = find_byte(data, words, place, GT) + 1
        else:
            start = place + 1
            name_end, element = read_name(data, start, t, names)
            place = find_byte(data, words, name_end, GT) + 1
            traits = t[t[TRAITS] + element] if element >= 0 else 0
            if traits & UNREAD:
                return -1
            if traits & RAW:
                end = _skip_raw(data, words, place, n_bytes, t, names, element)
                if foreign_depth < m[DEPTH] or m[HAS_MATHS]:
                    m[IS_FOREIGN_RAW] = 1
                    end = -1 if template_depth < m[DEPTH] else end
                if end < 0:
                    return -1
                if m[COUNTS_HIDDEN] and template_depth >= m[DEPTH]:
                    m[N_HIDDEN] += _count_chars(data, place, end, True)
                place = find_byte(data, words, end, GT) + 1
            elif not traits & VOID:
                if traits & FOREIGN:
                    foreign_depth = min(foreign_depth, m[DEPTH])
                if traits & TEMPLATE:
                    template_depth = min(template_depth, m[DEPTH])
                push(m, start, name_end)
            if m[DEPTH] == base:
                return place
    return -1
