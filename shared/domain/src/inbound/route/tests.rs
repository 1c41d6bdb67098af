//! Rules by number, caller, language, clock and calendar.

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::{AgentId, PhoneNumber};

fn number(text: &str) -> PhoneNumber {
    PhoneNumber::parse(text).unwrap()
}

fn agent(name: &str) -> RouteTarget {
    RouteTarget::Agent {
        agent_id: AgentId::derived(&[name]),
    }
}

fn rule(name: &str, position: u32, when: RoutingConditions) -> RoutingRule {
    RoutingRule {
        rule_id: RoutingRuleId::derived(&[name]),
        name: name.to_owned(),
        position,
        enabled: true,
        when,
        targets: vec![agent(name)],
        language: None,
        created_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
        version: 1,
    }
}

fn settings() -> ReceptionSettings {
    ReceptionSettings {
        time_zone: "Europe/Madrid".to_owned(),
        holidays: vec!["2026-12-25".parse().unwrap()],
        language: "es".to_owned(),
        ..ReceptionSettings::default()
    }
}

/// A call from a Spanish mobile phone at a moment in UTC.
fn call(at: &str) -> RouteQuestion {
    RouteQuestion {
        called: Some(number("+34910000001")),
        caller: Some(number("+34600000001")),
        at: at.parse().unwrap(),
    }
}

fn hours(from: Option<&str>, until: Option<&str>) -> RoutingConditions {
    RoutingConditions {
        from: from.map(|time| time.parse().unwrap()),
        until: until.map(|time| time.parse().unwrap()),
        ..RoutingConditions::default()
    }
}

/// Whether a rule with these conditions decides; why, if not.
fn holds(when: RoutingConditions, question: &RouteQuestion) -> Result<(), String> {
    let (rules, settings) = ([rule("r", 0, when)], settings());
    let plan = RoutingPlan {
        rules: &rules,
        settings: &settings,
    };
    let tried = plan.tried(question).remove(0);
    assert_eq!(plan.route(question).rule_id.is_some(), tried.holds);
    if tried.holds { Ok(()) } else { Err(tried.because) }
}

#[test]
fn without_a_rule_that_holds_the_caller_leaves_a_message() {
    let settings = settings();
    let mut off = rule("off", 0, RoutingConditions::default());
    off.enabled = false;
    for rules in [vec![], vec![off]] {
        let plan = RoutingPlan {
            rules: &rules,
            settings: &settings,
        };
        let answer = plan.route(&call("2026-06-01T10:00:00Z"));
        assert_eq!(
            (answer.rule_id, answer.targets),
            (None, vec![RouteTarget::Voicemail])
        );
        assert_eq!(answer.language, "es");
        let tried = plan.tried(&call("2026-06-01T10:00:00Z"));
        assert!(
            tried
                .iter()
                .all(|tried| !tried.holds && tried.because == "It is switched off.")
        );
    }
}

#[test]
fn the_first_rule_that_holds_decides_by_position() {
    let mut french = rule(
        "French",
        5,
        RoutingConditions {
            languages: vec!["fr-FR".to_owned()],
            ..RoutingConditions::default()
        },
    );
    french.language = Some("fr".to_owned());
    let rules = [
        rule("all", 9, RoutingConditions::default()),
        french,
        rule("later", 10, RoutingConditions::default()),
    ];
    let settings = settings();
    let plan = RoutingPlan {
        rules: &rules,
        settings: &settings,
    };
    let mut question = call("2026-06-01T10:00:00Z");
    let answer = plan.route(&question);
    assert_eq!(
        (answer.rule_name.as_deref(), answer.language.as_str()),
        (Some("all"), "es")
    );
    let tried: Vec<_> = plan
        .tried(&question)
        .into_iter()
        .map(|tried| (tried.name, tried.holds, tried.because))
        .collect();
    assert_eq!(
        tried[0],
        (
            "French".into(),
            false,
            "In the caller's country they speak es.".into()
        )
    );
    assert_eq!(tried[1], ("all".into(), true, "It holds for every call.".into()));
    assert_eq!(
        tried[2],
        (
            "later".into(),
            false,
            "Not asked: “all” decides before it.".into()
        )
    );
    question.caller = Some(number("+33612345678"));
    let answer = plan.route(&question);
    assert_eq!(
        (answer.rule_name.as_deref(), answer.language.as_str()),
        (Some("French"), "fr")
    );
}

