"""The workflows: what they run is there, with no more rights than it needs."""

import re
import unittest

import yaml

from template import ROOT

FOLDER = ROOT / ".github/workflows"
WORKFLOWS = {path.name: yaml.safe_load(path.read_text()) for path in FOLDER.glob("*.yml")}
TARGETS = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.M))


def jobs():
    for name, workflow in WORKFLOWS.items():
        for job, spec in workflow["jobs"].items():
            yield f"{name}: {job}", workflow, spec


def steps():
    for place, _, job in jobs():
        for step in job.get("steps", []):
            yield place, step


class Workflows(unittest.TestCase):
    def test_what_they_run_is_there(self):
        ran = set()
        for place, step in steps():
            for target in re.findall(r"\bmake ([\w-]+)", step.get("run", "")):
                self.assertIn(target, TARGETS, place)
                ran.add(target)
            for script in re.findall(r"(?<![\w/])(\.?[\w-]+/[\w./-]+\.(?:sh|py)|\.ci/run)\b", step.get("run", "")):
                self.assertTrue((ROOT / script).exists(), f"{place}: {script}")
        self.assertLessEqual({"check-deploy", "second-engine", "functions-check", "supply-chain", "deploy"}, ran)

    def test_what_the_makefile_runs_is_there(self):
        scripts = re.findall(r"(?<![\w/$)}])((?:infra|tests|site)/[\w./-]+\.(?:sh|py))\b", (ROOT / "Makefile").read_text())
        self.assertGreaterEqual(len(scripts), 5)
        for script in scripts:
            self.assertTrue((ROOT / script).exists(), script)

    def test_everything_that_make_test_does_runs_in_ci(self):
        self.assertTrue(any(step.get("run") == ".ci/run" for _, step in steps()))
        self.assertIn("make test", (ROOT / ".ci/run").read_text())

    def test_nobody_has_more_rights_than_needed(self):
        for place, workflow, job in jobs():
            rights = job.get("permissions", workflow.get("permissions"))
            self.assertIsInstance(rights, dict, f"{place} names its rights")
            allowed = {"contents": "read"} | ({"id-token": "write"} if job.get("environment") else {})
            self.assertLessEqual(set(rights.items()), set(allowed.items()), place)

    def test_every_job_ends(self):
        for place, _, job in jobs():
            self.assertTrue("uses" in job or 0 < job["timeout-minutes"] <= 120, place)

    def test_actions_have_a_version_and_leave_no_token_behind(self):
        for place, step in steps():
            if "uses" in step:
                self.assertRegex(step["uses"], r"^(actions|aws-actions)/[\w-]+@v\d+$", place)
            if step.get("uses", "").startswith("actions/checkout@"):
                self.assertIs(step["with"]["persist-credentials"], False, place)

    def test_no_secret_is_stored(self):
        for name in WORKFLOWS:
            self.assertNotIn("secrets.", (FOLDER / name).read_text(), name)

    def test_text_of_others_never_reaches_a_shell(self):
        for place, step in steps():
            for expression in re.findall(r"\$\{\{\s*(.+?)\s*\}\}", step.get("run", "")):
                self.assertRegex(expression, r"^matrix\.\w+$", f"{place}: pass it by `env`")

    def test_jobs_wait_for_jobs_that_are_there(self):
        for _, workflow, job in jobs():
            needed = job.get("needs", [])
            for other in [needed] if isinstance(needed, str) else needed:
                self.assertIn(other, workflow["jobs"])
            if job.get("uses", "").startswith("./"):
                called = yaml.safe_load((ROOT / job["uses"]).read_text())
                # YAML 1.1 reads the key `on` as true.
                self.assertIn("workflow_call", called.get("on", called.get(True)))


if __name__ == "__main__":
    unittest.main()
