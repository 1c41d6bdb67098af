//! What "open" means, said as plainly as possible: one moment, one zone, one window, one rule at a time.

use jiff::civil::{DateTime, Weekday};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;
use switchboard_calling_hours::{
    CallingHours, Decision, Reason, Rule, RuleChoice, UnknownZone, Window, Windows, Zone, ZoneOfRecipient,
    decide,
};

/// Zones that are odd in some way: part hours, the date line, half-hour or two-hour summer time, Ramadan.
pub const ODD_ZONES: [&str; 20] = [
    "Africa/Casablanca",
    "America/New_York",
    "America/Santiago",
    "America/St_Johns",
    "Antarctica/Troll",
    "Asia/Gaza",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Tehran",
    "Atlantic/Azores",
    "Australia/Adelaide",
    "Australia/Eucla",
    "Australia/Lord_Howe",
    "Europe/Dublin",
    "Europe/London",
    "Europe/Madrid",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
];

/// Numbers of one zone, of several, of nearly all; with state rules, country rules and none.
pub const NUMBERS: [&str; 18] = [
    "+12082000000",
    "+12055550100",
    "+13055550100",
    "+14165550100",
    "+18005550100",
    "+18505550100",
    "+212612345678",
    "+33612345678",
    "+34612345678",
    "+351912345678",
    "+442071234567",
    "+56912345678",
    "+61412345678",
    "+64211234567",
    "+68612345678",
    "+79161234567",
    "+91981234567",
    "+97715551234",
];

/// A campaign's window: weekday from Monday 0, minutes of the day. Ending before it begins, it passes midnight.
pub type Span = (usize, u16, u16);

/// One question, with its windows kept in a form that the crate does not see.
#[derive(Debug)]
pub struct Case {
    pub number: String,
    pub zone: Option<&'static str>,
    pub spans: Vec<Span>,
    pub policy: CallingHours,
}

impl Case {
    pub fn new(
        number: &str,
        zone: Option<&'static str>,
        spans: Vec<Span>,
        rules: RuleChoice,
        holidays: bool,
    ) -> Self {
        let weekdays: Vec<Weekday> = Weekday::Monday.cycle_forward().take(7).collect();
        let text = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        let windows = spans.iter().map(|(day, from, to)| {
            (
                weekdays[*day],
                Window::parse(&format!("{}-{}", text(*from), text(*to))).unwrap(),
            )
        });
        let policy = CallingHours {
            windows: Windows::new(windows).unwrap(),
            zone_of_recipient: ZoneOfRecipient::Column,
            unknown_zone: UnknownZone::UseCampaignZone(Zone::parse("America/Denver").unwrap()),
            rules,
            holidays,
        };
        Self {
            number: number.to_owned(),
            zone,
            spans,
            policy,
        }
    }

    pub fn decide(&self, now: Timestamp) -> Decision {
        decide(&self.number, self.zone, &self.policy, now)
    }

    /// Whether it is open at a moment in all zones that a decision used.
    pub fn is_open(&self, zones: &[TimeZone], rules: &[&Rule], at: Timestamp) -> bool {
        zones.iter().all(|zone| {
            let local = zone.to_datetime(at);
            self.spans.iter().any(|span| lies_in(*span, local))
                && rules.iter().all(|rule| {
                    rule.hours_include(local)
                        && !(self.policy.holidays && rule.holiday(local.date()).is_some())
                })
        })
    }
}

fn lies_in((day, from, to): Span, local: DateTime) -> bool {
    let minute = u16::from(local.hour().unsigned_abs()) * 60 + u16::from(local.minute().unsigned_abs());
    let is_on =
        |date: jiff::civil::Date| usize::from(date.weekday().to_monday_zero_offset().unsigned_abs()) == day;
    if from < to {
        is_on(local.date()) && (from..to).contains(&minute)
    } else {
        (is_on(local.date()) && minute >= from) || (is_on(local.date().yesterday().unwrap()) && minute < to)
    }
}

/// The zones of a decision.
pub fn zones(decision: &Decision) -> Vec<TimeZone> {
    let database = TimeZoneDatabase::bundled();
    decision
        .zones_used
        .iter()
        .map(|name| database.get(name).unwrap())
        .collect()
}

/// Any question at any moment between 2024 and 2031; half of the moments lie near a clock change.
pub fn cases() -> impl Strategy<Value = (Case, Timestamp)> {
    let zone = prop::option::of(prop::sample::select(&ODD_ZONES[..]));
    let span = (0..7usize, 0..1440u16, 1..1440u16).prop_map(|(day, from, to)| (day, from, to));
    let spans = prop::collection::vec(span.prop_filter("some length", |(_, from, to)| from != to), 1..8);
    // Windows for everybody, or rules of several countries at once, are as good a question as any.
    let some = prop::sample::subsequence(Rule::all().iter().collect::<Vec<_>>(), 0..3);
    let rules = prop_oneof![Just(RuleChoice::Auto), some.prop_map(RuleChoice::Only)];
    let moment = (
        1_704_067_200i64..1_924_991_999,
        any::<bool>(),
        -180_000i64..180_000,
    );
    (
        prop::sample::select(&NUMBERS[..]),
        zone,
        spans,
        rules,
        any::<bool>(),
        moment,
    )
        .prop_map(|(number, zone, spans, rules, holidays, (second, near, offset))| {
            let case = Case::new(number, zone, spans, rules, holidays);
            let moment = Timestamp::from_second(second).unwrap();
            let change = zones(&case.decide(moment))
                .first()
                .and_then(|zone| zone.following(moment).next().map(|change| change.timestamp()))
                .filter(|_| near);
            let now = change.map_or(moment, |change| change.checked_add(offset.seconds()).unwrap());
            (case, now)
        })
}

/// Whether a reason says that the windows and rules never meet.
pub fn never_meet(reason: &Reason) -> bool {
    *reason == Reason::NoCommonHour
}
