//! Pages of lists.

use axum::extract::{FromRequestParts, Query};
use http::Uri;
use http::request::Parts;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use switchboard_service::Problem;
use switchboard_store::{Cursor, Page};
use utoipa::{IntoParams, ToSchema};

use crate::limits::{DEFAULT_PAGE, MAX_PAGE};

/// Which page, for the document; [`Paged`] reads it.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only its description is used")]
pub(crate) struct PageParams {
    /// `next_cursor` of the page before; none: the first page.
    #[param(required = false)]
    cursor: Option<String>,
    /// Rows on the page.
    #[param(required = false, minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct List<T> {
    /// The rows.
    pub(crate) items: Vec<T>,
    /// Where the next page begins; none: this is the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_cursor: Option<String>,
}

impl<T> List<T> {
    /// A list that has no second page.
    pub(crate) fn whole(items: Vec<T>) -> Self {
        Self {
            items,
            next_cursor: None,
        }
    }
}

impl<T> From<Page<T>> for List<T> {
    fn from(page: Page<T>) -> Self {
        Self {
            items: page.items,
            next_cursor: page.next.map(|cursor| cursor.encode()),
        }
    }
}

/// No filter.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Everything {}

/// The filter and the page that a query asks for.
pub(crate) struct Paged<F> {
    /// What to filter by.
    pub(crate) filter: F,
    /// The page's cursor as it came; some lists have cursors of their own.
    pub(crate) cursor_text: Option<String>,
    /// Rows on the page.
    pub(crate) limit: u32,
}

impl<F> Paged<F> {
    /// The cursor, for a list of the store's.
    pub(crate) fn cursor(&self) -> Result<Option<Cursor>, Problem> {
        let decoded = self.cursor_text.as_deref().map(Cursor::decode).transpose();
        decoded.map_err(|error| Problem::invalid_field("cursor", error.to_string()))
    }
}

impl<S: Send + Sync, F: DeserializeOwned> FromRequestParts<S> for Paged<F> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        let mut rest = url::form_urlencoded::Serializer::new(String::new());
        let (mut cursor_text, mut limit) = (None, DEFAULT_PAGE);
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "cursor" => cursor_text = Some(value.into_owned()).filter(|cursor| !cursor.is_empty()),
                "limit" => limit = read_limit(&value)?,
                _ => drop(rest.append_pair(&name, &value)),
            }
        }
        Ok(Self {
            filter: read_query(&rest.finish())?,
            cursor_text,
            limit,
        })
    }
}

fn read_limit(text: &str) -> Result<u32, Problem> {
    let limit = text.parse().ok().filter(|limit| (1..=MAX_PAGE).contains(limit));
    limit.ok_or_else(|| Problem::invalid_field("limit", format!("must be 1 to {MAX_PAGE}")))
}

/// What a query asks for, where there are no pages.
pub(crate) struct Params<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        read_query(parts.uri.query().unwrap_or_default()).map(Self)
    }
}

fn read_query<T: DeserializeOwned>(query: &str) -> Result<T, Problem> {
    let uri = Uri::builder().path_and_query(format!("/?{query}")).build();
    let uri = uri.map_err(|_| Problem::invalid("The query cannot be read: percent-encode its values."))?;
    let Query(value) = Query::try_from_uri(&uri).map_err(|error| {
        // The inner error is "field: what is wrong".
        let message =
            std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
        let missing = message.strip_prefix("missing field `");
        if let Some(name) = missing.and_then(|rest| rest.strip_suffix('`')) {
            return Problem::invalid_field(name, "is missing in the query");
        }
        match message.split_once(": ") {
            Some((field, message)) if !field.contains(' ') => Problem::invalid_field(field, message),
            _ => Problem::invalid(format!("The query cannot be read: {message}.")),
        }
    })?;
    Ok(value)
}
