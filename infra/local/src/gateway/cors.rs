//! CORS, answered from the template; what functions say of it is ignored.

use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::template::CorsSpec;

/// Puts the headers for a request from `origin`; `preflight` for an `OPTIONS` answer.
pub(crate) fn apply(cors: &CorsSpec, origin: Option<&str>, preflight: bool, headers: &mut HeaderMap) {
    let said: Vec<HeaderName> = headers
        .keys()
        .filter(|name| name.as_str().starts_with("access-control-"))
        .cloned()
        .collect();
    for name in said {
        headers.remove(name);
    }
    let Some(origin) = origin.filter(|origin| cors.origins.iter().any(|o| o == origin || o == "*")) else {
        return;
    };
    let mut put = |name: HeaderName, value: String| {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    };
    put(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.to_owned());
    put(header::VARY, "origin".to_owned());
    if preflight {
        put(header::ACCESS_CONTROL_ALLOW_METHODS, cors.methods.join(","));
        put(header::ACCESS_CONTROL_ALLOW_HEADERS, cors.headers.join(","));
        put(header::ACCESS_CONTROL_MAX_AGE, cors.max_age.to_string());
    } else {
        put(header::ACCESS_CONTROL_EXPOSE_HEADERS, cors.exposed.join(","));
    }
}
