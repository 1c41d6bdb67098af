//! Reports of made-up calls.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use switchboard_calling_hours::ZoneSource;

use super::builder::COUNTED;
use super::*;
use crate::testing::call;
use crate::{AgentId, Call, CallId, CallStatus, CallSuccess, Disclosed, HoursUsed, ProviderId, RecipientId};

fn answered(success: bool) -> Call {
    let mut answered = call(CallStatus::Completed);
    answered.duration_secs = Some(60);
    answered.results.success = Some(match success {
        true => CallSuccess::Success,
        false => CallSuccess::Failure,
    });
    answered.results.cost_usd = Some(0.12);
    answered
}

fn by_clock(mut call: Call, zone: &str, at: &str) -> Call {
    call.placing_at = Some(at.parse().unwrap());
    call.hours = Some(HoursUsed {
        zones: vec![zone.to_owned(), "Europe/Madrid".to_owned()],
        source: ZoneSource::Number,
        rules: Vec::new(),
    });
    call
}

fn report(calls: &[Call], variables: ReportVariables) -> CampaignReport {
    let mut builder = ReportBuilder::new(variables);
    calls.iter().for_each(|call| builder.call(call));
    builder.finish()
}

fn keys(report: &CampaignReport, by: ReportBy) -> Vec<(String, u64)> {
    let table = report.tables.iter().find(|table| table.by == by).unwrap();
    table
        .rows
        .iter()
        .map(|row| (row.key.clone(), row.calls))
        .collect()
}

fn person(n: u64) -> RecipientId {
    RecipientId::derived(&[&n.to_string()])
}

/// `successes` people of `people` whom an agent called, some of them twice.
fn called_by(agent: &str, successes: u64, people: u64) -> Vec<Call> {
    let calls = (0..people).flat_map(|n| {
        let mut first = call(CallStatus::NoAnswer);
        first.agent_id = Some(AgentId::derived(&[agent]));
        first.recipient_id = Some(person(n + 1_000 * agent.len() as u64));
        let mut second = answered(n < successes);
        second.agent_id.clone_from(&first.agent_id);
        second.recipient_id.clone_from(&first.recipient_id);
        match n % 3 {
            0 => vec![first, second],
            _ => vec![second],
        }
    });
    calls.collect()
}

#[test]
fn totals_are_of_calls_that_rang_and_are_over() {
    let calls = [
        answered(true),
        answered(false),
        call(CallStatus::Voicemail),
        call(CallStatus::Failed),
        call(CallStatus::InProgress),
        call(CallStatus::Queued),
        call(CallStatus::NotPlaced),
        call(CallStatus::Cancelled),
    ];
    let report = report(&calls, ReportVariables::None);
    let totals = &report.totals;
    assert_eq!((totals.calls, totals.answered, totals.successes), (4, 2, 1));
    assert_eq!((totals.answer_rate, totals.success_rate), (Some(0.5), Some(0.5)));
    assert_eq!((totals.average_talk_secs, totals.cost_usd), (Some(60.0), 0.24));
    assert_eq!((report.open, report.never_placed), (2, 2));
    assert_eq!(
        keys(&report, ReportBy::Outcome),
        [
            ("completed".to_owned(), 2),
            ("voicemail".to_owned(), 1),
            ("failed".to_owned(), 1)
        ]
    );
}

#[test]
fn a_report_of_nothing_has_no_rates() {
    let report = report(&[], ReportVariables::One("city".to_owned()));
    assert_eq!((report.totals.calls, report.totals.answer_rate), (0, None));
    assert!(
        report
            .tables
            .iter()
            .all(|table| table.rows.is_empty() && table.without.is_none())
    );
    assert!(report.agents.agents.is_empty() && report.disclosure.is_none());
}

#[test]
fn the_hour_is_that_of_the_persons_own_clock() {
    let calls = [
        by_clock(answered(true), "America/New_York", "2026-07-01T13:30:00Z"),
        by_clock(answered(true), "America/New_York", "2026-12-01T13:30:00Z"),
        by_clock(answered(true), "Asia/Kolkata", "2026-12-01T20:00:00Z"),
        by_clock(answered(true), "Nowhere/Land", "2026-12-01T20:00:00Z"),
        answered(true),
    ];
    let report = report(&calls, ReportVariables::None);
    let hours = [("01".to_owned(), 1), ("08".to_owned(), 1), ("09".to_owned(), 1)];
    assert_eq!(keys(&report, ReportBy::Hour), hours);
    let table = report.table(ReportBy::Hour, None).unwrap();
    assert_eq!(table.without.as_ref().unwrap().calls, 2);
}

