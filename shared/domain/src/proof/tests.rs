use super::*;
use crate::testing::{call, campaign};
use crate::{CallingHours, RecipientId};

fn at(secs: i64) -> Timestamp {
    Timestamp::from_second(secs).unwrap()
}

/// A call to the `person`-th person, in progress from `from` to `until`.
fn dial(person: u64, from: i64, until: i64) -> Call {
    let mut call = call(CallStatus::Completed);
    call.call_id = CallId::derived(&[&person.to_string(), &from.to_string()]);
    call.recipient_id = Some(RecipientId::derived(&[&person.to_string()]));
    call.created_at = at(from);
    call.placing_at = Some(at(from));
    call.ended_at = Some(at(until));
    call.results_complete = true;
    call.results.turns = 3;
    call.recording.state = RecordingState::Stored;
    call
}

fn counts(completed: u64) -> CampaignCounts {
    CampaignCounts {
        total: completed,
        completed,
        ..CampaignCounts::default()
    }
}

fn over() -> Campaign {
    Campaign {
        status: CampaignStatus::Completed,
        ..campaign()
    }
}

fn judged(campaign: Campaign, counts: CampaignCounts, limit: u32, calls: &[Call]) -> CampaignProof {
    let mut proof = ProofBuilder::new(campaign, vec![LimitChange { at: at(0), limit }]);
    calls.iter().for_each(|call| proof.call(call));
    proof.finish(&counts)
}

fn violations(proof: &CampaignProof, name: &str) -> u64 {
    proof
        .checks
        .iter()
        .find(|check| check.check == name)
        .unwrap()
        .violations
}

#[test]
fn a_campaign_that_kept_its_promises_holds_and_is_final() {
    let proof = judged(over(), counts(2), 2, &[dial(1, 10, 20), dial(2, 15, 25)]);
    assert!(proof.holds && proof.is_final, "{proof:?}");
    assert_eq!(
        (proof.peak_calls, proof.limit_at_peak, proof.placed),
        (2, Some(2), 2)
    );
}

#[test]
fn a_second_call_beyond_the_policy_is_found() {
    let proof = judged(over(), counts(1), 5, &[dial(1, 10, 20), dial(1, 30, 40)]);
    assert_eq!(violations(&proof, "dials_within_policy"), 1);
    assert_eq!(violations(&proof, "one_dial_at_a_time"), 0);
    assert!(!proof.holds);
}

#[test]
fn somebody_with_more_attempts_of_their_own_may_be_called_as_often() {
    let mut calls = [dial(1, 10, 20), dial(1, 30, 40), dial(2, 10, 20), dial(2, 30, 40)];
    calls[1].max_attempts = Some(2);
    let proof = judged(over(), counts(2), 5, &calls);
    assert_eq!(
        violations(&proof, "dials_within_policy"),
        1,
        "the other person may not: {proof:?}"
    );
}

#[test]
fn failed_ones_asked_for_again_begin_anew() {
    let mut campaign = over();
    let before = campaign.clone();
    campaign.retry_failed_asked = true;
    campaign.note_change(&before, at(25));
    let proof = judged(campaign, counts(1), 5, &[dial(1, 10, 20), dial(1, 30, 40)]);
    assert_eq!(violations(&proof, "dials_within_policy"), 0, "{proof:?}");
}

#[test]
fn a_call_while_another_to_the_same_person_lasts_is_found() {
    let mut campaign = over();
    campaign.retry.max_attempts = 2;
    let proof = judged(campaign, counts(1), 5, &[dial(1, 10, 20), dial(1, 15, 40)]);
    assert_eq!(violations(&proof, "one_dial_at_a_time"), 1);
}

