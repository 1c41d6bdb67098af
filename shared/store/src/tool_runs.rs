//! Tools that ran in a call, so that each runs once, whoever holds the sideband.

use jiff::Timestamp;
use switchboard_domain::{CallId, ToolRun};

use crate::error::if_it_held;
use crate::item::{s, to_item};
use crate::{Store, StoreError, keys};

/// Longest output that is kept, in bytes.
const MAX_OUTPUT_BYTES: usize = 64_000;

/// Whose a run of a tool is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToolClaim {
    /// It is the caller's: run it.
    New,
    /// Somebody began it and has not said what it answered.
    Running {
        /// When. Whoever began it long ago is gone.
        since: Timestamp,
    },
    /// It has run, and this is what it answered.
    Done(String),
}

impl Store {
    /// Claims a run of a tool, once.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn claim_tool_run(&self, call: &CallId, run: &ToolRun) -> Result<ToolClaim, StoreError> {
        let key = keys::tool_run(call, &run.run_id);
        let table = &self.config.calls_table;
        let mut item = to_item(run)?;
        key.put_into(&mut item);
        if self.create(table, item).await? {
            return Ok(ToolClaim::New);
        }
        let kept: ToolRun = self.find(table, &key).await?.ok_or(StoreError::Stale)?;
        Ok(match kept.output {
            Some(output) => ToolClaim::Done(output),
            None => ToolClaim::Running { since: kept.began_at },
        })
    }

    /// Keeps what a run answered. The first answer stays.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn finish_tool_run(&self, call: &CallId, run_id: &str, output: &str) -> Result<(), StoreError> {
        let end = output.floor_char_boundary(MAX_OUTPUT_BYTES);
        let kept = self
            .db
            .update_item()
            .table_name(&self.config.calls_table)
            .set_key(Some(keys::tool_run(call, run_id).item()))
            .update_expression("SET #output = :output")
            .condition_expression("attribute_exists(pk) AND attribute_not_exists(#output)")
            .expression_attribute_names("#output", "output")
            .expression_attribute_values(":output", s(&output[..end]))
            .send()
            .await;
        if_it_held(kept, "UpdateItem").map(drop)
    }
}
