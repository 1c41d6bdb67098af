"""`make second-engine`: the integration suite once more, against a DynamoDB, S3 and SQS that somebody else has written.

    python second_engine.py [--engines=2] [--only=<nextest filter>]

What passes on our own engines and not here leans on something that only one of them does. Tests that begin with a
`TestStore` (tests/support) make their tables, bucket and queues in ministack when SECOND_ENGINE names its addresses;
faults are put before it, so tests of faults run here, too. What cannot run here is named in SKIPPED, with why.

ministack is chosen over moto's server because its writes are atomic: of 800 concurrent increments it keeps 800, and moto,
with threads and no lock, 793. It is one thread of Python, so each test that runs at one time has a process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml
from pathlib import Path

import machine
from stack import client
from template import ROOT

# Tests that cannot run here, by package and name, each with its reason: left out by name, never passed over in silence.
COUNTS = "counts the capacity units that our own DynamoDB uses; there is no meter before another one"
SKIPPED = {
    ("admin-api", "capacity::a_page_costs_the_same_read_units_with_a_hundred_calls_and_with_thousands"): COUNTS,
    ("switchboard-tests", "costs::a_call_of_a_campaign_costs_what_the_documentation_says"): COUNTS,
    ("switchboard-tests", "waiting::waiting_for_a_slot_writes_nothing_but_a_sign_of_life"): COUNTS,
    ("switchboard-tests", "waiting::a_limit_of_its_agent_holds_a_call_back_without_a_write_too"): COUNTS,
}
# Whole companies in one process, from the scheduler to the webhooks.
PROMISES = "(package(switchboard-tests) & binary(promises))"
TABLES = 5
LOGS = ROOT / "target/nextest/second-engine"
REPORT = LOGS / "junit.xml"


def say(text: str) -> None:
    print(f"second-engine: {text}", flush=True)


def suites() -> str:
    """A filter for every test binary that uses a store, found in the sources, so that a new one joins by itself."""
    filters = [PROMISES]
    for manifest in sorted(ROOT.glob("*/*/Cargo.toml")):
        if any("TestStore" in path.read_text() for path in (manifest.parent / "tests").rglob("*.rs")):
            name = re.search(r'^name = "(.+)"', manifest.read_text(), re.M)[1]
            filters.append(f"(package({name}) & kind(test))")
    return " | ".join(filters)


def left_out() -> str:
    return " | ".join(f"(package({package}) & test(={name}))" for package, name in SKIPPED) or "none()"


def there(environment: dict[str, str]) -> set[tuple[str, str]]:
    """Those of SKIPPED that exist: a test that is gone is not counted among those that are left out."""
    command = ["cargo", "nextest", "list", "--workspace", "--profile", "second-engine", "--message-format", "json", "-E", left_out()]
    listed = json.loads(subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE).stdout)
    found = {
        (suite["package-name"], name)
        for suite in listed["rust-suites"].values()
        for name, case in suite["testcases"].items()
        if case["filter-match"]["status"] == "matches"
    }
    for package, name in sorted(SKIPPED.keys() - found):
        say(f"there is no test {name} in {package} to be left out: take it off SKIPPED")
    return found


def stores_made(address: str) -> int:
    pages = client(address, "dynamodb").get_paginator("list_tables").paginate()
    return sum(len(page["TableNames"]) for page in pages) // TABLES


def results() -> dict[str, list[int]]:
    """Run and failed, by test binary."""
    table = {}
    for suite in xml.parse(REPORT).getroot().iter("testsuite"):
        cases = suite.findall("testcase")
        failed = sum(1 for case in cases if case.find("failure") is not None or case.find("error") is not None)
        table[suite.get("name")] = [len(cases), failed]
    return table


def report(table: dict[str, list[int]], stores: int, skipped: set[tuple[str, str]]) -> None:
    width = max([len("all"), *map(len, table)])
    print(f"\n{'':<{width}}     run  passed  failed")
    for name, (run, failed) in [*sorted(table.items()), ("all", [sum(c) for c in zip(*table.values())] or [0, 0])]:
        print(f"{name:<{width}}  {run:>6}  {run - failed:>6}  {failed:>6}")
    print(f"\n{stores} stores were made in ministack. Left out: {len(skipped) or 'none'}.")
    for package, name in sorted(skipped):
        print(f"  {package} {name}: {SKIPPED[package, name]}")


def run(engines: int, only: str | None) -> int:
    with tempfile.TemporaryDirectory(prefix="second-engine-") as folder:
        try:
            addresses = []
            for n in range(engines):
                own = Path(folder) / str(n)
                own.mkdir()
                addresses.append(machine.ministack(own, rights=False))
            hosts = ",".join(address.removeprefix("http://") for address in addresses)
            say(f"ministack answers at {hosts}")
            environment = {**os.environ, "SECOND_ENGINE": hosts}
            skipped = there(environment)
            chosen = f"({suites()}) - ({left_out()})" + (f" & ({only})" if only else "")
            REPORT.unlink(missing_ok=True)
            command = ["cargo", "nextest", "run", "--workspace", "--profile", "second-engine", "-j", str(engines), "-E", chosen]
            ended = subprocess.run(command, cwd=ROOT, env=environment).returncode
            if not REPORT.exists():
                return ended or 1
            table, stores = results(), sum(map(stores_made, addresses))
            report(table, stores, skipped)
            if stores == 0:
                say("FAILED: no test has used the second engine")
                return 1
            return ended
        finally:
            machine.Program.stop_all()
            # What ministack wrote: where a test lost its connection, the reason is there.
            LOGS.mkdir(parents=True, exist_ok=True)
            for n in range(engines):
                written = Path(folder) / str(n) / "ministack.log"
                if written.exists():
                    shutil.copyfile(written, LOGS / f"ministack-{n}.log")
            say(f"what ministack wrote is in {LOGS.relative_to(ROOT)}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--engines", type=int, default=2, help="processes, and tests at one time")
    parser.add_argument("--only", help="a nextest filter, to run less")
    given = parser.parse_args()
    sys.exit(run(given.engines, given.only))


if __name__ == "__main__":
    main()
