//! Which calls somebody should look at.

use serde::{Deserialize, Serialize};

use crate::{Call, CallStatus, CallSuccess, Direction, Intent, RouteTarget};

/// The longest call, in seconds, that can be for nobody.
const NOTHING_SECS: u64 = 15;

/// Where a call lies on the desk of those who look after calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Desk {
    /// Somebody called us, or a call of ours broke down or was answered and missed its goal, and nobody has dealt
    /// with it.
    NeedsAttention,
    /// Somebody has dealt with it.
    Handled,
}

impl Desk {
    /// The name in JSON and in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NeedsAttention => "needs_attention",
            Self::Handled => "handled",
        }
    }
}

impl Call {
    /// Where the call lies on the desk; none: nowhere. Calls of ours that nobody answered are not there: trying
    /// again deals with them. Those that are still under way are not there yet. Whoever called us is there when the
    /// call is over, answered or not, unless it asks nothing of anybody.
    pub fn desk(&self) -> Option<Desk> {
        let missed =
            self.status == CallStatus::Completed && self.results.success == Some(CallSuccess::Failure);
        match self.handled {
            true => Some(Desk::Handled),
            false if self.came_in() && !self.is_nothing() => Some(Desk::NeedsAttention),
            false if missed || self.status == CallStatus::Failed => Some(Desk::NeedsAttention),
            false => None,
        }
    }

    /// Whether somebody called us, and the call is over.
    fn came_in(&self) -> bool {
        self.reception.is_some() && self.direction == Direction::Inbound && self.status.is_final()
    }

