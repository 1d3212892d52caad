"""Runs of neighbouring lines; the columns themselves stand against the oracle in test_features_oracle."""

import numpy as np

from linesift.features.batch import read_batch
from linesift.features.columns import Values
from linesift.features.runs import RUNS, LineRuns, changes, runs_of_text

LONG = "The river came over the road again, said the mayor of the small valley town."


def columns(text: str) -> dict[str, Values]:
    names = [column.name for column in RUNS if column.compute is runs_of_text]
    return dict(zip(names, runs_of_text(read_batch([text])), strict=True))


def test_a_list_between_paragraphs() -> None:
    found = columns(f"{LONG} They are:\n- Ann Lee\n- Bo\n3 others.\n{LONG}")
    assert found["run.lines"].tolist() == [-1, 3, 3, 3, -1]
    np.testing.assert_allclose(found["run.place"], [0, 0, 1 / 3, 2 / 3, 0], rtol=1e-6)
    np.testing.assert_allclose(found["run.words"][1:4], 5 / 3, rtol=1e-6)
    assert found["run.listed"].tolist() == [0, 1, 1, 1, 0]
    np.testing.assert_allclose(found["run.stopped"][1:4], 1 / 3, rtol=1e-6)
    np.testing.assert_array_equal(found["run.colon"], [np.nan, 1, 1, 1, 0])
    np.testing.assert_array_equal(found["run.words_above"], [np.nan, 17, 17, 17, 2])
    np.testing.assert_array_equal(found["run.words_below"], [2, 15, 15, 15, np.nan])


def test_runs_end_with_the_page() -> None:
    batch = read_batch(["a\nb", "", "c"])
    runs = LineRuns(batch, np.zeros(3, np.bool_))
    assert runs.sizes.tolist() == [2, 1]
    assert runs.of_lines(np.array([5, 6])).tolist() == [5, 5, 6]
    assert runs.means(np.array([[1.0, 2.0, 4.0]])).tolist() == [[1.5, 4.0]]


def test_changes() -> None:
    assert changes(np.array([1, 1, 2, 1])).tolist() == [True, False, True, True]
    assert changes(np.zeros(0)).tolist() == []
