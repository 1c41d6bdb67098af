"""How long a number takes and what the first use costs, ours and Python's."""

import json
import random
import subprocess
import sys
import time
from itertools import islice

NUMBERS = 300_000


def measure(binary):
    """Gives both the same cells, each in a process of its own."""
    # Here, so that the measured process loads nothing before its clock runs.
    import plans
    import spellings

    rng = random.Random(2)
    everywhere = _lines(spellings.any_cell(rng, region) for region in plans.regions(rng, NUMBERS))
    spanish = (spellings.any_cell(rng, "ES") for _ in iter(int, 1))
    spain = _lines(islice((cell for cell in spanish if cell.region in (None, "ES")), NUMBERS))
    python = [sys.executable, "-B", __file__]
    print("reader | numbers | first number ms | first pass µs each | second pass µs each | first KiB | all KiB | good")
    for name, command, lines in (
        ("ours, all regions", [binary, "--time"], everywhere),
        ("ours, one region", [binary, "--time"], spain),
        ("Python phonenumbers, all regions", python, everywhere),
        ("Python phonenumbers, one region", python, spain),
    ):
        done = subprocess.run(command, input=lines, stdout=subprocess.PIPE, encoding="utf-8", check=True)
        told = json.loads(done.stdout)
        print(
            f"{name} | {told['numbers']:,} | {told['first_ms']:.1f} | {told['cold_us']:.2f} | {told['warm_us']:.2f} | "
            f"{told['first_kib']:,} | {told['all_kib']:,} | {told['good']:,}",
            flush=True,
        )


def _lines(cells):
    """After one that is surely a number, for the clock of the first use."""
    told = [{"raw": "+34 600 00 00 02", "region": None}, *({"raw": cell.raw, "region": cell.region} for cell in cells)]
    return "".join(json.dumps(cell) + "\n" for cell in told)


def _python():
    cells = [json.loads(line) for line in sys.stdin]
    before = _resident_kib()
    begun = time.perf_counter()
    import google

    google.plain(cells[0]["raw"], cells[0]["region"])
    first, after_first = time.perf_counter() - begun, _resident_kib()
    passes = []
    for _ in range(2):
        begun = time.perf_counter()
        good = sum(google.plain(cell["raw"], cell["region"]) is not None for cell in cells)
        passes.append((time.perf_counter() - begun) * 1e6 / len(cells))
        after_all = _resident_kib()
    told = {"numbers": len(cells), "good": good, "first_ms": first * 1e3, "cold_us": passes[0], "warm_us": passes[1]}
    print(json.dumps(told | {"first_kib": after_first - before, "all_kib": after_all - before}))


def _resident_kib():
    try:
        with open("/proc/self/status", encoding="utf-8") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))
    except OSError:
        return 0


if __name__ == "__main__":
    _python()