#[test]
fn a_call_counts_while_its_line_is_taken_whatever_else_takes_time() {
    // The outcome of the first was long in coming, and somebody else was called on the free line.
    let mut analysed = dial(1, 10, 60);
    analysed.hung_up_at = Some(at(30));
    let next = dial(2, 31, 50);
    let proof = judged(over(), counts(2), 1, &[analysed.clone(), next.clone()]);
    assert_eq!((violations(&proof, "limit_held"), proof.peak_calls), (0, 1));

    // The table took its time to write that the second one began: the provider was asked after that.
    let mut slow = dial(2, 27, 50);
    slow.asked_at = Some(at(30));
    let proof = judged(over(), counts(2), 1, &[analysed.clone(), slow.clone()]);
    assert_eq!(violations(&proof, "limit_held"), 0, "{proof:?}");
    slow.asked_at = Some(at(29));
    let proof = judged(over(), counts(2), 1, &[analysed, slow]);
    assert_eq!(violations(&proof, "limit_held"), 1, "{proof:?}");
}

#[test]
fn one_call_too_many_at_one_time_is_found_and_one_that_takes_a_freed_slot_is_not() {
    let calls = [dial(1, 10, 20), dial(2, 12, 20), dial(3, 20, 30)];
    assert_eq!(violations(&judged(over(), counts(3), 2, &calls), "limit_held"), 0);
    assert_eq!(violations(&judged(over(), counts(3), 1, &calls), "limit_held"), 1);
    let long = [dial(1, 10, 40), dial(2, 12, 40), dial(3, 14, 40)];
    assert_eq!(violations(&judged(over(), counts(3), 1, &long), "limit_held"), 2);
}

#[test]
fn a_dial_after_a_pause_or_outside_the_hours_is_found() {
    let mut campaign = campaign();
    campaign.status = CampaignStatus::Running;
    campaign.note_change(&campaign.clone(), at(0));
    let before = campaign.clone();
    campaign.status = CampaignStatus::Paused;
    campaign.note_change(&before, at(100));
    let proof = judged(
        campaign.clone(),
        counts(2),
        5,
        &[dial(1, 101, 110), dial(2, 103, 110)],
    );
    assert_eq!(violations(&proof, "stop_means_stop"), 1);

    let mut campaign = over();
    // 1970-01-01 was a Thursday; in Lagos, an hour ahead, they may be called on Fridays.
    let hours = r#"{"windows":{"fri":["09:00-10:00"]},"rules":{"only":[]}}"#;
    campaign.rules.calling_hours = serde_json::from_str::<CallingHours>(hours).unwrap();
    let friday = 86_400 + 8 * 3_600;
    for (from, expected) in [(friday - 86_400, 1), (friday, 0), (friday + 3_600, 1)] {
        let mut call = dial(1, from, from + 5);
        call.phone_number = Some("+2348012345678".parse().unwrap());
        let proof = judged(campaign.clone(), counts(1), 5, &[call.clone()]);
        assert_eq!(violations(&proof, "inside_the_hours"), expected, "{from}");
        // The contact list said Berlin, which is on the same hour in that winter.
        let zones = vec!["Europe/Berlin".to_owned()];
        call.hours = Some(crate::HoursUsed {
            zones,
            source: ZoneSource::Column,
            rules: Vec::new(),
        });
        let proof = judged(campaign.clone(), counts(1), 5, &[call]);
        assert_eq!(violations(&proof, "inside_the_hours"), expected, "{from}");
    }
}

#[test]
fn counts_that_disagree_and_people_that_are_forgotten_are_found() {
    let mut wrong = counts(1);
    wrong.total = 2;
    assert_eq!(violations(&judged(over(), wrong, 5, &[]), "counts_add_up"), 1);
    let mut left = counts(1);
    (left.total, left.pending) = (2, 1);
    assert_eq!(violations(&judged(over(), left, 5, &[]), "everybody_final"), 1);
    let running = Campaign {
        status: CampaignStatus::Running,
        ..campaign()
    };
    let proof = judged(running, left, 5, &[dial(1, 10, 20)]);
    assert!(proof.holds && !proof.is_final, "{proof:?}");
}

