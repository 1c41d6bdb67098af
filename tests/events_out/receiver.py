"""A customer's receiver: verifies every request with the library, and takes it."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

# Every so many events one is refused, once.
REFUSED_EVERY = 8


class Receiver:
    """Listens on a free port of this machine while it is entered."""

    def __init__(self):
        # The secrets of which any may have signed; `both`, while a secret is exchanged: each of them must have.
        self.secrets = []
        self.both = []
        self.taken = {}
        self.problems = []
        self.requests = self.verified = self.verified_with_both = self.refused = 0
        self.example = None
        self._bodies = {}
        self._lock = threading.Lock()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                with receiver._lock:
                    status = receiver.take(body, dict(self.headers.items()))
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                """Bodies and ids stay off the terminal."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/events"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def take(self, body, headers):
        """Verifies one request and answers its status."""
        headers = {name.lower(): value for name, value in headers.items()}
        event = headers.get("webhook-id", "")
        self.requests += 1
        try:
            told = self._verify(body, headers)
        except (WebhookVerificationError, ValueError) as error:
            self.problems.append(f"{event}: {error}")
            return 400
        self.verified += 1
        if told["id"] != event:
            self.problems.append(f"{event}: its body calls itself {told['id']}")
        first = event not in self._bodies
        if self._bodies.setdefault(event, body) != body:
            self.problems.append(f"{event}: it says something else than before")
        if first and len(self._bodies) % REFUSED_EVERY == 0:
            self.refused += 1
            return 503
        self.taken[event] = told["type"]
        return 204

    def _verify(self, body, headers):
        if self.both:
            told = [Webhook(secret).verify(body, headers) for secret in self.both]
            self.verified_with_both += 1
            self.example = body, headers, self.both[0]
            return told[0]
        told = Webhook(self.secrets[0]).verify(body, headers)
        self.example = body, headers, self.secrets[0]
        return told
