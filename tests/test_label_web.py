"""The labelling page in a real browser: what a person does there, and what is on disk afterwards."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

import browser
import linesift.labelling.folder
from browser import Tab
from commandline import environment
from linesift.labelling.folder import Folder
from linesift.labelling.server import LabelServer
from linesift.labels import LABELS, Label
from linesift.model.model import Model
from linesift.read.labelled import parse_page

if browser.find() is None:
    pytest.skip(browser.MISSING, allow_module_level=True)

FERRY = """\
site: harbour-courier.example
lang: en
----
sidebar   | Home

sidebar?  | Ferry returns
sidebar?  | By Ann Lee, 11 March 2024
body      | The ferry is back.
sidebar?  | It was away for a year.
body      | It leaves at nine.
body      | It comes back at ten.
sidebar   | About us
"""
HONEY = """\
site: alwadi.example
lang: ar
----
sidebar   | الرئيسية
headline  | مهرجان العسل (2024) في الوادي
timestamp? | 11 مارس 2024
body      | افتتح المهرجان أمس.
body      | Harbour Courier
"""


@dataclass(frozen=True, slots=True)
class Site:
    """A folder of labelled pages that is being served, and the tab."""

    folder: Path
    server: LabelServer
    tab: Tab

    def labels(self, name: str = "ferry.page") -> list[str]:
        """Labels of a file, as it has them."""
        _, _, rows = (self.folder / name).read_text("utf-8").partition("----\n")
        return [row.partition("|")[0].strip() for row in rows.split("\n") if row]

    def shown(self) -> list[str]:
        """Labels that the page shows."""
        found: list[str] = self.tab.run(
            "[...document.querySelectorAll('.line')].map(r => r.children[1].textContent + r.children[2].textContent)"
        )
        return found

    def open(self, name: str = "ferry.page") -> None:
        self.tab.open(f"{self.server.address}#{self.folder / name}")
        self.tab.wait("document.querySelectorAll('.line').length > 3")

    def wait_for(self, status: str) -> None:
        self.tab.wait(f"document.getElementById('status').textContent.startsWith({status!r})")


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with browser.launched(tmp_path_factory.mktemp("profile")) as tab:
        yield tab


@pytest.fixture
def site(tmp_path: Path, tab: Tab) -> Iterator[Site]:
    (tmp_path / "ferry.page").write_text(FERRY, "utf-8")
    (tmp_path / "honey.page").write_text(HONEY, "utf-8")
    with LabelServer(Folder([tmp_path])) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        site = Site(tmp_path, server, tab)
        tab.messages.clear()
        site.open()
        yield site
        assert tab.messages == []
        server.shutdown()


def test_three_lines_corrected_with_keys(site: Site) -> None:
    assert site.shown() == ["sidebar", "sidebar?", "sidebar?", "body", "sidebar?", "body", "body", "sidebar"]
    site.tab.press("1", "3", "ArrowDown", "2")
    site.wait_for("saved")
    expected = ["sidebar", "headline", "timestamp", "body", "body", "body", "body", "sidebar"]
    assert site.shown() == expected
    site.tab.reload()
    site.tab.wait("document.querySelectorAll('.line').length > 3")
    assert site.shown() == expected
    assert site.labels() == expected
    assert "headline  | Ferry returns\n" in (site.folder / "ferry.page").read_text("utf-8")


def test_pages_are_listed_most_doubtful_first(site: Site) -> None:
    rows = "[...document.querySelectorAll('#pages li')].map(r => r.innerText.replace(/\\s+/g, ' '))"
    assert site.tab.run(rows) == ["ferry.page 3 ?", "honey.page 1 ?"]
    assert site.tab.run("document.getElementById('total').innerText") == "0 of 2 pages done, 4 doubtful lines left"
    site.tab.press("Enter", "Enter", "d", "4")
    site.wait_for("saved")
    site.tab.wait("document.getElementById('findings').innerText.includes('no headline')")
    assert site.tab.run(rows) == ["ferry.page ✓ !", "honey.page 1 ?"]  # no doubt left, but no headline either
    assert site.tab.run("document.getElementById('total').innerText") == "1 of 2 pages done, 1 doubtful line left"
    site.tab.press("]")
    site.tab.wait("document.getElementById('name').textContent.endsWith('honey.page')")


def test_a_page_opens_at_its_head(site: Site) -> None:
    (site.folder / "honey.page").write_text(HONEY + "body      | More of it\n" * 80, "utf-8")
    is_seen = "document.getElementById('name').getBoundingClientRect().top >= 0"
    site.open("honey.page")
    assert site.tab.run(is_seen)
    site.tab.press("End", "[")
    site.tab.wait("document.getElementById('name').textContent.endsWith('ferry.page')")
    site.tab.press("]")
    site.tab.wait("document.getElementById('name').textContent.endsWith('honey.page')")
    assert site.tab.run(is_seen)


def test_enter_leads_through_the_doubtful_lines_of_all_pages(site: Site) -> None:
    site.tab.press("n", "Enter")  # the first one is passed over
    site.tab.press("Enter")
    site.tab.wait("document.getElementById('name').textContent.endsWith('honey.page')")
    site.tab.wait("document.querySelector('.cursor')?.dataset.index === '2'")
    site.tab.press("Enter")
    site.tab.wait("document.getElementById('name').textContent.endsWith('ferry.page')")
    site.tab.wait("document.querySelector('.cursor')?.dataset.index === '2'")
    site.tab.press("Enter")
    site.wait_for("saved. No doubtful line is left.")
    assert not any(label.endswith("?") for name in ("ferry.page", "honey.page") for label in site.labels(name))
    site.tab.press("Enter")
    site.wait_for("No doubtful line is left.")


def test_site_language_and_kind(site: Site) -> None:
    def write(field: str, value: str) -> None:
        box = f"document.getElementById({field!r})"
        site.tab.run(f"{box}.value = {value!r}; {box}.dispatchEvent(new Event('change', {{bubbles: true}}))")

    fields = "['site', 'lang', 'kind'].map(id => document.getElementById(id).value)"
    assert site.tab.run(fields) == ["harbour-courier.example", "en", "article"]
    write("kind", "live")
    write("lang", "")
    site.tab.wait("!document.querySelector('#pages .alarm')")
    site.wait_for("saved")
    header = (site.folder / "ferry.page").read_text("utf-8").partition("----")[0]
    assert header == "site: harbour-courier.example\nkind: live\n"
    write("lang", "id-ID")
    site.tab.wait(f"{fields}.join() === 'harbour-courier.example,id,live'")
    site.tab.wait("!document.querySelector('#pages .alarm')")
    assert "\nlang: id\n" in (site.folder / "ferry.page").read_text("utf-8")
    write("lang", "Bahasa Indonesia")
    site.wait_for("Not saved: 'Bahasa Indonesia' is no language code")
    write("lang", "")
    site.wait_for("saved")
    write("site", "")
    site.wait_for("Not saved: a page needs a site; write its host into the field")
    assert (site.folder / "ferry.page").read_text("utf-8").startswith("site: harbour-courier.example\n")
    write("site", "courier.example")
    site.wait_for("saved")
    assert (site.folder / "ferry.page").read_text("utf-8").startswith("site: courier.example\nkind: live\n----\n")
    site.tab.click("#site")
    site.tab.press("1")  # a letter of the site, and no label
    assert site.shown() == site.labels()


def test_pages_of_several_sites_are_told_apart(site: Site) -> None:
    for name in ("a/one", "b/one", "b/two"):
        file = site.folder / f"{name}.page"
        file.parent.mkdir(exist_ok=True)
        file.write_text(HONEY, "utf-8")
    site.server.folder = Folder([site.folder])
    site.tab.open(site.server.address)
    names = "[...document.querySelectorAll('.page-name')].map(e => e.textContent)"
    site.tab.wait(f"{names}.length === 5")
    assert site.tab.run(names) == ["ferry.page", "a/one.page", "b/one.page", "two.page", "honey.page"]


def test_a_page_that_was_removed(site: Site) -> None:
    """The list stays in sight; what is gone is said, and the first page that is left is opened."""
    states = "[...document.querySelectorAll('#pages li')].map(r => r.innerText.replace(/\\s+/g, ' '))"
    (site.folder / "ferry.page").unlink()
    site.tab.reload()
    site.tab.wait("document.getElementById('findings').innerText.endsWith('ferry.page: no such file')")
    assert site.tab.run(states) == ["ferry.page unreadable", "honey.page 1 ?"]
    assert site.tab.run("document.querySelectorAll('.line').length") == 0
    site.tab.open(site.server.address)
    site.tab.wait("document.querySelectorAll('.line').length === 5")
    site.tab.press("[")
    site.tab.wait("document.getElementById('name').textContent.endsWith('ferry.page')")
    (site.folder / "ferry.page").write_text(FERRY, "utf-8")
    site.tab.click("#pages button")
    site.tab.wait("document.querySelectorAll('.line').length === 8")
    assert site.tab.run(states) == ["ferry.page 3 ?", "honey.page 1 ?"]


def test_probabilities_of_lines(site: Site, model: Model) -> None:
    site.server.model = model
    site.open()
    page = parse_page(FERRY, "ferry.page").page
    found = model.classify(page)
    shown = site.tab.run("[...document.querySelectorAll('.odds')].map(e => e.textContent)")
    expected: list[str] = []
    for line, row in zip(found.page.lines, found.probabilities.round(3).tolist(), strict=True):
        if line:
            label = Label(site.labels()[len(expected)].rstrip("?")).column
            other = max((each for each in range(4) if each != label), key=lambda each: row[each])
            expected.append(f"{row[label] * 100 + 1e-9:.0f} % · {LABELS[other]} {row[other] * 100 + 1e-9:.0f} %")
    assert shown == expected
    site.tab.press("Home", "1")
    assert site.tab.run("document.querySelector('.odds').title").startswith("The model gives headline ")


def test_find_lines_of_all_pages(site: Site) -> None:
    indices = "[...document.querySelectorAll('.line:not(.context)')].map(r => r.dataset.index).join()"
    site.tab.press("/", "C", "O", "u", "r")
    site.tab.wait("document.getElementById('found').textContent === '1 on 1 page'")
    site.tab.wait("document.querySelectorAll('#pages li').length === 1")
    site.tab.press("Enter")
    site.tab.wait("document.getElementById('name').textContent.endsWith('honey.page')")
    site.tab.wait(f"{indices} === '4'")
    site.tab.press("Escape")
    site.tab.wait(
        "document.querySelectorAll('.line').length === 5 && document.querySelectorAll('#pages li').length === 2"
    )
    label = "document.getElementById('find-label')"
    site.tab.run(f"{label}.value = 'body'; {label}.dispatchEvent(new Event('change'))")
    site.tab.wait("document.getElementById('found').textContent === '5 on 2 pages'")
    assert site.tab.run(indices) == "3,4"
    site.tab.press("[")
    site.tab.wait(f"{indices} === '4,6,7'")
    site.tab.press("Escape")
    site.tab.wait("document.querySelectorAll('.line').length === 8")


def test_two_tabs_with_one_page(site: Site) -> None:
    other = Tab(site.tab.address)
    try:
        second = Site(site.folder, site.server, other)
        second.open()
        site.tab.press("1")
        site.wait_for("saved")
        other.wait("document.querySelectorAll('.doubtful').length === 2")  # it sees what the first one saved
        other.press("n", "3")
        second.wait_for("saved")
        site.tab.wait("document.querySelectorAll('.doubtful').length === 1")
        site.tab.press("ArrowDown", "4")
        site.wait_for("saved")
        assert site.labels()[1:4] == site.shown()[1:4] == ["headline", "timestamp", "sidebar"]
        assert other.messages == []
    finally:
        other.close()


def test_two_tabs_keep_what_neither_could_save(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Tab(site.tab.address)
    second = Site(site.folder, site.server, other)
    second.open()
    with monkeypatch.context() as patch:
        patch.setattr(linesift.labelling.folder, "write_atomic", fail)
        site.tab.press("1")
        site.wait_for("Not saved:")
        other.press("End", "2")
        second.wait_for("Not saved:")
        other.close_target()
    site.tab.reload()
    site.wait_for("saved")
    assert (site.labels()[1], site.labels()[-1]) == ("headline", "body")


def test_ranges_undo_and_redo(site: Site) -> None:
    site.tab.press("End", "shift+ArrowUp", "shift+ArrowUp", "4")
    site.wait_for("saved")
    assert site.labels()[-3:] == ["sidebar", "sidebar", "sidebar"]
    site.tab.press("1", "u", "ctrl+z")
    site.tab.wait("document.querySelectorAll('.unsaved').length === 0")
    assert site.shown()[-3:] == ["body", "body", "sidebar"]
    site.tab.press("r")
    site.tab.wait("document.querySelectorAll('.unsaved').length === 0")
    site.wait_for("saved")
    assert site.labels()[-3:] == site.shown()[-3:] == ["sidebar", "sidebar", "sidebar"]


def test_mouse_and_buttons(site: Site) -> None:
    site.tab.click("#line-4")
    site.tab.click("#line-6", shift=True)
    site.tab.click("#labels .l3")
    site.wait_for("saved")
    assert site.labels()[3:6] == ["sidebar", "sidebar", "sidebar"]
    site.tab.click("#undo")
    site.tab.wait("document.getElementById('undo').disabled && !document.querySelector('.unsaved')")
    assert site.shown()[3:6] == ["body", "sidebar?", "body"]


def test_filter_shows_doubtful_lines_and_their_neighbours(site: Site) -> None:
    site.tab.press("f")
    rows = "[...document.querySelectorAll('#lines > li')].map(r => r.dataset.index ?? r.textContent)"
    assert site.tab.run(rows) == ["0", "2", "3", "4", "5", "6"]
    site.tab.press("1", "Enter")
    assert site.tab.run("document.querySelector('.cursor').dataset.index") == "5"
    assert site.tab.run(rows) == ["0", "2", "3", "4", "5", "6"]  # what was looked at stays in sight
    site.tab.press("f")
    assert site.tab.run("document.querySelectorAll('.line').length") == 8


def test_right_to_left(site: Site) -> None:
    site.open("honey.page")
    assert site.tab.run("getComputedStyle(document.getElementById('lines')).direction") == "rtl"
    directions = site.tab.run("[...document.querySelectorAll('.text')].map(t => getComputedStyle(t).direction)")
    assert directions == ["rtl", "rtl", "rtl", "rtl", "ltr"]
    place = "(e => e.getBoundingClientRect().x)(document.querySelector('#line-0 {}'))"
    assert site.tab.run(place.format(".label")) > site.tab.run(place.format(".text"))
    site.open("ferry.page")
    assert site.tab.run("getComputedStyle(document.getElementById('lines')).direction") == "ltr"
    assert site.tab.run(place.format(".label")) < site.tab.run(place.format(".text"))


@pytest.mark.parametrize("width", [320, 600, 1400])
def test_nothing_sticks_out(site: Site, width: int) -> None:
    site.tab.resize(width, 700)
    assert site.tab.run("document.documentElement.scrollWidth") <= width
    site.tab.call("Emulation.clearDeviceMetricsOverride")


def test_full_disk(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(linesift.labelling.folder, "write_atomic", fail)
        site.tab.press("1")
        site.wait_for("Not saved: cannot write (no space left on device)")
        site.tab.press("3")
        site.wait_for("Not saved")
        assert (site.folder / "ferry.page").read_text("utf-8") == FERRY
        assert site.shown()[1:3] == ["headline", "timestamp"]
        assert downloaded(site.tab) == FERRY.replace("sidebar?  | Ferry", "headline  | Ferry").replace(
            "sidebar?  | By", "timestamp | By"
        )
        site.tab.dialogs.clear()
        site.tab.reload()  # warned, and left all the same: the labels are kept in the browser
        assert site.tab.dialogs == ["beforeunload"]
        site.wait_for("Not saved")
        assert site.shown()[1:3] == ["headline", "timestamp"]
    site.tab.click("#retry")
    site.wait_for("saved")
    assert site.labels()[1:3] == ["headline", "timestamp"]


def downloaded(tab: Tab) -> str:
    """Click on "download mine", and what file it gives."""
    tab.run("HTMLAnchorElement.prototype.click = () => {}; URL.createObjectURL = b => { window.given = b; return '' }")
    tab.click("#download")
    return str(tab.run("window.given.text()"))


def fail(*_args: object, **_words: object) -> None:
    raise OSError(28, "No space left on device", "ferry.page")


def test_killed_server(site: Site) -> None:
    """What was not saved when the program was killed is saved when it is started again."""
    with started(site.folder) as (process, address):
        site.tab.open(f"{address}#{site.folder / 'honey.page'}")
        site.tab.wait("document.querySelectorAll('.line').length > 3")
        site.tab.press("4")
        site.wait_for("saved")
        process.kill()
        process.wait()
        site.tab.press("4")
        site.wait_for("Not saved: linesift does not answer")
        assert site.labels("honey.page")[2:4] == ["sidebar", "body"]
    port = address.split("/")[2].partition(":")[2]
    with started(site.folder, port) as (_, again):  # another token, the same port
        assert again != address
        site.tab.open(again)  # and no page is named
        site.wait_for("saved")
    assert site.labels("honey.page")[2:4] == ["sidebar", "sidebar"]


@contextmanager
def started(folder: Path, port: str = "0") -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """`linesift label --web` in a process of its own, and its address."""
    command = [sys.executable, "-c", "import linesift.cli; linesift.cli.main()", "label", "--web", str(folder)]
    command += ["--no-browser", "--port", port]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment()) as process:
        try:
            assert process.stderr is not None
            line = process.stderr.readline()
            assert line.startswith("Labelling page, at an address that works once: http://127.0.0.1:"), line
            yield process, line.split()[-1]
        finally:
            process.kill()


def test_file_changed_meanwhile(site: Site) -> None:
    file = site.folder / "ferry.page"
    file.write_text(FERRY.replace("sidebar   | About us", "body      | About us"), "utf-8")
    site.tab.press("1")
    site.wait_for("saved")  # other lines were changed there, so nobody is asked
    assert (site.labels()[1], site.labels()[-1]) == ("headline", "body")
    assert site.shown() == site.labels()


@pytest.mark.parametrize("choice", ["keep", "drop"])
def test_the_same_line_changed_meanwhile(site: Site, choice: str) -> None:
    file = site.folder / "ferry.page"
    theirs = FERRY.replace("sidebar?  | Ferry returns", "body      | Ferry returns")
    file.write_text(theirs, "utf-8")
    site.tab.press("1")
    site.tab.wait("document.getElementById('conflict').open")
    assert file.read_text("utf-8") == theirs
    site.tab.click(f"#{choice}")
    site.tab.wait("!document.getElementById('conflict').open && !document.querySelector('.unsaved')")
    site.tab.wait("document.querySelectorAll('.doubtful').length === 2")
    if choice == "keep":
        site.wait_for("saved")
    assert site.shown()[1] == site.labels()[1] == {"keep": "headline", "drop": "body"}[choice]


def test_lines_changed_meanwhile(site: Site) -> None:
    """Labels go to the lines that they were given to, wherever these are now."""
    file = site.folder / "ferry.page"
    site.tab.press("Home")
    file.write_text(FERRY.replace("sidebar   | Home\n", "").replace("sidebar   | About us\n", ""), "utf-8")
    site.tab.press("3")
    site.tab.wait("document.getElementById('conflict').open")
    assert not site.tab.run("document.getElementById('keep').checkVisibility()")  # the line is gone
    site.tab.press("Escape")
    site.wait_for("Not saved: the file has changed.")  # said once the dialog is closed
    site.tab.press("1")
    site.tab.click("#retry")
    site.tab.wait("document.getElementById('conflict').open")
    assert "Some of these lines are gone" in site.tab.run("document.getElementById('conflict').innerText")
    site.tab.click("#keep")
    site.wait_for("saved")
    assert site.labels() == ["headline", "sidebar?", "body", "sidebar?", "body", "body"]
    assert site.shown() == site.labels()


def test_file_broken_meanwhile(site: Site) -> None:
    """Nothing is put into a broken file; when it is mended, the labels are still there."""
    file = site.folder / "ferry.page"
    broken = FERRY.replace("site: ", "")
    file.write_text(broken, "utf-8")
    site.tab.press("1")
    site.tab.wait("document.getElementById('conflict').open")
    assert "The file has mistakes of form now" in site.tab.run("document.getElementById('conflict').innerText")
    site.tab.press("Escape")
    site.wait_for("Not saved: the file has changed.")  # said once the dialog is closed
    assert file.read_text("utf-8") == broken
    assert site.shown()[1] == "headline"
    file.write_text(FERRY, "utf-8")
    site.tab.click("#retry")
    site.wait_for("saved")
    assert site.labels()[1] == "headline"


def test_broken_file(site: Site) -> None:
    file = site.folder / "honey.page"
    broken = HONEY.replace("headline ", "haedline ")
    file.write_text(broken, "utf-8")
    site.tab.open(site.server.address)
    site.tab.wait("document.getElementById('findings').innerText.includes('did you mean headline')")
    assert "honey.page" in site.tab.run("document.getElementById('name').textContent")  # before all others
    site.tab.press("1", "Enter")
    assert file.read_text("utf-8") == broken
    file.write_text(HONEY, "utf-8")
    site.tab.reload()
    site.tab.wait("document.querySelectorAll('.line').length > 3")
