"""Read the attributes of tags: keys, links, what is hidden, and pictures."""

from linesift.hashing import FNV_START
from linesift.jit import inner, leaf
from linesift.read.html.compiled.layout import (
    ALT,
    ALT_END,
    ALT_START,
    ALT_TITLE_END,
    ALT_TITLE_START,
    ATTRIBUTE_SPAN,
    ATTRIBUTE_WORDS,
    ATTRIBUTES,
    CLAIM_NAMES,
    CLASS,
    HEIGHT,
    HIDDEN,
    HOSTS,
    HREFS,
    ID,
    IS_SHOWN,
    KEY_BOUNDS,
    KEY_HASHES,
    KEY_MASK,
    KEY_SLOTS,
    KEYS_END,
    LINK_FRAGMENT,
    LINK_SITE,
    MAX_WORDS,
    MEDIA,
    MEDIUM_SIZE,
    N_HOSTS,
    N_HREFS,
    N_KEYS,
    N_MEDIA,
    N_PIECES,
    N_WORDS,
    NAME,
    NO_SPAN,
    PLACE,
    PROPERTY,
    SPANS,
    STYLE,
    TITLE_ATTRIBUTE,
    WIDTH,
    WORDS,
)  # fmt: skip
from linesift.read.html.compiled.scan import (
    AMPERSAND,
    AT,
    COLON,
    DOT,
    EQUALS,
    GT,
    HASH,
    LF,
    NOT_ASCII,
    QUESTION,
    QUOTE,
    SEMICOLON,
    SLASH,
    SPACE,
    find_byte,
    find_name,
    hash_bytes,
    is_at,
    is_white,
    read_char,
    shorten,
    step,
    to_plain,
    to_slot,
)  # fmt: skip
from linesift.read.html.words import STREAMED


@inner
def read_attributes(data, words, place, m, t, names):
    """Note where the values of a tag's attributes stand; `place` is behind its name. Returns the place behind its `>`.

    -1 where the tag is not as the parser writes it.
    """
    spans, first_word = m[SPANS], m[WORDS]
    for at in range(spans, spans + NO_SPAN):
        m[at] = 0
    n_words = 0
    while data[place] == SPACE:
        start = place + 1
        value = step(FNV_START, data[start])
        place = start + 1
        while data[place] != EQUALS:
            value = step(value, data[place])
            place += 1
        if data[place + 1] != QUOTE:
            return -1
        number = find_name(value, data, start, place, t, names, t[ATTRIBUTES])
        start = place + 2
        place = find_byte(data, words, start, QUOTE)
        if number >= 0:
            span = t[t[ATTRIBUTE_SPAN] + number]
            if span != NO_SPAN:
                m[spans + span], m[spans + span + 1] = start, place
            if t[t[ATTRIBUTE_WORDS] + number] and place > start and n_words < MAX_WORDS:
                m[first_word + 2 * n_words], m[first_word + 2 * n_words + 1] = start, place
                n_words += 1
        place += 1
    m[N_WORDS] = n_words
    return place + 1 if data[place] == GT else -1


@leaf
def _copy(data, start, end, keys, place):
    for source in range(start, end):
        keys[place] = data[source]
        place += 1
    return place


@leaf
def find_key(data, m, keys):
    """Number of the key of the attributes that were read, as `words.find_key` makes it; 0 for an empty one."""
    start = m[KEYS_END]
    end = _copy(data, m[m[SPANS] + CLASS], m[m[SPANS] + CLASS + 1], keys, start)
    for word in range(m[N_WORDS]):
        keys[end] = LF if word == 0 else SPACE
        row = m[WORDS] + 2 * word
        end = _copy(data, m[row], m[row + 1], keys, end + 1)
    if end == start:
        return 0
    value = hash_bytes(keys, start, end)
    short, bounds, mask = shorten(value), m[KEY_BOUNDS], m[KEY_MASK]
    slot = to_slot(value, mask)
    number = m[m[KEY_SLOTS] + slot]
    while number:
        first = m[bounds + number]
        if m[m[KEY_HASHES] + number] == short and m[bounds + number + 1] - first == end - start:
            offset = 0
            while offset < end - start and keys[first + offset] == keys[start + offset]:
                offset += 1
            if offset == end - start:
                return number
        slot = (slot + 1) & mask
        number = m[m[KEY_SLOTS] + slot]
    number = m[N_KEYS]
    m[m[KEY_SLOTS] + slot] = number
    m[m[KEY_HASHES] + number] = short
    m[bounds + number + 1] = end
    m[N_KEYS] = number + 1
    m[KEYS_END] = end
    return number


