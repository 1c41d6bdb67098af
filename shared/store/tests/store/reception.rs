//! What the reception goes by: rules, settings, callbacks, tools.

use jiff::SignedDuration;
use jiff::civil::{Time, Weekday};
use serde_json::json;
use switchboard_domain::{
    AgentTool, CallbackStatus, EventTarget, EventTargetId, EventType, ReceptionSettings, RouteTarget,
    RoutingConditions,
};
use switchboard_store::{Booked, Cursor, StoreError};
use switchboard_testing::{TestStore, records};

#[tokio::test]
async fn a_rule_is_written_over_the_version_that_was_read() {
    let test = TestStore::start().await;
    let store = &test.store;
    let mut rule = records::routing_rule("office", 0, test.now());
    rule.when = RoutingConditions {
        called: vec![records::number(1)],
        callers: vec!["+34".to_owned()],
        days: vec![Weekday::Monday, Weekday::Sunday],
        from: Some(Time::constant(9, 30, 0, 0)),
        until: Some(Time::constant(17, 0, 0, 0)),
        holidays: Some(false),
        ..RoutingConditions::default()
    };
    rule.targets.push(RouteTarget::Person {
        phone_number: records::number(2),
        ring_secs: 20,
    });
    let one = store.put_routing_rule(&rule).await.unwrap();
    assert_eq!(one.version, 1);
    assert!(
        matches!(store.put_routing_rule(&rule).await, Err(StoreError::Stale)),
        "it is there already"
    );
    let mut renamed = one.clone();
    renamed.name = "Office hours".to_owned();
    let two = store.put_routing_rule(&renamed).await.unwrap();
    assert!(matches!(
        store.put_routing_rule(&one).await,
        Err(StoreError::Stale)
    ));
    assert_eq!(
        store.find_routing_rule(&rule.rule_id).await.unwrap(),
        Some(two.clone())
    );
    assert_eq!(
        (two.when, two.targets),
        (rule.when, rule.targets),
        "it comes back as it went"
    );
    store.delete_routing_rule(&rule.rule_id).await.unwrap();
    assert_eq!(store.routing_rules().await.unwrap(), []);
}

#[tokio::test]
async fn rules_are_put_into_order_all_at_once() {
    let test = TestStore::start().await;
    let store = &test.store;
    let mut ids = Vec::new();
    for (position, name) in (0..).zip(["a", "b", "c"]) {
        let rule = records::routing_rule(name, position, test.now());
        ids.push(store.put_routing_rule(&rule).await.unwrap().rule_id);
    }
    let names = async || {
        let rules = store.routing_rules().await.unwrap();
        rules.into_iter().map(|rule| rule.name).collect::<String>()
    };
    assert_eq!(names().await, "abc");
    let [a, b, c] = [0, 1, 2].map(|n: usize| ids[n].clone());
    store
        .order_routing_rules(&[c.clone(), a.clone(), b.clone()])
        .await
        .unwrap();
    assert_eq!(names().await, "cab");
    let versions: Vec<_> = store
        .routing_rules()
        .await
        .unwrap()
        .iter()
        .map(|rule| rule.version)
        .collect();
    assert_eq!(versions, [2, 2, 2]);
    for wrong in [vec![a.clone()], vec![a.clone(), a.clone(), b.clone()], vec![]] {
        assert!(
            matches!(store.order_routing_rules(&wrong).await, Err(StoreError::Stale)),
            "{wrong:?}"
        );
    }
    store.order_routing_rules(&[c, a, b]).await.unwrap();
    assert_eq!(names().await, "cab");
}

#[tokio::test]
async fn settings_are_those_of_the_product_until_somebody_sets_others() {
    let test = TestStore::start().await;
    assert_eq!(
        test.store.reception_settings().await.unwrap(),
        ReceptionSettings::default()
    );
    let own = ReceptionSettings {
        company: "Harbor Dental".to_owned(),
        holidays: vec!["2026-12-25".parse().unwrap()],
        person: Some(records::number(7)),
        ..ReceptionSettings::default()
    };
    test.store.put_reception_settings(&own).await.unwrap();
    assert_eq!(test.store.reception_settings().await.unwrap(), own);
}

