"""A model directory: arrays and JSON that cannot run code, checked before use.

`model.json` says what the model is, `weights.npz` holds its arrays (`allow_pickle=False`), `probe.jsonl` a few
lines whose probabilities it must reproduce, `README.md` is the card. Whoever changes the meaning of any of
these raises `FORMAT` and says in the error text what a reader of an old directory has to do.
"""

import json
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from linesift.atomic import replacing
from linesift.errors import ModelError
from linesift.features.table import fingerprint
from linesift.features.tokens import MARKUP_BITS, TOKEN_BITS
from linesift.labels import KINDS, LABELS
from linesift.model.bins import Bins
from linesift.model.decode import DecodeConfig
from linesift.model.headline import NAMES as CANDIDATE_NAMES
from linesift.model.headline import HeadlineRanker
from linesift.model.lexicon import TARGETS, Lexicon
from linesift.model.linear import LinearScorer
from linesift.model.model import Model
from linesift.model.network import Network
from linesift.model.page_kind import WORD_BITS, WORD_KINDS, PageKindModel, column_names
from linesift.model.part import Part, Scorer
from linesift.model.trees import TreeScorer
from linesift.model.window import HTML_NAMES, OWN_NAMES, n_table_columns

if TYPE_CHECKING:
    from linesift.model.site import SiteCorrection

FORMAT = 6
FORMAT_WITH_SITES = 7
"""Of a model with corrections for sites, which a reader of format 6 would leave out without a word."""
OF_THE_WEIGHTS = frozenset(["format", "fingerprint", "labels", "text", "html", "decoding", "n_sites", "weights_sha256"])
"""Keys of `model.json` that `save_model` writes by itself; the others are what it was told."""
PROBE_TOLERANCE = 2e-3
"""Largest difference from the probe's probabilities; float32 sums differ by far less between processors."""

Arrays = Mapping[str, NDArray[Any]]


def save_model(model: Model, info: Mapping[str, object], probe: Mapping[str, str], path: Path) -> None:
    """Write a model directory; each file appears whole or not at all, `model.json` last.

    Args:
        model: what to save.
        info: what else the card and `model.json` say: corpora, seeds, versions, scores.
        probe: names and texts of the probe's pages.
        path: the directory, made where it is missing.

    Raises:
        ModelError: if it cannot be written.
    """
    arrays = _arrays(model)
    # Not packed: the weights are loaded each time the program starts, and they pack by a tenth only.
    write_arrays: Callable[..., None] = np.savez  # its stub takes the arrays for the flag `allow_pickle`
    about = {
        "format": FORMAT_WITH_SITES if model.text.sites else FORMAT,
        "fingerprint": fingerprint(),
        "labels": list(LABELS),
        "text": _numbers(model.text),
        "html": None if model.html is None else _numbers(model.html),
        "decoding": asdict(model.decoding),
        "verdict": None if model.page_kind is None else {"kinds": list(KINDS), "columns": list(column_names())},
        **info,
        "n_sites": len(model.text.sites),
    }
    rows = [
        {
            "name": name,
            "text": text,
            "probabilities": np.round(model.classify(text).probabilities.astype(float), 4).tolist(),
        }
        for name, text in probe.items()
    ]
    weights = BytesIO()
    write_arrays(weights, **arrays)
    about["weights_sha256"] = sha256(weights.getbuffer()).hexdigest()
    try:
        path.mkdir(parents=True, exist_ok=True)
        # The blocks end from the inside out: nothing is renamed before all is written, and model.json comes last.
        with (
            replacing(path / "model.json") as model_file,
            replacing(path / "probe.jsonl") as probe_file,
            replacing(path / "weights.npz") as weights_file,
        ):
            weights_file.write_bytes(weights.getbuffer())
            probe_file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
            model_file.write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n", "utf-8")
    except OSError as error:
        raise ModelError(f"{path}: cannot write the model: {error.strerror or error}") from error


def load_model(path: Path) -> Model:
    """Read a model directory and check that it gives what it gave when it was saved.

    Raises:
        ModelError: if it is missing, damaged, of another format or features, or does not reproduce its probe.
    """
    about = read_about(path)
    arrays, digest = _read_arrays(path)
    model = _assemble(about, arrays, path)
    _check_probe(model, path)
    # The probe has no page with hints; this notices other weights of the part for HTML.
    if digest != about.get("weights_sha256"):
        raise ModelError(f"{path}: weights.npz is not the file that model.json tells of; copy the model again")
    return model


