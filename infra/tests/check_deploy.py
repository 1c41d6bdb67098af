"""`make check-deploy`: the stack made for real by CloudFormation calls, with the functions' real binaries, and used.

    python check_deploy.py <folder of the binaries>
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import copy_table  # noqa: E402
import machine  # noqa: E402
import stack  # noqa: E402
from machine import Api, Issuer, ask, wait_for  # noqa: E402
from template import NESTED, STACK, functions, parameters, read  # noqa: E402

AUDIENCE = "switchboard"
ANY_HOUR = {
    "windows": {day: ["00:00-24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")},
    "unknown_zone": {"use_campaign_zone": "UTC"},
    "rules": {"only": []},
    "holidays": False,
}
checked = 0


def say(text: str) -> None:
    print(f"check-deploy: {text}", flush=True)


def check(holds: bool, what: str) -> None:
    global checked
    checked += 1
    if not holds:
        raise SystemExit(f"check-deploy: FAILED: {what}")


class Deployment:
    def __init__(self, binaries: Path, folder: Path):
        self.folder = folder
        self.aws = machine.ministack(folder)
        self.issuer = Issuer()
        stack.package(self.aws, binaries, folder)
        # The provider must be known before the stack, and the stack's address before the provider calls back: the
        # simulator is told of a port that leads to the API once there is one.
        self.back = machine.free_port()
        self.simulator = machine.simulator(folder, binaries / "simulator", f"http://127.0.0.1:{self.back}/webhooks/elevenlabs")
        self.given = {
            "OidcIssuer": self.issuer.address,
            "OidcAudience": AUDIENCE,
            "SiteOrigin": "https://calls.example.com",
            "ElevenlabsBaseUrl": self.simulator,
            "UltravoxBaseUrl": self.simulator,
            "OpenaiBaseUrl": self.simulator,
            "TwilioBaseUrl": self.simulator,
            "ConcurrencyLimit": "5",
            "AlarmEmail": "ops@example.com",
        }
        template, body = stack.prepare(self.aws, self.given)
        self.resources = stack.create(self.aws, STACK, template, self.given)
        expected = stack.conditional(template, parameters(read(), **self.given))
        check(set(self.resources) == expected, f"resources that were not made, or too many: {set(self.resources) ^ expected}")
        say(f"the stack is there: {len(self.resources)} resources")
        api_id = self.resources["HttpApi"]
        made = stack.routes(self.aws, api_id, body, self.resources, self.issuer.address, AUDIENCE)
        check(made == 5, f"{made} routes instead of 5")
        stack.reserve(self.aws, self.resources["DialerFunction"], 5)
        self.api = Api(self.aws, api_id)
        machine.lead(self.back, self.api)
        self.tokens = {role: self.issuer.token(role) for role in ("viewer", "operator", "admin")}

    def get(self, path: str, role: str = "admin"):
        status, answer = self.api.send("GET", path, token=self.tokens[role])
        check(status == 200, f"GET {path} as {role} answered {status}: {answer}")
        return answer

    def do(self, method: str, path: str, body, role: str = "admin"):
        status, answer = self.api.send(method, path, body, self.tokens[role])
        check(status in (200, 201, 202, 204), f"{method} {path} as {role} answered {status}: {answer}")
        return answer


def keys(d: Deployment) -> None:
    """What a person does after a deploy: puts the provider's keys in."""
    secrets = stack.client(d.aws, "secretsmanager")
    held = json.loads(secrets.get_secret_value(SecretId=d.resources["ElevenlabsSecret"])["SecretString"])
    check(set(held.values()) == {""}, "a new secret is empty")
    value = {"api_key": "check-api-key", "webhook_secret": machine.WEBHOOK_SECRET, "tool_secret": "check-tool-secret-check-tool-secret"}
    secrets.put_secret_value(SecretId=d.resources["ElevenlabsSecret"], SecretString=json.dumps(value))


