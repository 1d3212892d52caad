"""Parts of dates on lines of many languages; the lines stand in `data/date_lines.tsv` with their origins."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from linesift.features import dates
from linesift.features.batch import read_batch
from linesift.features.chars import find_runs, read_chars
from linesift.features.dates import DatePart, find_numbers, hash_names
from linesift.read.labelled import read_labelled

OWN = Path(__file__).parents[1] / "data" / "pages"

TABLE = Path(__file__).parent / "data" / "date_lines.tsv"


@dataclass(frozen=True, slots=True)
class DateLine:
    """A row of the table."""

    line: str
    parts: frozenset[str]
    also: frozenset[str]
    lang: str
    origin: str
    known: str


def read_table() -> list[DateLine]:
    rows = [row.split("\t") for row in TABLE.read_text("utf-8").split("\n") if row and not row.startswith("#")]
    return [DateLine(row[0], _parts(row[1]), _parts(row[2]), *row[3:]) for row in rows[1:]]


def _parts(words: str) -> frozenset[str]:
    parts = frozenset(words.split()) - {"-"}
    assert parts <= {part.name.lower() for part in DatePart}
    return parts


def found_on(*lines: str) -> list[set[str]]:
    dates = read_batch(["\n".join(lines)]).scan.dates
    return [{part.name.lower() for part in DatePart if row[part] and part is not DatePart.NUMBER} for row in dates]


ROWS = read_table()


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(
            row,
            id=f"{row.lang}: {row.line}",
            marks=[pytest.mark.xfail(reason=row.known, strict=True)] * bool(row.known),
        )
        for row in ROWS
    ],
)
def test_parts(row: DateLine) -> None:
    assert found_on(row.line)[0] == row.parts | row.also


def test_the_table_has_enough_languages_and_known_origins() -> None:
    assert len(ROWS) >= 60
    assert len({row.lang for row in ROWS}) >= 25
    names = {row.origin.partition(" ")[2] for row in ROWS if row.origin.startswith("page ")}
    pages = [page.page for name in names for page in read_labelled(OWN / name, needs_html=False)]
    lines = {(Path(page.source).name, line) for page in pages for line in page.lines}
    for row in ROWS:
        kind, _, rest = row.origin.partition(" ")
        assert kind in ("CLDR", "page", "made")
        assert kind != "page" or (rest, row.line) in lines, f"{row.line!r} is no line of {rest}"


def test_strength_rises_with_what_a_line_shows() -> None:
    lines = ["Sport", "Monday", "9:20", "21 October", "21 October 2024", "21 October 2024, 9:20"]
    assert read_batch(["\n".join(lines)]).strength.tolist() == [0, 1, 2, 3, 4, 5]


def test_a_player_that_has_not_begun_shows_no_clock() -> None:
    assert found_on("0:00", "00:00 / 03:12", "00:05", "0:30") == [set(), {"clock"}, {"clock"}, {"clock"}]


@pytest.mark.parametrize("year", ["1980", "2040", "2567", "1402", "1445", "٢٠٢٤"])
def test_years_of_four_calendars(year: str) -> None:
    assert found_on(year) == [{"year"}]


@pytest.mark.parametrize("number", ["1979", "2041", "202", "20245", "02024"])
def test_other_numbers_are_no_years(number: str) -> None:
    assert found_on(number) == [set()]


@pytest.mark.parametrize("lines", [("page 5", "October rain"), ("October", "5 cups"), ("12", "ago")])
def test_a_name_looks_at_its_own_line(lines: tuple[str, str]) -> None:
    assert found_on(*lines) == [found_on(line)[0] for line in lines]


def test_numbers() -> None:
    chars = read_chars("7 x 2024,12345 ٣٤")
    runs = find_runs(chars)
    numbers = find_numbers(chars, runs, runs.kind.astype("int32"))
    assert numbers.value.tolist() == [7, 2024, -1, 34]
    assert numbers.length.tolist() == [1, 4, 5, 2]


def test_hashes_of_names_are_of_the_table() -> None:
    room = Path(dates.__file__).parent
    hashes, kinds = hash_names((room / "date_names.tsv").read_text("utf-8"))
    with np.load(room / "date_names.npz") as stored:
        np.testing.assert_array_equal(stored["hashes"], hashes, "write it again: python scripts/make_date_names.py")
        np.testing.assert_array_equal(stored["kinds"], kinds)
    assert (hashes[1:] > hashes[:-1]).all()
