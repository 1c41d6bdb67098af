"""Runs the receivers that `docs/event-targets.md` shows, and sends them right and forged requests."""

import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from datetime import datetime, timedelta, timezone
from pathlib import Path

from api import free_ports
from standardwebhooks.webhooks import Webhook

DOCUMENT = Path(__file__).resolve().parents[2] / "docs/event-targets.md"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OLD_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
BODY = '{"id":"evt_1","type":"test","occurred_at":"2026-11-20T12:00:00Z","data":{}}'
RECEIVERS = {"python": ("receiver.py", sys.executable), "js": ("receiver.mjs", "node")}
START_SECS = 20


def main():
    problems = [problem for language in RECEIVERS for problem in check(language)]
    print(f"{len(RECEIVERS):6}  receivers of the documentation, {len(requests())} requests each")
    sys.exit("\n".join(problems) or None)


def requests():
    """What is sent, and what is to be answered: name, headers, body, status."""
    now = datetime.now(tz=timezone.utc)
    right, old = headers(now), headers(now, OLD_SECRET)
    both = {**right, "webhook-signature": f"{old['webhook-signature']} {right['webhook-signature']}"}
    return [
        ("right", right, BODY, 204),
        ("right, again", right, BODY, 204),
        ("while the secret is exchanged", both, BODY, 204),
        ("another secret", old, BODY, 400),
        ("another body", right, BODY + " ", 400),
        ("another id", {**right, "webhook-id": "evt_2"}, BODY, 400),
        ("six minutes ago", headers(now - timedelta(minutes=6)), BODY, 400),
        ("six minutes ahead", headers(now + timedelta(minutes=6)), BODY, 400),
        ("no signature", {name: value for name, value in right.items() if name != "webhook-signature"}, BODY, 400),
    ]


def headers(at, secret=SECRET):
    signature = Webhook(secret).sign("evt_1", at, BODY)
    return {"webhook-id": "evt_1", "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}


def check(language):
    """What is wrong with one receiver."""
    name, program = RECEIVERS[language]
    [source] = re.findall(rf"^```{language}\n(.*?)^```$", DOCUMENT.read_text(), re.MULTILINE | re.DOTALL)
    with tempfile.TemporaryDirectory(prefix="switchboard-example-") as folder:
        path = Path(folder) / name
        path.write_text(source)
        [port] = free_ports(1)
        environment = {**os.environ, "PORT": str(port), "SWITCHBOARD_SECRET": SECRET}
        # What it logs of requests goes to stderr, what it prints of events to stdout.
        running = subprocess.Popen(
            [program, path], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        try:
            url = f"http://127.0.0.1:{port}/"
            found = [(what, post(url, sent, body), wanted) for what, sent, body, wanted in requests()]
        finally:
            running.terminate()
            printed, _ = running.communicate(timeout=10)
    problems = [f"{name}, {what}: answered {status}, not {wanted}" for what, status, wanted in found if status != wanted]
    if printed.splitlines() != ["test 2026-11-20T12:00:00Z"]:
        problems.append(f"{name} took the event other than once: {printed!r}")
    return problems


def post(url, sent, body):
    end = time.monotonic() + START_SECS
    while True:
        request = urllib.request.Request(url, body.encode(), {**sent, "content-type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except urllib.error.URLError:
            # It does not listen yet.
            if time.monotonic() > end:
                return None
            time.sleep(0.1)


if __name__ == "__main__":
    main()
