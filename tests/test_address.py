"""Words that lines share with the address of their page."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import linesift
from linesift.errors import ModelError
from linesift.features import address
from linesift.features.address import shared_with_address
from linesift.labels import Label
from linesift.model.directory import load_model, save_model
from linesift.page import Page
from linesift.train.probe import probe_pages

ADDRESS = "https://harbour.example/news/2024/05/14/{}-884123.html"


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Ferry returns after the storm", "ferry-returns-after-the-storm"),
        ("Größere Fähren für Südhafen", "groessere-faehren-fuer-suedhafen"),
        ("Größere Fähren für Südhafen", "grossere-fahren-fur-sudhafen"),
        ("L'école d'été rouvre à Port-Élan", "lecole-dete-rouvre-a-port-elan"),
        ("Паром вернулся в порт, жители рады", "parom-vernulsya-v-port-zhiteli-rady"),
        ("Щодня в Україні: їжачок повернувся", "shchodnya-v-ukrajini-yizhachok-povernuvsya"),
        ("Το πλοίο επέστρεψε στο λιμάνι", "to-ploio-epestrepse-sto-limani"),
        ("Łódź wróciła na Wisłę", "lodz-wrocila-na-wisle"),
        ("Ferry 'Şirin' kembali ke Pelabuhan 9", "ferry-sirin-kembali-ke-pelabuhan-9"),
        ("नौका बंदरगाह लौटी", "%E0%A4%A8%E0%A5%8C%E0%A4%95%E0%A4%BE-बंदरगाह-लौटी"),
    ],
)
def test_a_title_is_found_in_the_address(title: str, slug: str) -> None:
    other = "Harvest festival moved to June"
    of_line, of_address = shared_with_address(ADDRESS.format(slug), [title, other])
    np.testing.assert_array_equal(of_line[0], 1)
    np.testing.assert_array_equal(of_address[0], 1)
    assert of_line[1] <= 0.2
    assert of_address[1] <= 0.2


def test_shares_are_by_letters() -> None:
    of_line, of_address = shared_with_address("https://a.example/ferry-is-back", ["Ferry sinks", "", "-"])
    np.testing.assert_allclose(of_line, [0.5, 0, 0])
    np.testing.assert_allclose(of_address, [5 / 11, 0, 0], rtol=1e-6)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://a.example",
        "https://a.example/",
        "https://a.example/news/",
        "https://a.example/2024/1234567.html",
        "http://[a/b-c-d",
    ],
)
def test_an_address_without_words_says_nothing(url: str) -> None:
    assert np.isnan(shared_with_address(url, ["Ferry returns", "News"])).all()


@given(st.text(max_size=60), st.lists(st.text(st.characters(exclude_characters="\n"), max_size=40), max_size=4))
def test_any_text(url: str, lines: list[str]) -> None:
    found = shared_with_address(url, lines)
    assert found.shape == (2, len(lines))
    assert (np.isnan(found) | ((found >= 0) & (found <= 1))).all()


PAGE = """Home
News
Sport
Harvest festival moved to June
Ferry returns after the storm
14 May 2024
The ferry to the island runs again since this morning, four days after the storm damaged the pier.
Divers found no damage to the hull, and the owner said that all crossings would take place as planned.
Contact"""


def test_the_address_helps_to_choose_the_title() -> None:
    """Of two lines of one shape above the date, the one that the address has is likelier."""
    model = linesift.load()

    def probability(slug: str, line: int) -> float:
        page = Page(PAGE, url=ADDRESS.format(slug) if slug else "")
        return float(model.classify(page).probabilities[line, Label.HEADLINE.column])

    for slug, line in (("harvest-festival-moved-to-june", 3), ("ferry-returns-after-the-storm", 4)):
        assert probability(slug, line) > probability("", line)


def test_a_page_comes_out_the_same_in_any_batch() -> None:
    model = linesift.load()
    pages = [Page(PAGE, url=url) for url in ("", ADDRESS.format("harvest-festival-moved-to-june"), "")]
    batch = [prediction.probabilities for prediction in model.classify_batch(pages)]
    for page, found in zip(pages, batch, strict=True):
        np.testing.assert_array_equal(model.classify(page).probabilities, found)
    assert not np.array_equal(batch[0], batch[1])
    np.testing.assert_array_equal(batch[0], batch[2])


@pytest.mark.parametrize(("table", "changed"), [("_LATIN", {}), ("_SPELLINGS", ())])
def test_loading_notices_other_tables(
    table: str, changed: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The probe has a page whose address writes its Russian title in Latin letters."""
    save_model(linesift.load(), {}, probe_pages(), tmp_path / "m")
    load_model(tmp_path / "m")
    monkeypatch.setattr(address, table, changed)
    with pytest.raises(ModelError, match="does not reproduce its probe"):
        load_model(tmp_path / "m")
