"""Decode an HTML page by its byte order mark, its declaration, or a guess; never an error."""

import codecs
import re
from functools import lru_cache
from itertools import islice

from linesift.read.text import BOMS

_BOMS = (
    *BOMS,
    # `<` in UTF-16 without a mark; no other encoding begins like this.
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
MARKS = tuple(mark for mark, _ in _BOMS)
"""Beginnings of pages that are not UTF-8, or have a mark that is no part of the page."""
_DECLARED = re.compile(
    rb"<meta[^>]{0,300}?charset\s*+=\s*+[\"']?+\s*+([\w.:-]++)"
    rb"|^\s*+<\?xml[^>]{0,100}?encoding\s*+=\s*+[\"']([\w.:-]++)",
    re.IGNORECASE,
)
"""White space is matched without going back (`*+`), which would take time with the cube of its length."""
_DECLARATION_SEARCH = 1 << 16
"""Bytes in which a declaration is looked for; browsers stop at 1,024, but pages declare later than that."""
_NAMES = {
    # Python's names of encodings, and the names for which browsers use them (WHATWG, Encoding Standard, section 4.2).
    "cp1252": "ascii us-ascii latin1 iso-8859-1 iso8859-1 iso_8859-1 windows-1252 ansi",
    "gb18030": "gb2312 gbk x-gbk gb_2312-80 chinese gb18030",
    "cp932": "shift_jis shift-jis sjis x-sjis windows-31j ms_kanji",
    "cp949": "euc-kr ks_c_5601-1987 ksc5601 ksc_5601 korean windows-949",
    "big5hkscs": "big5 big5-hkscs x-x-big5 cn-big5",
    "cp874": "tis-620 iso-8859-11 windows-874",
    "cp1254": "iso-8859-9 latin5",
    "iso8859-8": "iso-8859-8-i iso-8859-8-e logical visual",
    "mac_cyrillic": "x-mac-cyrillic x-mac-ukrainian",
    # A page whose declaration could be found in its bytes is not UTF-16.
    "utf-8": "utf-16 utf-16le utf-16be unicode-1-1-utf-8",
}
_CODECS = {name: codec for codec, names in _NAMES.items() for name in names.split()}
_ESCAPES = ("unicode_escape", "unicode-escape", "raw_unicode_escape", "raw-unicode-escape")
_ASCII = bytes(range(0x20, 0x7F))
_NOT_ASCII = bytes(range(0x80, 0x100))
_CYRILLIC, _JAPANESE = (
    (0.8, "оеаинтсрвлкмдпуяыі"),
    (0.45, "のにはをたがでてとしれさあいるなもっンスーイトル、。日本年月"),
)
_FREQUENT = {
    # Per encoding: the usual share of these characters in a page's non-ASCII text, and the characters.
    "cp1251": _CYRILLIC,
    "koi8-r": _CYRILLIC,
    "iso8859-5": _CYRILLIC,
    "cp1253": (0.85, "αοιετσνηυρπκμλςάίόέήΑΟΙΕΤΣΝΗΥΡΠΚΜΛ"),
    "cp1255": (0.75, "יוהלאתמרבשנעד"),
    "cp1256": (0.75, "اليمنورتبةعدسفهک"),
    "cp874": (0.75, "านรอกเงมยลวดท่้ตสปะ"),
    "euc-jp": _JAPANESE,
    "cp932": _JAPANESE,
    "cp949": (0.3, "이다의는에가을를고지하한로은자기사서인어도시대해"),
    "gb18030": (0.25, "的一是不了在人有我他这中大来上国个到说们为子和地出道也时年得就那要下以生会，。"),
    "big5hkscs": (0.25, "的一是不了在人有我他這中大來上國個到說們為子和地出道也時年得就那要下以生會，。"),
}
_FREQUENT_LATIN = {
    "cp1252": (1.0, "éèàäöüñçãõáíóúâêåøæßôîïëùûœìò’‘“”–—…«»©®\xa0"),
    "cp1250": (1.0, "ąęłśżćńóźčšžřěůýáíéťďňőűöüäţşăâî„”’–—…©\xa0"),
    "cp1254": (1.0, "ışğöüçİŞÖÜÇâ’‘“”–…©\xa0"),
    "cp1257": (1.0, "āčēģīķļņšūžąęėįųõäöü„“–©\xa0"),
}
_LATIN_RUN = 1.8
"""Mean length of runs of non-ASCII bytes below which text is Latin: it has 1.0 to 1.3, other scripts 3 and more."""
_N_RUNS = 2000
"""Most runs of non-ASCII text that a guess looks at."""
# In some encodings the second byte of a letter is ASCII.
_RUN = re.compile(rb"[\x80-\xff](?:[@-~]?[\x80-\xff]+)*[@-~]?")
_BAD_ONE_IN = 20
"""A page is taken for UTF-8 if at most one in so many of its non-ASCII bytes is invalid."""


def to_utf8(data: bytes | str, encoding: str | None = None) -> bytes:
    """Turn a page into UTF-8 without a byte order mark.

    What cannot be decoded becomes U+FFFD; lone surrogates become `?`. The first of these that applies decides:

    1. a byte order mark;
    2. the bytes are valid UTF-8, whatever is declared: text of another encoding is never that by chance, while many
       declarations are wrong;
    3. `encoding`, which comes from HTTP;
    4. the declaration of the page;
    5. the bytes are UTF-8 but for a few;
    6. the encoding in which most letters are frequent ones (`guess_encoding`).

    >>> to_utf8('<meta charset="windows-1251"><p>Мир'.encode("cp1251")).decode()
    '<meta charset="windows-1251"><p>Мир'
    """
    if isinstance(data, str):
        return data.removeprefix("\ufeff").encode("utf-8", "replace")
    for mark, marked in _BOMS:
        if data.startswith(mark):
            rest = data if mark in (b"<\0", b"\0<") else data[len(mark) :]
            return rest if marked == "utf-8" and _is_utf8(rest) else _recode(rest, marked)
    if _is_utf8(data) and not (data.isascii() and b"\x1b$" in data):
        return data
    declared = _find_codec(encoding) or _find_codec(_declared(data))
    if declared and declared != "utf-8":
        return _recode(data, declared)
    return _recode(data, guess_encoding(data))


def guess_encoding(data: bytes) -> str:
    """Guess the encoding of bytes that are not valid UTF-8: the one that makes the most frequent letters of them.

    >>> guess_encoding("Дождь в столице усилится к вечеру".encode("koi8-r"))
    'koi8-r'
    >>> guess_encoding("Une journée d'été à la préfecture".encode("cp1252"))
    'cp1252'
    """
    text = data.decode("utf-8", "replace")
    n_bytes = len(data) - len(data.translate(None, _NOT_ASCII))
    if text.count("\ufffd") * _BAD_ONE_IN <= n_bytes:
        return "utf-8"
    sample = b" ".join(islice((match[0] for match in _RUN.finditer(data)), _N_RUNS))
    is_latin = n_bytes < _LATIN_RUN * len(re.findall(rb"[\x80-\xff]+", data))
    candidates = _FREQUENT_LATIN if is_latin else _FREQUENT
    shares = {name: _share(sample, name, frequent) / usual for name, (usual, frequent) in candidates.items()}
    return max(shares, key=lambda name: shares[name])


def _share(sample: bytes, encoding: str, frequent: str) -> float:
    """Share of the sample's non-ASCII characters that are frequent; bad bytes count against it."""
    text = "".join(char for char in sample.decode(encoding, "replace") if char > "\x7f")
    return (sum(map(text.count, frequent)) - 2 * text.count("\ufffd")) / max(len(text), 1)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _recode(data: bytes, encoding: str) -> bytes:
    return data.decode(encoding, "replace").encode("utf-8", "replace")


def _declared(data: bytes) -> str | None:
    match = _DECLARED.search(data[:_DECLARATION_SEARCH])
    return (match[1] or match[2]).decode("ascii", "replace") if match else None


@lru_cache(maxsize=256)
def _find_codec(name: str | None) -> str | None:
    """Python's name of a declared encoding; `None` if it is unknown or has not ASCII as a part."""
    if not name:
        return None
    try:
        codec = codecs.lookup(_CODECS.get(name.strip().lower(), name.strip())).name
        is_superset = codec not in _ESCAPES and _ASCII.decode(codec) == _ASCII.decode("ascii")
        _NOT_ASCII.decode(codec, "replace")  # codecs for the names of hosts refuse to replace
    except (LookupError, ValueError):
        return None
    return codec if is_superset else None
