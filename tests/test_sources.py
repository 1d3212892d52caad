"""Pages of all sources joined to examples."""

import json
from pathlib import Path

import pytest

from inventedsite import invented_page
from linesift.labelling.exchange import jsonl, parquet, read_for_export
from linesift.labels import Label
from linesift.page import LabelledPage, LabelSource
from linesift.read.html.page import read_html
from linesift.read.labelled import format_page
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
    assert "1 page of corpora, 3 left out; 0 without gold" in stages


def invented(number: int) -> LabelledPage:
    return invented_page(number, site=f"{'abcdef'[number]}.example")


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    """A directory with three `.page` files, and beside it the same pages as exported rows."""
    for number in range(3):
        folder = tmp_path / "my" / invented(number).site
        folder.mkdir(parents=True)
        (folder / "a.page").write_text(format_page(invented(number)), "utf-8")
    pages = list(read_for_export([tmp_path / "my"]))
    (tmp_path / "my.jsonl").write_text("".join(jsonl(pages)), "utf-8")
    (tmp_path / "my.parquet").write_bytes(parquet(pages))
    return tmp_path


def test_a_page_that_is_given_twice_is_learnt_once(exported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", exported / "cache")
    paths = (exported / "my" / "a.example", exported / "my", exported / "my.jsonl")
    stages: list[str] = []
    found = read_sources(Sources(paths, datasets=(str(exported / "my.parquet"),)), CONFIG, stages.append)
    assert [each.site for each in found.examples] == ["a.example", "b.example", "c.example"]
    assert [len(names) for names in found.page_names.values()] == [1, 3, 3]
    assert f"{exported / 'my'}: 1 page of 3 read already, and not learnt twice" in stages
    assert found.left_out == {f"{name}.example: read already": 1 for name in "abc"}


def test_rows_of_one_file_are_all_learnt(exported: Path) -> None:
    """Collections of labelled pages have the same page under two names at times; what is in one file stays."""
    twice = (exported / "my.jsonl").read_text("utf-8") + by_hand(0, "Home").replace("tiny/0", "x") + by_hand(0, "Home")
    (exported / "my.jsonl").write_text(twice, "utf-8")
    found = read_sources(Sources((exported / "my.jsonl",)), CONFIG, lambda _: None)
    assert len(found.examples) == 5
    (exported / "others.jsonl").write_text(by_hand(0, "Menu"), "utf-8")  # an id that another file has
    found = read_sources(Sources((exported / "my.jsonl", exported / "others.jsonl")), CONFIG, lambda _: None)
    assert [each.text.text for each in found.examples[5:]] == ["Menu"]


def test_markup_that_some_fold_could_not_learn_is_left_out_with_numbers(tmp_path: Path) -> None:
    """The pages with HTML are of two sites in one of two folds."""
    for site in "abf":
        html = row(0)["html"]
        text = "".join(f"{label(line) or S} | {line}\n" if line else "\n" for line in read_html(html).page.lines)
        (tmp_path / f"{site}.page").write_text(f"site: {site}.example\n----\n{text}", "utf-8")
        if site != "f":
            (tmp_path / f"{site}.html").write_text(html, "utf-8")
    stages: list[str] = []
    found = read_sources(Sources((tmp_path,)), TrainConfig(n_folds=3, jobs=1), stages.append)
    assert [each.html for each in found.examples] == [None] * 3
    assert stages[-1] == (
        "markup is not learnt, and pages as HTML count as text: 2 pages of 2 sites: one of 3 folds is empty; "
        "--folds 2 works, or add pages of other sites"
    )
