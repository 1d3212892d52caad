"""A model directory: arrays and JSON that cannot run code, checked before use.

`model.json` says what the model is, `weights.npz` holds its arrays (`allow_pickle=False`), `probe.jsonl` a few
lines whose probabilities it must reproduce, `README.md` is the card. Whoever changes the meaning of any of
these raises `FORMAT` and says in the error text what a reader of an old directory has to do.
"""

import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linesift.errors import ModelError
from linesift.features.table import fingerprint
from linesift.features.tokens import TOKEN_BITS
from linesift.labels import LABELS
from linesift.model.bins import Bins
from linesift.model.classifier import Model, Scorer
from linesift.model.decode import DecodeConfig
from linesift.model.lexicon import Lexicon
from linesift.model.linear import LinearScorer
from linesift.model.trees import TreeScorer
from linesift.model.window import table_names

FORMAT = 1
PROBE_TOLERANCE = 2e-3
"""Largest difference from the probe's probabilities; float32 sums differ by far less between processors."""

Arrays = Mapping[str, NDArray[Any]]


def save_model(model: Model, info: Mapping[str, object], probe: Mapping[str, str], path: Path) -> None:
    """Write a model directory; its files are written aside and renamed, `model.json` last.

    Args:
        model: what to save.
        info: what else the card and `model.json` say: corpora, seeds, versions, scores.
        probe: names and texts of the probe's pages.
        path: the directory, made where it is missing.

    Raises:
        ModelError: if it cannot be written.
    """
    arrays = {"lexicon.weights": model.lexicon.weights.astype(np.float16), "lexicon.bias": model.lexicon.bias}
    for name, scorer in (("first", model.first), ("second", model.second)):
        arrays |= {f"{name}.{key}": array for key, array in _scorer_arrays(scorer).items()}
    about = {
        "format": FORMAT,
        "fingerprint": fingerprint(),
        "labels": list(LABELS),
        "temperature": model.temperature,
        "decoding": asdict(model.decoding),
        **info,
    }
    rows = [
        {"name": name, "text": text, "probabilities": np.round(model.classify(text).probabilities.astype(float), 4).tolist()}
        for name, text in probe.items()
    ]
    try:
        path.mkdir(parents=True, exist_ok=True)
        with (path / "weights.npz.part").open("wb") as stream:
            np.savez_compressed(stream, allow_pickle=False, **arrays)
        (path / "probe.jsonl.part").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
        (path / "model.json.part").write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n", "utf-8")
        for name in ("weights.npz", "probe.jsonl", "model.json"):
            (path / f"{name}.part").replace(path / name)
    except OSError as error:
        raise ModelError(f"{path}: cannot write the model: {error.strerror or error}") from error


def load_model(path: Path) -> Model:
    """Read a model directory and check that it gives what it gave when it was saved.

    Raises:
        ModelError: if it is missing, damaged, of another format or features, or does not reproduce its probe.
    """
    model = _assemble(read_about(path), _read_arrays(path), path)
    _check_probe(model, path)
    return model


def read_about(path: Path) -> dict[str, Any]:
    """Read and check `model.json`.

    Raises:
        ModelError: as for `load_model`.
    """
    if not path.is_dir():
        raise ModelError(f"{path}: no such model directory; name one that holds model.json, or train it: linesift train --out {path}")
    try:
        about = json.loads((path / "model.json").read_text("utf-8"))
    except FileNotFoundError as error:
        raise ModelError(f"{path}: not a model directory: model.json is missing") from error
    except (OSError, ValueError) as error:
        raise ModelError(f"{path}: model.json cannot be read ({error}); copy the model again or train it anew") from error
    if not isinstance(about, dict) or about.get("format") != FORMAT:
        found = about.get("format") if isinstance(about, dict) else None
        raise ModelError(f"{path}: model format {found}, this linesift reads format {FORMAT}; train the model anew")
    if about.get("labels") != list(LABELS):
        raise ModelError(f"{path}: the model's labels are {about.get('labels')}, expected {list(LABELS)}")
    if about.get("fingerprint") != fingerprint():
        raise ModelError(
            f"{path}: the model was trained on other features (fingerprint {about.get('fingerprint')}, "
            f"this linesift computes {fingerprint()}); train it anew or install the linesift it came with"
        )
    return about


