"""Write the picture of the documents, `docs/classify.svg`, and the outputs that they show.

Run after a new model, in the environment of the checkout: python -m scripts.make_picture
"""

from io import StringIO

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

import linesift
from linesift.read.page import read_page
from linesift.write import terminal
from scripts.shown import ROOT, write_outputs

SAMPLE, PICTURE = ROOT / "data" / "sample.txt", ROOT / "docs" / "classify.svg"
WIDTH = 104
COMMAND = "$ make classify"

# A card of its own ground, so that it stands on a light page as well as on a dark one.
_PALETTE = [(40, 44, 52), (224, 108, 117), (152, 195, 121), (229, 192, 123)]
_PALETTE += [(97, 175, 239), (214, 140, 240), (86, 200, 210), (210, 214, 222)]
THEME = TerminalTheme((40, 44, 52), (222, 226, 232), _PALETTE, _PALETTE)

# Unlike rich's own frame: no fonts from elsewhere, no window buttons.
FRAME = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="Output of make classify">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px; line-height: {line_height}px; white-space: pre }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}
</defs>
<rect width="100%" height="100%" rx="10" fill="#282c34"/>
<g transform="translate(14, 22)" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def printed(model: linesift.Model) -> str:
    """Run `classify` on the sample page as on a terminal in colour."""
    page, _ = read_page(SAMPLE)
    prediction = model.classify(page)
    rows = "".join(terminal.pretty(prediction, style=terminal.Style(width=WIDTH, is_coloured=True)))
    return f"{COMMAND}\n{rows}{terminal.summary(terminal.tally(prediction))}"


def picture(text: str) -> str:
    """Draw lines with colour codes as SVG."""
    console = Console(record=True, width=WIDTH, file=StringIO(), force_terminal=True)
    console.print(Text.from_ansi(text), soft_wrap=True)
    drawn = console.export_svg(theme=THEME, code_format=FRAME, unique_id="page")
    return "\n".join(line.rstrip() for line in drawn.split("\n"))


def main() -> None:
    """Write the picture and the outputs."""
    PICTURE.write_text(picture(printed(linesift.load())), "utf-8")
    write_outputs()


if __name__ == "__main__":
    main()
