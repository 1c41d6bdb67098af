"""What Google's library says of a cell, with the refusals of ours that are not Google's business."""

import functools

import phonenumbers
from phonenumbers import NumberParseException as Unparsed
from phonenumbers import CountryCodeSource, PhoneNumberType, ValidationResult

# Short numbers of police, fire brigade, ambulance and crisis lines, as `numbers/special.rs` has them.
EMERGENCY = set(
    """000 015 016 017 018 061 062 066 085 088 089 091 100 101 102 103 104 105 106 108 110 111 112 113 114
    115 116 117 118 119 120 122 123 128 129 130 131 132 133 140 144 150 155 158 166 180 190 191 192 193 194
    195 196 197 198 199 911 922 988 991 993 994 995 997 998 999 15 17 18""".split()
)
CALLING_CODES = {str(code) for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE}


class Refused(Exception):
    """Why a cell is no number we would dial."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


def verdict(cleaned, region):
    """`(e164, None)` or `(None, reason)` of a text that was cleaned as our library cleans it."""
    try:
        return _number(cleaned, region), None
    except Refused as refused:
        return None, refused.reason


def plain(raw, region):
    """What Google's library alone says of a cell as it is, without any rule of ours; None: not valid."""
    try:
        number = phonenumbers.parse(raw, region)
    except Unparsed:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _number(text, region):
    if _is_emergency(text):
        raise Refused("emergency")
    if _has_several(text):
        raise Refused("several_numbers")
    text = _without_brackets(text)
    if text.startswith("+"):
        return _judged(text, None)
    if text.startswith("00"):
        return _abroad_or_national(text, region)
    if region:
        return _judged(text, region)
    return _without_country(text)


def _without_brackets(text):
    inner = text[1:].lstrip() if text.startswith("(") else ""
    return inner.replace(")", " ", 1) if inner.startswith(("+", "00")) else text


def _abroad_or_national(text, region):
    abroad, refused = _outcome("+" + text[2:], None)
    if region is None:
        if refused:
            raise refused
        return abroad
    national, national_refused = _outcome(text, region)
    is_abroad = _dials_abroad(text, region)
    for one in (refused, national_refused if is_abroad else None):
        if one and one.reason == "premium_rate":
            raise one
    if abroad and national and national != abroad:
        raise Refused("no_country")
    if abroad and not national and is_abroad and not _dials_two_zeros(region) and not _is_home(abroad, region):
        raise Refused("no_country")
    if not abroad and not national:
        raise national_refused if is_abroad else refused
    return abroad or national


def _outcome(text, region):
    try:
        return _judged(text, region), None
    except Refused as refused:
        return None, refused


def _dials_abroad(text, region):
    """Whether the digits begin as one dials abroad in this region: 0011 in Australia."""
    try:
        number = phonenumbers.parse(text, region, keep_raw_input=True)
    except Unparsed as error:
        return error.error_type in (Unparsed.INVALID_COUNTRY_CODE, Unparsed.TOO_SHORT_AFTER_IDD)
    return number.country_code_source == CountryCodeSource.FROM_NUMBER_WITH_IDD


def _is_home(e164, region):
    return e164.startswith(f"+{phonenumbers.country_code_for_region(region)}")


@functools.cache
def _dials_two_zeros(region):
    """Whether 00 alone is how one dials abroad: in Hong Kong it is, in Singapore a digit has to follow."""
    london, _ = _outcome("00442079460018", region)
    return london == "+442079460018" and _dials_abroad("00442079460018", region)


def _without_country(text):
    if _digits(text) == 10:
        try:
            american = phonenumbers.parse(text, "US")
        except Unparsed:
            american = None
        if american and (phonenumbers.is_valid_number(american) or is_fictional(american)):
            raise Refused("no_country")
    try:
        return _judged("+" + text, None)
    except Refused as refused:
        short = refused.reason == "too_short" and _digits(text) >= 7
        long = refused.reason == "too_long" and _digits(text) <= 15
        if short or long or refused.reason == "invalid_for_region":
            raise Refused("no_country") from None
        raise


def _judged(text, region):
    letters = any(c.isalpha() for c in text)
    try:
        number = phonenumbers.parse(text, region)
    except Unparsed as error:
        raise Refused(_unparsed(text, letters, error.error_type)) from None
    if number.extension:
        raise Refused("has_extension")
    if letters:
        raise Refused("not_a_number")
    if phonenumbers.number_type(number) == PhoneNumberType.PREMIUM_RATE:
        raise Refused("premium_rate")
    if not is_fictional(number) and not phonenumbers.is_valid_number(number):
        raise Refused(LENGTHS.get(phonenumbers.is_possible_number_with_reason(number), "invalid_for_region"))
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    # E.164 itself: seven digits to fifteen.
    if not 7 <= len(e164) - 1 <= 15:
        raise Refused("invalid_for_region")
    return e164


LENGTHS = {
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "too_short",
    ValidationResult.TOO_SHORT: "too_short",
    ValidationResult.TOO_LONG: "too_long",
}


def _unparsed(text, letters, error):
    digits = _digits(text)
    if letters or digits == 0:
        return "not_a_number"
    if digits < 7:
        return "too_short"
    if digits > 15:
        return "too_long"
    return {
        Unparsed.INVALID_COUNTRY_CODE: "invalid_for_region",
        Unparsed.TOO_SHORT_AFTER_IDD: "too_short",
        Unparsed.TOO_SHORT_NSN: "too_short",
        Unparsed.TOO_LONG: "too_long",
    }.get(error, "not_a_number")


def _is_emergency(text):
    digits = "".join(c for c in text if c in "0123456789")
    if len(digits) > 8 or any(c.isalpha() for c in text):
        return False
    if digits in EMERGENCY:
        return True
    if text.startswith("+"):
        abroad = digits
    elif digits.startswith("00"):
        abroad = digits[2:]
    else:
        return False
    return any(abroad[:n] in CALLING_CODES and abroad[n:] in EMERGENCY for n in (1, 2, 3))


def _has_several(text):
    for sign in "/;,|\n":
        text = text.replace(sign, "\0")
    return sum(_digits(part) >= 7 for part in text.split("\0")) > 1


def is_fictional(number):
    """555-0100 to 555-0199 of any North American area; nobody has them, samples use them."""
    area, line = divmod(number.national_number, 10_000_000)
    return number.country_code == 1 and 200 <= area <= 999 and area % 100 != 11 and 5_550_100 <= line <= 5_550_199


def _digits(text):
    return sum(c in "0123456789" for c in text)
