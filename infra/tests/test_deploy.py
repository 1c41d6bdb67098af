"""`infra/deploy.sh`, with tools that only write down what they are asked."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from template import ROOT, read

OUTPUTS = {
    "SiteUrl": "https://d1.cloudfront.net", "SiteBucketName": "site-bucket", "SiteDistributionId": "E1", "ApiUrl": "https://a1.execute-api.eu-west-1.amazonaws.com",
    "OpenaiWebhookUrl": "https://a1/webhooks/openai", "TwilioVoiceUrl": "https://a1/webhooks/twilio/voice",
    "LiveUrl": "wss://b2.execute-api.eu-west-1.amazonaws.com/live",
    "SignInIssuer": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_A", "SignInClientId": "client1",
    "SignInHost": "switchboard-1.auth.eu-west-1.amazoncognito.com", "UserPoolId": "eu-west-1_A", "DataBucketName": "data-bucket",
    "ElevenlabsWebhookUrl": "https://a1/webhooks/elevenlabs", "UltravoxWebhookUrl": "https://a1/webhooks/ultravox", "DoNotCallToolUrl": "https://a1/tools/do-not-call",
}
STUB = """#!/usr/bin/env python3
import json, os, re, shutil, sys
name, args = os.path.basename(sys.argv[0]), sys.argv[1:]
with open(os.environ["ASKED"], "a") as f: f.write(json.dumps([name, *args]) + "\\n")
said = " ".join(args)
if name == "aws":
    if "get-caller-identity" in said: print("111122223333")
    if "get-account-settings" in said: print(os.environ.get("ACCOUNT_LIMIT", "1000"))
    if "describe-stacks" in said:
        key = re.search(r"OutputKey=='(\\w+)'", said)[1]
        print(json.loads(os.environ["OUTPUTS"]).get(key, "None"))
    if "list-object-versions" in said:
        mark = os.environ["ASKED"] + ".emptied"
        print("{}" if os.path.exists(mark) else json.dumps({"Versions": [{"Key": "a", "VersionId": "1"}]})); open(mark, "w")
    if "delete-objects" in said: print("{}")
    if args[:2] == ["s3", "cp"]: shutil.copy(args[2], os.environ["KEPT"])
