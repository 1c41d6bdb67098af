//! Who is let in: whoever signs with our account's token, over the address that Twilio was given.

use axum::body::to_bytes;
use axum::extract::Request;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use lambda_http::RequestExt;
use lambda_http::request::RequestContext;
use switchboard_providers::SignatureError;
use switchboard_providers::twilio::signature::{SignedBody, verify};
use switchboard_providers::twilio::{Form, TwilioAccount};
use switchboard_service::{Problem, ProblemCode};

use crate::Webhooks;

/// Largest body that is read: a form of Twilio's has two kilobytes.
pub(super) const MAX_FORM_BYTES: usize = 64 * 1024;

const NOT_SIGNED: &str = "The signature is missing or does not fit. Check that the auth token set here is the one of \
                          the account whose number it is, and that the number's webhooks are addressed as this \
                          deployment is: see its public address.";

/// A request that Twilio signed.
pub(super) struct Admitted {
    /// What it posted.
    pub(super) form: Form,
    /// The form's bytes.
    pub(super) raw: axum::body::Bytes,
    /// What its address asks for.
    pub(super) query: Form,
    /// The public address without a path, such as `https://api.example.com`.
    pub(super) base: String,
}

impl Webhooks {
    /// Lets in what Twilio signed; nothing is done before.
    pub(super) async fn admit_twilio(&self, request: Request) -> Result<Admitted, Problem> {
        let (parts, body) = request.into_parts();
        let raw = match to_bytes(body, MAX_FORM_BYTES).await {
            Ok(raw) => raw,
            Err(_) => return Err(Problem::too_large(MAX_FORM_BYTES as u64)),
        };
        let Some(base) = self.base(&parts) else {
            tracing::error!("the public address is not known: set PUBLIC_URL");
            return Err(Problem::unavailable());
        };
        let query = parts.uri.query().unwrap_or_default();
        let path = match parts.raw_http_path() {
            "" => parts.uri.path(),
            raw => raw,
        };
        let mark = if query.is_empty() { "" } else { "?" };
        let url = format!("{base}{path}{mark}{query}");
        let too_many = |_| Problem::invalid("The form has more values than Twilio sends.");
        let form = match is_form(&parts) {
            true => Form::parse(&raw).map_err(too_many)?,
            false => Form::default(),
        };
        let body = match is_form(&parts) {
            true => SignedBody::Form(&form),
            false => SignedBody::Raw(&raw),
        };
        match self.check(&parts, &url, body).await {
            Ok(()) => Ok(Admitted {
                query: Form::parse(query.as_bytes()).map_err(too_many)?,
                form,
                raw,
                base,
            }),
            Err(error) => {
                match error {
                    SignatureError::NoSecret => {
                        tracing::error!("a request of Twilio's could not be checked: no account is set up")
                    }
                    _ => tracing::warn!(%error, "a request was turned away"),
                }
                Err(Problem::new(ProblemCode::Forbidden, NOT_SIGNED))
            }
        }
    }

    async fn check(&self, parts: &Parts, url: &str, body: SignedBody<'_>) -> Result<(), SignatureError> {
        let twilio = &self.phone.twilio;
        let account = twilio.account().await.ok_or(SignatureError::NoSecret)?;
        let checked = |account: &TwilioAccount| verify(account, &parts.headers, url, body);
        match checked(&account) {
            // Somebody may have entered another token just now.
            Err(SignatureError::Mismatch) => match twilio.renewed_account(&account).await {
                Some(newer) => checked(&newer),
                None => Err(SignatureError::Mismatch),
            },
            verdict => verdict,
        }
    }

    /// The public address: as it was set, else as API Gateway says it was asked. What the request says itself counts
    /// for nothing: its sender could say anything.
    fn base(&self, parts: &Parts) -> Option<String> {
        if let Some(set) = &self.phone.public_url {
            return Some(set.trim_end_matches('/').to_owned());
        }
        match parts.request_context_ref() {
            Some(RequestContext::ApiGatewayV2(context)) => {
                let domain = context.domain_name.as_deref().filter(|domain| !domain.is_empty());
                domain.map(|domain| format!("https://{domain}"))
            }
            _ => None,
        }
    }
}

fn is_form(parts: &Parts) -> bool {
    let kind = parts
        .headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default();
    kind.trim()
        .eq_ignore_ascii_case("application/x-www-form-urlencoded")
}
