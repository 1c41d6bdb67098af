#!/usr/bin/env python3
"""Measures the spreadsheet reader beside other programs that do the same work. See README.md."""

import argparse
import json
import os
import subprocess
import sys

from runner import programs, report, rows
from runner.programs import HERE

REGION = "ES"
FULL, QUICK = (1_000_000, 200_000), (50_000, 10_000)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few rows: shows that it runs, not how fast")
    parser.add_argument("--rust-runs", type=int, default=3, help="runs of each Rust program")
    parser.add_argument("--other-runs", type=int, default=1, help="runs of the Python and Node programs")
    return parser.parse_args()


def main():
    options = arguments()
    target = programs.target_folder()
    binaries, cache = programs.build(target), target / "bench"
    (cache / "data").mkdir(parents=True, exist_ok=True)
    row_counts = QUICK if options.quick else FULL
    files = programs.generated(binaries, cache / "data", *row_counts)
    compared = programs.programs(binaries, cache, options.rust_runs, options.other_runs)
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} before the first run")
    if options.quick:
        print("Few rows: starting up counts for much, and the goals are meant for the full files.")
    for file, row_count in zip(files, row_counts):
        measure_file(compared, file, row_count, cache)


def measure_file(compared, file, row_count, cache):
    runs, said = {}, {}
    # One run of each after the other, so that a busy minute on the machine does not hit one program alone.
    for turn in range(max(program.runs for program in compared)):
        for program in compared:
            if program.command is not None and turn < program.runs:
                output = cache / f"{program.name.split(': ')[-1]}.out"
                run = measured(program, file, output)
                runs.setdefault(program.name, []).append(run)
                if program.writes_rows and program.name not in said:
                    said[program.name] = rows.read(output, row_count)
                output.unlink()
    results = {name: report.Result.of(of_program) for name, of_program in runs.items()}
    print(f"\n{file.name}, {file.stat().st_size / 1e6:.0f} MB")
    for part in [
        report.table(compared, results, row_count),
        report.agreement(compared, said),
        report.goals(file.suffix[1:], results),
    ]:
        print(*part, sep="\n", end="\n\n", flush=True)


def measured(program, file, output):
    command = program.arguments(file, REGION)
    # Without the modules of a site, so that the measuring process is as small as can be.
    launcher = [sys.executable, "-I", "-S", HERE / "runner" / "measure.py", output]
    done = subprocess.run([*launcher, *command], stdout=subprocess.PIPE, check=True)
    run = json.loads(done.stdout)
    if run["code"] != 0:
        sys.exit(f"{program.name} failed with {run['code']}: {' '.join(command)}")
    return run


if __name__ == "__main__":
    main()
