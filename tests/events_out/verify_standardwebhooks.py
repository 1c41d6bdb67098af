"""Checks the signature of every event with the library of Standard Webhooks (`standardwebhooks` of PyPI).

Starts the built system on free ports, registers a receiver, runs the sample campaign, opts somebody out,
sends tests before and after the secret is exchanged, and verifies every request that comes. The receiver
refuses some events once, so that repeated attempts, which are signed anew, are among them. Prints counts,
and ends with an error when a signature is wrong, an event is missing, or a forged request passes.
"""

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from api import Api, System
from receiver import Receiver
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

ROOT = Path(__file__).resolve().parents[2]
CONTACTS = ROOT / "events/sample-contacts.csv"
# Its people are played: they may be called at any hour.
ANY_HOUR = {
    "windows": {day: ["00:00-24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")},
    "unknown_zone": {"use_campaign_zone": "UTC"},
    "rules": {"only": []},
    "holidays": False,
}
TYPES = ["call.ended", "recipient.final", "campaign.finished", "opt_out.created"]
CALLS_AT_ONCE = 5
PATIENCE_SECS = 180


def main():
    problems = []
    with Receiver() as receiver, tempfile.TemporaryDirectory(prefix="switchboard-webhooks-") as data:
        with System(ROOT, Path(data)) as system:
            api = Api(system.url, system.token())
            made = api.post("/api/event-targets", {"url": receiver.url, "types": TYPES})
            receiver.secrets = [made["secret"]]
            target = f"/api/event-targets/{made['target']['target_id']}"

            campaign = run_sample(api)
            api.post("/api/do-not-call", {"phone_numbers": ["+14155550199"]})
            api.post(f"{target}/test")
            sent = settled(api, target, lambda log: expected(api, campaign, tests=1) == Counter(kinds(log)))
            problems += compare("as the API has it", kinds(sent), expected(api, campaign, tests=1))

            rotated = api.post(f"{target}/rotate-secret", {"overlap_hours": 1})
            receiver.both = [rotated["secret"], made["secret"]]
            api.post(f"{target}/test")
            sent = settled(api, target, lambda log: expected(api, campaign, tests=2) == Counter(kinds(log)))

    problems += receiver.problems
    problems += compare("as the receiver counts", receiver.taken.values(), Counter(kinds(sent)))
    if undelivered := [delivery["event_id"] for delivery in sent if delivery["status"] != "delivered"]:
        problems.append(f"{len(undelivered)} deliveries are not delivered: {', '.join(undelivered[:5])}")
    if receiver.verified_with_both == 0:
        problems.append("no request came that is signed with the old and the new secret")
    if receiver.refused == 0:
        problems.append("no event was refused, so no repeated attempt was checked")
    forged, passed = forge(receiver)
    if passed:
        problems.append(f"{passed} of {forged} forged requests passed")
    report(receiver, forged, passed)
    sys.exit("\n".join(problems) or None)


def run_sample(api):
    """Imports the sample's contacts and calls them; answers the finished campaign's id."""
    contacts = CONTACTS.read_bytes()
    upload = {"file_name": CONTACTS.name, "bytes": len(contacts), "start": True}
    made = api.post("/api/uploads", upload)
    api.put_file(made["put"], contacts)
    path = f"/api/uploads/{made['upload']['upload_id']}"
    upload = until(lambda: api.get(path), lambda now: now["status"] == "completed", "the upload")
    api.put("/api/queue/settings", {"concurrency_limit": CALLS_AT_ONCE})
    api.post("/api/agents/sync", {})
    agent = api.get("/api/agents?provider=elevenlabs")["items"][0]
    lines = api.get("/api/phone-lines")["items"]
    line = next(line for line in lines if line["supports_outbound"])
    campaign = api.post(
        "/api/campaigns",
        {
            "rules": {"calling_hours": ANY_HOUR},
            "name": "Sample: renewals",
            "agent_id": agent["agent_id"],
            "phone_line_id": line["phone_line_id"],
            "list_ids": [upload["list_id"]],
            "start": "now",
            "ringing_timeout_secs": 30,
            "retry": {"max_attempts": 2, "delay_secs": 5, "retry_on": ["no_answer", "busy"]},
        },
    )
    path = f"/api/campaigns/{campaign['campaign_id']}"
    until(lambda: api.get(path), lambda now: now["status"] == "completed", "the campaign")
    return campaign["campaign_id"]


def expected(api, campaign, tests):
    """How many events of each type there are to be, by the API's own records."""
    calls = api.all(f"/api/calls?campaign_id={campaign}")
    people = api.get(f"/api/campaigns/{campaign}")["counts"]["total"]
    return Counter(
        {
            "call.ended": len(calls),
            "recipient.final": people,
            "campaign.finished": 1,
            "opt_out.created": 1,
            "test": tests,
        }
    )


def settled(api, target, complete):
    """The log of the target, once it is complete and nothing is on its way; after a while, as it is then."""
    end = time.monotonic() + PATIENCE_SECS
    while True:
        log = api.all(f"{target}/deliveries")
        waits = any(delivery["status"] == "pending" for delivery in log)
        if (complete(log) and not waits) or time.monotonic() > end:
            return log
        time.sleep(0.5)


def kinds(log):
    return [delivery["event_type"] for delivery in log]


def compare(whose, found, wanted):
    found = Counter(found)
    every = sorted(found.keys() | wanted.keys())
    return [f"{kind}: {found[kind]} came, {wanted[kind]} wanted, {whose}" for kind in every if found[kind] != wanted[kind]]


def forge(receiver):
    """What a receiver must refuse, made of requests that it took: how many were tried, how many passed."""
    body, headers, secret = receiver.example
    old = {**headers, "webhook-timestamp": str(int(headers["webhook-timestamp"]) - 301)}
    strange = "whsec_" + "A" * 43 + "="
    forgeries = [
        (secret, body + b" ", headers),
        (secret, body, {**headers, "webhook-id": headers["webhook-id"] + "0"}),
        (secret, body, old),
        (secret, body, {**headers, "webhook-signature": "v1," + "A" * 43 + "="}),
        (strange, body, headers),
    ]
    return len(forgeries), sum(passes(*forgery) for forgery in forgeries)


def passes(secret, body, headers):
    try:
        Webhook(secret).verify(body, headers)
    except WebhookVerificationError:
        return False
    return True


def until(ask, good, what):
    end = time.monotonic() + PATIENCE_SECS
    while not good(now := ask()):
        if time.monotonic() > end:
            sys.exit(f"{what} was not done within {PATIENCE_SECS} s: {now}")
        time.sleep(0.3)
    return now


def report(receiver, forged, passed):
    for kind, count in sorted(Counter(receiver.taken.values()).items()):
        print(f"{count:6}  {kind}")
    print(f"{len(receiver.taken):6}  events")
    print(f"{receiver.requests:6}  requests, of them {receiver.refused} refused once and sent again")
    print(f"{receiver.verified:6}  verified, of them {receiver.verified_with_both} with the old and the new secret")
    print(f"{len(receiver.problems):6}  wrong")
    print(f"{forged:6}  forged, of them {passed} passed")


if __name__ == "__main__":
    main()
