"""Datasets as the `datasets` package loads them, to pages."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from inventedsite import invented_page
from linesift.errors import InputError, LabelError
from linesift.page import LabelSource, Origin
from linesift.train.dataset import read_dataset
from tinycorpus import row as corpus_row
from tinycorpus import write_corpus


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache of its own for each test."""
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")


def line_row(number: int, **changes: object) -> dict[str, Any]:
    page = invented_page(number)
    labels = [None if label is None else str(label) for label in page.labels]
    return {
        "id": f"herald/{number}",
        "site": page.site,
        "text": page.page.text,
        "labels": labels,
        "lang": "en",
    } | changes


def write(path: Path, rows: list[dict[str, Any]]) -> str:
    pq.write_table(pa.Table.from_pylist(rows), path)
    return str(path)


def test_labelled_pages_of_a_parquet_file(tmp_path: Path) -> None:
    found = read_dataset(write(tmp_path / "a.parquet", [line_row(0), line_row(1)]))
    assert [each.text_labels for each in found.examples] == [invented_page(0).labels, invented_page(1).labels]
    assert [each.source for each in found.examples] == ["herald/0", "herald/1"]
    assert {each.origin for each in found.examples} == {Origin("herald", LabelSource.BY_HAND)}
    assert {each.html for each in found.examples} == {None}


def test_a_directory_of_files(tmp_path: Path) -> None:
    (tmp_path / "rows").mkdir()
    write(tmp_path / "rows" / "train.parquet", [line_row(0)])
    assert len(read_dataset(str(tmp_path / "rows")).examples) == 1


def test_a_saved_dataset(tmp_path: Path) -> None:
    import datasets

    saved = datasets.DatasetDict({"train": datasets.Dataset.from_list([line_row(0), line_row(1)])})
    saved.save_to_disk(str(tmp_path / "saved"))
    assert len(read_dataset(str(tmp_path / "saved")).examples) == 2


def test_pages_with_articles_are_aligned(tmp_path: Path) -> None:
    file = write_corpus(tmp_path / "tiny.parquet", [corpus_row(0), corpus_row(1, body=[])])
    found = read_dataset(str(file), jobs=1)
    first, second = found.examples
    assert (first.source, first.text.hints) == ("tiny/0", None)
    assert first.html is not None
    assert first.html.hints is not None
    assert first.html_labels is not None
    assert (second.text_labels, second.origin.labels) == (None, LabelSource.MODEL)


def test_the_digest_is_of_the_rows(tmp_path: Path) -> None:
    one = read_dataset(write(tmp_path / "a.parquet", [line_row(0)])).digest
    again = read_dataset(write(tmp_path / "b.parquet", [line_row(0)])).digest
    other = read_dataset(write(tmp_path / "c.parquet", [line_row(1)])).digest
    assert one == again != other


@pytest.mark.parametrize(
    ("rows", "error", "words"),
    [
        ([{"id": "a", "text": "b"}], InputError, "the columns are id, text; linesift reads labelled pages"),
        ([line_row(0), line_row(1, labels=["body"])], LabelError, "row 2: .* lines but 1 labels"),
        ([line_row(0, site="")], LabelError, "row 1: no 'site'"),
    ],
)
def test_wrong_rows(tmp_path: Path, rows: list[dict[str, Any]], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        read_dataset(write(tmp_path / "a.parquet", rows))


def test_what_is_no_dataset(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("text")
    with pytest.raises(InputError, match=r"a\.txt: a dataset is a file of \.parquet"):
        read_dataset(str(tmp_path / "a.txt"))
    (tmp_path / "a.parquet").write_text("text")
    with pytest.raises(InputError, match="cannot be loaded as a dataset"):
        read_dataset(str(tmp_path / "a.parquet"))
