"""The HTML report: nothing is lost, nothing comes alive, and everything can be read."""

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

import browser
import fakes
import linesift
from fakes import predict
from linesift import cli
from linesift.article.article import Article
from linesift.explain.explain import Explainer
from linesift.model.model import Model
from linesift.model.prediction import Prediction
from linesift.page import LabelledPage, Page
from linesift.write.html_report import page_section, report

HOSTILE = """H </script><script>document.title = "owned"</script>
B <img src=x onerror="document.title='owned'"> & <b>bold</b> </style><style>*{display:none}
T 11 March" onmouseover="document.title='owned'
B </li></ol></section><!-- <plaintext> ]]> &lt;i&gt; ' style='--c:9
B \x00\x1b[2J\u2028\ud800\u202e?
"""
VOID = frozenset(["meta", "input", "br", "img", "link", "hr"])
CHROMIUM = browser.find()


class Reader(HTMLParser):
    """Reads HTML into elements with their text, and holds it to closing what it opens."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None], list[str]]] = []
        self._open: list[int] = []
        self.feed(text)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs)
        self.elements.append((tag, dict(attrs), []))
        if tag not in VOID:
            self._open.append(len(self.elements) - 1)

    def handle_endtag(self, tag: str) -> None:
        assert self.elements[self._open.pop()][0] == tag

    def handle_data(self, data: str) -> None:
        for index in self._open:
            self.elements[index][2].append(data)

    def texts(self, tag: str, kind: str = "") -> list[str]:
        return [
            "".join(said) for name, given, said in self.elements if name == tag and kind in (given.get("class") or "")
        ]


def written(*pages: Page, title: str = "Pages") -> str:
    return report_of(*map(predict, pages), title=title)


def report_of(*predictions: Prediction, title: str = "Pages", explainer: Explainer | None = None) -> str:
    sections = (page_section(each, number, explainer=explainer) for number, each in enumerate(predictions, start=1))
    return "".join(report(sections, title))


def test_every_line_is_there_once_and_in_order(pages: list[LabelledPage]) -> None:
    read = Reader(written(*(page.page for page in pages)))
    expected = [line.strip().replace("\t", " ") for page in pages for line in page.page.lines if line.strip()]
    assert read.texts("span", "x") == expected
    assert len(read.texts("section")) == len(pages)


def test_line() -> None:
    read = Reader(written(Page("Menu\n\nB It rained?\n", "a.txt")))
    rows = [(given, "".join(said)) for tag, given, said in read.elements if tag == "li"]
    assert [text for _, text in rows] == ["1sidebar91 %Menu", "3body55 %?B It rained?or headline 15 %"]
    assert rows[1][0] == {
        "class": "b d gap",
        "id": "p1-3",
        "style": "--c:0.55",
        "title": "body 55 %, headline 15 %, timestamp 15 %, sidebar 15 %",
    }


def test_article_beside_and_list_of_pages() -> None:
    read = Reader(written(Page("H Rain\nT 11 March\nB Yes.\nB No?", "a.txt"), Page("Menu", "b.txt")))
    first, second = read.texts("aside")
    assert first.split("\n")[1:-1] == ["H Rain", "T 11 March", "B Yes.", "B No?"]
    assert "No article" in second
    assert [text.strip() for text in read.texts("nav")[0].split("\n") if text.strip()] == ["a.txt1 ?", "b.txt"]
    links = [given["href"] for tag, given, _ in read.elements if tag == "a"]
    assert links == ["#p1", "#p2"]
    assert not Reader(written(Page("Menu"))).texts("nav")


def test_doubtful_lines_say_why(model: Model) -> None:
    page = Page("Menu\n\nFerry\nThe ferry is back after a year, they said.\nMore on this\nWeather")
    read = Reader(report_of(model.classify(page), explainer=Explainer(model)))
    doubtful = [given for tag, given, _ in read.elements if tag == "li" and "d" in (given.get("class") or "").split()]
    assert doubtful
    assert len(read.texts("details", "o")) == len(doubtful)
    assert all(re.search(r"\([+-]\d+\.\d\d\)", text) for text in read.texts("details"))


def test_the_kind_of_the_page_is_said_where_it_is_known() -> None:
    class Judged:
        kind = "live <b>"

        def __getattr__(self, name: str) -> object:
            return getattr(predict(Page("B Yes.")), name)

    assert "live &lt;b&gt;" in report_of(Judged())  # type: ignore[arg-type]


def test_every_text_has_its_own_direction(pages: list[LabelledPage]) -> None:
    read = Reader(written(*(page.page for page in pages[:3])))
    directed = [said for _, given, said in read.elements if given.get("dir") == "auto"]
    assert {"".join(said).strip() for said in directed} >= {
        *read.texts("span", "x"),
        *read.texts("h2"),
        *read.texts("h3"),
        *(text.strip() for text in article_lines(read)),
    }


def article_lines(read: Reader) -> list[str]:
    """Lines of the articles, without what we say ourselves."""
    return [line for text in read.texts("aside") for line in text.split("\n") if line and "No article was" not in line]


def test_hostile_texts_stay_texts() -> None:
    read = Reader(written(Page(HOSTILE, '"><script>'), Page("B", "</title><script>"), title="</title><script>x"))
    ours = Reader(written(Page("H 1\nB 2\nT 3\nB 4\nB ?", "a"), Page("B", "b")))
    assert [tag for tag, _, _ in read.elements] == [tag for tag, _, _ in ours.elements]
    assert [sorted(given) for _, given, _ in read.elements] == [sorted(given) for _, given, _ in ours.elements]
    assert read.texts("script") == ours.texts("script")
    lines = HOSTILE.replace("\x00", " ").replace("\x1b", " ").replace("\u2028", " ").replace("\ud800", "\ufffd")
    assert read.texts("span", "x")[:5] == [line.strip() for line in lines.strip().split("\n")]


def test_nothing_comes_from_elsewhere() -> None:
    text = written(Page("H Rain"))
    assert "default-src 'none'" in text
    assert not re.search(r"(?:https?:)?//[a-z]|url\(|@import|src=", text.replace("// ", ""))


# --- colours ----------------------------------------------------------------------------------------------------------

CSS = (Path(linesift.__file__).parent / "write" / "web" / "colours.css").read_text("utf-8")
COLOURS = {name: (light, dark) for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#\w+), (#\w+)\)", CSS)}


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def pairs() -> Iterator[tuple[str, str]]:
    """Colours of text and the grounds they stand on; a line's ground lies between its label's and the page's."""
    for label in ("headline", "body", "timestamp", "sidebar"):
        for ground in (f"{label}-ground", "ground"):
            yield from ((text, ground) for text in (label, "alarm", "faint", "ink"))
    yield from (("accent", "ground"), ("alarm", "alarm-ground"))


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), sorted(set(pairs())))
def test_contrast(text: str, ground: str, scheme: int) -> None:
    """At least 4.5 to 1, as WCAG 2 asks for text (AA)."""
    assert contrast(COLOURS[text][scheme], COLOURS[ground][scheme]) >= 4.5


