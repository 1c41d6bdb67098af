"""`make functions-check`: every function as it is deployed, started as Lambda starts it.

    python functions_check.py <target/lambda> arm64|x86-64

Prints each one's size and, on a machine of its processor, how long its start takes until it asks the runtime API for
work, with the environment that the template gives it. One that ends, or does not ask, is an error; so is one that
needs a newer C library than Amazon Linux 2023 has, or is too large to be uploaded.
"""

from __future__ import annotations

import http.server
import io
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from pathlib import Path

from template import ACCOUNT, REGION, STACK, functions, parameters, read

# ELF's number of each processor, and what Python calls it.
PROCESSORS = {"x86-64": (62, "x86_64"), "arm64": (183, "aarch64")}
# Of provided.al2023.
GLIBC = (2, 34)
# An upload's limit, zipped.
ZIPPED = 50 * 1024 * 1024
# Init may take 10 s at Lambda; a busy machine is given more.
PATIENCE = 60
SECRET = json.dumps({"api_key": "k", "webhook_secret": "w", "tool_secret": "t", "account_sid": "", "auth_token": ""})


def say(text: str) -> None:
    print(f"functions-check: {text}", flush=True)


def fail(text: str) -> None:
    raise SystemExit(f"functions-check: FAILED: {text}")


class Runtime:
    """The runtime API for one process, and the only part of AWS that a start asks: Secrets Manager."""

    def __init__(self):
        self.asked = threading.Event()
        self.said = ""
        runtime = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                if self.path.endswith("/runtime/invocation/next"):
                    runtime.asked.set()
                    time.sleep(PATIENCE)  # there is no work; the process is ended meanwhile

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                if "GetSecretValue" in self.headers.get("x-amz-target", ""):
                    answer = json.dumps({"ARN": "arn", "Name": "name", "SecretString": SECRET}).encode()
                    self.send_response(200)
                    self.send_header("content-type", "application/x-amz-json-1.1")
                    self.send_header("content-length", str(len(answer)))
                    self.end_headers()
                    self.wfile.write(answer)
                    return
                runtime.said = f"{self.path} {self.headers.get('x-amz-target', '')} {body[:300]!r}"
                self.send_error(500)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def environment(logical: str, runtime: Runtime) -> dict[str, str]:
    """What the template gives the function, and Lambda every function."""
    template = read()
    defaults = parameters(template)

    def value(name: str, said) -> str:
        if not isinstance(said, dict):
            return str(said)
        if said.get("Ref") in defaults:
            return defaults[said["Ref"]]
        if name.endswith("_URL"):
            return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name.lower()}"
        return f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}" if name.endswith("_ARN") else name.lower().replace("_", "-")

    own = template["Resources"][logical]["Properties"].get("Environment", {}).get("Variables", {})
    variables = {**template["Globals"]["Function"]["Environment"]["Variables"], **own}
    of_lambda = {
        "AWS_LAMBDA_RUNTIME_API": runtime.address, "AWS_LAMBDA_FUNCTION_NAME": logical, "AWS_LAMBDA_FUNCTION_VERSION": "1",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256", "AWS_LAMBDA_LOG_GROUP_NAME": "g", "AWS_LAMBDA_LOG_STREAM_NAME": "s",
        "AWS_REGION": REGION, "AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t",
        "AWS_ENDPOINT_URL": f"http://{runtime.address}", "LAMBDA_TASK_ROOT": "/var/task", "_HANDLER": "bootstrap",
    }
    return {**{name: value(name, said) for name, said in variables.items()}, **of_lambda}


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
    runtime.server.shutdown()
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
