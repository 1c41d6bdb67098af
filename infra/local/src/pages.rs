//! What a browser finds on this machine: the site, or a page that says where everything is.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use http::{StatusCode, Uri, header};

#[derive(Clone)]
struct Pages {
    site: Option<Arc<PathBuf>>,
    simulator: Option<String>,
}

/// `/` and, when there is a built site, its files. Other addresses are the gateway's.
pub(crate) fn page_routes(site: &Path, simulator: Option<String>) -> Router {
    let site = site
        .join("index.html")
        .exists()
        .then(|| Arc::new(site.to_owned()));
    let pages = Pages { site, simulator };
    Router::new()
        .route("/", get(front))
        .route("/assets/{*path}", get(asset))
        .with_state(pages)
}

async fn front(State(pages): State<Pages>) -> Response {
    match &pages.site {
        Some(site) => file(&site.join("index.html")).await,
        None => Html(addresses(pages.simulator.as_deref())).into_response(),
    }
}

async fn asset(State(pages): State<Pages>, uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    let plain = path
        .split('/')
        .all(|part| !part.is_empty() && part != ".." && !part.contains('\\'));
    match (&pages.site, plain) {
        (Some(site), true) => file(&site.join(path)).await,
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn file(path: &Path) -> Response {
    let kind = match path.extension().and_then(|e| e.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        Some("svg") => "image/svg+xml",
        Some("json") => "application/json",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    };
    match tokio::fs::read(path).await {
        Ok(content) => ([(header::CONTENT_TYPE, kind)], content).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

fn addresses(simulator: Option<&str>) -> String {
    let simulator = simulator.map_or(String::new(), |address| {
        format!("<li><a href=\"{address}/sim/ledger\">What the simulator was asked to dial</a>")
    });
    format!(
        "<!doctype html><meta charset=utf-8><title>Switchboard</title>\
         <body style=\"font:16px/1.6 system-ui;margin:4rem auto;max-width:44rem\"><h1>Switchboard runs on this machine</h1>\
         <ul><li><a href=\"/api/openapi.json\">The API's document</a>; <code>make token</code> prints a token for it\
         <li><a href=\"/health\">Health</a>{simulator}</ul>"
    )
}
