"""Pages of all sources joined to examples."""

import json
from pathlib import Path

from linesift.labels import Label
from linesift.page import LabelSource
from linesift.read.html.page import read_html
from linesift.train.config import TrainConfig
from linesift.train.corpora import render
from linesift.train.sources import Sources, read_sources
from tinycorpus import PARAGRAPHS, TITLE, row, write_corpus

H, B, T, S = Label
CONFIG = TrainConfig(n_folds=2, jobs=1)


def label(line: str) -> Label | None:
    """The gold label of a line of `tinycorpus`."""
    text = line.strip(" •")
    if not text:
        return None
    return H if text == TITLE else T if "2024" in text else B if text in PARAGRAPHS else S


def by_hand(number: int, text: str) -> str:
    labels = [label(line) for line in text.split("\n")]
    return json.dumps({"id": f"tiny/{number}", "site": f"site{number}.example", "text": text, "labels": labels}) + "\n"


def test_a_page_labelled_by_hand_gets_the_html_of_its_collection(tmp_path: Path) -> None:
    rows = [row(0), row(1, body=[]), row(2), row(3)]
    texts = [render(rows[0]["html"]), render(rows[1]["html"]), "A line of 2024 that\nthe page lacks"]
    (tmp_path / "gold.jsonl").write_text("".join(by_hand(number, text) for number, text in enumerate(texts)), "utf-8")
    (tmp_path / "corpora").mkdir()
    write_corpus(tmp_path / "corpora" / "tiny.parquet", rows)
    stages: list[str] = []
    found = read_sources(Sources((tmp_path / "gold.jsonl",), tmp_path / "corpora"), CONFIG, stages.append)
    assert [each.source for each in found.examples] == ["tiny/0", "tiny/1", "tiny/2", "tiny/3"]
    assert [each.origin.labels for each in found.examples] == [LabelSource.BY_HAND] * 3 + [LabelSource.ALIGNED]
    # The article is that of the text, because labels of some lines of the HTML may stay unknown.
    assert [each.article for each in found.examples] == ["\n".join(PARAGRAPHS)] * 2 + ["", "\n".join(PARAGRAPHS)]
    lines = read_html(rows[0]["html"]).page.lines
    for each in (*found.examples[:2], found.examples[3]):
        assert each.html is not None
        assert each.html.hints is not None
        assert each.html_labels == tuple(label(line) for line in lines)
    other = found.examples[2]  # none of its lines stands on the page
    assert other.html is not None
    assert other.html_labels == (None,) * len(lines)
    assert found.left_out == {"tiny: no gold body": 1, "tiny: labelled by hand": 2}
    assert [len(part) for part in found.page_names.values()] == [3]
    assert "1 pages of corpora, 3 left out; 0 without gold" in stages
