"""Save and load a model directory: arrays and JSON that cannot run code, checked before use.

| file | content |
|---|---|
| `model.json` | what the model is: format, fingerprint, settings, and how it was trained |
| `weights.npz` | its arrays (`linesift.model.weights`) |
| `probe.jsonl` | the probe: reference pages with the probabilities that it must reproduce (`linesift.model.probe`) |
| `README.md` | its card, written from `model.json` (`linesift.evaluate.card`) |

Whoever changes the meaning of any of these raises `FORMAT`, and says in the error text what to do with an older model.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

from linesift.atomic import replacing
from linesift.errors import ModelError
from linesift.labels import LABELS
from linesift.model.fingerprint import fingerprint
from linesift.model.model import Model
from linesift.model.part import Part
from linesift.model.probe import check_probe, write_probe
from linesift.model.weights import build_model, model_arrays, pack, read_arrays
from linesift.page import Page

FORMAT = 9
KEYS_WRITTEN_BY_SAVE = frozenset(
    ["format", "fingerprint", "labels", "text", "html", "has_page_kind", "decoding", "n_sites", "weights_sha256"]
)
"""Keys of `model.json` that `save_model` writes; the others are those of its argument `info`."""


def save_model(model: Model, info: Mapping[str, object], probe: Sequence[Page], path: Path) -> None:
    """Write a model directory; each file appears whole or not at all, `model.json` last.

    Args:
        model: the model to save.
        info: further entries of `model.json`, for the card: collections, seeds, versions, scores.
        probe: the reference pages; their text and hints are stored. A model with a part for HTML needs one with hints.
        path: the directory, made if it is missing.

    Raises:
        ModelError: if it cannot be written.
        ValueError: if the model reads HTML and no page of the probe has hints.
    """
    if model.html is not None and not any(page.has_hints for page in probe):
        raise ValueError("a model with a part for HTML needs a page with hints in its probe")
    weights = pack(model_arrays(model))
    about = {
        "format": FORMAT,
        "fingerprint": fingerprint(),
        "labels": list(LABELS),
        "text": _settings(model.text),
        "html": None if model.html is None else _settings(model.html),
        "has_page_kind": model.page_kind is not None,
        "decoding": asdict(model.decoding),
        **info,
        "n_sites": len(model.text.sites),
        "weights_sha256": sha256(weights).hexdigest(),
    }
    _write(path, f"{json.dumps(about, ensure_ascii=False, indent=1)}\n", write_probe(model, probe), weights)


def _write(path: Path, about: str, probe: str, weights: bytes) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
        # The blocks end from the inside out: nothing is renamed before all is written, and model.json comes last.
        with (
            replacing(path / "model.json") as model_file,
            replacing(path / "probe.jsonl") as probe_file,
            replacing(path / "weights.npz") as weights_file,
        ):
            weights_file.write_bytes(weights)
            probe_file.write_text(probe, "utf-8")
            model_file.write_text(about, "utf-8")
    except OSError as error:
        raise ModelError(f"{path}: cannot write the model: {error.strerror or error}") from error


def _settings(part: Part) -> dict[str, object]:
    """Fitted numbers of a part that are no arrays."""
    headline = part.headline
    return {
        "network_share": part.network_share,
        "temperature": part.temperature,
        "headline": None
        if headline is None
        else {"no_title_utility": headline.no_headline_utility, "temperature": headline.temperature},
    }


def load_model(path: Path) -> Model:
    """Read a model directory and check that it is the model that was saved.

    Raises:
        ModelError: if it is missing, damaged, of another format or other features, or does not reproduce its probe.
    """
    about = read_about(path)
    arrays, digest = read_arrays(path)
    try:
        model = build_model(about, arrays)
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{path}: the model is incomplete ({error}); copy it again or train it anew") from error
    check_probe(model, path)
    # After the other checks, which say more: changes too small for the probe, such as in corrections of a site.
    if digest != about.get("weights_sha256"):
        raise ModelError(f"{path}: the SHA-256 of weights.npz is not the one in model.json; copy the model again")
    return model


def read_about(path: Path) -> dict[str, Any]:
    """Read `model.json`, and check its format, labels and fingerprint.

    Raises:
        ModelError: as for `load_model`.
    """
    if not path.is_dir():
        raise ModelError(
            f"{path}: no such model directory; name one that holds model.json, or train it: linesift train --out {path}"
        )
    try:
        about = json.loads((path / "model.json").read_text("utf-8"))
    except FileNotFoundError as error:
        raise ModelError(f"{path}: not a model directory: model.json is missing") from error
    except (OSError, ValueError) as error:
        raise ModelError(
            f"{path}: model.json cannot be read ({error}); copy the model again or train it anew"
        ) from error
    found = about.get("format") if isinstance(about, dict) else None
    if not isinstance(about, dict) or found != FORMAT:
        raise ModelError(f"{path}: model format {found}, this linesift reads format {FORMAT}; train the model anew")
    if about.get("labels") != list(LABELS):
        raise ModelError(f"{path}: the model's labels are {about.get('labels')}, expected {list(LABELS)}")
    if about.get("fingerprint") != fingerprint():
        raise ModelError(
            f"{path}: the model was trained on other features (fingerprint {about.get('fingerprint')}, "
            f"this linesift computes {fingerprint()}); train it anew or install the linesift it came with"
        )
    return about
