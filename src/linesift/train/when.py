"""Whether a line of a corpus page shows a date: weak labels for training, verified on the gold pages.

Only training uses this. What the model sees of dates are the columns of `linesift.features.dates`.
"""

import re
import unicodedata

_NAME = r"[^\W\d_][^\s\d.,:;/|()\-]{2,}"  # vowel signs are no \\w
_CLOCK = re.compile(r"(?<!\d)(?:[01]?\d|2[0-3])\s?(?:[:.h時시点时]|uhr|godz)\s?[0-5]\d(?!\d)", re.IGNORECASE)
_NUMERIC = re.compile(
    r"(?<!\d)(?:\d{1,2}\s?[./\-]\s?\d{1,2}\s?[./\-]\s?(?:\d{4}|\d{2})|\d{4}\s?[./\-]\s?\d{1,2}\s?[./\-]\s?\d{1,2})(?!\d)"
)
_EAST = re.compile(r"\d{1,4}\s?[年년]\s?\d{1,2}\s?[月월]|\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일]")
_DAY_WORD_YEAR = re.compile(
    r"(?<!\d)\d{1,2}(?:st|nd|rd|th|er|º|°|\.)?\s?(?:de\s|d['’])?\s?-?"
    + _NAME
    + r"\.?,?\s?(?:de\s|del\s)?-?,?\s?(?:\d{4}|['’]\d\d)"
)
_WORD_DAY_YEAR = re.compile(_NAME + r"\.?\s\d{1,2}(?:st|nd|rd|th|\.)?,?\s(?:de\s)?\d{4}")
_RELATIVE = re.compile(
    r"\d+\s?(?:h|hrs?|hours?|mins?|minutes?|days?|jam|menit|hari|horas?|minutos?|días?|dias?|heures?|stunden?|минут|час|дн|小时|分钟|時間|分|시간|분)\S*"
    r"\s?(?:ago|lalu|yang lalu|atrás|назад|前|전)|(?:hace|il y a|vor|fa|há)\s\d+\s\S+",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<!\d)(?:19[89]\d|20[0-3]\d|25[5-7]\d|13[89]\d|14[0-4]\d)(?!\d)")
_LONGEST = 160


def _plain_digits(text: str) -> str:
    return "".join(
        str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() and unicodedata.digit(c, None) is not None else c
        for c in text
    )


def is_date_line(line: str, day: str | None = None, *, strict: bool = False) -> bool:
    """Whether the line shows a date, a clock time or an age such as "2 hours ago".

    With `day` (`YYYY-MM-DD`) a line that has another year than the gold is refused; `strict` also asks for
    the day of the month.

    >>> is_date_line("RABU, 21 OKTOBER 2020 | 09:20 WIB"), is_date_line("Hal 12 dari 30")
    (True, False)
    """
    text = _plain_digits(line.strip())
    if not text or len(text) > _LONGEST or not any(c.isdigit() for c in text):
        return False
    dated = any(pattern.search(text) for pattern in (_NUMERIC, _EAST, _DAY_WORD_YEAR, _WORD_DAY_YEAR))
    if not (dated or _RELATIVE.search(text) or (len(text) < 60 and _CLOCK.search(text))):
        return False
    if day:
        years = {match.group() for match in _YEAR.finditer(text)}
        if years and day[:4] not in years and not any(int(year) > 2500 or int(year) < 1500 for year in years):
            return False
        if strict:
            return dated and re.search(rf"(?<!\d)0?{int(day[8:10])}(?!\d)", text) is not None
    return True
