"""Turn a model into named arrays and back, and read and write the file that holds them, `weights.npz`.

Arrays of the part for text are named `lexicon.weights`, `scorer.leaves`, `network.out` and so on; those of the part for
HTML have `html.` before the name. Shapes, types and ranges are checked: a damaged file gives an error, not a crash.
"""

import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import fields
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from linesift.errors import ModelError
from linesift.features.tokens import MARKUP_BITS, TOKEN_BITS
from linesift.labels import KINDS, LABELS
from linesift.model.decode import DecodeConfig
from linesift.model.headline import CANDIDATE_NAMES, HeadlineRanker
from linesift.model.lexicon import TARGETS, Lexicon
from linesift.model.linear import Bins, LinearScorer
from linesift.model.model import Model
from linesift.model.network import Network
from linesift.model.page_kind import WORD_BITS, WORD_KINDS, PageKindModel, column_names
from linesift.model.part import Part, Scorer
from linesift.model.trees import TreeScorer
from linesift.model.window import OWN_HTML_NAMES, OWN_TEXT_NAMES, n_table_columns

if TYPE_CHECKING:
    from linesift.model.site import SiteCorrection

Arrays = Mapping[str, NDArray[Any]]

_HTML = "html."
"""Begins the names of arrays of the part for HTML."""
_HTML_LEXICON = f"{_HTML}lexicon."
"""Begins the names of its lexicon's arrays; there are none if it is the one of the part for text."""


# --- a model to arrays ------------------------------------------------------------------------------------------------


def model_arrays(model: Model) -> dict[str, NDArray[Any]]:
    """Give all arrays of a model by the names that they are stored under."""
    arrays = _part_arrays(model.text)
    if model.html is not None:
        is_shared = model.html.lexicon is model.text.lexicon
        of_html = {f"{_HTML}{key}": array for key, array in _part_arrays(model.html).items()}
        arrays |= {key: array for key, array in of_html.items() if not (is_shared and key.startswith(_HTML_LEXICON))}
    if model.page_kind is not None:
        kinds = model.page_kind
        arrays |= {"page_kind.words": kinds.words.astype(np.float16), "page_kind.words_bias": kinds.words_bias}
        arrays |= {f"page_kind.{key}": array for key, array in _scorer_arrays(kinds.scorer).items()}
    return arrays


def _part_arrays(part: Part) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {}
    for name, lexicon in (("lexicon", part.lexicon), ("markup_lexicon", part.markup_lexicon)):
        if lexicon is not None:
            arrays |= {f"{name}.weights": lexicon.weights.astype(np.float16), f"{name}.bias": lexicon.bias}
    arrays |= {f"scorer.{key}": array for key, array in _scorer_arrays(part.scorer).items()}
    if part.network is not None:
        arrays |= {f"network.{each.name}": getattr(part.network, each.name) for each in fields(part.network)}
    if part.headline is not None:
        arrays |= {f"headline.{key}": array for key, array in _scorer_arrays(part.headline.trees).items()}
    for number, site in enumerate(part.sites):
        arrays |= {f"site{number}.anchors": site.anchors, f"site{number}.keys": site.keys}
        arrays[f"site{number}.weights"] = site.weights
    return arrays


def _scorer_arrays(scorer: Scorer) -> dict[str, NDArray[Any]]:
    if isinstance(scorer, TreeScorer):
        shares = {} if scorer.shares is None else {"shares": scorer.shares}
        return {"columns": scorer.columns, "cuts": scorer.cuts, "leaves": scorer.leaves, "bias": scorer.bias, **shares}
    if isinstance(scorer, LinearScorer):
        return {"bins": scorer.bins.cuts, "weights": scorer.weights, "bias": scorer.bias}
    raise TypeError(f"cannot save a {type(scorer).__name__}")


# --- arrays to a model ------------------------------------------------------------------------------------------------


