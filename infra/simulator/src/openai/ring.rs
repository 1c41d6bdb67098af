//! A call reaches OpenAI by SIP: it rings until somebody decides by API.

use tokio::sync::mpsc::unbounded_channel;
use tokio::sync::watch;

use super::new_id;
use super::session::{By, Leg, Session, Stage};
use super::webhook;
use crate::clock::now_ms;
use crate::server::Shared;
use crate::twilio::{Call, SipAddress, TWILIO_ACCOUNT_SID};

/// Where calls are taken.
const HOSTS: [&str; 3] = [
    "sip.api.openai.com",
    "sip-eu.api.openai.com",
    "sip-in.api.openai.com",
];
/// What SIP answers when nobody has this address.
const NOT_FOUND: u16 = 404;

/// Whether a SIP address leads here.
pub(crate) fn is_host(host: &str) -> bool {
    HOSTS.iter().any(|known| host.eq_ignore_ascii_case(known))
}

/// A call on its way here.
pub(crate) struct Ring<'a> {
    /// The carrier's call that is to be bridged.
    pub call: &'a Call,
    /// The carrier's leg to here.
    pub leg: &'a str,
    pub address: &'a SipAddress,
}

/// Rings: the webhook goes out, and the leg's way can be followed.
///
/// # Errors
/// What SIP answers where no such project is.
pub(crate) fn ring(shared: &Shared, ring: &Ring<'_>) -> Result<(String, watch::Receiver<Leg>), u16> {
    let mut state = shared.lock();
    if ring.address.user != state.openai.project_id {
        return Err(NOT_FOUND);
    }
    let call = ring.call;
    let (leg, followed) = watch::channel(Leg::Ringing);
    let (inbox, waiting) = unbounded_channel();
    let call_id = new_id("rtc");
    let now = now_ms();
    let mut session = Session {
        call_id: call_id.clone(),
        leg_sid: ring.leg.to_owned(),
        parent_sid: call.sid.clone(),
        sip_headers: headers(ring, &call_id),
        scenario: call.scenario.clone(),
        script: call.script.clone(),
        stage: Stage::Incoming,
        config: None,
        created_ms: now,
        accepted_ms: None,
        found_from_ms: i64::MAX,
        ended_ms: None,
        ended_by: None,
        said: Vec::new(),
        items: Vec::new(),
        tools: Vec::new(),
        sockets: Vec::new(),
        attached: 0,
        broken: 0,
        events: 0,
        is_ending: false,
        asked: std::collections::BTreeMap::new(),
        refers: Vec::new(),
        webhooks: Vec::new(),
        faults: Vec::new(),
        leg,
        inbox,
        waiting: Some(waiting),
    };
    if call.scenario.hangs_up_before_accept {
        session.end(By::Caller, now);
    }
    state.openai.put(session);
    drop(state);
    webhook::announce(shared, &call_id);
    Ok((call_id, followed))
}

fn headers(ring: &Ring<'_>, call_id: &str) -> Vec<(String, String)> {
    let call = ring.call;
    let from = match call.from.starts_with('+') {
        true => format!(
            "\"{}\" <sip:{}@simulated.pstn.twilio.com>;tag=1",
            call.caller_name.as_deref().unwrap_or(&call.from).replace('"', ""),
            call.from
        ),
        false => "\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=1".to_owned(),
    };
    let pair = |name: &str, value: String| (name.to_owned(), value);
    let mut all = vec![
        pair("From", from),
        pair("To", format!("<{}>", ring.address.uri)),
        pair("Call-ID", format!("{call_id}@simulated.invalid")),
        pair("X-Twilio-AccountSid", TWILIO_ACCOUNT_SID.to_owned()),
        pair("X-Twilio-CallSid", ring.leg.to_owned()),
        pair("X-Twilio-ApiVersion", "2010-04-01".to_owned()),
    ];
    all.extend(ring.address.headers.iter().cloned());
    all
}

/// Ends a call, unless it is over.
pub(crate) fn hang_up(shared: &Shared, call_id: &str, by: By) {
    if let Some(session) = shared.lock().openai.find_mut(call_id) {
        session.end(by, now_ms());
    }
}
