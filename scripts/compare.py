"""Compare linesift with other extractors on the pages of trafilatura's benchmark: `make compare`.

`compare.py MODEL CORPORA` writes `reports/compare.md` and `.json`. All tools run in one process on one core (Linux), in
an environment of its own that has them, `.venv-compare`.
"""

import argparse
import json
import logging
import os
import platform
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from statistics import median
from time import process_time

import linesift
from linesift.labels import Label
from linesift.model.directory import read_about
from linesift.model.prediction import Prediction
from linesift.page import Page
from linesift.read.html import read_html
from linesift.read.labelled import read_labelled
from linesift.train.corpora import corpus_files, read_rows, render
from linesift.train.metrics import harmonic
from linesift.train.origin import short_name

ROOT = Path(__file__).parents[1]
BENCHMARK = "trafilatura.parquet"
N_RUNS, N_TIMED = 3, 100
ABOUT = """
The pages are of trafilatura's benchmark, which is never trained on, without those of sites that the model was trained
on. Some strings belong to the article of a page, others do not. Recall is the share of the first that a tool's text
holds, precision their share among all strings that it holds, over all pages together, with white space collapsed on
both sides. A page where a tool raised an exception (failed) or gave nothing (empty) has no text.

Settings: trafilatura and jusText as in that benchmark (jusText with the stop words of all its languages, for no tool is
told the language), newspaper4k's `fulltext`, resiliparse with main content and without comments; of readability-lxml
the text of its HTML counts, of linesift the body lines.

Speed is HTML bytes to text in pages per second of processor time on one core, the median of some runs, tools taking
turns. Plain text for linesift is rendered by resiliparse within its time.
"""
Extract = Callable[[Sequence[bytes]], list[str | None]]
"""Pages, as HTML in UTF-8, to the article's text of each; `None` where the tool raised an exception."""
Row = dict[str, float]


@dataclass(frozen=True, slots=True)
class Case:
    """A page, and strings that its article holds and does not hold."""

    site: str
    html: bytes
    must: Sequence[str]
    mustnot: Sequence[str]


def score(cases: Sequence[Case], texts: Sequence[str | None]) -> Row:
    """Count strings over all pages: a `must` found is right, one not found a miss, a `mustnot` found is wrong."""
    right = wrong = n_must = 0
    for case, text in zip(cases, texts, strict=True):
        found = " ".join((text or "").split())
        right += sum(" ".join(part.split()) in found for part in case.must)
        wrong += sum(" ".join(part.split()) in found for part in case.mustnot)
        n_must += len(case.must)
    precision, recall = right / max(right + wrong, 1), right / max(n_must, 1)
    n_empty = sum(text is not None and not text.strip() for text in texts)
    scores = {"precision": precision, "recall": recall, "f1": harmonic(precision, recall)}
    return {**scores, "n_failed": texts.count(None), "n_empty": n_empty}


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
    """The other tools, by the names of their packages."""
    jus, newspaper, reader = (import_module(name) for name in ("justext", "newspaper", "readability"))
    to_text = import_module("resiliparse.extract.html2text").extract_plain_text
    from_trafilatura, from_string = import_module("trafilatura").extract, import_module("lxml.html").fromstring
    stop_words = frozenset(word for name in jus.get_stoplists() for word in jus.get_stoplist(name))

    def justext(html: str) -> str:
        found = jus.justext(html, stop_words, 50, 200, 0.1, 0.2, 0.2, 200, no_headings=True)
        return "\n".join(part.text for part in found if not part.is_boilerplate)

    return {
        "trafilatura": peer(lambda html: from_trafilatura(html, include_comments=False)),
        "resiliparse": peer(lambda html: to_text(html, main_content=True, comments=False)),
        "readability-lxml": peer(lambda html: from_string(reader.Document(html).summary()).text_content()),
        "newspaper4k": peer(newspaper.fulltext),
        "jusText": peer(justext),
    }


def own(model: linesift.Model) -> Iterator[tuple[str, Extract]]:
    """The model on HTML, if it has a part for that, and on plain text; a failure of ours ends the run."""

    def body(predictions: Sequence[Prediction]) -> list[str | None]:
        return ["\n".join(prediction.lines_of(Label.BODY)) for prediction in predictions]

    if model.html is not None:
        yield "linesift, HTML", lambda data: body([model.classify(read_html(html).page) for html in data])
        yield "linesift, HTML, batch", lambda data: body(model.classify_batch(read_html(html).page for html in data))
    yield "linesift, plain text", lambda data: body(model.classify_batch(Page(render(html.decode())) for html in data))


