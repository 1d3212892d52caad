"""Configuration of a training run."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

Progress = Callable[[str], None]
"""Is called with a sentence at the start of every stage."""


class Learner(StrEnum):
    """Learner of the scores of lines."""

    BOOSTING = "boosting"
    """Oblivious trees."""
    LINEAR = "linear"
    """Additive logistic regression over bins."""


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """Settings of a fit; `reports/ablation.md` says which values were compared, the rest is set by hand.

    Raises:
        ValueError: if the learner is none of `Learner`.
    """

    learner: Learner = Learner.BOOSTING
    n_folds: int = 4
    seed: int = 0
    jobs: int = 2
    """Processor cores used."""
    trees: int = 100
    depth: int = 6
    learning_rate: float = 0.2
    n_cuts: int = 32
    """Cuts per column for trees; the linear model takes half as many."""
    networks: int = 3
    """Networks of a part; they differ by their seed alone, and their scores are averaged."""
    network_width: int = 96
    network_layers: int = 2
    """Each reads twice as far as the one before it, and is followed by a recurrence over the page."""
    network_states: int = 24
    """States that are carried down, and as many up. Compiled loops take multiples of 24."""
    network_epochs: int = 15
    network_dropout: float = 0.2
    """Share of the hidden units that are dropped; inputs never are."""
    network_unknown_language: float = 0.1
    """Fraction of the pages of an epoch whose lexicon columns are replaced by those of an unseen language."""
    look_trees: int = 300
    look_depth: int = 5
    """Of the trees that correct the scores of doubtful lines."""
    headline_trees: int = 100
    headline_depth: int = 4
    learn_aligned: bool = True
    """Whether pages of collections are learnt whose labels were found by alignment, or given by a model. If not, they
    give their HTML to pages labelled by hand, and are scored. Pages that came as lines are learnt all the same."""
    hand_weight: float = 3.0
    """Weight of a line of a page labelled by hand; 1 where the label was found by alignment."""
    label_weights: tuple[float, ...] = (3.0, 1.0, 2.0, 1.0)
    """Factor of the weight by label: a page has one headline and one or two dates among hundreds of lines."""
    pseudo_label_weight: float = 0.5
    """Weight of a line of a page without gold, whose label the model for HTML gave."""
    lexicon_alpha: float = 5e-7
    """L2 regularisation of the lexicon."""
    linear_alpha: float = 3e-5
    """L2 regularisation of the linear model."""

    def __post_init__(self) -> None:
        Learner(self.learner)
