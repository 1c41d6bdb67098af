//! Phone lines that are entered here.

use serde_json::{Value, json};
use switchboard_domain::CampaignStatus;
use switchboard_testing::{Actor, records};

use crate::harness::{TestApi, fields};

fn trunk() -> Value {
    json!({
        "provider": "ultravox", "phone_number": "+1 (415) 555-0199", "label": " Main ", "carrier": "sip_trunk",
        "sip_domain": "sip.example.com",
    })
}

#[tokio::test]
async fn a_line_is_entered_relabelled_listed_and_deleted() {
    let api = TestApi::start_with_both().await;
    let admin = Actor::admin();
    Actor::operator()
        .post(&api.router, "/api/phone-lines", trunk())
        .await
        .expect(403);
    let line = admin
        .post(&api.router, "/api/phone-lines", trunk())
        .await
        .expect(201);
    assert_eq!(
        line,
        json!({
            "phone_line_id": "line_14155550199_sip_example_com", "provider": "ultravox", "phone_number": "+14155550199",
            "label": "Main", "carrier": "sip_trunk", "supports_outbound": true,
        })
    );
    admin
        .post(&api.router, "/api/phone-lines", trunk())
        .await
        .expect(409);

    let path = format!("/api/phone-lines/{}", line["phone_line_id"].as_str().unwrap());
    let changed = admin
        .patch(&api.router, &path, json!({ "label": "Sales" }))
        .await
        .expect(200);
    assert_eq!(changed["label"], "Sales");
    let listed = Actor::viewer()
        .get(&api.router, "/api/phone-lines")
        .await
        .expect(200);
    assert_eq!(
        (&listed["items"], &listed["fresh"]),
        (&json!([changed]), &json!(true)),
        "a sync leaves it alone"
    );

    admin.delete(&api.router, &path).await.expect(204);
    admin.delete(&api.router, &path).await.expect(404);
    let listed = Actor::viewer()
        .get(&api.router, "/api/phone-lines")
        .await
        .expect(200);
    assert_eq!(listed["items"], json!([]));
    let trail = admin.get(&api.router, "/api/audit").await.expect(200).to_string();
    for action in ["phone_line.added", "phone_line.updated", "phone_line.deleted"] {
        assert!(trail.contains(action), "{action}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_line_is_named() {
    let api = TestApi::start_with_both().await;
    let admin = Actor::admin();
    for (changes, field) in [
        (json!({ "provider": "elevenlabs" }), "provider"),
        (json!({ "phone_number": "555" }), "phone_number"),
        (json!({ "sip_domain": null }), "sip_domain"),
        (json!({ "sip_domain": "sip example" }), "sip_domain"),
        (json!({ "carrier": "twilio" }), "sip_domain"),
        (json!({ "label": "x".repeat(201) }), "label"),
    ] {
        let mut line = trunk();
        for (name, value) in changes.as_object().unwrap() {
            line[name] = value.clone();
        }
        let body = admin
            .post(&api.router, "/api/phone-lines", line)
            .await
            .expect(400);
        assert_eq!(fields(&body), [field], "{changes}");
    }
    let api = TestApi::start().await;
    let body = admin
        .post(&api.router, "/api/phone-lines", trunk())
        .await
        .expect(400);
    assert!(body.to_string().contains("under Settings"), "{body}");
}

#[tokio::test]
async fn a_line_that_a_campaign_needs_or_that_its_platform_lists_is_not_deleted() {
    let api = TestApi::start_with_both().await;
    let admin = Actor::admin();
    let line = admin
        .post(&api.router, "/api/phone-lines", trunk())
        .await
        .expect(201);
    let id = line["phone_line_id"].as_str().unwrap();
    let mut campaign = records::campaign("Reminders", api.test.now());
    campaign.status = CampaignStatus::Paused;
    campaign.phone_line_id = records::provider_id(id);
    api.test.store.create_campaign(&campaign).await.unwrap();
    let path = format!("/api/phone-lines/{id}");
    let body = admin.delete(&api.router, &path).await.expect(409);
    assert!(body["detail"].as_str().unwrap().contains("Reminders"), "{body}");
    let cancel = format!("/api/campaigns/{}/cancel", campaign.campaign_id);
    Actor::operator().act(&api.router, &cancel).await.expect(200);
    admin.delete(&api.router, &path).await.expect(204);

    let listed = api.line().await;
    let path = format!("/api/phone-lines/{}", listed.phone_line_id);
    admin.delete(&api.router, &path).await.expect(409);
    let body = admin
        .patch(&api.router, &path, json!({ "label": "x" }))
        .await
        .expect(409);
    assert!(
        body["detail"]
            .as_str()
            .unwrap()
            .contains("ElevenLabs lists this line itself"),
        "{body}"
    );
}

#[tokio::test]
async fn a_line_that_its_platform_lists_no_longer_is_gone_even_when_it_was_the_last() {
    let api = TestApi::start().await;
    api.line().await;
    let listed = Actor::viewer()
        .get(&api.router, "/api/phone-lines")
        .await
        .expect(200);
    assert_eq!((&listed["items"], &listed["fresh"]), (&json!([]), &json!(true)));
}
