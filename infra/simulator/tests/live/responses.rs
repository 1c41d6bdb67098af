//! The Responses API.

use serde_json::{Value, json};

use crate::desk::Desk;

fn request() -> Value {
    json!({
        "model": "gpt-6-luna", "store": false, "max_output_tokens": 800, "instructions": "Sum up the call.",
        "input": [{ "role": "user", "content": [{ "type": "input_text",
            "text": "AGENT: Hello?\nCALLER: My name is Carla Stein. I have a question about my bill." }] }],
        "text": { "format": { "type": "json_schema", "name": "call_summary", "strict": true, "schema": {
            "type": "object", "additionalProperties": false,
            "required": ["summary", "intent", "urgency", "caller_name"],
            "properties": { "summary": { "type": "string" },
                "intent": { "type": "string", "enum": ["booking", "billing", "emergency", "other"] },
                "urgency": { "type": "string", "enum": ["low", "normal", "high", "critical"] },
                "caller_name": { "type": ["string", "null"] } } } } },
    })
}

fn text(answer: &Value) -> &str {
    let output = answer["output"].as_array().unwrap();
    let message = output.iter().find(|item| item["type"] == "message").unwrap();
    message["content"][0]["text"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn a_call_is_summed_up_by_its_schema() {
    let desk = Desk::open().await;
    let (status, answer) = desk.send("POST", "/v1/responses", Some(request())).await;
    assert_eq!((status, &answer["status"]), (200, &json!("completed")));
    let filled: Value = serde_json::from_str(text(&answer)).unwrap();
    assert_eq!(filled["intent"], "billing");
    assert_eq!(filled["urgency"], "normal");
    assert_eq!(filled["caller_name"], "Carla Stein");
    assert!(answer["usage"]["total_tokens"].as_u64().unwrap() > 0);
    let models = desk.send("GET", "/v1/models", None).await.1;
    assert!(
        models["data"]
            .as_array()
            .unwrap()
            .iter()
            .any(|model| model["id"] == "gpt-6-luna")
    );
}

#[tokio::test]
async fn it_can_refuse_break_off_or_fail() {
    let desk = Desk::open().await;
    let set = async |mood: &str| {
        let options = json!({ "responses": mood, "responses_count": 1 });
        desk.send("PUT", "/_sim/openai/options", Some(options)).await;
        desk.send("POST", "/v1/responses", Some(request())).await
    };
    let (_, refusal) = set("refusal").await;
    assert_eq!(refusal["output"][1]["content"][0]["type"], "refusal");
    let (_, cut) = set("incomplete").await;
    assert_eq!(cut["incomplete_details"]["reason"], "max_output_tokens");
    assert!(serde_json::from_str::<Value>(text(&cut)).is_err());
    assert!(serde_json::from_str::<Value>(text(&set("garbage").await.1)).is_err());
    assert_eq!(set("rate_limited").await.0, 429);
    assert_eq!(set("error").await.0, 500);
    assert_eq!(
        desk.send("POST", "/v1/responses", Some(request())).await.0,
        200,
        "well again"
    );
}

#[tokio::test]
async fn a_schema_that_is_not_strict_enough_is_refused() {
    let desk = Desk::open().await;
    let mut wrong = request();
    wrong["text"]["format"]["schema"]["required"] = json!(["summary"]);
    let (status, refusal) = desk.send("POST", "/v1/responses", Some(wrong)).await;
    assert_eq!(
        (status, &refusal["error"]["code"]),
        (400, &json!("invalid_json_schema"))
    );
    assert_eq!(
        desk.send("POST", "/v1/responses", Some(json!({ "input": "a" })))
            .await
            .0,
        400
    );
}
