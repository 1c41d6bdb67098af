//! One attempt to reach one person, or one inbound call.

mod desk;
mod hours_used;
mod record;
mod status;

pub use desk::Desk;
pub use hours_used::HoursUsed;
pub use record::{
    Call, CallOrigin, CallResults, CallSuccess, Direction, Recording, RecordingState, Speaker, TranscriptTurn,
};
pub use status::{CallEvent, CallOutcome, CallStatus, IllegalCallEvent};
