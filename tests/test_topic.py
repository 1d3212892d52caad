"""Words that a line shares with its page; the columns themselves stand against the oracle in test_features_oracle."""

import numpy as np

from linesift.features.batch import read_batch
from linesift.features.topic import SHORTEST, SharedWords, word_buckets
from linesift.page import LabelledPage


def test_a_word_keeps_its_bucket_on_its_page() -> None:
    row, bucket, n_buckets = word_buckets(read_batch(["water rises\nWater falls\nwaterfall", "water"]))
    assert bucket[row == 0][0] == bucket[row == 1][0]
    assert bucket[row == 0][0] not in (bucket[row == 2][0], bucket[row == 3][0])
    assert 0 <= bucket.min() <= bucket.max() < n_buckets


def test_strangers_seldom_share_a_bucket(pages: list[LabelledPage]) -> None:
    batch = read_batch([page.page.text for page in pages])
    row, bucket, _ = word_buckets(batch)
    hashes = batch.scan.word_hash[batch.scan.word_size >= SHORTEST]
    words = np.unique(np.stack((batch.page[row].astype(np.uint64), hashes)), axis=1).shape[1]
    assert len(np.unique(bucket)) > words * 7 / 8


def test_weights_of_other_lines_are_summed() -> None:
    batch = read_batch(["water\nwater\nwater\nstone"])
    share, weight = SharedWords(batch).of(np.array([0.3, 0.3, 0.1, 0.9], np.float32))
    assert share.tolist() == [0.0, 0.0, 1.0, 0.0]
    np.testing.assert_allclose(weight, np.log1p([0.4, 0.4, 0.6, 0.0]), rtol=1e-6)


def test_short_words_do_not_count() -> None:
    share, weight = SharedWords(read_batch(["the\nthe"])).of(np.ones(2, np.float32))
    assert np.isnan(share).all()
    assert np.isnan(weight).all()


def test_words_of_two_letters_do_not_count_but_pairs_do() -> None:
    share, _ = SharedWords(read_batch(["of\nof\n水位\n水位"])).of(np.ones(4, np.float32))
    assert share.tolist()[2:] == [1.0, 1.0]
    assert np.isnan(share[:2]).all()


def test_a_word_that_its_line_repeats_is_shared() -> None:
    share, weight = SharedWords(read_batch(["water stone water"])).of(np.ones(1, np.float32))
    np.testing.assert_allclose(share, [2 / 3], rtol=1e-6)
    np.testing.assert_allclose(weight, [2 / 3 * np.log(2)], rtol=1e-6)


def test_words_of_some_lines_are_those_of_all(pages: list[LabelledPage]) -> None:
    """The words of the other lines are left out, and what is found of these lines is the same to the last bit."""
    batch = read_batch([page.page.text for page in pages[:6]])
    rows = np.arange(1, len(batch.page), 7)
    weights = np.random.default_rng(2).random(len(batch.page), np.float32)
    every, some = SharedWords(batch).of(weights), SharedWords(batch, rows).of(weights)
    np.testing.assert_array_equal(np.array(some), np.array(every)[:, rows])
    assert len(SharedWords(batch, rows[:0]).of(weights)[0]) == 0
