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
    campaign.rules.spend_cap_cents = Some(1_000);
    let settings = DialSettings::default();
    let plan = Rehearsal {
        campaign: &campaign,
        settings: &settings,
        limit: 20,
        scenario: &Scenario::default(),
        seed: 1,
        start: at("2026-11-20T12:00:00Z"),
    };
    let people: Vec<Recipient> = (0..200).map(|n| person(n, None)).collect();
    let mut most = 0;
    let report = plan.play(people, BTreeMap::new(), &mut |dial| {
        most = most.max(dial.committed_micros)
    });
    assert!(
        most <= 1_000 * MICROS_PER_CENT && report.cost_cents <= 1_000,
        "{report:?}"
    );
    // What one more call could cost, ten minutes at 15 cents, is all that may be left.
    assert!(report.cost_cents > 850, "it is used: {report:?}");
    assert!(report.skipped[&SkipReason::SpendCap] > 0, "{report:?}");
}

#[test]
fn slots_are_used_while_people_are_due() {
    for limit in [5, 15, 30] {
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

#[test]
fn a_scenario_is_possible_when_its_shares_and_lengths_are() {
    let possible = |change: fn(&mut Scenario)| {
        let mut scenario = Scenario {
            no_answer_percent: 20,
            busy_percent: 20,
            voicemail_percent: 20,
            failed_percent: 20,
            refused_percent: 20,
            shortest_talk_secs: 7_200,
            longest_talk_secs: 7_200,
        };
        change(&mut scenario);
        scenario.is_possible()
    };
    assert!(possible(|_| ()) && Scenario::default().is_possible());
    assert!(!possible(|it| it.busy_percent = 21));
    assert!(!possible(|it| it.longest_talk_secs = 7_201));
    assert!(!possible(|it| it.shortest_talk_secs = 7_201));
    let refused = |percent| Scenario {
        no_answer_percent: 0,
        busy_percent: 0,
        voicemail_percent: 0,
        failed_percent: 0,
        refused_percent: percent,
        ..Scenario::default()
    };
    assert_eq!(
        (refused(90).is_possible(), refused(91).is_possible()),
        (true, false)
    );
}

#[test]
fn calls_end_as_often_in_each_way_as_the_scenario_says() {
    let scenario = Scenario {
        no_answer_percent: 20,
        busy_percent: 10,
        voicemail_percent: 15,
        failed_percent: 5,
        refused_percent: 10,
        shortest_talk_secs: 30,
        longest_talk_secs: 40,
    };
    let mut rng = StdRng::seed_from_u64(1);
    let mut counts = BTreeMap::new();
    for _ in 0..20_000 {
        let (outcome, secs) = scenario.call(&mut rng);
        *counts.entry(outcome).or_insert(0_u32) += 1;
        match outcome {
            Some(CallOutcome::Completed) => assert!((30..=40).contains(&secs)),
            Some(CallOutcome::Voicemail) => assert_eq!(secs, 15),
            _ => assert_eq!(secs, 0),
        }
    }
    let expected = [
        (None, 2_000_u32),
        (Some(CallOutcome::Completed), 8_000),
        (Some(CallOutcome::NoAnswer), 4_000),
        (Some(CallOutcome::Busy), 2_000),
        (Some(CallOutcome::Voicemail), 3_000),
        (Some(CallOutcome::Failed), 1_000),
    ];
    for (outcome, expected) in expected {
        assert!(
            counts[&outcome].abs_diff(expected) < 300,
            "{outcome:?}: {counts:?}"
        );
    }
}

#[test]
fn people_who_are_left_out_beforehand_are_counted() {
    let mut report = RehearsalReport::new(5, at("2026-11-20T12:00:00Z"));
    report.leave_out(SkipReason::DoNotCall, 0);
    assert_eq!((report.people, report.skipped.len()), (5, 0));
    report.leave_out(SkipReason::DoNotCall, 2);
    report.leave_out(SkipReason::DoNotCall, 3);
    report.skip(SkipReason::DoNotCall);
    assert_eq!((report.people, report.skipped[&SkipReason::DoNotCall]), (10, 6));
}

#[test]
fn slots_are_used_in_the_share_of_the_time_in_which_somebody_waited() {
    let (noon, later) = (at("2026-11-20T12:00:00Z"), |secs| {
        at("2026-11-20T12:00:00Z") + SignedDuration::from_secs(secs)
    });
    let mut report = RehearsalReport::new(5, noon);
    report.round();
    assert_eq!(report.slot_use_percent, 0.0, "nobody was called");
    report.peak_calls = 4;
    report.pass(noon, later(10), 4, true);
    report.pass(later(10), later(20), 1, true);
    report.pass(later(20), later(90), 1, false);
    report.pass(later(90), later(99), 0, true);
    report.round();
    assert_eq!(report.slot_use_percent, 62.5, "40 and 10 of 40 and 40");
    report.done(CallOutcome::Busy, later(9));
    report.done(CallOutcome::Busy, later(5));
    report.end(None);
    report.end(Some(CallOutcome::Busy));
    assert_eq!(
        (report.finished_at, report.outcomes[&CallOutcome::Busy]),
        (Some(later(9)), 2)
    );
    assert_eq!(report.refused, 1);
}

/// One person after the other, each of whom talks for a minute.
fn alone<'a>(campaign: &'a Campaign, settings: &'a DialSettings, scenario: &'a Scenario) -> Rehearsal<'a> {
    Rehearsal {
        campaign,
        settings,
        limit: 1,
        scenario,
        seed: 5,
        start: at("2026-11-20T12:00:00Z"),
    }
}

