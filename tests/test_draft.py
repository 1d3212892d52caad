"""Drafts of labelled pages: what is filled in, what is kept, what is never overwritten."""

import gzip
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from fakes import FakeModel, predict
from hinted import ARTICLE
from linesift.errors import InputError
from linesift.labelling.check import check
from linesift.labelling.draft import (
    DraftConfig,
    Drafted,
    draft,
    draft_names,
    is_same_page,
    place_drafts,
    read_source,
    write_draft,
)
from linesift.labels import Kind, Label
from linesift.model.model import Model
from linesift.read.labelled import parse_page, read_labelled

MODEL = cast("Model", FakeModel())
PAGE = "Menu\n\nH Rain\nT 11 March\nB It rained?\n"
MHTML = b"""From: <Saved by Blink>
MIME-Version: 1.0
Content-Type: multipart/related; boundary="-b-"

---b-
Content-Type: text/html; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

<!doctype html><h1>H Caf=E9</h1><p>B In the r=
ain
---b---
"""


def make(source: Path, folder: Path, **changes: object) -> Drafted:
    config = DraftConfig(folder, **changes)  # type: ignore[arg-type]
    (path,) = place_drafts([source], config)
    return write_draft(path, read_source(source, config.encoding), MODEL, config)


def write(path: Path, text: str = PAGE) -> Path:
    path.write_text(text, "utf-8")
    return path


def test_text(tmp_path: Path) -> None:
    drafted = make(write(tmp_path / "rain.txt"), tmp_path / "gazette")
    assert drafted.is_written
    assert (tmp_path / "gazette" / "rain.page").read_text("utf-8") == (
        "site: gazette\nkind: article\n----\n"
        "sidebar   | Menu\n\nheadline  | H Rain\ntimestamp | T 11 March\nbody?     | B It rained?\n\n"
    )
    assert (tmp_path / "gazette" / "rain.txt").read_text("utf-8") == PAGE


def test_html_keeps_its_markup(tmp_path: Path) -> None:
    """The page is read with the hints of the HTML beside it, the same as from the HTML itself."""
    html = ARTICLE.replace("<title>", '<link rel=canonical href="https://harbour.example/ferry"><title>')
    source = write(tmp_path / "ferry.htm", html)
    drafted = make(source, tmp_path / "harbour")
    assert (tmp_path / "harbour" / "ferry.htm").read_text("utf-8") == html
    (page,) = read_labelled(drafted.path)
    expected = read_source(source).page
    assert page.page.hints is not None
    assert expected.hints is not None
    assert page.page.hints.equals(expected.hints)
    assert (page.page.text, page.lang, page.url) == (expected.text, "en", "https://harbour.example/ferry")


@pytest.mark.parametrize(("name", "text"), [("a.txt", "H Blau\nB Grün"), ("a.html", "<h1>H Blau</h1><p>B Grün")])
def test_an_encoding_that_was_named_is_not_needed_again(tmp_path: Path, name: str, text: str) -> None:
    source = tmp_path / name
    source.write_bytes(text.encode("cp1252"))
    drafted = make(source, tmp_path / "out", encoding="cp1252")
    assert read_source(drafted.path.with_suffix(source.suffix)).page.lines == ["H Blau", "B Grün"]
    assert read_labelled(drafted.path)[0].page.lines == ["H Blau", "B Grün"]


@pytest.mark.parametrize("name", ["cafe.mhtml", "cafe.MHT", "cafe.mhtml.gz", "cafe"])
def test_of_mhtml_the_html_is_kept(tmp_path: Path, name: str) -> None:
    source = tmp_path / name
    source.write_bytes(gzip.compress(MHTML) if name.endswith(".gz") else MHTML)
    drafted = make(source, tmp_path / "out")
    copy = drafted.path.with_suffix(".html")
    assert sorted((tmp_path / "out").iterdir()) == [copy, drafted.path]
    assert copy.read_text("utf-8-sig").strip() == "<!doctype html><h1>H Café</h1><p>B In the rain"
    (page,) = read_labelled(drafted.path)
    assert page.page.lines == ["H Café", "B In the rain"]
    assert page.page.has_hints
    assert [finding.text for finding in check([drafted.path]).findings if "differ" in finding.text] == []
    assert not make(source, tmp_path / "out").is_written, "the copy is known as that of the page"


def test_an_encoding_that_was_named_counts_for_mhtml(tmp_path: Path) -> None:
    source = tmp_path / "cafe.mhtml"
    source.write_bytes(MHTML.replace(b"iso-8859-1", b"utf-8"))
    copy = make(source, tmp_path / "out", encoding="cp1252").path.with_suffix(".html")
    assert copy.read_bytes().startswith("\ufeff<!doctype html><h1>H Café".encode())


