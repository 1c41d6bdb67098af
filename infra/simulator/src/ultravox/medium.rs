//! How a call is connected: who is dialled, from where, or how a client joins.

use serde_json::{Map, Value, json};

use super::refusal::Refusal;
use crate::conversation::Carrier;

/// Media that may be named.
const KINDS: [&str; 7] = [
    "webRtc",
    "twilio",
    "telnyx",
    "plivo",
    "exotel",
    "sip",
    "serverWebSocket",
];
/// Those that can dial through a telephony provider.
const DIALLING: [&str; 3] = ["twilio", "telnyx", "plivo"];

/// How a call is connected.
#[derive(Debug, PartialEq)]
pub(crate) struct Medium {
    /// As it is shown again: without secrets.
    pub shown: Value,
    pub outgoing: Option<Outgoing>,
}

/// Whom to dial.
#[derive(Debug, PartialEq)]
pub(crate) struct Outgoing {
    /// The number, also of a SIP address.
    pub number: String,
    pub from: String,
    pub carrier: Carrier,
}

fn wrong<T>(message: &str) -> Result<T, Refusal> {
    Err(Refusal::field("medium", message))
}

impl Medium {
    /// From the request; none given is WebRTC.
    ///
    /// # Errors
    /// When it is not exactly one, or cannot be dialled so.
    pub(crate) fn of(given: Option<&Value>) -> Result<Self, Refusal> {
        let usual = json!({ "webRtc": {} });
        let given = given.filter(|value| !value.is_null()).unwrap_or(&usual);
        let Some(fields) = given.as_object() else {
            return wrong("This must be an object.");
        };
        let (Some((kind, settings)), 1) = (fields.iter().next(), fields.len()) else {
            return wrong("Exactly one medium must be set.");
        };
        let (true, Some(settings)) = (KINDS.contains(&kind.as_str()), settings.as_object()) else {
            return wrong("Not a medium.");
        };
        let outgoing = match settings.get("outgoing") {
            None | Some(Value::Null) => None,
            Some(Value::Object(outgoing)) if kind == "sip" => Some(sip(outgoing)?),
            Some(Value::Object(outgoing)) if DIALLING.contains(&kind.as_str()) => Some(phone(outgoing)?),
            Some(_) => return wrong("This medium takes no such outgoing call."),
        };
        if kind == "sip" && outgoing.is_none() {
            return wrong("A SIP call that is created must be outgoing.");
        }
        let mut shown = given.clone();
        let outgoing_shown = shown.get_mut(kind).and_then(|medium| medium.get_mut("outgoing"));
        if let Some(outgoing) = outgoing_shown.and_then(Value::as_object_mut) {
            outgoing.remove("password");
        }
        Ok(Self { shown, outgoing })
    }

    pub(crate) fn is_sip(&self) -> bool {
        self.shown.get("sip").is_some()
    }
}

fn text<'a>(outgoing: &'a Map<String, Value>, name: &str) -> Result<&'a str, Refusal> {
    match outgoing.get(name).and_then(Value::as_str) {
        Some(text) if !text.is_empty() => Ok(text),
        _ => wrong(&format!("outgoing.{name} is required.")),
    }
}

fn is_e164(number: &str) -> bool {
    let digits = number.strip_prefix('+').unwrap_or_default();
    (7..=15).contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit())
}

/// User of a SIP address, when it is one.
fn sip_user(address: &str) -> Option<String> {
    let rest = address
        .strip_prefix("sip:")
        .or_else(|| address.strip_prefix("sips:"))?;
    let (user, host) = rest.split_once('@')?;
    let user = user.split([';', ':']).next().unwrap_or_default();
    let host = host.split([';', '?', ':']).next().unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-_+%~*#!".contains(c);
    let good = !user.is_empty() && !host.is_empty() && user.chars().all(plain) && host.chars().all(plain);
    good.then(|| user.replace("%2B", "+").replace("%2b", "+"))
}

fn phone(outgoing: &Map<String, Value>) -> Result<Outgoing, Refusal> {
    let (to, from) = (text(outgoing, "to")?, text(outgoing, "from")?);
    let number = match sip_user(to) {
        Some(user) => user,
        None if !is_e164(to) => return wrong("outgoing.to must be an E.164 number or a SIP address."),
        None if !is_e164(from) => return wrong("outgoing.from must be a number of the account."),
        None => to.to_owned(),
    };
    if outgoing
        .get("additionalParams")
        .is_some_and(|params| !params.is_object() && !params.is_null())
    {
        return wrong("outgoing.additionalParams must be an object.");
    }
    Ok(Outgoing {
        number,
        from: from.to_owned(),
        carrier: Carrier::Twilio,
    })
}

fn sip(outgoing: &Map<String, Value>) -> Result<Outgoing, Refusal> {
    let (to, from) = (text(outgoing, "to")?, text(outgoing, "from")?);
    let Some(number) = sip_user(to) else {
        return wrong("outgoing.to must be a SIP address, as in sip:+15005550100@example.com.");
    };
    for name in ["username", "password"] {
        if outgoing
            .get(name)
            .is_some_and(|value| !value.is_string() && !value.is_null())
        {
            return wrong("outgoing.username and outgoing.password are strings.");
        }
    }
    Ok(Outgoing {
        number,
        from: from.to_owned(),
        carrier: Carrier::SipTrunk,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_dialled_is_refused() {
        let wrong = [
            json!("twilio"),
            json!({}),
            json!({ "twilio": {}, "sip": {} }),
            json!({ "carrier_pigeon": {} }),
            json!({ "twilio": { "outgoing": { "to": "+15005550100" } } }),
            json!({ "twilio": { "outgoing": { "to": "5005550100", "from": "+15005550199" } } }),
            json!({ "twilio": { "outgoing": { "to": "+15005550100", "from": "me" } } }),
            json!({ "twilio": { "outgoing": { "to": "+15005550100", "from": "+15005550199", "additionalParams": 1 } } }),
            json!({ "sip": {} }),
            json!({ "sip": { "outgoing": { "to": "+15005550100", "from": "me" } } }),
            json!({ "sip": { "outgoing": { "to": "sip:@example.com", "from": "me" } } }),
            json!({ "sip": { "outgoing": { "to": "sip:1@example.com", "from": "me", "password": 1 } } }),
            json!({ "webRtc": { "outgoing": {} } }),
        ];
        for medium in wrong {
            assert!(Medium::of(Some(&medium)).is_err(), "{medium}");
        }
    }

    #[test]
    fn the_number_of_a_sip_address_is_its_user_and_the_password_stays_unseen() {
        let given = json!({ "sip": { "outgoing": {
            "to": "sip:%2B15005550101@trunk.example.com:5060;transport=tls", "from": "acme",
            "username": "u", "password": "secret",
        } } });
        let medium = Medium::of(Some(&given)).unwrap();
        assert_eq!(medium.outgoing.as_ref().unwrap().number, "+15005550101");
        assert!(!medium.shown.to_string().contains("secret"));
        assert!(medium.is_sip());
    }

    #[test]
    fn without_somebody_to_dial_a_client_joins() {
        assert_eq!(Medium::of(Some(&json!({ "twilio": {} }))).unwrap().outgoing, None);
        assert_eq!(Medium::of(None).unwrap().shown, json!({ "webRtc": {} }));
    }
}
