"""Pages that `compare.py` compares on, and how a tool's text is scored."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from linesift.evaluate.metrics import article_score, harmonic, overlap, shingles
from linesift.labels import Label
from linesift.read.labelled import read_labelled
from linesift.train.corpora import corpus_files, read_rows

ROOT = Path(__file__).parents[1]
_BENCHMARK = "trafilatura.parquet"
Row = dict[str, float]


@dataclass(frozen=True, slots=True)
class Case:
    """A page, and strings that its article holds and does not hold."""

    site: str
    html: bytes
    must: Sequence[str]
    mustnot: Sequence[str]


@dataclass(frozen=True, slots=True)
class Article:
    """A page and the text of its article."""

    name: str
    html: bytes
    gold: str


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


def read_cases(corpora: Path) -> tuple[list[Case], int]:
    """Read the pages of sites that the shipped model was not trained on, and count the others."""
    by_hand = (ROOT / "data" / "pages", corpora.parent / "gold" / "pages.jsonl")
    files = [file for file in corpus_files(corpora) if file.suffix == ".parquet" and file.name != _BENCHMARK]
    known = {page.site for path in by_hand for page in read_labelled(path)}
    known.update(row["site"] for file in files for row in read_rows(file))
    cases = [
        Case(row["site"], row["html"].encode("utf-8", "replace"), row["must"], row["mustnot"])
        for row in read_rows(corpora / _BENCHMARK)
    ]
    kept = [case for case in cases if case.site not in known]
    return kept, len(cases) - len(kept)


def read_gold_articles(corpora: Path) -> dict[str, str]:
    """Read the text of the article of every page that was read line by line, by its name; none without an article."""
    gold = (page for name in ("pages", "read") for page in read_labelled(corpora.parent / "gold" / f"{name}.jsonl"))
    return {page.page.source: page.gold_article for page in gold if Label.BODY in page.labels}


def read_articles(file: Path, gold: Mapping[str, str], kept: Iterable[str], most: int) -> list[Article]:
    """Read the HTML of pages of a collection that have gold and are in `kept`, evenly chosen, about `most` at most."""
    names = frozenset(gold) & frozenset(kept)
    step = max(1, round(len(names) / most))
    rows = (row for row in read_rows(file) if row["id"] in names)
    return [
        Article(row["id"], row["html"].encode("utf-8", "replace"), gold[row["id"]])
        for place, row in enumerate(rows)
        if place % step == 0
    ]


def score_articles(articles: Sequence[Article], texts: Sequence[str | None]) -> float:
    """Article F1 as in the accuracy report; a page that failed has no text."""
    pairs = zip(articles, texts, strict=True)
    return article_score(overlap(shingles(page.gold), shingles(text or "")) for page, text in pairs).f1
