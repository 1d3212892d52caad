"""Choose who reads a page: the compiled reader where numba is installed and it is worth its start, or `plain`.

Both give the same. Loading what was compiled before takes as long as the walk takes for a hundred pages, and compiling
as long as for thousands. So the first pages of a process are read by the walk, until it has taken about as long as the
start would.
"""

from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple

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


_BYTES_TO_LOAD, _BYTES_TO_COMPILE = 20_000_000, 800_000_000
"""Bytes of pages that the walk reads in about the time in which the compiled reader starts, if it was compiled before,
and if it has to be compiled."""
_PROBE = """<!DOCTYPE html><html><head><title>Harbour reopens | Coast Post</title>
<meta property="article:published_time" content="2024-05-17T08:30:00Z"><script>if (a < b) {"<!--"}</script></head>
<body class="page"><!-- c --><nav hidden="x>y"><a href="/a?b&c">Home</a></nav><ul><li class="item1"><a href="#top">Top
</a><a href="mailto:a@b.example">Mail</a></ul><svg><style>.a{}</style><path d="M0"/></svg><h1>Harbour  reopens</h1>
<p title="a&quot;b">17 May 2024, <b>08:30</b>&nbsp;and <i>more</i></p><img alt="A ferry &lt;here&gt;"><p>A ferry
<pre>one\n two</pre><table><tr><td>1<td>2</table><span>a</span><x-y>b</x-y><p style="display : NONE">never</p>"""


class _Choice:
    """What is known in this process: how much the walk has read, and the compiled reader once it is loaded."""

    def __init__(self) -> None:
        self.n_bytes = 0
        self.n_bytes_to_start = _BYTES_TO_LOAD if find_spec("numba") is not None else -1
        self.reader: Reader | None = None

    def is_due(self, n_bytes: int) -> bool:
        """Count a page, and say whether the compiled reader shall read from now on."""
        self.n_bytes += n_bytes
        if self.n_bytes_to_start == _BYTES_TO_LOAD < self.n_bytes and not _is_compiled():
            self.n_bytes_to_start = _BYTES_TO_COMPILE
        return 0 <= self.n_bytes_to_start < self.n_bytes


_CHOICE = _Choice()


def read_fast(tree: "LexborHTMLParser", html: bytes) -> tuple[str, Hints] | None:
    """Read the text and the hints of a page with the compiled reader; `None` where the walk has to."""
    choice = _CHOICE
    if choice.reader is None:
        if not choice.is_due(len(html)):
            return None
        choice.reader = load()
        if choice.reader is None:
            choice.n_bytes_to_start = -1
            return None
    return choice.reader.read(tree, html)


def is_ordinary(html: bytes) -> bool:
    """Say whether `encoding.to_utf8` and `limits.limit_markup` would give a page back; false also where not sure."""
    return _CHOICE.reader is not None and _CHOICE.reader.is_ordinary(html)


def use(*, compiled: bool) -> bool:
    """Let the compiled reader read from the next page on, or never; both only change the time.

    Returns:
        Whether it reads now: false also where it cannot be loaded.
    """
    _CHOICE.reader = load() if compiled else None
    _CHOICE.n_bytes_to_start = -1
    return _CHOICE.reader is not None


def _is_compiled() -> bool:
    """Say whether the compiled reader was compiled before, and numba has kept it."""
    try:
        from linesift.read.html.compiled.jit import kept
        from linesift.read.html.compiled.run import run
    except ImportError:  # numba is not for this Python or numpy, or is broken
        return False
    return any(kept(run))


def load() -> Reader | None:
    """Load the compiled reader, and compile it if need be; `None` where it cannot be.

    It is tried on a page: another version of the parser might write pages in another way.
    """
    from selectolax.lexbor import LexborHTMLParser

    try:
        from linesift.read.html.compiled import bounds
        from linesift.read.html.compiled.reader import read_compiled
    except ImportError:
        return None
    html = _PROBE.encode()
    tree = LexborHTMLParser(html, scripting=True)
    found, expected = read_compiled(tree, html), read_plain(tree, html)
    is_same = found is not None and found[0] == expected[0] and found[1].equals(expected[1])
    return Reader(read_compiled, bounds.is_ordinary) if is_same and bounds.is_ordinary(html) else None
