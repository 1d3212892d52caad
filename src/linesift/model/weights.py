"""Turn a model into named arrays and back; `linesift.model.files` reads and writes the file that holds them.

Arrays of the part for text are named `lexicon.weights`, `scorer.leaves`, `network0.out` and so on; those of the part
for HTML have `html.` before the name. Shapes, types and ranges of all arrays and numbers are checked. So a damaged file
gives an error and no crash, and whatever passes gives finite scores.
"""

from collections.abc import Mapping
from dataclasses import fields
from itertools import count, takewhile
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from linesift.errors import ModelError
from linesift.features.tokens import MARKUP_BITS, TOKEN_BITS
from linesift.labels import KINDS, LABELS
from linesift.model.decode import DecodeConfig
from linesift.model.files import Arrays, brief
from linesift.model.headline import CANDIDATE_NAMES, HeadlineRanker
from linesift.model.lexicon import TARGETS, Lexicon
from linesift.model.linear import MOST_CUTS, Bins, LinearScorer
from linesift.model.model import Model
from linesift.model.network import Network
from linesift.model.page_kind import WORD_BITS, WORD_KINDS, PageKindModel, column_names
from linesift.model.part import Part, Scorer
from linesift.model.second_look import SecondLook, look_names
from linesift.model.trees import TreeScorer
from linesift.model.window import OWN_HTML_NAMES, OWN_TEXT_NAMES, n_table_columns

if TYPE_CHECKING:
    from linesift.model.site import SiteCorrection

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
    for number, network in enumerate(part.networks):
        arrays |= {f"network{number}.{each.name}": getattr(network, each.name) for each in fields(network)}
    if part.second_look is not None:
        arrays |= {f"second_look.{key}": array for key, array in _scorer_arrays(part.second_look.trees).items()}
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


class _Arrays:
    """The stored arrays. All are taken through `take`, which checks them, and none may be left in the end."""

    def __init__(self, arrays: Arrays) -> None:
        self._arrays = arrays
        self._left = set(arrays)

    def has(self, name: str) -> bool:
        """Whether there is an array of this name, or one whose name begins so if it ends in a dot."""
        return name in self._arrays or (name.endswith(".") and any(key.startswith(name) for key in self._arrays))

    def take(self, name: str, kind: str, *shape: int | None) -> NDArray[Any]:
        """Give an array.

        Args:
            name: its name.
            kind: `f` for floats, which have to be finite and at most `_LARGEST`, up or down; `c` for floats that are
                compared with and may be infinite; `i` for signed whole numbers; `u` for hashes of 64 bits.
            shape: its shape; `None` for a length that the other arrays decide.

        Raises:
            KeyError: if there is none.
            ModelError: if it is of another kind or shape, or out of range.
        """
        array = self._arrays[name]
        self._left.discard(name)
        is_sound = array.ndim == len(shape) and all(
            asked in {None, found} for asked, found in zip(shape, array.shape, strict=True)
        )
        is_sound &= array.dtype.kind == {"c": "f"}.get(kind, kind) and (kind != "u" or array.itemsize == 8)
        is_sound = is_sound and (kind != "f" or _is_bounded(array)) and (kind != "c" or not np.isnan(array).any())
        _check(name.rpartition(".")[0], is_sound=is_sound)
        return array

    def check_all_taken(self) -> None:
        """Refuse arrays that the model does not use.

        Raises:
            ModelError: if there are some.
        """
        if self._left:
            raise ModelError(f"weights.npz: has arrays that no model has, such as {brief(min(self._left))}")


def build_model(about: Mapping[str, Any], arrays: Arrays) -> Model:
    """Put a model together.

    Args:
        about: content of `model.json`.
        arrays: content of `weights.npz`.

    Raises:
        ModelError: if numbers are out of range or arrays do not fit together; the text does not name the directory.
        KeyError: if something is missing; also TypeError and ValueError, if it is of another type.
    """
    stored = _Arrays(arrays)
    lexicon = _lexicon("lexicon", TOKEN_BITS, stored)
    has_own = stored.has(_HTML_LEXICON)
    html_lexicon = _lexicon(_HTML_LEXICON.rstrip("."), TOKEN_BITS, stored) if has_own else lexicon
    n_sites = _read_number(about, "n_sites", 0, _MOST_SITES, is_whole=True)
    model = Model(
        text=_part("", lexicon, about["text"], int(n_sites), stored),
        html=None if about["html"] is None else _part(_HTML, html_lexicon, about["html"], int(n_sites), stored),
        page_kind=_page_kind(stored) if about["has_page_kind"] else None,
        decoding=_decoding(about["decoding"]),
    )
    stored.check_all_taken()
    return model