@leaf
def _folded(data, place):
    """Read a character of a style in lower case; 0 if it is not ASCII.

    The three letters that Unicode folds to ASCII ones count as these, as in Python's regular expressions.
    """
    byte = data[place]
    if byte < NOT_ASCII:
        if byte == AMPERSAND:
            return to_plain(data, place)
        return byte + 32 if 65 <= byte <= 90 else byte
    if byte == 0xC4 and (data[place + 1] == 0xB0 or data[place + 1] == 0xB1):
        return 105
    return 115 if byte == 0xC5 and data[place + 1] == 0xBF else 0


@leaf
def _after_white(data, place, end):
    while place < end:
        char = read_char(data, place)
        if char & 3 != 1:
            break
        place += char >> 2
    return place


@leaf
def _after_word(data, place, end, word):
    """Place behind a word, or -1 where another stands."""
    for letter in word:
        if place >= end or _folded(data, place) != letter:
            return -1
        place += read_char(data, place) >> 2
    return place


_DISPLAY, _NONE, _VISIBILITY, _HIDDEN = b"display", b"none", b"visibility", b"hidden"
_STREAMED = STREAMED.encode()


@leaf
def _hides(data, place, end, name, value):
    """Say whether a declaration of a style gives a property this value."""
    place = _after_word(data, place, end, name)
    if place < 0:
        return False
    place = _after_white(data, place, end)
    if place >= end or data[place] != COLON:
        return False
    return _after_word(data, _after_white(data, place + 1, end), end, value) >= 0


@leaf
def is_hidden(data, m):
    """Say whether the element whose attributes were read is not shown, as `words.is_hidden` does."""
    if m[m[SPANS] + HIDDEN]:
        start, stop = m[m[SPANS] + ID], m[m[SPANS] + ID + 1]
        if stop - start < len(_STREAMED) or not is_at(data, start, _STREAMED):
            return True
    place, end = m[m[SPANS] + STYLE], m[m[SPANS] + STYLE + 1]
    while place < end:
        place = _after_white(data, place, end)
        if _hides(data, place, end, _DISPLAY, _NONE) or _hides(data, place, end, _VISIBILITY, _HIDDEN):
            return True
        # To the next declaration. An entity ends in a semicolon, too.
        while place < end and data[place] != SEMICOLON:
            place += read_char(data, place) >> 2
        place += 1
    return False


@leaf
def _is_letter(byte):
    return 97 <= byte <= 122 or 65 <= byte <= 90


@leaf
def _may_share(data, start, end, t):
    """Say whether pages may be shared on a host: whether its last two labels are those of one of the table.

    True also for hosts that are written in an unusual way; `links.find_kind` knows.
    """
    while end > start and data[end - 1] == DOT:
        end -= 1
    for place in range(start, end):
        byte = data[place]
        if byte >= NOT_ASCII or byte == AT or byte == COLON or byte == AMPERSAND:
            return True
    value, n_dots, place = FNV_START, 0, end - 1
    while place >= start:
        byte = data[place]
        n_dots += byte == DOT
        if n_dots == 2:
            break
        value = step(value, byte + 32 if 65 <= byte <= 90 else byte)
        place -= 1
    for host in range(t[HOSTS], t[HOSTS] + t[N_HOSTS]):
        if t[host] == shorten(value):
            return True
    return False


