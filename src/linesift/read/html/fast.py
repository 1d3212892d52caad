"""Choose who reads a page: the compiled reader where numba is installed and it is worth its start, or `plain`.

Both give the same. `linesift.fast` chooses.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from linesift.fast import Choice, Sizes, make_is_kept
from linesift.hints import Hints
from linesift.read.html.plain import read_plain

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser


class Reader(NamedTuple):
    """The compiled reader."""

    read: Callable[["LexborHTMLParser", bytes], tuple[str, Hints] | None]
    """Reads the text and the hints of a page; `None` where only the walk can."""
    is_ordinary: Callable[[bytes], bool]
    """Says whether `encoding.to_utf8` and `limits.limit_markup` would give a page back; false also where not sure."""


_BYTES = Sizes(20_000_000, 800_000_000)
_PROBE = """<!DOCTYPE html><html><head><title>Harbour reopens | Coast Post</title>
<meta property="article:published_time" content="2024-05-17T08:30:00Z"><script>if (a < b) {"<!--"}</script></head>
<body class="page"><!-- c --><nav hidden="x>y"><a href="/a?b&c">Home</a></nav><ul><li class="item1"><a href="#top">Top
</a><a href="mailto:a@b.example">Mail</a></ul><svg><style>.a{}</style><path d="M0"/></svg><h1>Harbour  reopens</h1>
<p title="a&quot;b">17 May 2024, <b>08:30</b>&nbsp;and <i>more</i></p><img alt="A ferry &lt;here&gt;"><p>A ferry
<pre>one\n two</pre><table><tr><td>1<td>2</table><span>a</span><x-y>b</x-y><p style="display : NONE">never</p>"""


def read_fast(tree: "LexborHTMLParser", html: bytes) -> tuple[str, Hints] | None:
    """Read the text and the hints of a page with the compiled reader; `None` where the walk has to."""
    reader = READER.choose(len(html))
    return None if reader is None else reader.read(tree, html)


def is_ordinary(html: bytes) -> bool:
    """Say whether `encoding.to_utf8` and `limits.limit_markup` would give a page back; false also where not sure."""
    return READER.compiled is not None and READER.compiled.is_ordinary(html)


def load() -> Reader | None:
    """Load the compiled reader, and compile it if need be; `None` where it reads a page wrongly.

    It is tried on a page: another version of the parser might write pages in another way.

    Raises:
        ImportError: if it cannot be loaded.
    """
    from selectolax.lexbor import LexborHTMLParser

    from linesift.read.html.compiled import bounds
    from linesift.read.html.compiled.reader import read_compiled

    html = _PROBE.encode()
    tree = LexborHTMLParser(html, scripting=True)
    found, expected = read_compiled(tree, html), read_plain(tree, html)
    is_same = found is not None and found[0] == expected[0] and found[1].equals(expected[1])
    return Reader(read_compiled, bounds.is_ordinary) if is_same and bounds.is_ordinary(html) else None


READER = Choice(load, make_is_kept("linesift.read.html.compiled.run.run"), _BYTES)
