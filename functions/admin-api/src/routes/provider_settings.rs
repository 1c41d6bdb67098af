//! How each platform is set up: which secrets it has, and setting them. A secret goes in and never comes out.

use axum::Json;
use http::HeaderMap;
use http::header::HOST;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use switchboard_domain::ProviderKind;
use switchboard_providers::{ProviderError, Secret};
use switchboard_reconcile::watch_provider;
use switchboard_service::{
    Causes, FieldError, Problem, SecretChange, SecretField, SecretSource, SecretState, SecretsError,
    SetupError,
};
use utoipa::ToSchema;

use crate::answer::{Answer, PlatformRefusals, Refusals};
use crate::api::Api;
use crate::body::JsonBody;
use crate::checks::Checks;
use crate::path::Path;
use crate::roles::Admin;
use crate::route_set::{RouteSet, routes};

/// Characters that a secret may have.
const SECRET_CHARS: std::ops::RangeInclusive<usize> = 8..=512;
/// Most characters of a user name or password at a SIP trunk.
const MAX_SIP: usize = 200;

pub(crate) fn routes<R: RouteSet>() -> R {
    R::new()
        .routes(routes!(get_provider_settings))
        .routes(routes!(put_provider_key))
        .routes(routes!(put_webhook_secret))
        .routes(routes!(put_tool_secret))
        .routes(routes!(put_sip_account))
        .routes(routes!(put_project))
}

/// Where a secret comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ComesFrom {
    /// An environment variable: it is changed there, and not here.
    Environment,
    /// The store of secrets.
    Settings,
    /// It is not set.
    NotSet,
}

impl From<SecretSource> for ComesFrom {
    fn from(source: SecretSource) -> Self {
        match source {
            SecretSource::Environment => Self::Environment,
            SecretSource::Stored => Self::Settings,
            SecretSource::NotSet => Self::NotSet,
        }
    }
}

/// What may be told of a secret.
#[derive(Debug, Serialize, ToSchema)]
struct SecretShown {
    /// Where it comes from.
    source: ComesFrom,
    /// When it was last changed here; none when it never was.
    changed_at: Option<Timestamp>,
    /// How many are good at present: after a change the one before stays good, where both can be checked.
    count: usize,
}

impl From<SecretState> for SecretShown {
    fn from(state: SecretState) -> Self {
        Self {
            source: state.source.into(),
            changed_at: state.changed_at,
            count: state.count,
        }
    }
}

/// How one platform is set up.
#[derive(Debug, Serialize, ToSchema)]
struct ProviderSetting {
    /// The platform.
    provider: ProviderKind,
    /// Whether it has a key, so that it can be used.
    set_up: bool,
    /// Address to enter at the platform for its webhooks.
    #[schema(example = "https://api.example.com/webhooks/elevenlabs")]
    webhook_url: String,
    /// The key of its API.
    api_key: SecretShown,
    /// What its webhooks are signed with.
    webhook_secret: SecretShown,
    /// What the tools of its agents send; none where they are signed with secrets of their own.
    tool_secret: Option<SecretShown>,
    /// User name at the SIP trunk; none where the platform has its own settings for that.
    sip_username: Option<SecretShown>,
    /// Password at the SIP trunk.
    sip_password: Option<SecretShown>,
    /// The project that calls are sent to; none where the platform has no projects.
    project_id: Option<SecretShown>,
}

/// How every platform is set up.
#[derive(Debug, Serialize, ToSchema)]
struct ProviderSettings {
    /// Each platform.
    items: Vec<ProviderSetting>,
}

/// A key to be used from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewKey {
    /// The key, from the platform's own site.
    #[schema(min_length = 8, max_length = 512)]
    api_key: String,
}

/// A secret that webhooks are signed with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewWebhookSecret {
    /// The secret, from the platform's own site.
    #[schema(min_length = 8, max_length = 512)]
    webhook_secret: String,
}

