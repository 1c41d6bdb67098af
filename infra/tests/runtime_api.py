"""Lambda's runtime API for one process, and as much of AWS as a start and a first request ask."""

from __future__ import annotations

import http.server
import json
import threading

from template import ACCOUNT, REGION, parameters, read

SECRET = json.dumps({"api_key": "k", "webhook_secret": "w", "tool_secret": "t", "account_sid": "", "auth_token": ""})
# What an empty table answers, by operation.
EMPTY = {
    "Query": {"Items": [], "Count": 0, "ScannedCount": 0},
    "Scan": {"Items": [], "Count": 0, "ScannedCount": 0},
    "BatchGetItem": {"Responses": {}, "UnprocessedKeys": {}},
    "BatchWriteItem": {"UnprocessedItems": {}},
    "TransactGetItems": {"Responses": []},
}


class Runtime:
    """The runtime API. It gives out `events`, one after the other, and then no more work."""

    def __init__(self, events: tuple[bytes, ...] = ()):
        self.asked = threading.Event()
        # Set when every event was answered and the process asks again.
        self.idle = threading.Event()
        # What was asked of AWS, and what the process said of itself when it could not start.
        self.requests: list[str] = []
        self.answers: list[bytes] = []
        self.said = ""
        self.stopped = threading.Event()
        runtime, waiting = self, list(events)

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Head and body go out apart: the body would wait for the head's acknowledgement, 40 ms for each answer.
            disable_nagle_algorithm = True

            def do_GET(self):
                if not self.path.endswith("/runtime/invocation/next"):
                    self.answer(404, b"")
                    return
                runtime.asked.set()
                if waiting:
                    self.answer(200, waiting.pop(0), {
                        "Lambda-Runtime-Aws-Request-Id": "00000000-0000-4000-8000-000000000001",
                        "Lambda-Runtime-Deadline-Ms": "4102444800000",
                        "Lambda-Runtime-Invoked-Function-Arn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f",
                        "Lambda-Runtime-Trace-Id": "Root=1-00000000-000000000000000000000000;Sampled=0",
                        "content-type": "application/json",
                    })
                    return
                runtime.idle.set()
                runtime.stopped.wait()  # there is no work; the process is ended meanwhile
                self.close_connection = True

            def do_POST(self):
                body = self.body()
                target = self.headers.get("x-amz-target", "")
                if target:
                    runtime.requests.append(target)
                    self.answer(200, json.dumps(self.of_aws(target)).encode(), {"content-type": "application/x-amz-json-1.0"})
                elif "/runtime/invocation/" in self.path:
                    runtime.answers.append(body)
                    self.answer(202, b"{}")
                elif "/runtime/" in self.path:
                    runtime.said = f"{self.path} {body[:300]!r}"
                    self.answer(500, b"")
                else:
                    runtime.requests.append(f"POST {self.path.split('?')[0]}")
                    self.answer(500, b"")

            def do_PUT(self):
                self.body()
                runtime.requests.append("S3.PutObject")
                self.answer(200, b"", {"etag": '"0"'})

            def do_HEAD(self):
                self.answer(404, b"")

            def of_aws(self, target: str) -> dict:
                if "GetSecretValue" in target:
                    return {"ARN": "arn", "Name": "name", "SecretString": SECRET}
                return EMPTY.get(target.split(".")[-1], {})

            def body(self) -> bytes:
                if self.headers.get("transfer-encoding", "") != "chunked":
                    return self.rfile.read(int(self.headers.get("content-length", 0)))
                whole = b""
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    whole += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return whole

            def answer(self, status: int, body: bytes, headers: dict[str, str] | None = None):
                self.send_response(status)
                for name, value in {**(headers or {}), "content-length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def stop(self) -> None:
        self.stopped.set()
        self.server.shutdown()
        self.server.server_close()


def of_lambda(name: str, runtime: Runtime) -> dict[str, str]:
    """What Lambda gives every function."""
    return {
        "AWS_LAMBDA_RUNTIME_API": runtime.address, "AWS_LAMBDA_FUNCTION_NAME": name, "AWS_LAMBDA_FUNCTION_VERSION": "1",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256", "AWS_LAMBDA_LOG_GROUP_NAME": "g", "AWS_LAMBDA_LOG_STREAM_NAME": "s",
        "AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION, "AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t",
        "AWS_ENDPOINT_URL": f"http://{runtime.address}", "LAMBDA_TASK_ROOT": "/var/task", "_HANDLER": "bootstrap",
    }


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
    return {**{name: value(name, said) for name, said in variables.items()}, **of_lambda(logical, runtime)}
