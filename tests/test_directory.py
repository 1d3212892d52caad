"""A model directory: it gives back what was saved, and a sentence for every kind of damage."""

import gc
import io
import json
import os
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import linesift
from conftest import with_text
from hinted import ARTICLE, HTML_PAGES, hinted
from linesift.errors import ModelError
from linesift.labels import KINDS, LABELS
from linesift.model.decode import DecodeConfig
from linesift.model.directory import FORMAT, load_model, read_about, save_model
from linesift.model.lexicon import Lexicon
from linesift.model.linear import LinearScorer, quantile_bins
from linesift.model.model import Model
from linesift.model.page_kind import WORD_BITS, WORD_KINDS, PageKindModel, column_names
from linesift.model.probe import read_probe
from linesift.model.second_look import LOOK_NAMES
from linesift.model.trees import TreeScorer
from linesift.model.window import OWN_TEXT_NAMES, table_names
from linesift.page import Page
from linesift.read.html.page import read_html

TEXT = "Home | News\n\nFerry returns to the bay\n21 October 2024, 9:20\nThe ferry is back after a year, they said.\n"
PROBE = [
    Page(TEXT, "ferry", url="https://a.example/ferry-returns-to-the-bay"),
    Page("\n", "blank"),
    read_html(ARTICLE, "html").page,
]

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
    weights = model.text.lexicon.weights.copy()
    weights[np.arange(len(weights)) % 64 > 0] = 0
    lexicon = Lexicon(weights, model.text.lexicon.bias)
    html = None if model.html is None else replace(model.html, lexicon=lexicon)
    return replace(with_text(model, lexicon=lexicon), html=html)


