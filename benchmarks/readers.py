"""Compare the compiled reader with the walk on every page of all collections: `readers.py [CORPORA]`.

Prints the pages of each collection, those left to the walk, and those where text or hints differ. Ends with 1 if any
do.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from linesift.read.html.compiled.reader import read_compiled
from linesift.read.html.encoding import to_utf8
from linesift.read.html.limits import limit_markup
from linesift.read.html.plain import read_plain
from linesift.train.corpora import corpus_files, read_rows

_SHARED = Path(__file__).parents[2] / "shared"


@dataclass(slots=True)
class Count:
    """Pages of a collection."""

    name: str
    n_pages: int = 0
    n_left: int = 0
    """Pages that the compiled reader leaves to the walk."""
    n_different: int = 0


def compare(corpora: Path) -> Iterator[Count]:
    """Read every page of every Parquet file with both readers."""
    for file in corpus_files(corpora):
        if file.suffix != ".parquet":
            continue
        count = Count(file.stem)
        for row in read_rows(file):
            html, _ = limit_markup(to_utf8(row["html"]))
            tree = LexborHTMLParser(html, scripting=True)
            found = read_compiled(tree, html)
            count.n_pages += 1
            if found is None:
                count.n_left += 1
                continue
            text, hints = read_plain(tree, html)
            if found[0] != text or not found[1].equals(hints):
                count.n_different += 1
                print(f"{file.stem}: {row['id']} differs", file=sys.stderr)
        yield count


def main() -> None:
    """Compare and print."""
    n_different = 0
    print("collection\tpages\tleft to the walk\tdifferent")
    for count in compare(Path(sys.argv[1]) if sys.argv[1:] else _SHARED / "corpora"):
        print(f"{count.name}\t{count.n_pages}\t{count.n_left}\t{count.n_different}", flush=True)
        n_different += count.n_different
    sys.exit(n_different > 0)


if __name__ == "__main__":
    main()
