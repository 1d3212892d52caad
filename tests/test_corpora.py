"""Collections to labelled pages: what is read, what is left out and counted, what is refused."""

import json
from pathlib import Path

import pytest

from linesift.errors import InputError, LabelError, MissingExtraError
from linesift.labelling.exchange import ExchangedPage, parquet
from linesift.labels import Kind, Label
from linesift.page import LabelledPage, LabelSource, Origin, Page
from linesift.train.corpora import corpus_files, left_out, read_corpora, read_corpus, read_gold, read_kinds
from tinycorpus import PARAGRAPHS, TITLE, row, write_corpus

LINES = "菜单\n\n渡轮回港\n2024年3月11日\n渡轮在船坞停了一年后回到港口。"


@pytest.fixture
def corpora(tmp_path: Path) -> Path:
    write_corpus(
        tmp_path / "tiny.parquet", [row(0), row(1, body=[]), row(2, body=["Quite another text than the page has."])]
    )
    labels = ["sidebar", None, "content", "content", "content"]
    lines = {"id": "lines/0", "source": "lines", "lang": "zh", "text": LINES, "labels": labels}
    (tmp_path / "lines.jsonl").write_text(json.dumps(lines) + "\n", "utf-8")
    return tmp_path


def test_rendered_and_aligned(corpora: Path) -> None:
    example, *_ = read_corpus(corpora / "tiny.parquet", jobs=1)
    page = example.as_text()
    assert page is not None
    found: dict[Label, list[str]] = {label: [] for label in Label}
    for line, label in zip(page.page.lines, page.labels, strict=True):
        if label:
            found[label].append(line.strip())
    assert found[Label.HEADLINE] == [TITLE]
    assert found[Label.TIMESTAMP] == ["11 March 2024, 09:20"]
    assert found[Label.BODY] == list(PARAGRAPHS)
    assert "About us" in found[Label.SIDEBAR]
    assert (page.site, page.lang, page.origin) == ("site0.example", "en", Origin("tiny", LabelSource.ALIGNED))
    assert page.gold_article == "\n".join(PARAGRAPHS)


def test_left_out_is_counted_by_reason(corpora: Path) -> None:
    examples = read_corpus(corpora / "tiny.parquet", jobs=1)
    assert [each.has_line_gold for each in examples] == [True, False, True]
    assert [each.as_text() is not None for each in examples] == [True, False, False]
    for is_html in (False, True):
        counts = left_out(examples, is_html=is_html)
        assert counts == {"tiny: no gold body": 1, "tiny: aligned lines cover under 80% of the gold": 1}


def test_directory_has_the_pages_of_all_its_files(corpora: Path) -> None:
    examples = read_corpora(corpora, jobs=1)
    assert [each.origin.collection for each in examples] == ["tiny", "tiny", "tiny", "lines"]
    assert [each.html is not None for each in examples] == [True, True, True, False]
    assert examples[3].text_labels == (Label.SIDEBAR, None, Label.HEADLINE, Label.TIMESTAMP, Label.BODY)


def test_pages_of_which_the_kind_alone_is_known(corpora: Path) -> None:
    assert read_kinds(corpora, jobs=1) == []
    ids = (
        "a/1/listing",
        "a/2/forum",
        "a/3/poster",
        "a/4/collection",
        "a/5/product",
        "a/6/service",
        "a/7/documentation",
    )
    rows = [row(number, id=name, source="wcxb_other", body=[]) for number, name in enumerate(ids)]
    write_corpus(corpora / "wcxb_other.parquet", rows)
    examples = read_kinds(corpora, jobs=1)
    other = Kind.OTHER
    assert [each.kind for each in examples] == [Kind.INDEX, other, Kind.INDEX, other, other, other]
    assert [each.source for each in examples] == [name for name in ids if "poster" not in name]
    for each in examples:
        text, html = each.as_text(), each.as_html()
        assert text is not None
        assert html is not None
        assert html.page.hints is not None
        assert {*text.labels, *html.labels} == {None}
        assert PARAGRAPHS[0] in text.page.text
        assert PARAGRAPHS[0] in html.page.text
    assert [file.name for file in corpus_files(corpora)] == ["tiny.parquet", "lines.jsonl"]


def test_title_from_markup_where_the_collection_has_none(tmp_path: Path) -> None:
    (example,) = read_corpus(write_corpus(tmp_path / "a.parquet", [row(title=None)]), jobs=1)
    assert (example.text_labels or ()).count(Label.HEADLINE) == 1


def test_read_gold_takes_files_and_directories(corpora: Path, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    own = tmp_path / "own" / "a.page"
    own.write_text("site: a.example\n----\nbody | Text\n", "utf-8")
    gold = read_gold([own, own.parent, corpora, corpora / "tiny.parquet"], jobs=1)
    assert [page.origin.collection for page in gold.pages] == ["pages", "pages", "tiny", "lines", "tiny"]
    assert gold.left_out.total() == 4


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("none.parquet", None, "none.parquet: no such file"),
        ("text.parquet", b"hello", "not a Parquet file"),
        ("cut.parquet", b"PAR1PAR1", "cannot be read as a Parquet file"),
        ("none.page", None, "no such file"),
    ],
)
def test_unreadable(tmp_path: Path, name: str, data: bytes | None, message: str) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError, match=message):
        read_gold([tmp_path / name], jobs=1)


def test_column_missing(tmp_path: Path) -> None:
    whole = row()
    del whole["body"], whole["date"]
    with pytest.raises(InputError, match="the column body, date is missing"):
        read_corpus(write_corpus(tmp_path / "a.parquet", [whole]), jobs=1)


def test_labelled_pages_are_no_collection(tmp_path: Path) -> None:
    page = LabelledPage(Page("Text", "a"), (Label.BODY,), site="a.example")
    (tmp_path / "a.parquet").write_bytes(parquet([ExchangedPage("a.example/a", page)]))
    with pytest.raises(InputError, match=r"a\.parquet: these are labelled pages; export them as \.jsonl"):
        read_gold([tmp_path / "a.parquet"], jobs=1)


def test_directory_without_collections(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no collections"):
        read_corpora(tmp_path)


def test_wrong_lines_name_file_and_line(corpora: Path) -> None:
    with (corpora / "lines.jsonl").open("a") as stream:
        stream.write('{"id": "x"}\n')
    with pytest.raises(LabelError, match=r"lines\.jsonl:2: not a page of lines"):
        read_corpora(corpora, jobs=1)


def test_missing_extra_is_named(corpora: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linesift.extras.find_spec", lambda name: None if name == "datasets" else object())
    with pytest.raises(MissingExtraError, match=r"datasets.*pip install .*\[train\]'"):
        read_corpora(corpora)
