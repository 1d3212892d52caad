"""`linesift batch` with one fault of its own, for `benchmarks.faults`: a page that asks for it raises.

Worker processes import this module again, so that the fault is in them, too.
"""

from pathlib import Path

from benchmarks.crawl import RAISES
from linesift.engine import pages
from linesift.page import Page
from linesift.read.page import read_page
from linesift.read.record import Record


def _read_page(page: Path | Record, encoding: str | None = None) -> tuple[Page, str | None]:
    payload = page.payload if isinstance(page, Record) else b""
    if RAISES.encode() in (payload.encode("utf-8", "surrogatepass") if isinstance(payload, str) else payload):
        raise ArithmeticError("as the page asked")
    return read_page(page, encoding)


vars(pages)["read_page"] = _read_page

if __name__ == "__main__":
    from linesift.cli import main

    main()
