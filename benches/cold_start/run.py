"""`make bench-cold-start`: from the start of a process to its first question for work, and a first request.

    python run.py [--runs=15] [--functions=target/lambda] [--json=FILE]

Each program is started under the same runtime API on this machine, one after the other and turn by turn, so that a busy
minute does not hit one alone. Its processor time is the kernel's (`wait4`), user and system together. The anchors:
a function in Rust that does nothing (`hello-lambda`), and handlers in Python and Node that have made a client of their
AWS SDK, and read one item at the first request. AWS is played by the same server: empty tables, plain HTTP.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "infra/tests"))
from runtime_api import Runtime, environment, of_lambda  # noqa: E402
from template import functions  # noqa: E402

PATIENCE = 60
# The first request of each function: the sample of what it gets most.
EVENTS = {
    "admin-api": "admin-api/get_queue.json", "call-exporter": "call-exporter/export.json", "campaign-scheduler": "campaign-scheduler/tick.json",
    "conversation-sync": "conversation-sync/on_demand.json", "dialer": "dialer/dial.json", "event-sender": "event-sender/tick.json",
    "live-updates": "live-updates/connect.json", "provider-webhooks": "provider-webhooks/unknown_type.event.json",
    "receptionist": "receptionist/conclude.json", "upload-parser": "upload-parser/import.json",
}
HELLO, PYTHON, NODE = "hello-lambda", "Python, boto3", "Node, client-dynamodb"
# Most of what was wanted: init beside the anchors, MB when idle, MB of the file.
TIMES_HELLO, OF_OTHERS, IDLE_MB, FILE_MB = 3.0, 0.1, 40.0, 12.0


@dataclass
class Program:
    name: str
    command: list[str]
    logical: str | None = None
    event: bytes = b"{}"
    file: Path | None = None
    init_wall: list[float] = field(default_factory=list)
    init_cpu: list[float] = field(default_factory=list)
    both_cpu: list[float] = field(default_factory=list)
    idle_mb: list[float] = field(default_factory=list)
    used_mb: list[float] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def row(self) -> dict:
        row = {
            "program": self.name, "init_wall_ms": statistics.median(self.init_wall), "init_cpu_ms": statistics.median(self.init_cpu),
            "request_cpu_ms": statistics.median(self.both_cpu), "idle_mb": max(self.idle_mb), "used_mb": max(self.used_mb),
        }
        return row | ({"file_mb": self.file.stat().st_size / 1e6} if self.file else {})


def programs(folder: Path, target: Path) -> list[Program]:
    def bootstrap(binary: str) -> Path:
        path = folder / binary / "bootstrap"
        if not path.exists():
            raise SystemExit(f"{path} is missing: run `make functions` first")
        return path

    hello = bootstrap(HELLO)
    python, node = target / "cold-start/bin/python", target / "cold-start-node"
    anchors = [
        Program(HELLO, [str(hello)], file=hello),
        Program(PYTHON, [str(python), "-B", str(HERE / "python/handler.py")]),
        Program(NODE, ["node", str(node / "handler.mjs")]),
    ]
    ours = []
    for logical, binary in sorted(functions().items(), key=lambda pair: pair[1]):
        path = bootstrap(binary)
        event = (ROOT / "events" / EVENTS[binary]).read_bytes()
        ours.append(Program(binary, [str(path)], logical, event, path))
    return anchors + ours


def resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def ended(pid: int) -> bool:
    """Whether the process has ended by itself; it stays to be asked what it used."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def run(program: Program, with_request: bool) -> None:
    runtime = Runtime((program.event,) if with_request else ())
    own = environment(program.logical, runtime) if program.logical else of_lambda("anchor", runtime)
    path = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    with tempfile.TemporaryFile() as log:
        begun = time.perf_counter()
        process = subprocess.Popen(program.command, env={**path, **own}, stdout=log, stderr=log, cwd="/")
        awaited = runtime.idle if with_request else runtime.asked
        while not (came := awaited.wait(0.05)) and time.perf_counter() - begun < PATIENCE and not ended(process.pid):
            pass
        took = (time.perf_counter() - begun) * 1000
        # What is freed right after the question is freed, and the processor is given back.
        time.sleep(0.02)
        resident = resident_mb(process.pid) if came else 0.0
        os.kill(process.pid, signal.SIGKILL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
        runtime.stop()
        if not came or not os.WIFSIGNALED(status):
            log.seek(0)
            raise SystemExit(f"{program.name} does not ask for work: {runtime.said} {log.read()[-2000:].decode(errors='replace')}")
    cpu = (usage.ru_utime + usage.ru_stime) * 1000
    if with_request:
        program.both_cpu.append(cpu)
        program.used_mb.append(resident)
        program.asked = runtime.requests
    else:
        program.init_wall.append(took)
        program.init_cpu.append(cpu)
        program.idle_mb.append(resident)


def table(measured: list[Program]) -> str:
    rows = {program.name: program.row() for program in measured}
    hello, python, node = (rows[name]["init_cpu_ms"] for name in (HELLO, PYTHON, NODE))
    lines = [
        "| program | file | init, wall | init, CPU | × hello | of Python | of Node | idle | after a request | CPU with a request | asked of AWS |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for program in measured:
        row = rows[program.name]
        cpu = row["init_cpu_ms"]
        file = f"{row['file_mb']:.1f} MB" if "file_mb" in row else ""
        lines.append(
            f"| {program.name} | {file} | {row['init_wall_ms']:.1f} ms | {cpu:.1f} ms | {cpu / hello:.1f} | 1/{python / cpu:.0f} | 1/{node / cpu:.0f} "
            f"| {row['idle_mb']:.1f} MB | {row['used_mb']:.1f} MB | {row['request_cpu_ms']:.1f} ms | {len(program.asked)} |")
    return "\n".join(lines)


def goals(measured: list[Program]) -> list[str]:
    rows = {program.name: program.row() for program in measured}
    ours = [program.row() for program in measured if program.logical]
    worst = {what: max(ours, key=lambda row, what=what: row[what]) for what in ("init_cpu_ms", "idle_mb", "file_mb")}
    slowest = worst["init_cpu_ms"]

    def line(text: str, value: float, most: float, row: dict) -> str:
        return f"{text}: {value:.2f} ({row['program']}), wanted {most:g} at most: {'met' if value <= most else 'NOT met'}"

    return [
        line("init beside hello-lambda, times", slowest["init_cpu_ms"] / rows[HELLO]["init_cpu_ms"], TIMES_HELLO, slowest),
        line("init beside Python", slowest["init_cpu_ms"] / rows[PYTHON]["init_cpu_ms"], OF_OTHERS, slowest),
        line("init beside Node", slowest["init_cpu_ms"] / rows[NODE]["init_cpu_ms"], OF_OTHERS, slowest),
        line("MB resident when idle", worst["idle_mb"]["idle_mb"], IDLE_MB, worst["idle_mb"]),
        line("MB of the largest file", worst["file_mb"]["file_mb"], FILE_MB, worst["file_mb"]),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--functions", type=Path, default=ROOT / "target/lambda")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    measured = programs(options.functions.resolve(), ROOT / "target")
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} before the first run, {options.runs} runs of each", flush=True)
    for program in measured:
        run(program, False)  # from the disk's cache from here on
        program.init_wall, program.init_cpu, program.idle_mb = [], [], []
    for _ in range(options.runs):
        for program in measured:
            run(program, False)
            run(program, True)
    print(table(measured))
    print()
    print("\n".join(goals(measured)))
    if options.json:
        options.json.write_text(json.dumps({"rows": [program.row() for program in measured], "goals": goals(measured)}, indent=1))


if __name__ == "__main__":
    main()