def read_cases(corpora: Path) -> tuple[list[Case], int]:
    """Pages of sites that the shipped model was not trained on, and how many others there are."""
    by_hand = (ROOT / "data" / "pages", corpora.parent / "gold" / "pages.jsonl")
    files = [file for file in corpus_files(corpora) if file.suffix == ".parquet" and file.name != BENCHMARK]
    known = {page.site for path in by_hand for page in read_labelled(path)}
    known.update(row["site"] for file in files for row in read_rows(file))
    cases = [
        Case(row["site"], row["html"].encode("utf-8", "replace"), row["must"], row["mustnot"])
        for row in read_rows(corpora / BENCHMARK)
    ]
    kept = [case for case in cases if case.site not in known]
    return kept, len(cases) - len(kept)


def measure(tools: Mapping[str, Extract], cases: Sequence[Case]) -> dict[str, Row]:
    """Score every tool, which warms it up, then time it on some pages."""
    rows = {name: score(cases, run([case.html for case in cases])) for name, run in tools.items()}
    pages = [case.html for case in cases[:: max(1, len(cases) // N_TIMED)]][:N_TIMED]
    spent: dict[str, list[float]] = {name: [] for name in tools}
    for name, run in [*tools.items()] * N_RUNS:
        start = process_time()
        run(pages)
        spent[name].append(process_time() - start)
    for name, row in rows.items():
        row["pages_per_second"] = len(pages) / median(spent[name])
        row["to_trafilatura"] = median(spent["trafilatura"]) / median(spent[name])
    return rows


def table(facts: Mapping[str, object], rows: Mapping[str, Row]) -> str:
    """The report in Markdown, the best tool first."""
    lines = ["# linesift and other extractors", "", *(f"- {name}: {fact}" for name, fact in facts.items()), ABOUT]
    lines += [] if "linesift, HTML" in rows else ["The model has no part for HTML: linesift on HTML is missing.", ""]
    lines += ["| tool | precision | recall | F1 | failed | empty | pages/s | to trafilatura |", "|" + "---|" * 8]
    for name, row in sorted(rows.items(), key=lambda item: -item[1]["f1"]):
        scores = (
            f"{row['precision']:.4f} | {row['recall']:.4f} | {row['f1']:.4f} | {row['n_failed']} | {row['n_empty']}"
        )
        lines.append(f"| {name} | {scores} | {row['pages_per_second']:,.1f} | {row['to_trafilatura']:.2f} |")
    return "\n".join([*lines, ""])


def main() -> None:
    """Compare and write the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--pages", type=int, help="about so many pages only, for a trial")
    parser.add_argument("--out", type=Path, default=ROOT / "reports")
    given = parser.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    logging.disable()  # what tools say of single pages
    warnings.simplefilter("ignore")
    tools = dict(own(linesift.load(given.model))) | peers()
    cases, n_left_out = read_cases(given.corpora)
    cases = cases[:: max(1, len(cases) // (given.pages or len(cases)))]
    cpu = Path("/proc/cpuinfo").read_text("utf-8").partition("model name\t: ")[2].partition("\n")[0]
    packages = ["linesift", "numpy", "selectolax", *(name for name in tools if "linesift" not in name)]
    facts = {
        "command": f"make compare MODEL={short_name(given.model)}",
        "weights": read_about(given.model)["weights_sha256"],
        "machine": f"{cpu or platform.machine()}, {os.cpu_count()} cores; Python {platform.python_version()}",
        "versions": ", ".join(f"{name} {version(name)}" for name in packages),
        "pages": f"{len(cases)} of {len({case.site for case in cases})} sites, {n_left_out} of known sites left out",
        "strings": f"{sum(len(x.must) for x in cases)} of articles, {sum(len(x.mustnot) for x in cases)} of the rest",
        "timed": f"{min(N_TIMED, len(cases))} pages, medians of {N_RUNS} runs",
    }
    rows = measure(tools, cases)
    (given.out / "compare.json").write_text(json.dumps(facts | {"tools": rows}, indent=1) + "\n", "utf-8")
    (given.out / "compare.md").write_text(table(facts, rows), "utf-8")


if __name__ == "__main__":
    main()