@leaf
def _after_scheme(data, start, end):
    """Place behind `http://` or `https://`, 0 for a relative address, -1 for others; the first byte is a letter."""
    colon = start
    while colon < end and (
        _is_letter(data[colon]) or 48 <= data[colon] <= 57 or data[colon] == 43 or 45 <= data[colon] <= 46
    ):
        colon += 1
    if colon == end:
        return 0
    if data[colon] != COLON:
        return -1 if data[colon] >= NOT_ASCII else 0
    size = colon - start
    if size < 4 or size > 5 or data[colon + 1] != SLASH or data[colon + 2] != SLASH:
        return -1
    is_http = data[start] | 32 == 104 and data[start + 1] | 32 == 116 and data[start + 2] | 32 == 116
    is_http = is_http and data[start + 3] | 32 == 112 and (size == 4 or data[start + 4] | 32 == 115)
    return colon + 3 if is_http else -1


@leaf
def find_link(data, start, end, m, t):
    """Code of an address: 0 for an empty one, its kind and 1, or where it is among those that Python looks at, below 0.

    `links.find_kind` is the model; addresses whose kind is not seen at once are left to it.
    """
    if start == end:
        return 0
    first, host = data[start], -1
    if first == HASH:
        return t[LINK_FRAGMENT] + 1
    if first == SLASH:
        if start + 1 == end or data[start + 1] != SLASH:
            return t[LINK_SITE] + 1
        host = start + 2
    elif first == DOT or first == QUESTION:
        return t[LINK_SITE] + 1
    elif _is_letter(first):
        host = _after_scheme(data, start, end)
        if host == 0:
            return t[LINK_SITE] + 1
    if host > 0:
        stop = host
        while stop < end and data[stop] > SPACE and data[stop] != SLASH and data[stop] != QUESTION:
            if data[stop] == HASH:
                break
            stop += 1
        if not _may_share(data, host, stop, t):
            return 1
    number = m[N_HREFS]
    row = m[HREFS] + 2 * number
    m[row], m[row + 1] = start, end
    m[N_HREFS] = number + 1
    return -1 - number


@leaf
def add_medium(data, m):
    """Note a picture or the like whose attributes were read, and whether it is shown, as `media.find_alt` does."""
    row = m[MEDIA] + m[N_MEDIA] * MEDIUM_SIZE
    m[N_MEDIA] += 1
    m[row + PLACE], m[row + IS_SHOWN] = m[N_PIECES], not is_hidden(data, m)
    for slot in (WIDTH, HEIGHT):
        start, size = m[m[SPANS] + slot], m[m[SPANS] + slot + 1] - m[m[SPANS] + slot]
        if (size == 1 or size == 3) and 48 <= data[start] <= 49:
            if size == 1 or (data[start + 1] == 112 and data[start + 2] == 120):  # px
                m[row + IS_SHOWN] = 0
    m[row + ALT_START], m[row + ALT_END] = m[m[SPANS] + ALT], m[m[SPANS] + ALT + 1]
    m[row + ALT_TITLE_START], m[row + ALT_TITLE_END] = m[m[SPANS] + TITLE_ATTRIBUTE], m[m[SPANS] + TITLE_ATTRIBUTE + 1]


@leaf
def is_claim(data, m, t, names, keys):
    """Say whether a `<meta>` whose attributes were read may be one that is read; true for names that are not ASCII."""
    slot = PROPERTY if m[m[SPANS] + PROPERTY + 1] > m[m[SPANS] + PROPERTY] else NAME
    start, end = m[m[SPANS] + slot], m[m[SPANS] + slot + 1]
    while start < end and is_white(data[start]):
        start += 1
    while end > start and is_white(data[end - 1]):
        end -= 1
    scratch = m[KEYS_END]
    for place in range(start, end):
        byte = data[place]
        if byte >= NOT_ASCII or byte == AMPERSAND:
            return True
        keys[scratch + place - start] = byte + 32 if 65 <= byte <= 90 else byte
    last = scratch + end - start
    return find_name(hash_bytes(keys, scratch, last), keys, scratch, last, t, names, t[CLAIM_NAMES]) >= 0
