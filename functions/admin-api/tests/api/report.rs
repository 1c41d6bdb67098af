//! What came of a campaign.

use futures::stream::{self, StreamExt};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use switchboard_domain::{
    AgentId, Call, CallId, CallStatus, CallSuccess, CampaignId, Disclosed, HoursUsed, RecipientId,
    ReportBuilder, ReportVariables, WholeReport, ZoneSource,
};
use switchboard_store::FileStore;
use switchboard_testing::{Actor, records};

use crate::harness::{TestApi, fields};

fn finished(campaign: &CampaignId, n: u64, now: Timestamp) -> Call {
    let mut call = records::call(&format!("of a campaign {n}"), now);
    call.campaign_id = Some(campaign.clone());
    call.recipient_id = Some(RecipientId::derived(&[&n.to_string()]));
    call.placing_at = Some(now);
    call.hours = Some(HoursUsed {
        zones: vec!["Europe/Madrid".to_owned()],
        source: ZoneSource::Number,
        rules: Vec::new(),
    });
    let answered = !n.is_multiple_of(4);
    call.status = if answered {
        CallStatus::Completed
    } else {
        CallStatus::NoAnswer
    };
    call.duration_secs = answered.then_some(40);
    call.results.success = (answered && n.is_multiple_of(2)).then_some(CallSuccess::Success);
    call.results.cost_usd = Some(0.05);
    call.variables = [(
        "city".to_owned(),
        if n.is_multiple_of(3) { "Vigo" } else { "Lugo" }.to_owned(),
    )]
    .into();
    call.disclosure = answered.then_some(if n == 5 {
        Disclosed::Missing
    } else {
        Disclosed::Said
    });
    call
}

async fn report(api: &TestApi, campaign: &CampaignId, query: &str) -> Value {
    let path = format!("/api/campaigns/{campaign}/report{query}");
    Actor::viewer().get(&api.router, &path).await.expect(200)
}

fn table<'a>(report: &'a Value, by: &str) -> &'a Value {
    let tables = report["tables"].as_array().unwrap().iter();
    tables.into_iter().find(|table| table["by"] == by).unwrap()
}

fn calls_by_key(table: &Value) -> Vec<(&str, u64)> {
    let rows = table["rows"].as_array().unwrap().iter();
    rows.map(|row| (row["key"].as_str().unwrap(), row["calls"].as_u64().unwrap()))
        .collect()
}

#[tokio::test]
async fn a_campaign_is_told_apart_by_everything() {
    let api = TestApi::start().await;
    let (agent, line) = (api.agent().await, api.line().await);
    let campaign = api.campaign("spring", 1).await.campaign_id;
    for n in 0..12 {
        api.test
            .store
            .create_call(&finished(&campaign, n, api.test.now()))
            .await
            .unwrap();
    }
    let report = report(&api, &campaign, "?variable=city").await;
    assert_eq!(
        (&report["complete"], &report["prepared"]),
        (&json!(true), &json!(false))
    );
    let totals = &report["totals"];
    assert_eq!(
        (&totals["calls"], &totals["answered"], &totals["successes"]),
        (&json!(12), &json!(9), &json!(3))
    );
    assert_eq!(
        (&totals["answer_rate"], &totals["cost_usd"]),
        (&json!(0.75), &json!(0.6))
    );
    assert_eq!(
        calls_by_key(table(&report, "outcome")),
        [("completed", 9), ("no_answer", 3)]
    );
    // Noon in UTC is one o'clock in Madrid.
    assert_eq!(calls_by_key(table(&report, "hour")), [("13", 12)]);
    assert_eq!(calls_by_key(table(&report, "attempt")), [("1", 12)]);
    assert_eq!(table(&report, "agent")["rows"][0]["label"], json!(agent.name));
    assert_eq!(table(&report, "line")["rows"][0]["label"], json!(line.label));
    assert_eq!(
        calls_by_key(table(&report, "variable")),
        [("Lugo", 8), ("Vigo", 4)]
    );
    assert_eq!(report["variables"], json!(["city"]));
    assert_eq!(
        (&report["disclosure"]["said"], &report["disclosure"]["missing"]),
        (&json!(8), &json!(1))
    );
    let without = finished(&campaign, 5, api.test.now()).call_id;
    assert_eq!(report["disclosure"]["calls"], json!([without]));

    let plain = self::report(&api, &campaign, "").await;
    assert!(
        plain["tables"]
            .as_array()
            .unwrap()
            .iter()
            .all(|table| table["by"] != "variable")
    );
}

#[tokio::test]
async fn two_agents_are_compared_in_a_sentence() {
    let api = TestApi::start().await;
    let (anna, campaign) = (api.agent().await, api.campaign("spring", 1).await.campaign_id);
    let ben = records::agent("ben", api.test.now());
    api.test.store.create_agent(&ben).await.unwrap();
    let call = |n: u64, agent: &AgentId, success: bool| {
        let mut call = finished(&campaign, n, api.test.now());
        call.agent_id = Some(agent.clone());
        call.status = CallStatus::Completed;
        call.results.success = success.then_some(CallSuccess::Success);
        call
    };
    for n in 0..60 {
        api.test
            .store
            .create_call(&call(n, &anna.agent_id, n < 20))
            .await
            .unwrap();
        api.test
            .store
            .create_call(&call(100 + n, &ben.agent_id, n < 40))
            .await
            .unwrap();
    }
    let report = report(&api, &campaign, "").await;
    let sentence = report["agents"]["differences"][0]["sentence"].as_str().unwrap();
    assert_eq!(sentence, "ben is better: +33.3 points, between 15.5 and 48.3.");
    let agents = report["agents"]["agents"].as_array().unwrap();
    assert!(
        agents
            .iter()
            .all(|agent| agent["people"] == 60 && agent["interval"]["low"].is_f64())
    );
}