@pytest.fixture(scope="module")
def html_saved(html_model: Model, tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The same of a model with a part for HTML."""
    path = tmp_path_factory.mktemp("models") / "html"
    save_model(small(html_model), {}, PROBE, path)
    return {file.name: file.read_bytes() for file in path.iterdir()}


@pytest.fixture(scope="module")
def two_lexicons(html_model: Model) -> Model:
    """The same with another lexicon of words in each part."""
    model = small(html_model)
    assert model.html is not None
    lexicon = Lexicon(model.text.lexicon.weights * np.float32(-2), model.text.lexicon.bias + np.float32(1))
    return replace(model, html=replace(model.html, lexicon=lexicon))


@pytest.fixture(scope="module")
def with_kinds(model: Model) -> Model:
    """The model with page kinds, its arrays drawn at random."""
    draw = np.random.default_rng(17)
    columns = draw.normal(0, 9, (len(column_names()), 40)).astype(np.float32)
    bins = quantile_bins(columns, 5)
    weights = draw.normal(0, 1, (len(columns), bins.n_bins, len(KINDS))).astype(np.float32)
    words = draw.normal(0, 1, (1 << WORD_BITS, len(WORD_KINDS))).astype(np.float16).astype(np.float32)
    scorer = LinearScorer(bins, weights, draw.normal(0, 1, len(KINDS)).astype(np.float32))
    bias = draw.normal(0, 1, len(WORD_KINDS)).astype(np.float32)
    return replace(small(model), page_kind=PageKindModel(words, bias, scorer))


@pytest.fixture(scope="module")
def kinds_saved(with_kinds: Model, tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Files of a model with page kinds."""
    path = tmp_path_factory.mktemp("models") / "with_kinds"
    save_model(with_kinds, {}, PROBE, path)
    return {file.name: file.read_bytes() for file in path.iterdir()}


def write(files: Files, path: Path) -> None:
    path.mkdir(exist_ok=True)
    for name, content in files.items():
        (path / name).write_bytes(content)


@pytest.fixture
def path(saved: Files, tmp_path: Path) -> Path:
    """A directory to be damaged."""
    write(saved, tmp_path)
    return tmp_path


def test_saved_files(saved: Files) -> None:
    assert sorted(saved) == ["model.json", "probe.jsonl", "weights.npz"]
    about = json.loads(saved["model.json"])
    assert about["format"] == FORMAT
    assert about["labels"] == list(LABELS)
    assert about["seed"] == 7


def with_linear(model: Model, table: NDArray[np.float32]) -> Model:
    """The model with an additive scorer."""
    draw = np.random.default_rng(5)
    bins = quantile_bins(table, 6)
    weights = draw.normal(0, 0.05, (len(table), bins.n_bins, len(LABELS))).astype(np.float32)
    scorer = LinearScorer(bins, weights, np.zeros(len(LABELS), np.float32))
    changed = with_text(model, scorer=scorer, network_share=0.65, temperature=0.8, sure_temperature=0.6)
    return replace(changed, decoding=DecodeConfig(headline=0.2))


@pytest.mark.parametrize("has_network", [True, False])
@pytest.mark.parametrize("kind", ["boosting", "linear"])
def test_round_trip(model: Model, table: NDArray[np.float32], kind: str, has_network: bool, tmp_path: Path) -> None:
    first = with_linear(model, table) if kind == "linear" else model
    first = first if has_network else with_text(first, networks=())
    save_model(first, {}, PROBE, tmp_path / "deep" / "x")
    second = load_model(tmp_path / "deep" / "x")
    assert second.text.temperature == first.text.temperature
    assert second.text.sure_temperature == first.text.sure_temperature
    assert second.text.network_share == first.text.network_share
    assert second.decoding == first.decoding
    assert len(second.text.networks) == (2 if has_network else 0)
    one, other = first.classify(TEXT), second.classify(TEXT)
    assert one.labels == other.labels
    np.testing.assert_array_equal(one.probabilities, other.probabilities)


def assert_same_arrays(first: object, second: object) -> None:
    """Every array and number of two parts of models, one inside the other, is equal."""
    assert type(first) is type(second)
    if isinstance(first, np.ndarray):
        np.testing.assert_array_equal(first, second)
    elif isinstance(first, tuple):
        for one, other in zip(first, second, strict=True):  # type: ignore[call-overload]
            assert_same_arrays(one, other)
    elif hasattr(first, "__dataclass_fields__"):
        for each in fields(first):  # type: ignore[arg-type]
            if each.compare:  # otherwise it is made of the others
                assert_same_arrays(getattr(first, each.name), getattr(second, each.name))
    else:
        assert first == second


def test_round_trip_of_a_model_with_a_part_for_html(html_model: Model, html_saved: Files, tmp_path: Path) -> None:
    write(html_saved, tmp_path)
    first, second = small(html_model), load_model(tmp_path)
    assert_same_arrays(first, second)
    assert second.html is not None
    for page in (hinted(TEXT, 3), Page(TEXT), *(read_html(html).page for html in HTML_PAGES)):
        one, other = first.classify(page), second.classify(page)
        assert one.labels == other.labels
        np.testing.assert_array_equal(one.probabilities, other.probabilities)
    assert not np.allclose(second.classify(hinted(TEXT, 3)).probabilities, second.classify(TEXT).probabilities)


def lexicon_arrays(path: Path) -> list[str]:
    """Names of the arrays of the lexicon of words that the part for HTML has for itself."""
    with np.load(path / "weights.npz") as stored:
        return sorted(name for name in stored.files if name.startswith("html.lexicon."))


def test_a_lexicon_that_both_parts_share_is_stored_once(html_saved: Files, tmp_path: Path) -> None:
    write(html_saved, tmp_path)
    assert lexicon_arrays(tmp_path) == []
    loaded = load_model(tmp_path)
    assert loaded.html is not None
    assert loaded.html.lexicon is loaded.text.lexicon  # so it is stored once again
    save_model(loaded, {}, PROBE, tmp_path / "again")
    assert lexicon_arrays(tmp_path / "again") == []


def test_lexicons_that_differ_are_both_stored(two_lexicons: Model, tmp_path: Path) -> None:
    save_model(two_lexicons, {}, PROBE, tmp_path)
    assert lexicon_arrays(tmp_path) == ["html.lexicon.bias", "html.lexicon.weights"]
    loaded = load_model(tmp_path)
    assert_same_arrays(two_lexicons, loaded)
    for page in (hinted(TEXT, 3), Page(TEXT)):
        one, other = two_lexicons.classify(page), loaded.classify(page)
        assert one.labels == other.labels
        np.testing.assert_array_equal(one.probabilities, other.probabilities)


@pytest.mark.parametrize("name", ["weights", "bias"])
def test_half_a_lexicon_of_the_part_for_html_is_explained(two_lexicons: Model, tmp_path: Path, name: str) -> None:
    save_model(two_lexicons, {}, PROBE, tmp_path)
    arrays(lambda parts: {k: v for k, v in parts.items() if k != f"html.lexicon.{name}"})(tmp_path)
    assert_explained(tmp_path, "incomplete")


def test_another_lexicon_of_the_part_for_html_is_refused(two_lexicons: Model, tmp_path: Path) -> None:
    save_model(two_lexicons, {}, PROBE, tmp_path)
    change_bias("html.lexicon.bias", tmp_path)
    assert_explained(tmp_path, "does not reproduce its probe html")


def test_round_trip_of_a_model_with_page_kinds(with_kinds: Model, kinds_saved: Files, tmp_path: Path) -> None:
    write(kinds_saved, tmp_path)
    loaded = load_model(tmp_path)
    assert_same_arrays(with_kinds, loaded)
    one, other = with_kinds.classify(TEXT), loaded.classify(TEXT)
    assert one.kind in KINDS
    assert (one.kind, one.kind_probability) == (other.kind, other.kind_probability)


def test_a_model_without_page_kinds_gives_none(path: Path) -> None:
    loaded = load_model(path)
    assert loaded.page_kind is None
    assert loaded.classify(TEXT).kind == ""


def test_round_trip_of_the_shares_of_leaves(model: Model, tmp_path: Path) -> None:
    scorer = model.text.scorer
    assert isinstance(scorer, TreeScorer)
    shares = np.random.default_rng(4).dirichlet(np.ones(scorer.leaves.shape[1]), len(scorer.columns))
    first = with_text(small(model), scorer=replace(scorer, shares=shares.astype(np.float32)))
    save_model(first, {}, PROBE, tmp_path)
    assert_same_arrays(first, load_model(tmp_path))


def test_a_model_without_a_part_for_html_has_none_when_it_is_read(path: Path) -> None:
    assert load_model(path).html is None
    assert json.loads((path / "model.json").read_text("utf-8"))["html"] is None


def test_a_model_that_could_not_be_loaded_is_not_saved(model: Model, tmp_path: Path) -> None:
    scorer = model.text.scorer
    assert isinstance(scorer, TreeScorer)
    for bad in (
        with_text(small(model), scorer=replace(scorer, leaves=scorer.leaves * np.float32(np.inf))),
        with_text(small(model), temperature=np.nan),
    ):
        with np.errstate(all="ignore"), pytest.raises(ModelError, match=r"out of range|temperature is nan"):
            save_model(bad, {}, PROBE, tmp_path / "m")
        assert not (tmp_path / "m").exists()


def test_lone_surrogates_are_saved(model: Model, tmp_path: Path) -> None:
    page = Page(TEXT + "\ud83d", "name\udcff")
    save_model(small(model), {"name": "\ud83d"}, [page], tmp_path / "m")
    load_model(tmp_path / "m")
    assert [(each.text, each.source) for each in read_probe(tmp_path / "m")] == [(page.text, page.source)]
    assert read_about(tmp_path / "m")["name"] == "\ud83d"


def test_saving_again_replaces(model: Model, path: Path) -> None:
    save_model(small(model), {"seed": 8}, PROBE, path)
    assert read_about(path)["seed"] == 8
    assert sorted(file.name for file in path.iterdir()) == ["model.json", "probe.jsonl", "weights.npz"]
    load_model(path)


def test_a_directory_that_cannot_be_written(model: Model, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ModelError, match="cannot write the model"):
        save_model(small(model), {}, PROBE, tmp_path / "file" / "x")


def test_a_file_in_the_place_of_a_directory_is_kept(model: Model, tmp_path: Path) -> None:
    (tmp_path / "m").write_text("ours")
    with pytest.raises(ModelError, match="is a file; name a directory"):
        save_model(small(model), {}, PROBE, tmp_path / "m")
    assert [each.read_text() for each in tmp_path.iterdir()] == ["ours"]


def test_a_directory_of_other_files_is_kept(model: Model, path: Path, tmp_path: Path) -> None:
    (path / "notes.txt").write_text("ours")
    with pytest.raises(ModelError, match=r"notes\.txt, which is no part of a model"):
        save_model(small(model), {}, PROBE, path)
    load_model(path)
    (path / "notes.txt").unlink()
    (path / "model.json").unlink()
    with pytest.raises(ModelError, match="holds files but no model"):
        save_model(small(model), {}, PROBE, path)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["probe.jsonl", "weights.npz"]


@pytest.mark.parametrize("has_exchange", [True, False])
def test_a_model_is_there_whenever_writing_ends(
    model: Model, saved: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_exchange: bool
) -> None:
    """Saving stops at each of its steps on the disk, as if it was full; the model before stays, without leftovers."""
    write(saved, tmp_path / "m")
    if not has_exchange:
        monkeypatch.setattr("linesift.atomic._exchange_at_once", lambda *_: False)
    for name in ("mkdir", "write_bytes", "chmod", "rename"):
        with monkeypatch.context() as disk:
            disk.setattr(Path, name, full_disk)
            if has_exchange and name == "rename":
                break  # it is not used
            with pytest.raises(ModelError, match="No space left"):
                save_model(small(model), {}, PROBE, tmp_path / "m")
        assert {file.name: file.read_bytes() for file in (tmp_path / "m").iterdir()} == saved
        assert [each.name for each in tmp_path.iterdir()] == ["m"]
    save_model(small(model), {"seed": 9}, PROBE, tmp_path / "m")
    assert read_about(tmp_path / "m")["seed"] == 9
    assert [each.name for each in tmp_path.iterdir()] == ["m"]


def full_disk(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.skipif(os.name == "nt", reason="no FIFO")
@pytest.mark.parametrize("name", ["model.json", "weights.npz", "probe.jsonl"])
def test_a_file_that_never_ends_is_refused(path: Path, name: str) -> None:
    (path / name).unlink()
    os.mkfifo(path / name)
    assert_explained(path, "is no file")


def test_no_directory(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no such model directory.*train --pages PAGES --out"):
        load_model(tmp_path / "none")


def test_the_model_of_the_package_has_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shipped = linesift.shipped()
    assert linesift.find_model() == linesift.find_model(Path("news")) == shipped
    assert linesift.find_model(Path("models/news")) == Path("models/news")
    Path("news").mkdir()
    assert linesift.find_model(Path("news")) == Path("news")


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


def members(data: bytes) -> list[tuple[str, bytes]]:
    """Names and contents of an archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as stored:
        return [(name, stored.read(name)) for name in stored.namelist()]


def packed(contents: Iterable[tuple[str, bytes]], method: int = zipfile.ZIP_STORED) -> bytes:
    """An archive, in which a name may be there twice."""
    stream = io.BytesIO()
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(stream, "w", method) as stored:
        for name, data in contents:
            stored.writestr(name, data)
    return stream.getvalue()


def member(name: str, change: Callable[[bytes], bytes]) -> Damage:
    """Change the file of an array."""
    return content(
        "weights.npz", lambda old: packed([(key, change(data) if key == name else data) for key, data in members(old)])
    )


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
    return {name: value for name, value in parts.items() if not name.startswith("scorer.")}


SETTINGS = {"network_share": 0.5, "temperature": 1.0, "sure_temperature": 1.0, "headline": None}
"""Settings of a part without a headline ranker in `model.json`."""
RANKER = {"no_title_utility": 1, "temperature": 1}

DAMAGES: dict[str, tuple[Damage, str]] = {
    "no model.json": (without("model.json"), "model.json is missing"),
    "no weights": (without("weights.npz"), "weights.npz is missing"),
    "no probe": (without("probe.jsonl"), "probe.jsonl is missing"),
    "model.json cut": (content("model.json", lambda old: old[: len(old) // 2]), "model.json cannot be read"),
    "model.json not text": (content("model.json", lambda _: b"\xff\xfe\x00"), "model.json cannot be read"),
    "model.json a list": (content("model.json", lambda _: b"[1]"), "model format None"),
    "other format": (about(format=FORMAT + 1), f"format {FORMAT + 1}, this linesift reads format {FORMAT}; train"),
    **{
        f"old format {number}": (
            about(format=number), f"model format {number}, this linesift reads format {FORMAT}; train the model anew",
        )
        for number in range(2, FORMAT)
    },
    "no format": (about(format=...), "model format None"),
    "other labels": (about(labels=["body", "headline"]), "labels are"),
    "other fingerprint": (about(fingerprint="0" * 16), "trained on other features (fingerprint 0000000000000000"),
    "no numbers": (about(text=...), "incomplete"),
    "no share of the network": (about(text={**SETTINGS, "network_share": 0}), "network_share is 0, and not"),
    "a share that is no number": (about(text={**SETTINGS, "network_share": np.nan}), "network_share is nan, and not"),
    "numbers nested deeply": (content("model.json", lambda _: b"[" * 100_000), "model.json cannot be read"),
    "model.json too large": (content("model.json", lambda _: b" " * (17 << 20)), "has more than 16 mb"),
    "format a long word": (about(format="8" * 9_000), "model format 8888"),
    "numbers a list": (about(text=[1]), "incomplete"),
    "numbers a word": (about(text="warm"), "incomplete"),
    "temperature next to zero": (about(text={**SETTINGS, "temperature": 1e-320}), "temperature is 1e-320, and not"),
    "no temperature of sure lines": (about(text={**SETTINGS, "sure_temperature": None}), "sure_temperature is None"),
    "temperature huge": (about(text={**SETTINGS, "temperature": 10**400}), "temperature is 1000"),
    "temperature no number": (about(text={**SETTINGS, "temperature": np.nan}), "temperature is nan, and not"),
    "threshold no number": (about(decoding={"sure": np.nan}), "sure is nan, and not a number from 0 to 1"),
    "threshold half a line": (about(decoding={"headline_reach": 1.5}), "headline_reach is 1.5, and not"),
    "threshold true": (about(decoding={"timestamp_reach": True}), "timestamp_reach is True, and not"),
    "sites a word": (about(n_sites="two"), "n_sites is two, and not"),
    "sites below zero": (about(n_sites=-1), "n_sites is -1, and not"),
    "sites without their arrays": (about(n_sites=1), "incomplete"),
    "an array too many": (arrays(lambda parts: parts | {"more": np.zeros(9)}), "that no model has, such as more"),
    "array of another version": (
        member("scorer.bias.npy", lambda old: old.replace(b"NUMPY\x01", b"NUMPY\x02")), "scorer.bias: an array of",
    ),
    "array whose header is code": (
        member("scorer.bias.npy", lambda old: old.replace(b"(4,)", b"4**9")), "scorer.bias: an array of",
    ),
    "array larger than the file": (
        member("scorer.bias.npy", lambda old: old.replace(b"(4,), }      ", b"(999999999,),}")), "unknown form",
    ),
    "array of another length": (member("scorer.bias.npy", lambda old: old + b"1234"), "more or fewer numbers than"),
    "array cut": (member("scorer.bias.npy", lambda old: old[:-1]), "weights.npz is damaged"),
    "array without content": (member("scorer.bias.npy", lambda _: b""), "scorer.bias: an array of an unknown form"),
    "arrays compressed": (
        content("weights.npz", lambda old: packed(members(old), zipfile.ZIP_DEFLATED)), "an array is compressed",
    ),
    "array twice": (
        content("weights.npz", lambda old: packed([*members(old), ("scorer.bias.npy", b"")])), "arrays have one name",
    ),
    "leaves next to overflow": (array("scorer.leaves", lambda old: old * 0 + np.float32(3e38)), "scorer do not fit"),
    "bias next to overflow": (array("lexicon.bias", lambda old: old * 0 + np.float32(3e38)), "lexicon do not fit"),
    "cuts that are no numbers": (array("scorer.cuts", lambda old: old * np.nan), "arrays of scorer do not fit"),
    "trees without a level": (
        arrays(lambda parts: parts | {
            "scorer.columns": parts["scorer.columns"][:, :0], "scorer.cuts": parts["scorer.cuts"][:, :0],
            "scorer.leaves": parts["scorer.leaves"][:, :1],
        }), "arrays of scorer do not fit",
    ),
    "no temperature": (about(text={**SETTINGS, "temperature": None}), "temperature is None"),
    "temperature zero": (about(text={**SETTINGS, "temperature": 0}), "temperature is 0, and not"),
    "temperature below zero": (about(text={**SETTINGS, "temperature": -1.5}), "temperature is -1.5, and not"),
    "temperature a word": (about(text={**SETTINGS, "temperature": "warm"}), "temperature is warm, and not"),
    "headline without its arrays": (about(text={**SETTINGS, "headline": RANKER}), "incomplete"),
    "headline a number": (about(text={**SETTINGS, "headline": 1}), "incomplete"),
    "no word of the headline": (about(text={"temperature": 1.0}), "incomplete"),
    "no word of html": (about(html=...), "incomplete"),
    "html without its arrays": (about(html=SETTINGS), "incomplete"),
    "unknown threshold": (about(decoding={"heading": 1}), "has thresholds that"),
    "decoding a number": (about(decoding=3), "has thresholds that"),
    "weights empty": (content("weights.npz", lambda _: b""), "weights.npz is damaged"),
    "weights cut": (content("weights.npz", lambda old: old[: len(old) // 2]), "weights.npz is damaged"),
    "weights without their end": (content("weights.npz", lambda old: old[:-30]), "weights.npz is damaged"),
    "weights text": (content("weights.npz", lambda _: b"version https://git-lfs.github.com\n"), "damaged"),
    "weights one array": (content("weights.npz", lambda _: npy([1.0])), "weights.npz is damaged"),
    "weights a pickle": (content("weights.npz", lambda _: npy([{"a": 1}])), "weights.npz is damaged"),
    "weights with a pickle": (arrays(_objects), "weights.npz is damaged"),
    "weights of another shape": (array("lexicon.weights", lambda old: old[:-1]), "arrays of lexicon do not fit"),
    "no scorer": (arrays(_without_trees), "incomplete"),
    "second look at columns that are not": (
        array("second_look.columns", lambda old: np.full_like(old, len(LOOK_NAMES))), "arrays of second_look do not",
    ),
    "leaves of the second look that are no numbers": (
        array("second_look.leaves", lambda old: old * np.nan), "arrays of second_look do not fit",
    ),
    "second look without its leaves": (
        arrays(lambda parts: {k: v for k, v in parts.items() if k != "second_look.leaves"}), "incomplete",
    ),
    "leaves of another depth": (array("scorer.leaves", lambda old: old[:, :4]), "arrays of scorer do not fit"),
    "cuts of another shape": (array("scorer.cuts", lambda old: old[:-1]), "arrays of scorer do not fit"),
    "columns below the table": (array("scorer.columns", lambda old: old - 10_000), "arrays of scorer do not fit"),
    "columns of real numbers": (array("scorer.columns", lambda old: old.astype(float)), "arrays of scorer do not fit"),
    "a column beyond the table": (
        array("scorer.columns", lambda old: np.full_like(old, len(table_names()))), "arrays of scorer do not fit",
    ),
    "shares of another shape": (
        arrays(lambda parts: {**parts, "scorer.shares": parts["scorer.leaves"][:-1, :, 0]}),
        "arrays of scorer do not fit",
    ),
    "shares that are no numbers": (
        arrays(lambda parts: {**parts, "scorer.shares": parts["scorer.leaves"][:, :, 0] * np.nan}),
        "arrays of scorer do not fit",
    ),
    "no trees": (array("scorer.columns", lambda old: old[:0]), "arrays of scorer do not fit"),
    "leaves of words": (array("scorer.leaves", lambda old: old.astype("U9")), "scorer.leaves: an array of"),
    "leaves that are no numbers": (array("scorer.leaves", lambda old: old * np.nan), "arrays of scorer do not fit"),
    "bias of another shape": (array("lexicon.bias", lambda old: old[:-1]), "arrays of lexicon do not fit"),
    "bias of trees of another shape": (array("scorer.bias", lambda old: old[:-1]), "arrays of scorer do not fit"),
    "bias that is no number": (array("scorer.bias", lambda old: old * np.nan), "arrays of scorer do not fit"),
    "lexicon that is no number": (array("lexicon.weights", lambda old: old * np.nan), "arrays of lexicon do not fit"),
    "lexicon with an infinity": (
        array("lexicon.weights", lambda old: np.where(np.arange(old.size).reshape(old.shape) == 7, -np.inf, old)
              .astype(np.float16)), "arrays of lexicon do not fit",
    ),
    "network without an array": (
        arrays(lambda parts: {k: v for k, v in parts.items() if k != "network0.entry_bias"}), "incomplete",
    ),
    "network without a width": (array("network0.entry_bias", lambda old: old[0]), "arrays of network0 do not fit"),
    "network without layers": (array("network0.layers", lambda old: old[0, 0, 0]), "arrays of network0 do not fit"),
    "network without recurrences": (
        arrays(lambda parts: {k: v for k, v in parts.items() if k != "network0.recurrent_in"}), "incomplete",
    ),
    "recurrences flat": (array("network0.recurrent_in", lambda old: old[0]), "arrays of network0 do not fit"),
    "network gone": (
        arrays(lambda parts: {k: v for k, v in parts.items() if not k.startswith("network")}),
        "does not reproduce its probe ferry",
    ),
    "other weights of the network": (
        array("network0.out_bias", lambda old: old + np.eye(4, dtype=np.float32)[0]),
        "does not reproduce its probe ferry",
    ),
    "bias of words": (array("lexicon.bias", lambda old: old.astype("U9")), "lexicon.bias: an array of"),
    "columns flat": (array("scorer.columns", lambda old: old.ravel()), "arrays of scorer do not fit"),
    "other weights": (array("scorer.bias", lambda old: old + np.eye(4)[0]), "does not reproduce its probe ferry"),
    "probe empty": (content("probe.jsonl", lambda _: b""), "probe.jsonl is empty"),
    "probe cut": (content("probe.jsonl", lambda old: old[:40]), "probe.jsonl cannot be read"),
    "probe not text": (content("probe.jsonl", lambda _: b"\xff\n"), "probe.jsonl cannot be read"),
    "probe of a number": (content("probe.jsonl", lambda _: b"1\n"), "probe.jsonl cannot be read"),
    "probe without text": (probe(text=None), "probe.jsonl cannot be read"),
    "probe of another page": (probe(text=TEXT + "\nMore"), "does not reproduce its probe ferry"),
    "probe of other chances": (probe(probabilities=[[0.25] * 4] * 6), "does not reproduce its probe ferry"),
    "probe of words": (probe(probabilities="high"), "probe.jsonl cannot be read"),
}  # fmt: skip

HTML_DAMAGES: dict[str, tuple[Damage, str]] = {
    "no markup lexicon": (arrays(lambda parts: {k: v for k, v in parts.items() if "markup" not in k}), "incomplete"),
    "no scorer": (arrays(lambda parts: {k: v for k, v in parts.items() if "html.scorer" not in k}), "incomplete"),
    "markup of another shape": (
        array("html.markup_lexicon.weights", lambda old: old[:-1]), "arrays of html.markup_lexicon do not fit together",
    ),
    "markup that is no number": (
        array("html.markup_lexicon.bias", lambda old: old * np.nan),
        "arrays of html.markup_lexicon do not fit together",
    ),
    "columns beyond the table": (
        array("html.scorer.columns", lambda old: np.full_like(old, len(table_names(is_html=True)))),
        "arrays of html.scorer do not fit together",
    ),
    "network of the model for text": (
        arrays(lambda parts: parts | {f"html.{k}": v for k, v in parts.items() if k.startswith("network")}),
        "arrays of html.network0 do not fit together",
    ),
    "network that is no number": (
        array("html.network0.layers", lambda old: old * np.nan), "arrays of html.network0 do not fit together",
    ),
    "columns of html in the model for text": (
        array("scorer.columns", lambda old: np.full_like(old, len(table_names(is_html=True)) - 1)),
        "arrays of scorer do not fit together",
    ),
    "temperature zero": (about(html={**SETTINGS, "temperature": 0}), "temperature is 0, and not"),
    "temperature a word": (about(html={**SETTINGS, "temperature": "warm"}), "temperature is warm, and not"),
    "utility that is no number": (
        about(html={**SETTINGS, "headline": {**RANKER, "no_title_utility": np.nan}}), "incomplete",
    ),
}  # fmt: skip

NETWORK_DAMAGES: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "medians of fewer columns": ("centre", lambda old: old[:-1]),
    "median that is infinite": ("centre", lambda old: old * np.float32(np.inf)),
    "scales of fewer columns": ("scale", lambda old: old[1:]),
    "scale of zero": ("scale", lambda old: old * (np.arange(len(old)) != 5).astype(np.float32)),
    "scale below zero": ("scale", lambda old: -old),
    "scale that is no number": ("scale", lambda old: old * np.float32(np.nan)),
    "flag of a column beyond the last": ("flagged", lambda old: np.append(old[:-1], np.int32(len(OWN_TEXT_NAMES)))),
    "flag of a column below the first": ("flagged", lambda old: np.append(old[:-1], np.int32(-1))),
    "flags that go back": ("flagged", lambda old: old[::-1].copy()),
    "flags of real numbers": ("flagged", lambda old: old.astype(np.float32)),
    "flags of another shape": ("flagged", lambda old: old[:, None]),
    "fewer flags than inputs": ("flagged", lambda old: old[:-1]),
    "entry turned": ("entry", lambda old: old.T.copy()),
    "entry of doubles": ("entry", lambda old: old.astype(float)),
    "entry that is no number": ("entry", lambda old: old * np.float32(np.nan)),
    "bias of the entry that is no number": ("entry_bias", lambda old: old * np.float32(np.nan)),
    "layers of two lines": ("layers", lambda old: old[:, : old.shape[1] * 2 // 3]),
    "fewer layers than biases": ("layers", lambda old: old[1:]),
    "bias of a layer that is no number": ("layer_biases", lambda old: old * np.float32(np.nan)),
    "states of one side": ("recurrent_out", lambda old: old[:, 1:]),
    "more states than gates": ("recurrent_out", lambda old: np.concatenate([old] * 2, axis=1)),
    "states of another width": ("recurrent_out", lambda old: np.concatenate((old, old), axis=2)),
    "states that are no numbers": ("recurrent_out", lambda old: old * np.float32(np.nan)),
    "states of doubles": ("recurrent_out", lambda old: old.astype(float)),
    "gates of fewer states": ("recurrent_in", lambda old: old[:, :, 1:]),
    "gates of fewer units": ("recurrent_in", lambda old: old[:, 1:]),
    "gates that are no numbers": ("recurrent_in", lambda old: old * np.float32(np.nan)),
    "biases of fewer gates": ("recurrent_in_biases", lambda old: old[:, 1:]),
    "fewer recurrences than biases": ("recurrent_out", lambda old: old[1:]),
    "biases of fewer recurrences": ("recurrent_out_biases", lambda old: old[1:]),
    "bias of fewer units": ("recurrent_out_biases", lambda old: old[:, 1:]),
    "bias of states that is no number": ("recurrent_out_biases", lambda old: old * np.float32(np.nan)),
    "scores of three labels": ("out", lambda old: old[:, 1:]),
    "scores that are no numbers": ("out", lambda old: old * np.float32(np.nan)),
    "bias of three labels": ("out_bias", lambda old: old[1:]),
    "scale next to zero": ("scale", lambda old: old * np.float32(1e-40)),
    "bias of half floats": ("out_bias", lambda old: old.astype(np.float16)),
}
"""Which array is changed, and how."""


KIND_DAMAGES: dict[str, tuple[Damage, str]] = {
    "no word of kinds": (about(has_page_kind=...), "incomplete"),
    "no words": (arrays(lambda parts: {k: v for k, v in parts.items() if k != "page_kind.words"}), "incomplete"),
    "words of another shape": (array("page_kind.words", lambda old: old[:-1]), "arrays of page_kind do not fit"),
    "words that are no number": (array("page_kind.words", lambda old: old * np.nan), "arrays of page_kind do not fit"),
    "bias of another shape": (array("page_kind.bias", lambda old: old[:-1]), "arrays of page_kind do not fit"),
    "bias of words of another shape": (array("page_kind.words_bias", lambda old: old[1:]), "arrays of page_kind"),
    "weights of fewer kinds": (array("page_kind.weights", lambda old: old[:, :, 1:]), "arrays of page_kind do not fit"),
    "fewer cuts": (array("page_kind.bins", lambda old: old[:, 1:]), "arrays of page_kind do not fit"),
    "cuts flat": (array("page_kind.bins", lambda old: old.ravel()), "arrays of page_kind do not fit"),
    "cuts that go back": (array("page_kind.bins", lambda old: old[:, ::-1].copy()), "arrays of page_kind do not fit"),
    "cuts that are no number": (array("page_kind.bins", lambda old: old * np.nan), "arrays of page_kind do not fit"),
    "other weights": (
        array("page_kind.bias", lambda old: old + np.eye(len(KINDS), dtype=np.float32)[0]),
        "is not the one in model.json",
    ),
}  # fmt: skip


def assert_explained(path: Path, message: str) -> None:
    with np.errstate(all="ignore"), pytest.raises(ModelError) as raised:
        load_model(path)
    text = str(raised.value)
    assert text.startswith(f"{path}: ")
    assert message in text.removeprefix(f"{path}: ")
    assert "\n" not in text
    assert len(text) < len(str(path)) + 250


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_is_explained_in_a_sentence(path: Path, name: str) -> None:
    damage, message = DAMAGES[name]
    damage(path)
    assert_explained(path, message)


@pytest.mark.parametrize("name", NETWORK_DAMAGES)
def test_damage_of_the_network_is_explained_in_a_sentence(path: Path, name: str) -> None:
    key, change = NETWORK_DAMAGES[name]
    array(f"network0.{key}", change)(path)
    assert_explained(path, "weights.npz: the arrays of network0 do not fit together")


@pytest.mark.parametrize("name", HTML_DAMAGES)
def test_damage_of_the_part_for_html_is_explained_in_a_sentence(html_saved: Files, tmp_path: Path, name: str) -> None:
    damage, message = HTML_DAMAGES[name]
    write(html_saved, tmp_path)
    damage(tmp_path)
    assert_explained(tmp_path, message)


@pytest.mark.parametrize("name", KIND_DAMAGES)
def test_damage_of_page_kinds_is_explained_in_a_sentence(kinds_saved: Files, tmp_path: Path, name: str) -> None:
    damage, message = KIND_DAMAGES[name]
    write(kinds_saved, tmp_path)
    damage(tmp_path)
    assert_explained(tmp_path, message)


def change_bias(name: str, path: Path) -> None:
    """Change an array of biases, and the SHA-256 in `model.json` with it."""
    array(name, lambda old: old + 3 * np.eye(len(old), dtype=np.float32)[0])(path)
    about(weights_sha256=sha256((path / "weights.npz").read_bytes()).hexdigest())(path)


@pytest.mark.parametrize("name", ["scorer.bias", "network0.out_bias", "markup_lexicon.bias"])
def test_other_weights_of_the_part_for_html_are_refused(html_saved: Files, tmp_path: Path, name: str) -> None:
    """By the probe, whatever `model.json` gives as the SHA-256 of the file."""
    write(html_saved, tmp_path)
    change_bias(f"html.{name}", tmp_path)
    assert_explained(tmp_path, "does not reproduce its probe html")


def test_a_part_for_html_needs_a_page_with_hints(html_model: Model, html_saved: Files, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="needs a page with hints"):
        save_model(html_model, {}, PROBE[:2], tmp_path)
    write(html_saved, tmp_path)
    content("probe.jsonl", lambda old: b"".join(old.splitlines(keepends=True)[:2]))(tmp_path)
    assert_explained(tmp_path, "has no page for the part for HTML")


def test_the_probe_is_read_as_it_was_written(html_saved: Files, tmp_path: Path) -> None:
    write(html_saved, tmp_path)
    for one, other in zip(PROBE, read_probe(tmp_path), strict=True):
        assert (one.text, one.source, one.url) == (other.text, other.source, other.url)
        assert one.has_hints == other.has_hints
        assert one.hints is None or (other.hints is not None and one.hints.equals(other.hints))


def test_a_probe_has_the_addresses_that_are_known(saved: Files) -> None:
    """Models that were saved before have none."""
    rows = [json.loads(line) for line in saved["probe.jsonl"].splitlines()]
    assert ["url" in row for row in rows] == [True, False, False]


HINTS_DAMAGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "one line fewer": lambda hints: hints["depth"].pop(),
    "one word fewer": lambda hints: hints["word_level"].pop(),
    "no tags": lambda hints: hints.pop("tag"),
    "a word of no line": lambda hints: hints.update(word_line=[*hints["word_line"][:-1], 99]),
    "words out of order": lambda hints: hints.update(word_line=hints["word_line"][::-1]),
    "a hash below zero": lambda hints: hints.update(path=[-1, *hints["path"][1:]]),
    "a tag beyond the last": lambda hints: hints.update(tag=[200, *hints["tag"][1:]]),
    "a depth of words": lambda hints: hints.update(depth="deep"),
}


@pytest.mark.parametrize("name", HINTS_DAMAGES)
def test_damaged_hints_of_the_probe_are_explained_in_a_sentence(html_saved: Files, tmp_path: Path, name: str) -> None:
    def damage(old: bytes) -> bytes:
        *others, row = old.splitlines()
        changed = json.loads(row)
        HINTS_DAMAGES[name](changed["hints"])
        return b"\n".join((*others, json.dumps(changed).encode()))

    write(html_saved, tmp_path)
    content("probe.jsonl", damage)(tmp_path)
    assert_explained(tmp_path, "probe.jsonl cannot be read")


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


def test_a_flipped_byte_is_refused(path: Path, saved: Files) -> None:
    sound = saved["weights.npz"]
    method = sound.rfind(b"PK\x01\x02") + 10
    for place in (method, *flips(len(sound))):
        changed = bytearray(sound)
        changed[place] ^= 0x55
        (path / "weights.npz").write_bytes(bytes(changed))
        with pytest.raises(ModelError):
            load_model(path)
