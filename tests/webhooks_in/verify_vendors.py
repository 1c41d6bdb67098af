"""Signs webhooks with the vendors' own libraries and sends them to the built system (`twilio`, `openai` and
`standardwebhooks` of PyPI).

Starts the built system on free ports. Requests that Twilio's validator signs, and those that the library of Standard
Webhooks signs and OpenAI's own library verifies, must be let in; the same ones tampered with, without a signature,
signed with another secret, for another address, or too old must be turned away; and one that is sent again must do
nothing a second time. Prints counts, and ends with an error when one of them is not so.
"""

import json
import random
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ElementTree
from collections import Counter
from datetime import datetime, timedelta, timezone
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "events_out"))

from api import Api, System  # noqa: E402
from openai import InvalidWebhookSignatureError, OpenAI  # noqa: E402
from standardwebhooks.webhooks import Webhook  # noqa: E402
from twilio.request_validator import RequestValidator  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
# What the system has on a machine of one's own: see infra/simulator.
ACCOUNT = "AC00000000000000000000000000000001"
TOKEN = "0123456789abcdef0123456789abcdef"
OPENAI_SECRET = "whsec_bG9jYWwtc2ltdWxhdG9yLWtleS0wMTIzNDU2Nzg5YWI="
OTHER_SECRET = "whsec_c29tZWJvZHkgZWxzZSdzIGtleSwgMzIgYnl0ZXMgbG9uZyE="
CALLERS = 25
ROUTES = ["voice", "dial", "status", "recording", "amd"]


class Check:
    """Counts what was as it is to be, and says what was not."""

    def __init__(self):
        self.counts = Counter()
        self.problems = []

    def that(self, what, holds, told=""):
        self.counts[what] += 1
        if not holds:
            self.problems.append(f"{what}: {told}")


def main():
    check = Check()
    chance = random.Random(7)
    with tempfile.TemporaryDirectory(prefix="switchboard-webhooks-in-") as data:
        with System(ROOT, Path(data)) as system:
            api = Api(system.url, system.token())
            twilio(check, chance, system.url)
            check.that("calls written once", inbound_calls(api) == CALLERS, f"{inbound_calls(api)} of {CALLERS}")
            openai(check, system.url)
    for what, count in sorted(check.counts.items()):
        print(f"{count:5}  {what}")
    print(f"{sum(check.counts.values()):5}  in all, {len(check.problems)} not as they are to be")
    sys.exit("\n".join(check.problems[:20]) or None)


def inbound_calls(api):
    return sum(call["direction"] == "inbound" for call in api.all("/api/calls"))


def twilio(check, chance, url):
    """Every webhook of Twilio's, as its own validator signs them."""
    validator = RequestValidator(TOKEN)
    for caller in range(CALLERS):
        form = ring(chance, caller)
        voice = f"{url}/webhooks/twilio/voice"
        signature = validator.compute_signature(voice, form)
        status, answer = post_form(voice, form, signature)
        check.that("Twilio: calls that came in, let in", status == 200 and is_document(answer), f"{status} {answer[:200]}")
        again, repeated = post_form(voice, form, signature)
        check.that("Twilio: replayed, answered as before", (again, repeated) == (status, answer), f"{again} {repeated[:200]}")
        for what, forged_url, forged, forgery in tampered(chance, validator, voice, form, signature):
            status, answer = post_form(forged_url, forged, forgery)
            check.that(f"Twilio: {what}, turned away", status == 403, f"{status} {answer[:200]}")
    form = ring(chance, CALLERS + 1)
    for route in ROUTES:
        # Of a call that is none of ours: let in, and of no effect. The signature of one route is none of another.
        address = f"{url}/webhooks/twilio/{route}?call=call_01kexample000000000000000a"
        told = {**form, "Direction": "outbound-api", "AnsweredBy": "human", "RecordingStatus": "absent"}
        told["RecordingSid"] = f"RE{chance.getrandbits(128):032x}"
        status, answer = post_form(address, told, validator.compute_signature(address, told))
        check.that("Twilio: every route, let in", status in (200, 204), f"{route} {status} {answer[:200]}")
        other = address.replace(route, ROUTES[ROUTES.index(route) - 1])
        status, answer = post_form(other, told, validator.compute_signature(address, told))
        check.that("Twilio: signed for another route, turned away", status == 403, f"{route} {status} {answer[:200]}")