def settings(d: Deployment) -> None:
    """What the template says is what the services have."""
    functions_, dynamo, s3, sqs = (stack.client(d.aws, s) for s in ("lambda", "dynamodb", "s3", "sqs"))
    for logical in functions():
        config = functions_.get_function(FunctionName=d.resources[logical])["Configuration"]
        check(config["Runtime"] == "provided.al2023", logical)
        check(config["Role"].endswith(d.resources[f"{logical}Role"]), f"{logical} has its own role")
    mapping = functions_.get_event_source_mapping(UUID=d.resources["DialerMapping"])
    check(mapping["ScalingConfig"]["MaximumConcurrency"] == 5 and mapping["BatchSize"] == 1, f"the dialer's mapping: {mapping}")
    for logical, resource in read()["Resources"].items():
        if resource["Type"] == "AWS::DynamoDB::Table":
            # Point-in-time recovery is not applied by ministack: test_policies.py looks at it in the template.
            table = dynamo.describe_table(TableName=d.resources[logical])["Table"]
            indexes = {i["IndexName"] for i in table["GlobalSecondaryIndexes"]}
            check(indexes == {i["IndexName"] for i in resource["Properties"]["GlobalSecondaryIndexes"]}, f"indexes of {logical}: {indexes}")
    block = s3.get_public_access_block(Bucket=d.resources["DataBucket"])["PublicAccessBlockConfiguration"]
    check(all(block.values()) and len(block) == 4, "the bucket is private")
    check(s3.get_bucket_versioning(Bucket=d.resources["DataBucket"])["Status"] == "Enabled", "the bucket keeps versions")
    redrive = sqs.get_queue_attributes(QueueUrl=d.resources["DialQueue"], AttributeNames=["All"])["Attributes"]
    check(json.loads(redrive["RedrivePolicy"])["maxReceiveCount"] in (20, "20"), "the dial queue's redrive policy")
    check(redrive["VisibilityTimeout"] == "5400", "the dial queue's visibility time-out")
    alarms = stack.client(d.aws, "cloudwatch").describe_alarms()["MetricAlarms"]
    templates = (read(), read(NESTED["Watching"]))
    wanted = sum(r["Type"] == "AWS::CloudWatch::Alarm" for t in templates for r in t["Resources"].values())
    check(len(alarms) == wanted, f"{len(alarms)} alarms instead of {wanted}")
    say(f"settings are as the template says; {len(alarms)} alarms")


def nested(d: Deployment) -> None:
    """Sign-in and site, which this stack does without, as stacks of their own."""
    sign_in = read(NESTED["SignIn"])
    # ministack knows neither, and needs them for nothing.
    for logical in ("SignInLook", "FirstAdmin", "FirstAdminRole"):
        sign_in["Resources"].pop(logical)
    sign_in["Conditions"] = {}
    made = stack.create(d.aws, "sign-in", sign_in, {"Prefix": "switchboard-check", "SiteOrigin": "https://calls.example.com"})
    cognito = stack.client(d.aws, "cognito-idp")
    app = cognito.describe_user_pool_client(UserPoolId=made["UserPool"], ClientId=made["SiteClient"])["UserPoolClient"]
    check(app["CallbackURLs"] == ["https://calls.example.com/signed-in"], f"where people come back to: {app}")
    check("ClientSecret" not in app, "the site's client is public")
    groups = {g["GroupName"] for g in cognito.list_groups(UserPoolId=made["UserPool"])["Groups"]}
    check(groups == {"viewer", "operator", "admin"}, f"groups: {groups}")
    hosts = {"ApiHost": "api.example.com", "LiveHost": "live.example.com", "DataHost": "data.example.com", "IssuerHosts": "https://issuer.example.com"}
    site_template = json.loads(json.dumps(read(NESTED["Site"])).replace('{"Ref": "VersionRetentionDays"}', "30"))
    made = stack.create(d.aws, "site", site_template, hosts)
    front = stack.client(d.aws, "cloudfront")
    config = front.get_distribution(Id=made["Distribution"])["Distribution"]["DistributionConfig"]
    check(config["DefaultCacheBehavior"]["ViewerProtocolPolicy"] == "redirect-to-https", "the site is HTTPS only")
    check(config["Origins"]["Items"][0].get("OriginAccessControlId"), "the bucket is read by the distribution only")
    say("sign-in and site are made too")


