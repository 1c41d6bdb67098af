//! How one call is to go.

use serde::{Deserialize, Serialize};

use super::ScriptTurn;

/// The turns of a call: given one by one, or a number of them that are made up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Turns {
    /// So many numbered turns, agent and caller in turn, over [`CallScenario::seconds`].
    Count(u32),
    /// These.
    List(Vec<ScriptTurn>),
}

/// How one call is to go. Nothing given: the caller's number chooses a script, and all goes well.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CallScenario {
    /// Name of a built-in script.
    pub script: Option<String>,
    /// Turns of its own.
    pub turns: Option<Turns>,
    /// Seconds that made-up turns take together.
    pub seconds: Option<f64>,
    /// Seconds for which the caller stays on the line after the last turn.
    pub waits_secs: Option<f64>,
    /// Seconds from the call's first ring until the caller hangs up, whatever goes on; none: with the script.
    pub hangs_up_after_secs: Option<f64>,
    /// The caller hangs up when OpenAI was told of the call, before anybody accepted it.
    pub hangs_up_before_accept: bool,
    /// Seconds of the message that is left on a recording; 0: the caller hangs up instead.
    pub message_secs: Option<f64>,
    /// After a message the caller waits for what comes, instead of hanging up.
    pub waits_after_message: bool,
    /// `accept` is answered 200, and then nothing comes: the SIP leg rings on, and the socket is not found.
    pub accept_dead: bool,
    /// The answer to `accept` takes so many seconds, not divided by the clock factor.
    pub slow_accept_secs: f64,
    /// `accept` is refused with this status, once.
    pub accept_status: Option<u16>,
    /// Sockets break without a word: below 1 the probability after each event, else after every so many events.
    pub drop_sockets: f64,
    /// The sockets close at the end before the caller's last words were transcribed.
    pub late_hangup: bool,
    /// Milliseconds of the simulated clock after `accept` until the socket is found; none: 600.
    pub socket_delay_ms: Option<f64>,
    /// Seconds after which the session expires; none: an hour.
    pub session_limit_secs: Option<f64>,
    /// The webhook of the call is never sent.
    pub lost_webhook: bool,
    /// It is sent twice, with one `webhook-id`.
    pub duplicate_webhook: bool,
    /// Its signature is another secret's.
    pub bad_signature: bool,
    /// Its timestamp is ten minutes old.
    pub stale_timestamp: bool,
    /// `live.transport.incoming` is told as well.
    pub both_events: bool,
    /// What goes wrong at Twilio; what is not given is as the account's options say.
    pub twilio: Option<TwilioFaults>,
}

/// What goes wrong with Twilio's requests to us.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TwilioFaults {
    /// How requests are signed.
    pub signature: SignatureFault,
    /// Status callbacks are sent twice.
    pub duplicate_callbacks: bool,
    /// Status callbacks are sent in any order.
    pub shuffle_callbacks: bool,
    /// Status callbacks are not sent with this probability.
    pub lose_callbacks: f64,
}

/// How requests are signed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignatureFault {
    /// As they should be.
    #[default]
    Good,
    /// Over the address with its scheme's usual port written out, as some of Twilio's machines do.
    DefaultPort,
    /// With another account's token.
    Corrupt,
    /// Not at all.
    Omit,
}

/// A scenario as a request names it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum ScenarioChoice {
    /// A built-in script, or one hazard with the usual script.
    Named(String),
    /// All of it.
    Whole(Box<CallScenario>),
}

impl ScenarioChoice {
    /// The scenario; none: nobody knows the name.
    pub(crate) fn resolved(self) -> Option<CallScenario> {
        let name = match self {
            Self::Whole(scenario) => {
                let known = scenario.script.as_deref().is_none_or(super::is_known);
                return known.then_some(*scenario);
            }
            Self::Named(name) => name,
        };
        let mut scenario = CallScenario::default();
        match name.as_str() {
            "accept_dead" => scenario.accept_dead = true,
            "slow_accept" => scenario.slow_accept_secs = 3.0,
            "drop_sockets" => scenario.drop_sockets = 15.0,
            "late_hangup" => scenario.late_hangup = true,
            "lost_webhook" => scenario.lost_webhook = true,
            "duplicate_webhook" => scenario.duplicate_webhook = true,
            "bad_signature" => scenario.bad_signature = true,
            "stale_timestamp" => scenario.stale_timestamp = true,
            "both_events" => scenario.both_events = true,
            "session_expires" => scenario.session_limit_secs = Some(10.0),
            "hangs_up_before_accept" => scenario.hangs_up_before_accept = true,
            name if super::is_known(name) => scenario.script = Some(name.to_owned()),
            _ => return None,
        }
        if scenario.script.is_none() {
            scenario.script = Some("booking".to_owned());
        }
        Some(scenario)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scenario_is_a_name_or_an_object() {
        let read = |text: &str| serde_json::from_str::<ScenarioChoice>(text).unwrap().resolved();
        assert_eq!(read(r#""billing""#).unwrap().script.unwrap(), "billing");
        assert!(read(r#""accept_dead""#).unwrap().accept_dead);
        let whole = read(r#"{"script":"message","drop_sockets":0.1,"twilio":{"signature":"omit"}}"#).unwrap();
        assert!((whole.drop_sockets - 0.1).abs() < 1e-9);
        assert_eq!(whole.twilio.unwrap().signature, SignatureFault::Omit);
        assert!(read(r#""nonsense""#).is_none());
        assert!(read(r#"{"script":"nonsense"}"#).is_none());
    }
}