#[test]
fn values_beyond_the_fiftieth_are_together() {
    let calls: Vec<Call> = (0..60u32)
        .flat_map(|n| {
            let mut call = answered(n % 2 == 0);
            call.variables.insert("city".to_owned(), format!("city {n:02}"));
            // The later, the more calls.
            std::iter::repeat_n(call, n as usize + 1)
        })
        .chain([answered(true)])
        .collect();
    let found = report(&calls, ReportVariables::One("city".to_owned()));
    assert_eq!(found.variables, ["city"]);
    let table = found.table(ReportBy::Variable, Some("city")).unwrap();
    assert_eq!(
        (table.rows.len(), table.rows[0].key.as_str(), table.rows[0].calls),
        (50, "city 59", 60)
    );
    assert_eq!(table.rest.as_ref().unwrap().calls, (1..=10).sum::<u64>());
    assert_eq!(table.without.as_ref().unwrap().calls, 1);
    let none = report(&calls, ReportVariables::None);
    assert!(none.tables.iter().all(|table| table.by != ReportBy::Variable));
    assert_eq!(none.variables, ["city"]);
}

#[test]
fn people_count_once_however_often_they_are_called() {
    let report = report(&called_by("a", 30, 90), ReportVariables::None);
    let agent = &report.agents.agents[0];
    assert_eq!((agent.calls, agent.people, agent.successes), (120, 90, 30));
    assert!(report.agents.differences.is_empty());
}

#[test]
fn the_better_agent_is_named_once_it_can_be_told() {
    let of = |a: (u64, u64), b: (u64, u64)| {
        let calls = [called_by("a", a.0, a.1), called_by("bb", b.0, b.1)].concat();
        let mut report = report(&calls, ReportVariables::None);
        let names = |id: &AgentId| {
            Some(
                if *id == AgentId::derived(&["a"]) {
                    "Anna"
                } else {
                    "Ben"
                }
                .to_owned(),
            )
        };
        report.name(names, |_| None);
        (
            report.agents.differences[0].better,
            report.agents.differences[0].sentence.clone(),
        )
    };
    // The published example: 56 of 70 against 48 of 80 is 20 points, between 5.24 and 33.39.
    let (better, sentence) = of((56, 70), (48, 80));
    // Ben has more calls and is named first.
    assert_eq!(better, Better::Second);
    assert_eq!(sentence, "Anna is better: +20.0 points, between 5.2 and 33.4.");
    let (better, sentence) = of((48, 80), (56, 70));
    assert_eq!(better, Better::Second);
    assert_eq!(sentence, "Ben is better: +20.0 points, between 5.2 and 33.4.");
    let (better, sentence) = of((48, 70), (48, 80));
    assert_eq!(better, Better::Undecided);
    assert_eq!(sentence, "No difference can be told yet between Ben and Anna.");
    let (better, sentence) = of((40, 80), (10, 70));
    assert_eq!(better, Better::First);
    assert!(sentence.starts_with("Anna is better: +35.7 points"), "{sentence}");
}

#[test]
fn calls_without_disclosure_are_named() {
    let calls = [Some(Disclosed::Said), Some(Disclosed::Missing), None].map(|disclosure| Call {
        disclosure,
        call_id: CallId::derived(&["call", &format!("{disclosure:?}")]),
        ..answered(true)
    });
    let found = report(&calls, ReportVariables::None).disclosure.unwrap();
    assert_eq!((found.said, found.missing), (1, 1));
    assert_eq!(found.calls, [calls[1].call_id.clone()]);
}

#[test]
fn no_cell_of_a_table_is_a_formula() {
    let mut hostile = answered(true);
    hostile.variables.insert("=name".to_owned(), "=1+1".to_owned());
    let report = report(&[hostile, answered(true)], ReportVariables::All);
    let cells: Vec<_> = report
        .table(ReportBy::Variable, Some("=name"))
        .unwrap()
        .cells()
        .collect();
    assert_eq!(cells[0][1], "'=1+1");
    assert_eq!(cells[0][10], "'=name");
    assert_eq!(cells[1][..4], ["variable", "", "", "1"]);
    assert_eq!(cells[0].len(), ReportTable::columns().len());
}

