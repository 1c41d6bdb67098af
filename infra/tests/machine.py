"""What stands around a stack in `make check-deploy`: an AWS in one process, an issuer of tokens, a provider.

ministack plays AWS with `AUTH=true`: every request of a function carries its role's credentials and is refused unless
the role's policies, as the template grants them, allow it.
"""

from __future__ import annotations

import base64
import http.client
import http.server
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

ACCOUNT, REGION = "000000000000", "us-east-1"
WEBHOOK_SECRET = "check-webhook-secret"


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(what: str, look, patience: float = 60, every: float = 0.3):
    """Looks until there is something to see."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        try:
            if found := look():
                return found
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(every)
    raise SystemExit(f"check-deploy: {what} did not come within {patience:.0f} s")


class Program:
    """A program that ends with us, and what it writes."""

    running: list["Program"] = []

    def __init__(self, name: str, command: list[str], environment: dict[str, str], folder: Path):
        Program.running.append(self)
        self.name, self.log = name, folder / f"{name}.log"
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        self.process = subprocess.Popen(
            command, cwd=folder, env={**inherited, **environment}, stdout=self.log.open("wb"), stderr=subprocess.STDOUT
        )

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()

    @classmethod
    def stop_all(cls) -> None:
        for program in cls.running:
            program.stop()


def ministack(folder: Path, rights: bool = True) -> str:
    """Starts it; with `rights`, each request is allowed by the policies of whose credentials it carries, or refused."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    program = shutil.which("ministack", path=str(Path(sys.executable).parent))
    environment = {
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_HOST": "127.0.0.1",
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AUTH": str(rights).lower(),
        "LAMBDA_ACCOUNT_CONCURRENCY": "100",
        "TMPDIR": str(folder),
        "LOG_LEVEL": "INFO",
        # Listeners that we do not need.
        "IOT_MTLS_ENABLED": "false",
        "SFTP_ENABLED": "false",
    }
    Program("ministack", [program], environment, folder)
    wait_for("ministack", lambda: urllib.request.urlopen(f"{address}/_ministack/health", timeout=2).status == 200)
    return address


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Issuer:
    """An OIDC issuer: discovery, keys, and tokens for whoever asks this object."""

    def __init__(self):
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        numbers = self.key.public_key().public_numbers()
        number = lambda n: _b64(n.to_bytes((n.bit_length() + 7) // 8, "big"))  # noqa: E731
        keys = {"keys": [{"kid": "k1", "kty": "RSA", "alg": "RS256", "use": "sig", "n": number(numbers.n), "e": number(numbers.e)}]}
        issuer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                document = {"issuer": issuer.address, "jwks_uri": f"{issuer.address}/keys"}
                body = json.dumps(keys if self.path == "/keys" else document).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def token(self, role: str, **other) -> str:
        now = int(time.time())
        claims = {
            "iss": self.address, "sub": f"{role}-1", "client_id": "switchboard", "scope": "openid profile", "iat": now - 5,
            "exp": now + 3600, "cognito:groups": [role], "username": role, **other,
        }
        signed = f"{_b64(json.dumps({'alg': 'RS256', 'kid': 'k1'}).encode())}.{_b64(json.dumps(claims).encode())}"
        signature = self.key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signed}.{_b64(signature)}"


class Api:
    """The HTTP API of a stack, by its path at ministack."""

    def __init__(self, address: str, api_id: str):
        self.host = address.removeprefix("http://")
        self.prefix = f"/_aws/execute-api/{api_id}/$default"
        self.url = f"{address}{self.prefix}"

    def send(self, method: str, path: str, body=None, token: str | None = None, headers: dict | None = None) -> tuple[int, object]:
        connection = http.client.HTTPConnection(self.host, timeout=60)
        headers = {**(headers or {})}
        if token:
            headers["authorization"] = f"Bearer {token}"
        data = None
        if body is not None:
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            headers.setdefault("content-type", "application/json")
        connection.request(method, f"{self.prefix}{path}", data, headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        try:
            return answer.status, json.loads(text)
        except ValueError:
            return answer.status, text.decode(errors="replace")


def simulator(folder: Path, binary: Path, webhooks: str) -> str:
    port = free_port()
    environment = {"WEBHOOK_URL": webhooks, "ELEVENLABS_API_KEY": "check-api-key", "ELEVENLABS_WEBHOOK_SECRET": WEBHOOK_SECRET, "CLOCK_FACTOR": "20"}
    Program("simulator", [str(binary), "--port", str(port)], environment, folder)
    address = f"http://127.0.0.1:{port}"
    wait_for("the simulator", lambda: urllib.request.urlopen(f"{address}/sim/ledger", timeout=2).status == 200)
    return address


def ask(address: str, method: str = "GET", body=None):
    request = urllib.request.Request(address, None if body is None else json.dumps(body).encode(), {"content-type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.loads(answer.read() or b"null")


def lead(port: int, api: Api) -> None:
    """Leads requests at a port to the API: a provider calls back at an address, not at a path of ministack."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            passed = {k: v for k, v in self.headers.items() if k.lower() not in ("host", "connection", "content-length")}
            status, answer = api.send("POST", self.path, body, headers=passed)
            text = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_):
            pass

    class Server(http.server.ThreadingHTTPServer):
        def handle_error(self, *_):
            pass  # the provider hung up, and sends it again

    server = Server(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
