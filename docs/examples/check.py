"""Runs every example against the built system: `make examples`."""

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = ROOT / "docs/examples"
sys.path.insert(0, str(ROOT / "tests/events_out"))
from api import Api, System, free_ports  # noqa: E402

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# People are played: they may be called at any hour.
ANY_HOUR = {"windows": {day: ["00:00-24:00"] for day in DAYS}, "unknown_zone": {"use_campaign_zone": "UTC"}, "rules": {"only": []}, "holidays": False}
PEOPLE = "phone_number,name\n" + "".join(f"+3463100{n:04},Person {n}\n" for n in range(3))


def main():
    with tempfile.TemporaryDirectory(prefix="switchboard-examples-") as folder, System(ROOT, Path(folder)) as system:
        token = system.token()
        api = Api(system.url, token)
        api.put("/api/campaign-defaults", {"calling_hours": ANY_HOUR})
        api.post("/api/agents", {"provider": "elevenlabs", "name": "Example", "prompt": "Be brief, {{name}}.", "first_message": "Hello!", "language": "en"})
        environment = {**os.environ, "BASE_URL": system.url, "TOKEN": token, "PYTHONDONTWRITEBYTECODE": "1"}
        contacts = Path(folder) / "people.csv"
        contacts.write_text(PEOPLE)
        ran = 0
        for name, argument, wanted in (
            ("place_call.sh", "+14155550100", ": "), ("place_call.py", "+14155550101", ": "),
            ("run_campaign.sh", contacts, '"total": 3'), ("run_campaign.py", contacts, "3 accepted, 0 rejected"),
        ):
            said = run(name, argument, environment)
            if wanted not in said:
                raise SystemExit(f"{name} said {said!r}, without {wanted!r}")
            ran += 1
        receive(api, environment)
        calls = api.all("/api/calls")
        if len(calls) != 8:
            raise SystemExit(f"{len(calls)} calls were made, not 8: two, and three in each campaign")
        print(f"{ran + 1:6}  examples ran; {len(calls)} calls")


def run(name, argument, environment):
    command = ["sh" if name.endswith(".sh") else sys.executable, str(HERE / name), str(argument)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=180)
    if done.returncode != 0:
        raise SystemExit(f"{name} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


def receive(api, environment):
    """A right event is taken once, a forged one is refused."""
    [port] = free_ports(1)
    url = f"http://127.0.0.1:{port}/"
    made = api.post("/api/event-targets", {"url": url, "types": ["opt_out.created"]})
    environment = {**environment, "PORT": str(port), "SWITCHBOARD_SECRET": made["secret"]}
    receiver = subprocess.Popen([sys.executable, str(HERE / "receive_events.py")], env=environment, stdout=subprocess.PIPE, text=True)
    try:
        target = f"/api/event-targets/{made['target']['target_id']}"
        listening(url)
        api.post(f"{target}/test")
        api.post("/api/do-not-call", {"phone_numbers": ["+14155550199"]})
        end = time.monotonic() + 60
        while [delivery["status"] for delivery in api.all(f"{target}/deliveries")] != ["delivered", "delivered"]:
            if time.monotonic() > end:
                raise SystemExit(f"receive_events.py did not take its events: {api.all(f'{target}/deliveries')}")
            time.sleep(0.5)
        if (status := forged(url)) != 400:
            raise SystemExit(f"receive_events.py answered a forged event with {status}")
    finally:
        receiver.terminate()
        printed, _ = receiver.communicate(timeout=10)
    if sorted(line.split()[0] for line in printed.splitlines()) != ["opt_out.created", "test"]:
        raise SystemExit(f"receive_events.py printed {printed!r}")


def listening(url):
    end = time.monotonic() + 20
    while forged(url) is None:
        if time.monotonic() > end:
            raise SystemExit("receive_events.py does not listen")
        time.sleep(0.1)


def forged(url):
    headers = {"webhook-id": "evt_forged", "webhook-timestamp": str(int(time.time())), "webhook-signature": "v1,AAAA"}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, b"{}", headers, method="POST"), timeout=5) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


if __name__ == "__main__":
    main()
