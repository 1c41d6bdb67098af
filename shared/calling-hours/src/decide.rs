//! May this person be called now, and if not, when.

use jiff::{SignedDuration, Timestamp};

use crate::calling_hours::{CallingHours, RuleChoice, UnknownZone, ZoneOfRecipient};
use crate::decision::{Answer, Decision, Reason, ZoneName, ZoneSource};
use crate::hours::{Clock, Hours, second_of};
use crate::rule::Rule;
use crate::zone::Zone;
use crate::zones::{Reach, zones_of};

/// How far ahead an opening is looked for: over a year, so that every holiday has passed once.
const HORIZON: SignedDuration = SignedDuration::from_hours(400 * 24);

/// Whether the person of this number, in E.164, may be called at `now`.
///
/// It must be open in every zone that the person may be in, by the campaign's windows and by every rule.
/// `explicit_zone` is what the contact list gives as the person's time zone; blank is none.
pub fn decide(number: &str, explicit_zone: Option<&str>, policy: &CallingHours, now: Timestamp) -> Decision {
    let rules = match &policy.rules {
        RuleChoice::Auto => Rule::of(number),
        RuleChoice::Only(rules) => rules.clone(),
    };
    let (zones, zone_source) = match zones_to_use(number, explicit_zone, policy) {
        Ok(found) => found,
        Err(because) => {
            return Decision {
                answer: Answer::Never { because },
                zones_used: Vec::new(),
                zone_source: ZoneSource::Unknown,
                rules_used: rules,
            };
        }
    };
    let mut hours = Hours {
        week: policy.windows.week(),
        holidays: Vec::new(),
    };
    for rule in &rules {
        rule.limit(&mut hours.week);
        if policy.holidays {
            hours.holidays.extend(rule.holidays);
        }
    }
    let start = second_of(now);
    let answer = match first_common_opening(&zones, &hours, start) {
        Some((from, until)) if from == start => Answer::Open { until },
        Some((opens_at, _)) => Answer::Closed {
            opens_at,
            because: reason(&zones, policy, &rules, now).unwrap_or(Reason::NoCommonHour),
        },
        None => Answer::Never {
            because: Reason::NoCommonHour,
        },
    };
    let zones_used = zones.into_iter().map(|(name, _)| name).collect();
    Decision {
        answer,
        zones_used,
        zone_source,
        rules_used: rules,
    }
}

type NamedZone = (ZoneName, Zone);

fn zones_to_use(
    number: &str,
    explicit_zone: Option<&str>,
    policy: &CallingHours,
) -> Result<(Vec<NamedZone>, ZoneSource), Reason> {
    let column = explicit_zone.map(str::trim).filter(|text| !text.is_empty());
    if let (ZoneOfRecipient::Column, Some(text)) = (policy.zone_of_recipient, column) {
        let zone = Zone::parse(text).map_err(|_| Reason::InvalidZone)?;
        return Ok((vec![named(zone)], ZoneSource::Column));
    }
    let known = zones_of(number);
    if known.reach == Reach::Known {
        let zone = |name: &'static str| Zone::parse(name).map(|zone| (ZoneName::Borrowed(name), zone));
        let zones = known
            .names
            .iter()
            .map(|name| zone(name))
            .collect::<Result<_, _>>();
        return Ok((zones.map_err(|_| Reason::UnknownZone)?, ZoneSource::Number));
    }
    match &policy.unknown_zone {
        UnknownZone::UseCampaignZone(zone) => Ok((vec![named(zone.clone())], ZoneSource::Campaign)),
        UnknownZone::Skip => Err(Reason::UnknownZone),
    }
}

fn named(zone: Zone) -> NamedZone {
    (ZoneName::Owned(zone.name().to_owned()), zone)
}

/// The first moment from `start` on at which it is open in every zone, and the first after it at which it is not.
fn first_common_opening(
    zones: &[NamedZone],
    hours: &Hours,
    start: Timestamp,
) -> Option<(Timestamp, Timestamp)> {
    let end = start.saturating_add(HORIZON).unwrap_or(Timestamp::MAX);
    let mut clocks: Vec<Clock<'_>> = zones.iter().map(|(_, zone)| Clock::new(zone)).collect();
    let (mut at, mut closes) = (start, end);
    // Zones take turns. One that is closed moves the moment to its opening, where all others are asked again.
    let (mut turn, mut agreed) = (0, 0);
    while at < end {
        let clock = clocks.get_mut(turn)?;
        let state = hours.state(clock, at, end);
        if state.open {
            (agreed, closes) = (agreed + 1, closes.min(state.changes_at));
            if agreed == zones.len() {
                return Some((at, closes));
            }
            turn = (turn + 1) % zones.len();
        } else {
            (at, agreed, closes) = (state.changes_at, 0, end);
        }
    }
    None
}

/// What keeps it closed: the campaign's own windows first, as they are the easiest to change.
fn reason(
    zones: &[NamedZone],
    policy: &CallingHours,
    rules: &[&'static Rule],
    now: Timestamp,
) -> Option<Reason> {
    let windows = policy.windows.week();
    zones.iter().find_map(|(zone, inner)| {
        let (zone, local) = (zone.clone(), inner.inner().to_datetime(now));
        let minute =
            usize::from(local.hour().unsigned_abs()) * 60 + usize::from(local.minute().unsigned_abs());
        if !windows.is_open(local.weekday(), minute) {
            return Some(Reason::OutsideWindows { zone });
        }
        rules.iter().find_map(|rule| {
            let zone = zone.clone();
            match rule.holiday(local.date()).filter(|_| policy.holidays) {
                Some(holiday) => Some(Reason::Holiday {
                    rule: rule.id,
                    holiday: holiday.name,
                    zone,
                }),
                None => (!rule.hours_include(local)).then_some(Reason::RuleHours { rule: rule.id, zone }),
            }
        })
    })
}
