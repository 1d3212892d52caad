"""Targets that read pages: text, HTML, archives, JSON lines, labelled pages, dates, and a batch of all of them."""

import io
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import linesift
from fuzz.driver import Target
from fuzz.inputs import read_fragments
from linesift.cli.chunks import Format, Item, JobSettings, Message, OutputOptions, classify_chunk
from linesift.dates.context import Context
from linesift.dates.moment import read_moments
from linesift.errors import LinesiftError
from linesift.labelling.check import check_file
from linesift.read.jsonl import Fields, read_jsonl
from linesift.read.labelled import parse_page
from linesift.read.page import is_html, read_page
from linesift.read.record import Record
from linesift.read.rows import read_csv, read_json, read_parquet
from linesift.read.warc import read_warc

NOW = datetime(2024, 6, 14, 12, tzinfo=UTC)


def run_text(data: bytes) -> None:
    """Read a page of plain text, label its lines and build its article."""
    page, _ = read_page(Record("", "", data, "undecided", source="page.txt"))
    prediction = linesift.load().classify(page)
    if len(prediction.labels) != len(page.lines):
        raise AssertionError(f"{len(page.lines)} lines, {len(prediction.labels)} labels")
    prediction.article(NOW)


def run_html(data: bytes) -> None:
    """Read a page of HTML, label its lines and build its article."""
    page, _ = read_page(Record("", "", data, "html"))
    prediction = linesift.load().classify(page)
    if len(prediction.labels) != len(page.lines):
        raise AssertionError(f"{len(page.lines)} lines, {len(prediction.labels)} labels")
    prediction.article(NOW)


def run_sniffed(data: bytes) -> None:
    """Find out what standard input is."""
    is_html(data)
    read_page(Record("", "", data, "undecided", source="-"))


def run_warc(data: bytes) -> None:
    """Read an archive, and the pages in it."""
    for record in read_warc(io.BytesIO(data)):
        read_page(record)


def run_jsonl(data: bytes) -> None:
    """Read JSON lines, and the pages in them."""
    for record in read_jsonl(io.BytesIO(data), "pages.jsonl", Fields(html="html")):
        if isinstance(record, Record):
            read_page(record)


def run_tables(data: bytes) -> None:
    """Read bytes as CSV, JSON and Parquet, which may be packed."""
    for read in (read_csv, read_json, read_parquet):
        with suppress(LinesiftError):
            list(read(io.BytesIO(data), "pages", Fields(html="html", kept=("more",))))


def run_dates(data: bytes) -> None:
    """Read the dates of every line, some with and some without the time of reading."""
    nows = (None, NOW, datetime.min, datetime.max, datetime.max.replace(tzinfo=UTC))
    for number, line in enumerate(data.decode("utf-8", "surrogateescape").split("\n")):
        for now in (nows[number % len(nows)], NOW):
            for moment in read_moments(line, Context(now=now)):
                _ = moment.iso


def run_labelled(data: bytes) -> None:
    """Read a labelled page, strictly and for the check."""
    path = _scratch() / "fuzz.page"
    path.write_bytes(data)
    check_file(path)
    parse_page(data.decode("utf-8", "replace"), "fuzz.page")


def run_batch(data: bytes) -> None:
    """Classify a chunk of pages, all forms among them; every item has an outcome, and good pages are done."""
    good = Record("", "", "Night bus returns\nThe bus runs again after four years, the town said.", "text", source="a")
    parts = data.split(b"\n\n")[:8]
    forms: list[Callable[[bytes], Item]] = [
        lambda part: Record("", "", part, "undecided", source="b"),
        lambda part: Record("", "", part, "html", charset=part[:12].decode("latin-1"), source="c"),
        lambda part: Record("", "", part.decode("utf-8", "replace"), "text", source="d"),
        lambda part: Message(part.decode("latin-1")),
    ]
    items = [good, *(forms[number % len(forms)](part) for number, part in enumerate(parts)), good]
    for form in (Format.JSON, Format.TSV):
        outcomes = classify_chunk(JobSettings(None, OutputOptions(form, now=NOW)), items)
        if len(outcomes) != len(items) or outcomes[0].text is None or outcomes[-1].text is None:
            raise AssertionError("a page was lost")
        if any(outcome.text is None and not outcome.messages for outcome in outcomes):
            raise AssertionError("a page was lost without a message")


@cache
def _scratch() -> Path:
    return Path(tempfile.mkdtemp(prefix="fuzz"))


_HTML = (
    *read_fragments("html"),
    *(
        form % tag
        for tag in read_fragments("tags")
        for form in (b"<%b>", b"</%b>", b"<%b id=a%%d>", b'<%b class="a%%d b c">x')
    ),
)
_DATES = read_fragments("dates")
_WARC = read_fragments("warc")

TARGETS = (
    Target("text", run_text, (*_DATES, *_HTML[:40]), ("data/*.txt", "data/pages/*.page")),
    Target("html", run_html, _HTML, ("data/pages/*.html",)),
    Target("sniffed", run_sniffed, (*_HTML, *_WARC[:6])),
    Target("warc", run_warc, _WARC),
    Target("jsonl", run_jsonl, read_fragments("jsonl")),
    Target("tables", run_tables, (*read_fragments("jsonl"), *read_fragments("tables"))),
    Target("dates", run_dates, _DATES, ("tests/data/moments.tsv",), longest=4_000),
    Target("labelled", run_labelled, read_fragments("labelled"), ("data/pages/*.page",)),
    Target("batch", run_batch, (*_HTML, *_DATES, b"\n\n"), longest=20_000),
)
