"""The steps of a fit: which pages each of them gets. What the steps fit is tested with them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from hinted import random_hints
from linesift.example import Example
from linesift.labels import Label
from linesift.model.model import Model
from linesift.page import LabelledPage, LabelSource, Origin, Page
from linesift.train import fit as room
from linesift.train.config import TrainConfig
from linesift.train.folds import CrossFit

TEXT = "Home\nFerry returns\nThe ferry is back."
LABELS = (Label.SIDEBAR, Label.HEADLINE, Label.BODY)


def example(name: str, source: LabelSource, *, has_html: bool = True) -> Example:
    labels = LABELS if source is not LabelSource.MODEL else None
    html = Page(TEXT, name, random_hints(TEXT, 1)) if has_html else None
    return Example(Page(TEXT, name), Origin("a", source), labels, html, labels if has_html else None)


EXAMPLES = [
    example("by hand", LabelSource.BY_HAND),
    example("by hand, text alone", LabelSource.BY_HAND, has_html=False),
    example("aligned", LabelSource.ALIGNED),
    example("came as lines", LabelSource.ALIGNED, has_html=False),
    example("without gold", LabelSource.MODEL),
]


@dataclass
class Steps:
    """Names of the pages that the steps of a fit were given."""

    gathered: list[list[str]] = field(default_factory=list)
    corrected: list[list[str]] = field(default_factory=list)
    n_lexicons: int = 0


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch, html_model: Model) -> Steps:
    """Nothing is fitted; the parts are those of a model that is there."""
    found = Steps()

    def gather(pages: Sequence[LabelledPage], *_: object, **__: object) -> None:
        found.gathered.append([page.source for page in pages])

    def correct(examples: Sequence[Example], *_: object) -> None:
        found.corrected.append([each.source for each in examples])

    def lexicons(*_: object) -> CrossFit[Any]:
        found.n_lexicons += 1
        return CrossFit.same(html_model.text.lexicon, 2)

    def parts(part: object) -> Callable[..., CrossFit[Any]]:
        return lambda *_: CrossFit.same(part, 2)

    monkeypatch.setattr(room, "gather_lines", gather)
    monkeypatch.setattr(room, "corrected_lines", correct)
    monkeypatch.setattr(room, "fit_lexicons", lexicons)
    monkeypatch.setattr(room, "fit_text_parts", parts(html_model.text))
    monkeypatch.setattr(room, "fit_html_parts", parts(html_model.html))
    return found


def test_all_pages_are_learnt_and_the_html_teaches_the_text(steps: Steps) -> None:
    models = room.fit(EXAMPLES, TrainConfig(n_folds=2), lambda _: None)
    assert steps.gathered == [
        ["by hand", "by hand, text alone", "aligned", "came as lines"],
        ["by hand", "aligned"],
    ]
    assert steps.corrected == [["by hand", "by hand, text alone", "aligned", "came as lines", "without gold"]]
    assert steps.n_lexicons == 2
    assert len([*models]) == 3


def test_without_aligned_pages_those_labelled_line_by_line_are_learnt_alone(steps: Steps) -> None:
    room.fit(EXAMPLES, TrainConfig(n_folds=2, learn_aligned=False), lambda _: None)
    assert steps.gathered == [["by hand", "by hand, text alone", "came as lines"], ["by hand"]]
    assert steps.corrected == []
    assert steps.n_lexicons == 1


def test_without_html_there_is_no_part_for_it(steps: Steps) -> None:
    models = room.fit([each for each in EXAMPLES if each.html is None], TrainConfig(n_folds=2), lambda _: None)
    assert len(steps.gathered) == steps.n_lexicons == 1
    assert [model.html for model in models] == [None] * 3
