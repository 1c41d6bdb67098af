"""The tables, and whether the goals are met."""

from dataclasses import dataclass
from statistics import median

OURS, BARE, PYTHON, NODE = "Rust: ours", "Rust: bare crates", "Python", "Node"
MOST_OF_BARE = 1.4
MOST_MEGABYTES = 64
# How many times the processor time of ours the others need, at least.
LEAST_TIMES = {"csv": {PYTHON: 15, NODE: 7}, "xlsx": {PYTHON: 10, NODE: 4.5}}


@dataclass
class Result:
    """What some runs of one program cost."""

    cpu_secs: float
    least_cpu_secs: float
    most_cpu_secs: float
    wall_secs: float
    megabytes: float

    @classmethod
    def of(cls, runs):
        cpu_secs = [run["cpu_secs"] for run in runs]
        return cls(
            median(cpu_secs),
            min(cpu_secs),
            max(cpu_secs),
            median(run["wall_secs"] for run in runs),
            max(run["peak_bytes"] for run in runs) / (1 << 20),
        )


def table(programs, results, row_count):
    ours = results[OURS]
    yield f"  {'':20} {'rows/s':>10} {'CPU s':>8} {'from - to':>15} {'peak MB':>8}   CPU of ours to its"
    for program in programs:
        result = results.get(program.name)
        if result is None:
            yield f"  {program.name:20} not available here"
            continue
        speed = row_count / result.wall_secs
        spread = f"{result.least_cpu_secs:.2f} - {result.most_cpu_secs:.2f}"
        cost = f"{result.cpu_secs:8.2f} {spread:>15} {result.megabytes:8.1f}"
        yield f"  {program.name:20} {speed:10,.0f} {cost}   {ratio(ours.cpu_secs / result.cpu_secs)}"


def ratio(share):
    return f"{share:.2f}" if share >= 0.5 else f"1 to {1 / share:.1f}"


def agreement(programs, rows):
    ours = rows[OURS]
    yield f"  {'':20} {'accepted':>10} {'rejected':>8} {'duplicate':>9}   lines that differ from ours"
    for program in programs:
        if program.name in rows:
            its = rows[program.name]
            counts = f"{its.accepted:10,} {its.rejected:8,} {its.duplicate:9,}"
            yield f"  {program.name:20} {counts}   {its.different(ours):,}"


def goals(kind, results):
    ours = results[OURS]
    if BARE in results:
        share = ours.cpu_secs / results[BARE].cpu_secs
        yield verdict(share <= MOST_OF_BARE, f"at most {MOST_OF_BARE} times the CPU of bare", f"{share:.2f}")
    megabytes = f"{ours.megabytes:.1f} MB"
    yield verdict(ours.megabytes <= MOST_MEGABYTES, f"at most {MOST_MEGABYTES} MB of memory", megabytes)
    for name, least in LEAST_TIMES[kind].items():
        if name in results:
            times = results[name].cpu_secs / ours.cpu_secs
            yield verdict(times >= least, f"{name} needs at least {least} times the CPU", f"{times:.1f}")


def verdict(is_met, goal, measured):
    return f"  {'met' if is_met else 'NOT met':8} {goal}: {measured}"
