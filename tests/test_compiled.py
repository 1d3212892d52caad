"""Compiled code gives what the plain code gives, to the last bit, whatever the text."""

from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from threadpoolctl import threadpool_info

import linesift
from conftest import random_network, random_trees
from fuzz.driver import HOSTILE
from hinted import random_hints
from linesift.features import batch as batch_room
from linesift.features import scan as scan_room
from linesift.features import table as column_room
from linesift.features import tokens as token_room
from linesift.features import topic as topic_room
from linesift.features.batch import Batch, read_batch
from linesift.features.scan import LineScan, scan_plain
from linesift.hints import Hints
from linesift.model import decode as decode_room
from linesift.model import headline as headline_room
from linesift.model import lexicon as lexicon_room
from linesift.model import linear as linear_room
from linesift.model import network as network_room
from linesift.model import page_kind as kind_room
from linesift.model import part as part_room
from linesift.model import second_look as look_room
from linesift.model import trees as tree_room
from linesift.model import window as window_room
from linesift.model.decode import DecodeConfig
from linesift.model.headline import HeadlineRanker
from linesift.model.lexicon import TARGETS, Lexicon, padded_rows
from linesift.model.linear import LinearScorer, quantile_bins
from linesift.page import LabelledPage, Page
from linesift.read.html.page import read_html
from linesift.read.labelled import read_labelled

pytest.importorskip("numba")

from linesift.features.compiled import table as compiled_table
from linesift.features.compiled import tokens as compiled_tokens
from linesift.features.compiled import topic as compiled_topic
from linesift.features.compiled.batch import describe
from linesift.features.compiled.scan import scan_piece
from linesift.features.compiled.table import fill_compiled
from linesift.features.compiled.topic import share_compiled
from linesift.model.compiled import headline as compiled_headline
from linesift.model.compiled.decode import decode as decode_compiled
from linesift.model.compiled.network import score_lines
from linesift.model.compiled.page_kind import page_columns as kind_columns
from linesift.model.compiled.page_kind import word_scores
from linesift.model.compiled.softmax import softmax

DATA = Path(__file__).parents[1] / "data"
_MARKS = ":：h时時點点시年月日년월일.-/ 　\n\r\t•|…!?？。，、\"'”)]»¿@#%©+\u0300\u200d\ud800\U0001f600\U00020000"
_WORDS = [
    *(
        "21",
        "2024",
        "10",
        "9",
        "1980",
        "٣",
        "١٤٤٥",
        "12345",
        "007",
        "October",
        "oct",
        "Mon",
        "a",
        "m",
        "p.m",
        "EST",
        "ago",
    ),
    *("UTC", "Rain", "IN", "ΣίσυφοΣ", "水位", "が", "ต", "ค", "5월", "часов", "ferry", "e\u0301", "अक्टूबर", "x" * 300),
]
_TEXTS = st.lists(st.one_of(st.sampled_from(_MARKS), st.sampled_from(_WORDS), st.characters()), max_size=60).map(
    "".join
)


ROOMS = (
    *(scan_room, batch_room, topic_room, lexicon_room, network_room, window_room, tree_room),
    *(part_room, linear_room, kind_room, headline_room, look_room),
)
CHOICES = tuple(room.COMPILED for room in ROOMS)


@pytest.fixture
def compiled() -> Iterator[None]:
    assert all(choice.use(compiled=True) for choice in CHOICES)
    yield
    for choice in CHOICES:
        choice.use(compiled=False)


@pytest.mark.usefixtures("compiled")
def test_what_was_compiled_is_found_again() -> None:
    """A name that leads nowhere would pass for a function that has to be compiled."""
    assert [choice._is_kept() for choice in CHOICES] == [True] * len(CHOICES)


def _differences(text: str) -> list[str]:
    found, expected = scan_piece(text), scan_plain(text)
    pairs = ((each.name, getattr(found, each.name), getattr(expected, each.name)) for each in fields(LineScan))
    return [name for name, one, other in pairs if one.dtype != other.dtype or not np.array_equal(one, other)]


