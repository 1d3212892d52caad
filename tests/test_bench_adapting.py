"""Measuring what labels and memory do for a site: what is counted, and that invented sites come out as they must."""

from dataclasses import replace

import numpy as np
import pytest

import linesift
from benchmarks.adapting import Site, confirmed, fit_recurrence, measure, read_sites, report_lines
from inventedsite import invented_page
from linesift.labels import LABELS, Label
from linesift.model.model import Model
from linesift.model.prediction import Prediction
from linesift.page import LabelledPage, Page
from linesift.train.folds import fold_of

NAMES = ("herald.example", "courier.example", "gazette.example")
PAGES = [invented_page(20 * place + number, site=site) for place, site in enumerate(NAMES) for number in range(12)]
LONE = [invented_page(90 + number, site="lone.example") for number in range(5)]


@pytest.fixture(scope="module")
def sites() -> list[Site]:
    return read_sites([linesift.load()], [*PAGES, *LONE])


def predicted(text: str, *labels: Label | None) -> Prediction:
    return Prediction(Page(text), labels, np.zeros((len(labels), len(LABELS)), np.float32))


def test_sites_with_few_pages_do_not_count(sites: list[Site]) -> None:
    assert sorted(site.name for site in sites) == sorted(NAMES)


def test_wrong_lines_are_those_that_the_model_gives_another_label(sites: list[Site]) -> None:
    shipped = linesift.load()
    for site in sites:
        given = shipped.classify_batch(page.page for page in site.pages)
        pairs = [
            (one, other)
            for page, found in zip(site.pages, given, strict=True)
            for one, other in zip(page.labels, found.labels, strict=True)
            if one is not None
        ]
        expected = [one is not other for one, other in pairs]
        assert site.is_wrong(np.zeros_like(site.base)).tolist() == expected


def test_each_site_is_classified_by_the_model_of_its_fold(model: Model) -> None:
    models = [linesift.load(), model]
    found = read_sites(models, PAGES)
    assert {fold_of(site.name, 2) for site in found} == {0, 1}
    for site in found:
        assert site.model is models[fold_of(site.name, 2)]
        np.testing.assert_array_equal(site.base, site.part.log_odds(site.batch))


def test_lines_of_two_pages_recur(sites: list[Site]) -> None:
    site = sites[0]
    texts = [line for page in site.pages for line in page.page.lines if line.strip()]
    found = dict(zip(texts, site.is_recurring().tolist(), strict=True))
    assert found["Front page"]
    once = [text for text in texts if texts.count(text) == 1 and not any(sign.isdigit() for sign in text)]
    assert once
    assert not any(found[text] for text in once)


def test_gold_is_confirmed_by_the_same_label_on_the_same_line() -> None:
    text = "Menu\n\nRain falls.\nRain falls.\nSun\nFog"
    labels = (Label.SIDEBAR, None, Label.BODY, Label.SIDEBAR, Label.BODY, Label.BODY)
    page = LabelledPage(Page(text), labels, site="herald.example")
    witness = predicted("• Menu\nRain falls\nRain falls.\nSun", Label.SIDEBAR, Label.BODY, Label.SIDEBAR, Label.SIDEBAR)
    assert confirmed(page, witness) == [True, True, True, False, False]
    assert confirmed(page, None) == [False] * 5


def test_labels_help_and_the_report_says_so(sites: list[Site]) -> None:
    counted = [replace(site, is_confirmed=site.labels == Label.BODY.column) for site in sites]
    plain, some = measure({"plain": sites, "some": counted}).values()
    for result, other in zip(plain, some, strict=True):
        assert result.confirmed is None
        assert other.confirmed is not None
        assert result.labelled == other.labelled
        assert other.confirmed[0] < other.labelled[0]
        assert result.labelled[1] <= result.labelled[0] / 2
        assert result.recurring is not None
        assert result.unlabelled is not None
        assert result.recurring[1] <= result.recurring[0] == result.unlabelled[0]
        assert 0 < result.n_wrong[0] >= result.n_wrong[1] >= result.n_wrong[2]
    lines = list(report_lines({"plain": plain, "some": some}))
    assert len([line for line in lines if any(line.startswith(f"| {name} |") for name in NAMES)]) == 2 * len(NAMES)
    heads = [line for line in lines if line.startswith("| wrong lines a page")]
    assert [head.count("confirmed") for head in heads] == [0, 2]


def test_a_site_alone_has_no_table_to_be_measured_with(sites: list[Site]) -> None:
    assert not fit_recurrence([]).any()
    result = measure({"alone": sites[:1]})["alone"][0]
    assert result.unlabelled is not None
    assert result.unlabelled[0] == result.unlabelled[1]
