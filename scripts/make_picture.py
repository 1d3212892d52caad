"""Write what the README shows of the output: `docs/classify.svg`, and what stands below each `$ classify` in it.

Run after a new model: python scripts/make_picture.py
"""

import re
import shlex
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text
from typer.testing import CliRunner

import linesift
from linesift.cli.app import classify_app
from linesift.read.page import read_page
from linesift.write import terminal

ROOT = Path(__file__).parents[1]
SAMPLE, README, PICTURE = ROOT / "data" / "sample.txt", ROOT / "README.md", ROOT / "docs" / "classify.svg"
WIDTH = 104
COMMAND = "$ make classify"
SHOWN = re.compile(r"(?<=^```console\n)\$ classify (.*)\n[^`]*(?=^```$)", re.MULTILINE)

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
    """What `classify` prints for the sample page on a terminal in colour."""
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


def with_output(match: re.Match[str]) -> str:
    """A command of the README, run at the root of the checkout, and what it prints."""
    return f"$ classify {match[1]}\n{CliRunner().invoke(classify_app, shlex.split(match[1])).stdout}"


def main() -> None:
    """Write both."""
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(picture(printed(linesift.load())), "utf-8")
    README.write_text(SHOWN.sub(with_output, README.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
