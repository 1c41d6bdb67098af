"""How people, programs and web pages write a number down."""

from typing import NamedTuple, Optional

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumberFormat

import plans

# What people write, and what a word processor or a web page makes of it.
SEPARATORS = [" ", "-", ".", "/", "\u2013", "\u2011", "\u00a0", " - ", "  "]
ODD_SEPARATORS = ["\u2009", "\u202f", "\u00b7", "\u2022", "_", "~", "\u2212", "*"]
MARKS = ["\u200b", "\u200e", "\u202a", "\u202c", "\u2060", "\ufeff", "\u00ad", "\u200d"]
SCRIPTS = {"Arabic-Indic digits": 0x660, "Persian digits": 0x6F0, "Devanagari digits": 0x966}
EXTENSIONS = [" ext. 12", " x12", " ext 345", "#12", ";ext=12", " extension 7", " \u0434\u043e\u0431. 12", ", 12#"]
WORDS = ["call {}", "{} (mobile)", "{} home", "Tel. {}", "{}?", "M: {}", "{} - Ana", "{} "]


class Cell(NamedTuple):
    """One cell of a spreadsheet, and what its writer had in mind."""

    raw: str
    region: Optional[str]
    number: plans.Number
    spelling: str
    dressing: str
    meant: Optional[str]  # None: the text does not say, or it must not be dialled


def any_cell(rng, region):
    number = plans.any_number(rng, region)
    other = rng.choice(plans.NAMED)
    name, write, with_country = rng.choices([s[:3] for s in SPELLINGS], [s[3] for s in SPELLINGS])[0]
    if with_country:
        home = rng.choice([None, None, region, other])
    else:
        home = rng.choices([region, None, other], [7, 2, 1])[0]
    text = write(rng, number, home)
    dressing, dress = rng.choices([d[:2] for d in DRESSINGS], [d[2] for d in DRESSINGS])[0]
    text = dress(rng, text)
    refusable = name == "subscriber only" or dressing in ("rounded", "extension", "two numbers", "words")
    # Digits with a country code but without its sign say which number is meant only where none was chosen.
    bare = name == "country, no plus" or (dressing in ("float", "scientific") and "+" not in text.upper().split("E")[0])
    clear = home is None if with_country and bare else with_country or home == region
    return Cell(text, home, number, name, dressing, number.e164 if clear and not refusable else None)


def _formatted(style):
    return lambda rng, number, home: phonenumbers.format_number(number.parsed, style)


def _only_digits(text):
    return "".join(c for c in text if c.isdigit())


def _grouped(rng, digits, separators=SEPARATORS):
    """Digits in groups of two to four, by one separator."""
    separator, groups = rng.choice(separators), []
    while digits:
        size = rng.randint(2, 4)
        groups.append(digits[:size])
        digits = digits[size:]
    return separator.join(groups)


def _national_digits(rng, number, home):
    return _only_digits(phonenumbers.format_number(number.parsed, PhoneNumberFormat.NATIONAL))


def _exit_code(rng, number, home):
    """As dialled abroad from the region of the list, e.g. 011 in the United States."""
    if home is None:
        return f"00 {number.country} {_grouped(rng, number.digits)}"
    return phonenumbers.format_out_of_country_calling_number(number.parsed, home)


def _trunk_in_brackets(rng, number, home):
    trunk = PhoneMetadata.metadata_for_region(number.region).national_prefix
    shown = f"({trunk})" if trunk == "0" else ""
    return f"+{number.country} {shown}{_grouped(rng, number.digits)}"


def _area_in_brackets(rng, number, home):
    digits = _national_digits(rng, number, home)
    area = rng.randint(2, 5)
    return f"({digits[:area]}) {_grouped(rng, digits[area:])}"


def _with_carrier(rng, number, home):
    return phonenumbers.format_national_number_with_carrier_code(number.parsed, str(rng.randint(12, 41)))


