"""Labelled pages to files that `datasets` loads, and back."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from hinted import ARTICLE
from linesift.errors import InputError
from linesift.labelling.exchange import ImportConfig, import_pages, read_exported
from linesift.labels import Label
from linesift.page import LabelledPage, Page
from linesift.read.html.page import read_html
from linesift.read.labelled import format_page, read_labelled
from linesift.write.exports import Exported, jsonl, parquet

RAIN = LabelledPage(
    Page("Home\n\nRain 🌧 | again\n11 March\tnow\nIt rained.", "rain.page"),
    (Label.SIDEBAR, None, Label.HEADLINE, Label.TIMESTAMP, Label.BODY),
    site="a.example",
    lang="en",
    kind="live",
    collection="pages",
    url="https://a.example/rain",
    note="n",
    doubtful=frozenset({0, 3}),
    by_hand=True,
)


# Rows of our schema


def folder(path: Path) -> Path:
    """A site with a page of text and one that came as HTML."""
    (path / "deep").mkdir(parents=True)
    (path / "rain.page").write_text(format_page(RAIN), "utf-8")
    html = ARTICLE.replace("Sport pages", "Sport – été")
    lines = read_html(html).page.lines
    text = "".join(f"body      | {line}\n" for line in lines)
    (path / "deep" / "ferry.page").write_text(f"site: a.example\n----\n{text}", "utf-8")
    (path / "deep" / "ferry.html").write_bytes(html.replace("<title>", "<meta charset=cp1252><title>").encode("cp1252"))
    return path


def test_rows_hold_everything(tmp_path: Path) -> None:
    """What is read back is what was written, the markup's hints included."""
    site = folder(tmp_path / "site")
    exported = list(read_exported([site]))
    assert [page.id for page in exported] == ["a.example/deep/ferry", "a.example/rain"]
    (tmp_path / "all.jsonl").write_text("".join(jsonl(exported)), "utf-8")
    for before, after in zip(read_labelled(site), read_labelled(tmp_path / "all.jsonl"), strict=True):
        assert (after.page.text, after.labels, after.doubtful) == (before.page.text, before.labels, before.doubtful)
        assert (after.site, after.lang, after.kind, after.url, after.note) == (
            (before.site, before.lang, before.kind, before.url, before.note)
        )
        assert (after.page.hints is None) == (before.page.hints is None)
        assert after.page.hints is None or before.page.hints is None or after.page.hints.equals(before.page.hints)


def test_datasets_loads_them(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets", reason="datasets is not installed: pip install 'linesift[train]'")
    exported = list(read_exported([folder(tmp_path / "site")]))
    (tmp_path / "all.jsonl").write_text("".join(jsonl(exported)), "utf-8")
    (tmp_path / "all.parquet").write_bytes(parquet(exported))
    kinds = {"json": "all.jsonl", "parquet": "all.parquet"}
    loaded = {
        kind: datasets.load_dataset(
            kind, data_files=str(tmp_path / name), split="train", cache_dir=str(tmp_path / kind)
        )
        for kind, name in kinds.items()
    }
    assert list(loaded["json"]) == list(loaded["parquet"]) == [json.loads(line) for line in jsonl(exported)]


def test_parquet_has_no_place_for_lone_surrogates() -> None:
    page = LabelledPage(Page("\ud83d"), (Label.BODY,))
    with pytest.raises(InputError, match=r"write \.jsonl"):
        parquet([Exported("x", page)])


# Into `.page` files


def test_import_writes_what_was_exported(tmp_path: Path) -> None:
    site = folder(tmp_path / "site")
    exported = list(read_exported([site]))
    (tmp_path / "all.jsonl").write_text("".join(jsonl(exported)), "utf-8")
    done = import_pages(tmp_path / "all.jsonl", ImportConfig(tmp_path / "back"))
    assert [path.name for path in done.written] == ["deep-ferry.page", "rain.page"]
    hints = [page.page.hints for page in (*read_labelled(tmp_path / "back"), *read_labelled(site))]
    assert hints[0] is not None
    assert hints[2] is not None
    assert hints[0].equals(hints[2])
    assert (tmp_path / "back" / "rain.page").read_bytes() == (site / "rain.page").read_bytes()


def test_import_keeps_what_is_there(tmp_path: Path) -> None:
    site = folder(tmp_path / "site")
    path = tmp_path / "rain.jsonl"

    def write(page: LabelledPage) -> Path:
        path.write_text("".join(jsonl([Exported("a.example/rain", page)])), "utf-8")
        return path

    other = replace(RAIN, labels=tuple(label and Label.SIDEBAR for label in RAIN.labels), doubtful=frozenset())
    before = (site / "rain.page").read_text("utf-8")
    done = import_pages(write(other), ImportConfig(site))
    assert (done.written, done.kept) == ((), (site / "rain.page",))
    assert (site / "rain.page").read_text("utf-8") == before
    done = import_pages(path, ImportConfig(site, is_update=True))
    assert (site / "rain.page").read_text("utf-8").count("sidebar") == 4
    text = RAIN.page.text.replace("Home", "Start")
    with pytest.raises(InputError, match="holds another text"):
        import_pages(write(replace(RAIN, page=Page(text, "rain.page"))), ImportConfig(site, is_update=True))


def test_names_of_pages_stay_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / "all.jsonl").write_text("".join(jsonl([Exported("../../etc/passwd", RAIN)])), "utf-8")
    done = import_pages(tmp_path / "all.jsonl", ImportConfig(tmp_path / "out"))
    assert [path.parent for path in done.written] == [tmp_path / "out"]
