"""Compile the reader in advance, and say how long it took: `python -m linesift.read.html.compiled`."""

import sys
import time

from linesift.read.html.fast import load

if __name__ == "__main__":
    start = time.perf_counter()
    is_loaded = load() is not None
    took = f"{time.perf_counter() - start:.1f} seconds"
    sys.stdout.write(
        f"compiled and tried in {took}\n" if is_loaded else "not used here: it reads its test page wrongly\n"
    )
    sys.exit(not is_loaded)