@given(_TEXTS)
def test_any_text_is_scanned_alike(text: str) -> None:
    assert not _differences(text)


@given(st.text(alphabet="0123456789 .:/-\n年月時", max_size=40))
def test_any_numbers_are_scanned_alike(text: str) -> None:
    assert not _differences(text)


@pytest.mark.parametrize(
    "text", ["", "\n", "\n\n\n", " \r\n\t\n\u2028", "\x1c\x85", "1", "a", "水", ".", "12:", "5월 5"]
)
def test_short_texts_are_scanned_alike(text: str) -> None:
    assert not _differences(text)


def test_counts_stop_at_255() -> None:
    assert not _differences("9:20 " * 300 + "\n" + "Monday 21 October " * 300)


def test_our_pages_are_scanned_alike(pages: list[LabelledPage]) -> None:
    sites = [page for folder in sorted((DATA / "sites").iterdir()) for page in read_labelled(folder)]
    assert sites
    assert not [page.page.text[:40] for page in (*pages, *sites) if _differences(page.page.text)]


def test_hostile_inputs_are_scanned_alike() -> None:
    inputs = [path.read_bytes() for path in sorted(HOSTILE.glob("*/*"))]
    assert inputs
    texts = [data.decode(name, "replace") for data in inputs for name in ("utf-8", "utf-16-le")]
    assert not [text[:40] for text in texts if _differences(text[:200_000])]


@given(st.lists(_TEXTS, max_size=4))
@example(["October 2024 12\n21.10.2024 9:20", "", "Monday\n3 hours ago", "水位が " * 30 + "。\nMay 5 p.m."])
def test_lines_are_described_alike(texts: list[str]) -> None:
    text, offsets = scan_room.join_pages(texts)
    scanned = scan_room.scan(text)
    arguments = scanned, offsets, scanned.number.searchsorted(offsets)
    found, expected = describe(*arguments), batch_room.describe_plain(*arguments)
    assert found.keys() == expected.keys()
    for name, values in expected.items():
        assert found[name].dtype == values.dtype
        np.testing.assert_array_equal(found[name], values)


@given(st.lists(_TEXTS, min_size=1, max_size=3), st.integers(0, 99))
def test_tokens_are_hashed_alike(texts: list[str], seed: int) -> None:
    batch = read_batch(texts, [random_hints(text, seed) for text in texts])
    for rows in (slice(None), slice(1, 3)):
        for name in ("line_tokens", "markup_tokens"):
            row, bucket = getattr(token_room, name)(batch, rows)
            n_tokens, found = getattr(compiled_tokens, name)(batch, rows)
            np.testing.assert_array_equal(found, bucket)
            np.testing.assert_array_equal(np.arange(len(n_tokens)).repeat(n_tokens), row)


def test_pages_without_hints_have_no_markup_tokens() -> None:
    n_tokens, buckets = compiled_tokens.markup_tokens(read_batch(["rain\nsun"]), slice(None))
    assert n_tokens.tolist() == [0, 0]
    assert not len(buckets)


@given(st.lists(st.integers(0, 1200), max_size=6), st.integers(0, 99))
def test_weights_are_added_in_the_same_order(n_tokens: list[int], seed: int) -> None:
    assert lexicon_room.COMPILED.use(compiled=True)
    compiled = lexicon_room.COMPILED.compiled
    lexicon_room.COMPILED.use(compiled=False)
    assert compiled is not None
    draw = np.random.default_rng(seed)
    weights = (draw.normal(size=(500, len(TARGETS))) * 10.0 ** draw.integers(-4, 4, (500, 1))).astype(np.float32)
    lexicon = Lexicon(weights, draw.normal(size=len(TARGETS)).astype(np.float32))
    sizes, bucket = np.array(n_tokens, np.int64), draw.integers(0, 500, sum(n_tokens))
    found = np.zeros((len(TARGETS), len(sizes) + 3), np.float32)
    arrays = bucket.astype(np.int32), sizes.astype(np.int32)
    compiled.add_rows(lexicon._rows.whole(), *arrays, lexicon.bias, 2, found)
    np.testing.assert_array_equal(found[:, 2:-1], lexicon.scores_of(bucket, sizes))
    assert not found[:, [0, 1, -1]].any()


