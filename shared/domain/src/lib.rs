//! What Switchboard is about: calls, recipients, campaigns, and the rules that move them.
//!
//! Everything here is a plain function of values, the clock included. This crate must never know a
//! network, a database, a provider's JSON or an async runtime: the code around it fetches and
//! writes, this code decides.
//!
//! ```
//! use switchboard_domain::{CallEvent, CallStatus};
//!
//! let status = CallStatus::Queued.after(CallEvent::DialBegan)?;
//! assert_eq!(status, CallStatus::Placing);
//! // An old event never moves a call backwards.
//! assert!(CallStatus::Completed.after(CallEvent::DialBegan).is_err());
//! # Ok::<(), switchboard_domain::IllegalCallEvent>(())
//! ```

mod agent;
mod call;
mod campaign;
mod clock;
mod conclusion;
mod contact;
mod csv_safe;
mod dial_settings;
mod dnc;
mod events_out;
mod export;
mod frequency;
mod ids;
mod inbound;
mod line_health;
mod live;
mod measurement;
mod overrides;
mod person;
mod phone;
mod preflight;
mod privacy;
mod proof;
mod provider_state;
mod provider_watch;
mod queue;
mod quota_alert;
mod recipient;
mod rehearsal;
mod report;
mod retry;
mod rule_confirmation;
mod search;
mod sharing;
mod stuck;
#[cfg(test)]
mod testing;
mod upload;

pub use agent::{Agent, AgentDrift, AgentStatus, Carrier, PhoneLine, ProviderKind};
pub use call::{
    Call, CallEvent, CallOrigin, CallOutcome, CallResults, CallStatus, CallSuccess, Desk, Direction,
    HoursUsed, IllegalCallEvent, Recording, RecordingState, Speaker, TranscriptTurn,
};
pub use campaign::{
    AutoPause, Campaign, CampaignAction, CampaignAgent, CampaignChange, CampaignCounts, CampaignLine,
    CampaignRules, CampaignSettings, CampaignStatus, CampaignTemplate, ConsentColumns, Disclosed, Disclosure,
    IllegalCampaignAction, LayoutProgress, ORDINARY_WEIGHT, Purpose, SPEND_CAP_REACHED, Wishes,
};
pub use clock::{Clock, ManualClock};
pub use conclusion::{CallFacts, Conclusion, Ending, conclude, late_callback};
pub use contact::{Contact, ContactDetails, ContactList, DynamicVariables};
pub use csv_safe::csv_safe;
pub use dial_settings::{DialSettings, MICROS_PER_CENT};
pub use dnc::{
    DoNotCallEntry, DoNotCallImport, DoNotCallRegister, MAX_REGISTER_AGE_DAYS, OptOutWay, outdated_registers,
    register_warning,
};
pub use events_out::{
    AddressRules, Delivery, DeliveryAttempt, DeliveryStatus, DeliveryVerdict, EVENT_ATTEMPTS, EventTarget,
    EventType, InvalidAddress, MAX_RETRY_AFTER, OutgoingEvent, Ports, TurnedOff, is_public, next_attempt,
};
pub use export::{Export, ExportKind, ExportStatus};
pub use frequency::{Dialled, FrequencyCap, FrequencyLimits, LONGEST_CAP_HOURS};
pub use ids::{
    AgentId, AuditId, CallId, CallbackId, CampaignId, CampaignTemplateId, EventId, EventTargetId, ExportId,
    InvalidId, ListId, ProviderId, RecipientId, RegisterId, RoutingRuleId, UploadId,
};
pub use inbound::{
    ANONYMOUS, AgentTool, Callback, CallbackOrigin, CallbackStatus, InboundCall, InboundStage, Intent,
    ItemKind, KeptTurn, Reception, ReceptionSettings, RouteAnswer, RouteQuestion, RouteTarget, RouteTried,
    RoutingConditions, RoutingPlan, RoutingRule, ToolRun, TurnBook, TurnPart, TurnState, Urgency,
    languages_of, urgent_word,
};
pub use line_health::{AnswerRateDrop, LineHour, RECENT_HOURS, USUAL_DAYS, answer_rate_drop};
pub use live::{
    InvalidTopic, LONGEST_CONNECTION, LiveChange, LiveConnection, LiveMessage, LiveRequest, LiveTicket,
    MAX_TOPICS, TICKET_LIFE, Topic, live_messages, ticket_digest,
};
pub use measurement::{AgentAction, Latencies, Measurement, ReceptionEvent, ToolResult, WebhookResult};
pub use overrides::{OwnAgent, OwnLine, RecipientOverrides};
pub use person::{AuditEntry, Role, User};
pub use phone::{InvalidPhoneNumber, PhoneNumber};
pub use preflight::{PersonFacts, Preflight, PreflightBuilder, RuleInUse, SkipExample};
pub use proof::{CampaignProof, LimitChange, ProofBuilder, ProofCheck};
pub use provider_state::{ProviderEvent, ProviderHealth, ProviderState, Turn};
pub use provider_watch::ProviderWatch;
pub use queue::{MAX_CONCURRENCY_LIMIT, QueueSettings, QueueState, SlotHolder};
pub use quota_alert::{AlertSettings, LowQuota, ProviderAlerts, QuotaAlert, QuotaFigures};
pub use recipient::{IllegalRecipientEvent, Recipient, RecipientEvent, RecipientStatus, SkipReason};
pub use rehearsal::{Rehearsal, RehearsalReport, RehearsedDial, Scenario};
pub use report::{
    AgentComparison, AgentDifference, AgentResult, Better, CampaignReport, DisclosureReport, Interval,
    Proportion, ReportBuilder, ReportBy, ReportRow, ReportTable, ReportVariables, WholeReport,
};
pub use retry::{AfterAttempt, Attempt, RetryPolicy, RetryRule, TryAgain, after_attempt};
pub use rule_confirmation::RuleConfirmation;
pub use search::{InvalidSearch, SearchText};
pub use sharing::{Balance, Claim, share};
pub use stuck::{Stuck, stuck};
pub use switchboard_calling_hours::{
    Answer, CallingHours, Decision, Reason, Rule, RuleChoice, UnknownZone, Zone, ZoneOfRecipient, ZoneSource,
};
pub use upload::{
    IllegalUploadEvent, PreviewRow, RejectedSample, Upload, UploadCounts, UploadFailure, UploadPreview,
    UploadStatus,
};
