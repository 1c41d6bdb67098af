//! The account: subscription and calls in progress.

use serde::Deserialize;

use super::metadata::{length, moment};
use crate::lenient::{lenient, whole};
use crate::{Credits, Quota};

/// Its character counts are credits.
#[derive(Debug, Deserialize)]
pub(in crate::elevenlabs) struct Subscription {
    #[serde(default, deserialize_with = "lenient")]
    tier: String,
    #[serde(default, deserialize_with = "lenient")]
    status: String,
    #[serde(default, deserialize_with = "whole")]
    character_count: Option<i64>,
    #[serde(default, deserialize_with = "whole")]
    character_limit: Option<i64>,
    #[serde(default, deserialize_with = "whole")]
    next_character_count_reset_unix: Option<i64>,
}

impl From<Subscription> for Quota {
    fn from(body: Subscription) -> Self {
        Self {
            tier: body.tier,
            status: body.status,
            credits: Some(Credits {
                used: length(body.character_count),
                limit: length(body.character_limit),
                resets_at: moment(body.next_character_count_reset_unix),
            }),
            calls_in_progress: None,
            most_calls: None,
        }
    }
}

#[derive(Debug, Deserialize)]
pub(in crate::elevenlabs) struct LiveCount {
    pub count: u64,
}