def test_sums_in_another_order_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    def sums(lexicon: Lexicon, bucket: np.ndarray, n_tokens: np.ndarray) -> np.ndarray:
        lines = np.split(lexicon._rows.take(bucket)[:, : len(TARGETS)], n_tokens.cumsum()[:-1])
        return np.array([line.sum(axis=0) for line in lines], np.float32)

    monkeypatch.setattr(Lexicon, "_sums", sums)
    assert lexicon_room._load() is None


def test_a_scan_that_reads_its_text_wrongly_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = scan_plain("Other.")
    monkeypatch.setattr(scan_room, "scan_plain", {scan_room._PROBE: wrong}.get)
    assert scan_room._load() is None


def _as_bytes(page: Page, model: linesift.Model) -> tuple[tuple[object, ...], bytes]:
    prediction = model.classify(page)
    return prediction.labels, prediction.probabilities.tobytes()


@pytest.mark.usefixtures("compiled")
def test_labels_and_probabilities_are_the_same(pages: list[LabelledPage]) -> None:
    model = linesift.load()
    html = [read_html(path.read_bytes()).page for path in sorted((DATA / "pages").glob("*.html"))]
    every = [*(page.page for page in pages), *html]
    fast = [_as_bytes(page, model) for page in every]
    for choice in CHOICES:
        choice.use(compiled=False)
    assert [_as_bytes(page, model) for page in every] == fast


