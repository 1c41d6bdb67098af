"""Holds the running system against the document of its API: Schemathesis draws requests from `docs/openapi.json`, allowed
ones and others, and checks each answer. No answer may be a failure of ours, have a status, a kind of content or a body that
the document does not have, or accept what the document forbids; and none may come without a token."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent / "events_out"))

from api import Api, System  # noqa: E402

# Numbers that nobody has.
PEOPLE = [f"+120155501{n:02}" for n in range(12)]


class Started(System):
    """Sends nothing into the machine's own network, as when deployed."""

    def __init__(self, root, data):
        super().__init__(root, data)
        self._environment["EVENT_ALLOW_LOOPBACK"] = "false"


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--examples", type=int, default=5, help="drawn requests of each operation and kind (5)")
    options.add_argument("--seed", type=int, default=1, help="another one draws other requests (1)")
    options.add_argument("--operation", action="append", default=[], help="only this operationId; more than once for more")
    options.add_argument("--report", type=Path, default=ROOT / "target/api-fuzz-report.json")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as data, Started(ROOT, data) as system:
        token = system.token()
        there = prepare(Api(system.url, token))
        status = fuzz(asked, system.url, token, there)
        failed = [line for line in logs(Path(data)) if '"level":"ERROR"' in line or "panicked" in line]
    status = summary(asked.report) or status
    print(f"{len(failed):6}  errors in the functions' logs")
    sys.exit("\n".join(failed[:20]) or status)


def prepare(api):
    """Something of every kind; answers the ids, by the names of the document."""
    api.post("/api/agents/sync", {})
    of_one = [agent for agent in api.all("/api/agents") if agent["provider"] == "elevenlabs"]
    agents = [agent["agent_id"] for agent in of_one if not agent["required_variables"]]
    lines = [line["phone_line_id"] for line in api.all("/api/phone-lines") if line["provider"] == "elevenlabs"]
    people = "\n".join(["phone_number,name", *(f"{number},Somebody" for number in PEOPLE)]).encode()
    made = api.post("/api/uploads", {"file_name": "people.csv", "content_type": "text/csv", "bytes": len(people), "list_name": "People"})
    api.put_file(made["put"], people)
    upload = f"/api/uploads/{made['upload']['upload_id']}"
    while api.get(upload)["status"] not in ("completed", "failed"):
        time.sleep(0.3)
    api.post("/api/do-not-call", {"phone_numbers": PEOPLE[-3:], "note": "wishes it"})
    hours = {"windows": {day: ["00:00-24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}}
    campaign = {
        "agent_id": agents[0],
        "phone_line_id": lines[0],
        "rules": {"calling_hours": hours},
        "recipients": [{"phone_number": number} for number in PEOPLE[:4]],
    }
    campaigns = [api.post("/api/campaigns", {**campaign, "name": f"Campaign {n}"})["campaign_id"] for n in range(3)]
    call = {"agent_id": agents[0], "phone_line_id": lines[0]}
    calls = [api.post("/api/calls", {**call, "phone_number": number})["call_id"] for number in PEOPLE[4:8]]
    target = {"url": "https://events.example/switchboard", "types": ["call.ended"]}
    rule = {"name": "Everybody", "targets": [{"kind": "voicemail"}]}
    return {
        "agent_id": agents,
        "phone_line_id": lines,
        "provider": ["elevenlabs", "ultravox", "openai"],
        "upload_id": [made["upload"]["upload_id"]],
        "list_id": [row["list_id"] for row in api.all("/api/contact-lists")],
        "campaign_id": campaigns,
        "recipient_id": [row["recipient_id"] for row in api.all(f"/api/campaigns/{campaigns[0]}/recipients")],
        "template_id": [api.post("/api/campaign-templates", {"campaign_id": campaigns[0], "name": "Usual"})["template_id"]],
        "call_id": calls,
        "callback_id": [api.post("/api/callbacks", {"phone_number": PEOPLE[8], "reason": "asked", "due_at": tomorrow()})["callback_id"]],
        "export_id": [api.post("/api/exports", {})["export"]["export_id"]],
        "target_id": [api.post("/api/event-targets", target)["target"]["target_id"] for _ in range(2)],
        "rule_id": [api.post("/api/routing-rules", {**rule, "name": f"Rule {n}"})["rule_id"] for n in range(3)],
        "phone_number": PEOPLE,
        "voice_id": [voice["voice_id"] for voice in api.get("/api/voices")["items"]],
    }


def tomorrow():
    return (datetime.now(tz=timezone.utc) + timedelta(days=1)).isoformat()


def fuzz(asked, url, token, there):
    program = Path(sys.executable).with_name("schemathesis")
    only = [word for name in asked.operation for word in ("--include-operation-id", name)]
    command = [
        program, "--config-file", HERE / "schemathesis.toml", "--no-color", "run", ROOT / "docs/openapi.json",
        "--url", url, "--header", f"Authorization: Bearer {token}", "--phases", "coverage,fuzzing", "--continue-on-failure",
        "--seed", str(asked.seed), "--max-examples", str(asked.examples), "--request-timeout", "30",
        "--warnings", "off", "--report", "json", "--report-json-path", asked.report, *only,
    ]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(HERE), "SCHEMATHESIS_HOOKS": "hooks", "API_FUZZ_THERE": json.dumps(there)}
    # What it keeps for the next run goes with what was built.
    return subprocess.run(command, env=environment, cwd=ROOT / "target", stdin=subprocess.DEVNULL).returncode


def logs(data):
    for file in sorted(data.rglob("*.log")):
        if file.stem != "all":
            yield from file.read_text(errors="replace").splitlines()


def summary(report):
    """Prints what was asked and what came of it; answers what is wrong with the run itself."""
    run = json.loads(report.read_text())
    print(f"{run['operations']['tested']:6}  operations of {run['operations']['selected']}")
    print(f"{run['test_cases']['generated']:6}  requests in {run['running_time']:.0f} s, seed {run['seed']}")
    for kind in run["failures"]:
        print(f"{kind['count']:6}  {kind['title']}: {', '.join(sorted(map(str, kind['operations'])))[:600]}")
    print(f"{run['test_cases']['unique_failures']:6}  answers that the document does not allow")
    whole = run["operations"]["tested"] == run["operations"]["selected"] and not run["errors"]
    return None if whole else "not every operation was tested"


if __name__ == "__main__":
    main()
