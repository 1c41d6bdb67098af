//! What an invocation is asked for.

use serde::{Deserialize, Serialize};
use switchboard_domain::ExportId;

/// Which export to write; what it holds is in its record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportRequest {
    /// The export.
    pub export_id: ExportId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_event_is_read_and_wrong_ids_are_refused() {
        let sample = include_str!("../../../events/call-exporter/export.json");
        assert!(serde_json::from_str::<ExportRequest>(sample).is_ok());
        assert!(serde_json::from_str::<ExportRequest>(r#"{"export_id":"../../etc"}"#).is_err());
    }
}
