"""`make functions-check`: every function as it is deployed, started as Lambda starts it.

    python functions_check.py <target/lambda> arm64|x86-64

Prints each one's size and, on a machine of its processor, how long its start takes until it asks the runtime API for
work, with the environment that the template gives it. One that ends, or does not ask, is an error; so is one that
needs a newer C library than Amazon Linux 2023 has, is too large to be uploaded, or has grown over what it may be.
"""

from __future__ import annotations

import io
import platform
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from runtime_api import Runtime, environment
from template import functions

# ELF's number of each processor, and what Python calls it.
PROCESSORS = {"x86-64": (62, "x86_64"), "arm64": (183, "aarch64")}
# Of provided.al2023.
GLIBC = (2, 34)
# An upload's limit, zipped.
ZIPPED = 50 * 1024 * 1024
# What is larger starts later. The API's function has some 160 routes, each with its own types to read and write.
LARGEST, LARGEST_API = 12_000_000, 17_000_000
# Init may take 10 s at Lambda; a busy machine is given more.
PATIENCE = 60


def say(text: str) -> None:
    print(f"functions-check: {text}", flush=True)


def fail(text: str) -> None:
    raise SystemExit(f"functions-check: FAILED: {text}")


def start(logical: str, bootstrap: Path) -> float:
    """Milliseconds from the start of the process to its first question for work."""
    runtime = Runtime()
    with tempfile.TemporaryFile() as log:
        begun = time.monotonic()
        process = subprocess.Popen([bootstrap], env=environment(logical, runtime), stdout=log, stderr=log, cwd="/")
        while not runtime.asked.wait(0.0005):
            if process.poll() is not None or time.monotonic() - begun > PATIENCE:
                process.kill()
                process.wait()
                log.seek(0)
                fail(f"{logical} does not ask for work (it ended with {process.returncode}; {runtime.said}): {log.read()[-2000:].decode(errors='replace')}")
        took = (time.monotonic() - begun) * 1000
        process.kill()
        process.wait()
    runtime.stop()
    return took


def main() -> None:
    folder, arch = Path(sys.argv[1]).resolve(), sys.argv[2].replace("x86_64", "x86-64")
    machine, here = PROCESSORS[arch]
    can_start = platform.machine() == here
    for logical, binary in sorted(functions().items(), key=lambda pair: pair[1]):
        bootstrap = folder / binary / "bootstrap"
        if not bootstrap.exists():
            fail(f"{bootstrap} is missing")
        content = bootstrap.read_bytes()
        if content[:4] != b"\x7fELF" or int.from_bytes(content[18:20], "little") != machine:
            fail(f"{binary} is not built for {arch}")
        needed = max(tuple(map(int, v.decode().split("."))) for v in re.findall(rb"GLIBC_(\d+\.\d+)", content))
        if needed > GLIBC:
            fail(f"{binary} needs glibc {needed[0]}.{needed[1]}, and Amazon Linux 2023 has {GLIBC[0]}.{GLIBC[1]}")
        most = LARGEST_API if binary == "admin-api" else LARGEST
        if len(content) > most:
            fail(f"{binary} has {len(content)} bytes, and {most} are its most: see what it is linked with (docs/performance.md)")
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("bootstrap", content)
        zipped = len(packed.getvalue())
        if zipped > ZIPPED:
            fail(f"{binary} has {zipped} bytes when zipped, and Lambda takes {ZIPPED}")
        took = f"asks for work after {min(start(logical, bootstrap) for _ in range(3)):5.1f} ms" if can_start else f"cannot be started on {platform.machine()}"
        say(f"{binary:20} {len(content) / 1e6:5.1f} MB, {zipped / 1e6:4.1f} MB zipped, glibc {needed[0]}.{needed[1]}, {took}")
    say(f"all {len(functions())} functions are good for {arch}")


if __name__ == "__main__":
    main()
