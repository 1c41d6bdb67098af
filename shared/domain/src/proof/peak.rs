//! How many calls were in progress at one time, held against the limit of each moment.

use jiff::Timestamp;

use crate::CallId;

/// A call and the time it held its slot.
pub(super) struct Held<'a> {
    pub call: &'a CallId,
    pub from: Timestamp,
    pub until: Option<Timestamp>,
}

/// What came out.
pub(super) struct Peak<'a> {
    /// Most at one time.
    pub most: u32,
    /// When that was.
    pub at: Option<Timestamp>,
    /// Calls that began above the limit of their moment.
    pub over: Vec<&'a CallId>,
}

/// Walks through all begins and ends in order. At the same moment ends come first: a slot that is
/// given back can be taken at once.
pub(super) fn over_limit<'a>(held: Vec<Held<'a>>, limit_at: impl Fn(Timestamp) -> Option<u32>) -> Peak<'a> {
    let mut events: Vec<(Timestamp, i8, Option<&CallId>)> = Vec::with_capacity(held.len() * 2);
    for held in held {
        if held.until.is_some_and(|until| until <= held.from) {
            continue;
        }
        events.push((held.from, 1, Some(held.call)));
        events.extend(held.until.map(|until| (until, -1, None)));
    }
    events.sort_by_key(|(at, change, _)| (*at, *change));
    let mut peak = Peak {
        most: 0,
        at: None,
        over: Vec::new(),
    };
    let mut live = 0u32;
    for (at, change, call) in events {
        let Some(call) = call.filter(|_| change > 0) else {
            live = live.saturating_sub(1);
            continue;
        };
        live += 1;
        if live > peak.most {
            (peak.most, peak.at) = (live, Some(at));
        }
        if limit_at(at).is_some_and(|limit| live > limit) {
            peak.over.push(call);
        }
    }
    peak
}