def build_model(about: Mapping[str, Any], arrays: Arrays) -> Model:
    """Put a model together.

    Args:
        about: content of `model.json`.
        arrays: content of `weights.npz`.

    Raises:
        ModelError: if arrays do not fit together; the text does not name the directory.
        KeyError: if something is missing; also TypeError and ValueError, if it is of another type or shape.
    """
    lexicon = _lexicon("lexicon", TOKEN_BITS, arrays)
    has_own = any(name.startswith(_HTML_LEXICON) for name in arrays)
    html_lexicon = _lexicon(_HTML_LEXICON.rstrip("."), TOKEN_BITS, arrays) if has_own else lexicon
    n_sites = about["n_sites"]
    return Model(
        text=_part("", lexicon, about["text"], n_sites, arrays),
        html=None if about["html"] is None else _part(_HTML, html_lexicon, about["html"], n_sites, arrays),
        page_kind=_page_kind(arrays) if about["has_page_kind"] else None,
        decoding=DecodeConfig(**about["decoding"]),
    )


def _part(prefix: str, lexicon: Lexicon, settings: Mapping[str, Any], n_sites: int, arrays: Arrays) -> Part:
    is_html = prefix == _HTML
    return Part(
        lexicon=lexicon,
        scorer=_scorer(f"{prefix}scorer", n_table_columns(is_html=is_html), arrays),
        network=_network(f"{prefix}network", len(OWN_HTML_NAMES if is_html else OWN_TEXT_NAMES), arrays),
        network_share=_network_share(settings),
        temperature=_temperature(settings),
        markup_lexicon=_lexicon(f"{prefix}markup_lexicon", MARKUP_BITS, arrays) if is_html else None,
        headline=_headline(prefix, settings["headline"], arrays),
        sites=_sites(prefix, n_sites, arrays),
    )


def _network_share(settings: Mapping[str, Any]) -> float:
    share = float(settings["network_share"])
    if not 0 < share < 1:
        raise ModelError("model.json: the share of the network is not between 0 and 1; copy the model again")
    return share


def _temperature(settings: Mapping[str, Any]) -> float:
    temperature = float(settings["temperature"])
    if not temperature > 0:
        raise ModelError("model.json: a temperature is not above 0; copy the model again")
    return temperature


def _lexicon(name: str, bits: int, arrays: Arrays) -> Lexicon:
    weights, bias = arrays[f"{name}.weights"], arrays[f"{name}.bias"]
    is_sound = weights.shape == (1 << bits, len(TARGETS)) and bias.shape == (len(TARGETS),)
    _check(name, is_sound=is_sound and _is_finite(weights) and _is_finite(bias))
    return Lexicon(weights, bias)


def _headline(prefix: str, settings: Mapping[str, Any] | None, arrays: Arrays) -> HeadlineRanker | None:
    if settings is None:
        return None
    name = f"{prefix}headline"
    trees = _scorer(name, len(CANDIDATE_NAMES) + n_table_columns(is_html=prefix == _HTML), arrays)
    if not isinstance(trees, TreeScorer):
        raise ModelError(f"weights.npz: {name} is no trees; copy the model again")
    return HeadlineRanker(trees, float(settings["no_title_utility"]), _temperature(settings))


def _page_kind(arrays: Arrays) -> PageKindModel:
    words, words_bias = arrays["page_kind.words"].astype(np.float32), arrays["page_kind.words_bias"]
    is_sound = words.shape == (1 << WORD_BITS, len(WORD_KINDS)) and words_bias.shape == (len(WORD_KINDS),)
    _check("page_kind", is_sound=is_sound and _is_finite(words) and _is_finite(words_bias))
    return PageKindModel(words, words_bias, _linear("page_kind", len(column_names()), len(KINDS), arrays))


def _scorer(name: str, n_columns: int, arrays: Arrays) -> Scorer:
    """Build trees or a linear scorer of lines, whichever is stored."""
    return (_trees if f"{name}.leaves" in arrays else _linear)(name, n_columns, len(LABELS), arrays)


def _trees(name: str, n_columns: int, n_outcomes: int, arrays: Arrays) -> TreeScorer:
    columns, cuts, leaves, bias = (arrays[f"{name}.{key}"] for key in ("columns", "cuts", "leaves", "bias"))
    shares = arrays.get(f"{name}.shares")
    n_trees, depth = columns.shape
    is_sound = cuts.shape == columns.shape and leaves.shape == (n_trees, 1 << depth, n_outcomes)
    is_sound &= columns.dtype.kind == "i" and n_trees > 0 and bias.shape == (n_outcomes,)
    is_sound &= shares is None or shares.shape == leaves.shape[:2]
    is_sound = is_sound and bool(columns.min() >= 0 and columns.max() < n_columns)
    numbers = (leaves, bias) if shares is None else (leaves, bias, shares)
    _check(name, is_sound=is_sound and cuts.dtype.kind == "f" and all(map(_is_finite, numbers)))
    return TreeScorer(columns, cuts, leaves, bias, shares)


