"""Settings of the site that `make docs` builds from the documents of this repository.

The source directory is the root of the checkout, so that one relative link works in the repository and on the site.
"""

import re
from typing import Any

from linesift import __version__

project = "linesift"
author = copyright = "The linesift developers"  # noqa: A001 (Sphinx reads this name)
version = release = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
root_doc = "docs/index"
include_patterns = [
    "README.md",
    "docs/*.md",
    "data/README.md",
    "models/README.md",
    "models/news/README.md",
    "reports/*.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
]
exclude_patterns = [".*", "build", "dist"]

myst_heading_anchors = 4
myst_links_external_new_tab = False
default_role = "code"
suppress_warnings = ["myst.header"]
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"

html_theme = "furo"
html_title = "linesift"
html_extra_path = ["site"]
html_show_sourcelink = False
html_copy_source = False


_CODE = re.compile(r"(?<!`)`([^`]+)`(?!`)")


def setup(app: Any) -> None:
    """Register `_prepare` so that it runs before napoleon."""
    app.connect("autodoc-process-docstring", _prepare, priority=100)


def _prepare(_app: Any, what: str, *rest: Any) -> None:
    """Make code in backticks literal, so that a backslash in it stays.

    napoleon takes words before a colon in the first line of a variable's docstring for its type; an empty comment of
    reStructuredText before it prevents that.
    """
    lines: list[str] = rest[-1]
    lines[:] = [_CODE.sub(r"``\1``", line) for line in lines]
    if what in {"attribute", "data", "property"}:
        lines[:0] = ["..", ""]