#[test]
fn numbers_and_callers_are_looked_at() {
    let question = call("2026-06-01T10:00:00Z");
    let hidden = RouteQuestion {
        caller: None,
        ..question.clone()
    };
    let called = |text: &str| RoutingConditions {
        called: vec![number(text)],
        ..RoutingConditions::default()
    };
    assert_eq!(holds(called("+34910000001"), &question), Ok(()));
    assert!(holds(called("+34910000002"), &question).is_err());
    let callers = |callers: &[&str]| RoutingConditions {
        callers: callers.iter().map(|text| (*text).to_owned()).collect(),
        ..RoutingConditions::default()
    };
    for (wanted, shown, not_shown) in [
        (&["+34"][..], true, false),
        (&["+34600000001"], true, false),
        (&["+351", "+33"], false, false),
        (&["anonymous"], false, true),
        (&["anonymous", "+346"], true, true),
        (&["34"], false, false),
    ] {
        assert_eq!(holds(callers(wanted), &question).is_ok(), shown, "{wanted:?}");
        assert_eq!(holds(callers(wanted), &hidden).is_ok(), not_shown, "{wanted:?}");
    }
    let speaks = RoutingConditions {
        languages: vec!["ca".to_owned(), "ES".to_owned()],
        ..RoutingConditions::default()
    };
    assert_eq!(holds(speaks.clone(), &question), Ok(()));
    assert!(holds(speaks, &hidden).unwrap_err().contains("not shown"));
}

#[test]
fn hours_are_those_of_the_reception_through_summer_and_winter() {
    let office = || hours(Some("09:00"), Some("17:00"));
    // Madrid is two hours ahead of UTC in summer and one in winter.
    for (at, open) in [
        ("2026-07-01T06:59:59Z", false),
        ("2026-07-01T07:00:00Z", true),
        ("2026-07-01T14:59:59Z", true),
        ("2026-07-01T15:00:00Z", false),
        ("2026-12-01T07:30:00Z", false),
        ("2026-12-01T08:00:00Z", true),
        ("2026-12-01T15:59:00Z", true),
        // Clocks go back at 01:00 UTC on this day, and forward on that one.
        ("2026-10-25T08:00:00Z", true),
        ("2026-10-25T07:30:00Z", false),
        ("2026-03-29T07:00:00Z", true),
    ] {
        assert_eq!(holds(office(), &call(at)).is_ok(), open, "{at}");
    }
    let because = holds(office(), &call("2026-12-01T07:30:00Z")).unwrap_err();
    assert_eq!(
        because,
        "It holds from 09:00 to 17:00, and it is 08:30 in Europe/Madrid."
    );
    assert!(holds(hours(Some("12:00"), None), &call("2026-12-01T22:30:00Z")).is_ok());
    assert!(
        holds(hours(None, Some("12:00")), &call("2026-12-01T23:30:00Z")).is_ok(),
        "the next day began"
    );
    let unknown = ReceptionSettings {
        time_zone: "Europe/Nowhere".to_owned(),
        ..settings()
    };
    let rules = [rule("r", 0, office())];
    let plan = RoutingPlan {
        rules: &rules,
        settings: &unknown,
    };
    assert!(
        plan.route(&call("2026-07-01T09:00:00Z")).rule_id.is_some(),
        "a call must go somewhere"
    );
}

