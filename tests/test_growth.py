"""Hostile input costs time that grows with its size, not with the square of it: each kind at n and at 4 n.

Times are of the CPU, the better of several, and ratios have slack: 4 is linear, 16 the square.
"""

import gzip
import io
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

import linesift
from linesift.article.article import build_article
from linesift.article.lines import LabelledLines
from linesift.errors import InputError
from linesift.explain.explain import Explainer
from linesift.labelling.check import _differences
from linesift.labelling.exchange import ImportConfig, import_pages, jsonl, parquet, read_for_export
from linesift.labels import Label
from linesift.model.memory import EMPTY
from linesift.page import Page
from linesift.read.html.encoding import to_utf8
from linesift.read.html.page import read_html
from linesift.read.jsonl import Fields, read_jsonl
from linesift.read.mhtml import read_mhtml
from linesift.read.record import begins_like_html
from linesift.read.text import limit_text
from linesift.read.warc import read_warc

pytestmark = pytest.mark.slow

MOST = 9.0
"""Ratio of the times at 4 n and n."""
ENOUGH = 0.002
"""Seconds at 4 n below which a ratio says nothing."""
NOW = datetime(2024, 6, 14, tzinfo=UTC)


def read_archive(data: bytes) -> None:
    try:
        list(read_warc(io.BytesIO(data)))
    except InputError:
        return


def read_saved(n: int) -> None:
    part = b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n"
    with suppress(InputError):
        read_mhtml(b"".join(part % (number, number) for number in range(n)) + b"--x\n" * n, "page.mhtml")


def build(line: str, label: Label, n: int) -> None:
    lines = ["A headline", *(f"{line} {number}" for number in range(n))]
    labels = [Label.HEADLINE, *[label] * n]
    probabilities = np.full((len(lines), 4), 0.1, np.float32)
    probabilities[np.arange(len(lines)), [each.column for each in labels]] = 0.7
    build_article(LabelledLines(lines, labels, probabilities), now=NOW)


def explain(n: int) -> None:
    model = linesift.load()
    prediction = model.classify(Page("\n".join(f"Line {number} of a page" for number in range(n))))
    for _ in Explainer(model).explain(prediction, range(0, n, 20)):
        pass


def classes(n: int) -> bytes:
    names = (b" ".join(bytes([97 + level, 97 + a, 97 + b]) for a in range(6) for b in range(22)) for level in range(8))
    return b"".join(b'<div class="%b">' % name for name in names) + b"<p>x" * n


def read_head(piece: bytes, n: int) -> None:
    """Read a page, and what it says about itself, as an article does."""
    assert read_html(piece * n + b"x" * n).page.head is not None


def exchange(n: int, *, n_lines: int = 4) -> None:
    """Write labelled pages as JSON lines and Parquet, and import them."""
    page = "----\nheadline  | Rain\n" + "body      | It rained.\n" * n_lines
    with tempfile.TemporaryDirectory() as folder:
        for number in range(n):
            Path(folder, f"{number}.page").write_text("site: a.example\n" + page)
        pages = list(read_for_export([Path(folder)]))
        assert len(parquet(pages)) > 0
        rows = Path(folder, "pages.jsonl")
        rows.write_text("".join(jsonl(pages)))
        assert len(import_pages(rows, ImportConfig(Path(folder, "back"))).written) == n


def numbered(piece: bytes, n: int) -> bytes:
    return b"".join(piece % number for number in range(n))