def every_route(d: Deployment) -> None:
    """Each route of the document without a token, with a bad one, and with one of too low a role."""
    status, document = d.api.send("GET", "/api/openapi.json")
    check(status == 200 and len(document["paths"]) > 60, f"the document is open: {status}")
    check(d.api.send("GET", "/health")[0] == 200, "health is open")
    other = Issuer()
    bad = {
        "none": None,
        "of another issuer": other.token("admin"),
        "for another audience": d.issuer.token("admin", client_id="other"),
        "that has ended": d.issuer.token("admin", exp=int(time.time()) - 10),
    }
    counts = {"closed": 0, "read": 0, "refused": 0}
    for path, methods in sorted(document["paths"].items()):
        if not path.startswith("/api/") or path == "/api/openapi.json":
            continue
        concrete = re.sub(r"\{[^}]+\}", "unknown", path)
        for method, spec in methods.items():
            if method not in ("get", "post", "put", "patch", "delete"):
                continue
            verb = method.upper()
            for kind, token in bad.items() if counts["closed"] < 8 else [("none", None)]:
                status, _ = d.api.send(verb, concrete, {} if verb != "GET" else None, token)
                check(status == 401, f"{verb} {path} with a token {kind} answered {status}")
            counts["closed"] += 1
            if verb == "GET":
                status, answer = d.api.send("GET", concrete, token=d.tokens["admin"])
                # 502 and 503 are what the API says of a provider that has no key here.
                check(status < 500 or (status in (502, 503) and "type" in answer), f"GET {path} answered {status}: {answer}")
                check(status not in (401, 403), f"GET {path} as admin answered {status}")
                asked = [p for p in spec.get("parameters", []) if p.get("required")]
                if not asked and status not in (502, 503):
                    check(status == 200, f"GET {path}, which needs nothing, answered {status}: {answer}")
                counts["read"] += 1
            else:
                status, answer = d.api.send(verb, concrete, {}, d.tokens["viewer"])
                check(status < 500 and status != 401, f"{verb} {path} as viewer answered {status}: {answer}")
                counts["refused"] += status == 403
    nobody = d.issuer.token("nobody")
    check(d.api.send("GET", "/api/calls", token=nobody)[0] == 403, "a token without a role is refused")
    check(counts["closed"] > 90 and counts["refused"] > 40, f"too few routes were looked at: {counts}")
    say(f"routes: {counts['closed']} closed without a token, {counts['read']} read as admin, {counts['refused']} changes refused to a viewer")


def webhooks(d: Deployment) -> None:
    body = b'{"type":"post_call_transcription","data":{}}'
    status, _ = d.api.send("POST", "/webhooks/elevenlabs", body, headers={"elevenlabs-signature": "t=1,v0=00"})
    check(status == 401, f"a forged webhook answered {status}")
    status, _ = d.api.send("POST", "/webhooks/unknown", body)
    check(status == 404, f"a webhook of nobody answered {status}")
    status, _ = d.api.send("POST", "/tools/do-not-call", {"conversation_id": "c"})
    check(status == 401, f"a tool without its secret answered {status}")
    say("forged webhooks and tools are refused")


