"""`make bench`: every measurement, and one table of them: what was measured, its anchor, and the ratio.

    python run.py [--only=contacts,slots,…] [--quick] [--list]

Each part is a `make` target that prints its own, longer table; what it prints is kept in target/bench/<part>.txt. Here a part
is its target and how its line is read. A part that fails is a line that says so, and the end is an error.
docs/performance.md explains each row.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "target/bench"


@dataclass
class Row:
    what: str
    measured: str
    anchor: str
    ratio: str
    goal: str


@dataclass
class Part:
    name: str
    command: list[str]
    quick: list[str]
    read: Callable[[str], list[Row]]


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def tables(text: str) -> list[dict[str, str]]:
    """Every row of every Markdown table, by the table's head."""
    rows, head = [], []
    for line in text.splitlines():
        if not line.strip().startswith("|"):
            head = []
        elif not head:
            head = cells(line)
        elif not set(line.strip()) <= set("|-: "):
            rows.append(dict(zip(head, cells(line))))
    return rows


def cold_start(text: str) -> list[Row]:
    rows = [row for row in tables(text) if "init, CPU" in row]
    anchors = {row["program"]: row for row in rows}
    ours = [row for row in rows if row["program"] != "hello-lambda" and row["file"]]
    slowest = max(ours, key=lambda row: float(row["init, CPU"].split()[0]))
    heaviest = max(ours, key=lambda row: float(row["idle"].split()[0]))
    largest = max(ours, key=lambda row: float(row["file"].split()[0]))
    hello = anchors["hello-lambda"]
    return [
        Row(f"cold start, CPU ({slowest['program']}, the slowest)", slowest["init, CPU"], f"hello-lambda {hello['init, CPU']}", f"{slowest['× hello']}×", "≤ 3×"),
        *(Row("", slowest["init, CPU"], f"{name} {anchors[name]['init, CPU']}", slowest[column], "≤ 1/10")
          for name, column in (("Python, boto3", "of Python"), ("Node, client-dynamodb", "of Node"))),
        Row(f"memory when idle ({heaviest['program']}, the most)", heaviest["idle"], f"hello-lambda {hello['idle']}", "", "≤ 40 MB"),
        Row(f"size ({largest['program']}, the largest)", largest["file"], f"hello-lambda {hello['file']}", "", "≤ 12 MB"),
    ]


def webhook(text: str) -> list[Row]:
    by_step = {row["step"]: row for row in tables(text) if "step" in row}
    own, anchor = by_step["a delivery, without the store's calls"], by_step["anchor: both"]
    return [Row("webhook of 200 KB, p50", own["p50"], f"signature and typed reading {anchor['p50']}", f"{own['beside the anchor']}×", "≤ 1.5×")]


def contacts(text: str) -> list[Row]:
    """The lines in which the reader's own report says whether its goals are met."""
    file, rows = "", []
    for line in text.splitlines():
        if match := re.match(r"^(\S+\.(?:csv|xlsx)), (\d+) MB$", line):
            file = f"{match[1].split('.')[-1]} of {match[2]} MB"
        elif match := re.match(r"^  (?:met|NOT met) +(at most|\S+ needs at least) ([\d.]+) (.+): ([\d.]+)( MB)?$", line):
            measured, anchor = match[4] + (match[5] or ""), match[3].replace("times the CPU of ", "") if "bare" in match[3] else match[1].split()[0]
            if match[5]:
                rows.append(Row(f"import, {file}: memory", measured, "", "", f"≤ {match[2]} MB"))
            elif "bare" in match[3]:
                rows.append(Row(f"import, {file}: CPU beside the bare crates", "", anchor, f"{measured}×", f"≤ {match[2]}×"))
            else:
                rows.append(Row(f"import, {file}: CPU of {anchor} beside ours", "", anchor, f"{measured}×", f"≥ {match[2]}×"))
    return rows


def slots(text: str) -> list[Row]:
    return [Row(f"slots in use, {row['calls allowed']} allowed", row["in progress on average"], f"every one at every moment: {row['calls allowed']}", row["of those allowed"], "")
            for row in tables(text) if "of those allowed" in row]


