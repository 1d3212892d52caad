"""Messages, exit codes, progress and output of every command."""

import errno
import io
import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn, TextIO

from linesift.atomic import check_writable, naming_errors, replacing
from linesift.errors import LinesiftError
from linesift.read.find import PAGE_SUFFIXES, refuse_overwriting
from linesift.write.tables import clean
from linesift.write.terminal import count as count
from linesift.write.terminal import visible

STDOUT = Path("-")
"""The path that stands for standard output."""
EXIT_DONE = 0
EXIT_FAILED = 1
"""Some page failed; the others are done."""
EXIT_MISUSE = 2
"""Nothing could be done with these arguments."""
_EXIT_INTERRUPTED = 130
"""128 + SIGINT, as shells report it; SIGTERM and SIGHUP have theirs likewise."""
_EXIT_BROKEN_PIPE = 141
"""128 + SIGPIPE: the reader of our output ended early, as in `linesift classify page.txt | head -1`."""

_ADVICE = {
    errno.ENOENT: "; make its directory first",
    errno.EISDIR: "; name a file in it",
    errno.EEXIST: "; name a directory",
    errno.ELOOP: "; remove the link",
    errno.ENOTDIR: "; name a directory before the last /",
}
"""What to do where something cannot be written."""
_N_PAGES_WORTH_PROGRESS = 20
_CLEAR_LINE = "\r\x1b[K"
_drawn_on: list[TextIO] = []
"""The stream on which a progress line stands; empty if there is none."""


def prepare() -> None:
    """Set up standard output: UTF-8 wherever it is not a terminal, and no character that makes it fail.

    A terminal keeps its encoding; what it cannot show becomes a question mark. `PYTHONIOENCODING` is obeyed.
    """
    if not isinstance(sys.stdout, io.TextIOWrapper):
        return
    if sys.stdout.isatty() or "PYTHONIOENCODING" in os.environ:
        sys.stdout.reconfigure(errors="replace")
    else:
        sys.stdout.reconfigure(encoding="utf-8", errors="replace", newline="\n")


class Ended(BaseException):
    """The system asked the command to end: with SIGTERM, or with SIGHUP when the terminal was closed.

    Like `KeyboardInterrupt`, it is no `Exception`, so that no border of a batch takes it for a bad page.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@contextmanager
def ending_on_signals() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end a command as Ctrl-C does: no half file and no process is left.

    A signal that is ignored stays so, such as SIGHUP under `nohup`.
    """
    before = {
        number: signal.getsignal(number)
        for number in (getattr(signal, name, None) for name in ("SIGTERM", "SIGHUP"))  # Windows has no SIGHUP
        if number is not None
    }
    ours = [number for number, handler in before.items() if handler is signal.SIG_DFL]

    def end(number: int, _: object) -> NoReturn:
        for each in ours:
            signal.signal(each, signal.SIG_IGN)  # a second signal does not interrupt the cleaning up
        raise Ended(number)

    for number in ours:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)


def say(message: str) -> None:
    """Write an error or a warning to standard error: one line that begins with `linesift:`."""
    status(f"linesift: {clean(message)}")


def status(line: str) -> None:
    """Write a line to standard error, such as what was written or counted; see `print_lines` for what it may hold."""
    clear_progress()
    _write_err(f"{visible(line)}\n")


def print_lines(lines: Iterable[str]) -> None:
    """Write lines to standard output.

    Names of files and texts of pages may be in them: what a terminal would obey is made visible, here and in `status`.
    A line in colours is no such line; its parts are made visible before they are coloured.
    """
    with open_output(None) as stream:
        stream.writelines(f"{visible(line)}\n" for line in lines)