def _read_number(settings: Mapping[str, Any], key: str, least: float, most: float, *, is_whole: bool = False) -> float:
    """Read a number of `model.json`.

    Raises:
        KeyError: if it is missing.
        ModelError: if it is no number, or not between `least` and `most`.
    """
    value = settings[key]
    is_number = isinstance(value, int if is_whole else int | float) and not isinstance(value, bool)
    if not is_number or not least <= value <= most:
        raise ModelError(f"model.json: {key} is {brief(value)}, and not a number from {least:g} to {most:g}")
    return value if is_whole else float(value)


def _decoding(settings: Mapping[str, Any]) -> DecodeConfig:
    """Read thresholds: probabilities, and whole numbers of lines."""
    known = {each.name: each.type is int for each in fields(DecodeConfig)}
    if not isinstance(settings, dict) or not settings.keys() <= known.keys():
        raise ModelError("model.json: decoding has thresholds that this linesift does not know")
    return DecodeConfig(
        **{
            key: _read_number(settings, key, 0, _MOST_LINES if known[key] else 1, is_whole=known[key])  # type: ignore[arg-type]
            for key in settings
        }
    )


def _part(prefix: str, lexicon: Lexicon, settings: Mapping[str, Any], n_sites: int, arrays: _Arrays) -> Part:
    is_html = prefix == _HTML
    return Part(
        lexicon=lexicon,
        scorer=_scorer(f"{prefix}scorer", n_table_columns(is_html=is_html), arrays),
        networks=_networks(prefix, len(OWN_HTML_NAMES if is_html else OWN_TEXT_NAMES), arrays),
        network_share=_read_number(settings, "network_share", *_SHARES),
        temperature=_read_number(settings, "temperature", *_TEMPERATURES),
        sure_temperature=_read_number(settings, "sure_temperature", *_TEMPERATURES),
        markup_lexicon=_lexicon(f"{prefix}markup_lexicon", MARKUP_BITS, arrays) if is_html else None,
        second_look=_second_look(f"{prefix}second_look", len(look_names(is_html=is_html)), arrays),
        headline=_headline(prefix, settings["headline"], arrays),
        sites=_sites(prefix, n_sites, arrays),
    )


def _lexicon(name: str, bits: int, arrays: _Arrays) -> Lexicon:
    return Lexicon(
        arrays.take(f"{name}.weights", "f", 1 << bits, len(TARGETS)), arrays.take(f"{name}.bias", "f", len(TARGETS))
    )


def _second_look(name: str, n_columns: int, arrays: _Arrays) -> SecondLook | None:
    return SecondLook(_trees(name, n_columns, arrays)) if arrays.has(f"{name}.") else None


def _headline(prefix: str, settings: Mapping[str, Any] | None, arrays: _Arrays) -> HeadlineRanker | None:
    if settings is None:
        return None
    name = f"{prefix}headline"
    trees = _trees(name, len(CANDIDATE_NAMES) + n_table_columns(is_html=prefix == _HTML), arrays)
    utility = _read_number(settings, "no_title_utility", -_LARGEST, _LARGEST)
    return HeadlineRanker(trees, utility, _read_number(settings, "temperature", *_TEMPERATURES))


def _page_kind(arrays: _Arrays) -> PageKindModel:
    words = arrays.take("page_kind.words", "f", 1 << WORD_BITS, len(WORD_KINDS)).astype(np.float32)
    bias = arrays.take("page_kind.words_bias", "f", len(WORD_KINDS))
    return PageKindModel(words, bias, _linear("page_kind", len(column_names()), len(KINDS), arrays))


def _scorer(name: str, n_columns: int, arrays: _Arrays) -> Scorer:
    """Build trees or a linear scorer of lines, whichever is stored."""
    if arrays.has(f"{name}.leaves"):
        return _trees(name, n_columns, arrays)
    return _linear(name, n_columns, len(LABELS), arrays)


