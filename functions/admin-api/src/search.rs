//! What somebody looks for in a list.

use serde::Deserialize;
use switchboard_domain::SearchText;
use switchboard_service::Problem;
use utoipa::IntoParams;

/// What to look for in a list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SearchParams {
    /// Only what has this text, or these digits; case and accents do not count.
    #[param(required = false, min_length = 2, max_length = 100)]
    search: Option<String>,
}

impl SearchParams {
    /// The text, if there is one.
    pub(crate) fn text(&self) -> Result<Option<SearchText>, Problem> {
        self.search.as_deref().map(search_text).transpose()
    }
}

/// A text to look for.
pub(crate) fn search_text(text: &str) -> Result<SearchText, Problem> {
    SearchText::parse(text).map_err(|error| Problem::invalid_field("search", error.to_string()))
}
