"""HTML files: each is complete in itself, loads nothing, and runs no script but ours."""

import base64
import html
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import sha256
from importlib.resources import files

from linesift.write.tables import clean

_HEAD = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src {hashes}">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
"""


def text(value: str) -> str:
    r"""Escape a text for HTML, inside an element or a quoted attribute.

    >>> text('</script> & "so"\x00')
    '&lt;/script&gt; &amp; &quot;so&quot; '
    """
    return html.escape(clean(value))


def document(
    title: str, parts: Iterable[str], *, styles: Iterable[str] = (), scripts: Iterable[str] = ()
) -> Iterator[str]:
    """Write an HTML file in pieces.

    Its content security policy allows only our scripts, by their hash, and loads nothing. So a text that was by
    mistake not escaped could not do anything.

    Args:
        title: the title, any text.
        parts: the content as HTML; every text in it went through `text`.
        styles: style sheets in `web/`, in addition to `colours.css` and `base.css`.
        scripts: scripts in `web/`, in addition to `theme.js`.
    """
    sheets = "".join(_file(name) for name in ("colours.css", "base.css", *styles))
    programs = [_file(name) for name in ("theme.js", *scripts)]
    hashes = " ".join(f"'sha256-{base64.b64encode(sha256(code.encode()).digest()).decode()}'" for code in programs)
    yield _HEAD.format(title=text(title), style=sheets, hashes=hashes)
    yield from parts
    yield from (f"<script>{code}</script>\n" for code in programs)
    yield "</body>\n</html>\n"


@cache
def _file(name: str) -> str:
    return (files("linesift.write") / "web" / name).read_text("utf-8")
