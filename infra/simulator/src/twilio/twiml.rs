//! TwiML, as far as Switchboard sends it. Whatever else a document has is a fault: the carrier would pass over some of
//! it, but nobody here means to send it.

use super::xml::Element;

/// Longest document.
pub(super) const MAX_BYTES: usize = 64 * 1024;
/// Longest SIP address with its headers.
const LONGEST_SIP: usize = 1_024;

/// What is wrong with a document, with the number that the vendor gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TwimlFault {
    pub code: u32,
    pub message: String,
}

impl TwimlFault {
    pub(super) fn new(code: u32, message: &str) -> Self {
        Self {
            code,
            message: message.to_owned(),
        }
    }
}

/// An address that is asked when a verb is over, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Action {
    pub url: String,
    pub method: String,
}

/// Where the events of a leg or of a recording are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Callback {
    pub url: String,
    pub method: String,
    pub events: Vec<String>,
}

/// What is to be dialled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    Number(String),
    Sip(SipAddress),
}

/// A SIP address with the headers that are to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SipAddress {
    pub user: String,
    pub host: String,
    pub headers: Vec<(String, String)>,
    /// As it was written, without the headers.
    pub uri: String,
}

/// One noun of `Dial`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Noun {
    pub target: Target,
    pub callback: Option<Callback>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Dial {
    pub nouns: Vec<Noun>,
    pub action: Option<Action>,
    pub timeout_secs: f64,
    pub limit_secs: f64,
    pub caller_id: Option<String>,
    pub answer_on_bridge: bool,
    pub sequential: bool,
    /// `record-…`; none: not recorded.
    pub record: Option<String>,
    pub recording_callback: Option<Callback>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Record {
    pub action: Option<Action>,
    pub longest_secs: f64,
    pub recording_callback: Option<Callback>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stream {
    pub url: String,
    pub parameters: Vec<(String, String)>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Verb {
    /// The words.
    Say(String),
    /// Seconds.
    Pause(f64),
    /// Seconds.
    Play(f64),
    Redirect(Action),
    /// Whether the caller is told that the line is busy.
    Reject {
        busy: bool,
    },
    Hangup,
    Record(Record),
    Dial(Dial),
    Connect(Stream),
}

/// The verbs of a document.
///
/// # Errors
/// When it is not well-formed, or has something that Switchboard does not send.
pub(super) fn read(document: &str) -> Result<Vec<Verb>, TwimlFault> {
    if document.len() > MAX_BYTES {
        return Err(TwimlFault::new(11_750, "The document is longer than 64 KB"));
    }
    let root = Element::read(document)?;
    if root.name != "Response" || !root.text.is_empty() {
        return Err(schema("The root must be Response, without text"));
    }
    only(&root, &[])?;
    let verbs = root.children.iter().enumerate();
    verbs.map(|(index, element)| verb(element, index)).collect()
}

fn schema(message: &str) -> TwimlFault {
    TwimlFault::new(12_200, message)
}

/// Refuses attributes that are not among these.
fn only(element: &Element, names: &[&str]) -> Result<(), TwimlFault> {
    for (index, (name, _)) in element.attributes.iter().enumerate() {
        let before = &element.attributes[..index];
        if !names.contains(&name.as_str()) || before.iter().any(|(other, _)| other == name) {
            return Err(schema(&format!(
                "Attribute {name} is not allowed in {}",
                element.name
            )));
        }
    }
    Ok(())
}

fn without_children(element: &Element) -> Result<(), TwimlFault> {
    match element.children.first() {
        Some(child) => Err(schema(&format!(
            "{} is not allowed in {}",
            child.name, element.name
        ))),
        None => Ok(()),
    }
}

fn number(element: &Element, name: &str, usual: f64, most: f64) -> Result<f64, TwimlFault> {
    let Some(text) = element.attribute(name) else {
        return Ok(usual);
    };
    let known = text.parse::<u32>().ok().map(f64::from);
    let known = known.filter(|secs| (0.0..=most).contains(secs));
    known.ok_or_else(|| schema(&format!("{name}=\"{text}\" is no number up to {most}")))
}

fn flag(element: &Element, name: &str) -> Result<bool, TwimlFault> {
    match element.attribute(name) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(other) => Err(schema(&format!("{name}=\"{other}\" is neither true nor false"))),
    }
}

fn method(element: &Element, name: &str) -> Result<String, TwimlFault> {
    match element.attribute(name).unwrap_or("POST") {
        method @ ("POST" | "GET") => Ok(method.to_owned()),
        other => Err(schema(&format!("{name}=\"{other}\" is neither POST nor GET"))),
    }
}

fn action(element: &Element) -> Result<Option<Action>, TwimlFault> {
    let method = method(element, "method")?;
    let url = element.attribute("action").filter(|url| !url.is_empty());
    Ok(url.map(|url| Action {
        url: url.to_owned(),
        method,
    }))
}

fn callback(
    element: &Element,
    name: &str,
    known: &[&str],
    usual: &str,
) -> Result<Option<Callback>, TwimlFault> {
    let method = method(element, &format!("{name}Method"))?;
    let events = element.attribute(&format!("{name}Event")).unwrap_or(usual);
    let events: Vec<String> = events.split_whitespace().map(str::to_owned).collect();
    if let Some(event) = events.iter().find(|event| !known.contains(&event.as_str())) {
        return Err(schema(&format!("{event} is no event of {name}")));
    }
    Ok(element.attribute(name).map(|url| Callback {
        url: url.to_owned(),
        method,
        events,
    }))
}

fn recording_callback(element: &Element) -> Result<Option<Callback>, TwimlFault> {
    let known = ["in-progress", "completed", "absent"];
    callback(element, "recordingStatusCallback", &known, "completed")
}

fn verb(element: &Element, index: usize) -> Result<Verb, TwimlFault> {
    if !matches!(element.name.as_str(), "Dial" | "Connect") {
        without_children(element)?;
    }
    match element.name.as_str() {
        "Say" => {
            only(element, &["voice", "language", "loop"])?;
            if element.text.is_empty() {
                return Err(schema("Say has no text"));
            }
            Ok(Verb::Say(element.text.clone()))
        }
        "Pause" => {
            only(element, &["length"])?;
            Ok(Verb::Pause(number(element, "length", 1.0, 3_600.0)?))
        }
        "Play" => {
            only(element, &["digits", "loop"])?;
            let digits = element.attribute("digits").map_or(0, str::len);
            if digits == 0 && element.text.is_empty() {
                return Err(schema("Play has nothing to play"));
            }
            // Half a second a digit; any sound is taken to last three.
            Ok(Verb::Play(if digits > 0 { digits as f64 / 2.0 } else { 3.0 }))
        }
        "Redirect" => {
            only(element, &["method"])?;
            Ok(Verb::Redirect(Action {
                url: element.text.clone(),
                method: method(element, "method")?,
            }))
        }
        "Reject" => {
            only(element, &["reason"])?;
            if index > 0 {
                return Err(schema("Reject must come first"));
            }
            match element.attribute("reason").unwrap_or("rejected") {
                "rejected" => Ok(Verb::Reject { busy: false }),
                "busy" => Ok(Verb::Reject { busy: true }),
                other => Err(schema(&format!("{other} is no reason to reject"))),
            }
        }
        "Hangup" => {
            only(element, &[])?;
            Ok(Verb::Hangup)
        }
        "Record" => record(element),
        "Dial" => dial(element),
        "Connect" => connect(element),
        other => Err(schema(&format!("{other} is not allowed in Response"))),
    }
}

const RECORDING: [&str; 3] = [
    "recordingStatusCallback",
    "recordingStatusCallbackMethod",
    "recordingStatusCallbackEvent",
];

fn record(element: &Element) -> Result<Verb, TwimlFault> {
    let own = [
        "action",
        "method",
        "timeout",
        "finishOnKey",
        "maxLength",
        "playBeep",
        "trim",
    ];
    only(element, &[&own[..], &RECORDING[..]].concat())?;
    flag(element, "playBeep")?;
    number(element, "timeout", 5.0, 3_600.0)?;
    Ok(Verb::Record(Record {
        action: action(element)?,
        longest_secs: number(element, "maxLength", 3_600.0, 14_400.0)?,
        recording_callback: recording_callback(element)?,
    }))
}

fn dial(element: &Element) -> Result<Verb, TwimlFault> {
    let own = [
        "action",
        "method",
        "timeout",
        "timeLimit",
        "callerId",
        "answerOnBridge",
        "record",
        "recordingTrack",
        "trim",
        "ringTone",
        "hangupOnStar",
        "sequential",
    ];
    only(element, &[&own[..], &RECORDING[..]].concat())?;
    let record = match element.attribute("record") {
        None | Some("do-not-record" | "false") => None,
        Some(
            how @ ("record-from-answer"
            | "record-from-ringing"
            | "record-from-answer-dual"
            | "record-from-ringing-dual"),
        ) => Some(how.to_owned()),
        Some(other) => return Err(schema(&format!("{other} is no way to record"))),
    };
    let mut nouns = Vec::new();
    for child in &element.children {
        nouns.push(noun(child)?);
    }
    if !element.text.is_empty() {
        nouns.push(Noun {
            target: Target::Number(phone_number(&element.text)?),
            callback: None,
        });
    }
    if nouns.is_empty() || nouns.len() > 10 {
        return Err(schema("Dial needs one to ten to be dialled"));
    }
    Ok(Verb::Dial(Dial {
        nouns,
        action: action(element)?,
        timeout_secs: number(element, "timeout", 30.0, 600.0)?,
        limit_secs: number(element, "timeLimit", 14_400.0, 86_400.0)?,
        caller_id: element.attribute("callerId").map(str::to_owned),
        answer_on_bridge: flag(element, "answerOnBridge")?,
        sequential: flag(element, "sequential")?,
        record,
        recording_callback: recording_callback(element)?,
    }))
}

fn noun(element: &Element) -> Result<Noun, TwimlFault> {
    without_children(element)?;
    let callbacks = ["statusCallback", "statusCallbackEvent", "statusCallbackMethod"];
    let target = match element.name.as_str() {
        "Number" => {
            only(
                element,
                &[&["url", "method", "sendDigits"], &callbacks[..]].concat(),
            )?;
            Target::Number(phone_number(&element.text)?)
        }
        "Sip" => {
            only(
                element,
                &[&["username", "password", "url", "method"], &callbacks[..]].concat(),
            )?;
            Target::Sip(SipAddress::read(&element.text)?)
        }
        other => return Err(schema(&format!("{other} is not allowed in Dial"))),
    };
    let known = ["initiated", "ringing", "answered", "completed"];
    Ok(Noun {
        target,
        callback: callback(element, "statusCallback", &known, "completed")?,
    })
}

fn phone_number(text: &str) -> Result<String, TwimlFault> {
    let digits = text.strip_prefix('+').unwrap_or_default();
    let good = (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    match good {
        true => Ok(text.to_owned()),
        false => Err(TwimlFault::new(13_223, "Dial: the phone number is not E.164")),
    }
}

fn connect(element: &Element) -> Result<Verb, TwimlFault> {
    only(element, &["action", "method"])?;
    let (Some(stream), 1) = (element.children.first(), element.children.len()) else {
        return Err(schema("Connect needs one Stream"));
    };
    if stream.name != "Stream" {
        return Err(schema(&format!("{} is not allowed in Connect", stream.name)));
    }
    only(
        stream,
        &["url", "name", "track", "statusCallback", "statusCallbackMethod"],
    )?;
    let url = stream.attribute("url").unwrap_or_default();
    if !url.starts_with("wss://") || url.contains(['?', '#']) {
        let message = "Stream: the address must be wss, without a query";
        return Err(TwimlFault::new(31_920, message));
    }
    let mut parameters = Vec::new();
    for child in &stream.children {
        only(child, &["name", "value"])?;
        let (name, value) = (child.attribute("name"), child.attribute("value"));
        let (true, Some(name)) = (child.name == "Parameter", name) else {
            return Err(schema("Stream has Parameters with names only"));
        };
        parameters.push((name.to_owned(), value.unwrap_or_default().to_owned()));
    }
    Ok(Verb::Connect(Stream {
        url: url.to_owned(),
        parameters,
    }))
}

impl SipAddress {
    /// An address as in `sip:proj_a@sip.api.openai.com;transport=tls?X-Call-Ref=r1&X-Other=2`.
    pub(super) fn read(text: &str) -> Result<Self, TwimlFault> {
        let wrong = |why: &str| TwimlFault::new(13_224, &format!("Dial: the SIP address {why}"));
        if text.len() > LONGEST_SIP {
            return Err(wrong("is too long"));
        }
        let (uri, query) = text.split_once('?').unwrap_or((text, ""));
        let rest = uri.strip_prefix("sip:").or_else(|| uri.strip_prefix("sips:"));
        let parts = rest.and_then(|rest| rest.split_once('@'));
        let Some((user, host)) = parts else {
            return Err(wrong("has no user or no scheme"));
        };
        let host = host.split([';', ':']).next().unwrap_or_default();
        let plain = |c: char| c.is_ascii_alphanumeric() || ".-_+".contains(c);
        if user.is_empty() || host.is_empty() || !user.chars().all(plain) || !host.chars().all(plain) {
            return Err(wrong("is malformed"));
        }
        let headers = crate::query::url_pairs(query);
        let standard = [
            "user-to-user",
            "remote-party-id",
            "p-preferred-identity",
            "p-called-party-id",
        ];
        for (name, value) in &headers {
            let name = name.to_ascii_lowercase();
            if !name.starts_with("x-") && !standard.contains(&name.as_str()) {
                return Err(TwimlFault::new(
                    13_252,
                    "Dial: a SIP header's name must begin with x-",
                ));
            }
            if value.contains(['\r', '\n']) {
                return Err(wrong("has a line break in a header"));
            }
        }
        Ok(Self {
            user: user.to_owned(),
            host: host.to_owned(),
            headers,
            uri: uri.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(body: &str) -> u32 {
        read(body).unwrap_err().code
    }

    #[test]
    fn a_dial_to_openai_is_read_with_its_headers() {
        let document = r#"<?xml version="1.0" encoding="UTF-8"?>
            <Response><Say>Ana &amp; Co</Say>
              <Dial answerOnBridge="true" timeout="20" action="/dial?a=1&amp;b=2" record="record-from-answer-dual">
                <Sip statusCallback="/leg" statusCallbackEvent="initiated answered">sip:proj_demo@sip.api.openai.com;transport=tls?X-Call-Ref=r%2B1&amp;X-B=2</Sip>
              </Dial></Response>"#;
        let verbs = read(document).unwrap();
        assert_eq!(verbs[0], Verb::Say("Ana & Co".to_owned()));
        let Verb::Dial(dial) = &verbs[1] else { panic!() };
        assert_eq!(dial.action.as_ref().unwrap().url, "/dial?a=1&b=2");
        let Target::Sip(sip) = &dial.nouns[0].target else {
            panic!()
        };
        assert_eq!(
            (sip.user.as_str(), sip.host.as_str()),
            ("proj_demo", "sip.api.openai.com")
        );
        assert_eq!(sip.headers[0], ("X-Call-Ref".to_owned(), "r+1".to_owned()));
        assert_eq!(dial.nouns[0].callback.as_ref().unwrap().events.len(), 2);
    }

    #[test]
    fn what_is_not_well_formed_is_refused() {
        for broken in [
            "",
            "hello",
            "<Response>",
            "<Response></Respons>",
            "<Response><Say>a & b</Say></Response>",
            "<Response/><Response/>",
            "<Response><Say>&nobody;</Say></Response>",
            "<!DOCTYPE a [<!ENTITY b 'c'>]><Response/>",
        ] {
            assert_eq!(refused(broken), 12_100, "{broken}");
        }
    }

    #[test]
    fn what_nobody_sends_is_refused() {
        for (wrong, code) in [
            ("<Other/>", 12_200),
            ("<Response><Gather/></Response>", 12_200),
            ("<Response><Say voive=\"x\">a</Say></Response>", 12_200),
            ("<Response><Say></Say></Response>", 12_200),
            ("<Response><Say>a</Say><Reject/></Response>", 12_200),
            ("<Response><Dial><Client>a</Client></Dial></Response>", 12_200),
            (
                "<Response><Dial timeout=\"soon\">+14155550100</Dial></Response>",
                12_200,
            ),
            (
                "<Response><Dial answerOnBridge=\"yes\">+14155550100</Dial></Response>",
                12_200,
            ),
            ("<Response><Dial>4155550100</Dial></Response>", 13_223),
            ("<Response><Dial><Sip>proj@host</Sip></Dial></Response>", 13_224),
            (
                "<Response><Dial><Sip>sip:a@b?Ref=1</Sip></Dial></Response>",
                13_252,
            ),
            (
                "<Response><Connect><Stream url=\"wss://a/b?c=1\"/></Connect></Response>",
                31_920,
            ),
            (
                "<Response><Connect><Stream url=\"https://a/b\"/></Connect></Response>",
                31_920,
            ),
        ] {
            assert_eq!(refused(wrong), code, "{wrong}");
        }
    }
}
