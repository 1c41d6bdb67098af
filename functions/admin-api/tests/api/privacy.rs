//! Everything that is kept about one person: shown, and erased.

use bytes::Bytes;
use serde_json::{Value, json};
use switchboard_domain::{
    Call, CallStatus, Campaign, RecipientStatus, RecordingState, SkipReason, Speaker, TranscriptTurn,
};
use switchboard_store::{FileStore, NewContact, WebhookRecord, WebhookState};
use switchboard_testing::{Actor, records};

use crate::harness::{TestApi, number};

const PATH: &str = "/api/privacy/%2B14155550100";
const NUMBER: &str = "+14155550100";

/// A person who was called, waits in a campaign, and is in a list; and somebody else beside them everywhere.
async fn world(api: &TestApi) -> (Call, Campaign) {
    let (store, now) = (&api.test.store, api.test.now());
    let mut call = records::call("told", now);
    call.phone_number = Some(number(0));
    call.status = CallStatus::Completed;
    call.variables = [("name".to_owned(), "Ana Soto".to_owned())].into();
    call.results.summary = Some("Ana Soto wants a bed.".to_owned());
    call.recording.state = RecordingState::Stored;
    store.create_call(&call).await.unwrap();
    let turn = TranscriptTurn {
        speaker: Speaker::User,
        message: "This is Ana Soto.".to_owned(),
        at_secs: 2,
        interrupted: false,
        tools: Vec::new(),
    };
    store.put_transcript(&call.call_id, &[turn]).await.unwrap();
    let mut other = records::call("other", now);
    other.phone_number = Some(number(1));
    other.status = CallStatus::Completed;
    store.create_call(&other).await.unwrap();

    let record = WebhookRecord {
        provider: "elevenlabs".into(),
        digest: "a".repeat(64),
        state: WebhookState::Applied,
        kind_name: Some("post_call_transcription".into()),
        conversation_id: None,
        call_id: Some(call.call_id.clone()),
        body_key: FileStore::webhook_key("elevenlabs", &"a".repeat(64)),
        note: None,
        happened_at: None,
        received_at: now,
        deliveries: 1,
    };
    let body = Bytes::from_static(b"{\"name\":\"Ana Soto\"}");
    store
        .files()
        .put(&record.body_key, "application/json", body)
        .await
        .unwrap();
    store.put_webhook(&record).await.unwrap();
    let recording = FileStore::recording_key(&call.call_id);
    store
        .files()
        .put(&recording, "audio/mpeg", Bytes::from_static(b"ID3"))
        .await
        .unwrap();

    let campaign = records::campaign("spring", now);
    store.create_campaign(&campaign).await.unwrap();
    let people = [100, 101].map(|n| records::recipient(&campaign.campaign_id, n, now));
    store
        .add_recipients(&campaign.campaign_id, people.to_vec())
        .await
        .unwrap();
    let list = records::contact_list("guests", 2, now);
    let contact = |seq| NewContact {
        seq,
        line: seq + 2,
        phone_number: number(seq),
        details: Default::default(),
        variables: [("name".to_owned(), format!("Guest {seq}"))].into(),
    };
    store
        .put_contacts(&list.list_id, vec![contact(0), contact(1)])
        .await
        .unwrap();
    store.put_contact_list(&list).await.unwrap();
    (call, campaign)
}

async fn erase(api: &TestApi, body: Value) -> Value {
    let path = format!("{PATH}/erase");
    Actor::admin().post(&api.router, &path, body).await.expect(200)
}

#[tokio::test]
async fn everything_about_a_person_is_shown_in_one_answer() {
    let api = TestApi::start().await;
    let (call, _) = world(&api).await;
    let person = Actor::admin().get(&api.router, PATH).await.expect(200);
    assert_eq!(person["phone_number"], NUMBER);
    assert_eq!(person["calls"].as_array().unwrap().len(), 1);
    let shown = &person["calls"][0];
    assert_eq!(shown["call"]["call_id"], call.call_id.as_str());
    assert_eq!(shown["transcript"][0]["message"], "This is Ana Soto.");
    assert!(shown["recording_url"].as_str().unwrap().contains("recordings/"));
    assert!(
        shown["webhook_urls"][0]
            .as_str()
            .unwrap()
            .contains("webhooks/elevenlabs/")
    );
    assert_eq!(person["recipients"].as_array().unwrap().len(), 1);
    assert_eq!(person["contacts"].as_array().unwrap().len(), 1);
    assert_eq!(person["do_not_call"], Value::Null);
}

