"""Encodings of HTML pages: marked, declared, given with the page, or guessed."""

import codecs

import pytest

from linesift.read.html.encoding import guess_encoding
from linesift.read.html.page import read_html


def lines_of(html: bytes) -> list[str]:
    return read_html(html).page.lines


TEXT = "Überschrift – Первый абзац 東京"


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (b"", "utf-16-le"),
        (b"", "utf-16-be"),
    ],
)
def test_marks(mark: bytes, encoding: str) -> None:
    assert lines_of(mark + f"<p>{TEXT}".encode(encoding)) == [TEXT]


@pytest.mark.parametrize(
    ("declared", "encoding", "text"),
    [
        ('<meta charset="windows-1251">', "cp1251", "Первый абзац"),
        ("<META HTTP-EQUIV=Content-Type CONTENT='text/html; charset=koi8-r'>", "koi8-r", "Первый абзац"),
        ('<?xml version="1.0" encoding="iso-8859-2"?><html>', "iso8859-2", "Źródło żółte"),
        ("<meta charset=gb2312>", "gb18030", "東京的頭條镕"),
        ("<meta charset=Shift_JIS>", "cp932", "東京のニュース①"),
        ("<meta charset=iso-2022-jp>", "iso2022_jp", "東京のニュース"),
        ("<meta charset=iso-8859-1>", "cp1252", "“Überschrift” – €"),
        ("<meta charset=euc-kr>", "cp949", "서울의 소식"),
        ("<meta charset=windows-1252>", "utf-8", "“Überschrift” – €"),
        ("<meta charset=utf-16>", "utf-8", "“Überschrift” – €"),
        ("<meta charset=unicode_escape>", "cp1252", r"Café \x41 naïve"),
        ("<meta charset=rot13>", "cp1252", "Café naïve"),
        ("<meta charset='no such'>", "cp1252", "Café naïve"),
        ("", "cp1252", "Café naïve"),
        ("", "cp1251", "Первый абзац новости о погоде"),
    ],
)
def test_declared_encodings(declared: str, encoding: str, text: str) -> None:
    assert lines_of(f"{declared}<p>{text}</p>".encode(encoding)) == [text]


def test_what_the_http_says_decides_before_the_page() -> None:
    data = "<meta charset=windows-1252><p>Первый абзац".encode("koi8-r")
    assert read_html(data, encoding="KOI8-R").page.lines == ["Первый абзац"]


def test_a_few_bad_bytes_do_not_change_the_encoding() -> None:
    assert lines_of(b"<p>" + "Überschrift für alle ".encode() * 20 + b"\xff") == [
        "Überschrift für alle " * 20 + "\ufffd"
    ]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1251", "Дождь в столице усилится к вечеру, обещают синоптики"),
        ("koi8-r", "Дождь в столице усилится к вечеру, обещают синоптики"),
        ("cp1253", "Η βροχή στην πρωτεύουσα δυναμώνει το βράδυ"),
        ("gb18030", "首都的雨在晚上会更大，我们的记者到了现场，他说这是今年的一个新的开始"),
        ("big5hkscs", "首都的雨在晚上會更大，我們的記者到了現場，他說這是今年的一個新的開始"),
        ("cp932", "首都の雨は夕方に強くなると予報されている。"),
        ("euc-jp", "首都の雨は夕方に強くなると予報されている。"),
        ("cp949", "서울의 비는 저녁에 더 강해질 것으로 예상된다고 기상청은 밝혔다"),
        ("cp1250", "Deszcz w stolicy nasili się wieczorem, zapowiadają dziś służby"),
        ("cp1252", "La pluie s'est renforcée à la préfecture où l'été a commencé"),
        ("cp874", "ฝนในเมืองหลวงจะหนักขึ้นในตอนเย็น"),
    ],
)
def test_guessed_encodings(encoding: str, text: str) -> None:
    assert guess_encoding(text.encode(encoding)) == encoding