#[test]
fn the_early_hours_of_a_night_are_those_of_the_evening_before() {
    let mut friday_night = hours(Some("22:00"), Some("06:00"));
    friday_night.days = vec![Weekday::Friday];
    // 2026-07-03 is a Friday.
    for (at, open) in [
        ("2026-07-03T19:59:00Z", false),
        ("2026-07-03T20:00:00Z", true),
        ("2026-07-03T23:30:00Z", true),
        ("2026-07-04T03:59:00Z", true),
        ("2026-07-04T04:00:00Z", false),
        ("2026-07-03T01:00:00Z", false),
        ("2026-07-04T20:30:00Z", false),
    ] {
        assert_eq!(holds(friday_night.clone(), &call(at)).is_ok(), open, "{at}");
    }
    let because = holds(friday_night, &call("2026-07-03T01:00:00Z")).unwrap_err();
    assert!(
        because.ends_with("these hours are those of Thursday in Europe/Madrid."),
        "{because}"
    );
    let mut holiday_night = hours(Some("22:00"), Some("06:00"));
    holiday_night.holidays = Some(true);
    assert!(holds(holiday_night, &call("2026-12-26T02:00:00Z")).is_ok());
}

#[test]
fn holidays_are_days_of_the_reception() {
    let on = |holidays| RoutingConditions {
        holidays: Some(holidays),
        ..RoutingConditions::default()
    };
    // Christmas in Madrid begins an hour before it does in UTC.
    for (at, holiday) in [
        ("2026-12-24T22:59:59Z", false),
        ("2026-12-24T23:00:00Z", true),
        ("2026-12-25T22:59:59Z", true),
        ("2026-12-25T23:00:00Z", false),
    ] {
        assert_eq!(holds(on(true), &call(at)).is_ok(), holiday, "{at}");
        assert_eq!(holds(on(false), &call(at)).is_ok(), !holiday, "{at}");
    }
}

#[test]
fn nothing_comes_after_voicemail_or_the_end() {
    let ends = |targets: Vec<RouteTarget>| to_the_end(&targets);
    let voicemail = RouteTarget::Voicemail;
    assert_eq!(ends(vec![]), std::slice::from_ref(&voicemail));
    assert_eq!(
        ends(vec![agent("a"), agent("b")]),
        [agent("a"), agent("b"), voicemail.clone()]
    );
    assert_eq!(
        ends(vec![agent("a"), RouteTarget::Closed]),
        [agent("a"), RouteTarget::Closed]
    );
    assert_eq!(ends(vec![voicemail.clone(), agent("a")]), [voicemail]);
}

#[test]
fn what_is_wrong_with_a_rule_is_named_by_its_field() {
    let fine = rule("r", 0, RoutingConditions::default());
    assert_eq!(fine.faults(), []);
    let mut wrong = fine.clone();
    wrong.name = " ".to_owned();
    wrong.when = RoutingConditions {
        callers: vec!["34".to_owned()],
        languages: vec!["Spanish".to_owned()],
        ..hours(Some("09:00"), Some("09:00"))
    };
    wrong.language = Some("E".to_owned());
    wrong.targets = vec![
        RouteTarget::Voicemail,
        RouteTarget::Person {
            phone_number: number("+34600000001"),
            ring_secs: 3,
        },
    ];
    let fields: Vec<String> = wrong.faults().into_iter().map(|(field, _)| field).collect();
    let expected = [
        "name",
        "when.callers",
        "when.languages",
        "when.until",
        "language",
        "targets[0]",
        "targets[1].ring_secs",
    ];
    assert_eq!(fields, expected);
    let mut none = fine.clone();
    none.targets.clear();
    assert_eq!(none.faults()[0].0, "targets");
    for callers in ["+34", "+34600000001", "anonymous"] {
        let mut rule = fine.clone();
        rule.when.callers = vec![callers.to_owned()];
        assert_eq!(rule.faults(), [], "{callers}");
    }
}