prop_compose! {
    fn any_call()(
        status in prop::sample::select(CallStatus::ALL.to_vec()),
        success in prop::option::of(any::<bool>()),
        secs in prop::option::of(0u64..10_000),
        cost in prop::option::of(-1.0f64..5.0),
        attempt in 1u32..30,
        (agent, line, person) in (0u8..4, prop::option::of(0u8..4), prop::option::of(0u64..20)),
        hour in prop::option::of(0i64..48),
        zone in prop::sample::select(vec!["Europe/Madrid", "America/Phoenix", "UTC", "No/Zone"]),
        city in prop::option::of(0u8..80),
    ) -> Call {
        let mut call = call(status);
        call.results.success = success.map(|yes| if yes { CallSuccess::Success } else { CallSuccess::Failure });
        call.duration_secs = secs;
        call.results.cost_usd = cost;
        call.attempt = attempt;
        call.agent_id = Some(AgentId::derived(&[&agent.to_string()]));
        call.phone_line_id = line.map(|n| ProviderId::parse(&format!("phnum_{n}")).unwrap());
        call.recipient_id = person.map(self::person);
        call.placing_at = hour.map(|hours| Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours));
        call.hours = hour.map(|_| HoursUsed {
            zones: vec![zone.to_owned()],
            source: ZoneSource::Number,
            rules: Vec::new(),
        });
        if let Some(city) = city {
            call.variables.insert("city".to_owned(), city.to_string());
        }
        call
    }
}

proptest! {
    /// However calls are told apart: none is lost, none counts twice.
    #[test]
    fn every_table_adds_up_to_the_totals(calls in prop::collection::vec(any_call(), 0..200)) {
        let counted = calls.iter().filter(|call| COUNTED.contains(&call.status)).count() as u64;
        let report = report(&calls, ReportVariables::All);
        prop_assert_eq!(report.totals.calls, counted);
        prop_assert_eq!(report.totals.calls + report.open + report.never_placed, calls.len() as u64);
        for table in &report.tables {
            let rows = || table.rows.iter().chain(&table.rest).chain(&table.without);
            let sums = |of: fn(&ReportRow) -> u64| rows().map(of).sum::<u64>();
            prop_assert_eq!(sums(|row| row.calls), report.totals.calls, "{:?}", table.by);
            prop_assert_eq!(sums(|row| row.answered), report.totals.answered, "{:?}", table.by);
            prop_assert_eq!(sums(|row| row.successes), report.totals.successes, "{:?}", table.by);
            let cost: f64 = rows().map(|row| row.cost_usd).sum();
            prop_assert!((cost - report.totals.cost_usd).abs() < 1e-6);
            let talk: f64 = rows().map(|row| row.average_talk_secs.unwrap_or(0.0) * row.answered as f64).sum();
            let all = report.totals.average_talk_secs.unwrap_or(0.0) * report.totals.answered as f64;
            prop_assert!((talk - all).abs() < 1e-3);
            for row in rows() {
                prop_assert!(row.successes <= row.answered && row.answered <= row.calls && row.calls > 0);
            }
        }
        let by_agent: u64 = report.agents.agents.iter().map(|agent| agent.calls).sum();
        prop_assert_eq!(by_agent, report.totals.calls);
        prop_assert!(report.agents.agents.iter().all(|agent| agent.successes <= agent.people));
    }

    /// The calls come page by page, in an order that does not matter.
    #[test]
    fn the_order_of_the_calls_changes_nothing(calls in prop::collection::vec(any_call(), 0..60)) {
        let mut backwards = calls.clone();
        backwards.reverse();
        prop_assert_eq!(report(&calls, ReportVariables::All), report(&backwards, ReportVariables::All));
    }

    #[test]
    fn a_report_is_the_same_after_it_was_kept(calls in prop::collection::vec(any_call(), 0..60)) {
        let report = report(&calls, ReportVariables::All);
        let kept = serde_json::to_string(&report).unwrap();
        let read: CampaignReport = serde_json::from_str(&kept).unwrap();
        prop_assert_eq!(read.totals.calls, report.totals.calls);
        prop_assert_eq!(read.tables.len(), report.tables.len());
        prop_assert_eq!(read.variables, report.variables);
    }
}

#[test]
fn a_way_to_tell_calls_apart_is_named_in_files_as_in_json() {
    let ways = [
        ReportBy::Outcome,
        ReportBy::Hour,
        ReportBy::Attempt,
        ReportBy::Agent,
        ReportBy::Line,
        ReportBy::Variable,
    ];
    let names = ["outcome", "hour", "attempt", "agent", "line", "variable"];
    assert_eq!(ways.map(ReportBy::as_str), names);
    assert_eq!(serde_json::to_value(ways).unwrap(), serde_json::json!(names));
}

#[test]
fn a_table_is_written_in_columns_that_stay_as_they_are() {
    let columns = [
        "by",
        "value",
        "name",
        "calls",
        "answered",
        "successes",
        "answer_rate",
        "success_rate",
        "average_talk_secs",
        "cost_usd",
        "variable",
    ];
    assert_eq!(ReportTable::columns(), columns);
    let report = report(
        &[answered(true), call(CallStatus::NoAnswer)],
        ReportVariables::None,
    );
    let table = report.table(ReportBy::Attempt, None).unwrap();
    let cells: Vec<_> = table.cells().collect();
    assert_eq!(
        cells,
        [[
            "attempt", "1", "", "2", "1", "1", "0.5000", "1.0000", "60.0", "0.1200", ""
        ]]
    );
}

