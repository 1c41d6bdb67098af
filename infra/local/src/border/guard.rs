//! Who stands at the border.

use std::fmt;

use bytes::Bytes;
use http::request::Parts;

/// A request of a function's process to the outside.
#[derive(Debug)]
pub struct Crossing<'a> {
    /// Which request of its process it is; the same at both moments.
    pub serial: u64,
    /// The function.
    pub function: &'a str,
    /// The invocation that the process works on, as Lambda names it.
    pub request_id: &'a str,
    /// The event of that invocation.
    pub event: &'a [u8],
    /// Where to: the environment variable that had the address, `AWS_ENDPOINT_URL_DYNAMODB`.
    pub to: &'a str,
    /// Method, path and headers.
    pub request: &'a Parts,
    /// Its whole body.
    pub body: &'a Bytes,
}

/// On which side of a request's effect a process is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Moment {
    /// The request has left the process; it has had no effect yet.
    Before,
    /// It has been carried out; the process does not know yet.
    After,
}

impl fmt::Display for Moment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Before => "before",
            Self::After => "after",
        })
    }
}

/// What becomes of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It goes on.
    Lives,
    /// It is killed (SIGKILL) right there: before the effect, the request is dropped; after it, the
    /// answer is.
    Dies,
}

/// Stands at the border of processes.
pub trait Guard: Send + Sync {
    /// Whether the processes of this function have a border. Asked once for each function.
    fn watches(&self, function: &str) -> bool;

    /// Sees one request at one moment, and decides. Processes wait for it: it must be quick.
    fn passes(&self, crossing: &Crossing<'_>, moment: Moment) -> Fate;
}
