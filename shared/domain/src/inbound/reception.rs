//! What the reception made of a call: kept in the call itself.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{CallbackId, PhoneNumber, RouteTarget, RoutingRuleId};

/// What somebody called for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// To book something.
    Booking,
    /// To move or cancel something booked.
    Reschedule,
    /// About an invoice or a payment.
    Billing,
    /// An emergency.
    Emergency,
    /// To buy, or to sell.
    Sales,
    /// To leave a message or be called back.
    Message,
    /// A wrong number, or nobody spoke.
    WrongNumber,
    /// Anything else.
    Other,
}

/// How soon somebody should see to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// Some day.
    Low,
    /// As ever.
    Normal,
    /// Today.
    High,
    /// Now.
    Critical,
}

/// What the reception made of a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reception {
    /// The number that was called, when it is one.
    pub called: Option<PhoneNumber>,
    /// The rule that said where it goes; none: no rule fitted.
    pub rule_id: Option<RoutingRuleId>,
    /// Its name then.
    pub rule_name: Option<String>,
    /// Where it went last.
    pub target: RouteTarget,
    /// Whether it went elsewhere than wanted first: the target failed, or nobody answered.
    pub fell_back: bool,
    /// The caller's name, as found out in the call, else as the carrier shows it.
    pub caller_name: Option<String>,
    /// What the caller wanted.
    pub intent: Option<Intent>,
    /// How soon somebody should see to it; none while nobody knows.
    pub urgency: Option<Urgency>,
    /// Why it is urgent: words of the caller, the agent's reason, or the rule's word. One line.
    pub urgent_because: Option<String>,
    /// The message that the caller left, in the agent's words or as spoken to voicemail.
    pub message: Option<String>,
    /// The callback that was booked in it.
    pub callback_id: Option<CallbackId>,
    /// When a ticket was made of it; none: never.
    pub ticket_at: Option<Timestamp>,
    /// Whether summary, intent and urgency are found out, or given up.
    pub concluded: bool,
}

impl Reception {
    /// What is known when the call comes in.
    pub fn fresh(called: Option<PhoneNumber>, target: RouteTarget) -> Self {
        Self {
            called,
            rule_id: None,
            rule_name: None,
            target,
            fell_back: false,
            caller_name: None,
            intent: None,
            urgency: None,
            urgent_because: None,
            message: None,
            callback_id: None,
            ticket_at: None,
            concluded: false,
        }
    }

    /// Whether somebody should see to it at once, or today.
    pub fn is_urgent(&self) -> bool {
        self.urgency.is_some_and(|urgency| urgency >= Urgency::High)
    }

    /// Marks it at least as urgent as `urgency`; never less than it was.
    pub fn raise(&mut self, urgency: Urgency, because: &str) {
        if self.urgency.is_none_or(|now| now < urgency) {
            self.urgency = Some(urgency);
            self.urgent_because = Some(because.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_urgency_is_raised_and_never_lowered() {
        let mut reception = Reception::fresh(None, RouteTarget::Voicemail);
        assert!(!reception.is_urgent());
        reception.raise(Urgency::Normal, "first");
        assert!(!reception.is_urgent());
        reception.raise(Urgency::High, "second");
        reception.raise(Urgency::High, "the same again");
        reception.raise(Urgency::Low, "less");
        assert!(reception.is_urgent());
        assert_eq!(
            (reception.urgency, reception.urgent_because.as_deref()),
            (Some(Urgency::High), Some("second"))
        );
    }
}
