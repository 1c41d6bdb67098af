"""`make lint-infra`: everything that can be said of the templates without an account.

1. cfn-lint, with SAM's own translation, without an error or a warning.
2. The translation again, on its own, with the defaults and with every optional part switched on.
3. Our tests: rights against the sources, and what linters do not look at.
4. checkov over the translated template and the nested ones. What it finds and we waive is in WAIVED, each with its
   reason; a waiver that nothing needs any more is an error too.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from template import NESTED, ROOT, translate

HERE = Path(__file__).parent
EVERYTHING = {
    "SiteDomain": "calls.example.com",
    "SiteCertificateArn": "arn:aws:acm:us-east-1:111122223333:certificate/a",
    "ApiDomain": "api.example.com",
    "ApiCertificateArn": "arn:aws:acm:eu-west-1:111122223333:certificate/b",
    "HostedZoneId": "Z1",
    "AlarmEmail": "ops@example.com",
    "FirstAdminEmail": "ops@example.com",
    "RecordingRetentionDays": "365",
    "Rollout": "Canary10Percent5Minutes",
}
FOREIGN = {"OidcIssuer": "https://issuer.example.com", "SiteOrigin": "https://calls.example.com", "ReserveConcurrency": "false"}

# check: (resources, reason)
WAIVED = {
    "CKV_AWS_18": (r"DataBucket|SiteBucket", "Access logs of S3 would be a second place with names of files, and cost; who may read is in six roles, and CloudTrail data events can be switched on for an account that wants them."),
    "CKV_AWS_26": (r"AlarmTopic", "AWS's own key of SNS does not let CloudWatch alarms publish, and a key of ours costs a dollar a month; alarm texts have no personal data."),
    "CKV_AWS_27": (r"\w+Queue", "Encrypted by SqsManagedSseEnabled, which this check does not know; messages have ids only."),
    "CKV_AWS_86": (r"Distribution", "The site is static and public; requests of people are logged at the API."),
    "CKV_AWS_95": (r"LiveStage", "A log of a WebSocket API needs a role that is set for a whole account, which is not one stack's to set; its addresses have tickets in them, and the function has a log."),
    "CKV_AWS_115": (r"\w+Function", "Reservations take from the account's concurrency, and many accounts have little; only calls in progress need a ceiling, and mappings limit the others that could grow."),
    "CKV_AWS_116": (r"\w+Function", "What fails asynchronously goes to the on-failure queue of EventInvokeConfig, which tells more than a dead-letter queue; what comes by schedule is done again by the next one; the rest is synchronous."),
    "CKV_AWS_117": (r"\w+Function", "A VPC protects what is inside it; there is nothing. It would need NAT for the providers, and end points for AWS."),
    "CKV_AWS_119": (r"\w+Table", "Encrypted with AWS's managed key; a key of ours can be added by whoever must revoke it."),
    "CKV_AWS_149": (r"\w+Secret", "Encrypted with AWS's managed key; read only within this account."),
    "CKV_AWS_158": (r"\w+Logs", "Encrypted by CloudWatch itself; numbers are masked, secrets are not logged."),
    "CKV_AWS_173": (r"\w+Function", "Environment variables are names and addresses, never secrets; Lambda encrypts them at rest."),
    "CKV_AWS_174": (r"Distribution", "TLS 1.2 is required as soon as the site has a domain; CloudFront's own certificate does not let a minimum be chosen."),
}


def say(text: str) -> None:
    print(f"lint-infra: {text}", flush=True)


def cfn_lint() -> bool:
    files = [str(ROOT / path) for path in ("template.yaml", "infra/github-role.yaml", *NESTED.values())]
    program = Path(sys.executable).with_name("cfn-lint")
    done = subprocess.run([program, "--format", "pretty", *files], cwd=ROOT)
    say(f"cfn-lint: {'nothing' if done.returncode == 0 else 'see above'} in {len(files)} templates")
    return done.returncode == 0


def translations() -> bool:
    for values in ({}, EVERYTHING, FOREIGN, {"Architecture": "x86_64"}):
        resources = translate(**values)["Resources"]
        say(f"translated with {', '.join(values) or 'the defaults'}: {len(resources)} resources")
        if len(resources) < 70:
            return False
        # CloudFormation takes 500 resources in a template, and bodies of 1 MB.
    return True


def own_tests() -> bool:
    suite = unittest.defaultTestLoader.loadTestsFromNames(["test_audit", "test_rights", "test_policies", "test_deploy", "test_recovery", "test_supply_chain", "test_workflows"])
    result = unittest.TextTestRunner(verbosity=0, buffer=True).run(suite)
    say(f"our tests: {result.testsRun} run, {len(result.failures) + len(result.errors)} failed")
    return result.wasSuccessful() and result.testsRun > 40


def checkov(program: str) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "template.json").write_text(json.dumps(translate(), default=str))
        for path in NESTED.values():
            shutil.copy(ROOT / path, folder)
        command = [program, "-d", folder, "--framework", "cloudformation", "--output", "json", "--compact", "--quiet", "--soft-fail", "--skip-download"]
        done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "LOG_LEVEL": "ERROR"})
    try:
        report = json.loads(done.stdout)
    except json.JSONDecodeError:
        print(done.stdout, done.stderr, file=sys.stderr)
        say("checkov: did not answer")
        return False
    reports = report if isinstance(report, list) else [report]
    passed = sum(r["summary"]["passed"] for r in reports)
    good, used = passed > 100, set()
    for failed in (f for r in reports for f in r["results"]["failed_checks"]):
        check, resource = failed["check_id"], failed["resource"].split(".")[-1]
        which, _ = WAIVED.get(check, ("(?!)", ""))
        if re.fullmatch(which, resource):
            used.add(check)
        else:
            good = False
            say(f"checkov: {check} {failed['check_name']}: {resource}. Mend it, or add it to WAIVED with the reason.")
    for check in sorted(set(WAIVED) - used):
        good = False
        say(f"checkov: {check} is waived, and nothing needs it: take it out of WAIVED")
    say(f"checkov: {passed} checks passed, {len(used)} kinds waived with their reasons in infra/tests/lint.py")
    return good


def main() -> None:
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    steps = [cfn_lint, translations, own_tests, lambda: checkov(sys.argv[1])]
    results = [step() for step in steps]
    if not all(results):
        raise SystemExit("lint-infra: failed")
    say("all good")


if __name__ == "__main__":
    main()
