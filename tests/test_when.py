"""Date lines of corpora; cases marked `wild` were met on pages, the others are made up."""

import pytest

from linesift.train.when import is_date_line


@pytest.mark.parametrize(
    "line",
    [
        "RABU, 21 OKTOBER 2020 | 09:20 WIB",  # wild
        "11 March 2024",
        "March 11, 2024",
        "Mon, Mar 11 2024 9:20 AM",
        "2024-03-11",
        "11.03.2024, 09:20 Uhr",
        "11/3/24",
        "le 11 mars 2024 à 9h20",
        "11 de marzo de 2024",
        "2024年3月11日",
        "3月11日 09:20",
        "2024년 3월 11일",
        "१1 March 2024",
        "١١/٠٣/٢٠٢٤",
        "2 hours ago",
        "2 jam yang lalu",
        "hace 3 horas",
        "3小时前",
        "09:20",
        "By Ann Lee, 11 March 2024",
    ],
)
def test_dates(line: str) -> None:
    assert is_date_line(line)


@pytest.mark.parametrize("line", ["11 มีนาคม 2567", "11 मार्च 2024", "11 মার্চ 2024"])
def test_vowel_signs_are_part_of_a_name(line: str) -> None:
    assert is_date_line(line)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "   ",
        "Home",
        "Hal 12 dari 30",
        "3 min read",
        "Page 4",
        "Rp 1.500.000",
        "11 March",  # neither year nor clock
        "The ferry came back to the harbour on 11 March 2024, after a year in the dock, and " + "with it " * 12,
        "from 9:20 on it rained in the whole of the valley, and nobody knew why",
    ],
)
def test_no_dates(line: str) -> None:
    assert not is_date_line(line)


@pytest.mark.parametrize(
    ("line", "is_its_date"),
    [
        ("11 March 2024", True),
        ("12 March 2024", True),  # pages are updated later, and zones differ
        ("11 March 2023", False),
        ("11 พฤษภาคม 2567", True),  # Buddhist year
        ("09:20", True),
    ],
)
def test_year_must_be_the_golds(line: str, is_its_date: bool) -> None:
    assert is_date_line(line, "2024-03-11") is is_its_date


@pytest.mark.parametrize(("line", "is_its_date"), [("11 March 2024", True), ("12 March 2024", False), ("09:11", False)])
def test_strict_asks_for_the_day(line: str, is_its_date: bool) -> None:
    assert is_date_line(line, "2024-03-11", strict=True) is is_its_date
