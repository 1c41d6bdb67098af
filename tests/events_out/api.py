"""The built system on free ports of this machine, and its API."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
import uuid

START_SECS = 90


class System:
    """Runs while it is entered; everything it keeps is in the folder that it is given."""

    def __init__(self, root, data):
        self._root = root
        self._program = root / "target/debug/switchboard-local"
        ports = free_ports(2)
        self.url = f"http://127.0.0.1:{ports[0]}"
        self._environment = {
            **os.environ,
            "PORT": str(ports[0]),
            "SIMULATOR_PORT": str(ports[1]),
            "DATA_DIR": str(data),
            "SAMPLE": "0",
            "CLOCK_FACTOR": "120",
            "SCHEDULE_SECONDS": "2",
            "EVENT_ALLOW_LOOPBACK": "true",
        }

    def __enter__(self):
        if not self._program.exists():
            raise SystemExit("The system is not built: make build.")
        self._process = self._start("run", stdout=subprocess.DEVNULL)
        end = time.monotonic() + START_SECS
        while not self._answers():
            if self._process.poll() is not None:
                raise SystemExit(f"The system ended with {self._process.returncode}.")
            if time.monotonic() > end:
                self.__exit__()
                raise SystemExit(f"Nothing answers at {self.url}.")
            time.sleep(0.2)
        return self

    def __exit__(self, *_):
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def token(self):
        """A token of an administrator."""
        asked = self._start("token", stdout=subprocess.PIPE, text=True)
        token, _ = asked.communicate(timeout=30)
        return token.strip()

    def _start(self, *arguments, **more):
        return subprocess.Popen([self._program, *arguments], cwd=self._root, env=self._environment, **more)

    def _answers(self):
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=2):
                return True
        except OSError:
            return False


class Api:
    """The API, as one administrator uses it."""

    def __init__(self, url, token):
        self._url = url
        self._token = token

    def get(self, path):
        return self._ask("GET", path)

    def post(self, path, body=None):
        return self._ask("POST", path, body)

    def put(self, path, body):
        return self._ask("PUT", path, body)

    def all(self, path):
        """Every row of a list, over all its pages."""
        rows, cursor = [], None
        while True:
            mark = "&" if "?" in path else "?"
            page = self.get(f"{path}{mark}limit=200" + (f"&cursor={cursor}" if cursor else ""))
            rows += page["items"]
            cursor = page.get("next_cursor")
            if not cursor:
                return rows

    def put_file(self, link, content):
        """Puts a file where the API said."""
        request = urllib.request.Request(link["url"], content, link["headers"], method="PUT")
        with urllib.request.urlopen(request, timeout=30):
            pass

    def _ask(self, method, path, body=None):
        headers = {"authorization": f"Bearer {self._token}", "content-type": "application/json"}
        if method == "POST":
            headers["idempotency-key"] = str(uuid.uuid4())
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{method} {path}: {error.code} {error.read().decode()[:300]}") from error
        return json.loads(text) if text else None


def free_ports(count):
    """Ports that nobody uses at this moment."""
    sockets = [socket.socket() for _ in range(count)]
    for held in sockets:
        held.bind(("127.0.0.1", 0))
    ports = [held.getsockname()[1] for held in sockets]
    for held in sockets:
        held.close()
    return ports
