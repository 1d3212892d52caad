"""Splits by site."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from linesift.page import LabelledPage, Origin, Page
from linesift.train.folds import CrossFit, site_folds


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