def _subscriber(rng, number, home):
    area = phonenumbers.length_of_national_destination_code(number.parsed)
    return number.digits[area:] or number.digits[2:]


def _country_first(template):
    return lambda rng, number, home: template.format(c=number.country, n=_grouped(rng, number.digits))


# name, how it is written, whether the country code is in it, how often
SPELLINGS = [
    ("E.164", lambda rng, number, home: number.e164, True, 10),
    ("international", _formatted(PhoneNumberFormat.INTERNATIONAL), True, 12),
    ("link", _formatted(PhoneNumberFormat.RFC3966), True, 3),
    ("plus and groups", _country_first("+{c} {n}"), True, 8),
    ("odd separators", lambda rng, n, home: f"+{n.country} {_grouped(rng, n.digits, ODD_SEPARATORS)}", True, 2),
    ("00", _country_first("00{c} {n}"), True, 6),
    ("00, dense", lambda rng, number, home: f"00{number.country}{number.digits}", True, 4),
    ("exit code", _exit_code, True, 5),
    ("(0)", _trunk_in_brackets, True, 6),
    ("(+country)", _country_first("(+{c}) {n}"), True, 3),
    ("+(country)", _country_first("+({c}) {n}"), True, 2),
    ("(00country)", _country_first("(00{c}) {n}"), True, 1),
    ("plus apart", _country_first("+ {c} {n}"), True, 2),
    ("country, no plus", lambda rng, number, home: number.country + number.digits, True, 6),
    ("national", _formatted(PhoneNumberFormat.NATIONAL), False, 14),
    ("national, dense", _national_digits, False, 8),
    ("national, groups", lambda rng, number, home: _grouped(rng, _national_digits(rng, number, home)), False, 6),
    ("(area)", _area_in_brackets, False, 5),
    ("no trunk prefix", lambda rng, number, home: number.digits, False, 6),
    ("carrier code", _with_carrier, False, 2),
    ("subscriber only", _subscriber, False, 2),
]


def _in_script(zero):
    return lambda rng, text: "".join(chr(zero + int(c)) if c in "0123456789" else c for c in text)


def _full_width(_rng, text):
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else "\u3000" if c == " " else c for c in text)


def _marked(rng, text):
    for _ in range(rng.randint(1, 3)):
        at = rng.randint(0, len(text))
        text = text[:at] + rng.choice(MARKS) + text[at:]
    return text


def _scientific(rng, text, decimals=None):
    digits = _only_digits(text)
    if len(digits) < 2 or digits[0] == "0":
        return text
    shown = digits[1:] if decimals is None else digits[1 : 1 + decimals]
    return f"{digits[0]}{rng.choice('.,')}{shown}{rng.choice(['E+', 'e+', 'E'])}{len(digits) - 1}"


def _float(rng, text):
    plus = "+" if text.startswith("+") else ""
    return plus + _only_digits(text) + rng.choice([".0", ".00"])


def _rounded(rng, text):
    shown = _scientific(rng, text, decimals=rng.randint(2, 5))
    return shown if shown != text else "6.1E+09"


def _two(rng, text):
    return text + rng.choice([" / ", ";", ", ", "|", "\n"]) + text


DRESSINGS = [
    ("plain", lambda rng, text: text, 70),
    ("apostrophe", lambda rng, text: rng.choice(["'", "\u2019", "`", " '"]) + text, 3),
    ("space around", lambda rng, text: rng.choice([" ", "\t", "\u00a0", "\n"]) + text + rng.choice([" ", "\r\n", "\t"]), 3),
    ("zero-width marks", _marked, 4),
    ("full-width digits", _full_width, 4),
    *((name, _in_script(zero), 1) for name, zero in SCRIPTS.items()),
    ("float", _float, 3),
    ("scientific", _scientific, 2),
    ("rounded", _rounded, 1),
    ("extension", lambda rng, text: text + rng.choice(EXTENSIONS), 3),
    ("two numbers", _two, 1),
    ("words", lambda rng, text: rng.choice(WORDS).format(text), 1),
]