MARKUP: dict[str, tuple[int, Callable[[int], bytes]]] = {
    "formatting elements that stay open": (2_000, lambda n: numbered(b"<p><b id=a%d>x", n)),
    "formatting elements before paragraphs": (2_000, lambda n: numbered(b"<b id=a%d>", n) + b"<p>x" * n),
    "links in links": (2_000, lambda n: numbered(b"<a href=%d><p>x", n)),
    "options": (5_000, lambda n: b"<select>" + b"<option>x" * n),
    "rows of nested tables": (500, lambda n: b"<table><tr><td>" * n + b"<p>x" * (20 * n)),
    "attributes with signs in their values": (60_000, lambda n: b"<a " + numbered(b'a%d=">" ', n)),
    "ends that the parser ignores": (10_000, lambda n: b"<div></x>" * n),
    "ends in comments": (10_000, lambda n: b"<div><!--</div>-->" * n),
    "before a table": (10_000, lambda n: b"<table><div>" * n),
    "templates": (10_000, lambda n: b"<template><div>" * n),
    "classes": (4_000, classes),
    "tags without end": (10_000, lambda n: b"<a" * n),
    "lists": (5_000, lambda n: b"<ul><li>x" * n),
    "noscript": (5_000, lambda n: b"<noscript>" + b"<p>x <b" * n),
    "hidden": (5_000, lambda n: b"<div hidden>x" * n),
    "alternative texts": (5_000, lambda n: b"<img alt='x y'>x" * n),
    "dates in one element": (
        2_000,
        lambda n: b'<meta name=date content="' + b"2024-06-14 " * n + b'"><p>1' + b"<p>1" * n,
    ),
    "dates in scripts": (5_000, lambda n: b'"datePublished": "2024-06-14" ' * n),
}
KINDS: dict[str, tuple[int, Callable[[int], object]]] = {
    "comments before HTML": (2_000, lambda n: begins_like_html(b"<!---->" * n)),
    "white space in a declaration": (4_000, lambda n: to_utf8(b"\xff<meta charset=" + b" " * n)),
    "declarations without a name": (4_000, lambda n: to_utf8(b"\xff" + b"<meta charset= '" * n)),
    "runs of other letters": (20_000, lambda n: to_utf8(b"\xe9 x\xfc@" * n)),
    "heads of records": (20_000, lambda n: read_archive(b"WARC/1.0\n" * n)),
    "records that claim too much": (4_000, lambda n: read_archive(b"WARC/1.0\r\nContent-Length: 45000000\r\n\r\n" * n)),
    "packed line ends": (2_000_000, lambda n: read_archive(gzip.compress(b"\n" * n))),
    "lines of JSON": (4_000, lambda n: list(read_jsonl(io.BytesIO(b'{"text": [[\n' * n), "x", Fields()))),
    "long texts": (2_000_000, lambda n: limit_text("x\n" * n)),
    "numbers": (250, lambda n: build(" ".join(map(str, range(20, 45))), Label.SIDEBAR, n)),
    "numbers as timestamps": (250, lambda n: build(" ".join(map(str, range(20, 45))), Label.TIMESTAMP, n)),
    "clocks in a body": (500, lambda n: build("12:30 x", Label.BODY, n)),
    "ages": (500, lambda n: build("2 hours ago", Label.TIMESTAMP, n)),
    "updates": (500, lambda n: build("Updated 3 May 2024, 10:30 |", Label.TIMESTAMP, n)),
    "dates in each other": (4_000, lambda n: read_head(b"<time datetime=2024>", n)),
    "titles in each other": (4_000, lambda n: read_head(b"<h1><div>", n)),
    "parts of MHTML in each other": (500, read_saved),
    "exported pages": (60, exchange),
    "lines of an exported page": (1_000, lambda n: exchange(1, n_lines=n)),
    "pages of a site": (500, lambda n: EMPTY.learn_all(f"Home\nNews\nStory {number} x" for number in range(n))),
    "explained lines": (600, explain),
    "changed lines between equal ones": (1_000, lambda n: list(_differences(["a", "b"] * n, ["b", "a"] * n))),
}


def seconds(work: Callable[[int], object], n: int) -> float:
    times = []
    for _ in range(3):
        start = time.process_time()
        work(n)
        times.append(time.process_time() - start)
    return min(times)


@pytest.mark.parametrize("kind", KINDS)
def test_time_grows_with_the_size(kind: str) -> None:
    n, work = KINDS[kind]
    work(1)
    longest = seconds(work, 4 * n)
    assert longest < ENOUGH or longest <= MOST * seconds(work, n)


@pytest.mark.parametrize("kind", MARKUP)
def test_time_of_markup_grows_with_the_size(kind: str) -> None:
    n, make = MARKUP[kind]
    read_html(make(1))
    longest = seconds(lambda n: read_html(make(n)), 4 * n)
    assert longest < ENOUGH or longest <= MOST * seconds(lambda n: read_html(make(n)), n)
