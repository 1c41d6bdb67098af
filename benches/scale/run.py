"""`make scale`: where the dial path bends first, by the model in `model.py`; prints the tables of docs/scale.md.

    python run.py [--quick]
"""

from __future__ import annotations

import argparse

from model import Parameters, Result, bends_first, run, with_

DEPLOYED = Parameters()
# Quotas as they can be asked for: the account's concurrency, and platforms that take what is sent.
RAISED = with_(DEPLOYED, account_concurrency=20_000)
RECIPIENTS = 100_000_000
HOURS_A_DAY = 10
# Recipients are spread over so many shards, in the table and in each of its two indexes.
SHARDS, UNITS_PER_SHARD = 16, 1_000
WRITE_UNITS_PER_CALL, READ_UNITS_PER_CALL = 25, 12
WRITE_MILLION, READ_MILLION = 0.625, 0.125


def row(name: str, parameters: Parameters, seconds: float) -> Result:
    warm_up = 400 + parameters.calls_at_once / parameters.cells / parameters.mapping_per_minute * 60
    result = run(parameters, warm_up, seconds)
    conflicts = result.conflicts / max(result.tries, 1)
    print(
        f"| {name} | {parameters.cells} | {result.mean_in_progress:,.0f} | {result.use(parameters.calls_at_once):.0%} | {result.starts_per_s():.1f} "
        f"| {conflicts:.0%} | {result.item_units_per_s:.0f} | {bends_first(result) if result.use(parameters.calls_at_once) < 0.97 else '–'} |", flush=True)
    return result


def head(title: str) -> None:
    print(f"\n### {title}\n")
    print("| asked for | cells | in progress | of what was asked | starts/s | transactions cancelled | units/s on the item | held up by |")
    print("|---|---:|---:|---:|---:|---:|---:|---|")


def on_paper(calls_at_once: int) -> None:
    each_s = DEPLOYED.mean_call_s()
    layout_h = RECIPIENTS / (SHARDS * UNITS_PER_SHARD) / 3600
    hours = RECIPIENTS * each_s / calls_at_once / 3600
    write = RECIPIENTS * WRITE_UNITS_PER_CALL / 1e6 * WRITE_MILLION
    read = RECIPIENTS * READ_UNITS_PER_CALL / 1e6 * READ_MILLION
    print(f"\n### {RECIPIENTS:,} recipients, on paper\n")
    print("| | |")
    print("|---|---:|")
    print(f"| laid out at {UNITS_PER_SHARD:,} units/s on each of {SHARDS} shards (table and each index has its own) | {layout_h:.1f} h |")
    print(f"| one call each of {each_s:.0f} s on average, {calls_at_once:,} at one time | {hours:,.0f} h |")
    print(f"| in days of {HOURS_A_DAY} calling hours | {hours / HOURS_A_DAY:.0f} |")
    print(f"| write units, {WRITE_UNITS_PER_CALL} a call | ${write:,.0f} |")
    print(f"| read units, {READ_UNITS_PER_CALL} a call | ${read:,.0f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="short runs: shows that it runs")
    seconds = 120.0 if parser.parse_args().quick else 600.0

    head("As it is deployed: one stack, an account of 1,000")
    for calls in (100, 500, 1_000, 2_000):
        row(f"{calls:,}", with_(DEPLOYED, calls_at_once=calls), seconds)

    head("The account's concurrency raised to 20,000")
    for calls in (1_000, 2_000, 10_000):
        row(f"{calls:,}", with_(RAISED, calls_at_once=calls), seconds)

    head("And a mapping without its maximum of 1,000 (which AWS has not): the item with the slots alone")
    free = with_(RAISED, mapping_max=10**6, mapping_per_minute=3_000.0)
    for calls in (2_000, 5_000, 10_000):
        row(f"{calls:,}", with_(free, calls_at_once=calls), seconds)

    head("10,000 calls over several cells: each with its own queue, mapping and slots")
    for cells in (5, 10, 12, 20):
        row("10,000", with_(RAISED, calls_at_once=10_000, cells=cells), seconds)

    head("10,000 calls in 12 cells: what moves it")
    twelve = with_(RAISED, calls_at_once=10_000, cells=12)
    for name, changes in [
        ("transactions of 6 ms", {"transaction_ms": 6.0}),
        ("transactions of 24 ms", {"transaction_ms": 24.0}),
        ("transactions of 50 ms", {"transaction_ms": 50.0}),
        ("calls half as long", {"talk_s": DEPLOYED.talk_s / 2, "unanswered_s": DEPLOYED.unanswered_s / 2}),
        ("nobody answers", {"answered": 0.05}),
        ("scheduler three times as slow", {"enqueue_ms": DEPLOYED.enqueue_ms * 3}),
        ("platform takes 50 starts/s", {"platform_starts_per_s": 50.0}),
        ("platform takes 5,000 calls", {"platform_calls": 5_000}),
    ]:
        row(name, with_(twelve, **changes), seconds)

    on_paper(10_000)


if __name__ == "__main__":
    main()
