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

from linesift.atomic import replacing_directory, resolve
from linesift.errors import ModelError
from linesift.labels import LABELS
from linesift.model.files import WEIGHTS, brief, pack, read_arrays, read_file
from linesift.model.fingerprint import fingerprint
from linesift.model.model import Model
from linesift.model.part import Part
from linesift.model.probe import FILE as PROBE
from linesift.model.probe import check_probe, write_probe
from linesift.model.weights import build_model, model_arrays
from linesift.page import Page

FORMAT = 13
CARD = "README.md"
"""Name of the card, which `linesift.evaluate.card` writes."""
_ABOUT = "model.json"
_LARGEST_ABOUT = 16 << 20
"""Most bytes of `model.json`."""
KEYS_WRITTEN_BY_SAVE = frozenset(
    ["format", "fingerprint", "labels", "text", "html", "has_page_kind", "decoding", "n_sites", "weights_sha256"]
)
"""Keys of `model.json` that `save_model` writes; the others are those of its argument `info`."""


def save_model(model: Model, info: Mapping[str, object], probe: Sequence[Page], path: Path) -> None:
    """Write a model directory: it takes the place of a model that is there at once, or nothing changes.

    Args:
        model: the model to save.
        info: further entries of `model.json`, for the card: collections, seeds, versions, scores.
        probe: the reference pages; their text and hints are stored. A model with a part for HTML needs one with hints.
        path: the directory, made if it is missing.

    Raises:
        ModelError: if it cannot be written, the directory holds anything but a model, or a number is out of range.
        ValueError: if the model reads HTML and no page of the probe has hints.
    """
    if model.html is not None and not any(page.has_hints for page in probe):
        raise ValueError("a model with a part for HTML needs a page with hints in its probe")
    arrays = model_arrays(model)
    weights = pack(arrays)
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
    text = f"{json.dumps(about, ensure_ascii=False, indent=1)}\n"
    build_model(json.loads(text), arrays)  # nothing is written that could not be loaded
    _write(path, text, write_probe(model, probe), weights)


def _write(path: Path, about: str, probe: str, weights: bytes) -> None:
    _refuse_other_files(path)
    try:
        with replacing_directory(path) as temporary:
            (temporary / WEIGHTS).write_bytes(weights)
            # A lone surrogate becomes an escape, as JSON writes it: UTF-8 has none.
            (temporary / PROBE).write_bytes(probe.encode("utf-8", "backslashreplace"))
            (temporary / _ABOUT).write_bytes(about.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise ModelError(f"{path}: cannot write the model: {error.strerror or error}") from error


def check_place(path: Path) -> None:
    """Check that a model can be written to a path, before it is fitted.

    Raises:
        ModelError: if it cannot, or something else than a model is there.
    """
    from tempfile import TemporaryDirectory  # here, because a start does not need it, and it loads much

    _refuse_other_files(path)
    try:
        there = next(place for place in resolve(path).parents if place.exists())  # a directory beside it is renamed
        with TemporaryDirectory(dir=there, prefix=".linesift-"):
            pass
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ModelError(f"{path}: cannot write the model ({reason}); name another directory") from error


def _refuse_other_files(path: Path) -> None:
    """Refuse a path at which a model would take the place of anything but a model.

    Raises:
        ModelError: if it is a file, or a directory that holds other files than those of a model.
    """
    if path.exists() and not path.is_dir():
        raise ModelError(f"{path}: is a file; name a directory")
    try:
        names = {each.name for each in path.iterdir()} if path.is_dir() else set()
    except OSError as error:
        raise ModelError(f"{path}: cannot write the model: {error.strerror or error}") from error
    if names and _ABOUT not in names:
        raise ModelError(f"{path}: holds files but no model; name a new directory or that of a model to replace")
    if others := names - {_ABOUT, PROBE, WEIGHTS, CARD}:
        raise ModelError(
            f"{path}: holds {brief(min(others))}, which is no part of a model and would be lost; name a new directory"
        )


def _settings(part: Part) -> dict[str, object]:
    """Fitted numbers of a part that are no arrays."""
    headline = part.headline
    return {
        "network_share": part.network_share,
        "temperature": part.temperature,
        "sure_temperature": part.sure_temperature,
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
        raise ModelError(
            f"{path}: the model is incomplete ({brief(str(error))}); copy it again or train it anew"
        ) from error
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
    if path.is_file():
        raise ModelError(f"{path}: is a file; name a directory that holds {_ABOUT}")
    if not path.is_dir():
        raise ModelError(
            f"{path}: no such model directory; name one that holds model.json, or train it: "
            f"linesift train --pages PAGES --out {path}"
        )
    if not (path / _ABOUT).exists():
        raise ModelError(f"{path}: not a model directory: {_ABOUT} is missing; name one that holds it")
    try:
        about = json.loads(read_file(path, _ABOUT, _LARGEST_ABOUT).decode("utf-8"))
    except (ValueError, RecursionError) as error:
        reason = brief(str(error))
        raise ModelError(
            f"{path}: {_ABOUT} cannot be read ({reason}); copy the model again or train it anew"
        ) from error
    found = about.get("format") if isinstance(about, dict) else None
    if not isinstance(about, dict) or found != FORMAT:
        raise ModelError(
            f"{path}: model format {brief(found)}, this linesift reads format {FORMAT}; train the model anew"
        )
    if about.get("labels") != list(LABELS):
        raise ModelError(f"{path}: the model's labels are {brief(about.get('labels'))}, expected {list(LABELS)}")
    if about.get("fingerprint") != fingerprint():
        raise ModelError(
            f"{path}: the model was trained on other features (fingerprint {brief(about.get('fingerprint'))}, "
            f"this linesift computes {fingerprint()}); train it anew or install the linesift it came with"
        )
    files, sites = about.get("files", {}), about.get("sites", [])
    is_sound = isinstance(files, dict) and all(isinstance(digest, str) for digest in files.values())
    is_sound &= isinstance(sites, list) and all(isinstance(site, dict) and "name" in site for site in sites)
    if not is_sound:
        raise ModelError(f"{path}: {_ABOUT} has other files or sites than a training writes; copy the model again")
    return about