#[test]
fn agents_and_lines_have_their_names_and_the_most_calls_come_first() {
    let mut other = answered(true);
    other.phone_line_id = Some(ProviderId::parse("phnum_2").unwrap());
    let mut report = report(&[answered(true), other.clone(), other], ReportVariables::None);
    report.name(|_| Some("Anna".to_owned()), |line| Some(format!("line {line}")));
    let labels = |by| {
        let table = report.table(by, None).unwrap();
        table.rows.iter().map(|row| row.label.clone()).collect::<Vec<_>>()
    };
    assert_eq!(
        labels(ReportBy::Line),
        ["line phnum_2", "line phnum_1"].map(|name| Some(name.to_owned()))
    );
    assert_eq!(labels(ReportBy::Agent), [Some("Anna".to_owned())]);
    assert_eq!(labels(ReportBy::Outcome), [None]);
    assert_eq!(report.agents.agents[0].name.as_deref(), Some("Anna"));
}

#[test]
fn only_the_table_of_the_wanted_variable_is_kept() {
    let mut call = answered(true);
    call.variables = [("city", "Rome"), ("tier", "gold")]
        .map(|(k, v)| (k.to_owned(), v.to_owned()))
        .into();
    let tables = |keep: Option<&str>| {
        let mut report = report(std::slice::from_ref(&call), ReportVariables::All);
        report.keep_variable(keep);
        report
            .tables
            .iter()
            .map(|table| table.variable.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(tables(None), [None, None, None, None, None]);
    assert_eq!(
        tables(Some("tier")),
        [None, None, None, None, None, Some("tier".to_owned())]
    );
}

#[test]
fn what_cannot_be_a_price_costs_nothing_and_unanswered_calls_have_no_length() {
    let cost = |usd: f64| {
        let mut call = answered(true);
        call.results.cost_usd = Some(usd);
        report(&[call], ReportVariables::None).totals.cost_usd
    };
    assert_eq!(
        [0.25, 0.000_000_6, 0.0, -1.0, f64::NAN, f64::INFINITY].map(cost),
        [0.25, 0.000_001, 0.0, 0.0, 0.0, 0.0]
    );
    let mut unanswered = call(CallStatus::NoAnswer);
    unanswered.duration_secs = Some(60);
    unanswered.results.success = Some(CallSuccess::Success);
    let totals = report(&[unanswered], ReportVariables::None).totals;
    assert_eq!((totals.successes, totals.average_talk_secs), (0, None));
}

#[test]
fn twenty_attempts_and_more_are_one_row() {
    let calls = [1, 19, 20, 25].map(|attempt| Call {
        attempt,
        ..answered(true)
    });
    let rows = keys(&report(&calls, ReportVariables::None), ReportBy::Attempt);
    let expected = [("1", 1), ("19", 1), ("20 or more", 2)].map(|(key, calls)| (key.to_owned(), calls));
    assert_eq!(rows, expected);
}

#[test]
fn a_hundred_variables_and_a_hundred_calls_are_named() {
    let calls: Vec<Call> = (0..120)
        .map(|n| {
            let mut call = answered(true);
            call.call_id = CallId::derived(&[&n.to_string()]);
            call.disclosure = Some(Disclosed::Missing);
            call.variables = [(format!("variable {n:03}"), "x".to_owned())].into();
            call
        })
        .collect();
    let report = report(&calls, ReportVariables::All);
    assert_eq!((report.variables.len(), report.tables.len()), (100, 105));
    let disclosure = report.disclosure.unwrap();
    assert_eq!(
        (disclosure.missing, disclosure.said, disclosure.calls.len()),
        (120, 0, 100)
    );
}

#[test]
fn long_values_are_cut_and_one_that_has_no_room_is_among_the_others() {
    use super::row::Tally;
    use super::values::Values;
    let tally = Tally::of(&answered(true)).unwrap();
    let mut values = Values::default();
    let long = "é".repeat(101);
    assert!(values.add(&long, tally, true), "it is new");
    assert!(
        !values.add(&"é".repeat(100), tally, true),
        "it is the same once cut"
    );
    assert!(!values.add("no room", tally, false));
    let (rows, rest, all) = values.rows();
    assert_eq!(
        (rows.len(), rows[0].calls, rows[0].key.chars().count()),
        (1, 2, 100)
    );
    assert_eq!((rest.unwrap().calls, all.calls), (1, 3));
}