#[test]
fn what_is_wrong_with_the_settings_is_named_by_its_field() {
    assert_eq!(ReceptionSettings::default().faults(), []);
    assert_eq!(settings().faults(), []);
    let wrong = ReceptionSettings {
        company: "x".repeat(200),
        time_zone: "Mars".to_owned(),
        language: String::new(),
        voicemail_greeting: String::new(),
        urgent_words: vec!["fire".to_owned(), "Fire".to_owned()],
        summary_model: "../etc".to_owned(),
        longest_call_secs: 5,
        ..settings()
    };
    let fields: Vec<String> = wrong.faults().into_iter().map(|(field, _)| field).collect();
    let expected = [
        "company",
        "time_zone",
        "language",
        "voicemail_greeting",
        "urgent_words",
        "summary_model",
        "longest_call_secs",
    ];
    assert_eq!(fields, expected);
}

fn any_conditions() -> impl Strategy<Value = RoutingConditions> {
    let time =
        || prop::option::of((0..24i8, 0..60i8).prop_map(|(hour, minute)| Time::constant(hour, minute, 0, 0)));
    let days = [Weekday::Monday, Weekday::Saturday, Weekday::Sunday];
    (
        prop::collection::vec(prop::sample::select(vec!["+34", "+1", "anonymous"]), 0..2),
        prop::collection::vec(prop::sample::select(vec!["es", "en"]), 0..2),
        prop::sample::subsequence(days.to_vec(), 0..3),
        time(),
        time(),
        prop::option::of(any::<bool>()),
    )
        .prop_map(
            |(callers, languages, days, from, until, holidays)| RoutingConditions {
                called: Vec::new(),
                callers: callers.into_iter().map(str::to_owned).collect(),
                languages: languages.into_iter().map(str::to_owned).collect(),
                days,
                from,
                until,
                holidays,
            },
        )
}

proptest! {
    /// Every call has somebody who takes it, and the list of reasons says the same as the answer.
    #[test]
    fn every_call_goes_somewhere_and_the_reasons_agree(
        conditions in prop::collection::vec((any_conditions(), any::<bool>(), 0..4u32), 0..8),
        caller in prop::option::of(prop::sample::select(vec!["+34600000001", "+14155550100", "+999123456"])),
        at in 1_700_000_000i64..1_900_000_000,
    ) {
        let rules: Vec<RoutingRule> = conditions.into_iter().enumerate().map(|(n, (when, enabled, position))| {
            let mut rule = rule(&format!("r{n}"), position, when);
            rule.enabled = enabled;
            rule
        }).collect();
        let settings = settings();
        let plan = RoutingPlan { rules: &rules, settings: &settings };
        let question = RouteQuestion {
            called: None,
            caller: caller.map(number),
            at: Timestamp::from_second(at).unwrap(),
        };
        let answer = plan.route(&question);
        let tried = plan.tried(&question);
        prop_assert_eq!(tried.len(), rules.len());
        let deciding: Vec<_> = tried.iter().filter(|tried| tried.holds).collect();
        prop_assert!(deciding.len() <= 1);
        prop_assert_eq!(deciding.first().map(|tried| &tried.rule_id), answer.rule_id.as_ref());
        prop_assert!(tried.iter().all(|tried| tried.because.ends_with('.')));
        prop_assert!(matches!(answer.targets.last(), Some(RouteTarget::Voicemail | RouteTarget::Closed)));
        prop_assert!(!rules.iter().any(|rule| !rule.enabled && Some(&rule.rule_id) == answer.rule_id.as_ref()));
    }
}

/// The fields in which a rule that was changed so is wrong.
fn wrong_in(change: impl FnOnce(&mut RoutingRule)) -> Vec<String> {
    let mut rule = rule("r", 0, RoutingConditions::default());
    change(&mut rule);
    rule.faults().into_iter().map(|(field, _)| field).collect()
}

