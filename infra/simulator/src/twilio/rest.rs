//! The API of calls: create, one, list.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, Uri};
use serde_json::{Value, json};

use super::TWILIO_ACCOUNT_SID;
use super::account::{is_ours, missing, refused};
use super::call::{Beginning, Call, Direction, Status};
use super::flow::{First, Source, start};
use super::outgoing::{Detection, Outgoing};
use super::twiml::{Action, Callback};
use crate::clock::now_ms;
use crate::faults::{FaultKind, FaultRule};
use crate::query::{Query, url_pairs};
use crate::server::Shared;
use crate::talk::{self, CallScenario};
use crate::{Behaviour, Platform, script};

/// The vendor's own number to which nothing can be dialled.
const INVALID_NUMBER: &str = "+15005550001";
/// Longest document in a request.
const LONGEST_TWIML: usize = 4_000;
/// Calls of a page when nobody says, and at the most.
const PAGE: (usize, usize) = (50, 1_000);

/// A form, as it came.
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    pub(super) fn of(body: &Bytes) -> Self {
        Self(url_pairs(&String::from_utf8_lossy(body)))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(key, _)| key == name);
        found
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    fn all(&self, name: &str) -> Vec<String> {
        let of = self.0.iter().filter(|(key, _)| key == name);
        of.map(|(_, value)| value.clone()).collect()
    }

    fn secs(&self, name: &str, usual: f64, most: f64) -> Result<f64, Response> {
        let Some(text) = self.get(name) else {
            return Ok(usual);
        };
        let secs = text.parse::<u32>().ok().map(f64::from);
        secs.filter(|secs| *secs <= most)
            .ok_or_else(|| bad(20_001, &format!("{name} is no number up to {most}")))
    }

    fn method(&self, name: &str) -> Result<String, Response> {
        match self.get(name).unwrap_or("POST") {
            method @ ("GET" | "POST") => Ok(method.to_owned()),
            _ => Err(bad(20_001, &format!("{name} is neither GET nor POST"))),
        }
    }

    /// An address of ours, as in `Url`.
    pub(super) fn address(&self, name: &str) -> Result<Option<String>, Response> {
        match self.get(name) {
            Some(url) if reqwest::Url::parse(url).is_err() => {
                Err(bad(21_205, &format!("{name} is not a valid URL")))
            }
            url => Ok(url.map(str::to_owned)),
        }
    }

    fn callback(&self, name: &str, usual: &str) -> Result<Option<Callback>, Response> {
        let Some(url) = self.address(name)? else {
            return Ok(None);
        };
        let mut events = self.all(&format!("{name}Event"));
        if events.is_empty() {
            events.push(usual.to_owned());
        }
        Ok(Some(Callback {
            url,
            method: self.method(&format!("{name}Method"))?,
            events,
        }))
    }

    /// Where the document comes from.
    pub(super) fn source(&self) -> Result<Option<Source>, Response> {
        if let Some(url) = self.address("Url")? {
            return Ok(Some(Source::Url {
                action: Action {
                    url,
                    method: self.method("Method")?,
                },
                extra: Vec::new(),
                fallback: self.address("FallbackUrl")?,
            }));
        }
        match self.get("Twiml") {
            Some(document) if document.len() > LONGEST_TWIML => {
                Err(bad(21_218, "Twiml is longer than 4000 characters"))
            }
            document => Ok(document.map(|document| Source::Inline(document.to_owned()))),
        }
    }
}

