//! The JWT authorizer.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::Value;
use tokio::sync::Mutex;

use crate::clock;
use crate::template::JwtSpec;

/// How long keys are kept.
const KEYS_KEPT: SignedDuration = SignedDuration::from_hours(2);
/// Between two askings for keys, when tokens name one that is not known.
const KEYS_REST: SignedDuration = SignedDuration::from_secs(5);
/// How long the issuer may take.
const ISSUER_PATIENCE: Duration = Duration::from_millis(1_500);
/// How often it is asked before the first request comes.
const FIRST_ASKINGS: u32 = 5;

/// Why a request is turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Denied {
    /// No token, or not a good one: 401.
    Unauthorized(&'static str),
    /// A good token without the scope: 403.
    Forbidden,
}

/// What the authorizer passes on to the function.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Claims {
    pub claims: BTreeMap<String, String>,
    pub scopes: Vec<String>,
}

struct Keys {
    set: JwkSet,
    fetched: Option<Timestamp>,
}

/// Verifies tokens of one issuer.
pub(crate) struct Authorizer {
    spec: JwtSpec,
    http: reqwest::Client,
    keys: Mutex<Keys>,
}

impl Authorizer {
    pub(crate) fn new(spec: JwtSpec) -> Result<Self, reqwest::Error> {
        let http = switchboard_http::bare_builder()
            .timeout(ISSUER_PATIENCE)
            .build()?;
        Ok(Self {
            spec,
            http,
            keys: Mutex::new(Keys {
                set: JwkSet { keys: Vec::new() },
                fetched: None,
            }),
        })
    }

    /// Reads the issuer's keys, so that a machine that is busy starting does not turn its first callers away.
    pub(crate) async fn learn_keys(&self) {
        for _ in 0..FIRST_ASKINGS {
            match self.fetch().await {
                Ok(set) => {
                    let fetched = Some(clock::now());
                    *self.keys.lock().await = Keys { set, fetched };
                    return;
                }
                Err(error) => tracing::debug!(%error, "the issuer's keys could not be read yet"),
            }
        }
    }

    /// Verifies the value of an `Authorization` header.
    pub(crate) async fn verify(&self, header: Option<&str>) -> Result<Claims, Denied> {
        let token = header.ok_or(Denied::Unauthorized("no token"))?;
        let token = token
            .strip_prefix("Bearer ")
            .or_else(|| token.strip_prefix("bearer "))
            .unwrap_or(token)
            .trim();
        let head = jsonwebtoken::decode_header(token).map_err(|_| Denied::Unauthorized("not a JWT"))?;
        // Only RSA, as at AWS: neither `none` nor a shared secret.
        if !matches!(head.alg, Algorithm::RS256 | Algorithm::RS384 | Algorithm::RS512) {
            return Err(Denied::Unauthorized("signing method is not RSA"));
        }
        let kid = head.kid.ok_or(Denied::Unauthorized("the token names no key"))?;
        let key = self
            .key(&kid)
            .await
            .ok_or(Denied::Unauthorized("the token's key is not known"))?;
        let mut validation = Validation::new(head.alg);
        validation.set_issuer(&[&self.spec.issuer]);
        validation.validate_nbf = true;
        validation.validate_aud = false;
        validation.leeway = 0;
        validation.set_required_spec_claims(&["exp", "iss"]);
        let claims = jsonwebtoken::decode::<BTreeMap<String, Value>>(token, &key, &validation)
            .map_err(|_| Denied::Unauthorized("the token is invalid or has expired"))?
            .claims;
        self.check_audience(&claims)?;
        let scopes: Vec<String> = ["scope", "scp"]
            .iter()
            .find_map(|name| claims.get(*name))
            .map(words)
            .unwrap_or_default();
        if !self.spec.scopes.is_empty() && !self.spec.scopes.iter().any(|scope| scopes.contains(scope)) {
            return Err(Denied::Forbidden);
        }
        let claims = claims
            .into_iter()
            .map(|(name, value)| (name, as_gateway_text(&value)))
            .collect();
        Ok(Claims { claims, scopes })
    }

    /// `aud`, or `client_id` only where there is no `aud`.
    fn check_audience(&self, claims: &BTreeMap<String, Value>) -> Result<(), Denied> {
        let made_for = match claims.get("aud").or_else(|| claims.get("client_id")) {
            Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            Some(Value::String(one)) => vec![one.clone()],
            _ => Vec::new(),
        };
        match self
            .spec
            .audience
            .iter()
            .any(|audience| made_for.contains(audience))
        {
            true => Ok(()),
            false => Err(Denied::Unauthorized("the token is made for somebody else")),
        }
    }

    async fn key(&self, kid: &str) -> Option<DecodingKey> {
        let mut keys = self.keys.lock().await;
        let now = clock::now();
        let age = keys.fetched.map(|at| now.duration_since(at));
        let stale = age.is_none_or(|age| age > KEYS_KEPT);
        let unknown = keys.set.find(kid).is_none() && age.is_none_or(|age| age > KEYS_REST);
        if stale || unknown {
            match self.fetch().await {
                Ok(set) => {
                    *keys = Keys {
                        set,
                        fetched: Some(now),
                    }
                }
                Err(error) => tracing::warn!(%error, "the issuer's keys could not be read"),
            }
        }
        DecodingKey::from_jwk(keys.set.find(kid)?).ok()
    }

    async fn fetch(&self) -> Result<JwkSet, reqwest::Error> {
        let discovery = format!("{}/.well-known/openid-configuration", self.spec.issuer);
        let found: Value = self
            .http
            .get(discovery)
            .send()
            .await?
            .error_for_status()?
            .json()
            .await?;
        let keys = found["jwks_uri"].as_str().unwrap_or_default();
        self.http.get(keys).send().await?.error_for_status()?.json().await
    }
}

fn words(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => text.split(' ').map(str::to_owned).collect(),
        Value::Array(items) => items
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        _ => Vec::new(),
    }
}

/// Claims reach a function as text; a list as `[a b]`.
fn as_gateway_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => format!(
            "[{}]",
            items.iter().map(as_gateway_text).collect::<Vec<_>>().join(" ")
        ),
        other => other.to_string(),
    }
}
