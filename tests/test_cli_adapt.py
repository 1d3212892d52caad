"""`linesift adapt`, `learn-site`, `compare` and `classify --site` as their user meets them."""

import io
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import fakes
import linesift
from commandline import Run, runner
from inventedsite import NOTICE, invented_page
from linesift.labels import Label
from linesift.model.memory import read_memory
from linesift.model.prediction import Prediction
from linesift.page import Page
from linesift.read.labelled import format_page

SHIPPED = linesift.shipped()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(monkeypatch, capsys)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with five labelled pages of a site in `site`, and four as text in `pages`."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "site").mkdir()
    (tmp_path / "pages").mkdir()
    for number in range(5):
        (tmp_path / "site" / f"{number}.page").write_text(format_page(invented_page(number)), "utf-8")
        (tmp_path / "pages" / f"{number}.txt").write_text(invented_page(50 + number).page.text, "utf-8")
    return tmp_path


def test_adapt_and_compare(run: Run, folder: Path) -> None:
    done = run("adapt", "--site", "herald", "site/0.page", "site/1.page", "--out", "models/herald")
    assert done.code == 0, done.err
    assert "## Held-out pages of the site" in done.out
    assert "## Golden pages" in done.out
    compared = run("compare", SHIPPED, "models/herald", "site")
    assert compared.code == 0
    sums = compared.out[compared.out.index(" lines differ") :].splitlines()
    first, second = (int(word) for word in sums[-1].split() if word.isdigit() and word != sums[-1].split()[3])
    assert second < first / 2
    assert compared.out.count("  + ") > compared.out.count("  - ")
    assert (folder / "models" / "herald" / "README.md").is_file()


def test_compare_pages_without_labels(run: Run, folder: Path) -> None:
    same = run("compare", SHIPPED, SHIPPED, "pages")
    n_lines = sum(bool(line.strip()) for file in (folder / "pages").iterdir() for line in file.read_text().split("\n"))
    assert (same.code, same.out) == (0, f"0 of {n_lines} lines differ, on 0 of 5 pages\n")


def test_compare_without_lines(run: Run, folder: Path) -> None:
    run("adapt", "--site", "herald", "site/0.page", "--out", "m")
    assert len(run("compare", SHIPPED, "m", "site", "pages", "--no-lines").out.splitlines()) < 10
    assert (folder / "m").is_dir()


