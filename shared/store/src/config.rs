//! Names of the tables, the bucket, the queue and the functions.

/// Where everything is. What a function does not use stays empty.
#[derive(Debug, Clone, Default)]
pub struct StoreConfig {
    /// Calls, transcripts, counters of the dashboard.
    pub calls_table: String,
    /// Campaigns, recipients, counts.
    pub campaigns_table: String,
    /// Uploads, contact lists, contacts, do-not-call list.
    pub contacts_table: String,
    /// Agents and phone lines.
    pub agents_table: String,
    /// Slots, settings, webhooks, leases, exports, kept answers.
    pub system_table: String,
    /// Uploads, recordings, webhook bodies, exports.
    pub data_bucket: String,
    /// The dial queue.
    pub dial_queue_url: Option<String>,
    /// The dial queue's dead letters.
    pub dead_letter_queue_url: Option<String>,
    /// Events that functions failed to work through.
    pub failed_events_queue_url: Option<String>,
    /// The queue that tells the event sender what to look at; none: it looks once a minute.
    pub event_queue_url: Option<String>,
    /// Name of the dialer.
    pub dialer_function: Option<String>,
    /// Id of the dialer's event source mapping.
    pub dialer_mapping_id: Option<String>,
    /// Name of the campaign scheduler.
    pub scheduler_function: Option<String>,
    /// Name of the conversation sync.
    pub sync_function: Option<String>,
    /// Name of the call exporter.
    pub exporter_function: Option<String>,
    /// Name of the upload parser.
    pub parser_function: Option<String>,
    /// Name of the receptionist.
    pub receptionist_function: Option<String>,
    /// Whether the dialer's concurrency is reserved in this account.
    pub reserve_concurrency: bool,
}
