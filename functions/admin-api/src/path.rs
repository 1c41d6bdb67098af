//! Ids in paths.

use axum::extract::FromRequestParts;
use http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use switchboard_domain::{
    AgentId, CallId, CallbackId, CampaignId, CampaignTemplateId, EventTargetId, ExportId, ListId,
    PhoneNumber, ProviderId, ProviderKind, RecipientId, RegisterId, RoutingRuleId, UploadId,
};
use switchboard_service::Problem;

use crate::numbers;

/// An id that names a thing, as people call it.
pub(crate) trait Names: DeserializeOwned + Send {
    /// What the id names.
    const THING: &'static str;
}

macro_rules! names {
    ($($id:ty => $thing:literal),* $(,)?) => { $(impl Names for $id { const THING: &'static str = $thing; })* };
}

names! {
    AgentId => "agent",
    CallId => "call",
    CallbackId => "callback",
    CampaignId => "campaign",
    CampaignTemplateId => "campaign template",
    EventTargetId => "event target",
    ExportId => "export",
    ListId => "contact list",
    LineId => "phone line",
    ProviderId => "conversation",
    ProviderKind => "platform",
    RecipientId => "recipient",
    RegisterId => "register",
    RoutingRuleId => "routing rule",
    UploadId => "upload",
    ToolName => "tool",
    VoiceId => "voice",
}

/// What an agent calls a tool by.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(crate) struct ToolName(pub(crate) String);

/// A provider's id of a phone line.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(crate) struct LineId(pub(crate) ProviderId);

/// A provider's id of a voice.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(crate) struct VoiceId(pub(crate) ProviderId);

/// The one id in the path. Text that is no such id names nothing: 404, as for one that is not there.
pub(crate) struct Id<T>(pub(crate) T);

impl<S: Send + Sync, T: Names> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(id)) => Ok(Self(id)),
            Err(_) => Err(Problem::not_found(T::THING)),
        }
    }
}

/// The two ids in the path: of a thing, and of a part of it.
pub(crate) struct Ids<T, U>(pub(crate) T, pub(crate) U);

impl<S: Send + Sync, T: Names, U: Names> FromRequestParts<S> for Ids<T, U> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum::extract::Path::<(T, U)>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path((thing, part))) => Ok(Self(thing, part)),
            Err(_) => Err(Problem::not_found(U::THING)),
        }
    }
}

/// What is in the path, as it is. What is no text names nothing.
pub(crate) struct Path<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(named)) => Ok(Self(named)),
            Err(_) => Err(Problem::not_found("thing")),
        }
    }
}

/// The phone number in the path, in any spelling with its country code.
pub(crate) struct Number(pub(crate) PhoneNumber);

impl<S: Send + Sync> FromRequestParts<S> for Number {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(text) = Path::<String>::from_request_parts(parts, state).await?;
        numbers::of_query(&text, None).map(Self)
    }
}

/// The thing with an id, or a problem that says there is none.
pub(crate) fn found<T>(thing: Option<T>, what: &str) -> Result<T, Problem> {
    thing.ok_or_else(|| Problem::not_found(what))
}
