"""The choice between plain and compiled code, and how functions are compiled."""

from importlib import import_module

import pytest

from linesift.fast import Choice, Sizes, use


@pytest.fixture(autouse=True)
def no_other_choices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Choice, "every", [])


def _make(compiled: str | None = "compiled", *, is_kept: bool = True) -> Choice[str]:
    pytest.importorskip("numba")
    return Choice(lambda: compiled, lambda: is_kept, Sizes(100, 1000))


def test_compiled_code_begins_when_plain_code_has_done_as_much_as_its_start_takes() -> None:
    choice = _make()
    assert [choice.choose(40) for _ in range(4)] == [None, None, "compiled", "compiled"]
    assert choice.compiled == "compiled"


def test_what_has_to_be_compiled_begins_later() -> None:
    choice = _make(is_kept=False)
    assert [choice.choose(400) for _ in range(3)] == [None, None, "compiled"]


def test_what_is_wrong_here_is_never_used() -> None:
    choice = _make(None)
    assert [choice.choose(1000) for _ in range(3)] == [None] * 3
    assert not choice.use(compiled=True)


def test_a_broken_numba_leaves_the_plain_code() -> None:
    def load() -> str:
        raise ImportError("numba needs another numpy")

    choice = Choice(load, load, Sizes(1, 2))  # type: ignore[arg-type]
    assert [choice.choose(10) for _ in range(3)] == [None] * 3


def test_without_numba_nothing_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linesift.fast.find_spec", {}.get)
    choice: Choice[str] = Choice(pytest.fail, pytest.fail, Sizes(0, 0))
    assert choice.choose(1 << 40) is None


def test_use_tells_all_choices() -> None:
    choices = [_make(), _make()]
    assert use(compiled=True)
    assert [choice.compiled for choice in choices] == ["compiled"] * 2
    assert not use(compiled=False)
    assert choices[0].choose(1 << 40) is None
    _make(None)
    assert not use(compiled=True)
    assert choices[1].compiled == "compiled"


def test_a_function_is_compiled_where_nothing_can_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    numba = pytest.importorskip("numba")
    jit, njit = import_module("linesift.jit"), numba.njit

    def refuse(*functions: object, cache: bool = False, **options: object) -> object:
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return njit(*functions, **options)

    monkeypatch.setattr(numba, "njit", refuse)
    add = jit.outer(_add)
    assert add(1, 2) == 3
    assert not list(jit.kept(add))


def _add(first: int, second: int) -> int:
    return first + second