const A_MINUTE: Scenario = Scenario {
    no_answer_percent: 0,
    busy_percent: 0,
    voicemail_percent: 0,
    failed_percent: 0,
    refused_percent: 0,
    shortest_talk_secs: 60,
    longest_talk_secs: 60,
};

#[test]
fn people_are_called_by_priority_from_the_start_on_and_at_the_pace_that_is_set() {
    let (mut campaign, settings) = (campaign(), DialSettings::default());
    campaign.rules.starts_per_minute = Some(2);
    let people: Vec<Recipient> = [10, 90, 50]
        .into_iter()
        .enumerate()
        .map(|(n, priority)| Recipient {
            priority,
            ..person(n, None)
        })
        .collect();
    let play = |campaign: &Campaign, limit| {
        let plan = Rehearsal {
            limit,
            ..alone(campaign, &settings, &A_MINUTE)
        };
        let mut dials = Vec::new();
        let report = plan.play(people.clone(), BTreeMap::new(), &mut |dial| {
            let since = dial.at.duration_since(plan.start).as_secs();
            dials.push((
                dial.recipient.priority,
                since,
                dial.in_progress,
                dial.committed_micros,
            ));
        });
        (dials, report)
    };
    // A minute of talk and a moment of ringing: two are on the phone when the third is called.
    let cents = |cents: u64| cents * MICROS_PER_CENT;
    let (dials, report) = play(&campaign, 9);
    assert_eq!(
        dials,
        [
            (90, 0, 1, cents(150)),
            (50, 30, 2, cents(300)),
            (10, 60, 3, cents(450))
        ]
    );
    assert_eq!((report.dials, report.peak_calls, report.cost_cents), (3, 3, 45));
    assert_eq!(
        (report.dials_by_hour.iter().sum::<u64>(), report.still_waiting),
        (3, 0)
    );
    let (dials, _) = play(&campaign, 1);
    let starts: Vec<i64> = dials.iter().map(|dial| dial.1).collect();
    assert!(
        starts[1] >= 62 && starts[1] <= 80 && starts[2] >= 124 && starts[2] <= 160,
        "{starts:?}"
    );
    campaign.start_at = Some(at("2026-11-20T13:00:00Z"));
    assert_eq!(play(&campaign, 9).0[0].1, 3_600);
    campaign.start_at = Some(at("2026-11-20T11:00:00Z"));
    assert_eq!(play(&campaign, 9).0[0].1, 0);
}

