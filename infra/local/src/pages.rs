//! What a browser finds on this machine: the site, or a page that says where everything is.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{Html, IntoResponse, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use serde_json::{Value, json};
use tower_http::services::ServeDir;

use crate::gateway::route;
use crate::template::RouteSpec;

/// First parts of the addresses that are this machine's or the API's, whether they have such a page or not.
const NOT_PAGES: [&str; 6] = ["api", "webhooks", "health", "live", "local", "faults"];

/// Where the API's reference is on this machine; it is a file of the site, which is there under its own name too.
const REFERENCE: &str = "/api/docs";
const REFERENCE_FILE: &str = "/api-docs.html";

/// As strict as in production, but for this machine's own addresses.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; font-src 'self'; media-src 'self' blob: https: http://127.0.0.1:*; \
    connect-src 'self' http://127.0.0.1:* ws://127.0.0.1:*; manifest-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// The site and its settings.
#[derive(Clone)]
pub(crate) struct Pages {
    files: Option<ServeDir>,
    config: Arc<Value>,
    routes: Arc<[RouteSpec]>,
    simulator: Option<String>,
}

impl Pages {
    /// Pages from the folder of the built site, if there is one.
    pub(crate) fn new(
        site: &Path,
        issuer: &str,
        client_id: &str,
        routes: &[RouteSpec],
        simulator: Option<String>,
    ) -> Self {
        let built = site.join("index.html").exists();
        let files = || ServeDir::new(site).precompressed_br().precompressed_gzip();
        let config = json!({
            "api_url": "",
            "issuer": issuer,
            "client_id": client_id,
            "scope": "openid profile",
            "environment": "local",
        });
        Self {
            files: built.then(files),
            config: Arc::new(config),
            routes: routes.into(),
            simulator,
        }
    }
}

impl Pages {
    /// Whether a request is for the API, or for one of this machine's own addresses.
    fn is_of_api(&self, method: &Method, path: &str) -> bool {
        let first = path.split('/').nth(1).unwrap_or_default();
        let reads = matches!(*method, Method::GET | Method::HEAD);
        if reads && path == REFERENCE {
            return false;
        }
        !reads || NOT_PAGES.contains(&first) || route::find(&self.routes, method.as_str(), path).is_some()
    }
}

/// Adds the site to a router: every address that is not the API's is a file of the site, or a page of it.
pub(crate) fn with_pages(router: Router, pages: Pages) -> Router {
    router.layer(from_fn_with_state(pages, page_or_api))
}

async fn page_or_api(State(pages): State<Pages>, request: Request, next: Next) -> Response {
    if pages.is_of_api(request.method(), request.uri().path()) {
        return next.run(request).await;
    }
    match (request.uri().path(), pages.files) {
        ("/config.json", _) => axum::Json(pages.config.as_ref()).into_response(),
        (_, Some(files)) => page(files, request).await,
        ("/", None) => Html(addresses(pages.simulator.as_deref())).into_response(),
        (_, None) => next.run(request).await,
    }
}

/// A file; an address without an extension is a page, which the site's script shows.
async fn page(mut files: ServeDir, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let is_page = path.rsplit('/').next().is_none_or(|name| !name.contains('.'));
    let (mut parts, body) = request.into_parts();
    if path == REFERENCE {
        parts.uri = Uri::from_static(REFERENCE_FILE);
    } else if is_page {
        parts.uri = Uri::from_static("/index.html");
    }
    let request = Request::from_parts(parts, body);
    let answer = match files.try_call(request).await {
        Ok(answer) => answer,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return StatusCode::NOT_FOUND.into_response();
        }
        Err(_) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    };
    let mut answer = answer.map(Body::new);
    let cache = match path.starts_with("/assets/") {
        true => "public, max-age=31536000, immutable",
        false => "no-cache",
    };
    secure(answer.headers_mut(), cache);
    answer.into_response()
}