@pytest.mark.usefixtures("compiled")
def test_tiles_do_not_show(html_model: linesift.Model, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["Rain in May\n\n•\nSun", "", "水位上\nRead more about it\n12"]
    hints: list[Hints] = [random_hints(text, place) for place, text in enumerate(texts)]
    batch: Batch = read_batch(texts, hints)
    assert html_model.html is not None
    assert html_model.html.markup_lexicon is not None
    pairs = (
        (html_model.text.lexicon, token_room.line_tokens),
        (html_model.html.markup_lexicon, token_room.markup_tokens),
    )
    whole = [lexicon.scores(batch, tokens) for lexicon, tokens in pairs]
    monkeypatch.setattr(lexicon_room, "_TILE_LINES", 2)
    for (lexicon, tokens), scores in zip(pairs, whole, strict=True):
        np.testing.assert_array_equal(lexicon.scores(batch, tokens), scores)


def _columns(n_lines: int, seed: int) -> np.ndarray:
    own = np.random.default_rng(seed).normal(0, 3, (9, n_lines)).astype(np.float32)
    own[own > 4] = np.nan
    return own


@given(st.lists(st.integers(1, 300), max_size=4), st.integers(0, 99), st.sampled_from((8, 96)))
def test_scores_of_the_network_are_the_same(sizes: list[int], seed: int, width: int) -> None:
    network, spans = random_network(9, seed=seed, width=width), np.array(sizes, np.int64)
    own = _columns(int(spans.sum()), seed)
    expected = network.scores(own, spans)
    assert network_room.COMPILED.use(compiled=True)
    found = network.scores(own, spans)
    network_room.COMPILED.use(compiled=False)
    assert found.tobytes() == expected.tobytes()


def test_the_loops_are_used_where_their_order_is_known() -> None:
    architectures = {each.get("architecture") for each in threadpool_info()}
    if not architectures & {"Haswell", "Zen", "SkylakeX"}:
        pytest.skip(f"the order of {architectures} is not known")
    assert network_room.COMPILED.use(compiled=True)
    network = random_network(9, seed=1, width=96)
    order = network._order(score_lines)
    network_room.COMPILED.use(compiled=False)
    assert order is not None


@pytest.mark.parametrize("order", network_room.Order)
@pytest.mark.parametrize("n_layers", [0, 1, 5])
def test_the_loops_add_what_the_network_adds(order: network_room.Order, n_layers: int) -> None:
    """In whichever order: that of this processor may be another one, and then the loops are not used."""
    network, spans = random_network(9, seed=n_layers, width=96, n_layers=n_layers), np.array([1, 90, 2, 40])
    own = _columns(int(spans.sum()), seed=n_layers)
    found = score_lines(network, own, spans, order)
    assert found is not None
    np.testing.assert_allclose(found, network.run(network.sums(own), spans), rtol=1e-4, atol=1e-4)


def test_loops_are_not_used_where_values_and_gates_are_not_whole_blocks() -> None:
    """They write whole blocks: behind the end of such an array, which ended the process."""
    network, own, spans = random_network(9, seed=1, width=96), _columns(50, seed=1), np.array([50])
    odd = replace(network, recurrent_in=network.recurrent_in[..., :128])
    assert score_lines(odd, own, spans, network_room.Order.ONE_BY_ONE) is None
    assert score_lines(network, own, spans, network_room.Order.ONE_BY_ONE) is not None


def test_loops_that_come_to_other_numbers_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    network, own, spans = random_network(9, seed=1, width=96), _columns(50, seed=1), np.array([50])
    expected = network.scores(own, spans)
    monkeypatch.setattr(network_room.COMPILED, "_load", lambda: lambda *_: expected + 1)
    monkeypatch.setattr(network_room, "_ORDERS", {})
    assert network_room.COMPILED.use(compiled=True)
    found = network.scores(own, spans)
    network_room.COMPILED.use(compiled=False)
    assert [*network_room._ORDERS.values()] == [None]
    assert found.tobytes() == expected.tobytes()


@given(st.lists(st.integers(0, 60), min_size=1, max_size=4), st.integers(0, 99), st.booleans())
def test_tables_of_lines_are_filled_alike(sizes: list[int], seed: int, is_html: bool) -> None:
    texts, draw = ["Rain in May.\n" * size for size in sizes], np.random.default_rng(seed)
    batch = read_batch(texts, [random_hints(text, seed) for text in texts] if is_html else None)
    own = draw.normal(0, 3, (len(window_room.own_names(batch)), len(batch.page))).astype(np.float32)
    own[:3, draw.random(own.shape[1]) < 0.1] = np.nan
    rows = np.flatnonzero(draw.random(len(batch.page)) < 0.8)
    expected = window_room.Neighbourhood(batch, own).table(rows)
    assert window_room.COMPILED.use(compiled=True)
    found = window_room.Neighbourhood(batch, own).table(rows)
    window_room.COMPILED.use(compiled=False)
    assert found.tobytes() == expected.tobytes()


_SAID = (
    "Water rises.",
    "Rising water, rising, of the water",
    "of the",
    "水位が上がった",
    "",
    "stone 水位",
    "The water rose",
)


@given(st.lists(st.lists(st.sampled_from(_SAID), max_size=9), min_size=1, max_size=4), st.integers(0, 99))
def test_shared_words_are_found_alike(pages: list[list[str]], seed: int) -> None:
    batch, draw = read_batch(["\n".join(lines) for lines in pages]), np.random.default_rng(seed)
    weights = draw.random((3, len(batch.page)), np.float32)
    for rows in (None, np.flatnonzero(draw.random(len(batch.page)) < 0.4)):
        expected = topic_room.share_plain(batch, weights, rows)
        assert share_compiled(batch, weights, rows).tobytes() == expected.tobytes()


def test_shared_words_of_our_pages_are_found_alike(pages: list[LabelledPage], monkeypatch: pytest.MonkeyPatch) -> None:
    batch = read_batch([page.page.text for page in pages])
    weights = np.random.default_rng(1).random((3, len(batch.page)), np.float32)
    expected = topic_room.share_plain(batch, weights).tobytes()
    assert share_compiled(batch, weights).tobytes() == expected
    monkeypatch.setattr(compiled_topic, "_AT_ONCE", 1)
    assert share_compiled(batch, weights).tobytes() == expected


@given(st.integers(0, 10**6), st.integers(1, 500), st.integers(1, 9), st.integers(0, 300))
def test_trees_are_added_alike(seed: int, n_trees: int, depth: int, n_lines: int) -> None:
    table = np.random.default_rng(seed).normal(1, 3, (5, max(n_lines, 1))).astype(np.float32)
    scorer = random_trees(table, seed=seed, n_trees=n_trees, depth=depth)
    table[table > 6] = np.nan
    expected = scorer.scores(table[:, :n_lines])
    assert tree_room.COMPILED.use(compiled=True)
    found = scorer.scores(table[:, :n_lines])
    tree_room.COMPILED.use(compiled=False)
    assert found.tobytes() == expected.tobytes()


def test_leaves_in_another_order_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree_room, "_QUESTIONS", 3)  # questions in other steps change nothing
    assert tree_room._load() is not None
    scores = tree_room.TreeScorer.scores
    monkeypatch.setattr(tree_room.TreeScorer, "scores", lambda scorer, table: scores(scorer, table) + np.float32(1))
    assert tree_room._load() is None