# --- in a browser -----------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason=browser.MISSING)
def test_in_a_browser(tmp_path: Path) -> None:
    """Scripts of the report run, those of its pages do not, and the address opens a page."""
    path = tmp_path / "report.html"
    path.write_text(written(Page("H Rain", "a"), Page(HOSTILE, "b")), "utf-8")
    command = [
        str(CHROMIUM),
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={tmp_path / 'profile'}",
    ]
    done = subprocess.run(
        [*command, "--dump-dom", f"{path.as_uri()}#p2-3"], capture_output=True, check=True, timeout=60
    )
    shown = done.stdout.decode()
    assert "<title>Pages</title>" in shown
    assert 'class="page current" id="p2"' in shown
    assert 'class="page" id="p1"' in shown
    assert ">Colours: system</button>" in shown


# --- the command ------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(linesift, "load", fakes.load)
    (tmp_path / "pages").mkdir()
    for name in ("a", "b"):
        (tmp_path / "pages" / f"{name}.txt").write_text(f"H Rain in {name}\nB Yes?\n")
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["linesift", "report", *arguments.split()])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert isinstance(left.value.code, int)
    return left.value.code


def test_command(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "pages --out report.html --title June") == 0
    assert capsys.readouterr() == ("", "report.html: 2 pages\n")
    read = Reader((folder / "report.html").read_text("utf-8"))
    assert read.texts("title") == read.texts("h1") == ["June"]
    assert read.texts("h2") == ["pages/a.txt", "pages/b.txt"]


def test_fields_of_tables_can_be_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "pages.jsonl").write_text('{"content": "B Sun", "raw": "<p>B Fog</p>"}\n{"content": "B Rain"}\n')
    assert run(monkeypatch, "pages.jsonl --out report.html") == 1
    assert "name another one with --text-field" in capsys.readouterr().err
    assert run(monkeypatch, "pages.jsonl --out report.html --text-field content --html-field raw") == 0
    report = (folder / "report.html").read_text("utf-8")
    assert Reader(report).texts("h2") == ["pages.jsonl:1", "pages.jsonl:2"]
    assert "B Fog" in report
    assert "B Sun" not in report


def test_a_page_that_fails_leaves_the_others(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "pages/a.txt none.txt --out report.html") == 1
    assert "none.txt: no such file" in capsys.readouterr().err
    assert Reader((folder / "report.html").read_text("utf-8")).texts("h2") == ["pages/a.txt"]


def test_a_page_that_cannot_be_written_leaves_the_others(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def article(self: Prediction, now: datetime | None = None) -> Article:
        if self.page.source.endswith("a.txt"):
            raise RecursionError("as the test asked")
        return build(self, now)

    build = Prediction.article
    monkeypatch.setattr(Prediction, "article", article)
    assert run(monkeypatch, "pages --out report.html") == 1
    said = "linesift: pages/a.txt: not written (RecursionError: as the test asked)\nreport.html: 1 page\n"
    assert capsys.readouterr().err == said
    read = Reader((folder / "report.html").read_text("utf-8"))
    assert read.texts("h2") == ["pages/b.txt"]
    assert [given["id"] for tag, given, _ in read.elements if tag == "section"] == ["p1"]


def test_nothing_is_written_where_nothing_could_be_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "report.html").write_text("earlier")
    assert run(monkeypatch, "none.txt --out report.html") == 2
    assert (folder / "report.html").read_text() == "earlier"
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []
    assert run(monkeypatch, "pages --out no/report.html") == 2
    assert "no/report.html: cannot write" in capsys.readouterr().err
