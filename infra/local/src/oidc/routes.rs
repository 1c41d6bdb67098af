//! The issuer's pages: discovery, keys, sign-in, token.

use std::sync::Arc;

use axum::extract::{Form, Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::{HeaderValue, StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::json;

use super::code::{Codes, Grant};
use super::tokens::{Role, TokenRequest, issue};
use super::{ISSUER_PATH, SigningKey};
use crate::clock;

/// How long a sign-in lasts.
const SESSION: SignedDuration = SignedDuration::from_hours(12);

#[derive(Clone)]
struct Issuer {
    key: SigningKey,
    issuer: String,
    audience: String,
    codes: Arc<Codes>,
}

pub(crate) fn oidc_routes(key: SigningKey, issuer: String, audience: String) -> Router {
    let state = Issuer {
        key,
        issuer,
        audience,
        codes: Arc::default(),
    };
    let routes = Router::new()
        .route("/.well-known/openid-configuration", get(discovery))
        .route("/jwks.json", get(jwks))
        .route("/authorize", get(authorize))
        .route("/token", post(token))
        .with_state(state);
    // Any origin may sign in here: it is development on this machine.
    let open = axum::middleware::map_response(|mut response: Response| async move {
        response
            .headers_mut()
            .insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        response
    });
    Router::new().nest(ISSUER_PATH, routes.layer(open))
}

async fn discovery(State(state): State<Issuer>) -> Response {
    let at = |path: &str| format!("{}{path}", state.issuer);
    Json(json!({
        "issuer": state.issuer,
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/token"),
        "jwks_uri": at("/jwks.json"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": ["openid", "profile"],
    }))
    .into_response()
}

async fn jwks(State(state): State<Issuer>) -> Response {
    Json(state.key.jwks()).into_response()
}

#[derive(Deserialize)]
struct AuthorizeQuery {
    #[serde(default)]
    client_id: String,
    #[serde(default)]
    redirect_uri: String,
    #[serde(default)]
    code_challenge: String,
    #[serde(default)]
    code_challenge_method: String,
    state: Option<String>,
    nonce: Option<String>,
    role: Option<Role>,
}

async fn authorize(State(state): State<Issuer>, Query(query): Query<AuthorizeQuery>) -> Response {
    let here = query.redirect_uri.starts_with("http://127.0.0.1")
        || query.redirect_uri.starts_with("http://localhost");
    if query.client_id != state.audience
        || query.code_challenge_method != "S256"
        || query.code_challenge.is_empty()
        || !here
    {
        let told =
            "This sign-in needs client_id, an S256 code_challenge, and a redirect_uri on this machine.";
        return (StatusCode::BAD_REQUEST, told).into_response();
    }
    let Some(role) = query.role else {
        return choose(&query);
    };
    let now = clock::now();
    let code = state.codes.give(
        Grant {
            role,
            client_id: query.client_id,
            redirect_uri: query.redirect_uri.clone(),
            challenge: query.code_challenge,
            nonce: query.nonce,
            expires: now,
        },
        now,
    );
    let Ok(mut back) = url::Url::parse(&query.redirect_uri) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    back.query_pairs_mut().append_pair("code", &code);
    if let Some(state) = &query.state {
        back.query_pairs_mut().append_pair("state", state);
    }
    Redirect::to(back.as_str()).into_response()
}

/// One click per role.
fn choose(query: &AuthorizeQuery) -> Response {
    let mut fields = url::form_urlencoded::Serializer::new(String::new());
    fields
        .append_pair("client_id", &query.client_id)
        .append_pair("redirect_uri", &query.redirect_uri)
        .append_pair("code_challenge", &query.code_challenge)
        .append_pair("code_challenge_method", "S256");
    if let Some(state) = &query.state {
        fields.append_pair("state", state);
    }
    if let Some(nonce) = &query.nonce {
        fields.append_pair("nonce", nonce);
    }
    // Form encoding leaves nothing that HTML would read.
    let fields = fields.finish().replace('&', "&amp;");
    let button = |role: &str| format!("<p><a href=\"?{fields}&amp;role={role}\">Sign in as {role}</a></p>");
    Html(format!(
        "<!doctype html><meta charset=utf-8><title>Sign in</title><body style=\"font:16px system-ui;margin:4rem\">\
         <h1>Switchboard on this machine</h1>{}{}{}",
        button("admin"),
        button("operator"),
        button("viewer")
    ))
    .into_response()
}

#[derive(Deserialize)]
struct TokenForm {
    #[serde(default)]
    grant_type: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    code_verifier: String,
    #[serde(default)]
    redirect_uri: String,
}

async fn token(State(state): State<Issuer>, Form(form): Form<TokenForm>) -> Response {
    let now: Timestamp = clock::now();
    let grant = (form.grant_type == "authorization_code")
        .then(|| {
            state
                .codes
                .redeem(&form.code, &form.code_verifier, &form.redirect_uri, now)
        })
        .flatten();
    let Some(grant) = grant else {
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" }))).into_response();
    };
    let request = TokenRequest {
        issuer: state.issuer.clone(),
        audience: grant.client_id,
        role: grant.role,
        valid_for: SESSION,
        nonce: grant.nonce,
    };
    match issue(&state.key, &request, now) {
        Ok(token) => Json(json!({
            "access_token": token, "id_token": token, "token_type": "Bearer",
            "expires_in": SESSION.as_secs(), "scope": "openid profile",
        }))
        .into_response(),
        Err(error) => {
            tracing::error!(%error, "a token could not be signed");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
