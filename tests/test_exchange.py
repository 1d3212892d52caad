"""Labelled pages in one file that `datasets` loads, and back."""

import json
import os
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinted import ARTICLE
from linesift.errors import InputError, LabelError
from linesift.labelling.exchange import ExchangedPage, ImportConfig, import_pages, jsonl, parquet, read_for_export
from linesift.labels import Label
from linesift.page import LabelledPage, LabelSource, Origin, Page
from linesift.read.html.page import read_html
from linesift.read.labelled import format_page, read_labelled

RAIN = LabelledPage(
    Page("Home\n\nRain 🌧 | again\n11 March\tnow\nIt rained.", "rain.page"),
    (Label.SIDEBAR, None, Label.HEADLINE, Label.TIMESTAMP, Label.BODY),
    site="a.example",
    lang="en",
    kind="live",
    origin=Origin("pages", LabelSource.BY_HAND),
    url="https://a.example/rain",
    note="n",
    doubtful=frozenset({0, 3}),
)


# Rows of our schema


def folder(path: Path) -> Path:
    """A site with a page of text and one that came as HTML."""
    (path / "deep").mkdir(parents=True)
    (path / "rain.page").write_text(format_page(RAIN), "utf-8")
    html = ARTICLE.replace("Sport pages", "Sport – été")
    lines = read_html(html).page.lines
    text = "".join(f"body      | {line}\n" for line in lines)
    (path / "deep" / "ferry.page").write_text(f"site: a.example\nkind: article\n----\n{text}", "utf-8")
    (path / "deep" / "ferry.html").write_bytes(html.replace("<title>", "<meta charset=cp1252><title>").encode("cp1252"))
    return path


def test_rows_hold_everything(tmp_path: Path) -> None:
    """What is read back is what was written, the markup's hints included."""
    site = folder(tmp_path / "site")
    exported = list(read_for_export([site]))
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
    exported = list(read_for_export([folder(tmp_path / "site")]))
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
        parquet([ExchangedPage("x", page)])


# Into `.page` files


def pages_of(folder: Path) -> dict[str, bytes]:
    """Bytes of the `.page` files by their path."""
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*.page")}


@pytest.mark.parametrize("suffix", [".jsonl", ".parquet"])
@pytest.mark.parametrize("has_html", [True, False])
def test_import_writes_what_was_exported(tmp_path: Path, suffix: str, has_html: bool) -> None:
    """The same files below the folder, byte for byte; the HTML has the same lines and hints."""
    if suffix == ".parquet":
        pytest.importorskip("pyarrow", reason="pyarrow is not installed: make test installs it")
    site = folder(tmp_path / "site")
    if not has_html:
        (site / "deep" / "ferry.html").unlink()
    exported = list(read_for_export([site]))
    file = tmp_path / f"all{suffix}"
    file.write_bytes(parquet(exported) if suffix == ".parquet" else "".join(jsonl(exported)).encode())
    done = import_pages(file, ImportConfig(tmp_path / "back"))
    assert [path.relative_to(tmp_path / "back").as_posix() for path in done.written] == ["deep/ferry.page", "rain.page"]
    assert pages_of(tmp_path / "back") == pages_of(site)
    assert (tmp_path / "back" / "deep" / "ferry.html").exists() == has_html
    before, after = (read_labelled(path)[0].page.hints for path in (site, tmp_path / "back"))
    assert (before is None) == (after is None) == (not has_html)
    assert before is None or after is None or after.equals(before)
    assert list(map(replace_source, read_for_export([tmp_path / "back"]))) == list(map(replace_source, exported))


def replace_source(exchanged: ExchangedPage) -> tuple[str, str, str]:
    """What is compared of a page: its id, its file and its HTML."""
    return exchanged.id, format_page(exchanged.page), exchanged.html


@given(
    st.lists(st.text(st.characters(exclude_characters="\n\r", exclude_categories=["Cs"])), min_size=1), st.booleans()
)
def test_any_text_comes_back(lines: list[str], is_parquet: bool) -> None:
    labels = tuple(Label.BODY if line.strip() else None for line in lines)
    page = LabelledPage(Page("\n".join(lines), "a.page"), labels, site="a.example")
    with TemporaryDirectory() as name:
        file = Path(name) / ("all.parquet" if is_parquet else "all.jsonl")
        pages = [ExchangedPage("a.example/a", page)]
        file.write_bytes(parquet(pages) if is_parquet else "".join(jsonl(pages)).encode())
        import_pages(file, ImportConfig(Path(name)))
        assert (Path(name) / "a.page").read_bytes().decode() == format_page(page)