def upload(d: Deployment, name: str, numbers: list[str]) -> str:
    content = ("phone_number,name\n" + "".join(f"{n},Person {i}\n" for i, n in enumerate(numbers))).encode()
    made = d.do("POST", "/api/uploads", {"file_name": name, "bytes": len(content), "content_type": "text/csv"}, "operator")
    request = urllib.request.Request(made["put"]["url"], content, made["put"]["headers"], method="PUT")
    with urllib.request.urlopen(request, timeout=30) as answer:
        check(answer.status == 200, "the file is taken")
    path = f"/api/uploads/{made['upload']['upload_id']}"

    def ended():
        status, found = d.api.send("GET", path, token=d.tokens["viewer"])
        return found if status == 200 and found["status"] in ("completed", "failed") else None

    done = wait_for("the import", ended, 90)
    check(done["status"] == "completed" and done["counts"]["accepted"] == len(numbers), f"the import: {done}")
    return done["list_id"]


def campaign(d: Deployment, limit: int, people: int) -> None:
    """A campaign over an uploaded list; at no moment more calls than the limit, counted at the provider."""
    ask(f"{d.simulator}/sim/reset", "POST", {})
    d.do("PUT", "/api/queue/settings", {"concurrency_limit": limit})
    numbers = [f"+1415555{1000 + limit * 100 + i * 7 % 100 + 10:04}" for i in range(people)]
    numbers = [n[:-2] + f"{20 + i}" for i, n in enumerate(numbers)]  # the last digits say how people behave: these answer
    list_id = upload(d, f"people-{limit}.csv", numbers)
    agent = next(a for a in d.get("/api/agents")["items"] if a["provider"] == "elevenlabs")
    line = next(p for p in d.get("/api/phone-lines")["items"] if p.get("carrier") == "twilio" and p["provider"] == "elevenlabs")
    made = d.do("POST", "/api/campaigns", {
        "name": f"Limit {limit}", "agent_id": agent["agent_id"], "phone_line_id": line["phone_line_id"], "list_ids": [list_id],
        "start": "now", "ringing_timeout_secs": 30, "rules": {"calling_hours": ANY_HOUR},
        "retry": {"max_attempts": 1, "delay_secs": 5, "retry_on": []},
    })
    path = f"/api/campaigns/{made['campaign_id']}"

    def ended():
        found = d.api.send("GET", f"{path}/progress", token=d.tokens["viewer"])
        return found[1] if found[0] == 200 and found[1]["status"] in ("completed", "failed", "cancelled") else None

    begun = time.monotonic()
    done = wait_for(f"the campaign at limit {limit}", ended, 400, 1)
    took = time.monotonic() - begun
    ledger = ask(f"{d.simulator}/sim/ledger")
    peak, dials = ledger["peak_live"], ledger["dials_total"]
    check(done["status"] == "completed", f"the campaign: {done}")
    check(done["counts"]["total"] == people and done["finished"] == people, f"nobody is forgotten: {done}")
    check(dials == people, f"each person is dialled once: {dials} dials for {people}")
    check(1 <= peak <= limit, f"at most {limit} at one time, and there were {peak}")
    proof = d.get(f"{path}/proof")
    say(f"limit {limit}: {people} people, {dials} dials, at most {peak} at one time, {took:.0f} s; proof: {proof.get('holds', proof.get('verdict', '?'))}")


def dialers(d: Deployment, limit: int) -> None:
    """The scheduler brings reservation and mapping to what the limit needs."""
    functions_ = stack.client(d.aws, "lambda")
    room = limit + limit // 4 + 3

    def fits():
        mapping = functions_.get_event_source_mapping(UUID=d.resources["DialerMapping"])["ScalingConfig"]["MaximumConcurrency"]
        reserved = functions_.get_function_concurrency(FunctionName=d.resources["DialerFunction"]).get("ReservedConcurrentExecutions")
        return mapping == room == reserved

    wait_for(f"room for {room} dialers", fits, 130)


def logs(d: Deployment) -> dict[str, str]:
    """What each function wrote."""
    client = stack.client(d.aws, "logs")
    said = {}
    for group in client.describe_log_groups()["logGroups"]:
        name = group["logGroupName"]
        lines = []
        for page in client.get_paginator("filter_log_events").paginate(logGroupName=name):
            lines += [event["message"] for event in page["events"]]
        said[name] = "\n".join(lines)
    return said


