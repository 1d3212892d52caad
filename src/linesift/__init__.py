"""linesift labels each line of a news page: headline, body, timestamp or sidebar.

>>> import linesift
>>> linesift.classify("").labels
(None,)
"""

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

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
    """Load a model directory, by default the model of the package; a directory is read once and kept.

    Raises:
        ModelError: if the directory is missing, damaged or of another version.
    """
    return _load(Path(path) if path is not None else shipped())


def classify(page: str | Page) -> "Prediction":
    """Label every line of a page with the model of the package."""
    return load().classify(page)


def classify_html(html: bytes | str) -> "Prediction":
    """Label every line of an HTML page, with the model of the package; its lines are `page.lines` of the result.

    Raises:
        MissingExtraError: if the HTML parser is not installed.
    """
    from linesift.read.html.page import read_html

    return load().classify(read_html(html).page)


def extract(html: bytes | str) -> "Article":
    """Extract the article from an HTML page: headline, timestamp, dates and body.

    Raises:
        MissingExtraError: if the HTML parser is not installed.
    """
    return classify_html(html).article()