#[test]
fn a_rule_may_be_as_long_as_is_said_and_no_longer() {
    let texts = |text: &str, count: usize| vec![text.to_owned(); count];
    assert_eq!(wrong_in(|rule| rule.name = "é".repeat(200)), [""; 0]);
    assert_eq!(wrong_in(|rule| rule.name = "é".repeat(201)), ["name"]);
    assert_eq!(
        wrong_in(|rule| rule.when.called = vec![number("+34910000001"); 100]),
        [""; 0]
    );
    assert_eq!(
        wrong_in(|rule| rule.when.called = vec![number("+34910000001"); 101]),
        ["when.called"]
    );
    assert_eq!(wrong_in(|rule| rule.when.callers = texts("+34", 100)), [""; 0]);
    assert_eq!(
        wrong_in(|rule| rule.when.callers = texts("+34", 101)),
        ["when.callers"]
    );
    assert_eq!(wrong_in(|rule| rule.when.languages = texts("es", 100)), [""; 0]);
    assert_eq!(
        wrong_in(|rule| rule.when.languages = texts("es", 101)),
        ["when.languages"]
    );
    assert_eq!(wrong_in(|rule| rule.targets = vec![agent("a"); 4]), [""; 0]);
    assert_eq!(wrong_in(|rule| rule.targets = vec![agent("a"); 5]), ["targets"]);
    assert_eq!(
        wrong_in(|rule| rule.when = hours(Some("09:00"), Some("10:00"))),
        [""; 0]
    );
    for (ring_secs, fine) in [(4, false), (5, true), (120, true), (121, false)] {
        let person = RouteTarget::Person {
            phone_number: number("+34600000001"),
            ring_secs,
        };
        assert_eq!(
            wrong_in(|rule| rule.targets = vec![person]).is_empty(),
            fine,
            "{ring_secs}"
        );
    }
    for last in [RouteTarget::Voicemail, RouteTarget::Closed] {
        assert_eq!(
            wrong_in(|rule| rule.targets = vec![agent("a"), last.clone()]),
            [""; 0]
        );
        assert_eq!(
            wrong_in(|rule| rule.targets = vec![last, agent("a")]),
            ["targets[0]"]
        );
    }
}

#[test]
fn callers_are_beginnings_of_numbers_and_languages_are_codes() {
    for (text, fine) in [
        ("+1", true),
        ("+123456789012345", true),
        ("+1234567890123456", false),
        ("+", false),
        ("+0", false),
        ("+3a", false),
        ("3", false),
        ("anonymous", true),
        ("", false),
    ] {
        assert_eq!(
            wrong_in(|rule| rule.when.callers = vec![text.to_owned()]).is_empty(),
            fine,
            "{text}"
        );
    }
    for (code, fine) in [
        ("es", true),
        ("fil", true),
        ("e", false),
        ("engl", false),
        ("Es", false),
        ("pt-BR", true),
        ("zh-Hant", true),
        ("zh-Hant-TW", true),
        ("zh-Hant-TW-x", false),
        ("zh-Hans-TW12", true),
        ("zh-Hans-TW1-2", false),
        ("es-", false),
        ("es-1", false),
        ("es-latin", false),
        ("es-m_", false),
        ("", false),
    ] {
        assert_eq!(
            wrong_in(|rule| rule.language = Some(code.to_owned())).is_empty(),
            fine,
            "{code}"
        );
    }
}