def _odd_columns(batch: Batch) -> list[str]:
    """Name the columns that the compiled loops write otherwise."""
    odd = []
    for columns in (column_room.COLUMNS, column_room.MARKUP_COLUMNS if batch.has_hints else ()):
        found, expected = np.full((2, len(columns), len(batch.page)), 7, np.float32)
        fill_compiled(batch, columns, found)
        column_room.fill_plain(batch, columns, expected)
        pairs = zip(columns, found, expected, strict=True)
        odd += [column.name for column, one, other in pairs if not np.array_equal(one, other, equal_nan=True)]
    return odd


_LINES = st.one_of(
    st.sampled_from((*_SAID, " ", "• Home | News", "By Ann", "Photo:", "Rain. " * 15, "rain " * 12, "5")), _TEXTS
)


@given(st.lists(st.lists(_LINES, max_size=12).map("\n".join), min_size=1, max_size=4))
def test_columns_are_written_alike(texts: list[str]) -> None:
    assert not _odd_columns(read_batch(texts, [random_hints(text, place) for place, text in enumerate(texts)]))


def test_columns_of_our_pages_are_written_alike(pages: list[LabelledPage]) -> None:
    texts = [page.page.text for page in pages]
    assert not _odd_columns(read_batch(["", *texts, "\n"]))
    assert not [text[:40] for text in texts if _odd_columns(read_batch([text]))]
    html = [read_html(path.read_bytes()).page for path in sorted((DATA / "pages").glob("*.html"))]
    hints = [page.hints for page in html if page.hints is not None]
    assert not _odd_columns(read_batch([page.text for page in html], hints))


def test_pages_without_hints_have_no_columns_of_markup() -> None:
    with pytest.raises(ValueError, match="have no hints"):
        fill_compiled(read_batch(["rain"]), column_room.MARKUP_COLUMNS, np.zeros((1, 1), np.float32))


def test_columns_do_not_depend_on_where_hashes_go(monkeypatch: pytest.MonkeyPatch, pages: list[LabelledPage]) -> None:
    monkeypatch.setattr(compiled_table, "_ODD", np.uint64(1))
    assert not _odd_columns(read_batch([page.page.text for page in pages]))


def test_columns_that_differ_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(column_room, "fill_plain", lambda *_: None)
    assert column_room._load() is None


@given(st.lists(st.lists(_LINES, max_size=12).map("\n".join), min_size=1, max_size=4), st.integers(0, 99))
def test_columns_of_pages_are_written_alike(texts: list[str], seed: int) -> None:
    batch, draw = read_batch(texts), np.random.default_rng(seed)
    probabilities = draw.dirichlet((0.3, 1, 0.3, 1), len(batch.page)).astype(np.float32)
    labels = draw.choice(4, len(batch.page), p=(0.1, 0.4, 0.1, 0.4)).astype(np.int8)
    arguments = batch, probabilities, labels
    np.testing.assert_array_equal(kind_columns(*arguments), kind_room.columns_plain(*arguments))


