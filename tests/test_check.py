"""What `linesift check` finds, and that it finds nothing in pages that are right."""

from pathlib import Path
from random import Random

import pytest

from linesift.errors import InputError
from linesift.labelling.check import _differences, check

ROOT = Path(__file__).parent.parent
HEAD = "site: a.example\n----\n"
GOOD = HEAD + "sidebar   | Home\nheadline  | Rain\ntimestamp | 11 March 2024\nbody      | It rained.\n"

WORDS = "use headline, body, timestamp, sidebar (did you mean body?)"
NO_TIMESTAMP = "5: error: a date beside the headline, but no timestamp; "


def found(path: Path, text: str) -> list[str]:
    path.write_text(text, "utf-8")
    return [str(finding).removeprefix(f"{path}:") for finding in check([path]).findings]


def test_our_own_pages_are_right() -> None:
    assert check([ROOT / "data" / "pages"]).findings == ()


@pytest.mark.parametrize("end", ["", "\n", "\n\n", "\n \n\n\n"])
def test_blank_lines_at_the_end_may_come_and_go(tmp_path: Path, end: str) -> None:
    (tmp_path / "a.txt").write_text("Home\nRain\n11 March 2024\nIt rained.\n\n")
    assert found(tmp_path / "a.page", GOOD.rstrip("\n") + end) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (GOOD, []),
        (
            GOOD.replace("body ", "bdoy "),
            ["6: error: unknown label 'bdoy'; use headline, body, timestamp, sidebar (did"],
        ),
        (
            GOOD.replace("body ", "Body "),
            ["6: error: unknown label 'Body'; use headline, body, timestamp, sidebar (did"],
        ),
        (GOOD.replace("headline ", "sidebar  "), ["3: error: no headline; "]),
        (GOOD.replace("headline ", "sidebar  ").replace("----", "note: no title\n----"), ["4: note: no headline; "]),
        (GOOD.replace("body ", "sidebar "), ["3: error: no body; "]),
        (GOOD + "headline  | Rain\n", ["7: error: a second headline, 3 lines below the first; "]),
        (GOOD.replace("headline  | Rain\n", "headline  | Rain\n\nheadline  | again\n"), []),
        (
            GOOD.replace("timestamp ", "sidebar   "),
            [NO_TIMESTAMP],
        ),
        (
            GOOD.replace("timestamp ", "body      "),
            [NO_TIMESTAMP],
        ),
        (GOOD.replace("timestamp ", "sidebar   ").replace("----", "note: no date\n----"), []),
        (
            GOOD.replace("timestamp | 11 March 2024", "sidebar   | 2024年3月11日"),
            [NO_TIMESTAMP],
        ),
        (GOOD.replace("timestamp | 11 March 2024", "sidebar   | 11 photos"), []),
        (
            GOOD + "sidebar   | x\n" * 11 + "body      | Late.\n",
            ["18: note: a body line far from others (10 lines and more)"],
        ),
        (GOOD.replace("body ", "body?"), ["6: note: 1 line marked with ? to look at, from here on"]),
        (HEAD.replace("----", "kind: index\n----") + "sidebar   | Home\n", []),
        (GOOD.replace("----", "lang: pt-BR\n----"), []),
        (
            GOOD.replace("----", "lang: Bahasa Indonesia\n----"),
            ["2: note: 'Bahasa Indonesia' is no language code; use one of two or three letters, such as en"],
        ),
    ],
)
def test_findings(tmp_path: Path, text: str, expected: list[str]) -> None:
    sentences = found(tmp_path / "a.page", text)
    assert len(sentences) == len(expected), sentences
    for sentence, start in zip(sentences, expected, strict=True):
        assert sentence.startswith(start)


def test_all_mistakes_at_once(tmp_path: Path) -> None:
    """A mistake of form does not hide what else is wrong, as far as the file can be understood."""
    (tmp_path / "a.txt").write_text("Home\nRain\n11 March 2024\nIt rained.", "utf-8")
    text = "author: me\n----\nsidebar | Home\ndody | Rain\nsidebar? | 11 March\nbdoy | It rained.\n"
    sentences = [sentence.partition(";")[0].partition(" (")[0] for sentence in found(tmp_path / "a.page", text)]
    assert sentences == [
        "1: error: no site",
        "1: error: unknown key 'author'",
        "3: error: no headline",
        "4: error: unknown label 'dody'",
        "5: error: the text was changed",
        "5: note: 1 line marked with ? to look at, from here on",
        "6: error: unknown label 'bdoy'",
    ]
    text = "site: a\n----\nsidebar | Home\n: Rain\nsidebar | 11 March 2024\nbody | It rained.\n"
    sentences = found(tmp_path / "a.page", text)  # the line without a label may be the headline
    assert sentences[0].startswith("4: error: no label")
    assert not any("no headline" in sentence for sentence in sentences)
    assert found(tmp_path / "a.page", "site: a\n")[0].startswith("1: error: no line of four dashes")


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "a.page"
    path.write_bytes(GOOD.encode() + b"body      | caf\xe9\n")
    (finding,) = check([path]).findings
    assert str(finding).startswith(f"{path}:1: error: line 7 is not valid utf-8")


