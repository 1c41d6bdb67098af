//! DynamoDB, S3, SQS and the Lambda control calls: the only crate that knows keys and tables.
//!
//! [`Store`] is the one door. Its methods are grouped by subject in the files beside this one.
//! Every write is conditional on the version or status it read; where a state, a counter and a slot
//! move, they move in one transaction. Nothing here decides: the rules live in `switchboard-domain`.
//!
//! Of two that begin the same dial at the same moment, one does:
//!
//! ```
//! use jiff::SignedDuration;
//! use switchboard_store::{BeginDial, DialLimits};
//! use switchboard_testing::{TestStore, records};
//!
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! // A store over engines of its own: no account, no network.
//! let test = TestStore::start().await;
//! let (now, until) = (test.now(), test.now() + SignedDuration::from_mins(1));
//! let call = records::call("once", now);
//! test.store.create_call(&call).await?;
//!
//! let limits = DialLimits::default();
//! let first = test.store.begin_dial(&call, None, None, &limits, until, now).await?;
//! let second = test.store.begin_dial(&call, None, None, &limits, until, now).await?;
//! assert!(matches!(first, BeginDial::Begun(_)));
//! assert_eq!(second, BeginDial::Changed);
//! assert_eq!(test.queue().await.slots_in_use, 1);
//! # Ok::<(), switchboard_store::StoreError>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod agent_list;
mod agent_tools;
mod agents;
mod batch;
mod callbacks;
mod calls;
mod campaign_templates;
mod campaigns;
mod clients;
mod conclude_reception;
mod config;
mod contacts;
mod counts;
mod cursor;
mod dead_letters;
mod dial;
mod dial_queue;
mod dialled;
mod do_not_call;
mod do_not_call_registers;
mod documents;
mod error;
mod event_deliveries;
mod event_outbox;
mod event_targets;
mod exports;
mod files;
mod finish;
mod functions;
mod idempotency;
mod inbound;
mod item;
mod keys;
mod leases;
mod line_calls;
mod live_calls;
mod live_changes;
mod live_connections;
mod live_turns;
mod measures;
mod opt_out;
mod people;
mod privacy;
mod provider_states;
mod provider_watches;
mod queue_settings;
mod reading;
mod recipients;
mod recordings_due;
mod recordings_noted;
mod records;
mod routing;
mod rule_confirmations;
mod sip_references;
mod slots;
mod spend;
mod stats;
mod sync_mark;
mod tool_runs;
mod transaction;
mod transcripts;
mod uploads;
mod waiting;
mod webhooks;
mod webhooks_noted;

pub use callbacks::Booked;
pub use calls::{CallFilter, FoundCalls, UpdateOutcome};
pub use config::StoreConfig;
pub use contacts::NewContact;
pub use cursor::{Cursor, InvalidCursor, Page};
pub use dead_letters::{DeadLetter, DeadLetterSource, DeadMessage};
pub use dial::{BeginDial, DialLimits, Enqueued};
pub use dial_queue::{DialMessage, QueueDepth};
pub use error::StoreError;
pub use event_outbox::EventMessage;
pub use files::{FileStore, PartsUpload, PresignedUpload};
pub use finish::Finished;
pub use functions::{DialerCapacity, Functions};
pub use idempotency::{Claim, KeptAnswer};
pub use inbound::{Begun, InboundUpdate};
pub use live_changes::{StreamImage, StreamRecord};
pub use live_connections::{Subscribed, Subscriber};
pub use live_turns::TurnPut;
pub use measures::{Measures, Observer};
pub use opt_out::OptedOut;
pub use people::AuditFilter;
pub use recipients::AddedRecipients;
pub use recordings_due::RecordingDue;
pub use recordings_noted::NotedRecording;
pub use slots::Readmitted;
pub use spend::{SpendLimits, Spent};
pub use stats::{CallStats, StatsRow};
pub use tool_runs::ToolClaim;
pub use webhooks::{WebhookList, WebhookRecord, WebhookState};

use std::sync::{Arc, Mutex};

use clients::Clients;

/// Everything that is kept, behind one door. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pub(crate) db: aws_sdk_dynamodb::Client,
    pub(crate) config: Arc<StoreConfig>,
    clients: Arc<Clients>,
    files: FileStore,
    functions: Functions,
    observer: Option<Arc<dyn Observer>>,
    refused: Arc<Mutex<measures::Refused>>,
}

impl Store {
    /// A store over the given SDK configuration; builds each client once, most when they are needed first.
    pub fn new(sdk: &aws_config::SdkConfig, config: StoreConfig) -> Self {
        let config = Arc::new(config);
        let clients = Arc::new(Clients::new(sdk));
        Self {
            db: aws_sdk_dynamodb::Client::new(sdk),
            files: FileStore::new(clients.clone(), config.data_bucket.clone()),
            functions: Functions::new(clients.clone(), config.clone()),
            clients,
            observer: None,
            refused: Arc::default(),
            config,
        }
    }

    /// The files in the data bucket.
    pub fn files(&self) -> &FileStore {
        &self.files
    }

    /// The control calls on our own functions.
    pub fn functions(&self) -> &Functions {
        &self.functions
    }
}
