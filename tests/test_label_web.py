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
    site.tab.press("Enter", "Enter", "Enter")
    site.wait_for("saved")
    assert site.tab.run(rows) == ["ferry.page ✓ !", "honey.page 1 ?"]  # no doubt left, but no headline either
    assert "no headline" in site.tab.run("document.getElementById('findings').innerText")
    assert site.tab.run("document.getElementById('total').innerText") == "1 of 2 pages done, 1 doubtful line left"
    site.tab.press("]")
    site.tab.wait("document.getElementById('name').textContent.endsWith('honey.page')")


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
            assert line.startswith("Labelling page: http://127.0.0.1:"), line
            yield process, line.split()[-1]
        finally:
            process.kill()


def test_file_changed_meanwhile(site: Site) -> None:
    file = site.folder / "ferry.page"
    file.write_text(FERRY.replace("sidebar   | About us", "body      | About us"), "utf-8")
    site.tab.press("1")
    site.tab.wait("document.getElementById('conflict').open")
    assert site.labels()[1] == "sidebar?"
    site.tab.click("#keep")
    site.wait_for("saved")
    assert (site.labels()[1], site.labels()[-1]) == ("headline", "body")
    file.write_text(FERRY, "utf-8")
    site.tab.press("3")
    site.tab.wait("document.getElementById('conflict').open")
    site.tab.click("#drop")
    site.tab.wait("!document.getElementById('conflict').open && !document.querySelector('.unsaved')")
    assert file.read_text("utf-8") == FERRY
    site.tab.wait("document.querySelectorAll('.doubtful').length === 3")


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
    site.tab.wait("document.getElementById('conflict').open")
    site.tab.click("#keep")
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
