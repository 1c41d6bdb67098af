//! What the provider found out: `analysis` of a conversation.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use switchboard_domain::{CallResults, CallSuccess};

use crate::bounds::{cut, within};
use crate::lenient::{Obliging, lenient};

const LONGEST_SUMMARY_BYTES: usize = 50_000;
const LONGEST_TITLE_BYTES: usize = 1_000;
const MOST_COLLECTED_BYTES: usize = 100_000;
const MOST_CRITERIA_BYTES: usize = 20_000;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::elevenlabs) struct Analysis {
    #[serde(deserialize_with = "lenient")]
    call_successful: Option<String>,
    #[serde(deserialize_with = "lenient")]
    transcript_summary: Option<String>,
    #[serde(deserialize_with = "lenient")]
    call_summary_title: Option<String>,
    #[serde(deserialize_with = "lenient")]
    evaluation_criteria_results: BTreeMap<String, Value>,
    #[serde(deserialize_with = "lenient")]
    data_collection_results: BTreeMap<String, Value>,
}

impl Obliging for Analysis {}

impl Analysis {
    /// The part of the results that the analysis holds.
    pub(in crate::elevenlabs) fn into_results(self) -> CallResults {
        let not_empty = |text: &String| !text.trim().is_empty();
        let collected = self
            .data_collection_results
            .into_iter()
            .map(|(name, mut result)| {
                let value = result.get_mut("value").map(Value::take).unwrap_or_default();
                (name, value)
            });
        let criteria = self
            .evaluation_criteria_results
            .into_iter()
            .filter_map(|(name, result)| Some((name, result.get("result")?.as_str()?.to_owned())));
        CallResults {
            success: self.call_successful.map(|word| match word.as_str() {
                "success" => CallSuccess::Success,
                "failure" => CallSuccess::Failure,
                _ => CallSuccess::Unknown,
            }),
            summary: self
                .transcript_summary
                .filter(not_empty)
                .map(|text| cut(text, LONGEST_SUMMARY_BYTES)),
            title: self
                .call_summary_title
                .filter(not_empty)
                .map(|text| cut(text, LONGEST_TITLE_BYTES)),
            collected: within(
                collected,
                |name, value| name.len() + json_size(value),
                MOST_COLLECTED_BYTES,
            )
            .collect(),
            criteria: within(
                criteria,
                |name, result| name.len() + result.len(),
                MOST_CRITERIA_BYTES,
            )
            .collect(),
            ..CallResults::default()
        }
    }
}

fn json_size(value: &Value) -> usize {
    value.to_string().len()
}