def read_about(path: Path) -> dict[str, Any]:
    """Read and check `model.json`.

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
    if not isinstance(about, dict) or about.get("format") not in {FORMAT, FORMAT_WITH_SITES}:
        found = about.get("format") if isinstance(about, dict) else None
        raise ModelError(
            f"{path}: model format {found}, this linesift reads formats {FORMAT} and {FORMAT_WITH_SITES}; "
            "train the model anew"
        )
    if about.get("labels") != list(LABELS):
        raise ModelError(f"{path}: the model's labels are {about.get('labels')}, expected {list(LABELS)}")
    if about.get("fingerprint") != fingerprint():
        raise ModelError(
            f"{path}: the model was trained on other features (fingerprint {about.get('fingerprint')}, "
            f"this linesift computes {fingerprint()}); train it anew or install the linesift it came with"
        )
    return about


def _read_arrays(path: Path) -> tuple[dict[str, NDArray[Any]], str]:
    """Arrays of `weights.npz`, and the digest of the file."""
    try:
        data = (path / "weights.npz").read_bytes()
        with zipfile.ZipFile(BytesIO(data)) as stored:
            names = stored.namelist()
            return {name.removesuffix(".npy"): _array(stored.read(name)) for name in names}, sha256(data).hexdigest()
    except FileNotFoundError as error:
        raise ModelError(f"{path}: weights.npz is missing; copy the model again or train it anew") from error
    # What numpy, zipfile and zlib raise on damaged archives; TypeError and AttributeError for a bare array.
    except (OSError, ValueError, zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError,
            TypeError, AttributeError) as error:  # fmt: skip
        raise ModelError(f"{path}: weights.npz is damaged ({error}); copy the model again or train it anew") from error


def _array(data: bytes) -> NDArray[Any]:
    """An array of a file as `np.save` writes it, without a copy: `np.load` takes three times as long.

    Raises:
        ValueError: if it is something else, or holds objects, which could run code.
    """
    stream = BytesIO(data)
    if np.lib.format.read_magic(stream) != (1, 0):
        raise ValueError("an array of an unknown version")
    shape, is_fortran, dtype = np.lib.format.read_array_header_1_0(stream)
    array = np.frombuffer(data, dtype, offset=stream.tell())
    return array.reshape(shape, order="F" if is_fortran else "C")


def _is_finite(numbers: NDArray[Any]) -> bool:
    """Whether there is no infinity and no nan."""
    if numbers.dtype == np.float16 and numbers.flags.c_contiguous and numbers.size:
        # As whole numbers, because numpy looks at half floats one by one: a tenth of the time of a start.
        return bool((numbers.view(np.uint16) & _EXPONENT).max() < _EXPONENT)
    return bool(np.isfinite(numbers).all())


_EXPONENT = np.uint16(0x7C00)
"""Bits of a half float that are all set in infinities and nan, and nowhere else."""


def _scorer_arrays(scorer: Scorer) -> dict[str, NDArray[Any]]:
    if isinstance(scorer, TreeScorer):
        shares = {} if scorer.shares is None else {"shares": scorer.shares}
        return {"columns": scorer.columns, "cuts": scorer.cuts, "leaves": scorer.leaves, "bias": scorer.bias, **shares}
    if isinstance(scorer, LinearScorer):
        return {"bins": scorer.bins.cuts, "weights": scorer.weights, "bias": scorer.bias}
    raise TypeError(f"cannot save a {type(scorer).__name__}")


def _part_arrays(part: Part) -> dict[str, NDArray[Any]]:
    """Arrays of one part of a model."""
    arrays: dict[str, NDArray[Any]] = {}
    for name, lexicon in (("lexicon", part.lexicon), ("markup", part.markup_lexicon)):
        if lexicon is not None:
            arrays |= {f"{name}.weights": lexicon.weights.astype(np.float16), f"{name}.bias": lexicon.bias}
    scorers = {"scorer": part.scorer}
    if part.network is not None:
        arrays |= {f"network.{f.name}": getattr(part.network, f.name) for f in fields(part.network)}
    if part.headline is not None:
        scorers["chooser"] = part.headline.trees
    for name, scorer in scorers.items():
        arrays |= {f"{name}.{key}": array for key, array in _scorer_arrays(scorer).items()}
    for number, site in enumerate(part.sites):
        arrays |= {f"site{number}.anchors": site.anchors, f"site{number}.keys": site.keys}
        arrays[f"site{number}.weights"] = site.weights
    return arrays


def _arrays(model: Model) -> dict[str, NDArray[Any]]:
    """All arrays of a model, by the names that they are stored under."""
    arrays: dict[str, NDArray[Any]] = _part_arrays(model.text)
    if model.html is not None:
        arrays |= {f"html.{key}": array for key, array in _part_arrays(model.html).items()}
    if model.page_kind is not None:
        words, bias, scorer = model.page_kind.words.astype(np.float16), model.page_kind.bias, model.page_kind.scorer
        arrays |= {"verdict.words": words, "verdict.words_bias": bias}
        arrays |= {f"verdict.{key}": array for key, array in _scorer_arrays(scorer).items()}
    return arrays


def _numbers(part: Part) -> dict[str, float | None]:
    """Numbers of a part that are no arrays."""
    ranker = part.headline
    return {
        "temperature": part.temperature,
        "headline_nothing": None if ranker is None else ranker.nothing,
        "headline_scale": None if ranker is None else ranker.scale,
    }


def _assemble(about: Mapping[str, Any], arrays: Arrays, path: Path) -> Model:
    try:
        decoding = DecodeConfig(**about["decoding"])
        text = _part("", about, arrays, path)
        html = None if about["html"] is None else _part("html.", about, arrays, path)
        return Model(text, html, _page_kind(about.get("verdict"), arrays, path), decoding)
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{path}: the model is incomplete ({error}); copy it again or train it anew") from error


def _part(prefix: str, about: Mapping[str, Any], arrays: Arrays, path: Path) -> Part:
    """Put together the part for text, or with the prefix that for HTML."""
    numbers = about["html" if prefix else "text"]
    temperature, nothing, scale = (numbers[name] for name in ("temperature", "headline_nothing", "headline_scale"))
    if not (temperature > 0 and (scale is None or scale > 0)):
        raise ModelError(f"{path}: model.json: a temperature or scale is not above 0; copy the model again")
    ranker = None
    if nothing is not None:
        trees = _scorer(f"{prefix}chooser", arrays, path)
        if not isinstance(trees, TreeScorer):
            raise ModelError(f"{path}: weights.npz: {prefix}chooser is no trees; copy the model again")
        ranker = HeadlineRanker(trees, float(nothing), float(scale))
    return Part(
        lexicon=_lexicon(f"{prefix}lexicon", TOKEN_BITS, arrays, path),
        scorer=_scorer(f"{prefix}scorer", arrays, path),
        network=_network(f"{prefix}network", arrays, path),
        temperature=float(temperature),
        markup_lexicon=_lexicon(f"{prefix}markup", MARKUP_BITS, arrays, path) if prefix else None,
        headline=ranker,
        sites=_sites(prefix, about, arrays, path),
    )


def _lexicon(name: str, bits: int, arrays: Arrays, path: Path) -> Lexicon:
    weights, bias = arrays[f"{name}.weights"], arrays[f"{name}.bias"]
    is_sound = weights.shape == (1 << bits, len(TARGETS)) and bias.shape == (len(TARGETS),)
    if not (is_sound and _is_finite(weights) and _is_finite(bias)):
        raise ModelError(f"{path}: weights.npz: the arrays of {name} do not fit together; copy the model again")
    return Lexicon(weights, bias)


def _page_kind(about: Any, arrays: Arrays, path: Path) -> PageKindModel | None:
    """Put together the model of page kinds; `None` where there is none."""
    if about is None:
        return None
    names = list(column_names())
    if about["kinds"] != list(KINDS) or about["columns"] != names:
        raise ModelError(f"{path}: the model's verdict was trained on other kinds or columns; train it anew")
    words, words_bias = arrays["verdict.words"].astype(np.float32), arrays["verdict.words_bias"]
    cuts, weights, bias = (arrays[f"verdict.{key}"] for key in ("bins", "weights", "bias"))
    is_sound = words.shape == (1 << WORD_BITS, len(WORD_KINDS)) and words_bias.shape == (len(WORD_KINDS),)
    is_sound &= len(cuts) == len(names) and weights.shape == (len(names), Bins(cuts).n_bins, len(KINDS))
    is_sound &= bias.shape == (len(KINDS),) and cuts.dtype.kind == "f" and not np.isnan(cuts).any()
    numbers = (words, words_bias, weights, bias)
    is_sound &= all(array.dtype.kind == "f" and np.isfinite(array).all() for array in numbers)
    if not is_sound:
        raise ModelError(f"{path}: weights.npz: the arrays of verdict do not fit together; copy the model again")
    return PageKindModel(words, words_bias, LinearScorer(Bins(cuts), weights, bias))


def _sites(prefix: str, about: Mapping[str, Any], arrays: Arrays, path: Path) -> "tuple[SiteCorrection, ...]":
    if not about.get("n_sites", 0):
        return ()
    from linesift.model.site import SiteCorrection  # a part of the time of a start, and seldom needed

    sites = []
    for number in range(about["n_sites"]):
        name = f"{prefix}site{number}"
        anchors, keys, weights = (arrays[f"{name}.{part}"] for part in ("anchors", "keys", "weights"))
        is_sound = weights.shape == (len(keys), len(LABELS)) and weights.dtype == np.float32
        for hashes in (anchors, keys):
            is_sound &= hashes.ndim == 1 and hashes.dtype == np.uint64 and bool((hashes[1:] > hashes[:-1]).all())
        if not (is_sound and np.isfinite(weights).all()):
            raise ModelError(f"{path}: weights.npz: the arrays of {name} do not fit together; copy the model again")
        sites.append(SiteCorrection(anchors, keys, weights))
    return tuple(sites)


def _scorer(name: str, arrays: Arrays, path: Path) -> Scorer:
    parts = {key.removeprefix(f"{name}."): array for key, array in arrays.items() if key.startswith(f"{name}.")}
    n_columns = n_table_columns(is_html=name.startswith("html."))
    n_columns += len(CANDIDATE_NAMES) if name.endswith("chooser") else 0
    n_labels = len(LABELS)
    if "leaves" in parts:
        columns, cuts, leaves = parts["columns"], parts["cuts"], parts["leaves"]
        n_trees, depth = columns.shape
        is_sound = cuts.shape == columns.shape and leaves.shape == (n_trees, 1 << depth, n_labels)
        is_sound &= columns.dtype.kind == "i" and n_trees > 0
        is_sound &= bool(is_sound and columns.min() >= 0 and columns.max() < n_columns)
        shares = parts.get("shares", np.ones(leaves.shape[:2], np.float32))
        is_sound &= shares.shape == leaves.shape[:2]
        numbers: tuple[NDArray[Any], ...] = (leaves, shares, parts["bias"])
    else:
        cuts, weights = parts["bins"], parts["weights"]
        is_sound = len(cuts) == n_columns and weights.shape == (n_columns, Bins(cuts).n_bins, n_labels)
        numbers = (weights, parts["bias"])
    is_sound &= parts["bias"].shape == (n_labels,)
    is_sound &= cuts.dtype.kind == "f" and all(
        array.dtype.kind == "f" and np.isfinite(array).all() for array in numbers
    )
    if not is_sound:
        raise ModelError(f"{path}: weights.npz: the arrays of {name} do not fit together; copy the model again")
    if "leaves" in parts:
        return TreeScorer(parts["columns"], cuts, parts["leaves"], parts["bias"], parts.get("shares"))
    return LinearScorer(Bins(cuts), parts["weights"], parts["bias"])


def _network(name: str, arrays: Arrays, path: Path) -> Network | None:
    if f"{name}.out" not in arrays:
        return None
    network = Network(**{f.name: arrays[f"{name}.{f.name}"] for f in fields(Network)})
    if not network.is_sound(len(HTML_NAMES if name.startswith("html.") else OWN_NAMES)):
        raise ModelError(f"{path}: weights.npz: the arrays of {name} do not fit together; copy the model again")
    return network


def _check_probe(model: Model, path: Path) -> None:
    try:
        lines = (path / "probe.jsonl").read_text("utf-8").splitlines()
        rows = [json.loads(line) for line in lines]
        predictions = model.classify_batch([row["text"] for row in rows])
        expected = [np.array(row["probabilities"], np.float32) for row in rows]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"{path}: probe.jsonl cannot be read ({error}); copy the model again or train it anew"
        ) from error
    if not rows:
        raise ModelError(f"{path}: probe.jsonl is empty; copy the model again or train it anew")
    for row, prediction, wanted in zip(rows, predictions, expected, strict=True):
        found = prediction.probabilities
        # Written so that nan is no pass.
        if wanted.shape != found.shape or not np.abs(wanted - found).max(initial=0) <= PROBE_TOLERANCE:
            raise ModelError(
                f"{path}: the model does not reproduce its probe {row.get('name')}: the weights or the features have "
                "changed since it was saved; copy it again or train it anew"
            )