def ring(chance, caller):
    """What Twilio posts of a call, with blanks, signs and letters of everywhere, and a name that is new."""
    number = f"+1415555{1000 + caller}"
    return {
        "AccountSid": ACCOUNT,
        "ApiVersion": "2010-04-01",
        "CallSid": f"CA{chance.getrandbits(128):032x}",
        "CallStatus": "ringing",
        "CallerName": chance.choice(["", "ANA RUIZ", "Zoë & Søn", "李 \"明\"", "a=b&c=d+e %20"]),
        "Called": "+15005550199",
        "Caller": number,
        "Direction": "inbound",
        "From": number,
        "FromCity": chance.choice(["", "SÃO PAULO"]),
        "FromZip": "",
        "To": "+15005550199",
        f"New{chance.randrange(1000)}": chance.choice(["", "~", "new"]),
    }


def tampered(chance, validator, url, form, signature):
    """The same request as others would send it: what was done, the address, the form, and the signature."""
    changed = chance.choice([name for name in form if name not in ("FromZip",)])
    yield "one value changed", url, {**form, changed: form[changed] + "1"}, signature
    yield "one value added", url, {**form, "Extra": ""}, signature
    yield "one value left out", url, {name: value for name, value in form.items() if name != "FromZip"}, signature
    yield "without a signature", url, form, None
    yield "with an empty signature", url, form, ""
    yield "signed with another token", url, form, RequestValidator("another").compute_signature(url, form)
    yield "signed for another host", url, form, validator.compute_signature("https://other.example.test/webhooks/twilio/voice", form)
    yield "with a query", f"{url}?call=call_01kexample000000000000000a", form, signature
    yield "with a signature cut short", url, form, signature[:-4]


def is_document(answer):
    try:
        return ElementTree.fromstring(answer).tag == "Response"
    except ElementTree.ParseError:
        return False


def openai(check, url):
    """OpenAI's webhook, as the library of Standard Webhooks signs it, and OpenAI's own takes it."""
    address = f"{url}/webhooks/openai"
    client = OpenAI(api_key="sk-none", webhook_secret=OPENAI_SECRET)
    now = datetime.now(timezone.utc)
    for number in range(CALLERS):
        kind = "realtime.call.incoming" if number % 2 else "live.transport.incoming"
        data = {"call_id": f"rtc_vendor_{number}", "sip_headers": [{"name": "X-Call-Ref", "value": "nobody" * 5}]}
        event = {"object": "event", "id": f"evt_{number}", "type": kind, "created_at": int(now.timestamp()), "data": data}
        body = json.dumps(event, ensure_ascii=False)
        identity = f"wh_vendor_{number}"
        headers = signed(OPENAI_SECRET, identity, now, body)
        try:
            client.webhooks.verify_signature(body, headers)
            agrees = True
        except InvalidWebhookSignatureError:
            agrees = False
        check.that("OpenAI: taken by its own library", agrees)
        expected = "rejected" if number % 2 else "ignored"
        status, answer = post(address, body, headers)
        check.that("OpenAI: events, let in", status == 200 and json.loads(answer)["status"] == expected, f"{status} {answer[:200]}")
        status, answer = post(address, body, headers)
        expected = "repeated" if number % 2 else "ignored"
        check.that("OpenAI: replayed, done once", status == 200 and json.loads(answer)["status"] == expected, f"{status} {answer[:200]}")
        old, ahead = now - timedelta(seconds=330), now + timedelta(seconds=330)
        for what, forged_body, forged in [
            ("body changed", body.replace("evt_", "evt-"), headers),
            ("body with a space more", body + " ", headers),
            ("another id", body, {**headers, "webhook-id": "wh_other"}),
            ("another moment", body, {**headers, "webhook-timestamp": str(int(now.timestamp()) - 1)}),
            ("signed with another secret", body, signed(OTHER_SECRET, identity, now, body)),
            ("too old", body, signed(OPENAI_SECRET, identity, old, body)),
            ("of the future", body, signed(OPENAI_SECRET, identity, ahead, body)),
            ("of another version", body, {**headers, "webhook-signature": headers["webhook-signature"].replace("v1,", "v2,")}),
            ("without a signature", body, {name: value for name, value in headers.items() if name != "webhook-signature"}),
        ]:
            status, answer = post(address, forged_body, forged)
            check.that(f"OpenAI: {what}, turned away", status in (400, 401), f"{status} {answer[:200]}")


def signed(secret, identity, moment, body):
    return {
        "webhook-id": identity,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(secret).sign(identity, moment, body),
    }


def post_form(url, form, signature):
    headers = {"content-type": "application/x-www-form-urlencoded; charset=UTF-8"}
    if signature is not None:
        headers["x-twilio-signature"] = signature
    return send(url, urllib.parse.urlencode(form).encode(), headers)


def post(url, body, headers):
    return send(url, body.encode(), {"content-type": "application/json", **headers})


def send(url, body, headers):
    request = urllib.request.Request(url, body, headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


if __name__ == "__main__":
    main()
