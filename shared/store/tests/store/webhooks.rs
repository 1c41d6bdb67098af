//! Which webhooks were about a call.

use jiff::SignedDuration;
use switchboard_domain::{CallId, ProviderId};
use switchboard_store::{WebhookRecord, WebhookState};
use switchboard_testing::{TestStore, records};

use crate::harness::queued_call;

fn webhook(
    test: &TestStore,
    digest: char,
    conversation: &ProviderId,
    call: Option<&CallId>,
) -> WebhookRecord {
    WebhookRecord {
        provider: "elevenlabs".into(),
        digest: digest.to_string().repeat(64),
        state: call.map_or(WebhookState::Early, |_| WebhookState::Applied),
        kind_name: Some("post_call_transcription".into()),
        conversation_id: Some(conversation.clone()),
        call_id: call.cloned(),
        body_key: format!("webhooks/elevenlabs/{digest}.json"),
        note: None,
        happened_at: None,
        received_at: test.now(),
        deliveries: 1,
    }
}

#[tokio::test]
async fn webhooks_of_a_call_are_those_about_it_in_order_and_each_once() {
    let test = TestStore::start().await;
    let store = &test.store;
    let ours = records::provider_id("conv_ours");
    let call = queued_call(&test, "ours").await;
    let other = queued_call(&test, "other").await;

    // The first comes before the call of its conversation is known.
    let mut early = webhook(&test, 'f', &ours, None);
    store.put_webhook(&early).await.unwrap();
    test.clock.advance(SignedDuration::from_secs(1));
    let second = webhook(&test, 'a', &ours, Some(&call.call_id));
    store.put_webhook(&second).await.unwrap();
    store.put_webhook(&second).await.unwrap();
    let foreign = webhook(
        &test,
        'b',
        &records::provider_id("conv_other"),
        Some(&other.call_id),
    );
    store.put_webhook(&foreign).await.unwrap();

    // While the call has no conversation, what came early cannot be its.
    assert_eq!(
        store.webhooks_of_call(&call).await.unwrap(),
        std::slice::from_ref(&second)
    );
    let change = |call: &mut switchboard_domain::Call| {
        call.conversation_id = Some(ours.clone());
        true
    };
    store.update_call(&call.call_id, change).await.unwrap();
    let call = store.find_call(&call.call_id).await.unwrap().unwrap();
    assert_eq!(
        store.webhooks_of_call(&call).await.unwrap(),
        [early.clone(), second.clone()]
    );

    // Applied again, now that its call is known; and once more delivered.
    early.state = WebhookState::Applied;
    early.call_id = Some(call.call_id.clone());
    store.put_webhook(&early).await.unwrap();
    store
        .count_delivery(&early.provider, &early.digest)
        .await
        .unwrap();
    early.deliveries = 2;
    assert_eq!(store.webhooks_of_call(&call).await.unwrap(), [early, second]);
    assert_eq!(store.webhooks_of_call(&other).await.unwrap(), [foreign]);
    let found = store.find_call_by_conversation(&ours).await.unwrap();
    assert_eq!(
        found.map(|call| call.call_id),
        Some(call.call_id),
        "notes are no calls"
    );
}
