"""What the markup says of a line, as values of JSON."""

from collections.abc import Iterator
from typing import Any

from linesift.hints import ANCESTORS, TAGS, Hints

_N_DIGITS = 4


def line_hints(hints: Hints) -> Iterator[dict[str, Any]]:
    """Give the hints of every line by the names of `Hints`, tag and elements around it by their names.

    Words of attributes and paths are hashes that say nothing to a reader; the former are left out, and of the latter
    only how many siblings share one is given.
    """
    values = zip(
        hints.tag.tolist(),
        hints.ancestors.tolist(),
        hints.depth.tolist(),
        hints.order.tolist(),
        hints.siblings.tolist(),
        hints.link_share.tolist(),
        hints.emphasis.tolist(),
        hints.is_time.tolist(),
        hints.n_inline.tolist(),
        strict=True,
    )
    for tag, around, depth, order, siblings, link_share, emphasis, is_time, n_inline in values:
        yield {
            "tag": TAGS[tag],
            "ancestors": [name for place, name in enumerate(ANCESTORS) if around >> place & 1],
            "depth": depth,
            "order": round(order, _N_DIGITS),
            "siblings": siblings,
            "link_share": round(link_share, _N_DIGITS),
            "emphasis": round(emphasis, _N_DIGITS),
            "is_time": is_time,
            "n_inline": n_inline,
        }
