//! Who is asking, and what they may do.

use axum::extract::FromRequestParts;
use http::Extensions;
use http::request::Parts;
use lambda_http::request::RequestContext;
use switchboard_service::Problem;

use crate::api::{Api, AppState};
use crate::idempotency::IdempotencyKey;

/// What somebody may do; each role may also do what the ones before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    /// Looks.
    Viewer,
    /// Runs campaigns and calls.
    Operator,
    /// Also changes agents and the limit, and takes numbers off the do-not-call list.
    Admin,
}

impl Role {
    const ALL: [Self; 3] = [Self::Viewer, Self::Operator, Self::Admin];

    /// Name of the group that gives the role.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }
}

/// Who is asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caller {
    /// Subject of the token.
    pub(crate) subject: String,
    /// The highest role it gives.
    pub(crate) role: Role,
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
    Ok(Caller {
        subject: subject.clone(),
        role,
    })
}

/// The highest role among groups, which the gateway writes as `[admin operator]`, or plainly.
fn role_of(groups: &str) -> Option<Role> {
    let named = |role: &Role| {
        let mut names = groups.split(|c: char| c.is_whitespace() || matches!(c, '[' | ']' | ','));
        names.any(|name| name == role.as_str())
    };
    Role::ALL.into_iter().filter(named).max()
}

fn admit(parts: &Parts, state: &AppState, needed: Role) -> Result<Api, Problem> {
    let caller = caller(&parts.extensions)?;
    if caller.role < needed {
        return Err(Problem::forbidden(needed.as_str()));
    }
    Ok(state.open(caller, parts.extensions.get::<IdempotencyKey>().cloned()))
}

macro_rules! needs_role {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        pub(crate) struct $name(pub(crate) Api);

        impl FromRequestParts<AppState> for $name {
            type Rejection = Problem;
            async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
                admit(parts, state, Role::$name).map(Self)
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