def live(text: str) -> list[Row]:
    return [Row(f"change to browser, {row['sockets']} sockets, p95", row["p95"], "polling, every 2 s: up to 2,000 ms", f"{float(row['p95'].split()[0]) / 2000:.2f}", "")
            for row in tables(text) if "sockets" in row]


def many(text: str) -> list[Row]:
    rows = [row for row in tables(text) if "ratio" in row and row[""].startswith(("list", "one", "search", "stats", "campaigns", "queue"))]
    return [Row(f"API, {row['']}, p50 with the most calls", list(row.values())[-2].split(" / ")[0] + " ms", f"with the fewest {list(row.values())[1].split(' / ')[0]} ms", f"{row['ratio']}×", "≤ 1.2×")
            for row in rows]


def costs(text: str) -> list[Row]:
    """The table of dollars, and the units of one call of a campaign."""
    rows = tables(text)
    found = [Row(f"cost, {row['']}", f"{row['USD']} USD", "AWS list prices", "", "") for row in rows if list(row) == ["", "USD"]]
    call = next(row for row in rows if row.get("function") == "**all**")
    return found + [Row(f"a call of a campaign, {kind} units", call[f"{kind} units"], "", "", f"< {most}") for kind, most in (("write", 25), ("read", 12))]


PARTS = [
    Part("contacts", ["make", "bench-contacts"], ["make", "bench-contacts", "BENCH=--quick"], contacts),
    Part("slots", ["make", "bench-slots"], ["make", "bench-slots", "SLOTS=--limits=5"], slots),
    Part("cold-start", ["make", "bench-cold-start"], ["make", "bench-cold-start", "COLD_START=--runs=3"], cold_start),
    Part("webhook", ["make", "bench-webhook"], ["make", "bench-webhook", "WEBHOOK=--deliveries=20"], webhook),
    Part("api", ["make", "many"], ["make", "many", "MANY=100,1000"], many),
    Part("live", ["make", "bench-live"], ["make", "bench-live", "LIVE=--changes=20"], live),
    Part("costs", ["make", "costs"], ["make", "costs"], costs),
]


def has_target(name: str) -> bool:
    return re.search(rf"^{re.escape(name)}:", (ROOT / "Makefile").read_text(), re.MULTILINE) is not None


def table(rows: list[Row]) -> str:
    lines = ["| what | measured | anchor | ratio | wanted |", "|---|---:|---|---:|---:|"]
    lines += [f"| {row.what} | {row.measured} | {row.anchor} | {row.ratio} | {row.goal} |" for row in rows]
    return "\n".join(lines)


def measure(part: Part, quick: bool) -> tuple[list[Row], bool]:
    print(f"bench: {part.name} …", file=sys.stderr, flush=True)
    command = [os.environ.get("MAKE", "make"), *(part.quick if quick else part.command)[1:]]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    KEPT.mkdir(parents=True, exist_ok=True)
    kept = KEPT / f"{part.name}.txt"
    kept.write_text(done.stdout)
    where = f"see {kept.relative_to(ROOT)}"
    if done.returncode != 0:
        return [Row(part.name, f"FAILED, {where}", "", "", "")], False
    try:
        return part.read(done.stdout) or [Row(part.name, where, "", "", "")], True
    except (KeyError, StopIteration, ValueError) as odd:
        return [Row(part.name, f"not understood ({odd!r}), {where}", "", "", "")], False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="names of parts, with commas between")
    parser.add_argument("--quick", action="store_true", help="short: shows that it runs, not how fast")
    parser.add_argument("--list", action="store_true", help="the names of the parts")
    options = parser.parse_args()
    parts = [part for part in PARTS if has_target(part.command[1])]
    if options.list:
        print("\n".join(part.name for part in parts))
        return
    wanted = set(filter(None, options.only.split(",")))
    if unknown := wanted - {part.name for part in parts}:
        raise SystemExit(f"there is no part {', '.join(sorted(unknown))}; there are {', '.join(part.name for part in parts)}")
    rows, good = [], True
    for part in parts:
        if not wanted or part.name in wanted:
            measured, went_well = measure(part, options.quick)
            rows, good = rows + measured, good and went_well
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} afterwards\n")
    print(table(rows))
    if not good:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
