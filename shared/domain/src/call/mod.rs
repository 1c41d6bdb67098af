//! One attempt to reach one person, or one inbound call.

mod desk;
mod record;
mod status;

pub use desk::Desk;
pub use record::{
    Call, CallOrigin, CallResults, CallSuccess, Direction, Recording, RecordingState, Speaker, TranscriptTurn,
};
pub use status::{CallEvent, CallOutcome, CallStatus, IllegalCallEvent};