def test_compare_shows_the_numbers_of_the_lines_in_the_file(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a `.page` file the header counts, as for `linesift check` and editors; of a text nothing stands above it."""

    class Other(fakes.FakeModel):
        def classify(self, page: str | Page) -> Prediction:
            found = super().classify(page)
            return replace(found, labels=tuple(label and Label.SIDEBAR for label in found.labels))

    monkeypatch.setattr(linesift, "load", lambda path: Other() if path.name == "other" else fakes.FakeModel())
    (folder / "a.page").write_text("site: a.example\nlang: en\n----\nsidebar | Home\nheadline | H Rain\n", "utf-8")
    (folder / "a.txt").write_text("Home\nH Rain\n", "utf-8")
    shown = run("compare", "fake", "other", "a.page", "a.txt").out.splitlines()
    assert [line.split()[:3] for line in shown if "→" in line][:2] == [["-", "5", "headline"], ["2", "headline", "→"]]


def test_compare_reads_standard_input(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linesift, "load", fakes.load)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"H Rain\nB It rained.\n")))
    assert run("compare", "fake", "fake", "-") == (0, "0 of 2 lines differ, on 0 of 1 pages\n", "")
    refused = run("compare", "fake", "fake", "-", "none.txt")
    assert (refused.code, refused.err) == (2, "linesift: none.txt: no such file\n")
    assert not (folder / "-").exists()


@pytest.mark.parametrize(
    ("words", "done"),
    [
        (["compare", "fake", "fake"], "0 of 3 lines differ, on 0 of 2 pages\n"),
        (["learn-site", "-o", "a.site"], "a.site: learnt from 2 pages (2 read); "),
    ],
)
def test_fields_of_tables_can_be_named(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], done: str
) -> None:
    monkeypatch.setattr(linesift, "load", fakes.load)
    (folder / "pages.json").write_text('[{"content": "H Sun", "raw": "<p>H Sun<p>B Dry"}, {"content": "B Rain"}]')
    unnamed = run(*words, "pages.json")
    assert "pages.json:1: no text in field 'text', its fields are 'content', 'raw'" in unnamed.err
    named = run(*words, "pages.json", "--text-field", "content", "--html-field", "raw")
    assert named.code == 0
    assert done in named.out + named.err


def test_one_page_is_warned_of(run: Run, folder: Path) -> None:
    done = run("adapt", "--site", "a", "site/0.page", "--out", folder / "m")
    assert "with one page nothing can be held out" in done.err


def test_a_worse_model_is_not_written(run: Run, folder: Path) -> None:
    for number in (1, 3):
        file = folder / "site" / f"{number}.page"
        text = file.read_text("utf-8").replace("sidebar   |", "later     |").replace("body      |", "sidebar   |")
        file.write_text(text.replace("later     |", "body      |"), "utf-8")
    done = run("adapt", "--site", "herald", "site", "--out", "m")
    assert done.code == 1
    assert "worse on the held-out pages of the site" in done.err
    assert "not written" in done.err
    assert not (folder / "m").exists()
    assert run("adapt", "--site", "herald", "site", "--out", "m", "--force").code == 0
    assert (folder / "m" / "model.json").is_file()


def notice_chances(table: str, word: str) -> float:
    """Sum of what is said for a label of the sentences that the site prints on every page."""
    rows = [line.split("\t") for line in table.splitlines() if line.endswith(NOTICE)]
    return sum(float(row[3]) if row[2] == word else 1 - float(row[3]) for row in rows)


def test_learn_and_use_a_site(run: Run, folder: Path) -> None:
    done = run("learn-site", "pages", "--out", "herald.site")
    assert done.code == 0
    assert done.err.startswith("herald.site: learnt from 5 pages (5 read);")
    plain = run("classify", "pages", "--format", "tsv")
    known = run("classify", "pages", "--site", "herald.site", "--format", "tsv")
    assert "site memory: learnt from 5 pages" in known.err
    assert notice_chances(known.out, "sidebar") > notice_chances(plain.out, "sidebar")
    at_once = run("classify", "pages", "--same-site", "--format", "tsv")
    assert at_once == known
    assert "memory" not in plain.err
    assert (folder / "herald.site").is_file()


def test_merge(run: Run, folder: Path) -> None:
    run("learn-site", "pages/0.txt", "pages/1.txt", "-o", "one.site")
    run("learn-site", "pages/2.txt", "-o", "two.site")
    assert run("learn-site", "--merge", "one.site", "--merge", "two.site", "-o", "both.site").code == 0
    again = run("learn-site", "pages/0.txt", "pages/3.txt", "--merge", "both.site", "-o", "both.site")
    assert "learnt from 4 pages (2 read, 1 known before or empty)" in again.err
    run("learn-site", *(f"pages/{number}.txt" for number in range(4)), "-o", "whole.site")
    assert (folder / "both.site").read_text() == (folder / "whole.site").read_text()
    assert read_memory(folder / "both.site").n_pages == 4
    refused = run("learn-site", "--merge", "both.site", "--merge", "two.site", "-o", "x.site")
    assert refused.code == 2
    assert refused.err == (
        "linesift: two.site: cannot be merged with the files before it: 1 of the pages are in both; "
        "learn from the pages instead, where each counts once, or leave this file out\n"
    )
    assert not (folder / "x.site").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["classify", "-", "--same-site"], "not possible for standard input"),
        (["classify", "pages", "--site", "none.site"], "none.site: no such file; linesift learn-site"),
        (["learn-site", "-o", "a.site"], "no pages; name some"),
        (["learn-site", "none.txt", "-o", "a.site"], "none.txt"),
        (["adapt", "site", "--site", "a", "--out", "pages"], "pages: holds files but no model"),
        (["adapt", "pages", "--site", "a", "--out", "m"], "no labelled pages"),
        (["compare", "none", "none", "pages"], "none: no such model directory"),
    ],
)
def test_misuse(run: Run, folder: Path, words: list[str], message: str) -> None:
    done = run(*words)
    assert done.code == 2
    assert message in done.err
    assert not (folder / "a.site").exists()
