"""Work on many pages in chunks; a page that fails does not lose the others."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from linesift.page import Page

if TYPE_CHECKING:  # numpy comes with them, and `--help` does not wait for numpy
    from linesift.model.model import Model
    from linesift.model.prediction import Prediction

Item = TypeVar("Item")


def gather(
    items: Iterable[Item], n_bytes_of: Callable[[Item], int], *, most_items: int, most_bytes: int
) -> Iterator[list[Item]]:
    """Gather items to chunks of so many items or bytes; an item of more bytes ends its chunk.

    >>> list(gather(["a", "b", "c", "long", "d"], len, most_items=2, most_bytes=4))
    [['a', 'b'], ['c', 'long'], ['d']]
    """
    chunk: list[Item] = []
    n_bytes = 0
    for item in items:
        chunk.append(item)
        n_bytes += n_bytes_of(item)
        if len(chunk) == most_items or n_bytes >= most_bytes:
            yield chunk
            chunk, n_bytes = [], 0
    if chunk:
        yield chunk


def classify_each(model: "Model", pages: Sequence[Page]) -> "Iterator[Prediction | Exception]":
    """Classify pages at once, and one by one if that fails: one bad page must not lose the others."""
    try:
        return iter(model.classify_batch(pages))
    except Exception:  # noqa: BLE001 - one bad page must not lose the others; each is tried alone
        return (_classify_alone(model, page) for page in pages)


def _classify_alone(model: "Model", page: Page) -> "Prediction | Exception":
    try:
        return model.classify(page)
    except Exception as error:  # noqa: BLE001 - reported with its reason
        return error