#[tokio::test]
async fn callbacks_are_listed_by_the_time_at_which_they_are_due() {
    let test = TestStore::start().await;
    let at = |hours: i64| test.now() + SignedDuration::from_hours(hours);
    for (name, hours) in [("c", 3), ("a", 1), ("d", 4), ("b", 2)] {
        let booked = test
            .store
            .put_callback(&records::callback(name, at(hours)))
            .await
            .unwrap();
        assert!(matches!(booked, Booked::New(_)));
    }
    let again = test
        .store
        .put_callback(&records::callback("a", at(9)))
        .await
        .unwrap();
    assert!(
        matches!(again, Booked::Before(there) if there.due_at == at(1)),
        "it stays as it is"
    );
    let change = async |name: &str, status: CallbackStatus| {
        let id = records::callback(name, test.now()).callback_id;
        let set = |callback: &mut switchboard_domain::Callback| {
            callback.set_status(status);
            true
        };
        test.store.update_callback(&id, set).await.unwrap().unwrap()
    };
    assert_eq!(change("c", CallbackStatus::Assigned).await.version, 2);
    change("a", CallbackStatus::Done).await;
    change("b", CallbackStatus::Done).await;
    let listed = async |status: Option<CallbackStatus>, limit: u32| {
        let (mut names, mut cursor) = (String::new(), None);
        loop {
            let page = test
                .store
                .list_callbacks(status, cursor.as_ref(), limit)
                .await
                .unwrap();
            assert!(page.items.len() <= limit as usize);
            names.extend(page.items.into_iter().filter_map(|callback| callback.name));
            cursor = page.next.map(|next| Cursor::decode(&next.encode()).unwrap());
            if cursor.is_none() {
                return names;
            }
        }
    };
    for limit in [1, 2, 3, 50] {
        assert_eq!(listed(None, limit).await, "dcba", "{limit}");
        assert_eq!(listed(Some(CallbackStatus::Due), limit).await, "d", "{limit}");
        assert_eq!(listed(Some(CallbackStatus::Done), limit).await, "ba", "{limit}");
    }
    let unknown = records::callback("nobody", test.now()).callback_id;
    assert_eq!(
        test.store.update_callback(&unknown, |_| true).await.unwrap(),
        None
    );
}

#[tokio::test]
async fn a_booked_callback_is_told_and_told_again_at_another_time() {
    let test = TestStore::start().await;
    let target = EventTarget {
        target_id: EventTargetId::derived(&["t"]),
        url: "https://example.com/events".to_owned(),
        description: None,
        types: [EventType::CallbackBooked].into_iter().collect(),
        enabled: true,
        turned_off: None,
        secret_version: 1,
        created_at: test.now(),
        updated_at: test.now(),
        version: 1,
    };
    test.store.create_event_target(&target).await.unwrap();
    let callback = records::callback("a", test.now());
    for _ in 0..2 {
        test.store.put_callback(&callback).await.unwrap();
    }
    let id = &callback.callback_id;
    let later = test.now() + SignedDuration::from_hours(1);
    let change = async |change: fn(&mut switchboard_domain::Callback, jiff::Timestamp)| {
        let changed = test.store.update_callback(id, |callback| {
            change(callback, later);
            true
        });
        changed.await.unwrap().unwrap()
    };
    change(|callback, _| callback.assign(Some("Mia".to_owned()))).await;
    change(|callback, later| callback.book_again("it", None, later)).await;
    let due = test.store.due_events(50).await.unwrap();
    assert_eq!(due.len(), 2, "{due:?}");
}

#[tokio::test]
async fn tools_of_an_agent_are_its_own() {
    let test = TestStore::start().await;
    let (anna, ben) = (
        records::agent("anna", test.now()),
        records::agent("ben", test.now()),
    );
    test.store.create_agent(&anna).await.unwrap();
    let tool = |name: &str| AgentTool {
        name: name.to_owned(),
        description: "Looks up the stock.".to_owned(),
        parameters: json!({ "type": "object", "properties": { "what": { "type": "string" } } }),
        url: "https://example.com/stock".to_owned(),
        timeout_secs: 5,
        secret_version: 1,
        updated_at: test.now(),
    };
    for name in ["stock", "price", "stock"] {
        test.store
            .put_agent_tool(&anna.agent_id, &tool(name))
            .await
            .unwrap();
    }
    assert_eq!(
        test.store.agent_tools(&anna.agent_id).await.unwrap(),
        [tool("price"), tool("stock")]
    );
    assert_eq!(test.store.agent_tools(&ben.agent_id).await.unwrap(), []);
    assert!(
        test.store
            .delete_agent_tool(&anna.agent_id, "stock")
            .await
            .unwrap()
    );
    assert!(
        !test
            .store
            .delete_agent_tool(&anna.agent_id, "stock")
            .await
            .unwrap()
    );
    assert_eq!(
        test.store.agent_tools(&anna.agent_id).await.unwrap(),
        [tool("price")]
    );
    let listed = test.store.find_agent(&anna.agent_id).await.unwrap();
    assert_eq!(listed.map(|agent| agent.name), Some(anna.name));
}
