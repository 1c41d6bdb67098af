//! Who is asking, and what they may do.

use axum::extract::FromRequestParts;
use http::Extensions;
use http::request::Parts;
use jiff::Timestamp;
use lambda_http::request::RequestContext;
use switchboard_domain::Role;
use switchboard_service::Problem;

use crate::api::{Api, AppState};
use crate::idempotency::IdempotencyKey;
use crate::limits::MAX_NAME;

/// Who is asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caller {
    /// Subject of the token.
    pub(crate) subject: String,
    /// Their name, as the token says it.
    pub(crate) name: Option<String>,
    /// The highest role it gives.
    pub(crate) role: Role,
    /// When the token expires.
    pub(crate) token_until: Option<Timestamp>,
}

/// The caller's subject and groups, from the claims that the gateway has verified.
pub(crate) fn caller(extensions: &Extensions) -> Result<Caller, Problem> {
    let unknown = || Problem::unauthorized("Sign in again, then repeat the request with the new token.");
    let Some(RequestContext::ApiGatewayV2(context)) = extensions.get() else {
        return Err(unknown());
    };
    let claims = context
        .authorizer
        .as_ref()
        .and_then(|a| a.jwt.as_ref())
        .map(|jwt| &jwt.claims);
    let claims = claims.ok_or_else(unknown)?;
    let subject = claims
        .get("sub")
        .filter(|sub| !sub.is_empty())
        .ok_or_else(unknown)?;
    let groups = claims
        .get("cognito:groups")
        .map(String::as_str)
        .unwrap_or_default();
    let role = role_of(groups).ok_or_else(|| Problem::forbidden(Role::Viewer.as_str()))?;
    let names = ["name", "email", "username", "cognito:username"];
    let name = names
        .iter()
        .find_map(|claim| claims.get(*claim))
        .filter(|name| !name.is_empty());
    Ok(Caller {
        subject: subject.clone(),
        name: name.map(|name| name.chars().take(MAX_NAME).collect()),
        role,
        token_until: claims.get("exp").and_then(|text| expiry(text)),
    })
}

/// A time as tokens write it: seconds since 1970, which the gateway passes on as text.
fn expiry(text: &str) -> Option<Timestamp> {
    let secs = text.parse::<f64>().ok()?;
    // Whole seconds; what a float of this size rounds is less than one.
    Timestamp::from_second(secs as i64).ok()
}

/// The highest role among groups, which the gateway writes as `[admin operator]`, or plainly.
fn role_of(groups: &str) -> Option<Role> {
    let named = |role: &Role| {
        let mut names = groups.split(|c: char| c.is_whitespace() || matches!(c, '[' | ']' | ','));
        names.any(|name| name == role.as_str())
    };
    Role::ALL.into_iter().filter(named).max()
}

async fn admit(parts: &Parts, state: &AppState, needed: Role) -> Result<Api, Problem> {
    let caller = caller(&parts.extensions)?;
    if caller.role < needed {
        return Err(Problem::forbidden(needed.as_str()));
    }
    state.note_user(&caller).await;
    Ok(state.open(caller, parts.extensions.get::<IdempotencyKey>().cloned()))
}

macro_rules! needs_role {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        pub(crate) struct $name(pub(crate) Api);

        impl FromRequestParts<AppState> for $name {
            type Rejection = Problem;
            async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
                admit(parts, state, Role::$name).await.map(Self)
            }
        }
    };
}

needs_role!(/// Anybody who may look.
    Viewer);
needs_role!(/// Somebody who may run campaigns and calls.
    Operator);
needs_role!(/// Somebody who may do everything.
    Admin);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_expiry_of_a_token_is_read_however_the_gateway_writes_it() {
        let at = Timestamp::from_second(1_790_072_130).unwrap();
        for text in ["1790072130", "1.79007213E9", "1790072130.0"] {
            assert_eq!(expiry(text), Some(at), "{text}");
        }
        assert_eq!(expiry("soon"), None);
    }

    #[test]
    fn the_highest_group_is_the_role() {
        for (groups, role) in [
            ("[admin operator]", Some(Role::Admin)),
            ("[viewer operator]", Some(Role::Operator)),
            ("[viewer, operator]", Some(Role::Operator)),
            ("viewer", Some(Role::Viewer)),
            ("[administrators]", None),
            ("[]", None),
            ("", None),
        ] {
            assert_eq!(role_of(groups), role, "{groups}");
        }
    }
}
