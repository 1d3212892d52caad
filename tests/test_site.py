"""A site's correction: learnt from a few pages, it mends the others and leaves other sites alone."""

from dataclasses import replace

import numpy as np
import pytest

import linesift
from benchmarks import adapting
from conftest import ROOT
from hinted import random_hints
from inventedsite import invented_page
from linesift.evaluate.evaluate import evaluate
from linesift.features.batch import read_batch
from linesift.labels import LABELS
from linesift.model.model import Model
from linesift.model.part import softmax
from linesift.model.site import _BEYOND, _likeliest, _nearest_anchors, recurring
from linesift.page import LabelledPage
from linesift.read.labelled import read_labelled
from linesift.train.site import fit_site, with_site

PAGES = [invented_page(number) for number in range(9)]
LEARNT, OTHERS = PAGES[:3], PAGES[3:]


def n_wrong(model: Model, pages: list[LabelledPage]) -> int:
    report = evaluate(pages, model.classify_batch(page.page for page in pages))
    return sum(page.n_wrong for page in report.pages)


def hinted(page: LabelledPage, seed: int) -> LabelledPage:
    return replace(page, page=replace(page.page, hints=random_hints(page.page.text, seed)))


def test_three_pages_halve_the_wrong_lines_of_the_others() -> None:
    shipped = linesift.load()
    before = n_wrong(shipped, OTHERS)
    assert before > 4 * len(OTHERS)  # else the site fools nobody, and the test shows nothing
    assert n_wrong(with_site(shipped, LEARNT), OTHERS) <= before / 2


def test_three_pages_of_sites_of_ten_mend_what_no_recurring_line_is_near() -> None:
    """Sites of `data/sites`, each of its own build; in one, standfirsts stand between a title and a byline."""
    pages = read_labelled(ROOT / "data" / "sites")
    n_before = n_after = 0
    for site in adapting.read_sites([linesift.load()], pages):
        before = site.is_wrong(np.zeros_like(site.base))
        runs = [(site.is_wrong(site.corrected(learnt)), site.is_on(rest)) for learnt, rest in site.draws(3)]
        counts = [(int(before[others].sum()), int(after[others].sum())) for after, others in runs]
        of_site, left = (sum(numbers) for numbers in zip(*counts, strict=True))
        assert of_site >= 4 * len(runs)
        assert left < 0.7 * of_site, site.name
        n_before, n_after = n_before + of_site, n_after + left
    assert n_after <= 0.4 * n_before


def test_landmarks_as_a_plain_loop(model: Model) -> None:
    batch = read_batch([page.page.text for page in LEARNT])
    base = model.text.log_odds(batch)
    for label in LABELS:
        found = _likeliest(batch, base, label)
        for row, page in enumerate(batch.page):
            rows = [other for other in range(len(batch.page)) if batch.page[other] == page]
            odds = softmax(base[rows])[:, label.column]
            assert odds[rows.index(found[row])] == pytest.approx(max(odds))


def test_pages_of_other_sites_come_out_the_same(pages: list[LabelledPage]) -> None:
    shipped = linesift.load()
    adapted = with_site(shipped, LEARNT)
    for one, other in zip(
        shipped.classify_batch(page.page for page in pages),
        adapted.classify_batch(page.page for page in pages),
        strict=True,
    ):
        np.testing.assert_array_equal(one.probabilities, other.probabilities)


def test_fitting_again_gives_the_same(model: Model) -> None:
    one, other = fit_site(model.text, LEARNT), fit_site(model.text, LEARNT)
    np.testing.assert_array_equal(one.keys, other.keys)
    np.testing.assert_array_equal(one.weights, other.weights)


def test_html_has_a_correction_of_its_own(html_model: Model) -> None:
    given = [hinted(page, seed) for seed, page in enumerate(LEARNT)]
    adapted = with_site(html_model, [*given, OTHERS[0]])
    assert adapted.html is not None
    assert len(adapted.text.sites) == len(adapted.html.sites) == 1
    assert not np.array_equal(adapted.text.sites[0].keys, adapted.html.sites[0].keys)
    before, after = (model.classify(given[0].page).probabilities for model in (html_model, adapted))
    assert not np.allclose(before, after)


def test_a_site_without_html_leaves_html_alone(html_model: Model) -> None:
    adapted = with_site(html_model, LEARNT)
    page = hinted(OTHERS[0], 5).page
    before, after = (model.classify(page).probabilities for model in (html_model, adapted))
    np.testing.assert_array_equal(before, after)


def test_sites_are_added_or_replaced(model: Model) -> None:
    other = [invented_page(20 + number) for number in range(2)]
    both = with_site(with_site(model, LEARNT), other)
    assert len(both.text.sites) == 2
    again = with_site(both, LEARNT[:2], place=0)
    assert len(again.text.sites) == 2
    np.testing.assert_array_equal(again.text.sites[1].weights, both.text.sites[1].weights)
    assert len(again.text.sites[0].keys) != len(both.text.sites[0].keys)


def test_a_page_does_not_depend_on_its_batch(model: Model) -> None:
    adapted = with_site(model, LEARNT)
    together = adapted.classify_batch(page.page for page in OTHERS)
    for page, prediction in zip(OTHERS, together, strict=True):
        np.testing.assert_array_equal(adapted.classify(page.page).probabilities, prediction.probabilities)


@pytest.mark.parametrize("text", ["", "\n\n", "One line"])
def test_pages_without_lines(model: Model, text: str) -> None:
    assert with_site(model, LEARNT).classify(text).labels == model.classify(text).labels


def test_recurring_lines_are_those_of_two_pages() -> None:
    assert len(recurring(read_batch(["Menu\nRain\nRain", "Menu\nSun"]))) == 1
    assert len(recurring(read_batch(["Menu\nRain"]))) == 2
    assert len(recurring(read_batch([""]))) == 0


def test_nearest_recurring_lines_as_a_plain_loop() -> None:
    batch = read_batch([page.page.text for page in LEARNT])
    anchors = recurring(batch)
    found = _nearest_anchors(batch, anchors)
    for row, page in enumerate(batch.page):
        ends = batch.page_starts[page], batch.page_starts[page + 1]
        nearest: list[int] = []
        for way in (range(row - 1, ends[0] - 1, -1), range(row + 1, ends[1])):
            place = next((other for other in way if batch.scan.hash[other] in anchors), None)
            nearest += [0, _BEYOND] if place is None else [int(batch.scan.hash[place]), abs(place - row)]
        assert [int(values[row]) for values in found] == nearest
