"""The recipes and queries of docs/scale.md, as they stand there: `make integrations`."""

import re
import shutil
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from recipes import DOCUMENT, ROOT, start

from benchmarks.crawl import write_crawl
from linesift.engine.arrow import label_table
from linesift.engine.unit import label_file
from linesift.read.labelled import read_labelled

QUERIES = re.findall(r"^```sql\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)
NEEDS = {"datasets": "datasets", "Ray Data": "ray", "Daft": "daft", "Polars": "polars", "DuckDB": "duckdb"}


@pytest.fixture
def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pa.Table:
    """A table of twelve invented pages, and one without text, as `pages.parquet` in the working directory."""
    monkeypatch.chdir(tmp_path)
    texts = [page.page.text for page in read_labelled(ROOT / "data" / "pages")[:12]]
    table = pa.table({"id": list(range(13)), "text": [*texts, None]})
    pq.write_table(table, "pages.parquet")
    return table


def in_order(table: pa.Table) -> list[dict[str, Any]]:
    """Rows by id, without the difference between texts and large texts."""
    found: list[dict[str, Any]] = sorted(table.to_pylist(), key=lambda row: int(row["id"]))
    return found


@pytest.mark.parametrize("name", NEEDS)
def test_recipe(name: str, pages: pa.Table, tmp_path: Path) -> None:
    pytest.importorskip(NEEDS[name])
    assert start(name, tmp_path).wait() == 0
    assert in_order(pq.read_table("labelled.parquet")) == in_order(label_table(pages))


def test_queries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only outputs with an entry are read; of pages with the same article, the first is kept."""
    duckdb = pytest.importorskip("duckdb")
    monkeypatch.chdir(tmp_path)
    Path("crawl").mkdir()
    paths = [path for path in write_crawl(Path("crawl"), 10, 3)[:9] if path.stat().st_size]
    paths.append(Path(shutil.copy(paths[0], "crawl/again.warc.wet.gz")))
    for number, text in enumerate(("no json\n", "no json\n[]\n")):
        paths.append(Path("crawl", f"{number}.jsonl"))
        paths[-1].write_text(text + '{"text": "Rain"}\n')
    entries = [label_file(str(path), "labels") for path in paths]
    rows = [row for entry in entries for row in pq.read_table(Path("labels", entry.output)).to_pylist()]
    shutil.copy(Path("labels", entries[0].output), "labels/pages/without-entry.parquet")
    Path("ten").symlink_to("labels")
    articles = [row for row in rows if row["kind"] == "article" and row["article"]]
    read, lost, planned, merged = QUERIES
    connection = duckdb.connect()
    found = connection.execute(read).fetchall()
    assert sorted(found) == sorted((row["url"], row["headline"], row["published"]) for row in articles)
    losses = [(str(path), entry.left_out) for path, entry in zip(paths, entries, strict=True) if entry.left_out]
    assert losses
    found = connection.execute(lost).fetchall()
    assert sorted(name for name, _ in found) == sorted(name for name, _ in losses)
    assert all(each == dict(losses)[name] for name, each in found)
    speed, hours, *_ = connection.execute(planned).fetchone()
    assert speed == pytest.approx(len(rows) / sum(entry.seconds for entry in entries))
    assert hours == pytest.approx(2.5e9 / speed / 3600)
    connection.execute(merged)
    texts = pq.read_table("articles.parquet")["article"].to_pylist()
    assert sorted(texts) == sorted({row["article"] for row in articles})
    assert len(texts) < len(articles)


class FrameStub:
    """A data frame of Spark with what the recipe asks of it: it gives the batches of a table, and checks the schema."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table

    def mapInArrow(self, work: Any, schema: pa.Schema) -> pa.Table:
        batches = self.table.to_batches(max_chunksize=5)
        return pa.Table.from_batches(list(work(iter(batches))), schema)


def test_spark_with_a_stub(pages: pa.Table) -> None:
    from linesift.engine.arrow import labelled_schema

    found = FrameStub(pages).mapInArrow(lambda batches: map(label_table, batches), labelled_schema(pages.schema))
    assert in_order(found) == in_order(label_table(pages))


@pytest.mark.skipif(not (find_spec("pyspark") and which("java")), reason="needs pyspark and a JVM")
def test_spark(pages: pa.Table, tmp_path: Path) -> None:
    assert start("Spark", tmp_path).wait() == 0
    assert in_order(pq.read_table("labelled.parquet")) == in_order(label_table(pages))