def test_columns_of_our_pages_as_a_whole_are_the_same(pages: list[LabelledPage]) -> None:
    batch, draw = read_batch([page.page.text for page in pages]), np.random.default_rng(1)
    probabilities = draw.dirichlet((0.3, 1, 0.3, 1), len(batch.page)).astype(np.float32)
    arguments = batch, probabilities, probabilities.argmax(axis=1).astype(np.int8)
    np.testing.assert_array_equal(kind_columns(*arguments), kind_room.columns_plain(*arguments))


def test_words_in_another_order_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    scores = kind_room.word_scores_plain
    monkeypatch.setattr(kind_room, "word_scores_plain", lambda *arguments: scores(*arguments) + np.float32(1))
    assert kind_room._load() is None


def test_other_columns_of_pages_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kind_room, "LONGEST", 1.0)
    assert kind_room._load() is None


@given(st.lists(st.integers(0, 900), min_size=1, max_size=4), st.integers(0, 99))
def test_words_of_pages_are_scored_alike(sizes: list[int], seed: int) -> None:
    draw = np.random.default_rng(seed)
    # Each two letters are a word, of which some come twice.
    texts = ["".join(map(chr, draw.integers(0x4E00, 0x4E20 + size // 20, size))) for size in sizes]
    weights = draw.normal(0, 1, (1 << kind_room.WORD_BITS, len(kind_room.WORD_KINDS))).astype(np.float32)
    batch, bias = read_batch(texts), draw.normal(size=len(kind_room.WORD_KINDS)).astype(np.float32)
    arguments = batch, padded_rows(weights), bias
    assert word_scores(*arguments).tobytes() == kind_room.word_scores_plain(*arguments).tobytes()


@given(st.integers(0, 10**6), st.integers(0, 300), st.integers(1, 20))
def test_weights_of_bins_are_added_alike(seed: int, n_lines: int, n_cuts: int) -> None:
    draw = np.random.default_rng(seed)
    table = draw.normal(0, 3, (7, 300)).round(1).astype(np.float32)
    table[table > 4], table[table < -5] = np.nan, np.inf
    weights = draw.normal(size=(7, n_cuts + 2, 5)).astype(np.float32)
    scorer = LinearScorer(quantile_bins(table, n_cuts), weights, weights[0, 0])
    assert linear_room.COMPILED.use(compiled=True)
    found = scorer.scores(table[:, :n_lines].copy())
    linear_room.COMPILED.use(compiled=False)
    assert found.tobytes() == scorer.scores_plain(table[:, :n_lines]).tobytes()


@given(st.integers(0, 10**6), st.integers(0, 300), st.integers(1, 6))
def test_log_odds_become_the_same_probabilities(seed: int, n_lines: int, n_columns: int) -> None:
    scores = np.random.default_rng(seed).normal(0, 30, (n_lines, n_columns)).astype(np.float32)
    assert softmax(scores).tobytes() == part_room.softmax_plain(scores).tobytes()


@pytest.mark.parametrize(
    ("room", "name"), [(part_room, "softmax_plain"), (batch_room, "describe_plain"), (LinearScorer, "scores_plain")]
)
def test_loops_that_differ_are_not_used(room: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = getattr(room, name)

    def other(*arguments: Any) -> Any:
        found = plain(*arguments)
        return {key: values + 1 for key, values in found.items()} if isinstance(found, dict) else found + 1

    monkeypatch.setattr(room, name, other)
    load = linear_room._load if room is LinearScorer else room._load
    assert load() is None


@given(
    st.lists(st.lists(_LINES, max_size=12).map("\n".join), min_size=1, max_size=4),
    st.integers(0, 999),
    st.booleans(),
    st.sampled_from((0, 0.4, 1)),
)
@example(["Water rises\n" * 12], 27, False, 1)  # the lead ends just where the probabilities reach its size
def test_tables_of_the_second_look_are_filled_alike(
    texts: list[str], seed: int, is_html: bool, in_doubt: float
) -> None:
    batch = read_batch(texts, [random_hints(text, seed) for text in texts] if is_html else None)
    draw = np.random.default_rng(seed)
    probabilities = draw.dirichlet((0.2, 0.6, 0.2, 0.6), len(batch.page)).astype(np.float32)
    if seed % 2:  # equal probabilities are likely
        probabilities = (probabilities * 8).round() / np.float32(8)
    rows = np.flatnonzero(draw.random(len(batch.page)) < in_doubt)
    expected = look_room.look_table(batch, rows, probabilities)
    assert look_room.COMPILED.use(compiled=True)
    found = look_room.look_table(batch, rows, probabilities)
    look_room.COMPILED.use(compiled=False)
    assert found.tobytes() == expected.tobytes()


def test_other_tables_of_the_second_look_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(look_room, "_END", 9)
    assert look_room._load() is None


_SHARES = st.floats(0, 1, width=32)


@given(
    st.lists(st.integers(0, 30), max_size=5),
    st.integers(0, 999),
    st.builds(
        DecodeConfig,
        *(_SHARES, _SHARES, _SHARES, _SHARES, st.integers(0, 20), _SHARES, _SHARES, _SHARES, _SHARES),
        st.integers(0, 9),
    ),
)
@example([9, 0, 30], 1, DecodeConfig())
def test_pages_are_decoded_alike(sizes: list[int], seed: int, config: DecodeConfig) -> None:
    draw = np.random.default_rng(seed)
    texts = ["\n".join("rain " * words for words in draw.integers(1, 20, size)) for size in sizes]
    batch = read_batch(["", *texts])
    probabilities = draw.dirichlet((0.2, 0.6, 0.2, 0.6), len(batch.page)).astype(np.float32)
    if seed % 2:  # equal probabilities are likely
        probabilities = (probabilities * 8).round() / np.float32(8)
    for some in (config, DecodeConfig()):
        expected = decode_room.decode_plain(batch, probabilities, some)
        np.testing.assert_array_equal(decode_compiled(batch, probabilities, some), expected)


def test_other_labels_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode_room, "_BELOW_FIRST", 99)
    assert decode_room._load() is None


@given(st.lists(st.integers(0, 90), max_size=4), st.integers(0, 999), st.booleans())
@example([90, 0, 1], 1, False)
def test_candidates_are_compared_alike(sizes: list[int], seed: int, is_html: bool) -> None:
    draw = np.random.default_rng(seed)
    texts = ["Sun", *("\n".join(draw.choice(_SAID, size)) for size in sizes)]
    hints = [random_hints(text, seed) for text in texts] if is_html else None
    batch = read_batch(texts, hints, draw.choice(("", "https://a.example/rising-water"), len(texts)).tolist())
    probabilities = draw.dirichlet((0.3, 1, 0.3, 1), len(batch.page)).astype(np.float32)
    if seed % 2:  # equal probabilities are likely
        probabilities = (probabilities * 8).round() / np.float32(8)
    rows = headline_room.candidates(probabilities)
    rows = rows[draw.random(len(rows)) < draw.random()]
    arguments = batch, rows, draw.normal(size=(5, len(rows))).astype(np.float32), probabilities
    expected = np.zeros((len(headline_room.CANDIDATE_NAMES), 1), np.float32)
    for reads_address in (False, True) if len(rows) else ():
        expected = headline_room.candidate_table(*arguments, reads_address=reads_address)
        found = compiled_headline.candidate_table(*arguments, reads_address=reads_address)
        assert found.tobytes() == expected.tobytes()
    ranker = HeadlineRanker(random_trees(expected, seed=seed), no_headline_utility=0.1, temperature=0.7)
    assert compiled_headline.rerank(ranker, *arguments).tobytes() == ranker.rerank_plain(*arguments).tobytes()


def test_candidates_compared_otherwise_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(headline_room, "_MAX_COMPARED", 1)
    assert headline_room._load() is None