if name == "make": pass
"""


class Deploy(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        here = Path(self.folder.name)
        (here / "bin").mkdir()
        for name in ("aws", "sam", "cargo", "cargo-lambda", "npm", "make"):
            stub = here / "bin" / name
            stub.write_text(STUB.replace("PYTHON", sys.executable))
            stub.chmod(0o755)
        # This Python, and none that puts other folders in front of ours.
        python = here / "bin/python3"
        python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
        python.chmod(0o755)
        # The script goes to the folder above its own: it works on a copy, with a site as a build leaves it.
        work = here / "work"
        (work / "infra").mkdir(parents=True)
        for name in ("deploy.sh", "site_config.py", "empty_bucket.py"):
            (work / "infra" / name).write_bytes((ROOT / "infra" / name).read_bytes())
        (work / "site/dist/assets").mkdir(parents=True)
        for name in ("index.html", "api-docs.html"):
            (work / "site/dist" / name).write_text("<!doctype html>\n<html><head><title>x</title></head></html>\n")
        for name in ("assets/app.js", "assets/app.js.br", "assets/app.js.map", "icon.svg"):
            (work / "site/dist" / name).write_text("x")
        self.work, self.here = work, here

    def tearDown(self):
        self.folder.cleanup()

    def run_script(self, what: str, **more: str) -> tuple[int, str, list[list[str]]]:
        kept = self.here / "kept"
        kept.mkdir(exist_ok=True)
        asked = self.here / "asked"
        environment = {
            "PATH": f"{self.here / 'bin'}:{os.environ['PATH']}", "ASKED": str(asked), "KEPT": str(kept), "HOME": self.folder.name,
            "OUTPUTS": json.dumps(OUTPUTS), "AWS_REGION": "eu-west-1", "YES": "1", **more,
        }
        done = subprocess.run(["bash", "infra/deploy.sh", what], cwd=self.work, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        lines = [json.loads(line) for line in asked.read_text().splitlines()] if asked.exists() else []
        return done.returncode, done.stdout + done.stderr, lines

    def test_a_deploy_builds_deploys_uploads_the_site_and_says_what_to_paste_where(self):
        code, said, asked = self.run_script("deploy", PARAMETERS="AlarmEmail=ops@example.com ConcurrencyLimit=10")
        self.assertEqual(code, 0, said)
        order = [" ".join(a[:3]) for a in asked if a[0] in ("sam", "make") or a[:2] == ["aws", "s3"]]
        self.assertEqual([o.split()[1] for o in order], ["build", "deploy", "site", "s3", "s3", "s3", "s3"])
        deploy = next(a for a in asked if a[:2] == ["sam", "deploy"])
        for word in ("Architecture=arm64", "AlarmEmail=ops@example.com", "ConcurrencyLimit=10", "CAPABILITY_AUTO_EXPAND", "--no-confirm-changeset"):
            self.assertIn(word, deploy)
        known = set(read()["Parameters"])
        for word in deploy[deploy.index("--parameter-overrides") + 1 : deploy.index("--tags")]:
            self.assertIn(word.split("=")[0], known)
        for output in ("SiteUrl", "ApiUrl", "ElevenlabsWebhookUrl", "UltravoxWebhookUrl", "OpenaiWebhookUrl", "TwilioVoiceUrl", "DoNotCallToolUrl"):
            self.assertIn(OUTPUTS[output], said)
        self.assertIn("make invite", said)
        self.assertTrue(any("create-invalidation" in a for a in asked))

    def test_the_page_is_uploaded_last_and_knows_its_hosts_exactly(self):
        _, said, asked = self.run_script("deploy")
        uploads = [a for a in asked if a[:2] == ["aws", "s3"]]
        self.assertIn("immutable", " ".join(uploads[0]))
        self.assertTrue(uploads[-1][3].endswith("/index.html"))
        self.assertIn("no-cache", uploads[-1])
        page = (self.here / "kept/index.html").read_text()
        policy = page.split('content="')[1].split('"')[0]
        self.assertTrue(policy.startswith("connect-src 'self' https://a1.execute-api.eu-west-1.amazonaws.com "), policy)
        self.assertIn(" wss://b2.execute-api.eu-west-1.amazonaws.com ", policy)
        self.assertNotIn("*", policy)
        config = json.loads((self.here / "kept/config.json").read_text())
        self.assertEqual(config["client_id"], "client1")
        self.assertEqual(config["logout_url"], "https://switchboard-1.auth.eu-west-1.amazoncognito.com/logout")
        for field in ("api_url", "issuer", "client_id", "scope", "environment"):
            self.assertIn(field, config)

    def test_a_site_that_is_hosted_elsewhere_is_left_in_a_folder(self):
        outputs = {k: v for k, v in OUTPUTS.items() if k not in ("SiteBucketName", "SiteDistributionId")}
        code, said, asked = self.run_script("deploy", OUTPUTS=json.dumps(outputs))
        self.assertEqual(code, 0, said)
        self.assertFalse([a for a in asked if a[:2] == ["aws", "s3"]])
        left = {p.name for p in (self.work / "target/site").rglob("*") if p.is_file()}
        self.assertEqual(left, {"index.html", "api-docs.html", "config.json", "app.js", "icon.svg"})
        for name in ("index.html", "api-docs.html"):
            self.assertEqual((self.work / "target/site" / name).read_text().count("connect-src 'self' https://a1.execute-api"), 1, name)

    def test_other_processors_can_be_had(self):
        _, _, asked = self.run_script("deploy", ARCH="x86-64")
        for what in ("build", "deploy"):
            self.assertIn("Architecture=x86_64", next(a for a in asked if a[:2] == ["sam", what]))
        code, said, _ = self.run_script("deploy", ARCH="mips")
        self.assertEqual((code, "take arm64 or x86_64" in said), (1, True))

    def test_a_small_account_is_told_what_to_do_before_anything_is_built(self):
        code, said, asked = self.run_script("deploy", ACCOUNT_LIMIT="10")
        self.assertEqual(code, 1)
        self.assertIn("ReserveConcurrency=false", said)
        self.assertFalse([a for a in asked if a[0] == "sam"])
        small = "ConcurrencyLimit=2 ReserveConcurrency=false SenderConcurrency=2"
        self.assertIn(small, said)
        self.assertEqual(self.run_script("deploy", ACCOUNT_LIMIT="10", PARAMETERS=small)[0], 0)

    def test_names_and_regions_that_cannot_be_are_refused(self):
        for more, word in (
            ({"STACK": "Switchboard"}, "small letters"), ({"STACK": "a" * 29}, "28"), ({"STACK": "my-aws-calls"}, "sign-in page"),
            ({"AWS_REGION": ""}, "AWS_REGION"),
        ):
            code, said, _ = self.run_script("deploy", **more)
            self.assertEqual((code, word in said), (1, True), said)

    def test_nothing_is_removed_unless_the_name_is_typed(self):
        code, said, asked = self.run_script("destroy", YES="")
        self.assertEqual(code, 1, said)
        self.assertFalse([a for a in asked if "delete-stack" in a])

    def test_a_removal_names_what_stays(self):
        code, said, asked = self.run_script("destroy")
        self.assertEqual(code, 0, said)
        self.assertTrue([a for a in asked if "delete-stack" in a])
        deleted = [a[a.index("--bucket") + 1] for a in asked if "delete-bucket" in a]
        self.assertEqual(deleted, ["site-bucket"], "never the bucket of recordings")
        self.assertIn("What stays", said)

    def test_people_are_invited_with_a_role_that_there_is(self):
        code, said, asked = self.run_script("invite", EMAIL="a@example.com", ROLE="operator")
        self.assertEqual(code, 0, said)
        self.assertIn("operator", next(a for a in asked if "admin-add-user-to-group" in a))
        self.assertEqual(self.run_script("invite", EMAIL="a@example.com", ROLE="king")[0], 1)
        self.assertEqual(self.run_script("invite", EMAIL="nobody")[0], 1)


if __name__ == "__main__":
    unittest.main()
