//! Tokens as Cognito makes them.

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, Header};
use serde_json::json;

use super::SigningKey;

/// What a person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sees everything.
    Viewer,
    /// Runs campaigns.
    Operator,
    /// Changes settings too.
    #[default]
    Admin,
}

impl Role {
    /// The name in a token.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }
}

impl std::str::FromStr for Role {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Viewer, Self::Operator, Self::Admin]
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| format!("`{text}` is not a role: use viewer, operator or admin"))
    }
}

/// What a token is to say.
#[derive(Debug, Clone)]
pub struct TokenRequest {
    /// Issuer.
    pub issuer: String,
    /// Audience.
    pub audience: String,
    /// Role.
    pub role: Role,
    /// How long it is good.
    pub valid_for: SignedDuration,
    /// A number that the client gave to recognise its token.
    pub nonce: Option<String>,
}

/// A signed token.
///
/// # Errors
/// When the key cannot sign.
pub fn issue(
    key: &SigningKey,
    request: &TokenRequest,
    now: Timestamp,
) -> Result<String, jsonwebtoken::errors::Error> {
    let mut header = Header::new(Algorithm::RS256);
    header.kid = Some(key.id.clone());
    let role = request.role.as_str();
    let expires = now.saturating_add(request.valid_for).unwrap_or(Timestamp::MAX);
    let claims = json!({
        "iss": request.issuer,
        "sub": format!("local-{role}"),
        "aud": request.audience,
        "client_id": request.audience,
        "token_use": "access",
        "scope": "openid profile",
        "cognito:groups": [role],
        "name": format!("Local {role}"),
        "email": format!("{role}@example.test"),
        "nonce": request.nonce,
        "iat": now.as_second(),
        "exp": expires.as_second(),
    });
    jsonwebtoken::encode(&header, &claims, &key.encoding)
}