def schedules(d: Deployment) -> None:
    """The event sender is asked by nobody but its schedule: there is no event target here, so there are no messages."""
    found = stack.client(d.aws, "scheduler").list_schedules()["Schedules"]
    check(len(found) == 4, f"{len(found)} schedules")

    def fired():
        said = (d.folder / "ministack.log").read_text(errors="replace")
        return f"environment spawned for {d.resources['EventSenderFunction']}" in said

    wait_for("the minute's schedule", fired, 130, 2)
    say("the schedules are there, and fire")


def restore(d: Deployment) -> None:
    """A table that was damaged is brought back from a copy, as docs/runbook.md has it."""
    dynamo = stack.client(d.aws, "dynamodb")
    table = d.resources["CallsTable"]
    said = dynamo.describe_table(TableName=table)["Table"]
    copy = f"{table}-restored"
    # Point-in-time recovery is AWS's; here the copy is made while everything is well.
    dynamo.create_table(TableName=copy, KeySchema=said["KeySchema"], BillingMode="PAY_PER_REQUEST", AttributeDefinitions=[
        {"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "sk", "AttributeType": "S"},
    ])
    before = {copy_table.key_of(i): i for i in copy_table.items(dynamo, table)}
    check(len(before) > 30, f"{len(before)} items are not worth restoring")
    copy_table.copy(dynamo, table, copy, False)
    for number, (pk, sk) in enumerate(sorted(before)):
        key = {"pk": {"S": pk}, "sk": {"S": sk}}
        if number % 3 == 0:
            dynamo.delete_item(TableName=table, Key=key)
        elif number % 3 == 1:
            dynamo.put_item(TableName=table, Item={**key, "damaged": {"BOOL": True}})
    dynamo.put_item(TableName=table, Item={"pk": {"S": "NEWER"}, "sk": {"S": "NEWER"}})
    written, deleted = copy_table.copy(dynamo, copy, table, True)
    after = {copy_table.key_of(i): i for i in copy_table.items(dynamo, table)}
    check(after == before and (written, deleted) == (len(before), 1), "the table is what it was")
    say(f"a damaged table of {len(before)} items was brought back")


def rights(d: Deployment) -> None:
    """No function was refused anything, while everything above was done with its role's rights alone."""
    refused = []
    for name, text in logs(d).items():
        refused += [f"{name}: {line[:400]}" for line in text.splitlines() if re.search(r"AccessDenied|not authorized to perform", line)]
    said = (d.folder / "ministack.log").read_text(errors="replace")
    refused += [line[:400] for line in said.splitlines() if re.search(r"AccessDenied|not authorized to perform", line)]
    check(not refused, "a function was refused what it asked for:\n  " + "\n  ".join(refused[:20]))
    say("no function was refused anything")


def main() -> None:
    binaries = Path(sys.argv[1]).resolve()
    folder = Path(tempfile.mkdtemp(prefix="check-deploy-"))
    d = None
    try:
        d = Deployment(binaries, folder)
        settings(d)
        nested(d)
        keys(d)
        every_route(d)
        webhooks(d)
        d.do("POST", "/api/agents/sync", {})
        d.get("/api/phone-lines")
        for limit, people in ((5, 14), (2, 6), (1, 3)):
            campaign(d, limit, people)
            dialers(d, limit)
        schedules(d)
        d.do("POST", "/api/queue/stop", {})
        restore(d)
        rights(d)
    except BaseException:
        for name, text in (logs(d) if d else {}).items():
            (folder / f"{name.replace('/', '_')}.log").write_text(text)
        print(f"check-deploy: everything that was written is in {folder}", file=sys.stderr)
        raise
    finally:
        machine.Program.stop_all()
    shutil.rmtree(folder, ignore_errors=True)
    say(f"all good: {checked} checks")


if __name__ == "__main__":
    main()
