//! How a call is carried.

use serde::Deserialize;
use serde_json::Value;
use switchboard_domain::{Carrier, Direction, PhoneNumber, ProviderId};

use crate::bounds::cut;
use crate::lenient::lenient;
use crate::ultravox::lines::ultravox_line_id;

const LONGEST_NUMBER: usize = 64;

/// One key, of which we know two; a call without either was no phone call.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::ultravox) struct Medium {
    #[serde(deserialize_with = "lenient")]
    twilio: Option<Leg>,
    #[serde(deserialize_with = "lenient")]
    sip: Option<Leg>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Leg {
    #[serde(deserialize_with = "lenient")]
    outgoing: Option<Outgoing>,
    #[serde(deserialize_with = "lenient")]
    incoming: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Outgoing {
    #[serde(deserialize_with = "lenient")]
    to: String,
    #[serde(deserialize_with = "lenient")]
    from: String,
}

/// What the medium tells of a call.
#[derive(Debug, Default, PartialEq)]
pub(in crate::ultravox) struct PhoneLeg {
    pub carrier: Option<Carrier>,
    pub direction: Option<Direction>,
    pub line: Option<ProviderId>,
    pub agent_number: Option<String>,
    pub external_number: Option<PhoneNumber>,
}

impl Medium {
    pub(in crate::ultravox) fn into_leg(self) -> PhoneLeg {
        let (carrier, leg) = match (self.twilio, self.sip) {
            (Some(leg), _) => (Carrier::Twilio, leg),
            (None, Some(leg)) => (Carrier::SipTrunk, leg),
            (None, None) => return PhoneLeg::default(),
        };
        let Some(Outgoing { to, from }) = leg.outgoing else {
            return PhoneLeg {
                carrier: Some(carrier),
                direction: leg.incoming.map(|_| Direction::Inbound),
                ..PhoneLeg::default()
            };
        };
        let (user, domain) = address(&to);
        let number = PhoneNumber::parse(address(&from).0).ok();
        // A Twilio call to a SIP address has no line of ours.
        let domain = domain.filter(|_| carrier == Carrier::SipTrunk);
        let line = number.and_then(|number| ultravox_line_id(&number, domain).ok());
        PhoneLeg {
            carrier: Some(carrier),
            direction: Some(Direction::Outbound),
            line,
            external_number: PhoneNumber::parse(user).ok(),
            agent_number: Some(cut(from, LONGEST_NUMBER)).filter(|from| !from.is_empty()),
        }
    }
}

/// User and domain of `sip:user@domain`, or a number alone.
fn address(text: &str) -> (&str, Option<&str>) {
    let plain = text
        .strip_prefix("sips:")
        .or_else(|| text.strip_prefix("sip:"))
        .unwrap_or(text);
    match plain.split_once('@') {
        Some((user, domain)) => (user, Some(domain.split([';', '?']).next().unwrap_or(domain))),
        None => (plain, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leg(json: &str) -> PhoneLeg {
        serde_json::from_str::<Medium>(json).unwrap().into_leg()
    }

    #[test]
    fn the_medium_tells_carrier_direction_line_and_numbers() {
        let twilio = leg(r#"{"twilio":{"outgoing":{"to":"+15550100111","from":"+15550100199"}}}"#);
        assert_eq!(
            (twilio.carrier, twilio.direction),
            (Some(Carrier::Twilio), Some(Direction::Outbound))
        );
        assert_eq!(twilio.line.unwrap().as_str(), "line_15550100199");
        assert_eq!(twilio.external_number.unwrap().as_str(), "+15550100111");
        let sip = leg(
            r#"{"sip":{"outgoing":{"to":"sip:+15550100111@pbx.example.com;transport=tls","from":"+15550100199"}}}"#,
        );
        assert_eq!(sip.carrier, Some(Carrier::SipTrunk));
        assert_eq!(sip.line.unwrap().as_str(), "line_15550100199_pbx_example_com");
        assert_eq!(sip.external_number.unwrap().as_str(), "+15550100111");
        assert_eq!(sip.agent_number.as_deref(), Some("+15550100199"));
        assert_eq!(
            leg(r#"{"sip":{"incoming":{}}}"#).direction,
            Some(Direction::Inbound)
        );
        assert_eq!(leg(r#"{"twilio":{}}"#).direction, None);
        for odd in [r#"{"webRtc":{}}"#, "{}", r#"{"twilio":7,"sip":"x"}"#] {
            assert_eq!(leg(odd), PhoneLeg::default(), "{odd}");
        }
    }
}
