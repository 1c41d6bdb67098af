"""The committed sample, which `shared/contacts/tests/agreement.rs` checks without Python.

No number in it can be a person's: it has Google's published examples, numbers reserved for fiction and
numbers that do not exist.
"""

import json
import random

import phonenumbers

import google
import plans
import spellings
from compared import compare

PATH = "tests/fixtures/numbers/agreement.jsonl"
LINES = 3_000


def _lines(read):
    rng, published, cells = random.Random(0), set(plans.published()), []
    while len(cells) < 4 * LINES:
        cell = spellings.any_cell(rng, rng.choice(plans.REGIONS))
        number = cell.number
        known = number.e164 in published or google.is_fictional(number.parsed)
        if known or not phonenumbers.is_valid_number(number.parsed):
            cells.append(cell)
    kept = []
    for cell, answer in zip(cells, read(cells), strict=True):
        e164, reason = compare(cell, answer).theirs
        if e164 and e164 not in published and not _is_fictional(e164):
            continue
        verdict = {"e164": e164} if e164 else {"reason": reason}
        kept.append(json.dumps({"raw": cell.raw, "region": cell.region, **verdict}))
    return [line + "\n" for line in kept[:LINES]]


def _is_fictional(e164):
    return google.is_fictional(phonenumbers.parse(e164))


def write(root, read):
    path = root / PATH
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(_lines(read)), encoding="utf-8")
    print(f"{path.relative_to(root)}: {path.stat().st_size:,} bytes")


def stale(root, read):
    path = root / PATH
    if path.exists() and path.read_text(encoding="utf-8") == "".join(_lines(read)):
        return []
    return [f"{PATH} is stale: look at the differences, then run `make agreement AGREEMENT=--write-sample`."]
