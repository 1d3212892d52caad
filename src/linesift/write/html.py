"""HTML files of ours: one file each, without anything from elsewhere, whose texts cannot do anything."""

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
    r"""Make any text safe to stand in HTML, inside of an element or of a quoted attribute.

    >>> text('</script> & "so"\x00')
    '&lt;/script&gt; &amp; &quot;so&quot; '
    """
    return html.escape(clean(value))


def document(
    title: str, parts: Iterable[str], *, styles: Iterable[str] = (), scripts: Iterable[str] = ()
) -> Iterator[str]:
    """Give an HTML file in pieces.

    Only our scripts run in it, known by their hash, and it loads nothing: should a text of a page come through as
    markup in spite of `text`, it would be inert.

    Args:
        title: its title, any text.
        parts: the content, as HTML; every text in it made by `text`.
        styles: names of style sheets in `web/`, beside the colours that all our files share.
        scripts: names of scripts there, beside the one for the button `theme`.
    """
    sheets = "".join(_file(name) for name in ("base.css", *styles))
    programs = [_file(name) for name in ("theme.js", *scripts)]
    hashes = " ".join(f"'sha256-{base64.b64encode(sha256(code.encode()).digest()).decode()}'" for code in programs)
    yield _HEAD.format(title=text(title), style=sheets, hashes=hashes)
    yield from parts
    yield from (f"<script>{code}</script>\n" for code in programs)
    yield "</body>\n</html>\n"


@cache
def _file(name: str) -> str:
    return (files("linesift.write") / "web" / name).read_text("utf-8")
