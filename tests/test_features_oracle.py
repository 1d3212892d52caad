"""The table of features, fast against slow: `features` against the plain loops of `oracle`."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from linesift.features.batch import read_batch
from linesift.features.table import COLUMNS, FEATURE_NAMES, MARKUP_NAMES, extract
from linesift.page import LabelledPage
from oracle import NAMES as ORACLE_NAMES
from oracle import column, read_sheet

PAGES_PER_BATCH = 3
pytestmark = pytest.mark.usefixtures("no_strangers")

_LETTERS = st.sampled_from("abcdeXYZßİıǅабвГДαβΓאבגابتثहिन्दीবাংলাதமிழ்กขคงเ้ລາວខ្មែរမြန်漢字新聞ひらカター한국어ㅏአማርኛ")
_MARKS = st.sampled_from(
    "....,,,;:?!-–—…'\"«»“”‘’()[]{}|/\\•▪→>@#$€©®*°%&+=_~^`。、？！：「」（）،؛؟।๏ฯ·‧\u200b\ufeff\u200d\ufe0f😀½²"
)
_SPACES = st.sampled_from("     \t\xa0\u2028\u2029\u3000\x0b\x0c\x1c\x85\r")
_ODD = st.sampled_from(
    ["\0", "\ud800", "\udfff", "\U0001f1ee\U0001f1e9", "\U00020000", "\U000e0020", "\U0010ffff", "\x07"]
)
_DIGITS = st.text(st.sampled_from("0123456789٣۴५๖９"), min_size=1, max_size=5)
_FIXED = st.sampled_from([
    "12", "21", "9", "2024", "2567", "1402", "10", "30", "59", ":", ".", "/", "-", ". ", "h", "年", "月", "日",
    "시", "분", "년",
    "October", "oct", "mei", "März", "月曜日", "ตุลาคม", "Monday", "senin", "WIB", "GMT", "uhr", "am",
    "午後", "ago", "jam",
    "hours", "yesterday", "昨日", "10月", "5월", " de ", "Read more", "Berita", "the water of the reservoir",
    "The council voted. ", "水位が上がった。", "น้ำท่วมสูง", "water", "Water",
    "Read also", "by", "By", "Photo:", "foto", "Advertisement", "İlgili Haberler", "ΔΙΑΒΑΣΤΕ ΕΠΙΣΗΣ", "相关阅读",
])  # fmt: skip
_PIECE = st.one_of(_FIXED, _FIXED, _LETTERS, _MARKS, _SPACES, _DIGITS, _ODD, st.characters())
_LINE = st.one_of(
    st.just(""),
    st.sampled_from([" ", "\t\r", "\r", "\u2028", "• Home | News", "1 jam yang lalu", "Read also", "By Ann", "In:"]),
    st.lists(_PIECE, max_size=14).map("".join),
    st.lists(_PIECE, max_size=14).map(" ".join),
    st.lists(_FIXED, min_size=12, max_size=40).map(lambda parts: " ".join(parts) + "."),
)
_PAGE = st.builds(
    lambda lines, end: end.join(lines), st.lists(_LINE, max_size=12), st.sampled_from(["\n", "\n", "\r\n", "\n\n"])
)
_BATCH = st.lists(_PAGE, min_size=1, max_size=PAGES_PER_BATCH)

# Cases that forced a rule, or that pages like to break on.
_DENSE = "\n".join("Home | 12.30 | 21 October 2024" for _ in range(6))
_ENDLESS = "word 12, " * 700 + "end."
_NUMBERS = "1 " * 300
# Each of these pages showed a column that did not do what it said.
_MENDED = [
    "« Il pleut. »", "It rained.)", "It rained.\")", "\"", ". \"", ".  )", "年 today", "\u2764\ufe0f Love",
    "5\nOctober\nrain", "12 May (12/05/2024)", "5\nWIB", "5\nago rain 9:20", "page 5", "October rain", "a\n\nb",
    "rain\0\nrain", "rain\0\nrain\0\nrain", "it is\n" + "of it " * 12 + "rain.", "rain " * 12 + "again.",
    "21 ต.ค. 2567\n9:20 a.m.\n9:20 π.μ.\n21 a.m.p.m", "aaaaaaaa.m 5.a.m",
]  # fmt: skip


def compare(texts: list[str], names: Sequence[str] = FEATURE_NAMES) -> None:
    """Fail where the fast table and the oracle differ in one of the columns."""
    batch = read_batch(texts)
    table = dict(zip(FEATURE_NAMES, extract(batch), strict=True))
    sheets = [read_sheet(text) for text in texts]
    lines = [text.split("\n")[line.number] for text, sheet in zip(texts, sheets, strict=True) for line in sheet.lines]
    assert len(batch.page) == len(lines)
    for name in names:
        fast = table[name]
        slow = np.array(column(name, sheets), np.float64)
        wrong = ~np.isclose(fast, slow, rtol=1e-5, atol=1e-6, equal_nan=True)
        where = [(lines[row], float(fast[row]), slow[row]) for row in np.flatnonzero(wrong)[:3]]
        assert not where, f"{name}: (line, fast, slow) {where}"


def test_the_oracle_has_every_column() -> None:
    assert {*FEATURE_NAMES, *MARKUP_NAMES} == ORACLE_NAMES


def test_every_column_is_described_in_one_sentence() -> None:
    for each in COLUMNS:
        assert each.description.endswith("."), each.name


@given(_BATCH)
@example([""])
@example(["", "\n\n", " \t\r\n"])
@example([_DENSE, _DENSE])
@example([_ENDLESS, _NUMBERS, _ENDLESS])
@example(["a\r\n\r\nb\r\n"])
@example(_MENDED)
@example(["\ud800 5 \udfff\n\0\n\0 a \0"])
def test_generated_pages(texts: list[str]) -> None:
    compare(texts)


def test_our_pages(pages: list[LabelledPage]) -> None:
    for page in pages:
        compare([page.page.text])


@pytest.mark.parametrize(("line", "forms"), [
    ("12 May (12/05/2024)", 4), ("12 May, 3 June, 4 July", 1), ("12/05/2024", 2), ("12 May (12/05/23)", 2),
    ("2024年10月21日", 2), ("May", 0),
])  # fmt: skip
def test_calendar_date_counts_forms(line: str, forms: int) -> None:
    batch = read_batch([line])
    assert extract(batch)[FEATURE_NAMES.index("line.calendar_date")].tolist() == [forms]
    assert column("line.calendar_date", [read_sheet(line)]) == [forms]
