"""Compile all that numba compiles in advance, and say how long it took: `python -m linesift.read.html.compiled`."""

import sys
import time

import linesift.model.model  # noqa: F401 (its compiled parts are counted)
from linesift.fast import use
from linesift.read.html import fast  # noqa: F401 (as above)

if __name__ == "__main__":
    start = time.perf_counter()
    is_loaded = use(compiled=True)
    took = f"{time.perf_counter() - start:.1f} seconds"
    sys.stdout.write(
        f"compiled and tried in {took}\n" if is_loaded else "not all is used here: a test page comes out wrong\n"
    )
    sys.exit(not is_loaded)
