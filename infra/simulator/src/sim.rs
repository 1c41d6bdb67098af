//! Our own routes: the ledger, faults, scenario, clock.

use axum::extract::State;
use axum::routing::{get, post, put};
use axum::{Json, Router};
use http::{StatusCode, Uri};
use serde::Deserialize;

use crate::clock::now_ms;
use crate::query::Query;
use crate::server::Shared;
use crate::{FaultRule, Ledger, Platform, Scenario};

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/sim/ledger", get(ledger))
        .route("/sim/faults", post(add_faults).delete(clear_faults))
        .route("/sim/scenario", put(set_scenario))
        .route("/sim/clock", put(set_clock))
        .route("/sim/ceiling", put(set_ceiling))
        .route("/sim/outage", put(set_outage))
        .route("/sim/reset", post(reset))
}

async fn ledger(State(shared): State<Shared>, uri: Uri) -> Json<Ledger> {
    let query = Query::of(&uri);
    Json(shared.lock().ledger(query.get("number"), now_ms()))
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Rules {
    Many(Vec<FaultRule>),
    One(FaultRule),
}

async fn add_faults(State(shared): State<Shared>, Json(rules): Json<Rules>) -> StatusCode {
    let rules = match rules {
        Rules::Many(rules) => rules,
        Rules::One(rule) => vec![rule],
    };
    shared.lock().faults.add(rules);
    StatusCode::NO_CONTENT
}

async fn clear_faults(State(shared): State<Shared>) -> StatusCode {
    shared.lock().faults.clear();
    StatusCode::NO_CONTENT
}

async fn set_scenario(State(shared): State<Shared>, Json(scenario): Json<Scenario>) -> StatusCode {
    shared.lock().scenario = scenario;
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
struct Clock {
    factor: f64,
}

async fn set_clock(State(shared): State<Shared>, Json(clock): Json<Clock>) -> StatusCode {
    if clock.factor.is_finite() && clock.factor > 0.0 {
        shared.lock().clock_factor = clock.factor;
        StatusCode::NO_CONTENT
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    }
}

#[derive(Deserialize)]
struct Ceiling {
    calls: Option<u32>,
    #[serde(default)]
    platform: Option<Platform>,
}

async fn set_ceiling(State(shared): State<Shared>, Json(ceiling): Json<Ceiling>) -> StatusCode {
    let mut state = shared.lock();
    if ceiling.platform != Some(Platform::Ultravox) {
        state.concurrency_ceiling = ceiling.calls;
    }
    if ceiling.platform != Some(Platform::ElevenLabs) {
        state.ultravox.concurrency_ceiling = ceiling.calls;
    }
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
struct Outage {
    down: bool,
    #[serde(default)]
    platform: Option<Platform>,
}

async fn set_outage(State(shared): State<Shared>, Json(outage): Json<Outage>) -> StatusCode {
    let mut state = shared.lock();
    for platform in Platform::ALL {
        if outage.platform.is_none_or(|only| only == platform) {
            state.set_down(platform, outage.down);
        }
    }
    StatusCode::NO_CONTENT
}

async fn reset(State(shared): State<Shared>) -> StatusCode {
    shared.lock().reset();
    StatusCode::NO_CONTENT
}
