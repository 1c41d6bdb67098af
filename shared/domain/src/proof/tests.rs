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
