"""The tools that `compare.py` compares: other extractors in their usual settings, and linesift itself."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from statistics import median
from time import process_time

import linesift
from linesift.labels import Label
from linesift.model.prediction import Prediction
from linesift.page import Page
from linesift.read.html.page import read_html
from linesift.train.corpora import render

Extract = Callable[[Sequence[bytes]], list[str | None]]
"""Extracts the article's text from pages in UTF-8; `None` where the tool raised an exception."""


def peer(extract: Callable[[str], str | None]) -> Extract:
    """Run a tool page by page; it gets decoded text, so that none has to guess the encoding."""

    def run(pages: Sequence[bytes]) -> list[str | None]:
        texts: list[str | None] = []
        for page in pages:
            try:
                texts.append(extract(page.decode()) or "")
            except Exception:  # noqa: BLE001 - whatever a tool raises is counted as its failure
                texts.append(None)
        return texts

    return run


def peers() -> dict[str, Extract]:
    """Give the other tools by the names of their packages."""
    jus, newspaper, reader = (import_module(name) for name in ("justext", "newspaper", "readability"))
    to_text = import_module("resiliparse.extract.html2text").extract_plain_text
    from_trafilatura, from_string = import_module("trafilatura").extract, import_module("lxml.html").fromstring
    rag = import_module("chromerag").ChromeRAG()
    stop_words = frozenset(word for name in jus.get_stoplists() for word in jus.get_stoplist(name))

    def justext(html: str) -> str:
        found = jus.justext(html, stop_words, 50, 200, 0.1, 0.2, 0.2, 200, no_headings=True)
        return "\n".join(part.text for part in found if not part.is_boilerplate)

    return {
        "trafilatura": peer(lambda html: from_trafilatura(html, include_comments=False)),
        "trafilatura, precision": peer(
            lambda html: from_trafilatura(html, include_comments=False, favor_precision=True)
        ),
        "chromerag": peer(lambda html: _without_marks(rag.extract(html).markdown)),
        "resiliparse": peer(lambda html: to_text(html, main_content=True, comments=False)),
        "readability-lxml": peer(lambda html: from_string(reader.Document(html).summary()).text_content()),
        "newspaper4k": peer(newspaper.fulltext),
        "jusText": peer(justext),
    }


def _without_marks(markdown: str) -> str:
    """Take the marks of headings, lists and emphasis out of Markdown, which are no words of the article."""
    without = re.sub(r"(?m)^\s*(?:#+|[-*>]|\d+\.)\s+", "", markdown)
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", without).replace("**", "").replace("|", " ")


def own(model: linesift.Model) -> Iterator[tuple[str, Extract]]:
    """Give the model on HTML, if it has a part for that, and on plain text; a failure of ours ends the run."""

    def body(predictions: Sequence[Prediction]) -> list[str | None]:
        return ["\n".join(prediction.lines_of(Label.BODY)) for prediction in predictions]

    if model.html is not None:
        yield "linesift, HTML", lambda data: body([model.classify(read_html(html).page) for html in data])
        yield "linesift, HTML, batch", lambda data: body(model.classify_batch(read_html(html).page for html in data))
    yield "linesift, plain text", lambda data: body(model.classify_batch(Page(render(html.decode())) for html in data))


def time_tools(tools: Mapping[str, Extract], pages: Sequence[bytes], n_runs: int) -> dict[str, float]:
    """Measure pages per second of processor time, medians of some runs in which tools take turns."""
    spent: dict[str, list[float]] = {name: [] for name in tools}
    for name, run in [*tools.items()] * n_runs:
        start = process_time()
        run(pages)
        spent[name].append(process_time() - start)
    return {name: len(pages) / median(seconds) for name, seconds in spent.items()}
