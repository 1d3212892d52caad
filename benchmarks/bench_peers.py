"""Other tools for `bench.py`; each raises `ImportError` where it is not installed."""

import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module

from linesift.page import LabelledPage

Run = Callable[[], object]


def trafilatura(html: Sequence[str]) -> Run:
    """Main content, without comments."""
    extract = import_module("trafilatura").extract
    return lambda: [extract(page, include_comments=False) for page in html]


def resiliparse(html: Sequence[str], *, main_content: bool) -> Run:
    """Main content without comments, or the plain text of everything."""
    to_text = import_module("resiliparse.extract.html2text").extract_plain_text
    return lambda: [to_text(page, main_content=main_content, comments=not main_content) for page in html]


def justext(html: Sequence[str]) -> Run:
    """Paragraphs with the stop words of all its languages, for no tool is told the language."""
    jus = import_module("justext")
    stop_words = frozenset(word for name in jus.get_stoplists() for word in jus.get_stoplist(name))
    return lambda: [jus.justext(page, stop_words, 50, 200, 0.1, 0.2, 0.2, 200, no_headings=True) for page in html]


def fasttext(data: Sequence[bytes], training: Sequence[LabelledPage]) -> Run:
    """Labels of lines by a model of words and pairs of words, fitted on our own pages first."""
    fast = import_module("fasttext")
    fast.FastText.eprint = lambda _: None
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as stream:
        for page in training:
            pairs = zip(page.page.lines, page.labels, strict=True)
            stream.writelines(f"__label__{label} {line}\n" for line, label in pairs if label is not None)
        stream.flush()
        model = fast.train_supervised(stream.name, wordNgrams=2, verbose=0, thread=1)

    def run() -> None:
        for page in data:
            if lines := [line for line in page.decode().split("\n") if line.strip()]:
                model.predict(lines)

    return run


PEERS: dict[str, Callable[[Sequence[str]], Run]] = {
    "jusText": justext,
    "trafilatura": trafilatura,
    "resiliparse, main content": partial(resiliparse, main_content=True),
    "resiliparse, all text": partial(resiliparse, main_content=False),
}
