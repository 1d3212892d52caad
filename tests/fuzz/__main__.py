"""`python -m fuzz --minutes 10`: run the targets on made inputs, keep those that break something."""

import argparse
import sys
from collections import Counter
from pathlib import Path

from fuzz import models, pages
from fuzz.driver import Target, check, fuzz

MODULES = (pages, models)
TARGETS: dict[str, Target] = {target.name: target for module in MODULES for target in module.TARGETS}


def main() -> int:
    """Run; exit 1 with findings, which are in the directory `--out` as files."""
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--target", action="append", choices=TARGETS, help="only this target; may be repeated")
    parser.add_argument("--first", type=int, default=0, help="number of the first input, to find others than before")
    parser.add_argument("--out", type=Path, default=Path("build/fuzz"))
    parser.add_argument("inputs", nargs="*", type=Path, help="run these files instead, with the one --target")
    options = parser.parse_args()
    targets = [TARGETS[name] for name in options.target or TARGETS]
    if options.inputs:
        return _check(targets[0], options.inputs)
    found = 0
    counts: Counter[str] = Counter()
    for turn, (finding, n_inputs) in enumerate(fuzz(targets, options.minutes, options.first)):
        counts[targets[turn % len(targets)].name] += n_inputs
        if finding is None:
            continue
        found += 1
        options.out.mkdir(parents=True, exist_ok=True)
        path = options.out / f"{finding.target}-{finding.number}"
        path.write_bytes(finding.data)
        print(f"{path}: {len(finding.data)} bytes: {finding.reason}", flush=True)
    print(f"{found} findings; inputs:", ", ".join(f"{name} {count:,}" for name, count in counts.items()))
    return 1 if found else 0


def _check(target: Target, paths: list[Path]) -> int:
    findings = [(path, check(target, path.read_bytes())) for path in paths]
    for path, finding in findings:
        print(f"{path}: {'done' if finding is None else finding.reason}")
    return 1 if any(finding for _, finding in findings) else 0


if __name__ == "__main__":
    sys.exit(main())