#[tokio::test]
async fn a_table_is_a_csv_file_with_names() {
    let api = TestApi::start().await;
    api.agent().await;
    let campaign = api.campaign("spring", 1).await.campaign_id;
    for n in 0..4 {
        let mut call = finished(&campaign, n, api.test.now());
        call.variables.insert("city".to_owned(), "=cmd()".to_owned());
        api.test.store.create_call(&call).await.unwrap();
    }
    let get = async |query: &str| {
        let path = format!("/api/campaigns/{campaign}/report.csv?{query}");
        Actor::viewer().get(&api.router, &path).await
    };
    let reply = get("by=agent").await;
    assert_eq!(reply.headers["content-type"], "text/csv; charset=utf-8");
    let csv = reply.body.as_str().unwrap().to_owned();
    let lines: Vec<&str> = csv.lines().collect();
    assert!(
        lines[0].starts_with("by,value,name,calls,answered,successes,answer_rate"),
        "{csv}"
    );
    assert!(
        lines[1].starts_with("agent,agt_") && lines[1].contains(",anna,4,3,1,0.7500,0.3333,40.0,0.2000,"),
        "{csv}"
    );
    let by_city = get("by=variable&variable=city").await.body;
    assert!(
        by_city.as_str().unwrap().contains("variable,'=cmd(),,4,"),
        "{by_city}"
    );
    for (query, field) in [
        ("by=variable", "variable"),
        ("by=hour&variable=city", "variable"),
        ("by=variable&variable=", "variable"),
        ("by=weekday", "by"),
    ] {
        assert_eq!(fields(&get(query).await.expect(400)), [field], "{query}");
    }
}

#[tokio::test]
async fn a_large_campaign_shows_its_newest_calls_until_the_whole_report_is_prepared() {
    let api = TestApi::start().await;
    let campaign = api.campaign("large", 1).await.campaign_id;
    let now = api.test.now();
    let put = |n: u64| {
        let mut call = finished(&campaign, n, now);
        call.created_at = now - SignedDuration::from_secs(i64::try_from(n).unwrap());
        call.call_id = CallId::derived(&["large", &n.to_string()]);
        let store = api.test.store.clone();
        async move { store.create_call(&call).await.unwrap() }
    };
    stream::iter((0..5_600).map(put))
        .buffer_unordered(16)
        .collect::<Vec<_>>()
        .await;

    let part = report(&api, &campaign, "").await;
    assert_eq!(
        (&part["complete"], &part["prepared"]),
        (&json!(false), &json!(false))
    );
    let read = part["totals"]["calls"].as_u64().unwrap();
    assert!((5_000..5_600).contains(&read), "{read}");
    let csv = format!("/api/campaigns/{campaign}/report.csv?by=outcome");
    let refused = Actor::viewer().get(&api.router, &csv).await.expect(409);
    assert!(
        refused["detail"].as_str().unwrap().contains("campaign_report"),
        "{refused}"
    );

    // What the exporter does, once it was asked to.
    let asked = json!({ "kind": "campaign_report", "campaign_id": campaign });
    Actor::operator()
        .post(&api.router, "/api/exports", asked)
        .await
        .expect(202);
    let mut builder = ReportBuilder::new(ReportVariables::All);
    (0..5_600).for_each(|n| builder.call(&finished(&campaign, n, now)));
    let whole = WholeReport {
        read_at: now,
        report: builder.finish(),
    };
    let json = serde_json::to_vec(&whole).unwrap().into();
    let key = FileStore::report_key(&campaign);
    api.test
        .store
        .files()
        .put(&key, "application/json", json)
        .await
        .unwrap();

    let all = report(&api, &campaign, "?variable=city").await;
    assert_eq!((&all["complete"], &all["prepared"]), (&json!(true), &json!(true)));
    assert_eq!(all["totals"]["calls"], 5_600);
    assert_eq!(table(&all, "variable")["variable"], "city");
    Actor::viewer().get(&api.router, &csv).await.expect(200);
}

#[tokio::test]
async fn a_report_to_be_prepared_is_of_one_whole_campaign() {
    let api = TestApi::start().await;
    let asked =
        json!({ "kind": "campaign_report", "call_status": "completed", "since": "2026-11-01T00:00:00Z" });
    let refused = Actor::operator()
        .post(&api.router, "/api/exports", asked)
        .await
        .expect(400);
    assert_eq!(fields(&refused), ["campaign_id", "call_status", "since"]);
}

#[tokio::test]
async fn what_an_agent_has_to_say_is_checked() {
    let api = TestApi::start().await;
    api.agent().await;
    api.line().await;
    let with = async |words: Value| {
        let mut request = api.campaign_request(json!({}));
        request["rules"]["disclosure"] = json!({ "first_words": words });
        Actor::operator()
            .post(&api.router, "/api/campaigns", request)
            .await
    };
    for words in [json!([]), json!([[]]), json!([["…"]]), json!([["x".repeat(101)]])] {
        let refused = with(words.clone()).await.expect(400);
        assert!(
            fields(&refused)[0].starts_with("rules.disclosure.first_words"),
            "{words}: {refused}"
        );
    }
    let made = with(json!([["AI assistant", "asistente de IA"], ["Acme"]]))
        .await
        .expect(201);
    assert_eq!(made["rules"]["disclosure"]["first_words"][1], json!(["Acme"]));
}

#[tokio::test]
async fn a_campaign_that_is_not_there_has_no_report() {
    let api = TestApi::start().await;
    let path = format!("/api/campaigns/camp_{}/report", "0".repeat(26));
    Actor::viewer().get(&api.router, &path).await.expect(404);
}