#[test]
fn a_dial_that_never_rang_bothers_nobody() {
    let mut never = dial(1, 10, 20);
    never.status = CallStatus::NotPlaced;
    let proof = judged(over(), counts(1), 5, &[never, dial(1, 30, 40)]);
    assert!(proof.holds, "{proof:?}");
    assert_eq!((proof.calls, proof.placed), (2, 1));
}

fn check<'a>(proof: &'a CampaignProof, name: &str) -> &'a ProofCheck {
    proof.checks.iter().find(|check| check.check == name).unwrap()
}

#[test]
fn twenty_calls_are_named_and_all_are_counted() {
    let lost = |n: u64| {
        let mut call = dial(n, 10, 20);
        call.recording.state = RecordingState::Lost;
        call
    };
    let calls: Vec<Call> = (0..25).map(lost).collect();
    let proof = judged(over(), counts(25), 99, &calls);
    let found = check(&proof, "recordings_kept");
    assert_eq!(
        (found.violations, found.calls.len(), found.holds),
        (25, 20, false)
    );
    assert_eq!(found.calls[0], calls[0].call_id);
}

#[test]
fn words_are_missed_in_an_answered_call_of_ten_seconds() {
    let silent = |secs: Option<u64>| {
        let mut call = dial(1, 10, 20);
        call.results.turns = 0;
        call.duration_secs = secs;
        call
    };
    let found = |call: Call| {
        let proof = judged(over(), counts(1), 5, &[call]);
        let check = check(&proof, "transcripts_kept");
        (check.violations, check.open, proof.is_final)
    };
    assert_eq!(found(silent(None)), (0, 0, true));
    assert_eq!(found(silent(Some(9))), (0, 0, true));
    assert_eq!(found(silent(Some(10))), (1, 0, true));
    let mut unfinished = silent(Some(10));
    unfinished.results_complete = false;
    assert_eq!(found(unfinished), (0, 1, false));
    let mut unanswered = silent(Some(10));
    unanswered.status = CallStatus::NoAnswer;
    assert_eq!(found(unanswered), (0, 0, true));
}

#[test]
fn a_recording_is_open_once_its_call_is_over() {
    let found = |status| {
        let mut call = dial(1, 10, 20);
        call.status = status;
        call.recording.state = RecordingState::Pending;
        let proof = judged(over(), counts(1), 5, &[call]);
        (
            check(&proof, "recordings_kept").open,
            check(&proof, "every_dial_settled").open,
        )
    };
    assert_eq!(found(CallStatus::Completed), (1, 0));
    assert_eq!(found(CallStatus::InProgress), (0, 1), "it is still being made");
}

#[test]
fn a_dial_later_than_its_bound_is_found_and_one_at_the_bound_is_not() {
    let bound = |bound: i64| {
        let mut call = dial(1, 10, 20);
        call.dial_before = Some(at(bound));
        violations(&judged(over(), counts(1), 5, &[call]), "in_time")
    };
    assert_eq!((bound(9), bound(10)), (1, 0));
}

#[test]
fn a_stop_holds_two_seconds_after_it_and_until_the_campaign_runs_again() {
    let mut campaign = campaign();
    for (status, secs) in [
        (CampaignStatus::Running, 0),
        (CampaignStatus::Paused, 100),
        (CampaignStatus::Running, 200),
    ] {
        let before = campaign.clone();
        campaign.status = status;
        campaign.note_change(&before, at(secs));
    }
    for (from, expected) in [(99, 0), (102, 0), (103, 1), (199, 1), (200, 0)] {
        let proof = judged(campaign.clone(), counts(1), 5, &[dial(1, from, from + 5)]);
        assert_eq!(violations(&proof, "stop_means_stop"), expected, "{from}");
    }
}

