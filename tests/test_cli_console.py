"""The edges of every command: colour, progress, messages."""

import io
import os
import signal
import sys
from pathlib import Path

import pytest

from linesift.cli import console


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def terminal_for_messages(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Make standard error a terminal and standard output none; no fixture, as pytest sets both anew after those."""
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    monkeypatch.setenv("TERM", "xterm")
    return stream


def test_progress_is_drawn_and_cleared_before_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    stderr = terminal_for_messages(monkeypatch)
    console.progress(4321)
    console.say("a\nmessage\x1b[2J")
    assert stderr.getvalue() == "\r\x1b[K4,321 pages\r\x1b[Klinesift: a message [2J\n"


def test_progress_says_of_how_many_where_that_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    stderr = terminal_for_messages(monkeypatch)
    console.progress(7, 100)
    assert stderr.getvalue() == "\r\x1b[K7 of 100 pages"


def test_few_pages_are_no_reason_for_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    stderr = terminal_for_messages(monkeypatch)
    console.progress(19)
    assert stderr.getvalue() == ""


def test_no_progress_where_output_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    stderr = terminal_for_messages(monkeypatch)
    monkeypatch.setattr(sys, "stdout", Terminal())
    console.progress(4321)
    assert stderr.getvalue() == ""


def test_progress_where_the_output_goes_to_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    stderr = terminal_for_messages(monkeypatch)
    monkeypatch.setattr(sys, "stdout", Terminal())
    console.progress(4321, output=Path("out.jsonl"))
    console.progress_text("3 of 5 files")
    console.say("message")
    console.say("message")
    line = "\r\x1b[K"
    said = "linesift: message\n"
    assert stderr.getvalue() == f"{line}4,321 pages{line}3 of 5 files{line}{said}{said}"


def test_no_progress_into_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    console.progress(4321)
    console.say("message")
    assert capsys.readouterr().err == "linesift: message\n"


@pytest.mark.parametrize(
    ("choice", "path", "environment", "wanted"),
    [
        (None, None, {}, True),
        (None, None, {"NO_COLOR": ""}, True),
        (None, None, {"NO_COLOR": "1"}, False),
        (None, None, {"TERM": "dumb"}, False),
        (None, Path("out.txt"), {}, False),
        (True, Path("out.txt"), {"NO_COLOR": "1"}, True),
        (False, None, {}, False),
    ],
)
def test_colour(
    choice: bool | None, path: Path | None, environment: dict[str, str], wanted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in {"TERM": "xterm", **environment}.items():
        monkeypatch.setenv(name, value)
    assert console.wants_colour(choice, path) == wanted


def test_no_colour_in_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert not console.wants_colour(None, None)


def terminate_twice() -> None:
    """A command that gets SIGTERM, and once more while it cleans up."""
    with console.errors(), console.ending_on_signals():
        os.kill(os.getpid(), signal.SIGHUP)
        try:
            os.kill(os.getpid(), signal.SIGTERM)
        finally:
            os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.skipif(os.name == "nt", reason="signals come otherwise")
def test_a_signal_ends_a_command_once_and_only_where_it_is_not_ignored() -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
        with pytest.raises(SystemExit) as left:
            terminate_twice()
        assert left.value.code == 143
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