def _linear(name: str, n_columns: int, n_outcomes: int, arrays: Arrays) -> LinearScorer:
    cuts, weights, bias = (arrays[f"{name}.{key}"] for key in ("bins", "weights", "bias"))
    bins = Bins(cuts)
    is_sound = len(cuts) == n_columns and weights.shape == (n_columns, bins.n_bins, n_outcomes)
    is_sound &= bias.shape == (n_outcomes,) and cuts.dtype.kind == "f" and not np.isnan(cuts).any()
    _check(name, is_sound=is_sound and _is_finite(weights) and _is_finite(bias))
    return LinearScorer(bins, weights, bias)


def _network(name: str, n_columns: int, arrays: Arrays) -> Network | None:
    if f"{name}.out" not in arrays:
        return None
    network = Network(**{each.name: arrays[f"{name}.{each.name}"] for each in fields(Network)})
    _check(name, is_sound=network.is_sound(n_columns))
    return network


def _sites(prefix: str, n_sites: int, arrays: Arrays) -> "tuple[SiteCorrection, ...]":
    if not n_sites:
        return ()
    from linesift.model.site import SiteCorrection  # a part of the time of a start, and seldom needed

    sites = []
    for name in (f"{prefix}site{number}" for number in range(n_sites)):
        anchors, keys, weights = (arrays[f"{name}.{key}"] for key in ("anchors", "keys", "weights"))
        is_sound = weights.shape == (len(keys), len(LABELS)) and weights.dtype == np.float32
        for hashes in (anchors, keys):
            is_sound &= hashes.ndim == 1 and hashes.dtype == np.uint64 and bool((hashes[1:] > hashes[:-1]).all())
        _check(name, is_sound=is_sound and _is_finite(weights))
        sites.append(SiteCorrection(anchors, keys, weights))
    return tuple(sites)


def _check(name: str, *, is_sound: bool) -> None:
    if not is_sound:
        raise ModelError(f"weights.npz: the arrays of {name} do not fit together; copy the model again")


def _is_finite(numbers: NDArray[Any]) -> bool:
    """Whether these are floats without infinity and nan."""
    if numbers.dtype.kind != "f":
        return False
    if numbers.dtype == np.float16 and numbers.flags.c_contiguous and numbers.size:
        # As whole numbers, because numpy looks at half floats one by one: a tenth of the time of a start.
        return bool((numbers.view(np.uint16) & _EXPONENT).max() < _EXPONENT)
    return bool(np.isfinite(numbers).all())


_EXPONENT = np.uint16(0x7C00)
"""Bits of a half float that are all set in infinities and nan, and nowhere else."""


# --- the file ---------------------------------------------------------------------------------------------------------


def pack(arrays: Arrays) -> bytes:
    """Give the content of `weights.npz`."""
    stream = BytesIO()
    # Not compressed: the weights are loaded each time the program starts, and compressing saves a tenth only.
    write_arrays: Callable[..., None] = np.savez  # its stub takes the arrays for the flag `allow_pickle`
    write_arrays(stream, **arrays)
    return stream.getvalue()


def read_arrays(path: Path) -> tuple[dict[str, NDArray[Any]], str]:
    """Read the arrays of a model directory's `weights.npz`, and the SHA-256 of the file.

    Raises:
        ModelError: if it is missing or damaged.
    """
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
    """Read an array as `np.save` writes it, without a copy: `np.load` takes three times as long.

    Raises:
        ValueError: if it is something else, or holds objects, which could run code.
    """
    stream = BytesIO(data)
    if np.lib.format.read_magic(stream) != (1, 0):
        raise ValueError("an array of an unknown version")
    shape, is_fortran, dtype = np.lib.format.read_array_header_1_0(stream)
    array = np.frombuffer(data, dtype, offset=stream.tell())
    return array.reshape(shape, order="F" if is_fortran else "C")
