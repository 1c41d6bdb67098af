#!/usr/bin/env python3
"""Makes zones.txt and places.txt from libphonenumber's data.

Run it with the Python package `phonenumbers` (Apache-2.0) installed, whenever that package has new data:

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install phonenumbers
    /tmp/venv/bin/python make_zones.py

Two things are done to the data on the way:

* A mobile or other non-geographic range says nothing about where its owner lives, so it gets every zone of its
  country, as libphonenumber's own look-up does (`isNumberGeographical`).
* libphonenumber writes one zone for several that agreed when it was made. Where the one it writes no longer
  agrees with the clock of the place, CORRECTIONS and ADDITIONS say what the place really has.
"""

import pathlib
import random
from importlib.metadata import version

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumber, PhoneNumberType
from phonenumbers.geodata import GEOCODE_DATA
from phonenumbers.tzdata import TIMEZONE_DATA

HERE = pathlib.Path(__file__).parent
NANP = "1"

# Mobile numbers of these carry an area code: Mexico, Argentina, Brazil, Indonesia.
GEOGRAPHIC_MOBILES = {"52", "54", "55", "62"}

# Prefix of the numbers, the zone in the source, the zone of the place.
CORRECTIONS = [
    ("7", "Europe/Bucharest", ["Europe/Kaliningrad"]),  # no summer time since 2011
    ("211", "Africa/Nairobi", ["Africa/Juba"]),  # UTC+2 since 2021
    ("212", "Atlantic/Canary", ["Africa/Casablanca"]),  # UTC+1, in Ramadan UTC
    ("213", "Europe/Paris", ["Africa/Algiers"]),  # no summer time
    ("218", "Europe/Bucharest", ["Africa/Tripoli"]),  # no summer time
    ("505", "America/Chicago", ["America/Managua"]),  # no summer time
    ("970", "Europe/Bucharest", ["Asia/Gaza", "Asia/Hebron"]),  # its own dates of summer time
    # The same clock, but a decision should name the country's own zone.
    ("231", "Atlantic/Reykjavik", ["Africa/Monrovia"]),
    ("245", "Atlantic/Reykjavik", ["Africa/Bissau"]),
    ("353", "Europe/Guernsey", []),
    ("353", "Europe/Isle_of_Man", []),
    ("353", "Europe/London", ["Europe/Dublin"]),
    ("370", "Europe/Bucharest", ["Europe/Vilnius"]),
    ("371", "Europe/Bucharest", ["Europe/Riga"]),
    ("372", "Europe/Bucharest", ["Europe/Tallinn"]),
    ("375", "Europe/Moscow", ["Europe/Minsk"]),
    ("850", "Asia/Seoul", ["Asia/Pyongyang"]),
    ("853", "Asia/Shanghai", ["Asia/Macau"]),
]

# Prefix of the numbers, a zone that its entries have, zones to add beside it.
ADDITIONS = [
    ("56", "America/Santiago", ["America/Coyhaique", "America/Punta_Arenas", "Pacific/Easter"]),
    ("617", "Australia/Sydney", ["Australia/Brisbane"]),  # Queensland keeps no summer time
    ("61", "Australia/Adelaide", ["Australia/Darwin"]),  # neither does the Northern Territory
    ("675", "Pacific/Port_Moresby", ["Pacific/Bougainville"]),
]

# Area codes within the countries of ADDITIONS that tell more: Santiago, Punta Arenas, Coyhaique.
AREAS = {
    "562": ("America/Santiago",),
    "5661": ("America/Punta_Arenas",),
    "5667": ("America/Coyhaique",),
}

# Names in the source that are only links, and what the IANA database calls them now.
RENAMED = {
    "Africa/Asmera": "Africa/Asmara",
    "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
    "America/Godthab": "America/Nuuk",
    "Asia/Calcutta": "Asia/Kolkata",
    "Asia/Choibalsan": "Asia/Ulaanbaatar",
    "Asia/Katmandu": "Asia/Kathmandu",
    "Asia/Rangoon": "Asia/Yangon",
    "Atlantic/Faeroe": "Atlantic/Faroe",
    "Pacific/Enderbury": "Pacific/Kanton",
    "Pacific/Ponape": "Pacific/Pohnpei",
    "Pacific/Truk": "Pacific/Chuuk",
}

