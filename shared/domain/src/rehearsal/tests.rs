use super::*;
use crate::testing::{campaign, recipient};
use crate::{CallingHours, FrequencyCap, PhoneNumber, RetryPolicy, RetryRule};
use proptest::prelude::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// People in places with summer time in both halves of the year, half hours, and either side of the date line.
const ZONES: [&str; 12] = [
    "Europe/Madrid",
    "America/New_York",
    "America/St_Johns",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Australia/Adelaide",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "America/Santiago",
    "Africa/Casablanca",
];
const NUMBERS: [&str; 8] = [
    "+34612345",
    "+1305555",
    "+1212555",
    "+61412345",
    "+91981234",
    "+97798412",
    "+6857212",
    "+33612345",
];

fn person(n: usize, zone: Option<usize>) -> Recipient {
    let mut person = recipient(RecipientStatus::Pending);
    let prefix = NUMBERS[n % NUMBERS.len()];
    person.phone_number = PhoneNumber::parse(&format!("{prefix}{:04}", n % 10_000)).unwrap();
    person.time_zone = zone.map(|zone| ZONES[zone % ZONES.len()].to_owned());
    person.priority = u8::try_from(n * 7 % 101).unwrap();
    person
}

fn windows(seed: &[(u8, u16, u16)]) -> CallingHours {
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let mut week: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (day, from, length) in seed {
        let (from, to) = (from % 1440, (from % 1440 + 1 + length % 1438) % 1440);
        let text = format!("{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, to / 60, to % 60);
        week.entry(days[usize::from(*day) % 7]).or_default().push(text);
    }
    let week = serde_json::to_string(&week).unwrap();
    serde_json::from_str(&format!(r#"{{"windows":{week}}}"#)).unwrap()
}

#[test]
fn a_campaign_of_a_thousand_is_over_in_a_moment_and_everybody_has_an_end() {
    let mut campaign = campaign();
    campaign.retry = RetryPolicy {
        max_attempts: 3,
        delay_secs: 1_800,
        ..RetryPolicy::default()
    };
    campaign.rules.calling_hours = CallingHours::default();
    let people = (0..1_000).map(|n| person(n, None)).collect();
    let plan = Rehearsal {
        campaign: &campaign,
        settings: &DialSettings::default(),
        limit: 15,
        scenario: &Scenario::default(),
        seed: 7,
        start: at("2026-11-20T03:00:00Z"),
    };
    let report = plan.play(people, BTreeMap::new(), &mut |_| {});
    let ended: u64 = report.outcomes.values().chain(report.skipped.values()).sum();
    assert_eq!((ended, report.still_waiting), (1_000, 0), "{report:?}");
    assert!(report.dials > 1_200 && report.peak_calls == 15, "{report:?}");
    assert_eq!(
        report.dials_by_hour[..8].iter().sum::<u64>(),
        0,
        "nobody was called at night"
    );
    assert_eq!(
        plan.play(
            (0..1_000).map(|n| person(n, None)).collect(),
            BTreeMap::new(),
            &mut |_| {}
        ),
        report
    );
}

#[test]
fn a_cap_on_what_it_may_cost_is_never_exceeded_by_a_single_call() {
    let mut campaign = campaign();
    campaign.rules.spend_cap_cents = Some(2_000);
    let settings = DialSettings::default();
    let plan = Rehearsal {
        campaign: &campaign,
        settings: &settings,
        limit: 50,
        scenario: &Scenario::default(),
        seed: 1,
        start: at("2026-11-20T12:00:00Z"),
    };
    let people: Vec<Recipient> = (0..500).map(|n| person(n, None)).collect();
    let mut most = 0;
    let report = plan.play(people, BTreeMap::new(), &mut |dial| {
        most = most.max(dial.committed_micros)
    });
    assert!(
        most <= 2_000 * MICROS_PER_CENT && report.cost_cents <= 2_000,
        "{report:?}"
    );
    assert!(report.cost_cents > 1_800, "it is used: {report:?}");
    assert!(report.skipped[&SkipReason::SpendCap] > 0, "{report:?}");
}

#[test]
fn slots_are_used_while_people_are_due() {
    for limit in [5, 15, 200] {
        let campaign = campaign();
        let scenario = Scenario {
            shortest_talk_secs: 10,
            longest_talk_secs: 50,
            ..Scenario::default()
        };
        let plan = Rehearsal {
            campaign: &campaign,
            settings: &DialSettings::default(),
            limit,
            scenario: &scenario,
            seed: 3,
            start: at("2026-11-20T12:00:00Z"),
        };
        let people = (0..usize::try_from(limit).unwrap() * 60)
            .map(|n| person(n, None))
            .collect();
        let report = plan.play(people, BTreeMap::new(), &mut |_| {});
        assert_eq!(report.peak_calls, u64::from(limit));
        assert!(report.slot_use_percent >= 97.0, "{limit}: {report:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// For any hours, zones, policies, caps and outcomes, over as long as a year: nobody is dialled outside of
    /// their hours, no cap is exceeded, never more calls than allowed, and everybody has an end.
    #[test]
    fn nobody_is_called_at_the_wrong_time_or_too_often_and_everybody_ends(
        seed: u64,
        start in 1_760_000_000i64..1_860_000_000,
        week in prop::collection::vec((any::<u8>(), any::<u16>(), any::<u16>()), 1..6),
        zones in prop::collection::vec(prop::option::of(any::<u8>()), 1..25),
        caps in prop::collection::vec((1u32..4, 1u32..=720), 0..3),
        attempts in 1u32..=10,
        delay in 1u32..200_000,
        backoff in 100u32..400,
        (other_time_of_day, other_weekday) in any::<(bool, bool)>(),
        limit in 1u32..6,
        shares in (0u32..40, 0u32..20, 0u32..20, 0u32..20),
        ends_after in prop::option::of(1i64..2_000),
    ) {
        let mut campaign = campaign();
        campaign.rules.calling_hours = windows(&week);
        campaign.rules.frequency_caps =
            caps.iter().map(|(calls, hours)| FrequencyCap { calls: *calls, hours: *hours }).collect();
        campaign.retry = RetryPolicy {
            max_attempts: attempts,
            delay_secs: delay,
            backoff_percent: backoff,
            other_time_of_day,
            other_weekday,
            by_outcome: [(CallOutcome::Busy, RetryRule { max_attempts: Some(2), delay_secs: 300, ..RetryRule::default() })].into(),
            ..RetryPolicy::default()
        };
        let start = Timestamp::from_second(start).unwrap();
        campaign.end_at = ends_after.map(|hours| start + SignedDuration::from_hours(hours));
        let scenario = Scenario {
            no_answer_percent: shares.0,
            busy_percent: shares.1,
            voicemail_percent: shares.2,
            failed_percent: shares.3,
            ..Scenario::default()
        };
        let plan = Rehearsal {
            campaign: &campaign,
            settings: &DialSettings::default(),
            limit,
            scenario: &scenario,
            seed,
            start,
        };
        let people: Vec<Recipient> =
            zones.iter().enumerate().map(|(n, zone)| person(n, zone.map(usize::from))).collect();
        let count = people.len() as u64;
        let mut wrong = Vec::new();
        let report = plan.play(people, BTreeMap::new(), &mut |dial| {
            if !dial.recipient.may_be_called(&campaign.rules.calling_hours, dial.at).is_open() {
                wrong.push(format!("outside of the hours at {}", dial.at));
            }
            if campaign.end_at.is_some_and(|end| dial.at >= end) {
                wrong.push(format!("after the end at {}", dial.at));
            }
            if dial.in_progress > u64::from(limit) {
                wrong.push(format!("{} calls at one time", dial.in_progress));
            }
            if dial.recipient.attempts >= attempts {
                wrong.push(format!("{} attempts before", dial.recipient.attempts));
            }
            for cap in &campaign.rules.frequency_caps {
                let span = SignedDuration::from_hours(i64::from(cap.hours));
                let within = dial.earlier.calls.values().filter(|at| dial.at.duration_since(**at) < span).count();
                if within > cap.calls as usize {
                    wrong.push(format!("{within} calls within {} hours", cap.hours));
                }
            }
        });
        prop_assert!(wrong.is_empty(), "{wrong:?}");
        let ended: u64 = report.outcomes.values().chain(report.skipped.values()).sum();
        prop_assert_eq!(ended + report.still_waiting, count);
        // Waiting for the other weekday in rare hours, ten times over, can take longer than is looked ahead.
        if campaign.end_at.is_some() {
            prop_assert_eq!(report.still_waiting, 0);
        }
    }
}