def _trees(name: str, n_columns: int, arrays: _Arrays) -> TreeScorer:
    columns = arrays.take(f"{name}.columns", "i", None, None)
    n_trees, depth = columns.shape
    _check(name, is_sound=n_trees > 0 and 0 < depth <= _DEEPEST and columns.min() >= 0 and columns.max() < n_columns)
    cuts = arrays.take(f"{name}.cuts", "c", n_trees, depth)
    leaves = arrays.take(f"{name}.leaves", "f", n_trees, 1 << depth, len(LABELS))
    bias = arrays.take(f"{name}.bias", "f", len(LABELS))
    shares = arrays.take(f"{name}.shares", "f", n_trees, 1 << depth) if arrays.has(f"{name}.shares") else None
    return TreeScorer(columns, cuts, leaves, bias, shares)


def _linear(name: str, n_columns: int, n_outcomes: int, arrays: _Arrays) -> LinearScorer:
    cuts = arrays.take(f"{name}.bins", "c", n_columns, None)
    _check(name, is_sound=cuts.shape[1] <= MOST_CUTS and bool((cuts[:, 1:] >= cuts[:, :-1]).all()))
    bins = Bins(cuts)
    weights = arrays.take(f"{name}.weights", "f", n_columns, bins.n_bins, n_outcomes)
    return LinearScorer(bins, weights, arrays.take(f"{name}.bias", "f", n_outcomes))


def _networks(prefix: str, n_columns: int, arrays: _Arrays) -> tuple[Network, ...]:
    names = takewhile(lambda name: arrays.has(f"{name}."), (f"{prefix}network{number}" for number in count()))
    return tuple(_network(name, n_columns, arrays) for name in names)


def _network(name: str, n_columns: int, arrays: _Arrays) -> Network:
    n_axes = {"entry": 2, "layers": 3, "layer_biases": 2, "out": 2}
    n_axes |= {"recurrent_in": 3, "recurrent_in_biases": 2, "recurrent_out": 3, "recurrent_out_biases": 2}
    network = Network(
        **{
            each.name: arrays.take(
                f"{name}.{each.name}", "i" if each.name == "flagged" else "f", *[None] * n_axes.get(each.name, 1)
            )
            for each in fields(Network)
        }
    )
    _check(name, is_sound=network.is_sound(n_columns))
    return network


def _sites(prefix: str, n_sites: int, arrays: _Arrays) -> "tuple[SiteCorrection, ...]":
    if not n_sites:
        return ()
    from linesift.model.site import SiteCorrection  # a part of the time of a start, and seldom needed

    sites = []
    for name in (f"{prefix}site{number}" for number in range(n_sites)):
        anchors, keys = arrays.take(f"{name}.anchors", "u", None), arrays.take(f"{name}.keys", "u", None)
        _check(name, is_sound=all((hashes[1:] > hashes[:-1]).all() for hashes in (anchors, keys)))
        weights = arrays.take(f"{name}.weights", "f", len(keys), len(LABELS))
        sites.append(SiteCorrection(anchors, keys, weights))
    return tuple(sites)


def _check(name: str, *, is_sound: object) -> None:
    if not is_sound:
        raise ModelError(
            f"weights.npz: the arrays of {name} do not fit together or are out of range; copy the model again"
        )


def _is_bounded(numbers: NDArray[Any]) -> bool:
    """Whether floats are finite and so small that no sum of them overflows."""
    if numbers.dtype == np.float16 and numbers.flags.c_contiguous and numbers.size:
        # As whole numbers, because numpy looks at half floats one by one: a tenth of the time of a start.
        return bool((numbers.view(np.uint16) & _EXPONENT).max() < _EXPONENT)
    return bool((np.abs(numbers) <= _LARGEST).all())  # nan is not


_EXPONENT = np.uint16(0x7C00)
"""Bits of a half float that are all set in infinities and nan, and nowhere else."""
_LARGEST = 1e9
"""Largest weight. Scores add at most some thousand of them, so that no sum comes near the largest float."""
_TEMPERATURES = (0.01, 100.0)
"""Least and largest temperature; fitted ones are about 1."""
_SHARES = (0.001, 0.999)
"""Least and largest share of the network in the mean of scores."""
_DEEPEST = 12
"""Most levels of a tree."""
_MOST_LINES, _MOST_SITES = 1_000_000, 10_000