@contextmanager
def errors() -> Iterator[None]:
    """Turn errors of linesift, and those of writing output, into one line and an exit code.

    Raises:
        SystemExit: with the exit code.
    """
    try:
        yield
    except LinesiftError as error:
        say(str(error))
        raise SystemExit(EXIT_MISUSE) from error
    except BrokenPipeError as error:
        _abandon_stdout()
        raise SystemExit(_EXIT_BROKEN_PIPE) from error
    except OSError as error:
        _abandon_stdout()
        reason = (error.strerror or str(error)).lower()
        say(f"{error.filename or 'standard output'}: cannot write ({reason}){_ADVICE.get(error.errno or 0, '')}")
        raise SystemExit(EXIT_MISUSE) from error
    except KeyboardInterrupt as error:
        say("interrupted")
        raise SystemExit(_EXIT_INTERRUPTED) from error
    except Ended as error:
        say(f"ended by {signal.Signals(error.number).name}")
        raise SystemExit(128 + error.number) from error


def check_output(path: Path | None, inputs: Iterable[Path], suffixes: tuple[str, ...] = PAGE_SUFFIXES) -> None:
    """Check that an output can be written and is not read too; every command does so before it reads or writes.

    Args:
        path: as for `open_output`.
        inputs: as for `refuse_overwriting`.
        suffixes: as for `refuse_overwriting`.

    Raises:
        InputError: if it is one of the inputs, or would be one.
        OSError: with `filename`, if it cannot be written.
    """
    refuse_overwriting(path, inputs, suffixes)
    if path is not None and path != STDOUT:
        check_writable(path)


@contextmanager
def open_output(path: Path | None) -> Iterator[TextIO]:
    """Open a file that appears whole or not at all; standard output for `None` and `-`.

    A path that is no regular file (`/dev/null`, a pipe) is written directly.

    Raises:
        OSError: with `filename`, if the file cannot be written.
    """
    if path is None or path == STDOUT:
        if sys.stdout is None:  # closed by the caller (`>&-`)
            raise OSError(0, "closed")
        yield sys.stdout
        sys.stdout.flush()
        return
    if path.exists() and not path.is_file():
        with naming_errors(path, path), path.open("w", encoding="utf-8", errors="replace", newline="\n") as stream:
            yield stream
        return
    with replacing(path) as temporary, temporary.open("x", encoding="utf-8", errors="replace", newline="\n") as stream:
        yield stream


def wants_colour(choice: bool | None, path: Path | None) -> bool:
    """Tell whether to use colours: as the option says, else on a terminal, unless `NO_COLOR` is set (no-color.org)."""
    if choice is not None:
        return choice
    return is_shown(path) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def is_shown(path: Path | None) -> bool:
    """Tell whether output to a path, or to standard output for `None` and `-`, is shown on a terminal."""
    return path in (None, STDOUT) and sys.stdout is not None and sys.stdout.isatty()


def progress(n_pages: int, n_all: int | None = None, *, output: Path | None = None) -> None:
    """Show how many pages of a long run are done, if standard error is a terminal and the output is not shown on one.

    Args:
        n_pages: pages that are done.
        n_all: pages in all; `None` if pages are still being found while others are done.
        output: what the command writes, as for `open_output`.
    """
    if max(n_pages, n_all or 0) >= _N_PAGES_WORTH_PROGRESS and not is_shown(output):
        of_all = "" if n_all is None else f" of {n_all:,}"
        progress_text(f"{n_pages:,}{of_all} pages")


def progress_text(text: str) -> bool:
    """Show a text in place of the last one, if standard error is a terminal; for commands that print nothing else.

    Returns:
        Whether it was shown.
    """
    can_draw = sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    if can_draw:
        _drawn_on[:] = [sys.stderr]
        _write_err(f"{_CLEAR_LINE}{text}")
    return can_draw


def clear_progress() -> None:
    """Remove the progress line, if there is one, before something else is written."""
    if _drawn_on and _drawn_on.pop() is sys.stderr:
        _write_err(_CLEAR_LINE)


class ProgressPrinter:
    """Write on standard error which step begins, with the minutes and seconds since the start."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    def __call__(self, stage: str) -> None:
        """Write the step that begins now."""
        minutes, seconds = divmod(int(time.monotonic() - self._start), 60)
        status(f"{minutes:3}:{seconds:02}  {stage}")


def _write_err(text: str) -> None:
    """Write to standard error; if it is closed, the command goes on without messages."""
    with suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(text)
        sys.stderr.flush()


def _abandon_stdout() -> None:
    """Send the rest of the output to the null device, so that closing it at exit does not fail a second time."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
