"""A collection of invented pages as Parquet, in the columns of the real ones."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

MENU = "<nav><a href=/>Home</a> <a href=/sport>Sport pages</a></nav>"
PARAGRAPHS = (
    "The ferry came back to the harbour on Monday after a year in the dock.",
    "Its new engine burns a third less, said the captain of the harbour company.",
    "Tickets cost as much as before, and the last boat leaves at midnight.",
)
TITLE = "Ferry returns to the harbour"


def row(number: int = 0, **changes: object) -> dict[str, Any]:
    """A page with a menu, a title, a date and three paragraphs, and gold that fits it."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    page: dict[str, Any] = {
        "id": f"tiny/{number}",
        "source": "tiny",
        "url": f"https://site{number}.example/ferry",
        "site": f"site{number}.example",
        "lang": "en",
        "html": f"<html><body>{MENU}<h1>{TITLE}</h1><div>11 March 2024, 09:20</div>{text}<p>About us</p></body></html>",
        "title": TITLE,
        "body": list(PARAGRAPHS),
        "date": "2024-03-11",
    }
    return {**page, **changes}


def write_corpus(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    """Write rows as a Parquet file."""
    pq.write_table(pa.Table.from_pylist(list(rows)), path)
    return path
