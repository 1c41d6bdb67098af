//! Requests of the carrier to Switchboard: signed, and answered with TwiML or with nothing.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::Url;
use sha1::Sha1;

use super::twiml::{MAX_BYTES, TwimlFault};
use crate::server::Shared;
use crate::talk::SignatureFault;

/// Form parameters, in the order in which they are sent.
pub(crate) type Parameters = Vec<(String, String)>;

/// Value of `X-Twilio-Signature`: HMAC-SHA1 over the address and, name after name, each name with each of its distinct
/// values.
pub fn twilio_signature(auth_token: &str, url: &str, parameters: &[(String, String)]) -> String {
    let mut sorted: Vec<&(String, String)> = parameters.iter().collect();
    sorted.sort();
    sorted.dedup();
    let mut text = url.to_owned();
    for (name, value) in sorted {
        text.push_str(name);
        text.push_str(value);
    }
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(auth_token.as_bytes()) else {
        return String::new();
    };
    mac.update(text.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

/// What came back.
pub(super) struct Heard {
    pub status: u16,
    pub content_type: String,
    pub body: String,
}

/// Asks one address. `url` is as it is known in public, which is what is signed; it may be reached elsewhere.
///
/// # Errors
/// When the address is none, nobody answers in time, or the answer is too long.
pub(super) async fn ask(
    shared: &Shared,
    method: &str,
    url: &str,
    parameters: &[(String, String)],
    fault: SignatureFault,
) -> Result<Heard, TwimlFault> {
    let failed = |why: &str| TwimlFault::new(11_200, &format!("The address could not be asked: {why}"));
    let mut public = Url::parse(url).map_err(|_| TwimlFault::new(11_100, "The address is none"))?;
    public.set_fragment(None);
    let is_get = method == "GET";
    if is_get {
        public.query_pairs_mut().extend_pairs(parameters);
    }
    // Byte for byte as it was given, where nothing was added to it.
    let signed = if is_get {
        public.to_string()
    } else {
        url.split('#').next().unwrap_or_default().to_owned()
    };
    let (token, timeout, reached) = {
        let state = shared.lock();
        let desk = &state.twilio;
        (
            state.twilio_auth_token.clone(),
            desk.options.answer_secs,
            desk.reached(&signed),
        )
    };
    let of_form: &[(String, String)] = if is_get { &[] } else { parameters };
    let signature = match fault {
        SignatureFault::Good => Some(twilio_signature(&token, &signed, of_form)),
        SignatureFault::DefaultPort => Some(twilio_signature(&token, &with_port(&public, &signed), of_form)),
        SignatureFault::Corrupt => Some(twilio_signature("another token", &signed, of_form)),
        SignatureFault::Omit => None,
    };
    let request = match is_get {
        true => shared.http.get(reached),
        false => shared.http.post(reached).form(parameters),
    };
    let mut request = request
        .timeout(Duration::from_secs_f64(timeout.clamp(0.05, 60.0)))
        .header("user-agent", "TwilioProxy/1.1")
        .header("i-twilio-idempotency-token", new_token());
    if let Some(signature) = signature {
        request = request.header("X-Twilio-Signature", signature);
    }
    let mut answer = request.send().await.map_err(|error| {
        failed(match error.is_timeout() {
            true => "it did not answer in time",
            false => "no connection",
        })
    })?;
    let status = answer.status().as_u16();
    let content_type = answer.headers().get("content-type");
    let content_type = content_type.and_then(|value| value.to_str().ok());
    let content_type = content_type.unwrap_or_default().to_owned();
    let mut body = Vec::new();
    while let Some(piece) = answer.chunk().await.map_err(|_| failed("the answer broke off"))? {
        body.extend_from_slice(&piece);
        if body.len() > MAX_BYTES {
            return Err(TwimlFault::new(11_750, "The answer is longer than 64 KB"));
        }
    }
    let body = String::from_utf8(body).map_err(|_| failed("the answer is not UTF-8"))?;
    Ok(Heard {
        status,
        content_type,
        body,
    })
}

/// The same address with the usual port of its scheme; an address that has a port is left alone.
fn with_port(url: &Url, written: &str) -> String {
    let (Some(host), None) = (url.host_str(), url.port()) else {
        return written.to_owned();
    };
    let port = if url.scheme() == "http" { 80 } else { 443 };
    written.replacen(host, &format!("{host}:{port}"), 1)
}

fn new_token() -> String {
    format!("{:032x}", rand::random::<u128>())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "0123456789abcdef0123456789abcdef";

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn the_signature_is_the_vendors() {
        let parameters = [
            pair("To", "+15005550199"),
            pair("AccountSid", "AC00000000000000000000000000000001"),
            pair("CallSid", "CA00000000000000000000000000000002"),
            pair("CallStatus", "ringing"),
            pair("ApiVersion", "2010-04-01"),
            pair("Direction", "inbound"),
            pair("From", "+15005550100"),
            pair("FromCity", ""),
        ];
        let url = "https://voice.example.test/twilio/voice?tenant=t_42";
        let signed = twilio_signature(TOKEN, url, &parameters);
        assert_eq!(signed, "cPCoN2cEMvND2fur/SYKkLY+kSk=");
        let url = with_port(&Url::parse(url).unwrap(), url);
        assert_eq!(url, "https://voice.example.test:443/twilio/voice?tenant=t_42");
        let signed = twilio_signature(TOKEN, &url, &parameters);
        assert_eq!(signed, "WKM7F7sZBIzdifjojqQrgig4YaA=");
    }

    #[test]
    fn a_body_that_is_no_form_is_not_signed() {
        let url = "https://voice.example.test/twilio/json?bodySHA256=2c0666189e06a136563bd761c2f72f38f9bac28ae28ac660caca87f3e6e3fa6f";
        assert_eq!(twilio_signature(TOKEN, url, &[]), "PLqfysQXIXrhNF/DEaKn9DCEgn0=");
    }

    #[test]
    fn repeated_values_count_once() {
        let once = twilio_signature(TOKEN, "https://a.test/", &[pair("A", "1")]);
        let twice = twilio_signature(TOKEN, "https://a.test/", &[pair("A", "1"), pair("A", "1")]);
        assert_eq!(once, twice);
    }
}
