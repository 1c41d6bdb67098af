//! A call that waits at OpenAI to be accepted.

use serde::Deserialize;
use serde_json::Value;
use switchboard_domain::ProviderId;

use crate::ParseError;
use crate::lenient::{lenient, lenient_list};
use crate::webhook::plain_kind;

/// Name of the event that says that a call waits.
pub const CALL_INCOMING: &str = "realtime.call.incoming";
/// The header in which our reference travels with the call, in any case of letters.
pub const REFERENCE_HEADER: &str = "X-Call-Ref";

/// Headers that are looked at; a call has a dozen.
const MOST_HEADERS: usize = 100;
/// A reference is 32 characters.
const LONGEST_REFERENCE: usize = 128;

/// A webhook of OpenAI's, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenAiWebhook {
    /// A call waits to be accepted or rejected.
    Incoming(IncomingCall),
    /// Something we have no use for, such as `live.transport.incoming`: answer 200.
    Other {
        /// OpenAI's name of what happened.
        kind: String,
    },
}

/// A call that waits to be accepted or rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncomingCall {
    /// OpenAI's id of the call: `rtc_…`.
    pub call_id: ProviderId,
    /// What its `X-Call-Ref` says, when it came once and may be one of ours. Every header is the caller's to write:
    /// it proves nothing until it was found among those that we gave out.
    pub reference: Option<String>,
}

#[derive(Deserialize)]
struct Body {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    data: Value,
}

#[derive(Deserialize)]
struct Data {
    call_id: String,
    #[serde(default, deserialize_with = "lenient_list")]
    sip_headers: Vec<SipHeader>,
}

#[derive(Deserialize)]
struct SipHeader {
    name: String,
    #[serde(default, deserialize_with = "lenient")]
    value: String,
}

impl OpenAiWebhook {
    /// Reads a webhook whose signature was checked.
    ///
    /// # Errors
    /// When the body is no event, or names no call.
    pub fn parse(raw: &[u8]) -> Result<Self, ParseError> {
        let body: Body = serde_json::from_slice(raw).map_err(|_| ParseError::NotAnEvent)?;
        if body.kind != CALL_INCOMING {
            return Ok(Self::Other {
                kind: plain_kind(&body.kind),
            });
        }
        let wrong = |reason: &str| ParseError::Data {
            kind: CALL_INCOMING.to_owned(),
            reason: reason.to_owned(),
        };
        let data: Data = serde_json::from_value(body.data).map_err(|_| wrong("it names no call"))?;
        let call_id = ProviderId::parse(&data.call_id).map_err(|_| wrong("the id of the call is not one"))?;
        Ok(Self::Incoming(IncomingCall {
            call_id,
            reference: reference(&data.sip_headers),
        }))
    }
}

/// Two different ones are as good as none.
fn reference(headers: &[SipHeader]) -> Option<String> {
    let named = |header: &&SipHeader| header.name.trim().eq_ignore_ascii_case(REFERENCE_HEADER);
    let mut values = headers.iter().take(MOST_HEADERS).filter(named);
    let first = values.next()?.value.trim();
    let safe = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    let is_one = (1..=LONGEST_REFERENCE).contains(&first.len()) && first.bytes().all(safe);
    let agree = values.all(|other| other.value.trim() == first);
    (is_one && agree).then(|| first.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn incoming(headers: Value) -> OpenAiWebhook {
        let body = json!({"object": "event", "id": "evt_1", "type": CALL_INCOMING, "created_at": 1_795_000_000,
            "data": {"call_id": "rtc_sim_1", "sip_media_security": "srtp", "sip_headers": headers}});
        OpenAiWebhook::parse(body.to_string().as_bytes()).unwrap()
    }

    fn reference_of(headers: Value) -> Option<String> {
        match incoming(headers) {
            OpenAiWebhook::Incoming(call) => call.reference,
            OpenAiWebhook::Other { .. } => None,
        }
    }

    #[test]
    fn a_waiting_call_tells_its_id_and_our_reference() {
        let told = incoming(json!([
            {"name": "From", "value": "\"Ana\" <sip:+15005550100@example.pstn.twilio.com>;tag=1"},
            {"name": "x-call-ref", "value": "ref_0001"},
        ]));
        let call_id = ProviderId::parse("rtc_sim_1").unwrap();
        let reference = Some("ref_0001".to_owned());
        assert_eq!(told, OpenAiWebhook::Incoming(IncomingCall { call_id, reference }));
    }

    #[test]
    fn a_reference_that_is_odd_or_differs_is_none() {
        for headers in [
            json!(null),
            json!([]),
            json!([7, {"name": "X-Call-Ref"}]),
            json!([{"name": "X-Call-Ref", "value": "a b"}]),
            json!([{"name": "X-Call-Ref", "value": "a"}, {"name": "X-CALL-REF", "value": "b"}]),
            json!([{"name": "X-Call-Ref", "value": "a".repeat(129)}]),
        ] {
            assert_eq!(reference_of(headers.clone()), None, "{headers}");
        }
        let twice = json!([{"name": "X-Call-Ref", "value": "a"}, {"name": "X-Call-Ref", "value": " a "}]);
        assert_eq!(reference_of(twice), Some("a".to_owned()));
    }

    #[test]
    fn other_events_are_passed_over_and_what_is_none_is_refused() {
        let live = br#"{"type":"live.transport.incoming","data":{"type":"sip","session_id":"live_1"}}"#;
        let kind = "live.transport.incoming".to_owned();
        assert_eq!(OpenAiWebhook::parse(live), Ok(OpenAiWebhook::Other { kind }));
        for raw in [&b""[..], b"[]", b"{}", br#"{"type":7}"#] {
            assert_eq!(OpenAiWebhook::parse(raw), Err(ParseError::NotAnEvent));
        }
        let nameless = br#"{"type":"realtime.call.incoming","data":{"call_id":"../x"}}"#;
        assert!(matches!(
            OpenAiWebhook::parse(nameless),
            Err(ParseError::Data { .. })
        ));
    }

    proptest! {
        #[test]
        fn any_body_is_survived(raw in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = OpenAiWebhook::parse(&raw);
        }
    }
}
