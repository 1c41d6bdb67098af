"""Compares our reading of phone numbers with Google's library, over every numbering plan.

Cells of a spreadsheet are made up, read by our library (`shared/contacts/examples/numbers.rs`) and by
Google's (`phonenumbers`, of the same metadata), and every difference is shown with its cause. Ends with an
error when fewer than 99.99 % are the same, when a difference has no known cause, or when the committed
sample is stale.
"""

import argparse
import json
import random
import subprocess
import sys
from pathlib import Path

import plans
import report
import sample
import speed
import spellings
from compared import Compared, compare

ROOT = Path(__file__).resolve().parents[2]


def _example(profile):
    return ROOT / "target" / profile / "examples/numbers"


def read_by_ours(cells):
    """The answers of our library, one per cell."""
    lines = "".join(json.dumps({"raw": cell.raw, "region": cell.region}) + "\n" for cell in cells)
    done = subprocess.run([_example("debug")], input=lines, stdout=subprocess.PIPE, encoding="utf-8", check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--count", type=int, default=100_000)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--speed", action="store_true", help="measures the release build beside Python")
    arguments.add_argument("--write-sample", action="store_true", help="writes the sample that a Rust test checks")
    options = arguments.parse_args()
    if options.speed:
        speed.measure(_example("release"))
        return
    if options.write_sample:
        sample.write(ROOT, read_by_ours)
        return
    rng = random.Random(options.seed)
    cells = [spellings.any_cell(rng, region) for region in plans.regions(rng, options.count)]
    answers = read_by_ours(cells)
    compared: list[Compared] = [compare(*pair) for pair in zip(cells, answers, strict=True)]
    problems = report.agreement(compared)
    problems += report.meaning(compared)
    report.plain(compared)
    problems += report.emergency(read_by_ours, rng)
    problems += sample.stale(ROOT, read_by_ours)
    sys.exit("\n".join(problems) or None)


if __name__ == "__main__":
    main()
