"""Languages of texts, by script and by their commonest words."""

from collections import Counter
from pathlib import Path

import pytest

from linesift.article.facts import _NOT_TOLD
from linesift.article.languages import find_languages, known_languages
from linesift.labels import Label
from linesift.read.labelled import find_labelled_files, parse_page

PAGES = Path(__file__).parents[1] / "data" / "pages"
CODES = {"tl": "fil"}
"""Codes in names of our pages that differ from those that are found."""


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("The ferry is back in the harbour, and that is for the town", "en"),
        ("フェリーが港に戻った", "ja"),
        ("渡輪今日喺碼頭返咗嚟，佢哋話唔使再等", "yue"),
        ("渡輪今日回到碼頭，他們說不必再等", "zh"),
        ("नौका बंदरगाह में लौट आई है और यात्री खुश हैं, यह शहर के लिए अच्छी खबर है", "hi"),
        ("बोट बंदरात परत आली आहे आणि प्रवासी खूश आहेत, हे शहरासाठी चांगले आहे", "mr"),
        ("ফেরিটি আজ ঘাটে ফিরেছে এবং যাত্রীরা খুশি", "bn"),
        (
            "Kapal itu telah kembali ke pelabuhan pada Senin, kata polisi, karena cuaca membaik dan bisa berlabuh",
            "id",
        ),
        (
            "Kapal itu telah kembali ke pelabuhan pada Isnin, kata polis, kerana cuaca pulih dan boleh berlabuh",
            "ms",
        ),
        ("Kapale wis bali menyang plabuhan lan para penumpang padha seneng, nalika iku udan wis ora ana", "jv"),
        ("El barco está de vuelta en el puerto y los vecinos dicen que no se había visto algo así", "es"),
        ("Паром вернулся в порт, и для жителей это было не так просто, как они думали", "ru"),
        ("Фериботът се върна в пристанището и за жителите това не е лесно, както те са мислили", "bg"),
        ("xyz", ""),
    ],
)
def test_a_text(text: str, languages: str) -> None:
    assert find_languages(text) == frozenset(languages.split())


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("По данным полиции, в центре города до полуночи было тихо, и до утра никто не вышел", "ru"),
        ("Паром повернувся до порту, і його жителі їздять знову", "uk"),
        ("Паром портқа қайтып келді, тұрғындар өте қуанышты", "kk"),
        ("Трајектот се врати во пристаништето, ѕидот е скршен и луѓето се радуваат, ќе пловат", "mk"),
        ("Трајект се вратио у луку и људи ће од сутра ићи на рад, а ноћу ће бити затворено", "sr"),
    ],
)
def test_letters_decide_in_cyrillic(text: str, languages: str) -> None:
    assert find_languages(text) == frozenset(languages.split())


def test_a_word_of_all_siblings_decides_for_none() -> None:
    text = "Guverner je najavio da će stope ostati iste i da će vlada predložiti novi zakon"
    assert find_languages(text) == {"hr", "bs", "sr"}


def test_no_language_that_is_told_is_taken_from_the_markup_alone() -> None:
    assert known_languages().isdisjoint(_NOT_TOLD)


def test_close_languages_stay_open() -> None:
    """Nothing in this text says which of the two it is."""
    assert find_languages("Kapal itu telah kembali ke pelabuhan pada pagi ini dengan selamat") == {"id", "ms"}


def test_our_pages() -> None:
    """Their names begin with the code of their language. Of a text alone, a few are open, and hardly any are wrong."""
    outcomes: Counter[str] = Counter()
    for path in find_labelled_files(PAGES):
        page = parse_page(path.read_text("utf-8"), path.name)
        pairs = zip(page.page.lines, page.labels, strict=True)
        text = "\n".join(line for line, label in pairs if label is Label.BODY)
        code = path.name.partition("-")[0]
        if text:
            found, wanted = find_languages(text), CODES.get(code, code)
            outcomes["right" if found == {wanted} else "open" if wanted in found or not found else "wrong"] += 1
    assert outcomes["wrong"] <= 2
    assert outcomes["right"] >= 0.9 * outcomes.total()