/// A secret that the tools of agents send.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewToolSecret {
    /// The secret, as it is entered at the platform's tool.
    #[schema(min_length = 8, max_length = 512)]
    tool_secret: String,
}

/// The project that calls are sent to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewProject {
    /// Its id, from the platform's own site.
    #[schema(min_length = 8, max_length = 128, example = "proj_abc123")]
    project_id: String,
}

/// An account at a SIP trunk; empty takes it away.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSipAccount {
    /// User name.
    #[schema(max_length = 200)]
    sip_username: String,
    /// Password.
    #[schema(max_length = 200)]
    sip_password: String,
}

/// How every platform is set up. No secret is in the answer, nor any part of one.
#[utoipa::path(get, path = "/settings/providers", tag = "system",
    responses((status = OK, body = ProviderSettings), Refusals))]
async fn get_provider_settings(Admin(api): Admin, headers: HeaderMap) -> Answer<ProviderSettings> {
    // Whoever sets up a platform looks here: what places calls by itself learns from it where it is reached.
    let base = address("", &headers);
    if !base.is_empty() {
        api.store.note_public_url(&base).await?;
    }
    let mut items = Vec::new();
    for kind in ProviderKind::ALL {
        items.push(shown(&api, kind, &headers).await?);
    }
    Ok(Json(ProviderSettings { items }))
}

/// Sets a platform's key. The platform is asked with it first; a key that it does not take is not kept.
#[utoipa::path(put, path = "/settings/providers/{provider}/key", tag = "system", request_body = NewKey,
    params(("provider" = ProviderKind, Path)), responses((status = OK, body = ProviderSetting), Refusals, PlatformRefusals))]
async fn put_provider_key(
    Admin(api): Admin,
    Path(provider): Path<String>,
    headers: HeaderMap,
    JsonBody(new): JsonBody<NewKey>,
) -> Answer<ProviderSetting> {
    let kind = known(&provider)?;
    let answer = change(
        &api,
        kind,
        SecretField::ApiKey,
        new.api_key,
        "provider.key_changed",
        &headers,
    )
    .await?;
    // What is known of the platform was learned with the key before.
    if let Err(error) = watch_provider(
        &api.store,
        api.providers.get(kind).as_ref(),
        SignedDuration::ZERO,
        api.now(),
    )
    .await
    {
        tracing::warn!(error = %Causes(&error), "a platform could not be looked at with its new key");
    }
    Ok(answer)
}

/// Sets what a platform's webhooks are signed with. The secret before stays good, until the next change, so that
/// both can be changed one after the other.
#[utoipa::path(put, path = "/settings/providers/{provider}/webhook-secret", tag = "system",
    request_body = NewWebhookSecret, params(("provider" = ProviderKind, Path)),
    responses((status = OK, body = ProviderSetting), Refusals, PlatformRefusals))]
async fn put_webhook_secret(
    Admin(api): Admin,
    Path(provider): Path<String>,
    headers: HeaderMap,
    JsonBody(new): JsonBody<NewWebhookSecret>,
) -> Answer<ProviderSetting> {
    let action = "provider.webhook_secret_changed";
    let (kind, field) = (known(&provider)?, SecretField::WebhookSecret);
    change(&api, kind, field, new.webhook_secret, action, &headers).await
}

/// Sets what the tools of a platform's agents send. The secret before stays good until the next change.
#[utoipa::path(put, path = "/settings/providers/{provider}/tool-secret", tag = "system",
    request_body = NewToolSecret, params(("provider" = ProviderKind, Path)),
    responses((status = OK, body = ProviderSetting), Refusals, PlatformRefusals))]
async fn put_tool_secret(
    Admin(api): Admin,
    Path(provider): Path<String>,
    headers: HeaderMap,
    JsonBody(new): JsonBody<NewToolSecret>,
) -> Answer<ProviderSetting> {
    let action = "provider.tool_secret_changed";
    let (kind, field) = (known(&provider)?, SecretField::ToolSecret);
    change(&api, kind, field, new.tool_secret, action, &headers).await
}