pub(super) fn bad(code: u32, message: &str) -> Response {
    refused(StatusCode::BAD_REQUEST, code, message)
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or_default();
    (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Creates a call.
pub(super) async fn create(
    State(shared): State<Shared>,
    Path(account): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let token = shared.lock().twilio_auth_token.clone();
    if !is_ours(&account, &headers, &token) {
        return refused(StatusCode::UNAUTHORIZED, 20_003, "Authenticate");
    }
    let form = Form::of(&body);
    let to = form.get("To").unwrap_or_default().to_owned();
    let order = match order(&form) {
        Ok(order) => order,
        Err(refusal) => {
            note_refused(&shared, &to);
            return refusal;
        }
    };
    if let Some(refusal) = before_placing(&shared, &to).await {
        note_refused(&shared, &to);
        return refusal;
    }
    let (call, outgoing, after) = place(&shared, order);
    let answer = call.resource();
    start(&shared, call, outgoing.callback, First::Outbound(outgoing.rest));
    match after.map(|fault| (fault.kind, fault.secs)) {
        Some((FaultKind::ErrorAfter, _)) => return broken(),
        Some((FaultKind::HangAfter, secs)) => sleep(secs).await,
        _ => {}
    }
    (StatusCode::CREATED, Json(answer)).into_response()
}

fn note_refused(shared: &Shared, to: &str) {
    let mut state = shared.lock();
    state.refuse(Platform::Twilio, to, None, now_ms(), "refused");
}

async fn sleep(secs: f64) {
    tokio::time::sleep(Duration::from_secs_f64(secs.clamp(0.0, 3_600.0))).await;
}

fn broken() -> Response {
    refused(
        StatusCode::INTERNAL_SERVER_ERROR,
        20_500,
        "An internal server error has occurred",
    )
}

/// Everything that can keep a call from being created.
async fn before_placing(shared: &Shared, to: &str) -> Option<Response> {
    let kinds = [
        FaultKind::TooManyCalls,
        FaultKind::SystemBusy,
        FaultKind::Invalid,
        FaultKind::ErrorBefore,
        FaultKind::HangBefore,
    ];
    let fault = shared.lock().faults.strike(Platform::Twilio, to, &kinds)?;
    Some(match fault.kind {
        FaultKind::TooManyCalls => refused(StatusCode::TOO_MANY_REQUESTS, 20_429, "Too Many Requests"),
        FaultKind::SystemBusy => refused(StatusCode::SERVICE_UNAVAILABLE, 20_503, "Service Unavailable"),
        FaultKind::Invalid => bad(21_211, "The 'To' number is not a valid phone number."),
        FaultKind::HangBefore => {
            sleep(fault.secs).await;
            broken()
        }
        _ => broken(),
    })
}

/// What is asked for, once it was read.
struct Order {
    to: String,
    from: String,
    source: Source,
    callback: Option<Callback>,
    timeout_secs: f64,
    limit_secs: f64,
    detection: Option<Detection>,
    recorded: Option<(bool, Option<Callback>)>,
}

fn order(form: &Form) -> Result<Order, Response> {
    let (to, from) = (form.get("To"), form.get("From"));
    let Some(to) = to.filter(|to| is_number(to) && *to != INVALID_NUMBER) else {
        return Err(bad(21_211, "The 'To' number is not a valid phone number."));
    };
    let Some(from) = from.filter(|from| is_number(from)) else {
        return Err(bad(21_212, "The 'From' number is not a valid phone number."));
    };
    let Some(source) = form.source()? else {
        return Err(bad(21_205, "Url, Twiml or ApplicationSid is required"));
    };
    let detection = match form.get("MachineDetection") {
        None => None,
        Some(how @ ("Enable" | "DetectMessageEnd")) => Some(Detection {
            to_the_end: how == "DetectMessageEnd",
            callback: match form.get("AsyncAmd") {
                Some("true") => form.callback("AsyncAmdStatusCallback", "")?,
                _ => None,
            },
        }),
        Some(_) => return Err(bad(20_001, "MachineDetection is not one of its values")),
    };
    let recorded = match form.get("Record") {
        Some("true") => {
            let is_dual = form.get("RecordingChannels") == Some("dual");
            Some((is_dual, form.callback("RecordingStatusCallback", "completed")?))
        }
        _ => None,
    };
    Ok(Order {
        to: to.to_owned(),
        from: from.to_owned(),
        source,
        callback: form.callback("StatusCallback", "completed")?,
        timeout_secs: form.secs("Timeout", 60.0, 600.0)?,
        limit_secs: form.secs("TimeLimit", 14_400.0, 86_400.0)?,
        detection,
        recorded,
    })
}

struct Placed {
    callback: Option<Callback>,
    rest: Outgoing,
}

fn place(shared: &Shared, order: Order) -> (Call, Placed, Option<FaultRule>) {
    let mut state = shared.lock();
    let now = now_ms();
    let attempt = state.next_attempt(&order.to);
    let script = script::Script::of(
        &state.scenario,
        state.seed,
        &order.to,
        attempt,
        order.timeout_secs,
    );
    let number = state.twilio.number_a_call();
    let factor = state.clock_factor;
    let queue_ms = state.twilio.queue_ms(now, factor);
    let talk = match script.behaviour {
        Behaviour::Voicemail => talk::machine(),
        Behaviour::OptsOut => talk::Script::of(&named("do_not_call"), &order.to, number, "en"),
        _ => talk::Script::of(&named("outbound"), &order.to, number, "en"),
    };
    let talk = talk.filled(number, &order.to);
    let mut call = Call::begin(
        Beginning {
            from: order.from,
            to: order.to,
            direction: Direction::OutboundApi,
            parent: None,
            status: Status::Queued,
            number,
            scenario: CallScenario::default(),
            script: talk,
        },
        now,
    );
    call.queue_ms = queue_ms;
    call.user_id = match &order.source {
        Source::Url { action, .. } => named_call(&action.url),
        Source::Inline(_) => None,
    };
    let kinds = [FaultKind::ErrorAfter, FaultKind::HangAfter];
    let after = state.faults.strike(Platform::Twilio, &call.to, &kinds);
    let rest = Outgoing {
        source: order.source,
        queue_ms,
        script,
        timeout_secs: order.timeout_secs,
        limit_secs: order.limit_secs,
        detection: order.detection,
        recorded: order.recorded,
    };
    let placed = Placed {
        callback: order.callback,
        rest,
    };
    (call, placed, after)
}

fn named(script: &str) -> CallScenario {
    CallScenario {
        script: Some(script.to_owned()),
        ..CallScenario::default()
    }
}

/// What the dialler calls its call: the parameter `call` of the address that it gave.
fn named_call(url: &str) -> Option<String> {
    let url = reqwest::Url::parse(url).ok()?;
    let mut pairs = url.query_pairs();
    let (_, id) = pairs.find(|(name, _)| name == "call")?;
    Some(id.into_owned())
}

/// One call.
pub(super) async fn one(
    State(shared): State<Shared>,
    Path((account, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let state = shared.lock();
    if !is_ours(&account, &headers, &state.twilio_auth_token) {
        return refused(StatusCode::UNAUTHORIZED, 20_003, "Authenticate");
    }
    let sid = file.strip_suffix(".json").unwrap_or_default();
    if let Some(call) = state.twilio.find(sid) {
        return Json(call.resource()).into_response();
    }
    match state.find_leg(sid) {
        Some(leg) => Json(super::legs::resource(leg, now_ms())).into_response(),
        None => missing(),
    }
}

/// Calls, newest first, a page at a time.
pub(super) async fn list(
    State(shared): State<Shared>,
    Path(account): Path<String>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let state = shared.lock();
    if !is_ours(&account, &headers, &state.twilio_auth_token) {
        return refused(StatusCode::UNAUTHORIZED, 20_003, "Authenticate");
    }
    let query = Query::of(&uri);
    let whole = |name: &str| query.get(name).map(str::parse::<usize>).transpose();
    let (Ok(size), Ok(page)) = (whole("PageSize"), whole("Page")) else {
        return bad(20_001, "PageSize and Page are numbers");
    };
    let (size, page) = (size.unwrap_or(PAGE.0).clamp(1, PAGE.1), page.unwrap_or(0));
    let range = |name: &str| query.get(name).map(day_or_moment).transpose();
    // `StartTime>=2026-11-20` is a parameter of the name `StartTime>`.
    let (Ok(from), Ok(until)) = (range("StartTime>"), range("StartTime<")) else {
        return bad(20_001, "StartTime is no date");
    };
    let fits = |call: &&Call| {
        let is = |name: &str, value: &str| query.get(name).is_none_or(|wanted| wanted == value);
        let started = call.started_ms().unwrap_or(call.created_ms);
        is("To", &call.to)
            && is("From", &call.from)
            && is("Status", call.status.at_rest())
            && is("ParentCallSid", call.parent.as_deref().unwrap_or_default())
            && from.is_none_or(|from| started >= from)
            && until.is_none_or(|until| started <= until)
    };
    let fitting: Vec<&Call> = state.twilio.calls().rev().filter(fits).collect();
    let begin = page.saturating_mul(size).min(fitting.len());
    let end = (begin + size).min(fitting.len());
    let shown: Vec<Value> = fitting[begin..end].iter().map(|call| call.resource()).collect();
    let path = format!("/2010-04-01/Accounts/{TWILIO_ACCOUNT_SID}/Calls.json");
    let at = |page: usize| {
        let mut url = reqwest::Url::parse(&format!("http://localhost{path}")).ok()?;
        for (name, value) in query.pairs() {
            if name != "Page" && name != "PageSize" {
                url.query_pairs_mut().append_pair(name, value);
            }
        }
        url.query_pairs_mut()
            .append_pair("PageSize", &size.to_string())
            .append_pair("Page", &page.to_string());
        Some(format!("{path}?{}", url.query().unwrap_or_default()))
    };
    let next = (end < fitting.len()).then(|| at(page + 1)).flatten();
    let previous = (page > 0).then(|| at(page - 1)).flatten();
    Json(json!({
        "calls": shown, "page": page, "page_size": size, "start": begin, "end": end.saturating_sub(1),
        "uri": at(page), "first_page_uri": at(0), "next_page_uri": next, "previous_page_uri": previous,
    }))
    .into_response()
}

/// The moment of a date, or of a date with a time, in milliseconds.
fn day_or_moment(text: &str) -> Result<i64, jiff::Error> {
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Ok(at.as_millisecond());
    }
    let day: jiff::civil::Date = text.parse()?;
    let at = day.to_zoned(jiff::tz::TimeZone::UTC)?;
    Ok(at.timestamp().as_millisecond())
}