fn secure(headers: &mut HeaderMap, cache: &'static str) {
    for (name, value) in [
        (header::CACHE_CONTROL, cache),
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

fn addresses(simulator: Option<&str>) -> String {
    let simulator = simulator.map_or(String::new(), |address| {
        format!("<li><a href=\"{address}/sim/ledger\">What the simulator was asked to dial</a>")
    });
    format!(
        "<!doctype html><meta charset=utf-8><title>Switchboard</title>\
         <body style=\"font:16px/1.6 system-ui;margin:4rem auto;max-width:44rem\"><h1>Switchboard runs on this machine</h1>\
         <p>The site is not built: <code>make site</code> builds it, then start this again.</p>\
         <ul><li><a href=\"/api/openapi.json\">The API's document</a>; <code>make token</code> prints a token for it\
         <li><a href=\"/health\">Health</a>{simulator}</ul>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use tower::ServiceExt;

    /// The site in `folder`, before an API with one page of its own.
    fn site(folder: &Path) -> Router {
        let routes = [RouteSpec {
            method: "GET".to_owned(),
            path: "/own".to_owned(),
            function: "Api".to_owned(),
            authorized: false,
        }];
        let api = Router::new()
            .route("/own", get(async || "the API"))
            .fallback(async || (StatusCode::NOT_FOUND, "the API knows no such route"));
        let pages = Pages::new(folder, "http://127.0.0.1/issuer", "client", &routes, None);
        with_pages(api, pages)
    }

    async fn answer(router: &Router, method: Method, path: &str) -> (StatusCode, HeaderMap, String) {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .body(Body::empty())
            .unwrap();
        let answer = router.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let body = axum::body::to_bytes(body, 1_000_000).await.unwrap();
        (
            parts.status,
            parts.headers,
            String::from_utf8_lossy(&body).into_owned(),
        )
    }

    fn built() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("assets")).unwrap();
        std::fs::write(folder.path().join("index.html"), "the page").unwrap();
        std::fs::write(folder.path().join("assets/app-1.js"), "the script").unwrap();
        std::fs::write(folder.path().join("api-docs.html"), "the reference").unwrap();
        folder
    }

    #[tokio::test]
    async fn every_address_without_an_extension_is_a_page_that_runs_no_foreign_script() {
        let folder = built();
        let router = site(folder.path());
        for path in ["/", "/calls", "/calls/call_1?x=y", "/signed-in?code=1"] {
            let (status, headers, body) = answer(&router, Method::GET, path).await;
            assert_eq!((status, body.as_str()), (StatusCode::OK, "the page"), "{path}");
            assert_eq!(headers[header::CACHE_CONTROL], "no-cache");
            let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
            assert!(policy.contains("script-src 'self';") && policy.contains("frame-ancestors 'none'"));
        }
        let (_, headers, body) = answer(&router, Method::GET, "/assets/app-1.js").await;
        assert_eq!(body, "the script");
        assert!(
            headers[header::CACHE_CONTROL]
                .to_str()
                .unwrap()
                .contains("immutable")
        );
    }

    #[tokio::test]
    async fn files_that_are_not_there_and_places_outside_are_not_found() {
        let folder = built();
        let router = site(folder.path());
        for path in [
            "/assets/old.js",
            "/../secret.txt",
            "/assets/..%2f..%2fsecret.txt",
            "/icon.svg",
        ] {
            let (status, ..) = answer(&router, Method::GET, path).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[tokio::test]
    async fn what_is_the_apis_goes_to_the_api() {
        let folder = built();
        let router = site(folder.path());
        assert_eq!(answer(&router, Method::GET, "/own").await.2, "the API");
        for (method, path) in [
            (Method::GET, "/api/nothing"),
            (Method::POST, "/webhooks/elevenlabs"),
            (Method::POST, "/calls"),
        ] {
            let (status, _, body) = answer(&router, method, path).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}: {body}");
            assert!(body.contains("the API"));
        }
    }

    #[tokio::test]
    async fn the_reference_of_the_api_is_a_file_of_the_site() {
        let folder = built();
        let router = site(folder.path());
        for path in ["/api/docs", "/api-docs.html"] {
            let (status, headers, body) = answer(&router, Method::GET, path).await;
            assert_eq!(
                (status, body.as_str()),
                (StatusCode::OK, "the reference"),
                "{path}"
            );
            let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
            assert!(policy.contains("script-src 'self';"), "{policy}");
        }
        let (status, _, body) = answer(&router, Method::POST, "/api/docs").await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{body}");
    }

    #[tokio::test]
    async fn the_site_is_told_where_to_sign_in() {
        let folder = built();
        let (_, _, body) = answer(&site(folder.path()), Method::GET, "/config.json").await;
        let config: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(config["issuer"], "http://127.0.0.1/issuer");
        assert_eq!(config["client_id"], "client");
    }

    #[tokio::test]
    async fn without_a_built_site_the_front_page_says_how_to_build_it() {
        let folder = tempfile::tempdir().unwrap();
        let (_, _, body) = answer(&site(folder.path()), Method::GET, "/").await;
        assert!(body.contains("make site"), "{body}");
    }
}
