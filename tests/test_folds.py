"""Splits by site."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linesift.labels import LABELS, Label
from linesift.page import LabelledPage, Origin, Page
from linesift.train.folds import CrossFit, fold_problem, site_folds


def page(site: str, *, collection: str = "", source: str = "") -> LabelledPage:
    return LabelledPage(Page("", source), (None,), site=site, origin=Origin(collection))


@given(st.lists(st.sampled_from("abcdefgh"), max_size=30), st.integers(2, 7))
def test_a_site_is_in_one_fold(sites: list[str], n_folds: int) -> None:
    folds = site_folds([page(site) for site in sites], n_folds)
    assert folds.shape == (len(sites),)
    assert all(0 <= fold < n_folds for fold in folds)
    assert len(set(zip(sites, folds.tolist(), strict=True))) == len(set(sites))


@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=20))
def test_order_and_company_do_not_matter(sites: list[str]) -> None:
    folds = site_folds([page(site) for site in sites], 4)
    np.testing.assert_array_equal(site_folds([page(site) for site in reversed(sites)], 4), folds[::-1])
    assert site_folds([page(sites[0])], 4)[0] == folds[0]


def test_same_on_every_run_and_machine() -> None:
    sites = ["harbour-courier.example", "a.example", "b.example", "c.example"]
    assert site_folds([page(site) for site in sites], 4).tolist() == [0, 0, 1, 2]


def test_collections_share_folds_and_pages_without_site_stand_alone() -> None:
    folds = site_folds(
        [page("a", collection="x"), page("a", collection="y"), page("", source="1"), page("", source="2")], 97
    )
    assert folds[0] == folds[1]
    assert folds[2] != folds[3]


def test_what_is_fitted_without_each_fold_and_on_everything() -> None:
    fitted = CrossFit.of(["without 0", "without 1", "all"])
    assert fitted == CrossFit(("without 0", "without 1"), "all")
    assert [*fitted.map(len)] == [9, 9, 3]
    assert [*CrossFit.same(7, 2)] == [7, 7, 7]


def labelled(site: str, labels: tuple[Label, ...] = LABELS) -> LabelledPage:
    return LabelledPage(Page("\n".join(labels)), labels, site=site)


A, B, C, D = "suarakota", "beritaselat", "kabarpagi", "lintasnusa"
"""Sites; in four folds each has one, and in three folds two of them share one, and one is empty."""
NO_DATE = tuple(label for label in LABELS if label is not Label.TIMESTAMP)


@pytest.mark.parametrize(
    ("pages", "n_folds", "problem"),
    [
        ([labelled(site) for site in (A, B, C, D)] * 3, 4, ""),
        ([labelled(site) for site in (A, B, C, D)] * 3, 2, ""),
        (
            [labelled(site) for site in (A, B, C, D)] * 3,
            3,
            "12 pages of 4 sites: one of 3 folds is empty; --folds 2 works, or add pages of other sites",
        ),
        (
            [labelled(A), labelled(B)],
            5,
            "2 pages of 2 sites: 4 of 5 folds are empty; --folds 2 works, or add pages of other sites",
        ),
        ([labelled(A), labelled(C)], 2, "2 pages of 2 sites: one of 2 folds is empty; add pages of other sites"),
        (
            [labelled(A), labelled(C), labelled(D)],
            3,
            "3 pages of 3 sites: 2 of 3 folds are empty; --folds 2 works, or add pages of other sites",
        ),
        ([labelled(A)], 2, "1 page of 1 site: one of 2 folds is empty; add pages of other sites"),
        (
            [labelled(A), labelled(B, NO_DATE), labelled(C, NO_DATE)],
            2,
            "3 pages of 3 sites: all lines with the label timestamp are in one of 2 folds (suarakota), and the model "
            "fitted without that fold cannot learn the label; add pages of other sites that have timestamp lines",
        ),
        (
            [labelled(A), labelled(B, NO_DATE), labelled(C), labelled(D, NO_DATE)],
            2,
            "4 pages of 4 sites: all lines with the label timestamp are in one of 2 folds (suarakota, kabarpagi), and "
            "the model fitted without that fold cannot learn the label; --folds 4 works, or add pages of other sites "
            "that have timestamp lines",
        ),
        (
            [labelled(A, NO_DATE), labelled(B, NO_DATE)],
            2,
            "no line of 2 pages of 2 sites has the label timestamp; add pages that have it",
        ),
    ],
)
def test_why_pages_cannot_be_learnt_in_folds(pages: list[LabelledPage], n_folds: int, problem: str) -> None:
    assert fold_problem(pages, n_folds) == problem
