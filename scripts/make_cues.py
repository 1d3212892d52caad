"""Write `src/linesift/features/cues.npz`: what the features look up of the phrases in `cues.tsv` beside it.

Run it after every change of the table: python scripts/make_cues.py
"""

from dataclasses import asdict
from pathlib import Path

import numpy as np

from linesift.features.cues import hash_cues

TABLE = Path(__file__).parents[1] / "src/linesift/features/cues.tsv"


def main() -> None:
    """Hash the phrases."""
    np.savez(TABLE.with_suffix(".npz"), **asdict(hash_cues(TABLE.read_text("utf-8"))))


if __name__ == "__main__":
    main()
