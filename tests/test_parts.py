"""Kinds of the parts of an article, by shape and by markup."""

import numpy as np
import pytest

from linesift.article.lines import LabelledLines
from linesift.article.parts import Part, PartKind, find_parts
from linesift.hints import ANCESTORS, TAGS, Hints, no_hints
from linesift.labels import Label

LETTERS = {"p": PartKind.PARAGRAPH, "h": PartKind.SUBHEAD, "i": PartKind.ITEM, "q": PartKind.QUOTATION}


def parts(texts: list[str], hints: Hints | None = None) -> tuple[Part, ...]:
    probabilities = np.zeros((len(texts), 4), np.float32)
    return find_parts(LabelledLines(texts, [Label.BODY] * len(texts), probabilities, hints), range(len(texts)))


@pytest.mark.parametrize(
    "rows",
    [
        ["p It rained in the night.", "i • north", "i • south", "p And then not any more."],
        ["p The pool", "h What now?", "p The council meets again on Monday."],
        ["p The pool is saved.", "h Key points", "i - Tax up", "i - Pool saved"],
        ["p Results so far:", "i Ames 1,204", "i Ferris 1,188", "p The count goes on."],
        ["p It was 1 o'clock.", "i 1. Boil the water", "i 2. Add salt", "p 2024. That was the year."],
        ["p 1. Mai in der Stadt war ruhig.", "p Alle waren zu Hause."],
        ["p Väntan är lång.", "q – Vi väntar, säger Ann.", "i – kaffe", "i – bröd"],
        ["p She was calm.", "q “I have saved the deeds and the parrot.”", 'p "It rained", she said, "all night".'],
        ["p Она спокойна.", "q «Рыба пришла сама».", "p Так она сказала."],
        ["p 市長は話した。", "h 交通の状況", "p フェリーは終日欠航となった。午後に再開する。"],
        ["p Prices rose.", "i Chilli, red: Rp 68.000", "i Chilli, green: Rp 42.000", "p Traders hope for rain."],
        ["p It rained.", "h Prices: what is next", "p The council meets again on Monday."],
        ["p One.", "p a line in small letters", "p It ends with a sentence that is long enough."],
        ["p It rained. *", "p *Names were changed.", "p ***", "i * north", "i * south"],
        ["p It was calm.", "i ✅ The pool is saved", "i 👉 The tax goes up", "i ・港"],
        ["p Hon var lugn.", "q ”Jag har räddat papegojan.”", "q ‘The fish came by itself’"],
        ["p ዝናብ ዘነበ።", "h አዲስ እርምጃ", "p ምክር ቤቱ ሰኞ እንደገና ይሰበሰባል።"],
        ["p ฝนตกเมื่อคืนนี้", "h ก้าวต่อไป", "p " + "สภาจะประชุมกันอีกครั้งในวันจันทร์หน้า" * 3],
        ["p Անձրև էր։", "h Նոր քայլ", "p Խորհուրդը կրկին կհավաքվի երկուշաբթի օրը։"],
        ["p The first line can be a summary", "p It ends with a sentence that is long enough."],
    ],
)
def test_shapes(rows: list[str]) -> None:
    expected = [Part(LETTERS[row[0]], row[2:]) for row in rows]
    assert list(parts([part.text for part in expected])) == expected


def test_a_long_answer_in_a_list_of_definitions_is_a_paragraph() -> None:
    hints = no_hints(4)
    hints.tag[:] = [TAGS.index(name) for name in ("dt", "dd", "dt", "dd")]
    texts = ["Why?", "Because. " * 40, "When", "In May"]
    assert [part.kind for part in parts(texts, hints)] == [
        PartKind.ITEM, PartKind.PARAGRAPH, PartKind.ITEM, PartKind.ITEM,
    ]  # fmt: skip


def test_markup_comes_first() -> None:
    hints = no_hints(6)
    hints.tag[:] = [TAGS.index(name) for name in ("p", "h2", "li", "p", "p", "p")]
    hints.ancestors[3] = 1 << ANCESTORS.index("blockquote")
    hints.emphasis[4] = 1.0
    texts = ["One.", "Two", "Three, and no bullet.", "Four.", "In bold", "Not in bold, and long enough."]
    kinds = [part.kind for part in parts(texts, hints)]
    assert kinds == [
        PartKind.PARAGRAPH, PartKind.SUBHEAD, PartKind.ITEM, PartKind.QUOTATION, PartKind.SUBHEAD, PartKind.PARAGRAPH,
    ]  # fmt: skip
    hints.emphasis[4] = 0.0
    assert parts(texts, hints)[4].kind is PartKind.PARAGRAPH


@pytest.mark.parametrize(
    ("tag", "around", "text", "kind"),
    [
        ("p", "li", "Salt the water.", PartKind.ITEM),
        ("div", "li", "Salt", PartKind.ITEM),
        ("p", "li", "A long paragraph of an article that is laid out as a list. " * 6, PartKind.PARAGRAPH),
        ("td", "table", "Bus", PartKind.ITEM),
        ("td", "table", "The market stays, the town said on Monday. " * 3, PartKind.PARAGRAPH),
        ("h3", "article", "A heading with a whole paragraph of the article in it. " * 5, PartKind.PARAGRAPH),
    ],
)
def test_markup_that_lays_out_paragraphs(tag: str, around: str, text: str, kind: PartKind) -> None:
    hints = no_hints(3)
    hints.tag[:] = [TAGS.index(name) for name in ("p", tag, "p")]
    hints.ancestors[1] = 1 << ANCESTORS.index(around)
    found = parts(["It rained in the night.", text.strip(), "And then not any more."], hints)
    assert [part.kind for part in found] == [PartKind.PARAGRAPH, kind, PartKind.PARAGRAPH]


def test_a_summary_in_a_heading_is_no_subhead() -> None:
    hints = no_hints(3)
    hints.tag[:] = [TAGS.index(name) for name in ("h2", "h2", "p")]
    kinds = [part.kind for part in parts(["The pool is saved", "What now?", "The council meets."], hints)]
    assert kinds == [PartKind.PARAGRAPH, PartKind.SUBHEAD, PartKind.PARAGRAPH]


def test_times_of_entries_stand_between_the_lines() -> None:
    texts = ["The meeting begins.", "11:05", "It ends.", "Menu"]
    labels = [Label.BODY, Label.TIMESTAMP, Label.BODY, Label.SIDEBAR]
    page = LabelledLines(texts, labels, np.zeros((4, 4), np.float32))
    assert [part.kind for part in find_parts(page, page.indices(Label.BODY), {1})] == [
        PartKind.PARAGRAPH,
        PartKind.ENTRY,
        PartKind.PARAGRAPH,
    ]
    assert len(find_parts(page, page.indices(Label.BODY))) == 2
