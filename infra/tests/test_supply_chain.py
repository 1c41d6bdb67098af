"""What deny.toml says of licences, bans and sources, held against the locked dependencies, and the same of the site's
packages: the parts of `cargo deny` and `npm audit` that need no download, so that they are known before CI."""

import json
import re
import subprocess
import tomllib
import unittest

from template import ROOT

RULES = tomllib.loads((ROOT / "deny.toml").read_text())


def packages() -> list[dict]:
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--manifest-path", str(ROOT / "Cargo.toml")]
    for target in RULES["graph"]["targets"]:
        command += ["--filter-platform", target]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    if done.returncode:
        raise AssertionError(f"cargo metadata: {done.stderr[-300:]}")
    return json.loads(done.stdout)["packages"]


def allowed(expression: str, allow: set[str]) -> bool:
    """Whether an SPDX expression can be met with these licences."""
    words = re.findall(r"\(|\)|[^\s()]+", expression.replace(" / ", " OR ").replace("/", " OR "))
    joined: list[str] = []
    for word in words:
        if joined and (word == "WITH" or joined[-1].endswith(" WITH")):
            joined[-1] += f" {word}"
        else:
            joined.append(word)

    def either() -> bool:
        value = both()
        while joined and joined[0] == "OR":
            joined.pop(0)
            value = both() or value
        return value

    def both() -> bool:
        value = one()
        while joined and joined[0] == "AND":
            joined.pop(0)
            value = one() and value
        return value

    def one() -> bool:
        word = joined.pop(0)
        if word == "(":
            value = either()
            joined.pop(0)
            return value
        return word in allow

    return either()


# What reaches people's browsers, and what only builds and tests the site.
SHIPPED = {"MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "0BSD", "Unlicense"}
BUILDING = SHIPPED | {"BlueOak-1.0.0", "CC-BY-4.0", "MPL-2.0", "Python-2.0"}
# Packages that run a program when they are installed: one that fetches its own compiled part.
RUN_AT_INSTALL = {"node_modules/esbuild"}
# Of Lighthouse, which only measures. Its entry names no licence; the file in it is BSD-3-Clause.
WITHOUT_LICENCE = {"node_modules/parse-cache-control"}


class SitePackages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        locked = json.loads((ROOT / "site/package-lock.json").read_text())["packages"]
        cls.own = locked.pop("")
        cls.packages = locked

    def test_every_licence_is_one_that_is_allowed(self):
        self.assertGreater(len(self.packages), 100)
        for name, package in self.packages.items():
            if name not in WITHOUT_LICENCE:
                allow = BUILDING if package.get("dev") or package.get("devOptional") else SHIPPED
                self.assertTrue(allowed(package.get("license") or "none", allow), f"{name}: {package.get('license')}")

    def test_every_package_is_held_to_what_was_locked(self):
        for name, package in self.packages.items():
            self.assertTrue(package.get("integrity", "").startswith("sha512-"), name)
            self.assertTrue(package.get("resolved", "https://registry.npmjs.org/").startswith("https://registry.npmjs.org/"), name)

    def test_no_package_runs_a_program_when_it_is_installed_but_those_that_must(self):
        found = {name for name, package in self.packages.items() if package.get("hasInstallScript")}
        self.assertEqual(found, RUN_AT_INSTALL)

    def test_the_site_asks_for_exact_versions(self):
        asked = {**self.own.get("dependencies", {}), **self.own.get("devDependencies", {})}
        for name, version in asked.items():
            self.assertEqual(version, self.packages[f"node_modules/{name}"]["version"], name)


class SupplyChain(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.packages = packages()
        cls.foreign = [p for p in cls.packages if p["source"]]

    def test_every_licence_is_one_that_is_allowed(self):
        allow = set(RULES["licenses"]["allow"])
        self.assertGreater(len(self.foreign), 100)
        for package in self.foreign:
            self.assertTrue(allowed(package["license"] or "none", allow), f"{package['name']} {package['version']}: {package['license']}")

    def test_everything_comes_from_where_it_may(self):
        known = {f"registry+{r}" for r in RULES["sources"]["allow-registry"]}
        for package in self.foreign:
            self.assertIn(package["source"], known, package["name"])

    def test_nothing_that_is_banned_is_there(self):
        banned = {d["crate"] for d in RULES["bans"]["deny"]}
        self.assertFalse(banned & {p["name"] for p in self.packages})

    def test_expressions_are_read_as_spdx_means_them(self):
        allow = {"MIT", "ISC", "Apache-2.0 WITH LLVM-exception"}
        for expression, good in (
            ("MIT OR GPL-3.0", True), ("MIT AND GPL-3.0", False), ("ISC AND (GPL-3.0 OR MIT)", True), ("MIT/GPL-2.0", True),
            ("Apache-2.0 WITH LLVM-exception", True), ("GPL-3.0", False), ("MIT OR GPL-3.0 AND ISC", True), ("(GPL-3.0)", False),
        ):
            self.assertEqual(allowed(expression, allow), good, expression)


if __name__ == "__main__":
    unittest.main()