/// Sets the account at the SIP trunk through which a platform places calls, where it asks for one.
#[utoipa::path(put, path = "/settings/providers/{provider}/sip", tag = "system", request_body = NewSipAccount,
    params(("provider" = ProviderKind, Path)), responses((status = OK, body = ProviderSetting), Refusals, PlatformRefusals))]
async fn put_sip_account(
    Admin(api): Admin,
    Path(provider): Path<String>,
    headers: HeaderMap,
    JsonBody(new): JsonBody<NewSipAccount>,
) -> Answer<ProviderSetting> {
    let kind = known(&provider)?;
    if !takes_sip_account(kind) {
        return Err(Problem::conflict(format!(
            "{} has the account at the SIP trunk in its own settings: enter it there.",
            kind.name()
        )));
    }
    let mut checks = Checks::default();
    for (name, text) in [
        ("sip_username", &new.sip_username),
        ("sip_password", &new.sip_password),
    ] {
        if text.chars().count() > MAX_SIP || text.chars().any(char::is_control) {
            checks.wrong(name, format!("write at most {MAX_SIP} characters, on one line"));
        }
    }
    if new.sip_username.trim().is_empty() != new.sip_password.trim().is_empty() {
        checks.wrong(
            "sip_password",
            "write both, or leave both empty to take the account away",
        );
    }
    checks.done()?;
    let changes = [
        (SecretField::SipUsername, new.sip_username),
        (SecretField::SipPassword, new.sip_password),
    ]
    .map(|(field, value)| SecretChange {
        field,
        value: Secret::new(value),
    });
    keep(&api, kind, &changes, "provider.sip_account_changed").await?;
    Ok(Json(shown(&api, kind, &headers).await?))
}

/// Sets the project that calls are sent to, where the platform has projects: it is part of the address that the
/// carrier dials.
#[utoipa::path(put, path = "/settings/providers/{provider}/project", tag = "system", request_body = NewProject,
    params(("provider" = ProviderKind, Path)), responses((status = OK, body = ProviderSetting), Refusals, PlatformRefusals))]
async fn put_project(
    Admin(api): Admin,
    Path(provider): Path<String>,
    headers: HeaderMap,
    JsonBody(new): JsonBody<NewProject>,
) -> Answer<ProviderSetting> {
    let kind = known(&provider)?;
    if !has_projects(kind) {
        return Err(Problem::conflict(format!("{} has no projects.", kind.name())));
    }
    // It becomes the user part of a SIP address.
    let id = new.project_id.trim();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if !(8..=128).contains(&id.len()) || !id.bytes().all(plain) {
        return Err(Problem::invalid_field(
            "project_id",
            "write 8 to 128 letters, digits, _ and -, as the platform shows it",
        ));
    }
    let change = SecretChange {
        field: SecretField::ProjectId,
        value: Secret::new(id),
    };
    keep(&api, kind, &[change], "provider.project_changed").await?;
    Ok(Json(shown(&api, kind, &headers).await?))
}

fn known(provider: &str) -> Result<ProviderKind, Problem> {
    ProviderKind::parse(provider).ok_or_else(|| Problem::not_found("platform"))
}

/// Whether calls through a SIP trunk need its account with every dial.
fn takes_sip_account(kind: ProviderKind) -> bool {
    kind == ProviderKind::Ultravox
}

/// Whether calls are sent to a project of the platform.
fn has_projects(kind: ProviderKind) -> bool {
    kind == ProviderKind::Openai
}

async fn change(
    api: &Api,
    kind: ProviderKind,
    field: SecretField,
    value: String,
    action: &'static str,
    headers: &HeaderMap,
) -> Answer<ProviderSetting> {
    let value = Secret::new(value.trim());
    let is_plain = value.open().bytes().all(|byte| byte.is_ascii_graphic());
    if !is_plain || !SECRET_CHARS.contains(&value.open().len()) {
        return Err(Problem::invalid_field(
            field.as_str(),
            format!(
                "write {} to {} letters, digits and signs, without spaces",
                SECRET_CHARS.start(),
                SECRET_CHARS.end()
            ),
        ));
    }
    keep(api, kind, &[SecretChange { field, value }], action).await?;
    Ok(Json(shown(api, kind, headers).await?))
}