    /// Whether an inbound call asks nothing of anybody: a wrong number, or a caller who heard that nobody takes calls
    /// now, gone after a few seconds without a message.
    fn is_nothing(&self) -> bool {
        let Some(reception) = &self.reception else {
            return false;
        };
        let short = self.duration_secs.is_some_and(|secs| secs <= NOTHING_SECS);
        let for_nobody =
            reception.target == RouteTarget::Closed || reception.intent == Some(Intent::WrongNumber);
        let left_something =
            reception.message.is_some() || reception.callback_id.is_some() || reception.is_urgent();
        short && for_nobody && !left_something
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::call;
    use crate::{CallEvent, CallOutcome, Reception, Urgency};
    use proptest::prelude::*;

    #[test]
    fn what_broke_down_or_missed_its_goal_waits_until_somebody_deals_with_it() {
        for status in CallStatus::ALL {
            for success in [
                None,
                Some(CallSuccess::Success),
                Some(CallSuccess::Failure),
                Some(CallSuccess::Unknown),
            ] {
                let mut call = call(status);
                call.results.success = success;
                let missed = status == CallStatus::Completed && success == Some(CallSuccess::Failure);
                let waits = (missed || status == CallStatus::Failed).then_some(Desk::NeedsAttention);
                assert_eq!(call.desk(), waits, "{status:?} {success:?}");
                call.handled = true;
                assert_eq!(call.desk(), Some(Desk::Handled), "{status:?} {success:?}");
            }
        }
    }

    fn came_in(status: CallStatus, target: RouteTarget) -> Call {
        let mut call = call(status);
        call.direction = Direction::Inbound;
        call.reception = Some(Reception::fresh(None, target));
        call
    }

    #[test]
    fn whoever_called_us_waits_until_somebody_deals_with_it() {
        for status in CallStatus::ALL {
            let mut call = came_in(status, RouteTarget::Voicemail);
            let waits = status.is_final().then_some(Desk::NeedsAttention);
            assert_eq!(call.desk(), waits, "{status:?}");
            call.handled = true;
            assert_eq!(call.desk(), Some(Desk::Handled));
        }
    }

    #[test]
    fn a_few_seconds_for_nobody_are_no_work_for_anybody() {
        let short = |target: RouteTarget| {
            let mut call = came_in(CallStatus::Completed, target);
            call.duration_secs = Some(4);
            call
        };
        let reception =
            |call: &mut Call, change: fn(&mut Reception)| change(call.reception.as_mut().unwrap());
        let closed = short(RouteTarget::Closed);
        assert_eq!(closed.desk(), None);
        assert_eq!(short(RouteTarget::Voicemail).desk(), Some(Desk::NeedsAttention));
        let mut wrong_number = short(RouteTarget::Voicemail);
        reception(&mut wrong_number, |it| it.intent = Some(Intent::WrongNumber));
        assert_eq!(wrong_number.desk(), None);
        let left_something: [fn(&mut Reception); 2] = [
            |it| it.raise(Urgency::High, "fire"),
            |it| it.message = Some("Call me.".to_owned()),
        ];
        for change in left_something {
            let mut call = closed.clone();
            reception(&mut call, change);
            assert_eq!(call.desk(), Some(Desk::NeedsAttention));
        }
        for secs in [None, Some(60)] {
            let mut long = closed.clone();
            long.duration_secs = secs;
            assert_eq!(long.desk(), Some(Desk::NeedsAttention), "{secs:?}");
        }
    }

    #[derive(Debug, Clone, Copy)]
    enum Change {
        Event(CallEvent),
        Judged(Option<CallSuccess>),
        Marked(bool),
        Meant(Intent),
        Raised(Urgency),
        Lasted(Option<u64>),
    }

    fn any_change() -> impl Strategy<Value = Change> {
        use CallEvent as E;
        use CallOutcome as O;
        let events = vec![
            E::DialBegan,
            E::GivenUp,
            E::AnswerLost,
            E::Confirmed,
            E::NotPlaced,
            E::FoundLive,
            E::Ended(O::Completed),
            E::Ended(O::NoAnswer),
            E::Ended(O::Failed),
        ];
        let judged = vec![None, Some(CallSuccess::Success), Some(CallSuccess::Failure)];
        prop_oneof![
            prop::sample::select(events).prop_map(Change::Event),
            prop::sample::select(judged).prop_map(Change::Judged),
            any::<bool>().prop_map(Change::Marked),
            prop::sample::select(vec![Intent::WrongNumber, Intent::Booking]).prop_map(Change::Meant),
            prop::sample::select(vec![Urgency::Low, Urgency::Critical]).prop_map(Change::Raised),
            prop::sample::select(vec![None, Some(3), Some(90)]).prop_map(Change::Lasted),
        ]
    }

    proptest! {
        /// The writes that end a call add to the count without asking what it was before: they may, as a
        /// call needs no attention until its end. All others add the difference.
        #[test]
        fn a_count_moved_at_the_end_and_by_differences_afterwards_never_drifts(
            changes in prop::collection::vec(any_change(), 0..60),
            target in prop::option::of(prop::sample::select(vec![RouteTarget::Closed, RouteTarget::Voicemail])),
        ) {
            let waits = |call: &Call| i32::from(call.desk() == Some(Desk::NeedsAttention));
            let mut call = match target {
                Some(target) => came_in(CallStatus::InProgress, target),
                None => call(CallStatus::Queued),
            };
            let mut count = 0;
            for change in changes {
                let before = waits(&call);
                match change {
                    Change::Event(event) => {
                        let Ok(status) = call.status.after(event) else { continue };
                        call.status = status;
                        count += match event {
                            CallEvent::Ended(_) => waits(&call),
                            _ => waits(&call) - before,
                        };
                    }
                    Change::Judged(success) => {
                        call.results.success = success;
                        count += waits(&call) - before;
                    }
                    Change::Marked(handled) => {
                        call.handled = handled;
                        count += waits(&call) - before;
                    }
                    Change::Meant(intent) => {
                        if let Some(reception) = &mut call.reception {
                            reception.intent = Some(intent);
                        }
                        count += waits(&call) - before;
                    }
                    Change::Raised(urgency) => {
                        if let Some(reception) = &mut call.reception {
                            reception.raise(urgency, "so they said");
                        }
                        count += waits(&call) - before;
                    }
                    Change::Lasted(secs) => {
                        call.duration_secs = secs;
                        count += waits(&call) - before;
                    }
                }
                prop_assert_eq!(count, waits(&call), "{:?}", change);
            }
        }
    }

    #[test]
    fn a_desk_is_named_in_keys_as_in_json() {
        let names = ["needs_attention", "handled"];
        let desks = [Desk::NeedsAttention, Desk::Handled];
        assert_eq!(desks.map(Desk::as_str), names);
        assert_eq!(serde_json::to_value(desks).unwrap(), serde_json::json!(names));
    }

    #[test]
    fn fifteen_seconds_are_short_and_sixteen_are_not() {
        for (secs, desk) in [(15, None), (16, Some(Desk::NeedsAttention))] {
            let mut call = came_in(CallStatus::Completed, RouteTarget::Closed);
            call.duration_secs = Some(secs);
            assert_eq!(call.desk(), desk, "{secs}");
        }
    }

    #[test]
    fn only_a_call_that_came_in_to_the_reception_is_work_for_being_over() {
        let mut call = came_in(CallStatus::Completed, RouteTarget::Voicemail);
        call.direction = Direction::Outbound;
        assert_eq!(call.desk(), None);
        call.direction = Direction::Inbound;
        call.reception = None;
        assert_eq!(call.desk(), None);
    }
}