#[test]
fn settings_may_be_as_long_as_is_said_and_no_longer() {
    fn wrong(change: impl FnOnce(&mut ReceptionSettings)) -> Vec<String> {
        let mut settings = settings();
        change(&mut settings);
        settings.faults().into_iter().map(|(field, _)| field).collect()
    }
    let words = |count: usize| (0..count).map(|n| format!("word{n}")).collect::<Vec<_>>();
    let day = settings().holidays[0];
    assert_eq!(wrong(|it| it.company = "é".repeat(100)), [""; 0]);
    assert_eq!(wrong(|it| it.company = "é".repeat(101)), ["company"]);
    assert_eq!(wrong(|it| it.holidays = vec![day; 500]), [""; 0]);
    assert_eq!(wrong(|it| it.holidays = vec![day; 501]), ["holidays"]);
    assert_eq!(wrong(|it| it.voicemail_greeting = "é".repeat(1_000)), [""; 0]);
    assert_eq!(
        wrong(|it| it.voicemail_greeting = "é".repeat(1_001)),
        ["voicemail_greeting"]
    );
    assert_eq!(wrong(|it| it.urgent_words = words(100)), [""; 0]);
    assert_eq!(wrong(|it| it.urgent_words = words(101)), ["urgent_words"]);
    assert_eq!(wrong(|it| it.urgent_words = vec!["é".repeat(60)]), [""; 0]);
    assert_eq!(
        wrong(|it| it.urgent_words = vec!["é".repeat(61)]),
        ["urgent_words"]
    );
    assert_eq!(
        wrong(|it| it.urgent_words = vec!["!?".to_owned()]),
        ["urgent_words"]
    );
    assert_eq!(wrong(|it| it.summary_model = "m".repeat(100)), [""; 0]);
    assert_eq!(wrong(|it| it.summary_model = "m".repeat(101)), ["summary_model"]);
    assert_eq!(wrong(|it| it.summary_model = " ".to_owned()), ["summary_model"]);
    assert_eq!(wrong(|it| it.summary_model = "a-1.b_c:d".to_owned()), [""; 0]);
    for (secs, fine) in [(59, false), (60, true), (3_500, true), (3_501, false)] {
        assert_eq!(wrong(|it| it.longest_call_secs = secs).is_empty(), fine, "{secs}");
    }
}

#[test]
fn a_day_is_named_as_people_write_it_and_kept_as_it_is_spelled() {
    // 2026-06-01 is a Monday.
    let days = [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ];
    let all: Vec<Weekday> = Weekday::Monday.cycle_forward().take(7).collect();
    for (n, name) in days.iter().enumerate() {
        let other_days = RoutingConditions {
            days: all.iter().copied().filter(|day| *day != all[n]).collect(),
            ..RoutingConditions::default()
        };
        let because = holds(other_days, &call(&format!("2026-06-0{}T10:00:00Z", n + 1))).unwrap_err();
        assert!(
            because.ends_with(&format!("it is {name} in Europe/Madrid.")),
            "{because}"
        );
    }
    let when = RoutingConditions {
        days: all,
        ..RoutingConditions::default()
    };
    let kept = serde_json::to_value(&when).unwrap();
    let names = days.map(str::to_lowercase);
    assert_eq!(kept["days"], serde_json::json!(names));
    assert_eq!(
        serde_json::from_value::<RoutingConditions>(kept.clone()).unwrap(),
        when
    );
    let mut wrong = kept;
    wrong["days"] = serde_json::json!(["someday"]);
    let error = serde_json::from_value::<RoutingConditions>(wrong)
        .unwrap_err()
        .to_string();
    assert!(error.contains("someday is no day of the week"), "{error}");
}

#[test]
fn rules_at_the_same_place_have_an_order_of_their_own() {
    let settings = settings();
    let mut rules = [1, 2, 3].map(|n| rule(&format!("r{n}"), 0, RoutingConditions::default()));
    let decides = |rules: &[RoutingRule]| {
        let plan = RoutingPlan {
            rules,
            settings: &settings,
        };
        plan.route(&call("2026-06-01T10:00:00Z")).rule_id
    };
    let before = decides(&rules);
    assert!(before.is_some());
    rules.reverse();
    assert_eq!(decides(&rules), before);
}

#[test]
fn a_rule_with_conditions_says_that_they_hold() {
    let rules = [rule("r", 0, hours(Some("09:00"), None))];
    let settings = settings();
    let plan = RoutingPlan {
        rules: &rules,
        settings: &settings,
    };
    assert_eq!(
        plan.tried(&call("2026-06-01T10:00:00Z"))[0].because,
        "All its conditions hold."
    );
}
