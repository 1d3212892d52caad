"""The fingerprint covers every table of columns: a model is refused if one of them has another order or length."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from enum import IntEnum
from typing import Any

import pytest

import linesift
from commandline import environment
from linesift.errors import ModelError
from linesift.features import table
from linesift.model import fingerprint, headline, lexicon, page_kind, second_look, window
from linesift.model.directory import load_model

CACHED = (
    table.features_digest, fingerprint.fingerprint, window.table_names, window._row_numbers, page_kind.column_names,
)  # fmt: skip


@pytest.fixture
def changed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[object, str, Any], None]]:
    """Change a name of a module; whatever is cached is computed anew, and again afterwards."""

    def change(module: object, name: str, value: Any) -> None:
        monkeypatch.setattr(module, name, value)
        clear()

    yield change
    monkeypatch.undo()
    clear()


def clear() -> None:
    for function in CACHED:
        function.cache_clear()


def turned(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """The last two change places."""
    return (*values[:-2], values[-1], values[-2])


TABLES = [
    (table, "COLUMNS"), (table, "MARKUP_COLUMNS"), (table, "TAGS"), (table, "ANCESTORS"), (table, "DAY_PARTS"),
    (table, "_LINK_BITS"),
    (window, "OWN_TEXT_NAMES"), (window, "OWN_HTML_NAMES"), (window, "_NEAR"), (window, "_FAR"),
    (window, "_NEAR_MARKUP"), (window, "_NEAR_STEPS"), (window, "_FAR_STEPS"), (window, "_SUMMED"),
    (window, "_SUMMED_MARKUP"), (window, "_WINDOWS"), (window, "_OF_PAGE"), (headline, "CANDIDATE_NAMES"),
    (second_look, "LOOK_NAMES"), (second_look, "TEMPLATE_NAMES"), (lexicon, "TARGETS"), (page_kind, "WORD_KINDS"),
    (fingerprint, "LABELS"), (fingerprint, "KINDS"),
]  # fmt: skip


def assert_refused() -> None:
    with pytest.raises(ModelError, match="trained on other features"):
        load_model(linesift.shipped())


@pytest.mark.parametrize(("module", "name"), TABLES, ids=[name for _, name in TABLES])
def test_a_table_in_another_order_is_refused(module: object, name: str, changed: Callable[..., None]) -> None:
    changed(module, name, turned(getattr(module, name)))
    assert_refused()


@pytest.mark.parametrize(("module", "name"), TABLES, ids=[name for _, name in TABLES])
def test_a_shorter_table_is_refused(module: object, name: str, changed: Callable[..., None]) -> None:
    changed(module, name, getattr(module, name)[:-1])
    assert_refused()


@pytest.mark.parametrize("name", ["_FAR_MARKUP", "_NEAR_MARKUP", "_FAR"])
def test_neighbours_with_another_column_are_refused(name: str, changed: Callable[..., None]) -> None:
    changed(window, name, (*getattr(window, name)[:-1], "line.bars"))
    assert_refused()


def test_columns_of_pages_in_another_order_are_refused(changed: Callable[..., None]) -> None:
    original = page_kind._columns
    changed(page_kind, "_columns", lambda *given: reversed(list(original(*given))))
    assert_refused()


@pytest.mark.parametrize("name", ["CharClass", "DatePart"])
def test_classes_in_another_order_are_refused(name: str, changed: Callable[..., None]) -> None:
    members = turned(tuple(getattr(table, name).__members__))
    changed(table, name, IntEnum(name, members, start=0))
    assert_refused()


@pytest.mark.parametrize("name", ["TOKEN_BITS", "MARKUP_BITS"])
def test_tokens_of_another_size_are_refused(name: str, changed: Callable[..., None]) -> None:
    changed(table, name, getattr(table, name) + 1)
    assert_refused()


def test_words_of_pages_of_another_size_are_refused(changed: Callable[..., None]) -> None:
    changed(page_kind, "WORD_BITS", page_kind.WORD_BITS + 1)
    assert_refused()


@pytest.mark.parametrize("name", ["COLUMNS", "MARKUP_COLUMNS"])
def test_a_column_with_another_description_is_refused(name: str, changed: Callable[..., None]) -> None:
    columns = getattr(table, name)
    changed(table, name, (replace(columns[0], description="Something else."), *columns[1:]))
    assert_refused()


def test_the_shipped_model_is_read_where_nothing_has_changed() -> None:
    assert load_model(linesift.shipped()).html is not None


def test_the_fingerprint_is_stable() -> None:
    before = fingerprint.fingerprint()
    clear()
    assert fingerprint.fingerprint() == before
    assert len(before) == 16


def test_it_is_the_same_without_docstrings() -> None:
    program = "from linesift.model.fingerprint import fingerprint; print(fingerprint())"
    command = [sys.executable, "-OO", "-c", program]
    found = subprocess.run(command, env=environment(), capture_output=True, check=True, text=True).stdout
    assert found.strip() == fingerprint.fingerprint()
