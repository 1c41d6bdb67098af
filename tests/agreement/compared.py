"""One cell with both answers, and the differences that were looked into."""

from typing import Callable, NamedTuple, Optional

import google
import spellings


class Compared(NamedTuple):
    """One cell with both answers: `(e164, reason)`, one of them None."""

    cell: spellings.Cell
    cleaned: Optional[str]
    ours: tuple
    theirs: tuple

    @property
    def same(self):
        return self.ours[0] == self.theirs[0]


def compare(cell, answer):
    cleaned = answer["cleaned"]
    ours = (answer.get("e164"), answer.get("reason"))
    # What the cleaning refuses, e.g. a rounded number, leaves no text to give to Google.
    theirs = ours if cleaned is None else google.verdict(cleaned, cell.region)
    return Compared(cell, cleaned, ours, theirs)


class Cause(NamedTuple):
    """Why two answers differ, and who should change."""

    name: str
    to_blame: str
    explains: Callable[[Compared], bool]


# Differences in the verdict or the number. What is not here ends the run with an error.
KNOWN = [
    Cause(
        "000..., 00 and a code with zeros before it: 000 409 11 is taken for +40 911, an emergency",
        "ours",
        lambda c: c.ours[1] == "emergency" and c.cleaned.startswith("000"),
    ),
]

# Both refuse, with another reason.
KNOWN_REASONS = [
    Cause(
        "two digits and an extension are a number for the crate, not for Google",
        "the crate",
        lambda c: c.ours[1] == "has_extension",
    ),
]

# Numbers that we read, but not as their writer meant them: the wrong person would be called.
KNOWN_MISREADINGS = [
    Cause(
        "a number of a small plan with .0 behind it: the decimals are read as digits",
        "ours: only seven digits and more are taken for a float",
        lambda c: c.cell.dressing == "float" and len(c.cleaned.split(".")[0]) < 7,
    ),
    Cause(
        "(00 in brackets is not seen as 00; the exit code of the region, e.g. 001 or 008, is taken off instead",
        "ours",
        lambda c: c.cleaned.startswith("(00"),
    ),
    Cause(
        "00 and a premium number: refused as international, then read as national",
        "ours: only a number that cannot be read should be tried again",
        lambda c: c.cleaned.startswith("00") and google.verdict("+" + c.cleaned[2:], None)[1] == "premium_rate",
    ),
    Cause(
        "the exit code of the region begins with 00 and is longer, e.g. 009 in Nigeria; 00 alone is taken off",
        "ours",
        lambda c: c.cleaned.startswith("00") and c.cell.spelling == "exit code",
    ),
    Cause(
        "a national number that begins with 00 (Thailand, Korea, Indonesia) is also a number abroad",
        "ours: two readings, and the one abroad is taken",
        lambda c: c.cleaned.startswith("00") and c.cell.number.digits.startswith("00"),
    ),
    Cause(
        "Google's library reads it so as well",
        "the plan: the spelling has two readings",
        lambda c: google.plain(c.cleaned, c.cell.region) == c.ours[0],
    ),
]


def cause_of(one, known):
    return next((cause for cause in known if cause.explains(one)), None)
