//! Campaigns that are changed while they run: another agent, people changed and taken out.

use std::collections::HashSet;

use serde_json::json;
use switchboard_domain::{
    CallOutcome, CallingHours, CampaignStatus, DialSettings, OwnAgent, RecipientOverrides, RecipientStatus,
};
use switchboard_testing::{Actor, records};

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn another_agent_calls_whoever_waits_and_calls_in_progress_go_on() {
    let mut world = World::start().await;
    let other = records::agent("berta", world.now());
    world.test.store.create_agent(&other).await.unwrap();
    let campaign = world.campaign(24).await;
    let id = &campaign.campaign_id;
    for _ in 0..4 {
        world.second().await;
    }
    let counts = world.counts(id).await;
    let waiting = counts.queued + counts.pending;
    assert!(counts.calling > 0 && waiting > 0, "{counts:?}");
    Actor::operator()
        .patch(
            &world.api,
            &format!("/api/campaigns/{id}"),
            json!({ "agent_id": other.agent_id }),
        )
        .await
        .expect(200);
    let changed = world.now();
    world.pass(1);
    let counts = world.work_until_over(id, 900).await;
    assert_eq!(counts.completed, 24, "{counts:?}");
    assert_eq!(world.most_dials_to_one_number(), 1);
    let (mut before, mut after) = (0, 0);
    for call in world.calls().await {
        let by_other = call.agent_id.as_ref() == Some(&other.agent_id);
        match call.placing_at {
            Some(at) if at > changed => {
                after += 1;
                assert!(by_other, "a dial after the change goes to the new agent");
            }
            Some(_) => {
                before += 1;
                assert!(!by_other && call.status.is_final());
            }
            None => {}
        }
    }
    assert!(before > 0 && after > 0, "{before} {after}");
    let asked = world.provider.dials();
    let by_other = asked
        .iter()
        .filter(|dial| dial.provider_agent_id == other.provider_agent_id);
    assert_eq!(by_other.count(), after);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_taken_out_is_not_called_from_that_moment_on() {
    let mut world = World::start().await;
    let campaign = world.campaign(50).await;
    let id = &campaign.campaign_id;
    for _ in 0..3 {
        world.second().await;
    }
    let ids: Vec<_> = (0..50)
        .map(|n| records::recipient(id, n, world.now()).recipient_id)
        .collect();
    let path = format!("/api/campaigns/{id}/recipients/remove");
    let done = Actor::operator()
        .post(&world.api, &path, json!({ "recipient_ids": ids }))
        .await
        .expect(200);
    let removed = done["removed"].as_u64().unwrap();
    assert!(removed > 0 && done["unknown"] == json!([]), "{done}");
    let counts = world.work_until_over(id, 300).await;
    assert_eq!(
        (counts.removed, counts.completed),
        (removed, 50 - removed),
        "{counts:?}"
    );
    let gone = world
        .test
        .store
        .list_recipients(id, Some(RecipientStatus::Removed), None, 100);
    let gone: HashSet<_> = gone
        .await
        .unwrap()
        .items
        .into_iter()
        .map(|person| person.phone_number)
        .collect();
    assert_eq!(gone.len() as u64, removed);
    let called = world
        .provider
        .dials()
        .into_iter()
        .filter(|dial| gone.contains(&dial.to));
    assert_eq!(called.count(), 0);
    world.nobody_holds_a_slot().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_with_an_agent_first_words_and_attempts_of_their_own_is_called_so() {
    let mut world = World::start().await;
    let campaign = world.campaign(1).await;
    let id = &campaign.campaign_id;
    let other = records::agent("berta", world.now());
    let mut own = records::recipient(id, 7, world.now());
    own.overrides = RecipientOverrides {
        agent: Some(OwnAgent {
            agent_id: other.agent_id.clone(),
            provider_agent_id: other.provider_agent_id.clone(),
            required_variables: Vec::new(),
        }),
        first_message: Some("Good evening!".to_owned()),
        max_attempts: Some(2),
        ..RecipientOverrides::default()
    };
    let number = own.phone_number.clone();
    world.test.store.add_recipients(id, vec![own]).await.unwrap();
    // Nobody picks up the first time, neither here nor there.
    for _ in 0..8 {
        world.second().await;
        for call in world.calls().await {
            let first = call.attempt == 1 && !call.status.is_final();
            if let Some(conversation) = world.provider.conversation_of(&call.call_id).filter(|_| first) {
                world
                    .provider
                    .end(&conversation.conversation_id, CallOutcome::NoAnswer, 0);
            }
        }
    }
    for _ in 0..40 {
        world.second().await;
    }
    world.pass(3_700);
    let counts = world.work_until_over(id, 300).await;
    assert_eq!((counts.no_answer, counts.completed), (1, 1), "{counts:?}");
    let dials = world.provider.dials();
    let theirs: Vec<_> = dials.iter().filter(|dial| dial.to == number).collect();
    assert_eq!((dials.len(), theirs.len()), (3, 2));
    for dial in dials {
        let is_theirs = dial.to == number;
        assert_eq!(dial.provider_agent_id == other.provider_agent_id, is_theirs);
        assert_eq!(dial.first_message.is_some(), is_theirs);
    }
    let proof = format!("/api/campaigns/{id}/proof");
    let proof = Actor::viewer().get(&world.api, &proof).await.expect(200);
    let policy = &proof["checks"][0];
    assert_eq!(
        (&policy["check"], &policy["violations"]),
        (&json!("dials_within_policy"), &json!(0)),
        "{policy}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_called_by_rules_that_nobody_confirmed_where_that_is_asked_for() {
    let mut world = World::start().await;
    let strict = DialSettings {
        require_confirmed_rules: true,
        ..DialSettings::default()
    };
    world.test.store.put_dial_settings(&strict).await.unwrap();
    let mut campaign = records::campaign("late", world.now());
    campaign.rules.calling_hours = CallingHours::default();
    let campaign = world.campaign_like(campaign, 3).await;
    for _ in 0..3 {
        world.second().await;
    }
    let seen = world.test.store.find_campaign(&campaign.campaign_id).await;
    let seen = seen.unwrap().unwrap();
    let told = seen.failure.unwrap_or_default();
    assert_eq!(seen.status, CampaignStatus::Paused);
    assert!(
        told.starts_with("Nobody has confirmed the calling rule"),
        "{told}"
    );
    assert_eq!(world.provider.dials().len(), 0);
    assert_eq!(world.counts(&campaign.campaign_id).await.pending, 3);
}
