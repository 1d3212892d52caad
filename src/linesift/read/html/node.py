"""Nodes of the parser's tree, as far as reading uses them."""

from typing import Protocol

Attributes = dict[str, str | None]
"""Attributes of an element by name; `None` for one without a value."""


class Node(Protocol):
    """Node of the tree; a text node has the tag `-text`."""

    @property
    def tag(self) -> str | None: ...  # noqa: D102
    @property
    def text_content(self) -> str | None: ...  # noqa: D102
    @property
    def attributes(self) -> "Attributes": ...  # noqa: D102
    @property
    def first_child(self) -> "Node | None": ...  # noqa: D102
    @property
    def next(self) -> "Node | None": ...  # noqa: D102
    def text(self) -> str: ...  # noqa: D102
