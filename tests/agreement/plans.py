"""Numbers of every numbering plan, by its metadata: published, random, one digit off, unassigned."""

import re._constants as sre
import re._parser as sre_parser
from typing import NamedTuple

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumberType

# Regions that the table names and that get four times the numbers of the others.
NAMED = """US CA GB IE FR DE AT CH BE NL LU IT ES PT DK SE NO FI IS PL CZ SK HU RO BG GR TR RU UA IL
AE SA EG MA ZA NG KE IN PK BD CN JP KR TW HK SG MY TH VN PH ID AU NZ BR AR MX CL CO PE DO PR""".split()
REGIONS = NAMED + sorted(set(phonenumbers.SUPPORTED_REGIONS) - set(NAMED))
WEIGHTS = [4 if region in NAMED else 1 for region in REGIONS]

TYPES = [PhoneNumberType.to_string(kind).lower() for kind in PhoneNumberType.values()]
TYPES = [kind for kind in TYPES if kind not in ("unknown", "fixed_line_or_mobile")]


class Number(NamedTuple):
    """One number, as its owner would say it, before anybody writes it down."""

    region: str
    kind: str  # where the digits come from
    parsed: phonenumbers.PhoneNumber

    @property
    def country(self):
        return str(self.parsed.country_code)

    @property
    def digits(self):
        """The national digits without trunk prefix."""
        return phonenumbers.national_significant_number(self.parsed)

    @property
    def e164(self):
        return f"+{self.country}{self.digits}"


def number(region, kind, digits):
    zeros = len(digits) - len(digits.lstrip("0"))
    parsed = phonenumbers.PhoneNumber(
        country_code=phonenumbers.country_code_for_region(region), national_number=int(digits or "0")
    )
    if zeros:
        parsed.italian_leading_zero = True
        parsed.number_of_leading_zeros = min(zeros, len(digits) - 1) or None
    return Number(region, kind, parsed)


def any_number(rng, region):
    """A number of this region: two of three exist, by the metadata."""
    kind = rng.choices(
        ["published", "pattern", "digit missing", "digit more", "digit changed", "unassigned", "short", "fictional"],
        [12, 52, 8, 8, 8, 8, 2, 2],
    )[0]
    plan = PhoneMetadata.metadata_for_region(region)
    if kind == "fictional":
        if plan.country_code == 1:
            return number(region, kind, f"{rng.randint(200, 999)}5550{rng.randint(80, 215):03}")
        kind = "pattern"
    if kind == "short":
        return number(region, kind, str(rng.randint(1, 10 ** rng.randint(2, 6))))
    length = rng.choice([n for n in plan.general_desc.possible_length if n > 0])
    if kind == "unassigned":
        return number(region, kind, "".join(rng.choice("0123456789") for _ in range(length)))
    described = [(t, d) for t in TYPES if (d := getattr(plan, t, None)) and d.national_number_pattern]
    name, description = rng.choice(described)
    if kind == "published" and description.example_number:
        return number(region, f"published {name}", description.example_number)
    digits = from_pattern(rng, description.national_number_pattern)
    at = rng.randrange(len(digits))
    if kind == "digit missing":
        digits = digits[:at] + digits[at + 1 :]
    elif kind == "digit more":
        digits = digits[:at] + rng.choice("0123456789") + digits[at:]
    elif kind == "digit changed":
        digits = digits[:at] + rng.choice("0123456789") + digits[at + 1 :]
    else:
        kind = f"pattern {name}"
    return number(region, kind, digits)


def from_pattern(rng, pattern):
    """Digits that the regular expression of a plan matches."""
    return "".join(_written(rng, sre_parser.parse(pattern)))


def _written(rng, nodes):
    for what, value in nodes:
        if what is sre.LITERAL:
            yield chr(value)
        elif what is sre.IN:
            yield rng.choice("".join(_members(value)))
        elif what is sre.MAX_REPEAT:
            low, high, inner = value
            for _ in range(rng.randint(low, min(high, low + 12))):
                yield from _written(rng, inner)
        elif what is sre.SUBPATTERN:
            yield from _written(rng, value[3])
        elif what is sre.BRANCH:
            yield from _written(rng, rng.choice(value[1]))
        else:
            raise ValueError(f"a pattern with {what}")


def _members(items):
    for what, value in items:
        if what is sre.LITERAL:
            yield chr(value)
        elif what is sre.RANGE:
            yield from map(chr, range(value[0], value[1] + 1))
        else:
            yield "0123456789"  # \d


def regions(rng, count):
    return rng.choices(REGIONS, WEIGHTS, k=count)


def published():
    """Google's example numbers, in E.164: they show the plan and are nobody's in particular."""
    for region in REGIONS:
        plan = PhoneMetadata.metadata_for_region(region)
        for kind in TYPES:
            description = getattr(plan, kind, None)
            if description and description.example_number:
                yield number(region, kind, description.example_number).e164
