"""For each fold, fit one model on all other folds; and one on all pages.

The model that was fitted without a fold scores the pages of that fold (cross-fitting). Each fit takes these steps:

1. Read the lines of the text, and fit lexicons of their words.
2. Read the lines of the HTML, if there is any, and fit the parts that read it, with the same lexicons.
3. Correct the labels of the text by what these parts predict for the HTML of the same pages, label pages without gold
   by them, and fit the lexicons anew (`linesift.train.pseudo_labels`). Left out if aligned pages are not learnt.
4. Fit the parts that read text, and join them with those for HTML.

The kind of a page is fitted on the models that come of it (`linesift.train.page_kind`).
"""

from collections.abc import Sequence

from linesift.example import Example
from linesift.model.model import Model
from linesift.model.part import Part
from linesift.train.config import Progress, TrainConfig
from linesift.train.examples import corrected_lines, gather_lines
from linesift.train.folds import CrossFit
from linesift.train.lexicon import fit_lexicons
from linesift.train.part import fit_html_parts, fit_text_parts


def fit(examples: Sequence[Example], config: TrainConfig, progress: Progress) -> CrossFit[Model]:
    """For each fold, fit one model on all other folds; and one on all pages. They read HTML if some examples have it.

    Args:
        examples: the pages.
        config: how.
        progress: called at the start of every stage.

    Raises:
        LabelError: if there are too few sites for the folds, or a label is missing.
        MissingExtraError: if the packages of the train extra are missing.
    """
    examples = [example for example in examples if _is_learnt(example, config)]
    gold = [example for example in examples if example.has_line_gold]
    texts = [page for page in (example.as_text() for example in gold) if page is not None]
    htmls = [page for page in (example.as_html() for example in gold) if page is not None]
    lines = gather_lines(texts, config, progress, is_text=True)
    progress("words")
    lexicons = fit_lexicons(lines, config)
    html_parts: CrossFit[Part | None] = CrossFit.same(None, config.n_folds)
    if htmls:
        html_lines = gather_lines(htmls, config, progress, is_text=False)
        html_parts = fitted = fit_html_parts(html_lines, lexicons, config, progress)
        if config.learn_aligned:
            # A model needs a part for text, and none is fitted yet. These models are given pages with hints only,
            # which go to the part for HTML, so the same part stands in the place of that for text and is never used.
            teachers = fitted.map(lambda part: Model(text=part, html=part))
            lines = corrected_lines(examples, teachers, config, progress)
            progress("words, with the labels that the HTML gives")
            lexicons = fit_lexicons(lines, config)
    text_parts = fit_text_parts(lines, lexicons, config, progress)
    return CrossFit.of(Model(text, html) for text, html in zip(text_parts, html_parts, strict=True))


def _is_learnt(example: Example, config: TrainConfig) -> bool:
    """Whether a page is learnt from: always if its lines came with labels, by hand or without any HTML."""
    return config.learn_aligned or example.origin.is_by_hand or example.html is None