def _read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    try:
        with np.load(path / "weights.npz", allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except FileNotFoundError as error:
        raise ModelError(f"{path}: weights.npz is missing; copy the model again or train it anew") from error
    except (OSError, ValueError, zipfile.BadZipFile, EOFError, KeyError) as error:
        raise ModelError(f"{path}: weights.npz is damaged ({error}); copy the model again or train it anew") from error


def _scorer_arrays(scorer: Scorer) -> dict[str, NDArray[Any]]:
    if isinstance(scorer, TreeScorer):
        return {"columns": scorer.columns, "cuts": scorer.cuts, "leaves": scorer.leaves, "bias": scorer.bias}
    if isinstance(scorer, LinearScorer):
        return {"bins": scorer.bins.cuts, "weights": scorer.weights, "bias": scorer.bias}
    raise TypeError(f"cannot save a {type(scorer).__name__}")


def _assemble(about: Mapping[str, Any], arrays: Arrays, path: Path) -> Model:
    try:
        lexicon = Lexicon(arrays["lexicon.weights"].astype(np.float32), arrays["lexicon.bias"])
        if lexicon.weights.shape != (1 << TOKEN_BITS, len(LABELS)) or lexicon.bias.shape != (len(LABELS),):
            raise ModelError(f"{path}: weights.npz: the lexicon has shape {lexicon.weights.shape}")
        return Model(
            lexicon=lexicon,
            first=_scorer("first", arrays, path),
            second=_scorer("second", arrays, path),
            temperature=float(about["temperature"]),
            decoding=DecodeConfig(**about["decoding"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{path}: the model is incomplete ({error}); copy it again or train it anew") from error


def _scorer(name: str, arrays: Arrays, path: Path) -> Scorer:
    parts = {key.removeprefix(f"{name}."): array for key, array in arrays.items() if key.startswith(f"{name}.")}
    if "leaves" in parts:
        columns, cuts, leaves = parts["columns"], parts["cuts"], parts["leaves"]
        n_trees, depth = columns.shape
        sound = cuts.shape == columns.shape and leaves.shape == (n_trees, 1 << depth, len(LABELS))
        sound &= bool(len(columns) and columns.min() >= 0 and columns.max() < len(table_names()))
        if not sound:
            raise ModelError(f"{path}: weights.npz: the trees of the {name} pass do not fit together")
        return TreeScorer(columns, cuts, leaves, parts["bias"])
    bins, weights = Bins(parts["bins"]), parts["weights"]
    if weights.shape != (len(bins.cuts), bins.n_bins, len(LABELS)):
        raise ModelError(f"{path}: weights.npz: bins and weights of the {name} pass do not fit together")
    return LinearScorer(bins, weights, parts["bias"])


def _check_probe(model: Model, path: Path) -> None:
    try:
        lines = (path / "probe.jsonl").read_text("utf-8").splitlines()
        rows = [json.loads(line) for line in lines]
        predictions = model.classify_batch([row["text"] for row in rows])
        expected = [np.array(row["probabilities"], np.float32) for row in rows]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path}: probe.jsonl cannot be read ({error}); copy the model again or train it anew") from error
    for row, prediction, wanted in zip(rows, predictions, expected, strict=True):
        if wanted.shape != prediction.probabilities.shape or np.abs(wanted - prediction.probabilities).max() > PROBE_TOLERANCE:
            raise ModelError(
                f"{path}: the model does not reproduce its probe {row.get('name')}: the weights or the features have "
                "changed since it was saved; copy it again or train it anew"
            )
