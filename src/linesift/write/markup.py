"""What the markup says of a line, as values of JSON."""

from collections.abc import Iterator
from typing import Any

from linesift.hints import ANCESTORS, DAY_PARTS, TAGS, Hints

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
        hints.title_share.tolist(),
        hints.title_cover.tolist(),
        hints.day_shown.tolist(),
        strict=True,
    )
    for tag, around, depth, order, siblings, link_share, emphasis, is_time, n_inline, share, cover, day in values:
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
            "title_share": round(share, _N_DIGITS),
            "title_cover": round(cover, _N_DIGITS),
            "day_shown": [name for bit, name in enumerate(DAY_PARTS) if day >> bit & 1],
        }