#[tokio::test]
async fn an_erased_person_is_nowhere_and_everybody_else_stays() {
    let api = TestApi::start().await;
    let (call, campaign) = world(&api).await;
    let store = &api.test.store;
    let erased = erase(&api, json!({ "confirm": NUMBER })).await;
    assert_eq!(
        (
            &erased["calls"],
            &erased["recipients"],
            &erased["contacts"],
            &erased["complete"]
        ),
        (&json!(1), &json!(1), &json!(1), &json!(true)),
        "{erased}"
    );

    let kept = store.find_call(&call.call_id).await.unwrap().unwrap();
    assert_eq!((kept.status, kept.phone_number), (CallStatus::Completed, None));
    assert!(store.transcript(&call.call_id).await.unwrap().is_empty());
    for key in [
        FileStore::recording_key(&call.call_id),
        FileStore::webhook_key("elevenlabs", &"a".repeat(64)),
    ] {
        assert_eq!(store.files().size(&key).await.unwrap(), None, "{key}");
    }
    let counts = store.campaign_counts(&campaign.campaign_id).await.unwrap();
    assert_eq!(counts.total, 2, "counts still add up");
    let person = Actor::admin().get(&api.router, PATH).await.expect(200);
    for gone in ["calls", "recipients", "contacts", "callbacks"] {
        assert_eq!(person[gone], json!([]), "{gone}");
    }
    assert_eq!(
        person["do_not_call"]["phone_number"], NUMBER,
        "the one thing that stays"
    );

    let other = Actor::admin()
        .get(&api.router, "/api/privacy/%2B14155550101")
        .await
        .expect(200);
    for here in ["calls", "recipients", "contacts"] {
        assert_eq!(other[here].as_array().unwrap().len(), 1, "{here}");
    }
    let trail = Actor::admin()
        .get(&api.router, "/api/audit")
        .await
        .expect(200)
        .to_string();
    assert!(
        trail.contains("person.erased") && !trail.contains(NUMBER),
        "{trail}"
    );
}

#[tokio::test]
async fn whoever_waits_to_be_called_is_ended_first_and_without_the_list_if_so_wished() {
    let api = TestApi::start().await;
    let (_, campaign) = world(&api).await;
    erase(&api, json!({ "confirm": NUMBER, "keep_off": false })).await;
    let store = &api.test.store;
    assert_eq!(store.find_do_not_call(&number(0)).await.unwrap(), None);
    let id = records::recipient(&campaign.campaign_id, 100, api.test.now()).recipient_id;
    let recipient = store
        .find_recipient(&campaign.campaign_id, &id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(recipient.status, RecipientStatus::Skipped);
    assert_eq!(recipient.skip_reason, Some(SkipReason::DoNotCall));
    assert!(recipient.phone_number.is_erased());
}

#[tokio::test]
async fn a_call_in_progress_is_left_and_said() {
    let api = TestApi::start().await;
    let mut call = records::call("live", api.test.now());
    call.phone_number = Some(number(0));
    call.status = CallStatus::InProgress;
    api.test.store.create_call(&call).await.unwrap();
    let erased = erase(&api, json!({ "confirm": NUMBER })).await;
    assert_eq!(
        (&erased["calls"], &erased["complete"]),
        (&json!(0), &json!(false))
    );
    let kept = api.test.store.find_call(&call.call_id).await.unwrap().unwrap();
    assert_eq!(kept, call);
}

#[tokio::test]
async fn a_slip_erases_nobody_and_only_administrators_do() {
    let api = TestApi::start().await;
    world(&api).await;
    let path = format!("{PATH}/erase");
    let wrong = json!({ "confirm": "+14155550101" });
    Actor::admin().post(&api.router, &path, wrong).await.expect(400);
    let right = json!({ "confirm": NUMBER });
    Actor::operator()
        .post(&api.router, &path, right)
        .await
        .expect(403);
    Actor::operator().get(&api.router, PATH).await.expect(403);
    let person = Actor::admin().get(&api.router, PATH).await.expect(200);
    assert_eq!(person["calls"].as_array().unwrap().len(), 1);
}
