"""The few lines that every example needs: requests to the API, with nothing but Python."""

import json
import os
import time
import urllib.error
import urllib.request
import uuid

BASE_URL = os.environ.get("BASE_URL", "http://127.0.0.1:8080")
TOKEN = os.environ["TOKEN"]


def ask(method, path, body=None, key=None):
    """Answers the JSON. `key` makes a POST happen once, however often it is sent."""
    headers = {"authorization": f"Bearer {TOKEN}", "content-type": "application/json"}
    if method == "POST":
        headers["idempotency-key"] = key or str(uuid.uuid4())
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(BASE_URL + path, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or "null")
    except urllib.error.HTTPError as error:
        problem = json.loads(error.read())
        raise SystemExit(f"{problem['title']}: {problem['detail']} {problem.get('errors', '')}") from error


def until(path, is_over, every_secs=1):
    """Asks again until it is over, and answers what it is then."""
    while not is_over(found := ask("GET", path)):
        time.sleep(every_secs)
    return found


def an_agent_and_a_line(platform="elevenlabs"):
    """The first agent of a platform, and a line that it can call from."""
    agents = ask("GET", f"/api/agents?provider={platform}&limit=1")["items"]
    lines = [line for line in ask("GET", "/api/phone-lines")["items"] if line["supports_outbound"] and line["provider"] == platform]
    if not agents or not lines:
        raise SystemExit(f"There is no agent or no phone line of {platform}: make one first.")
    return agents[0]["agent_id"], lines[0]["phone_line_id"]
