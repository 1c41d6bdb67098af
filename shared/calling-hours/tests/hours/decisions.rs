//! Cases that a person would ask about, with the answers worked out by hand.

use jiff::Timestamp;
use switchboard_calling_hours::{
    Answer, CallingHours, Decision, Reason, Rule, RuleChoice, UnknownZone, Windows, Zone, ZoneOfRecipient,
    ZoneSource, decide,
};

fn policy(windows: &[&str], rules: &[&str]) -> CallingHours {
    let windows: Vec<_> = windows.iter().map(|text| text.parse().unwrap()).collect();
    CallingHours {
        windows: Windows::every_day(&windows).unwrap(),
        zone_of_recipient: ZoneOfRecipient::Column,
        unknown_zone: UnknownZone::Skip,
        rules: RuleChoice::Only(rules.iter().map(|id| Rule::find(id).unwrap()).collect()),
        holidays: true,
    }
}

fn automatic(windows: &[&str]) -> CallingHours {
    CallingHours {
        rules: RuleChoice::Auto,
        ..policy(windows, &[])
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn ask(number: &str, zone: Option<&str>, policy: &CallingHours, now: &str) -> Decision {
    decide(number, zone, policy, at(now))
}

#[track_caller]
fn opens(decision: &Decision, expected: &str) -> Reason {
    let Answer::Closed { opens_at, because } = &decision.answer else {
        panic!("{decision:?}")
    };
    assert_eq!(*opens_at, at(expected));
    because.clone()
}

#[track_caller]
fn closes(decision: &Decision, expected: &str) {
    assert_eq!(decision.answer, Answer::Open { until: at(expected) });
}

const ANYBODY: &str = "+12125550100";

#[test]
fn an_hour_that_summer_time_skips_opens_when_the_clock_is_past_it() {
    // New York, 2026-03-08: 02:00 becomes 03:00.
    let night = policy(&["02:15-03:30"], &[]);
    opens(
        &ask(ANYBODY, None, &night, "2026-03-08T01:00:00-05:00"),
        "2026-03-08T03:00:00-04:00",
    );
    let gone = policy(&["02:00-03:00"], &[]);
    opens(
        &ask(ANYBODY, None, &gone, "2026-03-08T01:00:00-05:00"),
        "2026-03-09T02:00:00-04:00",
    );
}

#[test]
fn an_hour_that_comes_twice_is_open_twice() {
    // New York, 2026-11-01: 02:00 becomes 01:00 again.
    let night = policy(&["01:00-01:30"], &[]);
    closes(
        &ask(ANYBODY, None, &night, "2026-11-01T01:10:00-04:00"),
        "2026-11-01T01:30:00-04:00",
    );
    opens(
        &ask(ANYBODY, None, &night, "2026-11-01T01:40:00-04:00"),
        "2026-11-01T01:00:00-05:00",
    );
    closes(
        &ask(ANYBODY, None, &night, "2026-11-01T01:00:00-05:00"),
        "2026-11-01T01:30:00-05:00",
    );
    let whole = policy(&["00:30-02:00"], &[]);
    closes(
        &ask(ANYBODY, None, &whole, "2026-11-01T01:10:00-04:00"),
        "2026-11-01T02:00:00-05:00",
    );
}

#[test]
fn summer_time_of_half_an_hour_counts() {
    // Lord Howe, 2026-10-04: 02:00 becomes 02:30.
    let night = policy(&["02:10-04:00"], &[]);
    let decision = ask(
        ANYBODY,
        Some("Australia/Lord_Howe"),
        &night,
        "2026-10-04T01:00:00+10:30",
    );
    opens(&decision, "2026-10-04T02:30:00+11:00");
}

#[test]
fn quarter_hours_open_on_the_minute() {
    let morning = policy(&["09:00-17:00"], &[]);
    let decision = ask("+97715551234", None, &morning, "2026-11-23T00:00:30Z");
    assert_eq!(decision.zones_used, ["Asia/Kathmandu"]);
    opens(&decision, "2026-11-23T03:15:00Z");
}

#[test]
fn a_number_of_two_zones_waits_for_both() {
    // Spain's mobiles may be on the Canary Islands, an hour behind.
    let day = automatic(&["00:00-24:00"]);
    let decision = ask("+34612345678", None, &day, "2026-11-23T09:30:00+01:00");
    assert_eq!(decision.zone_source, ZoneSource::Number);
    let because = opens(&decision, "2026-11-23T10:00:00+01:00");
    assert_eq!(
        because,
        Reason::RuleHours {
            rule: "es",
            zone: "Atlantic/Canary".into()
        }
    );
    closes(
        &ask("+34612345678", None, &day, "2026-11-23T10:00:00+01:00"),
        "2026-11-23T21:00:00+01:00",
    );
    // The contact list knows better.
    let decision = ask(
        "+34612345678",
        Some(" europe/madrid "),
        &day,
        "2026-11-23T09:30:00+01:00",
    );
    closes(&decision, "2026-11-23T21:00:00+01:00");
    assert_eq!(
        (decision.zone_source, decision.zones_used),
        (ZoneSource::Column, vec!["Europe/Madrid".into()])
    );
}

#[test]
fn a_country_across_the_date_line_has_few_hours_in_common() {
    // Kiribati: UTC+12, +13 and +14.
    let decision = ask(
        "+68612345678",
        None,
        &policy(&["09:00-17:00"], &[]),
        "2026-11-22T12:00:00Z",
    );
    assert_eq!(decision.zones_used.len(), 3);
    opens(&decision, "2026-11-22T21:00:00Z");
    closes(
        &ask(
            "+68612345678",
            None,
            &policy(&["09:00-17:00"], &[]),
            "2026-11-22T21:00:00Z",
        ),
        "2026-11-23T03:00:00Z",
    );
}

#[test]
fn a_holiday_is_named() {
    // Thanksgiving in Alabama; the next day is open again.
    let decision = ask(
        "+12055550100",
        None,
        &automatic(&["00:00-24:00"]),
        "2026-11-26T12:00:00-06:00",
    );
    let because = opens(&decision, "2026-11-27T08:00:00-06:00");
    assert_eq!(
        because,
        Reason::Holiday {
            rule: "us-al",
            holiday: "Thanksgiving",
            zone: "America/Chicago".into()
        }
    );
    let working = CallingHours {
        holidays: false,
        ..automatic(&["00:00-24:00"])
    };
    closes(
        &ask("+12055550100", None, &working, "2026-11-26T12:00:00-06:00"),
        "2026-11-26T20:00:00-06:00",
    );
}

#[test]
fn a_long_weekend_is_passed_over() {
    // Friday evening before Easter 2026 in France: Saturday, Sunday and Easter Monday are closed.
    let decision = ask(
        "+33112345678",
        None,
        &automatic(&["08:00-20:00"]),
        "2026-04-03T21:00:00+02:00",
    );
    let because = opens(&decision, "2026-04-07T10:00:00+02:00");
    assert_eq!(
        because,
        Reason::OutsideWindows {
            zone: "Europe/Paris".into()
        }
    );
}

#[test]
fn a_toll_free_number_is_skipped_or_takes_the_zone_of_the_campaign() {
    let skip = automatic(&["09:00-21:00"]);
    let decision = ask("+18005550100", None, &skip, "2026-11-23T18:00:00Z");
    assert_eq!(
        decision.answer,
        Answer::Never {
            because: Reason::UnknownZone
        }
    );
    let zone = Zone::parse("America/Chicago").unwrap();
    let campaign = CallingHours {
        unknown_zone: UnknownZone::UseCampaignZone(zone),
        ..skip
    };
    // The strictest of all states: ten in Kentucky, until five in Maine.
    let decision = ask("+18005550100", None, &campaign, "2026-11-23T06:00:00-06:00");
    opens(&decision, "2026-11-23T10:00:00-06:00");
    assert_eq!(decision.zone_source, ZoneSource::Campaign);
    closes(
        &ask("+18005550100", None, &campaign, "2026-11-23T10:00:00-06:00"),
        "2026-11-23T17:00:00-06:00",
    );
}

#[test]
fn what_is_no_zone_is_never_guessed_around() {
    let decision = ask(
        ANYBODY,
        Some("Eastern Time"),
        &automatic(&["09:00-21:00"]),
        "2026-11-23T18:00:00Z",
    );
    assert_eq!(
        decision.answer,
        Answer::Never {
            because: Reason::InvalidZone
        }
    );
    let by_number = CallingHours {
        zone_of_recipient: ZoneOfRecipient::Number,
        ..automatic(&["09:00-21:00"])
    };
    assert!(ask(ANYBODY, Some("Eastern Time"), &by_number, "2026-11-23T18:00:00Z").is_open());
    assert!(
        ask(
            ANYBODY,
            Some("  "),
            &automatic(&["09:00-21:00"]),
            "2026-11-23T18:00:00Z"
        )
        .is_open()
    );
}

#[test]
fn windows_that_no_rule_allows_are_never_open() {
    let night = policy(&["22:00-06:00"], &["us-federal"]);
    let decision = ask(ANYBODY, None, &night, "2026-11-23T18:00:00Z");
    assert_eq!(
        decision.answer,
        Answer::Never {
            because: Reason::NoCommonHour
        }
    );
}

#[test]
fn always_open_is_open_as_far_as_it_looks() {
    let always = policy(&["00:00-24:00"], &[]);
    closes(
        &ask(ANYBODY, None, &always, "2026-01-01T00:00:00Z"),
        "2027-02-05T00:00:00Z",
    );
}

#[test]
fn the_ends_of_time_are_answered() {
    let day = automatic(&["09:00-17:00"]);
    for now in [Timestamp::MIN, Timestamp::MAX] {
        decide(ANYBODY, None, &day, now);
    }
}

#[test]
fn limits_on_how_often_come_with_the_decision() {
    let decision = ask(
        "+13055550100",
        None,
        &automatic(&["09:00-17:00"]),
        "2026-11-23T18:00:00Z",
    );
    let limits: Vec<_> = decision
        .call_limits()
        .map(|(rule, l)| (rule, l.calls, l.hours))
        .collect();
    assert_eq!(limits, [("us-fl", 3, 24)]);
    let json = serde_json::to_value(&decision).unwrap();
    assert_eq!(json["rules_used"], serde_json::json!(["us-federal", "us-fl"]));
    assert_eq!(json["answer"]["open"]["until"], "2026-11-23T22:00:00Z");
}

#[test]
fn no_answer_shows_a_number() {
    let decision = ask(
        "+13055550187",
        None,
        &automatic(&["09:00-17:00"]),
        "2026-11-23T03:00:00Z",
    );
    assert!(!format!("{decision:?}").contains("5550187"));
}
