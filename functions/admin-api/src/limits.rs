//! How much one request may bring.

/// Bytes of a request's body.
pub(crate) const MAX_BODY_BYTES: usize = 1 << 20;
/// Bytes of an uploaded file.
pub(crate) const MAX_UPLOAD_BYTES: u64 = 256 << 20;
/// Recipients in one request.
pub(crate) const MAX_RECIPIENTS: usize = 1_000;
/// Recipients of a batch of the call-manager routes; the size of the body holds before that.
pub(crate) const MAX_BATCH_RECIPIENTS: usize = 10_000;
/// Contact lists of one campaign.
pub(crate) const MAX_LISTS: usize = 50;
/// Numbers, or places, in one request.
pub(crate) const MAX_AT_ONCE: usize = 1_000;
/// Registers that do-not-call numbers are imported from.
pub(crate) const MAX_REGISTERS: usize = 100;
/// Characters of a name.
pub(crate) const MAX_NAME: usize = 200;
/// Characters of a language's code that is looked for.
pub(crate) const MAX_LANGUAGE: usize = 20;
/// Characters of a note.
pub(crate) const MAX_NOTE: usize = 1_000;
/// Characters of what an agent is told.
pub(crate) const MAX_PROMPT: usize = 200_000;
/// Dynamic variables of one person.
pub(crate) const MAX_VARIABLES: usize = 100;
/// Characters of a variable's value.
pub(crate) const MAX_VALUE: usize = 10_000;
/// Rows of a page, and rows when nothing is asked for.
pub(crate) const MAX_PAGE: u32 = 200;
pub(crate) const DEFAULT_PAGE: u32 = 50;
/// Seconds that a call may ring.
pub(crate) const RINGING_SECS: std::ops::RangeInclusive<u32> = 5..=120;
/// Seconds that a call rings when nothing is said.
pub(crate) const DEFAULT_RINGING_SECS: u32 = 60;
