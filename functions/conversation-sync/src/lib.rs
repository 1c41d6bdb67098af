//! Every hour, and on demand: what never came is asked for.
//!
//! One run walks all conversations that the providers show since the last mark, adds what is missing,
//! corrects what is stale and imports what began elsewhere; then it settles calls of which too little
//! is known, and fetches recordings that are due. Running it again, or twice, changes nothing more.

mod agents;
mod conversation;
mod import;
mod mark;
mod pace;
mod recordings;
mod request;
mod run;
mod settle;
mod summary;
mod walk;

pub use pace::SyncPace;
pub use request::{ConversationStatus, InvalidRequest, SyncRequest};
pub use run::{ConversationSync, SyncError};
pub use summary::{SyncAnswer, SyncSummary};