def test_pages_of_the_same_name_are_in_a_directory_of_their_site(tmp_path: Path) -> None:
    pages = [ExchangedPage(f"{site}/rain", replace(RAIN, site=site)) for site in ("a.example", "b.example")]
    (tmp_path / "all.jsonl").write_text("".join(jsonl(pages)), "utf-8")
    import_pages(tmp_path / "all.jsonl", ImportConfig(tmp_path / "out"))
    assert sorted(pages_of(tmp_path / "out")) == ["a.example/rain.page", "b.example/rain.page"]


def test_a_file_that_cannot_be_imported(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"no Parquet")
    with pytest.raises(InputError, match="not a Parquet file"):
        import_pages(tmp_path / "a.parquet", ImportConfig(tmp_path / "out"))
    (tmp_path / "a.parquet").write_bytes(parquet([ExchangedPage("", RAIN)]))
    with pytest.raises(LabelError, match=r"a\.parquet: row 1: no 'id'"):
        import_pages(tmp_path / "a.parquet", ImportConfig(tmp_path / "out"))
    with pytest.raises(InputError, match=r"imported from \.jsonl or \.parquet"):
        import_pages(tmp_path / "a.json", ImportConfig(tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_import_keeps_what_is_there(tmp_path: Path) -> None:
    site = folder(tmp_path / "site")
    path = tmp_path / "rain.jsonl"

    def write(page: LabelledPage) -> Path:
        path.write_text("".join(jsonl([ExchangedPage("a.example/rain", page)])), "utf-8")
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


def test_import_does_not_replace_html(tmp_path: Path) -> None:
    page = replace(RAIN, page=Page("Home", "rain"), labels=(Label.SIDEBAR,), doubtful=frozenset())
    path = tmp_path / "rain.jsonl"
    path.write_text("".join(jsonl([ExchangedPage("a.example/rain", page, "<p>Home</p>")])), "utf-8")
    (tmp_path / "rain.html").write_text("<p>Another</p>")
    with pytest.raises(InputError, match=r"rain\.html: exists already"):
        import_pages(path, ImportConfig(tmp_path))
    assert (tmp_path / "rain.html").read_text() == "<p>Another</p>"


def test_names_of_pages_stay_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / "all.jsonl").write_text("".join(jsonl([ExchangedPage("../../etc/passwd", RAIN)])), "utf-8")
    done = import_pages(tmp_path / "all.jsonl", ImportConfig(tmp_path / "out"))
    assert done.written == (tmp_path / "out" / "etc" / "passwd.page",)


@pytest.mark.skipif(os.name == "nt", reason="no such names")
def test_names_that_no_file_can_have(tmp_path: Path) -> None:
    pages = [ExchangedPage(name, RAIN) for name in ("a\ud83d", "b\udcff", "c\x00")]
    (tmp_path / "all.jsonl").write_text("".join(jsonl(pages)), "utf-8")
    done = import_pages(tmp_path / "all.jsonl", ImportConfig(tmp_path / "out"))
    assert [path.name for path in done.written] == ["a-.page", "b\udcff.page", "c-.page"]


def test_names_that_are_too_long_are_cut_and_stay_apart(tmp_path: Path) -> None:
    """Addresses make ids of any length; of a name systems take 255 bytes, and of a path some take 1,024."""
    ids = [f"{'雨' * 400}{end}" for end in "ab"] + [f"{'deep/' * 300}{end}" for end in "ab"] + ["short"]
    pages = [ExchangedPage(name, replace(RAIN, page=Page(f"{RAIN.page.text} {name}"))) for name in ids]
    (tmp_path / "all.jsonl").write_text("".join(jsonl(pages)), "utf-8")
    done = import_pages(tmp_path / "all.jsonl", ImportConfig(tmp_path / "out"))
    names = [path.relative_to(tmp_path / "out").as_posix() for path in done.written]
    assert len(set(names)) == len(ids)
    assert max(len(name.encode()) for name in names) < 200
    assert names[0].startswith("雨雨雨")
    assert names[-1] == "short.page"
