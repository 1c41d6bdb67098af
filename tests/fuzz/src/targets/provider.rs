//! What a provider answers, through the client that asks: each answer over a real connection.

use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use switchboard_domain::{CallId, Carrier, PhoneNumber, ProviderId};
use switchboard_providers::elevenlabs::{ElevenLabs, ElevenLabsConfig};
use switchboard_providers::{
    AgentQuery, ConversationQuery, DialError, PlaceCall, Secret, VoiceProvider, VoiceQuery,
};
use tokio::runtime::Runtime;

use super::messages::has_number;

const KEY: &str = "sk_fuzz_0123456789abcdef";
const STATUSES: [u16; 16] = [
    200, 200, 200, 200, 201, 302, 400, 401, 402, 403, 404, 408, 422, 429, 500, 503,
];
/// Answers that are given before anything is dialled; a 200 may be a clear no as well.
const BEFORE_DIALLING: [u16; 8] = [200, 400, 401, 402, 403, 404, 422, 429];
const QUESTIONS: u8 = 9;

type Answer = Arc<Mutex<(u16, Vec<u8>)>>;

struct Line {
    runtime: Runtime,
    answer: Answer,
    provider: ElevenLabs,
}

static LINE: LazyLock<Line> = LazyLock::new(Line::open);

impl Line {
    fn open() -> Self {
        let runtime = Runtime::new().unwrap();
        let answer = Answer::default();
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .unwrap();
        let base_url = format!("http://{}/", listener.local_addr().unwrap())
            .parse()
            .unwrap();
        let router = Router::new().fallback(answered).with_state(answer.clone());
        runtime.spawn(async move { axum::serve(listener, router).await });
        let config = ElevenLabsConfig {
            base_url,
            retry_wait: Duration::ZERO,
        };
        let provider = ElevenLabs::new(config, Arc::new(Secret::new(KEY))).unwrap();
        Self {
            runtime,
            answer,
            provider,
        }
    }
}

async fn answered(State(answer): State<Answer>) -> (StatusCode, Vec<u8>) {
    let (status, body) = answer.lock().unwrap().clone();
    (StatusCode::from_u16(status).unwrap(), body)
}

