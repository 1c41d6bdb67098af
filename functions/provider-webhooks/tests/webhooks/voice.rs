//! Somebody calls.

use http::StatusCode;
use jiff::SignedDuration;
use serde_json::Value;
use switchboard_domain::{
    CallOrigin, CallStatus, Carrier, Direction, InboundStage, PhoneNumber, ProviderKind, RouteTarget,
};
use switchboard_local_engines::DynamoDbFault;
use switchboard_providers::twilio::Form;
use switchboard_providers::twilio::signature::sign;
use switchboard_providers::{ATTEMPT_VARIABLE, ProviderError, Secret};
use switchboard_store::WebhookList;
use tower::ServiceExt;

use crate::line::{BASE, SID, TOKEN, call_id, form, reference, request, to_agent, to_person};
use crate::world::World;

const PATH: &str = "/webhooks/twilio/voice";

#[tokio::test]
async fn an_agent_at_openai_is_dialled_with_a_reference_that_stays_the_same() {
    let world = World::start().await;
    let agent = world.openai_rule().await;
    let document = world.ring().await;
    let dial = format!(
        "<Dial answerOnBridge=\"true\" action=\"{BASE}/webhooks/twilio/dial?call={}&amp;at=0\" method=\"POST\" timeout=\"20\"",
        call_id()
    );
    assert!(document.contains(&dial), "{document}");
    assert!(document.contains("<Sip>sip:proj_test@sip.api.openai.com;transport=tls?X-Call-Ref="));
    assert!(document.contains("record=\"record-from-answer-dual\""));
    assert_eq!(reference(&document).len(), 32);
    assert_eq!(world.ring().await, document, "a repeat is answered as before");

    let call = world.find(&call_id()).await;
    assert_eq!(
        (call.status, call.direction, call.origin, call.carrier),
        (
            CallStatus::InProgress,
            Direction::Inbound,
            CallOrigin::Reception,
            Some(Carrier::Twilio)
        )
    );
    assert_eq!(
        (call.provider, call.agent_id),
        (Some(ProviderKind::Openai), Some(agent.agent_id))
    );
    assert_eq!(call.phone_number, PhoneNumber::parse("+14155550111").ok());
    assert_eq!(call.carrier_call_id.as_deref(), Some(SID));
    let reception = call.reception.unwrap();
    assert_eq!(reception.rule_name.as_deref(), Some("everything"));
    assert_eq!(reception.caller_name.as_deref(), Some("ANA RUIZ"));
    assert!(!reception.fell_back);
    let inbound = world.inbound().await;
    assert_eq!(
        (inbound.stage, inbound.public_url.as_str()),
        (InboundStage::Routed, BASE)
    );
    assert_eq!(world.test.store.open_inbound_calls().await.unwrap().len(), 1);
}

#[tokio::test]
async fn only_twilio_is_answered_and_nothing_is_done_for_anybody_else() {
    let world = World::start().await;
    world.openai_rule().await;
    let right = sign(&Secret::new(TOKEN), &format!("{BASE}{PATH}"), Some(&form(&[])));
    let other = form(&[("From", "+14155550112")]);
    let forged = sign(&Secret::new("other"), &format!("{BASE}{PATH}"), Some(&form(&[])));
    let elsewhere = sign(
        &Secret::new(TOKEN),
        "https://somebody.else.test/webhooks/twilio/voice",
        Some(&form(&[])),
    );
    for (what, path, form, signature) in [
        ("missing", PATH, form(&[]), None),
        ("forged", PATH, form(&[]), Some(&forged)),
        ("tampered", PATH, other, Some(&right)),
        ("with more", PATH, form(&[("Extra", "")]), Some(&right)),
        (
            "of the host that the request names",
            PATH,
            form(&[]),
            Some(&elsewhere),
        ),
        (
            "with a query",
            "/webhooks/twilio/voice?call=x",
            form(&[]),
            Some(&right),
        ),
        (
            "of another route",
            "/webhooks/twilio/status",
            form(&[]),
            Some(&right),
        ),
    ] {
        let (status, answer) = world
            .send_text(request(path, &form, signature.map(String::as_str)))
            .await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{what}: {answer}");
    }
    assert_eq!(world.test.store.find_call(&call_id()).await.unwrap(), None);
    let with_port = sign(
        &Secret::new(TOKEN),
        &format!("{BASE}:443{PATH}"),
        Some(&form(&[])),
    );
    let (status, _) = world.send_text(request(PATH, &form(&[]), Some(&with_port))).await;
    assert_eq!(status, StatusCode::OK, "some of Twilio's servers write the port");
}

