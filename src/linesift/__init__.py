"""linesift labels each line of a news page: headline, body, timestamp or sidebar.

>>> import linesift
>>> linesift.classify("").labels
(None,)
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from linesift.errors import InputError
from linesift.labels import Label
from linesift.page import Page

if TYPE_CHECKING:
    from linesift.article.article import Article
    from linesift.model.model import Model
    from linesift.model.prediction import Prediction

__version__ = "0.1.0"

__all__ = [
    "Article",
    "Label",
    "Model",
    "Page",
    "Prediction",
    "__version__",
    "classify",
    "classify_html",
    "classify_html_batch",
    "extract",
    "load",
]

_LATE = {
    "Article": "linesift.article.article",
    "Model": "linesift.model.model",
    "Prediction": "linesift.model.prediction",
}
"""Names whose modules import numpy. They are imported at first use: `linesift --help` does not wait for numpy."""


def __getattr__(name: str) -> object:
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LATE[name]), name)


def shipped() -> Path:
    """Path of the model that comes with the package."""
    return _packed("models/news")


def find_model(path: Path | None = None) -> Path:
    """Path of a model: that of the package for `None` and for its name, `news`, unless a file of that name is there."""
    return shipped() if path is None or (str(path) == shipped().name and not path.exists()) else path


def golden() -> Path:
    """Path of the labelled pages that come with the package, which no adapted model may label worse."""
    return _packed("data/pages")


def _packed(name: str) -> Path:
    """Path of a directory of the package: in a wheel beside this file, in a checkout at its root."""
    inside = Path(__file__).parent / name
    return inside if inside.is_dir() else Path(__file__).parents[2] / name


@cache
def _load(path: Path) -> "Model":
    from linesift.model.directory import load_model

    return load_model(path)


def load(path: str | Path | None = None) -> "Model":
    """Load a model directory, by default the model of the package, `news`; a directory is read once and kept.

    Raises:
        ModelError: if the directory is missing, damaged or of another version.
    """
    return _load(find_model(Path(path) if path is not None else None))


def classify(page: str | Page) -> "Prediction":
    """Label every line of a page with the model of the package.

    Many pages at once are much faster: `linesift.load().classify_batch(pages)`.

    Raises:
        TypeError: if it is neither text nor a `Page`.
    """
    return load().classify(page)


def classify_html(html: bytes | str, url: str = "") -> "Prediction":
    """Label every line of an HTML page, with the model of the package; its lines are `page.lines` of the result.

    Args:
        html: the page, in bytes or as text.
        url: its address, if it is known: its words help to find the headline, and a day in it is a date of the page.

    Raises:
        MissingExtraError: if the HTML parser is not installed.
        TypeError: if it is neither bytes nor text.
    """
    return load().classify(replace(_read_html(html), url=url))


def classify_html_batch(
    htmls: Iterable[bytes | str], model: "Model | None" = None, *, urls: Iterable[str] | None = None
) -> "list[Prediction]":
    """Label every line of many HTML pages, which is faster than one by one; the results come in their order.

    Args:
        htmls: the pages, in bytes or as text.
        model: the model; by default that of the package.
        urls: their addresses, as many as there are pages and empty where one is not known; see `classify_html`.

    Raises:
        MissingExtraError: if the HTML parser is not installed.
        TypeError: if a page is neither bytes nor text, or `htmls` or `urls` is a single one.
        InputError: if there are more addresses than pages, or fewer.
    """
    if isinstance(htmls, str | bytes):
        raise TypeError("classify_html_batch takes several pages, such as a list; for one page call classify_html")
    if isinstance(urls, str):
        raise TypeError("urls are several addresses, such as a list, one for each page")
    pages: Iterable[Page] = map(_read_html, htmls)
    if urls is not None:
        found, known = list(pages), list(urls)
        if len(found) != len(known):
            raise InputError(f"{len(known)} addresses for {len(found)} pages; give one for each, empty if not known")
        pages = (replace(page, url=url) for page, url in zip(found, known, strict=True))
    return (load() if model is None else model).classify_batch(pages)


def _read_html(html: bytes | str) -> Page:
    from linesift.read.html.page import read_html

    if not isinstance(html, str | bytes):
        raise TypeError(f"an HTML page is bytes or a str, not {type(html).__name__}")
    return read_html(html).page


def extract(html: bytes | str, url: str = "") -> "Article":
    """Extract the article from an HTML page: headline, timestamp, dates and body.

    Args:
        html: the page, in bytes or as text.
        url: its address, if it is known, as for `classify_html`.

    Raises:
        MissingExtraError: if the HTML parser is not installed.
    """
    return classify_html(html, url).article()