#[test]
fn whoever_was_called_lately_waits_for_a_cap_and_is_skipped_where_that_is_wished() {
    let (mut campaign, settings) = (campaign(), DialSettings::default());
    let start = at("2026-11-20T12:00:00Z");
    let earlier = |hours| {
        let dialled = Dialled::default().and(
            &CallId::derived(&["x"]),
            start - SignedDuration::from_hours(hours),
        );
        BTreeMap::from([(0, dialled)])
    };
    let play = |campaign: &Campaign, hours| {
        let mut first = None;
        let plan = alone(campaign, &settings, &A_MINUTE);
        let report = plan.play(vec![person(0, None)], earlier(hours), &mut |dial| {
            first.get_or_insert(dial.at.duration_since(start).as_hours());
        });
        (first, report.skipped.get(&SkipReason::FrequencyCap).copied())
    };
    campaign.rules.frequency_caps = vec![FrequencyCap { calls: 1, hours: 48 }];
    assert_eq!(play(&campaign, 24), (Some(24), None));
    campaign.end_at = Some(start + SignedDuration::from_hours(24));
    assert_eq!(play(&campaign, 24), (None, Some(1)), "it is over by then");
    campaign.end_at = None;
    campaign.rules.frequency_caps = vec![FrequencyCap { calls: 1, hours: 200 }];
    assert_eq!(
        play(&campaign, 24),
        (None, Some(1)),
        "a week is all that anybody waits"
    );
    assert_eq!(play(&campaign, 40), (Some(160), None));
    campaign.rules.frequency_caps.clear();
    campaign.rules.skip_called_within_days = Some(2);
    assert_eq!(play(&campaign, 24), (None, Some(1)));
    assert_eq!(play(&campaign, 48), (Some(0), None));
}

#[test]
fn nobody_is_called_whom_the_campaign_would_skip() {
    let (mut campaign, settings) = (campaign(), DialSettings::default());
    let play = |campaign: &Campaign| {
        let report =
            alone(campaign, &settings, &A_MINUTE).play(vec![person(0, None)], BTreeMap::new(), &mut |_| {});
        (report.dials, report.skipped)
    };
    campaign.required_variables = vec!["order".to_owned()];
    assert_eq!(
        play(&campaign),
        (0, BTreeMap::from([(SkipReason::MissingVariable, 1)]))
    );
    campaign.required_variables.clear();
    campaign.end_at = Some(at("2026-11-20T12:00:00Z"));
    assert_eq!(
        play(&campaign),
        (0, BTreeMap::from([(SkipReason::WindowClosed, 1)]))
    );
    campaign.end_at = Some(at("2026-11-20T12:00:01Z"));
    assert_eq!(play(&campaign).0, 1);
}

#[test]
fn a_provider_that_refuses_is_tried_eight_times_and_costs_nothing() {
    let (campaign, settings) = (campaign(), DialSettings::default());
    let refusing = Scenario {
        refused_percent: 100,
        ..A_MINUTE
    };
    let plan = alone(&campaign, &settings, &refusing);
    let report = plan.play(vec![person(0, None)], BTreeMap::new(), &mut |dial| {
        assert_eq!(dial.recipient.attempts, 0);
        assert_eq!(dial.earlier.calls.len(), 1, "what was refused was no call");
    });
    assert_eq!((report.dials, report.refused, report.cost_cents), (8, 8, 0));
    assert_eq!(report.outcomes, BTreeMap::from([(CallOutcome::Failed, 1)]));
}

#[test]
fn slots_for_calls_that_come_in_are_left_free() {
    let campaign = campaign();
    let settings = DialSettings {
        inbound_share: 2,
        ..DialSettings::default()
    };
    let plan = Rehearsal {
        limit: 5,
        ..alone(&campaign, &settings, &A_MINUTE)
    };
    let people = (0..9).map(|n| person(n, None)).collect();
    assert_eq!(plan.play(people, BTreeMap::new(), &mut |_| {}).peak_calls, 3);
}

#[test]
fn whoever_is_tried_again_is_called_by_priority_too() {
    let (mut campaign, settings) = (campaign(), DialSettings::default());
    let hours = r#"{"windows":{"fri":["09:00-17:00"],"sat":["09:00-17:00"]},"rules":{"only":[]}}"#;
    campaign.rules.calling_hours = serde_json::from_str(hours).unwrap();
    campaign.retry = RetryPolicy {
        max_attempts: 2,
        delay_secs: 43_200,
        ..RetryPolicy::default()
    };
    let nobody_answers = Scenario {
        no_answer_percent: 100,
        ..A_MINUTE
    };
    // Whenever they were called on Friday: on Saturday all of them are due when the hours open.
    let people = [10, 90, 50].map(|priority| Recipient {
        priority,
        ..person(usize::from(priority / 10) * 8, Some(0))
    });
    let mut called = Vec::new();
    let plan = alone(&campaign, &settings, &nobody_answers);
    plan.play(people.to_vec(), BTreeMap::new(), &mut |dial| {
        called.push(dial.recipient.priority)
    });
    assert_eq!(called, [90, 50, 10, 90, 50, 10]);
}