FIXED = {PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
FINEST = 3
IN_A_PLACE = FIXED | {PhoneNumberType.MOBILE}

STATES = {
    "Alabama": "AL", "Alaska": "AK", "Arizona": "AZ", "Arkansas": "AR", "California": "CA", "Colorado": "CO",
    "Connecticut": "CT", "Delaware": "DE", "Florida": "FL", "Georgia": "GA", "Hawaii": "HI", "Idaho": "ID",
    "Illinois": "IL", "Indiana": "IN", "Iowa": "IA", "Kansas": "KS", "Kentucky": "KY", "Louisiana": "LA",
    "Maine": "ME", "Maryland": "MD", "Massachusetts": "MA", "Michigan": "MI", "Minnesota": "MN",
    "Mississippi": "MS", "Missouri": "MO", "Montana": "MT", "Nebraska": "NE", "Nevada": "NV",
    "New Hampshire": "NH", "New Jersey": "NJ", "New Mexico": "NM", "New York": "NY", "North Carolina": "NC",
    "North Dakota": "ND", "Ohio": "OH", "Oklahoma": "OK", "Oregon": "OR", "Pennsylvania": "PA",
    "Rhode Island": "RI", "South Carolina": "SC", "South Dakota": "SD", "Tennessee": "TN", "Texas": "TX",
    "Utah": "UT", "Vermont": "VT", "Virginia": "VA", "Washington State": "WA", "Washington D.C.": "DC",
    "West Virginia": "WV", "Wisconsin": "WI", "Wyoming": "WY",
}  # fmt: skip


def calling_code(prefix):
    return next(c for c in (prefix[:1], prefix[:2], prefix[:3]) if int(c) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE)


def numbers_under(prefix, code, chance):
    """Some valid numbers that begin with the prefix."""
    lengths = set()
    for region in phonenumbers.COUNTRY_CODE_TO_REGION_CODE[int(code)]:
        metadata = PhoneMetadata.metadata_for_region(region)
        lengths |= set(metadata.general_desc.possible_length if metadata else ())
    for length in lengths:
        missing = length - (len(prefix) - len(code))
        if missing < 0:
            continue
        for _ in range(300):
            national = prefix[len(code) :] + "".join(chance.choice("0123456789") for _ in range(missing))
            number = PhoneNumber(country_code=int(code), national_number=int(national or "0"))
            if phonenumbers.is_valid_number(number):
                yield number


def placed(prefix, names, country, code, chance):
    """Prefix -> zones: `names` where the numbers are tied to a place, those of the country where they are not.

    Where a prefix has both kinds of numbers, the next digits tell them apart, up to FINEST of them.
    """
    kinds = {phonenumbers.number_type(number) for number in numbers_under(prefix, code, chance)}
    if kinds <= FIXED:
        return {prefix: names}
    if kinds & FIXED and len(prefix) < len(code) + FINEST:
        finer = {prefix: country}
        for digit in "0123456789":
            if prefix + digit not in TIMEZONE_DATA:
                finer |= placed(prefix + digit, names, country, code, chance)
        return finer
    return {prefix: country}


def zones():
    """Prefix -> zones, sorted by name."""
    chance = random.Random(1)
    table = {}
    for prefix, names in TIMEZONE_DATA.items():
        code = calling_code(prefix)
        country = TIMEZONE_DATA.get(code, names)
        several = code != NANP and code not in GEOGRAPHIC_MOBILES and len(country) > 1
        if prefix.startswith("77"):
            country = TIMEZONE_DATA["77"]  # Kazakhstan's own prefix is as good as a calling code.
        entries = placed(prefix, names, country, code, chance) if several and prefix != code else {prefix: names}
        table |= {entry: set(zones) for entry, zones in entries.items()}
    for start, source, ours in CORRECTIONS:
        for prefix, names in table.items():
            if prefix.startswith(start) and source in names:
                names.remove(source)
                names.update(ours)
    for start, source, more in ADDITIONS:
        for prefix, names in table.items():
            if prefix.startswith(start) and source in names:
                names.update(more)
    named = {prefix: tuple(sorted(RENAMED.get(n, n) for n in names)) for prefix, names in table.items()}
    return named | AREAS


def named(name):
    """The state in a description: `Florida`, or `San Antonio, TX`."""
    return STATES.get(name) or (name[-2:] if name[-4:-2] == ", " and name[-2:] in STATES.values() else None)


def state(area_code):
    """Two letters of the US state whose area code it is, or None."""
    prefix = NANP + area_code
    if prefix in GEOCODE_DATA:
        return named(GEOCODE_DATA[prefix].get("en", ""))
    # Some area codes are described town by town only.
    towns = {named(names.get("en", "")) for p, names in GEOCODE_DATA.items() if p.startswith(prefix)}
    return towns.pop() if len(towns) == 1 else None


def places():
    """Prefix -> country, or country and state."""
    table = {}
    for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items():
        if regions[0] != "001" and str(code) != NANP:
            table[str(code)] = (regions[0],)
    table["76"] = table["77"] = ("KZ",)
    chance = random.Random(2)
    for area in range(200, 1000):
        numbers = list(numbers_under(NANP + str(area), NANP, chance))
        regions = {phonenumbers.region_code_for_number(number) for number in numbers}
        # Toll-free, premium and personal numbers are shared by all countries of the plan.
        placed = any(phonenumbers.number_type(number) in IN_A_PLACE for number in numbers)
        if placed and len(regions) == 1:
            country = regions.pop()
            found = state(str(area)) if country == "US" else None
            # A new overlay is a US number before anyone has written down its state.
            table[NANP + str(area)] = (country, found) if found else (country,)
    return table


def without_repeats(table):
    """Leaves out what the next shorter prefix says as well."""

    def shorter(prefix):
        return next((table[prefix[:n]] for n in range(len(prefix) - 1, 0, -1) if prefix[:n] in table), None)

    return {prefix: value for prefix, value in table.items() if shorter(prefix) != value}


def write(name, what, table):
    lines = [
        f"# {what} Longest prefix wins.",
        f"# Source: libphonenumber by way of the Python package phonenumbers {version('phonenumbers')}, Apache-2.0.",
        "# Made by make_zones.py, which also says what it changes; do not edit.",
    ]
    lines += [f"{prefix} {' '.join(value)}" for prefix, value in sorted(table.items(), key=lambda e: int(e[0]))]
    (HERE / name).write_text("\n".join(lines) + "\n")
    print(f"{name}: {len(table)} prefixes")


if __name__ == "__main__":
    write("zones.txt", "Calling prefix, then every IANA zone its numbers may be in.", without_repeats(zones()))
    write("places.txt", "Calling prefix, country, US state.", without_repeats(places()))