@pytest.mark.parametrize("suffix", [".txt", ".html"])
@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("| It rained.", "| It  rained.", ["6: error: the text was changed; line 4 of a{} is 'It rained.'"]),
        ("body      | It rained.\n", "", ["6: error: line 4 of a{} is missing here; put it back: 'It rained.'"]),
        ("sidebar   | Home\n", "sidebar   | Home\nsidebar   | Up\n", ["4: error: this line is not in a{}; remove it"]),
    ],
)
def test_changed_text(tmp_path: Path, suffix: str, old: str, new: str, expected: list[str]) -> None:
    text = "Home\nRain\n11 March 2024\nIt rained."
    html = "".join(f"<p>{line}</p>" for line in text.split("\n"))
    (tmp_path / f"a{suffix}").write_text(text if suffix == ".txt" else html, "utf-8")
    path = tmp_path / "a.page"
    assert found(path, GOOD) == []
    sentences = [sentence for sentence in found(path, GOOD.replace(old, new)) if "no body" not in sentence]
    assert sentences == [sentence.format(suffix) for sentence in expected]


def test_another_text_is_reported_once(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("\n".join(f"line {number}" for number in range(40)), "utf-8")
    sentences = found(tmp_path / "a.page", GOOD)
    assert len(sentences) == 1
    again = f"draft the page again: linesift label {tmp_path / 'a.txt'} --out {tmp_path}"
    assert sentences[0].endswith(f"differ from a.txt; put them back, or remove this file and {again}")


def test_advice_is_to_update_only_where_that_works(tmp_path: Path) -> None:
    lines = [f"line {number}" for number in range(40)]
    (tmp_path / "a.txt").write_text("\n".join([*lines, *(f"{line} again" for line in lines)]), "utf-8")
    rows = "".join(f"body | {line}\n" for line in lines)
    text = f"site: a\nnote: no title\n----\n{rows}"
    assert found(tmp_path / "a.page", text)[-1].endswith(f" --out {tmp_path} --update")
    sentences = found(tmp_path / "a.page", text.replace(" | ", " "))
    assert any(f", or remove this file and draft the page again: linesift label {tmp_path}" in one for one in sentences)
    assert not any("--update" in sentence for sentence in sentences)


def test_pages_without_lines_are_not_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.page").write_bytes(b"\xff\xfejunk")
    (tmp_path / "b.page").write_text("site: x\n----\n", "utf-8")
    assert not any("the same page" in str(finding) for finding in check([tmp_path]).findings)


def test_the_same_page_twice(tmp_path: Path) -> None:
    for name in ("a.page", "b.page"):
        (tmp_path / name).write_text(GOOD, "utf-8")
    checked = check([tmp_path])
    assert [str(finding) for finding in checked.findings] == [
        f"{tmp_path / 'b.page'}:1: error: the same page as {tmp_path / 'a.page'}; remove one"
    ]
    assert (checked.n_pages, checked.n_errors, checked.n_doubtful) == (2, 1, 0)


def test_nothing_to_check(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no labelled pages"):
        check([tmp_path])
    with pytest.raises(InputError, match="no such file"):
        check([tmp_path / "none.page"])


def test_differences_are_those_of_all_lines_at_once() -> None:
    draw = Random(3)  # noqa: S311 - the same on every run
    for _ in range(40):
        theirs = [draw.choice("abcd") * draw.randint(0, 2) for _ in range(600)]
        ours = list(theirs)
        for _ in range(6):
            place = draw.randrange(len(ours))
            ours[place : place + draw.randint(0, 2)] = ["new"] * draw.randint(0, 3)
        patched, found = list(theirs), list(_differences(theirs, ours))
        for start, end, low, high in reversed(found):
            patched[start:end] = ours[low:high]
        assert patched == ours
        assert sum(max(end - start, high - low) for start, end, low, high in found) <= 40


def test_repeated_lines_are_compared_in_stretches() -> None:
    found = list(_differences(["a", "b"] * 5_000, ["b", "a"] * 5_000))
    assert found