#[tokio::test]
async fn without_a_public_address_the_gateways_own_counts() {
    let world = World::start_without_address().await;
    let sample = include_str!("../../../../events/provider-webhooks/unknown_type.event.json");
    let mut event: Value = serde_json::from_str(sample).unwrap();
    event["rawPath"] = PATH.into();
    event["requestContext"]["http"]["path"] = PATH.into();
    event["requestContext"]["domainName"] = "abc.execute-api.test".into();
    event["body"] = form(&[]).encoded().into();
    event["isBase64Encoded"] = false.into();
    event["headers"] = serde_json::json!({
        "host": "forged.example.test",
        "content-type": "application/x-www-form-urlencoded",
        "x-twilio-signature": sign(&Secret::new(TOKEN), &format!("https://abc.execute-api.test{PATH}"), Some(&form(&[]))),
    });
    let request = lambda_http::request::from_str(&event.to_string()).unwrap();
    let response = world.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(world.inbound().await.public_url, "https://abc.execute-api.test");
}

#[tokio::test]
async fn an_agent_of_a_platform_takes_the_call_with_our_id() {
    let world = World::start().await;
    let agent = world.agent_on(ProviderKind::Elevenlabs).await;
    world.rule(vec![to_agent(&agent)]).await;
    let document = world.ring().await;
    assert_eq!(
        document,
        "<Response><Connect><Stream url=\"wss://x.test/1\"/></Connect></Response>"
    );
    assert_eq!(world.ring().await, document);
    let [taken] = &world.elevenlabs.taken()[..] else {
        panic!("asked once, though Twilio asked twice")
    };
    assert_eq!(
        (taken.attempt.clone(), taken.from.as_str()),
        (call_id(), "+14155550111")
    );
    assert_eq!(world.inbound().await.stage, InboundStage::Answered);
    assert_eq!(ATTEMPT_VARIABLE, "attempt_id");
}

#[tokio::test]
async fn a_platform_that_takes_audio_is_streamed_to_and_what_follows_is_asked_for() {
    let world = World::start().await;
    let agent = world.agent_on(ProviderKind::Ultravox).await;
    world.rule(vec![to_agent(&agent)]).await;
    let document = world.ring().await;
    let redirect = format!(
        "<Connect><Stream url=\"wss://voice.example.test/join\"/></Connect><Redirect method=\"POST\">{BASE}/webhooks/twilio/dial?call={}&amp;at=0</Redirect>",
        call_id()
    );
    assert!(document.contains(&redirect), "{document}");
    let conversation = world.find(&call_id()).await.conversation_id.unwrap();
    assert!(conversation.as_str().starts_with("taken"), "{conversation}");
}

#[tokio::test]
async fn a_target_that_cannot_take_it_gives_it_to_the_next() {
    let world = World::start().await;
    let broken = world.agent_on(ProviderKind::Elevenlabs).await;
    let gone = RouteTarget::Agent {
        agent_id: switchboard_domain::AgentId::derived(&["gone"]),
    };
    world.rule(vec![gone, to_agent(&broken), to_person()]).await;
    world.elevenlabs.fail_next_request(ProviderError::Unavailable {
        reason: "told to".to_owned(),
        request_id: None,
        source: None,
    });
    let document = world.ring().await;
    assert!(document.contains("timeout=\"15\""), "{document}");
    assert!(document.contains("callerId=\"+15005550199\""));
    assert!(document.contains("<Number>"));
    let call = world.find(&call_id()).await;
    assert_eq!((call.provider, call.agent_id), (None, None));
    let reception = call.reception.unwrap();
    assert_eq!((reception.target, reception.fell_back), (to_person(), true));
    assert_eq!(world.inbound().await.at_target, 2);
}

