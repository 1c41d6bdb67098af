"""Links lead somewhere, and what pages quote is what the program says."""

import re
import unittest
from functools import cache
from pathlib import Path

from pages import ROOT, anchors, links, pages, prose

GUIDE = ROOT / "docs/guide"
TROUBLESHOOTING = ROOT / "docs/troubleshooting.md"
# What others say: Twilio to callers.
NOT_OUR_WORDS = {"an application error has occurred"}


def plain(text: str) -> str:
    text = text.replace("’", "'").replace("\\u{201c}", "").replace("\\u{201d}", "").replace("\\\n", " ").replace("`", "")
    return re.sub(r"\s+", " ", text)


@cache
def sources(*where: str) -> str:
    files = [p for pattern in where for p in sorted(ROOT.glob(pattern)) if p.name != "schema.ts" and "node_modules" not in p.parts]
    return plain("\n".join(p.read_text() for p in files))


class Pages(unittest.TestCase):
    def test_every_link_leads_to_a_file_and_to_a_heading_of_it(self):
        broken = []
        for page in pages():
            for link in links(page):
                if "://" in link or link.startswith("mailto:"):
                    continue
                path, _, anchor = link.partition("#")
                target = (page.parent / path).resolve() if path else page
                where = f"{page.relative_to(ROOT)}: {link}"
                if not target.exists():
                    broken.append(where)
                elif anchor and target.suffix == ".md" and anchor not in anchors(target):
                    broken.append(f"{where} (no such heading)")
        self.assertEqual(broken, [])

    def test_the_guide_has_every_page_in_its_list(self):
        listed = {link for link in links(GUIDE / "README.md")}
        self.assertEqual({p.name for p in GUIDE.glob("*.md")} - {"README.md"} - listed, set())

    def test_every_page_of_the_guide_shows_what_it_is_about(self):
        without = {"first-campaign.md", "roles.md"}
        for page in GUIDE.glob("*.md"):
            pictures = [link for link in links(page) if link.endswith(".png")]
            self.assertTrue(1 <= len(pictures) <= 3 or page.name in without, f"{page.name}: {pictures}")

    def test_words_in_italics_are_words_of_the_site(self):
        # What may be done about a thing that needs attention is worded by the API.
        site = sources("site/src/**/*.ts", "site/src/**/*.tsx", "functions/admin-api/src/routes/attention/*.rs")
        wrong = []
        for page in [*GUIDE.glob("*.md"), TROUBLESHOOTING]:
            for words in re.findall(r"(?<![*\w])\*([^*\n]{2,80})\*(?![*\w])", plain(prose(page))):
                wrong += [f"{page.name}: {part}" for part in words.split(" → ") if part.lower() not in site.lower()]
        self.assertEqual(wrong, [])

    def test_what_troubleshooting_quotes_is_what_the_program_says(self):
        said = sources("site/src/**/*.ts*", "shared/*/src/**/*.rs", "functions/*/src/**/*.rs", "infra/**/*.rs", "infra/deploy.sh", "Makefile")
        wrong = []
        for quoted in re.findall(r'"([^"\n]+)"', plain(prose(TROUBLESHOOTING))):
            if quoted in NOT_OUR_WORDS:
                continue
            for part in re.split(r"…", quoted):
                words = part.strip(" .:;,")
                if len(words) > 3 and words not in said:
                    wrong.append(words)
        self.assertEqual(wrong, [])

    def test_every_kind_of_refusal_is_explained(self):
        code = (ROOT / "shared/service/src/problem/code.rs").read_text()
        kinds = set(re.findall(r'=> "([a-z-]+)",', code))
        self.assertGreater(len(kinds), 10)
        self.assertEqual(kinds, set(re.findall(r"`/problems/([a-z-]+)`", TROUBLESHOOTING.read_text())))


if __name__ == "__main__":
    unittest.main()