async fn keep(
    api: &Api,
    kind: ProviderKind,
    changes: &[SecretChange],
    action: &'static str,
) -> Result<(), Problem> {
    let changed = api.provider_setup.change(kind, changes).await;
    if changed.map_err(|error| problem(kind, error))? {
        api.audit(action, kind.as_str()).await;
    }
    Ok(())
}

/// Nothing in it tells anything of a secret.
fn problem(kind: ProviderKind, error: SetupError) -> Problem {
    match error {
        SetupError::Key(error @ ProviderError::Unauthorized { .. }) => {
            let name = kind.name();
            let message = format!(
                "{name} does not accept this key, and nothing was changed: copy it again from {name}'s own site, with \
                 the permissions that it needs"
            );
            let mut problem = Problem::invalid_fields(vec![FieldError {
                field: SecretField::ApiKey.as_str().to_owned(),
                message,
            }]);
            problem.provider_request_id = error.request_id().map(str::to_owned);
            problem
        }
        SetupError::Key(error) => Problem::of_provider(kind)(error),
        SetupError::Secrets(error) => secrets_problem(&error),
    }
}

pub(super) fn secrets_problem(error: &SecretsError) -> Problem {
    match error {
        SecretsError::InEnvironment { .. } | SecretsError::NotConfigured { .. } | SecretsError::Malformed => {
            let said = error.to_string();
            let mut chars = said.chars();
            let begin: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
            Problem::conflict(format!("{begin}{}.", chars.as_str()))
        }
        SecretsError::Unavailable(_) => {
            tracing::error!(error = %Causes(error), "the secrets of a provider could not be read or written");
            Problem::unavailable()
        }
    }
}

async fn shown(api: &Api, kind: ProviderKind, headers: &HeaderMap) -> Result<ProviderSetting, Problem> {
    let states = api.provider_setup.states(kind).await;
    let states = states.map_err(|error| secrets_problem(&error))?;
    let state = |field: SecretField| {
        let state = states.iter().find(|state| state.field == field);
        SecretShown::from(state.copied().unwrap_or(SecretState {
            field,
            source: SecretSource::NotSet,
            changed_at: None,
            count: 0,
        }))
    };
    let sip = |field| takes_sip_account(kind).then(|| state(field));
    let api_key = state(SecretField::ApiKey);
    Ok(ProviderSetting {
        provider: kind,
        set_up: api_key.source != ComesFrom::NotSet,
        webhook_url: webhook_url(kind, headers),
        api_key,
        webhook_secret: state(SecretField::WebhookSecret),
        tool_secret: (kind != ProviderKind::Openai).then(|| state(SecretField::ToolSecret)),
        sip_username: sip(SecretField::SipUsername),
        sip_password: sip(SecretField::SipPassword),
        project_id: has_projects(kind).then(|| state(SecretField::ProjectId)),
    })
}

/// Where this API is reached, webhooks are too.
fn webhook_url(kind: ProviderKind, headers: &HeaderMap) -> String {
    address(&format!("/webhooks/{}", kind.as_str()), headers)
}

/// The whole address of a path of ours.
pub(super) fn address(path: &str, headers: &HeaderMap) -> String {
    let text =
        |value: Option<&http::HeaderValue>| value.and_then(|value| value.to_str().ok()).map(str::to_owned);
    match text(headers.get(HOST)) {
        Some(host) => {
            let scheme = match text(headers.get("x-forwarded-proto")).as_deref() {
                Some("http") => "http",
                _ => "https",
            };
            format!("{scheme}://{host}{path}")
        }
        None => path.to_owned(),
    }
}