#[tokio::test]
async fn without_a_rule_the_caller_leaves_a_message() {
    let world = World::start().await;
    let anonymous = form(&[("From", "anonymous"), ("Caller", "anonymous")]);
    let (status, document) = world.twilio(PATH, &anonymous).await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        document.contains("<Say language=\"en-US\">Nobody can take your call now."),
        "{document}"
    );
    assert!(document.contains("maxLength=\"180\" playBeep=\"true\""));
    assert!(document.contains(&format!("{BASE}/webhooks/twilio/recording?call={}", call_id())));
    let call = world.find(&call_id()).await;
    assert_eq!((call.phone_number, call.provider), (None, None));
    assert_eq!(world.inbound().await.stage, InboundStage::Answered);
}

#[tokio::test]
async fn a_rule_that_says_closed_ends_the_call_with_a_word() {
    let world = World::start().await;
    world.rule(vec![RouteTarget::Closed]).await;
    let document = world.ring().await;
    assert!(
        document.contains("We are closed now.") && document.contains("<Hangup/>"),
        "{document}"
    );
}

#[tokio::test]
async fn when_the_tables_do_not_answer_the_caller_still_leaves_a_message_that_is_found_again() {
    let world = World::start().await;
    let agent = world.openai_rule().await;
    world
        .test
        .db_faults()
        .fraction("TransactWriteItems", DynamoDbFault::InternalErrorBefore, 1.0, 1);
    let document = world.ring().await;
    assert!(document.contains("<Record"), "{document}");
    world.test.db_faults().clear();
    assert_eq!(world.test.store.find_call(&call_id()).await.unwrap(), None);

    let path = format!("/webhooks/twilio/dial?call={}", call_id());
    let recorded = form(&[
        ("RecordingSid", "RE00000000000000000000000000000001"),
        ("RecordingUrl", "https://x.test"),
    ]);
    let (_, document) = world.twilio(&path, &recorded).await;
    assert!(document.contains("<Hangup/>"), "{document}");
    let call = world.find(&call_id()).await;
    assert_eq!(call.reception.unwrap().target, RouteTarget::Voicemail);
    assert_ne!(call.agent_id, Some(agent.agent_id));
}

#[tokio::test]
async fn a_signed_request_that_names_no_call_is_kept_and_shown() {
    let world = World::start().await;
    for path in ["voice", "dial", "status", "recording", "amd"] {
        let odd: Form = [("Hello", path), ("CallSid", "CA1")].into_iter().collect();
        let (status, _) = world.twilio(&format!("/webhooks/twilio/{path}"), &odd).await;
        assert!(status.is_success(), "{path}");
    }
    let shown = world
        .test
        .store
        .list_webhooks(WebhookList::Unparsed, None, 50)
        .await
        .unwrap();
    assert_eq!(shown.items.len(), 5);
    assert!(
        shown
            .items
            .iter()
            .all(|record| record.provider == "twilio" && record.note.is_some())
    );
    let large: Form = [("CallSid", "x".repeat(70_000))].into_iter().collect();
    assert_eq!(world.twilio(PATH, &large).await.0, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_rule_may_ask_for_a_language_and_the_caller_hears_it() {
    let world = World::start().await;
    let mut rule = world.rule(vec![RouteTarget::Voicemail]).await;
    rule.language = Some("es".to_owned());
    world.test.store.put_routing_rule(&rule).await.unwrap();
    world.clock.advance(SignedDuration::from_secs(1));
    assert!(world.ring().await.contains("<Say language=\"es-ES\">"));
}
