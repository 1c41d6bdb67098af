//! One attempt to reach one person, or one inbound call.

mod record;
mod status;

pub use record::{
    Call, CallOrigin, CallResults, CallSuccess, Direction, Recording, RecordingState, Speaker, TranscriptTurn,
};
pub use status::{CallEvent, CallOutcome, CallStatus, IllegalCallEvent};
