"""Write the outcomes of pages as they come: texts to the output, messages to standard error."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from linesift.cli import console
from linesift.cli.chunks import Format, Message, MessageKind, Outcome, OutputOptions
from linesift.write import terminal

Result = TypeVar("Result")

_N_CHARACTERS_AT_ONCE = 1 << 16


def write_outcomes(outcomes: Iterable[Outcome], how_written: OutputOptions, path: Path | None) -> int:
    """Write outcomes as they come.

    Returns:
        How many pages failed.
    """
    n_failed = n_written = 0
    total = terminal.Tally()
    told = _Messages()
    with console.open_output(path) as stream:
        for outcome in outcomes:
            told.tell(outcome.messages)
            n_failed += outcome.is_failure
            if outcome.text is None:
                continue
            console.clear_progress()
            if n_written and how_written.format in {Format.PRETTY, Format.ARTICLE, Format.MARKDOWN}:
                stream.write("\n")
            # In pieces, because a stream copies what it gets, and because one write that a closed pipe cut short
            # passes for done (Python 3.11).
            stream.writelines(_pieces(outcome.text))
            n_written += 1
            console.progress(n_written, output=path)
            if outcome.tally is not None:
                total += outcome.tally
        told.tell_rest()
        if n_failed and not n_written:
            raise SystemExit(console.EXIT_FAILED)  # an earlier output file is worth more than an empty one
    console.clear_progress()
    if total.n_pages:
        console.status(terminal.summary(total))
    return n_failed


def _pieces(text: str) -> Iterator[str]:
    for start in range(0, len(text), _N_CHARACTERS_AT_ONCE):
        yield text[start : start + _N_CHARACTERS_AT_ONCE]


def report_messages(results: "Iterable[tuple[Result | None, Outcome]]") -> "Iterator[Result | None]":
    """Print the messages of each item, and give the results of pages, `None` for one that failed."""
    n_done = 0
    told = _Messages()
    for value, outcome in results:
        told.tell(outcome.messages)
        if value is not None or outcome.is_failure:
            n_done += 1
            console.progress(n_done)
            yield value
    told.tell_rest()


class _Messages:
    """Print messages; of those of one kind the first, and at the end how many more there were."""

    def __init__(self) -> None:
        self._n_of_kind: Counter[MessageKind] = Counter()

    def tell(self, messages: "Iterable[Message]") -> None:
        """Print messages that came with one page."""
        for message in messages:
            if message.kind is not None:
                self._n_of_kind[message.kind] += 1
            if message.kind is None or self._n_of_kind[message.kind] <= message.kind.n_told:
                console.say(message.text)

    def tell_rest(self) -> None:
        """Print how many messages were not."""
        for kind, number in self._n_of_kind.items():
            if number > kind.n_told:
                console.say(f"{console.count(number - kind.n_told, 'more page')}: {kind.words}")
