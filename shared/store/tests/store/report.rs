//! What a call leaves for reports: whether the agent said what it had to, and the counters of its line.

use jiff::SignedDuration;
use switchboard_domain::{
    Call, CallFacts, CallOutcome, CallStatus, Campaign, CampaignAction, Direction, Disclosed, Disclosure,
    Ending, ExportKind, LineHour,
};
use switchboard_testing::{TestStore, records};

use crate::harness::{begin, campaign_of, enqueued};

fn asks_for_ai(test: &TestStore) -> Campaign {
    let mut campaign = records::campaign("disclosing", test.now());
    campaign.rules.disclosure = Some(Disclosure {
        first_words: vec![vec!["AI assistant".to_owned()], vec!["Acme".to_owned()]],
    });
    campaign
}

fn said(words: Option<&str>, complete: bool) -> Ending {
    Ending::Ended {
        outcome: CallOutcome::Completed,
        facts: Box::new(CallFacts {
            first_words: words.map(str::to_owned),
            results_complete: complete,
            ..CallFacts::default()
        }),
    }
}

/// A call of the campaign to its `n`-th person that is in progress.
async fn live(test: &TestStore, campaign: &Campaign, n: u64) -> Call {
    let id = records::recipient(&campaign.campaign_id, n, test.now()).recipient_id;
    let (call, recipient) = enqueued(test, campaign, &id).await;
    begin(&test.store, &call, Some(&recipient), Some(campaign), test.now())
        .await
        .unwrap();
    call
}

async fn disclosure_after(test: &TestStore, call: &Call, ending: &Ending) -> Option<Disclosed> {
    test.store
        .finish_call(&call.call_id, ending, test.now())
        .await
        .unwrap();
    test.store
        .find_call(&call.call_id)
        .await
        .unwrap()
        .unwrap()
        .disclosure
}

#[tokio::test]
async fn whether_the_agent_said_what_it_had_to_is_written_with_the_end() {
    let test = TestStore::start().await;
    let (campaign, _) = campaign_of(&test, asks_for_ai(&test), 3).await;
    let words = [
        (
            Some("Hello, the AI assistant of ACME here."),
            Some(Disclosed::Said),
        ),
        (Some("Hello, this is Anna of Acme."), Some(Disclosed::Missing)),
        (None, None),
    ];
    for (n, (words, disclosed)) in (0..).zip(words) {
        let call = live(&test, &campaign, n).await;
        assert_eq!(
            disclosure_after(&test, &call, &said(words, true)).await,
            disclosed,
            "{words:?}"
        );
    }
}

#[tokio::test]
async fn first_words_that_come_after_the_end_are_judged_too_and_the_first_whole_judgement_stays() {
    let test = TestStore::start().await;
    let (campaign, _) = campaign_of(&test, asks_for_ai(&test), 1).await;
    let call = live(&test, &campaign, 0).await;
    assert_eq!(disclosure_after(&test, &call, &said(None, false)).await, None);
    let whole = said(Some("An AI assistant, for Acme"), true);
    assert_eq!(
        disclosure_after(&test, &call, &whole).await,
        Some(Disclosed::Said)
    );
    let other = said(Some("Something else"), true);
    assert_eq!(
        disclosure_after(&test, &call, &other).await,
        Some(Disclosed::Said)
    );
}

#[tokio::test]
async fn a_call_that_ends_after_its_campaign_was_cancelled_is_judged_and_its_wishes_are_kept() {
    let test = TestStore::start().await;
    let mut campaign = asks_for_ai(&test);
    campaign.rules.wishes.opt_out_field = Some("never_again".to_owned());
    let (campaign, _) = campaign_of(&test, campaign, 1).await;
    let call = live(&test, &campaign, 0).await;
    let id = &campaign.campaign_id;
    test.store
        .act_on_campaign(id, CampaignAction::Cancel, test.now())
        .await
        .unwrap();
    let Ending::Ended { outcome, mut facts } = said(Some("Hello"), true) else {
        unreachable!()
    };
    facts
        .results
        .collected
        .insert("never_again".to_owned(), true.into());
    let ending = Ending::Ended { outcome, facts };
    assert_eq!(
        disclosure_after(&test, &call, &ending).await,
        Some(Disclosed::Missing)
    );
    let number = call.phone_number.unwrap();
    assert!(test.store.find_do_not_call(&number).await.unwrap().is_some());
}

#[tokio::test]
async fn calls_are_counted_by_the_line_and_hour_in_which_they_were_placed() {
    let test = TestStore::start().await;
    let now = test.now();
    let line = records::phone_line("main").phone_line_id;
    let call = |name: &str, hours_ago: i64, status| Call {
        status,
        placing_at: Some(now - SignedDuration::from_hours(hours_ago)),
        ..records::call(name, now)
    };
    let mut inbound = call("inbound", 1, CallStatus::Completed);
    inbound.direction = Direction::Inbound;
    let mut elsewhere = call("elsewhere", 1, CallStatus::Completed);
    elsewhere.phone_line_id = Some(records::phone_line("other").phone_line_id);
    let calls = [
        call("a", 0, CallStatus::Completed),
        call("b", 0, CallStatus::NoAnswer),
        call("c", 0, CallStatus::Failed),
        call("d", 30, CallStatus::Voicemail),
        call("e", 24 * 20, CallStatus::Completed),
        call("never placed", 0, CallStatus::NotPlaced),
        inbound,
        elsewhere,
    ];
    for call in &calls {
        assert!(test.store.import_call(call, false).await.unwrap());
        assert!(!test.store.import_call(call, false).await.unwrap(), "once");
    }
    // The test begins at noon.
    let hour = |ago: i64, calls, answered| LineHour {
        from: now - SignedDuration::from_hours(ago),
        calls,
        answered,
    };
    let hours = test.store.line_hours(&line, now).await.unwrap();
    assert_eq!(hours, [hour(30, 1, 0), hour(0, 3, 1)]);
}

#[tokio::test]
async fn an_export_is_found_and_listed_as_what_it_is() {
    let test = TestStore::start().await;
    for (name, kind) in [
        ("calls", ExportKind::Calls),
        ("report", ExportKind::CampaignReport),
    ] {
        let mut export = records::export(name, test.now());
        export.kind = kind;
        test.store.put_export(&export).await.unwrap();
        let found = test.store.find_export(&export.export_id).await.unwrap();
        assert_eq!(found, Some(export));
    }
    let list = test.store.list_exports(None, 10).await.unwrap();
    let mut kinds: Vec<_> = list.items.iter().map(|export| export.kind).collect();
    kinds.sort_by_key(|kind| *kind != ExportKind::Calls);
    assert_eq!(kinds, [ExportKind::Calls, ExportKind::CampaignReport]);
}
