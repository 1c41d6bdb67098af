//! The HTTP API: routes, authorizer, CORS.

use serde_json::Value;

use super::TemplateError;
use super::intrinsics::as_text;

/// A route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteSpec {
    /// Method, or `ANY`.
    pub method: String,
    /// Path with `{name}` and `{name+}`.
    pub path: String,
    /// The function.
    pub function: String,
    /// Whether a token is needed.
    pub authorized: bool,
}

/// Whose tokens are good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JwtSpec {
    /// Issuer.
    pub issuer: String,
    /// Audiences, one of which a token must be made for.
    pub audience: Vec<String>,
    /// Scopes, one of which a token must have.
    pub scopes: Vec<String>,
}

/// What browsers of other origins may do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CorsSpec {
    /// Origins.
    pub origins: Vec<String>,
    /// Methods.
    pub methods: Vec<String>,
    /// Request headers.
    pub headers: Vec<String>,
    /// Answer headers that scripts may read.
    pub exposed: Vec<String>,
    /// Seconds for which browsers may remember this.
    pub max_age: u64,
}

/// The HTTP API.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ApiSpec {
    /// Routes.
    pub routes: Vec<RouteSpec>,
    /// The authorizer of routes that need a token.
    pub jwt: Option<JwtSpec>,
    /// CORS.
    pub cors: Option<CorsSpec>,
}

pub(crate) fn route(function: &str, properties: &Value, at: &str) -> Result<RouteSpec, TemplateError> {
    let text = |name: &str| {
        let missing = || TemplateError::invalid(at, format!("{name} is missing"));
        properties.get(name).map(as_text).ok_or_else(missing)
    };
    let open = properties
        .pointer("/Auth/Authorizer")
        .is_some_and(|a| a == "NONE");
    Ok(RouteSpec {
        method: text("Method")?.to_uppercase(),
        path: text("Path")?,
        function: function.to_owned(),
        authorized: !open,
    })
}

pub(crate) fn api(id: &str, properties: &Value, into: &mut ApiSpec) -> Result<(), TemplateError> {
    let list = |value: Option<&Value>| -> Vec<String> {
        value
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .map(as_text)
            .collect()
    };
    if let Some(name) = properties.pointer("/Auth/DefaultAuthorizer").map(as_text) {
        let authorizer = properties.pointer("/Auth/Authorizers").and_then(|a| a.get(&name));
        let missing = || TemplateError::invalid(id, format!("the authorizer {name} is not defined"));
        let authorizer = authorizer.ok_or_else(missing)?;
        into.jwt = Some(JwtSpec {
            issuer: authorizer
                .pointer("/JwtConfiguration/issuer")
                .map(as_text)
                .unwrap_or_default(),
            audience: list(authorizer.pointer("/JwtConfiguration/audience")),
            scopes: list(authorizer.get("AuthorizationScopes")),
        });
    }
    if let Some(cors) = properties.get("CorsConfiguration") {
        into.cors = Some(CorsSpec {
            origins: list(cors.get("AllowOrigins")),
            methods: list(cors.get("AllowMethods")),
            headers: list(cors.get("AllowHeaders")),
            exposed: list(cors.get("ExposeHeaders")),
            max_age: cors
                .get("MaxAge")
                .map(as_text)
                .and_then(|t| t.parse().ok())
                .unwrap_or(0),
        });
    }
    Ok(())
}
