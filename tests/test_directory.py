"""A model directory: it gives back what was saved, and a sentence for every kind of damage."""

import gc
import io
import json
import warnings
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from linesift.errors import ModelError
from linesift.labels import LABELS
from linesift.model.bins import quantile_bins
from linesift.model.classifier import Model
from linesift.model.decode import DecodeConfig
from linesift.model.directory import FORMAT, load_model, read_about, save_model
from linesift.model.lexicon import Lexicon
from linesift.model.linear import LinearScorer
from linesift.model.window import table_names

TEXT = "Home | News\n\nFerry returns to the bay\n21 October 2024, 9:20\nThe ferry is back after a year, they said.\n"
PROBE = {"ferry": TEXT, "blank": "\n"}

# See `test_a_damaged_file_is_closed`.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")

Files = dict[str, bytes]
Damage = Callable[[Path], None]


@pytest.fixture(scope="module")
def saved(model: Model, tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Files of a sound model directory."""
    path = tmp_path_factory.mktemp("models") / "sound"
    save_model(small(model), {"seed": 7}, PROBE, path)
    return {file.name: file.read_bytes() for file in path.iterdir()}


def small(model: Model) -> Model:
    """The model with few weights in its lexicon, which packs and unpacks faster."""
    weights = model.lexicon.weights.copy()
    weights[np.arange(len(weights)) % 64 > 0] = 0
    return Model(Lexicon(weights, model.lexicon.bias), model.first, model.second, model.temperature, model.decoding)


@pytest.fixture(autouse=True)
def swept() -> Iterator[None]:
    """Files left open are closed before another module's tests are warned of them."""
    yield
    gc.collect()


@pytest.fixture
def path(saved: Files, tmp_path: Path) -> Path:
    """A directory to be damaged."""
    for name, content in saved.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def test_saved_files(saved: Files) -> None:
    assert sorted(saved) == ["model.json", "probe.jsonl", "weights.npz"]
    about = json.loads(saved["model.json"])
    assert about["format"] == FORMAT
    assert about["labels"] == list(LABELS)
    assert about["seed"] == 7


def with_linear(model: Model, table: NDArray[np.float32]) -> Model:
    """The model with an additive first pass."""
    draw = np.random.default_rng(5)
    bins = quantile_bins(table, 6)
    weights = draw.normal(0, 0.05, (len(table), bins.n_bins, len(LABELS))).astype(np.float32)
    scorer = LinearScorer(bins, weights, np.zeros(len(LABELS), np.float32))
    return Model(model.lexicon, scorer, model.second, temperature=0.8, decoding=DecodeConfig(headline=0.2))


@pytest.mark.parametrize("kind", ["boosting", "linear"])
def test_round_trip(
    model: Model, tables: tuple[NDArray[np.float32], NDArray[np.float32]], kind: str, tmp_path: Path
) -> None:
    first = with_linear(model, tables[0]) if kind == "linear" else model
    save_model(first, {}, PROBE, tmp_path / "deep" / "x")
    second = load_model(tmp_path / "deep" / "x")
    assert second.temperature == first.temperature
    assert second.decoding == first.decoding
    one, other = first.classify(TEXT), second.classify(TEXT)
    assert one.labels == other.labels
    np.testing.assert_array_equal(one.probabilities, other.probabilities)


def test_saving_again_replaces(model: Model, path: Path) -> None:
    save_model(small(model), {"seed": 8}, PROBE, path)
    assert read_about(path)["seed"] == 8
    assert sorted(file.name for file in path.iterdir()) == ["model.json", "probe.jsonl", "weights.npz"]
    load_model(path)


def test_a_directory_that_cannot_be_written(model: Model, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ModelError, match="cannot write the model"):
        save_model(small(model), {}, {}, tmp_path / "file" / "x")


def test_no_directory(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no such model directory"):
        load_model(tmp_path / "none")


# --- damage: what happens to the files, and what the message says -----------------------------------------------------


def without(name: str) -> Damage:
    return lambda path: (path / name).unlink()


def about(**changes: object) -> Damage:
    def damage(path: Path) -> None:
        stored = json.loads((path / "model.json").read_text("utf-8"))
        stored = {key: value for key, value in {**stored, **changes}.items() if value is not ...}
        (path / "model.json").write_text(json.dumps(stored), "utf-8")

    return damage


def content(name: str, change: Callable[[bytes], bytes]) -> Damage:
    def damage(path: Path) -> None:
        (path / name).write_bytes(change((path / name).read_bytes()))

    return damage


def arrays(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Damage:
    def damage(path: Path) -> None:
        with np.load(path / "weights.npz") as stored:
            parts = {name: stored[name] for name in stored.files}
        np.savez(path / "weights.npz", **change(parts))

    return damage


def array(name: str, change: Callable[[Any], Any]) -> Damage:
    return arrays(lambda parts: {**parts, name: change(parts[name])})


def npy(value: object) -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.asarray(value), allow_pickle=True)
    return stream.getvalue()


def probe(**changes: object) -> Damage:
    def damage(path: Path) -> None:
        row = json.loads((path / "probe.jsonl").read_text("utf-8").splitlines()[0])
        (path / "probe.jsonl").write_text(json.dumps({**row, **changes}) + "\n", "utf-8")

    return damage


def _objects(parts: dict[str, Any]) -> dict[str, Any]:
    return {**parts, "lexicon.bias": np.array([{"a": 1}, None], object)}


def _without_trees(parts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parts.items() if not name.startswith("first.")}


DAMAGES: dict[str, tuple[Damage, str]] = {
    "no model.json": (without("model.json"), "model.json is missing"),
    "no weights": (without("weights.npz"), "weights.npz is missing"),
    "no probe": (without("probe.jsonl"), "probe.jsonl cannot be read"),
    "model.json cut": (content("model.json", lambda old: old[: len(old) // 2]), "model.json cannot be read"),
    "model.json not text": (content("model.json", lambda _: b"\xff\xfe\x00"), "model.json cannot be read"),
    "model.json a list": (content("model.json", lambda _: b"[1]"), "model format None"),
    "other format": (about(format=FORMAT + 1), f"model format {FORMAT + 1}, this linesift reads format {FORMAT}"),
    "no format": (about(format=...), "model format None"),
    "other labels": (about(labels=["body", "headline"]), "labels are"),
    "other fingerprint": (about(fingerprint="0" * 16), "trained on other features (fingerprint 0000000000000000"),
    "no temperature": (about(temperature=...), "incomplete"),
    "temperature a word": (about(temperature="warm"), "incomplete"),
    "unknown threshold": (about(decoding={"heading": 1}), "incomplete"),
    "decoding a number": (about(decoding=3), "incomplete"),
    "weights empty": (content("weights.npz", lambda _: b""), "weights.npz is damaged"),
    "weights cut": (content("weights.npz", lambda old: old[: len(old) // 2]), "weights.npz is damaged"),
    "weights without their end": (content("weights.npz", lambda old: old[:-30]), "weights.npz is damaged"),
    "weights text": (content("weights.npz", lambda _: b"version https://git-lfs.github.com\n"), "damaged"),
    "weights a pickle": (content("weights.npz", lambda _: npy([{"a": 1}])), "weights.npz is damaged"),
    "weights with a pickle": (arrays(_objects), "weights.npz is damaged"),
    "weights of another shape": (array("lexicon.weights", lambda old: old[:-1]), "lexicon has shape"),
    "no scorer": (arrays(_without_trees), "incomplete"),
    "leaves of another depth": (array("first.leaves", lambda old: old[:, :4]), "trees of the first pass do not fit"),
    "cuts of another shape": (array("second.cuts", lambda old: old[:-1]), "the trees of the second pass do not fit"),
    "columns beyond the table": (
        array("second.columns", lambda old: old + len(table_names())), "the trees of the second pass do not fit",
    ),
    "columns below the table": (array("second.columns", lambda old: old - 10_000), "do not fit"),
    "no trees": (array("first.columns", lambda old: old[:0]), "do not fit"),
    "columns flat": (array("first.columns", lambda old: old.ravel()), "incomplete"),
    "other weights": (array("second.bias", lambda old: old + np.eye(4)[0]), "does not reproduce its probe ferry"),
    "probe cut": (content("probe.jsonl", lambda old: old[:40]), "probe.jsonl cannot be read"),
    "probe not text": (content("probe.jsonl", lambda _: b"\xff\n"), "probe.jsonl cannot be read"),
    "probe of a number": (content("probe.jsonl", lambda _: b"1\n"), "probe.jsonl cannot be read"),
    "probe without text": (probe(text=None), "probe.jsonl cannot be read"),
    "probe of another page": (probe(text=TEXT + "\nMore"), "does not reproduce its probe ferry"),
    "probe of other chances": (probe(probabilities=[[0.25] * 4] * 6), "does not reproduce its probe ferry"),
    "probe of words": (probe(probabilities="high"), "probe.jsonl cannot be read"),
}  # fmt: skip

UNSEEN: dict[str, tuple[Damage, str]] = {
    "bias of another shape": (array("lexicon.bias", lambda old: old[:-1]), "bias"),
    "weights one array": (content("weights.npz", lambda _: npy([1.0])), "weights.npz is damaged"),
    "probe empty": (content("probe.jsonl", lambda _: b""), "probe.jsonl"),
    "columns of real numbers": (array("first.columns", lambda old: old.astype(float)), "weights.npz"),
    "columns of the second pass in the first": (
        array("first.columns", lambda old: np.full_like(old, len(table_names()) - 1)), "weights.npz",
    ),
    "bias of trees of another shape": (array("first.bias", lambda old: old[:-1]), "weights.npz"),
    "weights that are no numbers": (array("second.bias", lambda old: old * np.nan), "probe"),
    "leaves of words": (array("first.leaves", lambda old: old.astype("U9")), "weights.npz"),
    "temperature zero": (about(temperature=0), "temperature"),
}  # fmt: skip
"""Damage that is not told yet: another error leaves `load_model`, or none does, or a wrong file is named."""


def assert_told(path: Path, message: str) -> None:
    with np.errstate(all="ignore"), pytest.raises(ModelError) as raised:
        load_model(path)
    text = str(raised.value)
    assert text.startswith(f"{path}: ")
    assert message in text.removeprefix(f"{path}: ")
    assert "\n" not in text
    assert len(text) < len(str(path)) + 250


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_is_told_in_a_sentence(path: Path, name: str) -> None:
    damage, message = DAMAGES[name]
    damage(path)
    assert_told(path, message)


@pytest.mark.xfail(reason="not told in a sentence yet", strict=True)
@pytest.mark.parametrize("name", UNSEEN)
def test_damage_not_told_yet(path: Path, name: str) -> None:
    damage, message = UNSEEN[name]
    damage(path)
    assert_told(path, message)


@pytest.mark.xfail(reason="numpy leaves a file open that is no archive", strict=True)
def test_a_damaged_file_is_closed(path: Path) -> None:
    (path / "weights.npz").write_bytes(b"PK\x03\x04")
    gc.collect()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with pytest.raises(ModelError):
            load_model(path)
        gc.collect()
    assert not caught


def flips(size: int) -> Iterator[int]:
    draw = np.random.default_rng(11)
    yield from (0, 8, 30, size - 20, size - 1)
    yield from draw.integers(0, size, 40).tolist()


@pytest.mark.xfail(reason="what zipfile and zlib raise is not all caught", raises=(zlib.error, NotImplementedError))
def test_a_flipped_byte_is_told_or_harmless(path: Path, saved: Files) -> None:
    sound = saved["weights.npz"]
    method = sound.rfind(b"PK\x01\x02") + 10
    for place in (method, *flips(len(sound))):
        changed = bytearray(sound)
        changed[place] ^= 0x55
        (path / "weights.npz").write_bytes(bytes(changed))
        with suppress(ModelError):
            load_model(path)