#[test]
fn as_many_calls_as_the_policy_ever_allowed_are_within_it() {
    let mut campaign = over();
    campaign.retry.max_attempts = 3;
    campaign.note_change(&over(), at(0));
    let before = campaign.clone();
    campaign.retry.max_attempts = 1;
    campaign.note_change(&before, at(35));
    let calls = |n: i64| {
        (0..n)
            .map(|n| dial(1, 10 + 10 * n, 15 + 10 * n))
            .collect::<Vec<_>>()
    };
    let found = |n| {
        violations(
            &judged(campaign.clone(), counts(1), 5, &calls(n)),
            "dials_within_policy",
        )
    };
    assert_eq!((found(3), found(4), found(6)), (0, 1, 3));
}

#[test]
fn a_limit_that_was_just_lowered_holds_after_two_seconds() {
    let limits = |secs| {
        let lowered = LimitChange {
            at: at(secs),
            limit: 1,
        };
        vec![LimitChange { at: at(0), limit: 2 }, lowered]
    };
    let found = |lowered: i64| {
        let mut proof = ProofBuilder::new(over(), limits(lowered));
        [dial(1, 10, 40), dial(2, 20, 40)]
            .iter()
            .for_each(|call| proof.call(call));
        let proof = proof.finish(&counts(2));
        (
            violations(&proof, "limit_held"),
            proof.peak_calls,
            proof.peak_at,
            proof.limit_at_peak,
        )
    };
    // A dial is taken for committed half a second after its time stamp.
    let at_peak = Some(Timestamp::from_millisecond(20_500).unwrap());
    assert_eq!(found(19), (0, 2, at_peak, Some(2)));
    assert_eq!(found(18), (1, 2, at_peak, Some(1)));
    assert_eq!(found(21), (0, 2, at_peak, Some(2)));
}

#[test]
fn the_campaigns_own_limit_holds_where_it_is_lower() {
    let mut campaign = over();
    campaign.concurrency_limit = Some(1);
    let calls = [dial(1, 10, 40), dial(2, 20, 40)];
    let proof = judged(campaign.clone(), counts(2), 5, &calls);
    assert_eq!(
        (violations(&proof, "limit_held"), proof.limit_at_peak),
        (1, Some(1))
    );
    campaign.concurrency_limit = Some(9);
    let proof = judged(campaign, counts(2), 5, &calls);
    assert_eq!(
        (violations(&proof, "limit_held"), proof.limit_at_peak),
        (0, Some(5))
    );
}

#[test]
fn more_people_seen_to_be_reached_than_counted_is_a_contradiction() {
    let calls = [dial(1, 10, 20), dial(2, 30, 40), dial(3, 50, 60)];
    let mut one = counts(1);
    (one.total, one.no_answer) = (3, 2);
    assert_eq!(violations(&judged(over(), one, 5, &calls), "counts_add_up"), 2);
    assert_eq!(
        violations(&judged(over(), counts(3), 5, &calls), "counts_add_up"),
        0
    );
}

#[test]
fn people_are_told_apart_by_their_ids() {
    assert_eq!(overlap::fingerprint("a"), overlap::fingerprint("a"));
    assert_ne!(overlap::fingerprint("a"), overlap::fingerprint("b"));
    // The first lasts longest: the third overlaps with it, and not with the second.
    let mut campaign = over();
    campaign.retry.max_attempts = 9;
    let calls = [
        dial(1, 10, 90),
        dial(1, 20, 30),
        dial(1, 40, 50),
        dial(1, 90, 95),
        dial(2, 20, 30),
    ];
    let proof = judged(campaign, counts(2), 9, &calls);
    assert_eq!(violations(&proof, "one_dial_at_a_time"), 2);
}

#[test]
fn a_call_that_ended_before_it_began_takes_no_line() {
    let calls = [dial(1, 10, 10), dial(2, 10, 20)];
    let proof = judged(over(), counts(2), 1, &calls);
    assert_eq!((proof.peak_calls, violations(&proof, "limit_held")), (1, 0));
}
