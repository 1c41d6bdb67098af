"""Takes events, after checking that they are Switchboard's.

    SWITCHBOARD_SECRET=whsec_… PORT=9000 python3 docs/examples/receive_events.py
"""

import base64
import hashlib
import hmac
import json
import os
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = base64.b64decode(os.environ["SWITCHBOARD_SECRET"].removeprefix("whsec_"))
LARGEST = 1_000_000
taken = set()  # keep it in a database, for longer than two days


def is_ours(headers, body):
    """Over the bytes as they came; two signatures while the secret is exchanged."""
    name, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not name or not at.isdigit() or abs(time.time() - int(at)) > 300:
        return False
    wanted = base64.b64encode(hmac.digest(KEY, f"{name}.{at}.".encode() + body, hashlib.sha256)).decode()
    return any(hmac.compare_digest(part.encode(), f"v1,{wanted}".encode()) for part in headers.get("webhook-signature", "").split())


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers.get("content-length", "0"))
        body = self.rfile.read(length) if length <= LARGEST else b""
        if not is_ours(self.headers, body):
            return self.answer(400)
        event = json.loads(body)
        # The same event can come twice: its id says so. Answer first, work afterwards.
        if event["id"] not in taken:
            taken.add(event["id"])
            print(event["type"], event["occurred_at"], flush=True)
        self.answer(204)

    def answer(self, status):
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Receiver).serve_forever()
