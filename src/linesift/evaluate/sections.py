"""Reports as data: sections of sentences and tables, which are written as Markdown, JSON or HTML."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from linesift.write import html

Cell = str | int | float
Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of a table, and the names of its columns."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing. Only HTML shows it, so its numbers stand in a table too."""

    svg: str
    """An element `svg`."""
    caption: str


Part = str | Table | Picture
"""A string is a paragraph."""


@dataclass(frozen=True, slots=True)
class Section:
    """A title with the parts below it."""

    title: str
    parts: Sequence[Part]


def markdown(title: str, sections: Iterable[Section]) -> Iterator[str]:
    """Write a report line by line."""
    yield f"# {title}"
    for section in sections:
        if section.title:
            yield from ("", f"## {section.title}")
        yield from lines_of(section.parts)


def lines_of(parts: Sequence[Part]) -> Iterator[str]:
    """Write parts line by line, a blank line above each."""
    for part in parts:
        if not isinstance(part, Picture):
            yield ""
            yield from [part] if isinstance(part, str) else markdown_table(part)


def markdown_table(table: Table) -> Iterator[str]:
    """Write a table line by line; bars in texts are escaped."""
    yield f"| {' | '.join(table.columns)} |"
    yield f"|{'---|' * len(table.columns)}"
    for row in table.rows:
        yield f"| {' | '.join(_format_cell(cell).replace('|', chr(92) + '|') for cell in row)} |"


def as_json(title: str, sections: Iterable[Section]) -> str:
    """Write a report for programs: of every section its sentences, and its tables as objects by column."""
    found = {
        section.title or title: {
            "text": [part for part in section.parts if isinstance(part, str)],
            "tables": [
                [dict(zip(part.columns, map(_rounded, row), strict=True)) for row in part.rows]
                for part in section.parts
                if isinstance(part, Table)
            ],
        }
        for section in sections
    }
    return json.dumps({"title": title, "sections": found}, ensure_ascii=False, indent=1) + "\n"


def as_html(title: str, sections: Iterable[Section]) -> Iterator[str]:
    """Write a report as one HTML file, in pieces."""
    yield from html.document(title, _html_parts(title, sections), styles=["sections.css"])


def _format_cell(cell: Cell) -> str:
    """Format a cell: floats with four digits.

    >>> _format_cell(0.25), _format_cell(12), _format_cell("body")
    ('0.2500', '12', 'body')
    """
    return f"{cell:.4f}" if isinstance(cell, float) else str(cell)


def _rounded(cell: Cell) -> Cell:
    return round(cell, 4) if isinstance(cell, float) else cell


def _html_parts(title: str, sections: Iterable[Section]) -> Iterator[str]:
    yield f'<header><h1>{html.text(title)}</h1><button id="theme" hidden></button></header>\n<main>\n'
    for section in sections:
        yield "<section>\n"
        if section.title:
            yield f"<h2>{html.text(section.title)}</h2>\n"
        pictures: list[Part] = [part for part in section.parts if isinstance(part, Picture)]
        others: list[Part] = [part for part in section.parts if not isinstance(part, Picture)]
        # Beside a picture its tables and sentences, where the window is wide enough.
        for column in filter(None, (pictures, others)):
            yield "<div>\n"
            for part in column:
                yield from _html_part(part)
            yield "</div>\n"
        yield "</section>\n"
    yield "</main>\n"


def _html_part(part: Part) -> Iterator[str]:
    if isinstance(part, str):
        yield f"<p>{html.text(part)}</p>\n"
    elif isinstance(part, Picture):
        yield f"<figure>{part.svg}<figcaption>{html.text(part.caption)}</figcaption></figure>\n"
    else:
        yield '<div class="table"><table>\n<thead><tr>'
        aligned = [_class(cell) for cell in part.rows[0]] if part.rows else [""] * len(part.columns)
        for name, attribute in zip(part.columns, aligned, strict=True):
            yield f'<th scope="col"{attribute}>{html.text(name)}</th>'
        yield "</tr></thead>\n<tbody>\n"
        for row in part.rows:
            cells = (f"<td{_class(cell)}>{html.text(_format_cell(cell))}</td>" for cell in row)
            yield f"<tr>{''.join(cells)}</tr>\n"
        yield "</tbody>\n</table></div>\n"


def _class(cell: Cell) -> str:
    return "" if isinstance(cell, str) else ' class="number"'
