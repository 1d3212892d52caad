"""Gold article text to line labels."""

import pytest

from linesift.labels import Label
from linesift.train.align import Gold, align, carry_over, is_date_line, letters

H, B, T, S = Label

LONG = "The ferry came back to the harbour on Monday after a year."
MORE = "Its new engine burns a third less, said the captain of it."


def labels(lines: list[str], gold: Gold) -> list[Label | None]:
    return list(align(lines, gold).labels)


def test_menu_title_date_body_footer() -> None:
    lines = ["Home", "", "Ferry returns", "11 March 2024", LONG, MORE, "Contact"]
    gold = Gold(body=(LONG, MORE), titles=("Ferry returns",), date="2024-03-11")
    assert labels(lines, gold) == [S, None, H, T, B, B, S]


def test_white_space_bullets_and_punctuation_do_not_matter() -> None:
    lines = ["  • " + LONG.replace(" ", "  ").replace(".", " !")]
    assert labels(lines, Gold(body=(LONG,), titles=())) == [B]


def test_paragraph_broken_over_two_lines() -> None:
    lines = [LONG[:30], LONG[30:], MORE]
    assert labels(lines, Gold(body=(LONG, MORE), titles=())) == [B, B, B]


def test_short_line_is_body_only_between_body_lines() -> None:
    lines = ["Ferries", LONG, "Ferries", MORE]
    gold = Gold(body=(LONG, "Ferries", MORE), titles=())
    assert labels(lines, gold)[1:] == [B, B, B]
    assert labels(["Home", "Ferries", *["Menu item"] * 15, *lines[1:]], gold)[1] is S


@pytest.mark.parametrize("top", [["Ferry returns", "Menu"], ["Ferry returns", "Ferry returns", "Menu"]])
def test_headline_is_the_copy_nearest_the_text(top: list[str]) -> None:
    lines = [*top, "Ferry returns", LONG]
    assert labels(lines, Gold(body=(LONG,), titles=("Ferry returns",))) == [*[S] * len(top), H, B]


def test_headline_over_two_lines() -> None:
    lines = ["Ferry returns", "to the harbour", LONG]
    assert labels(lines, Gold(body=(LONG,), titles=("Ferry returns to the harbour",))) == [H, H, B]


def test_next_title_where_the_first_is_not_on_the_page() -> None:
    gold = Gold(body=(LONG,), titles=("Harbour Courier: news", "Ferry returns"))
    assert labels(["Ferry returns", LONG], gold) == [H, B]


def test_dates_of_other_stories_stay_sidebar() -> None:
    lines = ["Ferry returns", "11 March 2024", LONG, MORE, *["x"] * 9, "10 March 2024", "Another story"]
    found = labels(lines, Gold(body=(LONG, MORE), titles=("Ferry returns",), date="2024-03-11"))
    assert found.count(T) == 1
    assert found[1] is T


def test_date_of_another_year_is_not_the_articles() -> None:
    lines = ["Ferry returns", "11 March 2019", LONG]
    assert T not in labels(lines, Gold(body=(LONG,), titles=("Ferry returns",), date="2024-03-11"))


def test_date_of_a_caption_is_older_than_the_articles() -> None:
    lines = ["Ferry returns", "The ferry in its dock, 2 February 2024", "Updated 14 March 2024", LONG]
    found = labels(lines, Gold(body=(LONG,), titles=("Ferry returns",), date="2024-03-11"))
    assert found == [H, S, T, B]
    assert labels(lines, Gold(body=(LONG,), titles=("Ferry returns",))) == [H, T, T, B]


def test_date_at_the_foot_where_there_is_none_above() -> None:
    lines = ["Ferry returns", LONG, MORE, "Published 11 March 2024", "Contact"]
    gold = Gold(body=(LONG, MORE), titles=("Ferry returns",), date="2024-03-11")
    assert labels(lines, gold)[3:] == [T, S]


@pytest.mark.parametrize(
    ("lines", "coverage"), [([LONG, MORE], 1.0), ([LONG], 0.5), ([], 0.0), (["Menu"], 0.0), ([LONG, LONG, LONG], 0.5)]
)
def test_coverage(lines: list[str], coverage: float) -> None:
    assert align(lines, Gold(body=(LONG, MORE), titles=())).coverage == pytest.approx(coverage, abs=0.02)


def test_no_gold() -> None:
    assert align(["Menu", " "], Gold(body=(), titles=())).labels == (S, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Ｂanjir", "banjir"), ("Straße", "strasse"), ("a-b_c", "abc"), ("①", "1"), ("渡轮。", "渡轮"), ("…", "")],
)
def test_letters(text: str, expected: str) -> None:
    assert letters(text) == expected


def test_labels_come_over_to_another_rendering() -> None:
    lines = ["• Home", "", "Ferry returns", "11 March 2024", LONG, MORE, "Contact us"]
    labels = [S, None, H, T, B, B, S]
    others = ["Skip", "Ferry returns", "11 March", "2024", "", LONG[:30], LONG[30:], MORE, "Read more", "Contact us"]
    # "Skip" stands for a sidebar line; around "Read more" stand body and sidebar, so its label is unknown.
    assert carry_over(lines, labels, others) == (S, H, T, T, None, B, B, B, None, S)


def test_labels_come_over_line_by_line_where_the_text_is_another() -> None:
    other = "Something else stands here."
    assert carry_over([LONG, MORE], [B, B], [LONG, other]) == (B, None)
    assert carry_over(["Menu", "Login", LONG], [S, S, B], ["Menu", other, "Login", LONG]) == (S, S, S, B)
    assert carry_over([LONG, "Menu", MORE], [B, S, B], [LONG, f"Menu {LONG[:40]} {MORE[:9]}", MORE]) == (B, S, B)
    assert carry_over([LONG], [B], [f"Video: {LONG}"]) == (B,)
    assert carry_over([], [], []) == ()


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
        "09:20",
        "By Ann Lee, 11 March 2024",
    ],
)
def test_date_lines(line: str) -> None:
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
        "2 hours ago",
        "The ferry came back to the harbour on 11 March 2024, after a year in the dock, and " + "with it " * 12,
        "from 9:20 on it rained in the whole of the valley, and nobody knew why",
    ],
)
def test_other_lines(line: str) -> None:
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