pub(super) fn samples() -> Vec<Vec<u8>> {
    let webhook = include_bytes!("../../../../events/provider-webhooks/post_call_transcription.json");
    let webhook: serde_json::Value = serde_json::from_slice(webhook).unwrap();
    let conversation = webhook["data"].to_string();
    let good: [(u8, &str); 10] = [
        (0, &conversation),
        (
            1,
            r#"{"conversations":[{"conversation_id":"conv_1","agent_id":"agent_1","status":"done","start_time_unix_secs":1790000000,"call_duration_secs":41,"direction":"outbound"}],"has_more":true,"next_cursor":"c"}"#,
        ),
        (2, r#"{"count":3}"#),
        (
            3,
            r#"{"agents":[{"agent_id":"agent_1","name":"Anna"}],"has_more":true,"next_cursor":"c"}"#,
        ),
        (
            4,
            r#"{"agent_id":"agent_1","name":"Anna","conversation_config":{"agent":{"first_message":"Hi {{name}}","language":"en","prompt":{"prompt":"Ask {{city}}","tools":[]},"dynamic_variables":{"dynamic_variable_placeholders":{"name":"x"}}},"tts":{"voice_id":"v1"}}}"#,
        ),
        (
            5,
            r#"[{"phone_number_id":"phnum_1","phone_number":"+14155550100","label":"Main","provider":"twilio","supports_outbound":true,"assigned_agent":null}]"#,
        ),
        (
            6,
            r#"{"voices":[{"voice_id":"v1","name":"Rachel","category":"premade","labels":{"accent":"us"},"preview_url":"https://x.test/a.mp3"}],"has_more":true,"next_page_token":"t"}"#,
        ),
        (
            7,
            r#"{"tier":"pro","status":"active","character_count":10,"character_limit":100,"next_character_count_reset_unix":1790000000}"#,
        ),
        (
            8,
            r#"{"success":true,"message":"ok","conversation_id":"conv_1","callSid":"CA1"}"#,
        ),
        (
            8,
            r#"{"success":false,"message":"no route to +14155550100","conversation_id":null}"#,
        ),
    ];
    let wrong = [
        r#"{"detail":{"type":"not_found","code":"agent_not_found","message":"No such agent +14155550100","request_id":"9f0c","param":"agent_id"}}"#,
        r#"{"detail":{"status":"quota_exceeded","message":"sk_fuzz_0123456789abcdef is out of credit"}}"#,
        r#"{"detail":[{"loc":["body","to_number",0],"msg":"Field required 34600000001","type":"missing"}]}"#,
        r#"{"detail":"Not Found"}"#,
        r#"{"detail":{"code":"34600000001","message":"x"}}"#,
        r#"{"detail":{"code":"sk_fuzz_0123456789abcdef","message":"x"}}"#,
        r#"{"detail":{"code":"x","message":"x","request_id":"+34600000001"}}"#,
        r#"{"detail":{"code":"x","message":"x","request_id":"sk_fuzz_0123456789abcdef"}}"#,
    ];
    let good = good
        .into_iter()
        .map(|(question, body)| [&[0, question], body.as_bytes()].concat());
    let wrong = (6u8..16).flat_map(|status| {
        wrong
            .iter()
            .zip((status..QUESTIONS).chain(0..QUESTIONS).cycle())
            .map(move |(body, question)| [&[status, question], body.as_bytes()].concat())
    });
    good.chain(wrong).collect()
}

/// Asks one thing and gets the input as the answer: its first byte chooses the status, its second what
/// is asked. An error holds neither a number nor the key, and a call is refused only by an answer that
/// was given before dialling.
pub(super) fn provider_answer(input: &[u8]) {
    let [status, question, body @ ..] = input else {
        return;
    };
    let status = STATUSES[usize::from(*status) % STATUSES.len()];
    let line = &*LINE;
    *line.answer.lock().unwrap() = (status, body.to_vec());
    line.runtime
        .block_on(ask(&line.provider, status, question % QUESTIONS));
}

async fn ask(provider: &ElevenLabs, status: u16, question: u8) {
    let id = ProviderId::parse("agent_1").unwrap();
    let failed = match question {
        0 => provider.get_conversation(&id).await.err(),
        1 => {
            let query = ConversationQuery::default();
            provider.list_conversations(&query).await.err()
        }
        2 => provider.live_count().await.err(),
        3 => provider.list_agents(&AgentQuery::default()).await.err(),
        4 => provider.get_agent(&id).await.err(),
        5 => provider.list_phone_lines().await.err(),
        6 => provider.search_voices(&VoiceQuery::default()).await.err(),
        7 => provider.get_subscription().await.err(),
        _ => return dial(provider, status, id).await,
    };
    if let Some(error) = failed {
        assert_tells_nothing(&format!("{error} {}", error.explain()), error.request_id());
    }
}

async fn dial(provider: &ElevenLabs, status: u16, agent: ProviderId) {
    let call = PlaceCall {
        attempt: CallId::generate(Timestamp::UNIX_EPOCH, &mut rand::rng()),
        provider_agent_id: agent,
        phone_line_id: ProviderId::parse("phnum_1").unwrap(),
        carrier: Carrier::Twilio,
        to: PhoneNumber::parse("+15550100111").unwrap(),
        variables: Default::default(),
        first_message: None,
        ringing_timeout_secs: 45,
    };
    match provider.place_call(&call).await {
        Ok(_) => assert_eq!(status, 200),
        Err(error) => {
            let said = format!("{error} {}", error.explain());
            assert_tells_nothing(&said, error.request_id());
            match error {
                DialError::Refused { .. } => assert!(BEFORE_DIALLING.contains(&status), "{status}: {said}"),
                DialError::Unconfirmed { cause } => {
                    assert_tells_nothing(&format!("{cause} {}", cause.explain()), cause.request_id());
                }
            }
        }
    }
}

fn assert_tells_nothing(said: &str, request_id: Option<&str>) {
    assert!(!has_number(said) && !said.contains(KEY), "{said}");
    let id = request_id.unwrap_or_default();
    let is_number = has_number(id) && !id.bytes().any(|b| b.is_ascii_alphabetic());
    assert!(!is_number && !id.contains(KEY), "{id}");
}
