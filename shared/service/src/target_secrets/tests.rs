use std::collections::BTreeSet;

use super::*;

fn now() -> Timestamp {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

fn hours(count: i64) -> Timestamp {
    now() + SignedDuration::from_hours(count)
}

fn target(secret_version: u64) -> EventTarget {
    EventTarget {
        target_id: EventTargetId::derived(&["t"]),
        url: "https://example.com/".to_owned(),
        description: None,
        types: BTreeSet::new(),
        enabled: true,
        turned_off: None,
        secret_version,
        created_at: now(),
        updated_at: now(),
        version: 1,
    }
}

fn secrets() -> TargetSecrets {
    TargetSecrets::new(Arc::new(MemorySecrets::default()), "test/".to_owned())
}

fn opened(secrets: &[Secret]) -> Vec<&str> {
    secrets.iter().map(Secret::open).collect()
}

#[test]
fn a_new_secret_is_of_the_form_of_standard_webhooks_and_never_the_same() {
    let mut rng = crate::rng();
    let (one, other) = (new_target_secret(&mut rng), new_target_secret(&mut rng));
    let bytes = STANDARD
        .decode(one.open().strip_prefix("whsec_").unwrap())
        .unwrap();
    assert_eq!(bytes.len(), SECRET_BYTES);
    assert!(one != other);
}

#[tokio::test]
async fn two_secrets_sign_while_one_is_exchanged_and_then_only_the_new_one() {
    let (secrets, target) = (secrets(), target(1));
    let id = &target.target_id;
    secrets.create(id, &Secret::new("whsec_a")).await.unwrap();
    assert_eq!(opened(&secrets.of(&target, now()).await.unwrap()), ["whsec_a"]);
    secrets
        .rotate(id, &Secret::new("whsec_b"), hours(24), now())
        .await
        .unwrap();
    assert_eq!(
        opened(&secrets.of(&target, now()).await.unwrap()),
        ["whsec_b", "whsec_a"]
    );
    assert_eq!(
        opened(&secrets.of(&target, hours(24)).await.unwrap()),
        ["whsec_b"]
    );
    secrets
        .rotate(id, &Secret::new("whsec_c"), hours(48), hours(1))
        .await
        .unwrap();
    let signing = secrets.of(&target, hours(1)).await.unwrap();
    assert_eq!(opened(&signing), ["whsec_c", "whsec_b"], "two at most");
    secrets
        .rotate(id, &Secret::new("whsec_d"), hours(2), hours(2))
        .await
        .unwrap();
    assert_eq!(
        opened(&secrets.of(&target, hours(2)).await.unwrap()),
        ["whsec_d"],
        "no overlap"
    );
}

#[tokio::test]
async fn what_is_cached_is_good_for_its_count_of_secrets_and_a_minute() {
    let store = Arc::new(MemorySecrets::default());
    let here = TargetSecrets::new(store.clone(), "test/".to_owned());
    let elsewhere = TargetSecrets::new(store, "test/".to_owned());
    let id = target(1).target_id;
    here.create(&id, &Secret::new("whsec_a")).await.unwrap();
    here.of(&target(1), now()).await.unwrap();
    elsewhere
        .rotate(&id, &Secret::new("whsec_b"), hours(1), now())
        .await
        .unwrap();
    assert_eq!(here.of(&target(1), now()).await.unwrap().len(), 1);
    assert_eq!(here.of(&target(2), now()).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_secret_that_is_gone_or_spoilt_is_said_to_be_and_rotating_repairs_it() {
    let store = Arc::new(MemorySecrets::default());
    let secrets = TargetSecrets::new(store.clone(), "test/".to_owned());
    let target = target(1);
    let missing = secrets.of(&target, now()).await;
    assert!(matches!(missing, Err(TargetSecretsError::Missing)));
    store
        .write(&secrets.name(&target.target_id), "whsec_x")
        .await
        .unwrap();
    let error = secrets.of(&target, now()).await.err().unwrap();
    assert!(matches!(error, TargetSecretsError::Malformed) && !error.to_string().contains("whsec_x"));
    let id = &target.target_id;
    secrets
        .rotate(id, &Secret::new("whsec_b"), hours(1), now())
        .await
        .unwrap();
    assert_eq!(opened(&secrets.of(&target, now()).await.unwrap()), ["whsec_b"]);
    secrets.forget(id).await.unwrap();
    assert_eq!(store.count(), 0);
}

#[tokio::test]
async fn every_tool_of_every_agent_has_a_secret_of_its_own() {
    let secrets = secrets();
    let agent = AgentId::derived(&["anna"]);
    let tool = |name: &str| AgentTool {
        name: name.to_owned(),
        description: String::new(),
        parameters: serde_json::json!({ "type": "object" }),
        url: "https://example.com/".to_owned(),
        timeout_secs: 5,
        secret_version: 1,
        updated_at: now(),
    };
    let signer = AgentTool::signer(&agent, "stock");
    secrets.create(&signer, &Secret::new("whsec_a")).await.unwrap();
    let found = secrets.of_tool(&agent, &tool("stock"), now()).await.unwrap();
    assert_eq!(opened(&found), ["whsec_a"]);
    let other = secrets.of_tool(&agent, &tool("orders"), now()).await;
    assert!(matches!(other, Err(TargetSecretsError::Missing)));
    let other = AgentId::derived(&["ben"]);
    assert!(secrets.of_tool(&other, &tool("stock"), now()).await.is_err());
}
