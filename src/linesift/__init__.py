"""linesift says what each line of a news page is: headline, body, timestamp or sidebar.

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
"""Names that bring numpy along, and where they live: `linesift --help` and a wrong option shall not wait for numpy."""


def __getattr__(name: str) -> object:
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LATE[name]), name)


def shipped() -> Path:
    """The model that comes with the package: inside a wheel beside this file, in a checkout under `models/`."""
    return _packed("models/news")


def golden() -> Path:
    """The labelled pages that come with the package, which no adapted model may label worse; see `shipped`."""
    return _packed("data/pages")


def _packed(name: str) -> Path:
    inside = Path(__file__).parent / name
    return inside if inside.is_dir() else Path(__file__).parents[2] / name


@cache
def _load(path: Path) -> "Model":
    from linesift.model.directory import load_model

    return load_model(path)


def load(path: str | Path | None = None) -> "Model":
    """Load a model directory, or the model that comes with linesift; the same directory is read once.

    Raises:
        ModelError: if the directory is missing, damaged or of another version.
    """
    return _load(Path(path) if path is not None else shipped())


def classify(page: str | Page) -> "Prediction":
    """Label every line of a page with the model that comes with linesift."""
    return load().classify(page)


def classify_html(html: bytes | str) -> "Prediction":
    """Label every line of an HTML page, with what its markup says; `page.lines` of the result are the lines.

    Raises:
        MissingExtraError: if the HTML parser is not installed.
    """
    from linesift.read.html.page import read_html

    return load().classify(read_html(html).page)


def extract(html: bytes | str) -> "Article":
    """Take the article from an HTML page: headline, timestamp and body.

    Raises:
        MissingExtraError: if the HTML parser is not installed.
    """
    return classify_html(html).article()
