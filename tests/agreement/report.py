"""The tables."""

from collections import Counter, defaultdict

import phonenumbers
from phonenumbers.shortdata import _AVAILABLE_REGION_CODES as SHORT_REGIONS

import google
import plans
import spellings
from compared import KNOWN, KNOWN_MISREADINGS, KNOWN_REASONS, cause_of

LEAST_SHARE = 0.9999
SHOWN = 5


def agreement(compared):
    """Region by region, then every difference by its cause. Returns what must not be."""
    rows = defaultdict(Counter)
    for one in compared:
        region = one.cell.number.region
        rows[region if region in plans.NAMED else "others"][one.same] += 1
    print("region | numbers | same | different")
    for region in [*plans.NAMED, "others"]:
        same, different = rows[region][True], rows[region][False]
        print(f"{region} | {same + different:,} | {same:,} | {different:,}")
    regions = len({one.cell.number.region for one in compared})
    same = sum(one.same for one in compared)
    accepted = sum(one.ours[0] is not None for one in compared)
    share = same / len(compared)
    print(f"\n{regions} regions, {len(compared):,} cells, {accepted:,} of them numbers to us.")
    print(f"Same verdict and same E.164: {same:,}, {share:.4%}.")
    unknown = _by_cause("Differences", [one for one in compared if not one.same], KNOWN)
    reasons = [one for one in compared if one.same and one.ours != one.theirs]
    _by_cause("Refused by both, for another reason", reasons, KNOWN_REASONS)
    problems = [f"Only {share:.4%} are the same."] if share < LEAST_SHARE else []
    return problems + ([f"{unknown} differences have no known cause."] if unknown else [])


def _by_cause(title, different, known, right=lambda one: f"Google {_told(one.theirs)}"):
    groups = defaultdict(list)
    for one in different:
        groups[cause_of(one, known)].append(one)
    print(f"\n{title}: {len(different):,}")
    for cause, members in groups.items():
        label = f"{cause.name} (to blame: {cause.to_blame})" if cause else "NO KNOWN CAUSE"
        print(f"  {len(members):,} {label}")
        for one in members if cause is None else members[:SHOWN]:
            print(f"    {one.cell.raw!r} in {one.cell.region}: ours {_told(one.ours)}, {right(one)}")
    return len(groups[None]) if None in groups else 0


def _told(answer):
    return answer[0] or f"refused, {answer[1]}"


def meaning(compared):
    """Whether a number is read as its writer meant it: Google can be wrong together with us. Returns what must not be."""
    rows, refusals, others, misses = defaultdict(Counter), defaultdict(Counter), [], Counter()
    for one in compared:
        cell = one.cell
        premium = phonenumbers.number_type(cell.number.parsed) == phonenumbers.PhoneNumberType.PREMIUM_RATE
        if cell.meant is None or (premium and one.ours[0] is None):
            continue
        if phonenumbers.is_valid_number(cell.number.parsed):
            verdict = _against(one.ours[0], cell.meant)
            rows[cell.spelling][verdict] += 1
            if verdict == "refused":
                refusals[cell.spelling][one.ours[1]] += 1
            elif verdict == "another":
                others.append(one)
        else:
            misses[_against(one.ours[0], cell.meant)] += 1
    print("\nNumbers that exist, in cells that say which is meant:")
    print("spelling | numbers | as meant | refused | another number | refused because")
    for spelling in [name for name, *_ in spellings.SPELLINGS if name in rows]:
        row = rows[spelling]
        because = ", ".join(f"{reason} {count}" for reason, count in refusals[spelling].most_common(3))
        print(f"{spelling} | {row.total():,} | {row['as meant']:,} | {row['refused']:,} | {row['another']:,} | {because}")
    total = sum(rows.values(), Counter())
    print(f"all | {total.total():,} | {total['as meant']:,} | {total['refused']:,} | {total['another']:,} |")
    unknown = _by_cause("Read as another number", others, KNOWN_MISREADINGS, lambda one: f"meant {one.cell.meant}")
    print(
        f"Numbers that do not exist: {misses.total():,}, refused {misses['refused']:,}, "
        f"repaired to one that does {misses['another']:,}, fictional {misses['as meant']:,}."
    )
    return [f"{unknown} numbers are read as another without a known cause."] if unknown else []


def _against(e164, meant):
    return "refused" if e164 is None else "as meant" if e164 == meant else "another"


def plain(compared):
    """What our own rules change: Google's library alone, given the raw cell."""
    ours_only, google_only, both = Counter(), Counter(), []
    for one in compared:
        theirs = google.plain(one.cell.raw, one.cell.region)
        if theirs == one.ours[0]:
            continue
        if theirs is None:
            ours_only["no region" if one.cell.region is None else one.cell.dressing] += 1
        elif one.ours[0] is None:
            google_only[one.ours[1]] += 1
        else:
            both.append((one, theirs))
    print("\nGoogle's library alone, given the raw cell and none of our rules:")
    print(f"  taken by us only {ours_only.total():,}: {_listed(ours_only)}")
    print(f"  refused by us only {google_only.total():,}: {_listed(google_only)}")
    print(f"  taken by both as different numbers {len(both):,}")
    known = [(one, theirs) for one, theirs in both if one.cell.meant in (one.ours[0], theirs)]
    ours = sum(one.cell.meant == one.ours[0] for one, _ in known)
    print(f"    where the cell says which is meant: {ours:,} as we read it, {len(known) - ours:,} as Google does")


def _listed(counts):
    return ", ".join(f"{name} {count:,}" for name, count in counts.most_common())


def emergency(read, rng):
    """Every emergency number that Google knows must be refused, in each way of writing it."""
    cells = []
    for region in sorted(set(SHORT_REGIONS) & set(plans.REGIONS)):
        described = phonenumbers.PhoneMetadata.short_metadata_for_region(region).emergency
        if not described or not described.national_number_pattern:
            continue
        country = phonenumbers.country_code_for_region(region)
        for digits in {plans.from_pattern(rng, described.national_number_pattern) for _ in range(100)}:
            number = plans.number(region, "emergency", digits)
            national, abroad = [(digits, region), (digits, None)], [f"+{country} {digits}", f"00{country}{digits}"]
            for raw, home in national + [(text, None) for text in abroad]:
                cells.append(spellings.Cell(raw, home, number, "emergency", "plain", None))
    answers = read(cells)
    taken = [cell for cell, answer in zip(cells, answers, strict=True) if "e164" in answer]
    reasons = Counter(answer.get("reason", "taken") for answer in answers)
    print(f"\nEmergency numbers of all regions in {len(cells):,} cells, taken {len(taken):,}: {_listed(reasons)}")
    return [f"Emergency numbers are taken: {[(cell.raw, cell.region) for cell in taken]}"] if taken else []
