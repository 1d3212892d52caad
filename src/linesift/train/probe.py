"""Give the pages of the probe: reference pages with the probabilities that a model must reproduce.

They are never pages of the training, which may be private or belong to others.
"""

from pathlib import Path

import linesift
from linesift.page import Page
from linesift.read.html.page import read_html
from linesift.read.labelled import read_labelled

_TEXTS = {
    "af-windpomp-veiling.page": "",
    "ru-parom-zhuravl.page": "https://vesti.example/zhuravl-zaderzhal-parom",
}
"""Our own pages that are read as text, and their addresses. The address has words of the Russian title in Latin
letters, so that a change of the tables in `linesift.features.address` changes the probabilities."""


def probe_pages() -> list[Page]:
    """Read two of our own pages as text, and a page of HTML."""
    texts = [
        Page(page.page.text, name, url=url)
        for name, url in _TEXTS.items()
        for page in read_labelled(linesift.golden() / name, needs_html=False)
    ]
    return [*texts, html_probe()]


def html_probe() -> Page:
    """Read `probe.html`, a page invented for this purpose, with its hints."""
    return read_html((Path(__file__).parent / "probe.html").read_bytes(), "probe.html").page