def test_a_page_is_refused_and_warned_of_as_classify_does(tmp_path: Path) -> None:
    rss = write(tmp_path / "rss.txt", '<?xml version="1.0"?><rss version="2.0"><channel/></rss>')
    with pytest.raises(InputError, match=r"rss\.txt: this is an RSS feed, not a page"):
        read_source(rss)
    with pytest.raises(InputError, match=r"rain\.page: this is a labelled page"):
        read_source(write(tmp_path / "rain.page", "site: n.example\n----\nbody | Rain\n"))
    joined = read_source(write(tmp_path / "joined.txt", "It rained on Monday. " * 100))
    assert (joined.warning or "").endswith("each paragraph, title and menu item needs a line of its own")
    long = read_source(write(tmp_path / "long.html", "<p>Rain" * 100_001))
    assert (long.warning or "").startswith(f"{tmp_path / 'long.html'}: ")
    assert "left out" in (long.warning or "")


def test_the_copy_does_not_replace_the_page(tmp_path: Path) -> None:
    source = tmp_path / "rain.txt"
    source.write_bytes("B Grün".encode("cp1252"))
    for is_update in (False, True):
        with pytest.raises(InputError, match="write to another file"):
            make(source, tmp_path, encoding="cp1252", is_update=is_update)
    assert source.read_bytes() == "B Grün".encode("cp1252")


def test_text_that_is_hard_to_keep(tmp_path: Path) -> None:
    text = "H one\r\n \t\nB two\u2028\x85 | three\ud83d\n----\n"
    source = tmp_path / "hard.txt"
    source.write_bytes(text.encode("utf-8", "surrogatepass"))
    drafted = make(source, tmp_path / "out")
    assert read_labelled(drafted.path)[0].page.text == text


def test_a_page_without_body_is_an_index(tmp_path: Path) -> None:
    drafted = make(write(tmp_path / "list.txt", "Menu\nNews"), tmp_path / "out")
    assert drafted.page is not None
    assert drafted.page.kind == "index"


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        ("B It rained.", Kind.LIVE, "live"),
        ("B It rained.", Kind.STUB, "stub"),
        ("B It rained.", Kind.OTHER, "article"),
        ("B It rained.", Kind.INDEX, "article"),
        ("B It rained.", "", "article"),
        ("Menu", Kind.OTHER, "other"),
        ("Menu", Kind.ARTICLE, "article"),  # the check asks for its text, or for another kind
        ("Menu", "", "index"),
    ],
)
def test_the_kind_is_that_of_the_model_unless_lines_of_an_article_contradict_it(
    tmp_path: Path, text: str, found: str, expected: str
) -> None:
    source = read_source(write(tmp_path / "a.txt", text))
    assert draft(source, replace(predict(source.page), kind=found), DraftConfig(tmp_path)).kind == expected


def test_what_is_there_is_kept(tmp_path: Path) -> None:
    source = write(tmp_path / "rain.txt")
    path = make(source, tmp_path / "out").path
    corrected = path.read_text("utf-8").replace("sidebar   | Menu", "headline  | Menu")
    write(path, corrected)
    again = make(source, tmp_path / "out")
    assert not again.is_written
    assert path.read_text("utf-8") == corrected
    write(path, "haedline | x")
    assert make(source, tmp_path / "out").page is None
    assert path.read_text("utf-8") == "haedline | x"


def test_another_page_of_the_same_name(tmp_path: Path) -> None:
    path = make(write(tmp_path / "rain.txt"), tmp_path / "out").path
    before = path.read_text("utf-8")
    (tmp_path / "b").mkdir()
    other = write(tmp_path / "b" / "rain.txt", "H Snow\nB It snowed.")
    with pytest.raises(InputError, match="was made from another page"):
        make(other, tmp_path / "out")
    with pytest.raises(InputError, match="shares few lines with"):
        make(other, tmp_path / "out", is_update=True)
    html = write(tmp_path / "b" / "rain.html", "<p>H Rain<p>Menu<p>T 11 March")
    with pytest.raises(InputError, match="stands in the place"):
        make(html, tmp_path / "out", is_update=True)
    assert path.read_text("utf-8") == before


def test_update_keeps_corrections(tmp_path: Path) -> None:
    """Lines that came or went, lines in doubt and new ones; what a person said of the rest stays."""
    source = write(tmp_path / "rain.txt", "Menu\nH Rain\nB one\nB two\nB three?")
    path = make(source, tmp_path / "out", lang="en").path
    text = path.read_text("utf-8").replace("body      | B two", "sidebar   | B two")
    write(path, text.replace("kind: article", "kind: live\nnote: mine"))
    write(source, "Top\nMenu\nH Rain\nB one\nB two\nB three?\nT 12 March")
    drafted = make(source, tmp_path / "out", is_update=True)
    page = parse_page(path.read_text("utf-8"), "rain.page")
    assert (page.lang, page.kind, page.note) == ("en", "live", "mine")
    assert page.labels == tuple(map(Label, ["sidebar", "sidebar", "headline", "body", "sidebar", "body", "timestamp"]))
    assert page.doubtful == {5}
    assert drafted.n_kept == 4
    assert (tmp_path / "out" / "rain.txt").read_text("utf-8") == source.read_text("utf-8")


