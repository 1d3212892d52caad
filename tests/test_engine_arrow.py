"""Labels for the pages of an Arrow table."""

from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pytest

import fakes
import linesift
from linesift.engine.arrow import label_table, labelled_schema
from linesift.engine.schema import OF_RESULT
from linesift.errors import InputError

PAGE = "Menu\n\nH Rain\nT 11 March 2024\nB It rained.\n"
TABLE = pa.table({"id": [1, 2, 3, 4], "text": [PAGE, None, "B unclassifiable", ""], "rank": [0.5, None, 2.0, 3.0]})


@pytest.fixture(autouse=True)
def _fake_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linesift, "load", fakes.load)


def test_columns_are_added_and_all_others_stay() -> None:
    found = label_table(TABLE)
    assert found.select(TABLE.column_names).equals(TABLE)
    assert found.schema == labelled_schema(TABLE.schema)
    assert found.column_names == [*TABLE.column_names, *OF_RESULT]
    first, *others = found.to_pylist()
    assert (first["headline"], first["published"], first["article"]) == ("H Rain", "2024-03-11", "B It rained.")
    assert (first["line"], first["label"]) == ([1, 3, 4, 5], ["sidebar", "headline", "timestamp", "body"])
    assert [row["error"] for row in others] == ["the row has no page", "ArithmeticError: as the test asked", None]


def test_a_batch_gives_a_batch() -> None:
    (batch,) = TABLE.to_batches()
    found = label_table(batch)
    assert isinstance(found, pa.RecordBatch)
    assert pa.Table.from_batches([found]).equals(label_table(TABLE))


@pytest.mark.parametrize(
    "given",
    [
        pa.array(["2024-06-15", None]),
        pa.array([date(2024, 6, 15), None]),
        pa.array([datetime(2024, 6, 15), None], pa.timestamp("us")),
        pa.array([datetime(2024, 6, 15), None], pa.timestamp("ns", "UTC")),
        pa.array([2**62, None], pa.timestamp("s")),  # no calendar has it
    ],
)
def test_the_day_of_a_page_may_be_a_time(given: pa.Array) -> None:
    table = pa.table({"text": ["H Rain\nT yesterday\nB It rained."] * 2, "date": given})
    for rows in (table, *table.to_batches()):
        found = label_table(rows, columns=("published",))["published"].to_pylist()
        assert found == ["2024-06-14" if given.type != pa.timestamp("s") else None, None]


@pytest.mark.parametrize("n_rows", [0, 1, 600])
def test_tables_of_any_length(n_rows: int) -> None:
    table = pa.table({"text": pa.array([f"H {number}\nB It rained." for number in range(n_rows)], pa.large_string())})
    found = label_table(pa.concat_tables([table.slice(0, 7), table.slice(7)]), columns=("headline", "n_lines"))
    assert found["headline"].to_pylist() == [f"H {number}" for number in range(n_rows)]
    assert found.schema == labelled_schema(table.schema, columns=("headline", "n_lines"))


def test_html_is_read_before_text() -> None:
    table = pa.table(
        {"page": [b"<p>H Sun</p><p>B It shone.</p>", None, b""], "text": ["H no", "H Fog\nB Thick.", "H Ice\nB Thin."]}
    )
    found = label_table(table, html="page", columns=("headline",))
    assert found["headline"].to_pylist() == ["H Sun", "H Fog", "H Ice"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"text": "content"}, "no column 'content'; the table has id, text, rank"),
        ({"html": "html"}, "no column 'html'; the table has id, text, rank"),
        ({"text": None, "html": "page"}, "no column 'page'"),
        ({"columns": ("title",)}, "no column 'title' to add; there are kind"),
        ({"columns": ("kind", "text")}, "the table has a column text; give the new ones a prefix"),
    ],
)
def test_misuse(arguments: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        label_table(TABLE, **arguments)


def test_names_get_a_prefix() -> None:
    assert label_table(TABLE, columns=("kind", "text"), prefix="new_").column_names[3:] == ["new_kind", "new_text"]
