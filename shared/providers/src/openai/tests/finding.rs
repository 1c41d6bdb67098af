//! How a call is, and a call whose answer was lost.

use jiff::Timestamp;
use serde_json::{Value, json};
use switchboard_domain::{CallOutcome, ProviderId};

use super::server::{CALL, Records, Server, agent, attempt, own};
use crate::openai::OwnCall;
use crate::{ConversationState, VoiceProvider};

const OTHER: &str = "CA000000000000000000000000000000bb";

fn since() -> Timestamp {
    "2026-11-22T10:00:00Z".parse().unwrap()
}

fn call(sid: &str, changes: Value) -> Value {
    let mut call = json!({"sid": sid, "status": "in-progress", "to": "+15005550100", "from": "+15005550199",
        "direction": "outbound-api", "date_created": "Sun, 22 Nov 2026 10:00:01 +0000",
        "start_time": "Sun, 22 Nov 2026 10:00:01 +0000", "duration": null, "answered_by": null});
    for (name, value) in changes.as_object().unwrap() {
        call[name] = value.clone();
    }
    call
}

/// The carrier has these calls, newest first.
async fn carrier(calls: Vec<Value>) -> Server {
    Server::answering(move |asked| {
        let path = asked.route.split('?').next().unwrap();
        if path.ends_with("/Calls.json") {
            return (200, json!({"calls": calls, "next_page_uri": null}).to_string());
        }
        let one = calls
            .iter()
            .find(|call| path.contains(call["sid"].as_str().unwrap()));
        one.map_or((404, String::new()), |call| (200, call.to_string()))
    })
    .await
}

async fn found(server: &Server, records: Vec<OwnCall>) -> Option<String> {
    let provider = server.provider(Records::of(records));
    let found = provider
        .find_conversation(&attempt("one"), &agent(), since())
        .await
        .unwrap();
    found.map(|found| {
        assert_eq!(found.attempt, Some(attempt("one")));
        found.conversation_id.as_str().to_owned()
    })
}

#[tokio::test]
async fn a_lost_call_is_found_by_its_leg_or_among_the_carriers_calls() {
    let server = carrier(vec![call(CALL, json!({}))]).await;
    assert_eq!(
        found(&server, vec![own("one", Some(CALL))]).await.as_deref(),
        Some(CALL)
    );
    assert_eq!(
        found(&server, vec![own("one", None)]).await.as_deref(),
        Some(CALL)
    );
    // A call that waits for its turn has no beginning.
    let waits = json!({"status": "queued", "date_created": null, "start_time": null});
    let server = carrier(vec![call(CALL, waits)]).await;
    assert_eq!(
        found(&server, vec![own("one", None)]).await.as_deref(),
        Some(CALL)
    );
    let asked = server.asked();
    assert!(asked[0].route.contains("To=%2B15005550100") && !asked[0].route.contains("StartTime"));
}

#[tokio::test]
async fn somebody_elses_call_is_not_taken_for_it() {
    let server = carrier(Vec::new()).await;
    assert_eq!(found(&server, Vec::new()).await, None, "we have no such call");
    assert_eq!(found(&server, vec![own("one", None)]).await, None);
    for changes in [
        json!({"direction": "inbound"}),
        json!({"from": "+15005550198"}),
        json!({"to": "+15005550101"}),
        json!({"date_created": "Sun, 22 Nov 2026 09:58:59 +0000"}),
    ] {
        let server = carrier(vec![call(CALL, changes.clone())]).await;
        assert_eq!(found(&server, vec![own("one", None)]).await, None, "{changes}");
    }
    // Of two, the one that is none of our other calls.
    let server = carrier(vec![call(OTHER, json!({})), call(CALL, json!({}))]).await;
    let records = vec![own("one", None), own("two", Some(CALL))];
    assert_eq!(found(&server, records).await.as_deref(), Some(OTHER));
}

#[tokio::test]
async fn the_carriers_word_says_how_a_call_is() {
    use CallOutcome as O;
    use ConversationState as S;
    let queued = S::Other("queued".to_owned());
    for (changes, was_there, state, outcome) in [
        (
            json!({"status": "queued", "start_time": null}),
            false,
            queued,
            None,
        ),
        (json!({"status": "ringing"}), false, S::Initiated, None),
        (json!({}), true, S::InProgress, None),
        (json!({"status": "busy"}), false, S::Failed, Some(O::Busy)),
        (
            json!({"status": "no-answer"}),
            false,
            S::Failed,
            Some(O::NoAnswer),
        ),
        (json!({"status": "canceled"}), false, S::Failed, Some(O::NoAnswer)),
        (json!({"status": "failed"}), false, S::Failed, Some(O::Failed)),
        (
            json!({"status": "completed", "answered_by": "machine_start"}),
            false,
            S::Done,
            Some(O::Voicemail),
        ),
        (
            json!({"status": "completed", "answered_by": "fax"}),
            false,
            S::Failed,
            Some(O::Failed),
        ),
        (
            json!({"status": "completed", "answered_by": "human"}),
            false,
            S::Failed,
            Some(O::Failed),
        ),
        // Whoever listened concludes it.
        (
            json!({"status": "completed", "answered_by": "human", "duration": "42"}),
            true,
            S::Processing,
            None,
        ),
    ] {
        let server = carrier(vec![call(CALL, changes.clone())]).await;
        let known = OwnCall {
            agent_was_there: was_there,
            ..own("one", Some(CALL))
        };
        let provider = server.provider(Records::of(vec![known]));
        let id = ProviderId::parse(CALL).unwrap();
        let told = provider.get_conversation(&id).await.unwrap().unwrap();
        assert_eq!((told.state.clone(), told.outcome), (state, outcome), "{changes}");
        assert!(told.turns.is_empty(), "the words are ours already");
    }
    let server = carrier(vec![call(CALL, json!({}))]).await;
    let provider = server.provider(Records::of(Vec::new()));
    for id in [CALL, "rtc_1"] {
        let told = provider
            .get_conversation(&ProviderId::parse(id).unwrap())
            .await
            .unwrap();
        assert_eq!(told, None, "none of our calls");
    }
}
