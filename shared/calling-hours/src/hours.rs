//! When it is open in one zone, and when that changes.

use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp, Unit};

use crate::holiday::Holiday;
use crate::week::Week;
use crate::zone::Zone;

const SECONDS_A_DAY: i64 = 86_400;

/// Hours in local time, the same in every zone that a person may be in.
pub(crate) struct Hours {
    pub(crate) week: Week,
    pub(crate) holidays: Vec<&'static Holiday>,
}

/// Whether it is open in a zone, and the first moment at which it no longer is as it was.
pub(crate) struct State {
    pub(crate) open: bool,
    pub(crate) changes_at: Timestamp,
}

/// A zone, and its offset from one moment up to its next clock change: asked for often, looked up rarely.
pub(crate) struct Clock<'z> {
    zone: &'z Zone,
    offset: Offset,
    from: Timestamp,
    to: Timestamp,
}

impl<'z> Clock<'z> {
    pub(crate) fn new(zone: &'z Zone) -> Self {
        let nothing = Timestamp::UNIX_EPOCH;
        Self {
            zone,
            offset: Offset::UTC,
            from: nothing,
            to: nothing,
        }
    }

    /// Local time at a moment.
    fn local(&mut self, at: Timestamp) -> DateTime {
        if !(self.from..self.to).contains(&at) {
            let zone = self.zone.inner();
            let change = zone.following(at).next();
            self.offset = zone.to_offset(at);
            (self.from, self.to) = (at, change.map_or(Timestamp::MAX, |change| change.timestamp()));
        }
        self.offset.to_datetime(at)
    }
}

impl Hours {
    /// The state at a moment of whole seconds. A change later than `end` is not looked for.
    ///
    /// Between two clock changes of the zone, local time runs evenly: the next change of state is found on
    /// the local calendar. Each clock change is looked at anew, so skipped and repeated hours come out right.
    pub(crate) fn state(&self, clock: &mut Clock<'_>, from: Timestamp, end: Timestamp) -> State {
        let open = self.is_open(clock.local(from));
        let mut at = from;
        loop {
            let local = clock.local(at);
            let clock_change = clock.to.min(end);
            let within = clock_change.duration_since(at).as_secs();
            let change = self.change_after(local, open, within);
            if let Some(changes_at) = change.and_then(|s| at.checked_add(SignedDuration::from_secs(s)).ok()) {
                return State { open, changes_at };
            }
            at = clock_change;
            if at >= end || self.is_open(clock.local(at)) != open {
                return State { open, changes_at: at };
            }
        }
    }

    fn is_open(&self, local: DateTime) -> bool {
        self.week.is_open(local.weekday(), minute_of(local)) && !self.is_holiday(local.date())
    }

    fn is_holiday(&self, date: Date) -> bool {
        self.holidays.iter().any(|holiday| holiday.is_on(date))
    }

    /// Seconds from a local time, at which the state is `open`, to the first at which it is not.
    fn change_after(&self, local: DateTime, open: bool, within: i64) -> Option<i64> {
        let (mut date, mut minute) = (local.date(), minute_of(local));
        let mut midnight = -i64::try_from(minute * 60).ok()? - i64::from(local.second());
        while midnight < within {
            let found = if !self.is_holiday(date) {
                self.week.find(date.weekday(), minute, !open)
            } else if open {
                Some(minute)
            } else {
                None
            };
            if let Some(found) = found {
                let change = midnight + i64::try_from(found * 60).ok()?;
                return (change < within).then_some(change);
            }
            (date, minute) = (date.tomorrow().ok()?, 0);
            midnight += SECONDS_A_DAY;
        }
        None
    }
}

fn minute_of(local: DateTime) -> usize {
    usize::from(local.hour().unsigned_abs()) * 60 + usize::from(local.minute().unsigned_abs())
}

/// The second that a moment lies in: hours begin and end on whole ones.
pub(crate) fn second_of(moment: Timestamp) -> Timestamp {
    let floor = jiff::TimestampRound::new()
        .smallest(Unit::Second)
        .mode(jiff::RoundMode::Floor);
    moment.round(floor).unwrap_or(moment)
}
