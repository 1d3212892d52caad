"""Write the predictions of the shipped model for many pages, or compare them with written ones, bit for bit.

For changes that shall not change any result, such as moving code. `predictions.py write FILE` before the change,
`predictions.py compare FILE` after every step. The pages are our own and, where the shared folder is beside the
checkout, the gold pages as text and 200 pages of the collections as HTML.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import linesift
from linesift.page import Page
from linesift.read.html.page import read_html
from linesift.read.labelled import read_labelled

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
N_HTML = 200


def main() -> int:
    """Write or compare; 0 where nothing differs."""
    if len(sys.argv) != 3 or sys.argv[1] not in {"write", "compare"}:
        print(__doc__, file=sys.stderr)
        return 2
    found, file = arrays(), Path(sys.argv[2])
    if sys.argv[1] == "write":
        with file.open("wb") as stream:
            np.savez_compressed(stream, **found)  # type: ignore[arg-type]
        print(f"{file}: {len(found)} arrays written")
        return 0
    with np.load(file, allow_pickle=False) as before:
        names = sorted(set(before.files) | set(found))
        differing = [name for name in names if not is_same(before.get(name), found.get(name))]
    for name in differing[:10]:
        print(f"differs: {name}")
    print(f"{len(names)} arrays compared, {len(differing)} differ")
    return 1 if differing else 0


def is_same(one: NDArray[Any] | None, other: NDArray[Any] | None) -> bool:
    """Whether two arrays have the same type, shape and bits."""
    if one is None or other is None:
        return False
    return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()


def arrays() -> dict[str, NDArray[Any]]:
    """Labels and probabilities of every page, by its name."""
    found: dict[str, NDArray[Any]] = {}
    pages = list(read_pages())
    for page, prediction in zip(pages, linesift.load().classify_batch(pages), strict=True):
        labels = [-1 if label is None else label.column for label in prediction.labels]
        name = page.source.replace("/", "~")
        found[f"labels~{name}"] = np.array(labels, np.int8)
        found[f"probabilities~{name}"] = prediction.probabilities
        found[f"kind~{name}"] = np.array([f"{prediction.kind} {prediction.kind_probability:.9g}"])
    return found


def read_pages() -> Iterator[Page]:
    """All pages, each with a name of its own."""
    for path in sorted((ROOT / "data" / "pages").glob("*.page")):
        (labelled,) = read_labelled(path)
        yield replace(labelled.page, source=path.name)
    if (SHARED / "gold" / "pages.jsonl").is_file():
        for number, labelled in enumerate(read_labelled(SHARED / "gold" / "pages.jsonl")):
            yield replace(labelled.page, source=f"gold{number}", hints=None)
    if (SHARED / "corpora").is_dir():
        yield from html_pages()


def html_pages() -> Iterator[Page]:
    """Pages of all collections, as many of each, in the order of their files."""
    import pyarrow.parquet as parquet

    files = sorted((SHARED / "corpora").glob("*.parquet"))
    for file in files:
        table = parquet.read_table(file, columns=["html"]).slice(0, -(-N_HTML // len(files)))
        for number, html in enumerate(table["html"].to_pylist()):
            page = read_html(html)
            yield replace(page.page, hints=page.hints, source=f"{file.stem}{number}")


if __name__ == "__main__":
    sys.exit(main())