def test_update_adds_the_language_that_a_header_has_not(tmp_path: Path) -> None:
    source = write(tmp_path / "rain.txt")
    path = make(source, tmp_path / "out").path
    before = path.read_text("utf-8")
    (warning,) = make(source, tmp_path / "out", lang="id").warnings
    assert warning == f"{path}: kept as it was, without 'lang: id'; --update writes it into the header"
    assert path.read_text("utf-8") == before
    assert make(source, tmp_path / "out", lang="id", is_update=True).warnings == ()
    assert parse_page(path.read_text("utf-8"), "rain.page").lang == "id"
    given = {"lang": "en", "site": "n.example", "is_update": True}
    assert make(source, tmp_path / "out", **given).warnings == (
        f"{path}: its header says 'site: out', so --site is not used; correct it there",
        f"{path}: its header says 'lang: id', so --lang is not used; correct it there",
    )


@pytest.mark.parametrize(("lang", "expected"), [("pt_BR", "pt"), ("zh-Hant-TW", "zh"), ("English", ""), ("", "")])
def test_the_language_of_html_is_a_code(tmp_path: Path, lang: str, expected: str) -> None:
    source = write(tmp_path / "a.html", f"<html lang='{lang}'><p>B It rained.")
    page = make(source, tmp_path / "out").page
    assert page is not None
    assert page.lang == expected


def test_labelled_pages_below_the_folder_stay_where_they_are(tmp_path: Path) -> None:
    for site in ("a", "b"):
        (tmp_path / site).mkdir()
        make(write(tmp_path / site / "rain.txt"), tmp_path / site)
    sources = [tmp_path / "a" / "rain.txt", tmp_path / "b" / "rain.txt"]
    labelled = [path.with_suffix(".page") for path in sources]
    new = write(tmp_path / "rain.txt")
    assert place_drafts([*sources, new], DraftConfig(tmp_path)) == [*labelled, tmp_path / "rain.page"]
    away = place_drafts(sources, DraftConfig(tmp_path / "out", site="c"))
    assert away == [tmp_path / "out" / "a-rain.page", tmp_path / "out" / "b-rain.page"]


def test_a_page_and_its_copy_have_one_labelled_page(tmp_path: Path) -> None:
    (tmp_path / "cafe.mhtml").write_bytes(MHTML)
    path = make(tmp_path / "cafe.mhtml", tmp_path).path
    assert place_drafts([tmp_path / "cafe.html", tmp_path / "cafe.mhtml"], DraftConfig(tmp_path)) == [path, path]


def test_new_pages_of_several_directories_need_a_site(tmp_path: Path) -> None:
    sources = [write_deep(tmp_path / site / "rain.txt") for site in ("a", "b", "c")]
    out = tmp_path / "out"
    with pytest.raises(InputError, match=r"\(.*a and 2 others\) would be of one site here; .* --site NAME"):
        place_drafts(sources, DraftConfig(out))
    with pytest.raises(InputError, match=r"\(.*a and .*b\) would be of one site here"):
        place_drafts(sources[:2], DraftConfig(out))
    with pytest.raises(InputError, match=rf"of the site '{tmp_path.name}' here; .*: linesift label .*a --out .*a$"):
        place_drafts(sources[:1], DraftConfig(tmp_path))
    assert place_drafts(sources[:1], DraftConfig(out)) == [out / "rain.page"]
    assert len(place_drafts(sources, DraftConfig(out, site="n.example"))) == 3


def write_deep(path: Path) -> Path:
    path.parent.mkdir(parents=True)
    return write(path)


def test_pages_are_the_same_with_half_of_the_lines() -> None:
    assert is_same_page(["a", "b"], ["b", "c", "d"])
    assert not is_same_page(["a", "b", "c"], ["c"])


def test_names_tell_pages_apart() -> None:
    paths = [Path("x/a/index.html"), Path("y/a/index.html"), Path("b.txt"), Path("y/b.html")]
    assert draft_names(paths) == ["x-a-index", "y-a-index", "b", "y-b"]
    assert draft_names([Path("a.txt"), Path("a.html"), Path("c.txt")]) == ["a-txt", "a-html", "c"]


def test_archives_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds many pages; label text or HTML files"):
        read_source(tmp_path / "a.warc.gz")
